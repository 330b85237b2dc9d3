/** Cuts a line of assembly into tokens. Comments start with `;` or `//` and run to the end of the line. */
import { LABEL, LABEL_PART } from '../base/names';
import type { Span } from '../base/source';
import { ASSEMBLER_MESSAGES as M } from './messages';
import type { Diagnostic } from '../base/diagnostic';

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'punct' | 'end';
  readonly text: string;
  /** The value of a number. */
  readonly value: number;
  /** The bytes of a string. */
  readonly bytes: readonly number[];
  readonly span: Span;
}

export interface ScannedLine {
  /** Ends with an `end` token. */
  readonly tokens: readonly Token[];
  /** Text after the comment sign, if there is one. */
  readonly comment: string | undefined;
}

const PATTERNS = {
  space: /[ \t\r\f\v]+/y,
  comment: /(?:;|\/\/)(.*)/y,
  localRef: new RegExp(String.raw`\d+[bf](?!${LABEL_PART})`, 'uy'),
  number: /\d[\w]*/y,
  name: new RegExp(LABEL, 'uy'),
  string: /"(?:[^"\\]|\\.)*"/y,
  character: /'(?:[^'\\]|\\x[0-9a-fA-F]{1,2}|\\.)'/y,
  punct: /<<|>>|[-+*/%&|^~(),:=[\]]/y,
} as const;

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  '0': 0,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
  '\\': 92,
  '"': 34,
  "'": 39,
};
const MAX_SYMBOL_VALUE = 0xffffffff;

export function scanLine(text: string, position: number, report: (diagnostic: Diagnostic) => void): ScannedLine {
  const tokens: Token[] = [];
  let comment: string | undefined;
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: Token['kind'], raw: string, value = 0, bytes: readonly number[] = []) => {
    tokens.push({ kind, text: raw, value, bytes, span: { start: position + at, end: position + at + raw.length } });
    at += raw.length;
  };
  while (at < text.length) {
    const space = match(PATTERNS.space);
    if (space) {
      at += space.length;
      continue;
    }
    const start = position + at;
    const remark = match(PATTERNS.comment);
    if (remark !== undefined) {
      comment = remark.replace(/^(?:;|\/\/)\s?/, '').trimEnd();
      break;
    }
    let raw: string | undefined;
    if ((raw = match(PATTERNS.localRef))) push('name', raw);
    else if ((raw = match(PATTERNS.number))) {
      const value = numberOf(raw);
      if (value === undefined) report(M.badNumber({ start, end: start + raw.length }, raw));
      push('number', raw, value ?? 0);
    } else if ((raw = match(PATTERNS.name))) push('name', raw);
    else if ((raw = match(PATTERNS.string))) push('string', raw, 0, bytesOf(raw.slice(1, -1), start, report));
    else if ((raw = match(PATTERNS.character))) {
      const bytes = bytesOf(raw.slice(1, -1), start, report);
      push('number', raw, bytes[0] ?? 0);
    } else if ((raw = match(PATTERNS.punct))) push('punct', raw);
    else if (text[at] === '"' || text[at] === "'") {
      report(M.unclosedString({ start, end: position + text.length }));
      at = text.length;
    } else {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      report(M.badCharacter({ start, end: start + character.length }, character));
      at += character.length;
    }
  }
  const end = position + Math.min(at, text.length);
  tokens.push({ kind: 'end', text: 'the end of the line', value: 0, bytes: [], span: { start: end, end } });
  return { tokens, comment };
}

function numberOf(text: string): number | undefined {
  const clean = text.replaceAll('_', '');
  if (!/^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d+)$/.test(clean)) return undefined;
  const value = Number(clean);
  return value <= MAX_SYMBOL_VALUE ? value : undefined;
}

/** UTF-8 bytes of a string's inside, escapes resolved. */
function bytesOf(inside: string, position: number, report: (diagnostic: Diagnostic) => void): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < inside.length;) {
    const code = inside.codePointAt(i) as number;
    if (code !== 92) {
      bytes.push(...utf8(code));
      i += code > 0xffff ? 2 : 1;
      continue;
    }
    const hex = /^\\x([0-9a-fA-F]{1,2})/.exec(inside.slice(i, i + 4));
    if (hex) {
      bytes.push(parseInt(hex[1] as string, 16));
      i += hex[0].length;
      continue;
    }
    const value = ESCAPES[inside[i + 1] ?? ''];
    if (value === undefined) {
      const span = { start: position + 1 + i, end: position + 3 + i };
      report(M.badEscape(span, inside.slice(i, i + 2)));
    } else bytes.push(value);
    i += 2;
  }
  return bytes;
}

function utf8(code: number): number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 0x3f)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
}
