/** What the lexer made: tokens, macro expansions step by step, the files that were read. */
import { spelling, type Macro, type MacroExpansion, type Token } from '../1-lexer/macro-tokens';
import { FIRST_ON_LINE, FROM_MACRO, K, P, SPACE_BEFORE, SYNTHETIC, kindName } from '../1-lexer/tokens';
import type { FrontEndResult, FrontEndUnit } from '../front-end';
import type { Aspect } from './aspect';
import { frontEndView, heading, isOwn, NOWHERE, placeText, where, type DumpLine } from './lines';

export const LEXER_ASPECTS: readonly Aspect[] = [
  {
    id: 'tokens',
    title: 'Tokens',
    summary: 'Every token with its kind, where it was spelled and where it was expanded.',
    byFunction: false,
    show: (c) => frontEndView(c, tokenLines),
  },
  {
    id: 'macros',
    title: 'Macros',
    summary: 'Each macro use step by step: the definition, the arguments, what it turns into, what the result holds.',
    byFunction: false,
    show: (c) => frontEndView(c, macroLines),
  },
  {
    id: 'files',
    title: 'Files',
    summary: 'The files that were read, who included them, and the macros that the program defines.',
    byFunction: false,
    show: (c) => frontEndView(c, fileLines),
  },
];

// ---------------------------------------------------------------- tokens

function tokenClass(kind: number): string {
  if (kind >= K.auto) return 'keyword';
  return kind >= P['('] ? 'punctuator' : kindName(kind);
}

function spelled(part: FrontEndUnit, i: number, result: FrontEndResult): string {
  const kind = part.tokens.kind[i] as number;
  return kind === 1 || kind >= K.auto
    ? (result.names.names[part.tokens.value[i] as number] as string)
    : part.tokens.spelling(i, result.sourceMap);
}

/** The tokens of the program's own files; those of library headers are counted only. */
export function tokenLines(part: FrontEndUnit, result: FrontEndResult): DumpLine[] {
  const { tokens } = part;
  const lines: DumpLine[] = [heading(part.name)];
  let hidden = 0;
  const flush = () => {
    if (hidden > 0) lines.push(heading(`… ${hidden} tokens of library headers`, 1));
    hidden = 0;
  };
  for (let i = 0; i < tokens.count; i++) {
    const start = tokens.place[i] as number;
    const end = tokens.placeEnd[i] as number;
    if (!isOwn(start, result)) {
      hidden++;
      continue;
    }
    flush();
    const kind = tokens.kind[i] as number;
    let text = `${placeText(start, part, result).padEnd(8)}${tokenClass(kind).padEnd(11)}${spelled(part, i, result)}`;
    const at = placeText(tokens.start[i] as number, part, result);
    const fromMacro = ((tokens.flags[i] as number) & FROM_MACRO) !== 0;
    if (fromMacro) text += `    (from a macro, spelled at ${at})`;
    lines.push({
      text: text.trimEnd(),
      depth: 1,
      kind: 'token',
      start,
      end,
      node: 0,
      ...(fromMacro ? { hint: `spelled at ${at}, expanded at ${placeText(start, part, result)}` } : {}),
    });
  }
  flush();
  return lines;
}

// ---------------------------------------------------------------- macros

/** One block a use in the program's own files, in the order of the text. */
export function macroLines(part: FrontEndUnit, result: FrontEndResult): DumpLine[] {
  const own = part.expansions.filter(({ start, macro }) => isOwn(start, result) && !macro.builtin);
  const lines: DumpLine[] = [heading(part.name)];
  if (own.length === 0) return [...lines, { text: 'no macro is used', depth: 1, kind: 'comment', ...NOWHERE }];
  const first = macroTokens(part);
  for (let i = 0; i < own.length;) {
    const { start, end } = own[i] as MacroExpansion;
    let next = i;
    while (next < own.length && own[next]?.start === start) next++;
    const steps = own.slice(i, next);
    lines.push(...steps.flatMap((step) => stepLines(step, part, result)));
    if (steps.length > 1)
      lines.push({
        text: `becomes  ${finalText(part, { start, end }, first, result)}`,
        depth: 1,
        kind: 'expansion',
        start,
        end,
        node: 0,
      });
    i = next;
  }
  return lines;
}

function stepLines(step: MacroExpansion, part: FrontEndUnit, result: FrontEndResult): DumpLine[] {
  const { macro, args, depth, start, end } = step;
  const isUse = depth === 0 && !step.inArgument;
  const call = macro.params ? `${macro.name}(${args.join(', ')})` : macro.name;
  const define = definitionText(macro, result);
  const line = (kind: DumpLine['kind'], indent: number, text: string, at = { start, end }): DumpLine => ({
    text,
    depth: depth + 1 + indent,
    kind,
    start: at.start,
    end: at.end,
    node: 0,
    hint: define,
  });
  const place = isUse ? placeText(start, part, result).padEnd(8) : '';
  const nested = isUse ? '' : step.inArgument ? 'in an argument: ' : 'in the result: ';
  const lines = [line('expansion', 0, `${place}${nested}${call}`)];
  const defined = macro.end > macro.start ? ` at ${placeText(macro.start, part, result)}` : '';
  lines.push(line('comment', 1, `${define}${defined}`, macro));
  (macro.params ?? []).forEach((name, n) =>
    lines.push(line('comment', 1, `${result.names.names[name] ?? '?'} = ${args[n] ?? ''}`)),
  );
  lines.push(line('expansion', 1, `→ ${step.result}`));
  return lines;
}

/** Index of the first token out of a macro, by its place: the place of the use, or its own in an argument. */
function macroTokens({ tokens }: FrontEndUnit): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (let i = 0; i < tokens.count; i++) {
    const place = tokens.place[i] as number;
    if (((tokens.flags[i] as number) & FROM_MACRO) !== 0 && !found.has(place)) found.set(place, i);
  }
  return found;
}

/** What a use has come to, after all nested expansions. */
function finalText(
  part: FrontEndUnit,
  { start, end }: { start: number; end: number },
  first: ReadonlyMap<number, number>,
  result: FrontEndResult,
): string {
  const { tokens } = part;
  let from = tokens.count;
  for (let place = start; place < end; place++) from = Math.min(from, first.get(place) ?? from);
  let text = '';
  for (let i = from; i < tokens.count; i++) {
    const place = tokens.place[i] as number;
    if (place < start || place >= end) break;
    const spaced = ((tokens.flags[i] as number) & SPACE_BEFORE) !== 0;
    text += `${text !== '' && spaced ? ' ' : ''}${spelled(part, i, result)}`;
  }
  return text === '' ? '(nothing)' : text;
}

function definitionText(macro: Macro, result: FrontEndResult): string {
  const names = (macro.params ?? []).map((name) => result.names.names[name] ?? '?');
  const listed = macro.variadic ? [...names.slice(0, -1), '...'] : names;
  const body = bodyText(macro.body, result);
  return `#define ${macro.name}${macro.params ? `(${listed.join(', ')})` : ''}${body === '' ? '' : ` ${body}`}`;
}

function bodyText(body: readonly Token[], { names, sourceMap }: FrontEndResult): string {
  const context = { names, sourceMap, texts: [] as string[] };
  return body
    .map((token, i) => {
      const text = (token.flags & SYNTHETIC) === 0 ? spelling(token, context) : sourceMap.text(token);
      return `${i > 0 && (token.flags & (SPACE_BEFORE | FIRST_ON_LINE)) !== 0 ? ' ' : ''}${text}`;
    })
    .join('');
}

// ---------------------------------------------------------------- files

export function fileLines(part: FrontEndUnit, result: FrontEndResult): DumpLine[] {
  const lines: DumpLine[] = [heading(part.name)];
  const counted = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const size = (text: string) => counted(text.split('\n').length - (text.endsWith('\n') ? 1 : 0), 'line');
  for (const { start, end, file } of part.inclusions) {
    const from = result.sourceMap.fileAt(start);
    const by = from === part.file || !from ? where(start, result) : `${from.name}:${where(start, result)}`;
    lines.push({
      text: `${by.padEnd(16)}includes ${file.name}  ${size(file.text)}`,
      depth: from === part.file ? 1 : 2,
      kind: 'symbol',
      start,
      end,
      node: 0,
    });
  }
  const own = part.macros.filter((macro) => macro.end > macro.start && isOwn(macro.start, result));
  if (own.length > 0) lines.push(heading('macros of the program'));
  for (const macro of own) {
    const uses = part.expansions.filter((use) => use.macro === macro);
    lines.push({
      text: `${placeText(macro.start, part, result).padEnd(8)}${definitionText(macro, result)}  ${counted(uses.length, 'use')}`,
      depth: 1,
      kind: 'symbol',
      start: macro.start,
      end: macro.end,
      node: 0,
      uses,
    });
  }
  return lines;
}
