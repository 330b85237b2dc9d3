/**
 * Formatting: indentation, trailing space and runs of empty lines. Line breaks stay where the programmer put them, so no token is ever
 * touched; what lies inside block comments and the lines of directives keep their text.
 */
import { NAME } from '../../base/names';

const STEP = '  ';

interface Open {
  readonly bracket: '(' | '[' | '{';
  /** Indentation inside. */
  readonly indent: number;
  readonly isSwitch: boolean;
}

export function format(text: string): string {
  const out: string[] = [];
  const open: Open[] = [];
  let inComment = false;
  let inDirective = false;
  /** The last line of code left a statement open. */
  let continues = false;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/[ \t\r]+$/, '');
    const code = line.trimStart();
    if (inComment || inDirective) {
      out.push(inComment ? line : raw.replace(/\r$/, ''));
    } else if (code === '') {
      if (out.length > 0 && out[out.length - 1] !== '') out.push('');
      continue;
    } else if (code.startsWith('#')) {
      out.push(code);
      inDirective = raw.endsWith('\\');
      inComment = scan(code, open, false).inComment;
      continue;
    } else {
      out.push(STEP.repeat(indentOf(code, open, continues)) + code);
    }
    if (inDirective) {
      inDirective = raw.endsWith('\\');
      continue;
    }
    const after = scan(code, open, inComment);
    inComment = after.inComment;
    if (after.last !== '') continues = !/[;{}:,]/.test(after.last) && innermost(open)?.bracket !== '(';
  }
  while (out.length > 0 && out[out.length - 1] === '') out.pop();
  return out.length === 0 ? '' : `${out.join('\n')}\n`;
}

const innermost = (open: readonly Open[]): Open | undefined => open[open.length - 1];

const GOTO_LABEL = new RegExp(String.raw`^${NAME}\s*:(?!:)`, 'u');

function indentOf(code: string, open: readonly Open[], continues: boolean): number {
  const around = innermost(open);
  const base = around?.indent ?? 0;
  if (around && /^[)\]}]/.test(code))
    return Math.max(0, base - (around.bracket === '{' ? 1 : 2) - (around.isSwitch ? 1 : 0));
  if (/^(case\b|default\s*:)/.test(code)) return around?.isSwitch ? base - 1 : base;
  if (code.startsWith('{')) return base;
  if (GOTO_LABEL.test(code) && !/^default\b/.test(code)) return Math.max(0, base - 1);
  return base + (continues ? 1 : 0);
}

/** Follows the brackets of a line of code; strings, characters and comments do not count. */
function scan(code: string, open: Open[], commented: boolean): { inComment: boolean; last: string } {
  let inComment = commented;
  let last = '';
  const isSwitch = /\bswitch\s*\(/.test(code);
  const lineIndent = innermost(open)?.indent ?? 0;
  for (let i = 0; i < code.length; i++) {
    if (inComment) {
      const end = code.indexOf('*/', i);
      if (end < 0) return { inComment, last };
      inComment = false;
      i = end + 1;
      continue;
    }
    const c = code.charAt(i);
    if (c === '/' && code.charAt(i + 1) === '/') break;
    if (c === '/' && code.charAt(i + 1) === '*') {
      inComment = true;
      i++;
      continue;
    }
    if (c === '"' || c === "'") {
      for (i++; i < code.length && code.charAt(i) !== c; i++) if (code.charAt(i) === '\\') i++;
      last = c;
      continue;
    }
    if (c === '{') open.push({ bracket: c, indent: blockIndent(open, lineIndent) + (isSwitch ? 2 : 1), isSwitch });
    else if (c === '(' || c === '[')
      open.push({ bracket: c, indent: (innermost(open)?.indent ?? 0) + 2, isSwitch: false });
    else if (/[)\]}]/.test(c)) open.pop();
    if (/\S/.test(c)) last = c;
  }
  return { inComment, last };
}

/** A block is indented from the block around it, not from a bracket in between. */
function blockIndent(open: readonly Open[], fallback: number): number {
  for (let i = open.length - 1; i >= 0; i--) if (open[i]?.bracket === '{') return (open[i] as Open).indent;
  return open.length === 0 ? 0 : Math.min(fallback, 0);
}
