/**
 * Macro expansion after Dave Prosser's algorithm (the one that X3J11 used to write the standard's text): every token carries the set of
 * macros that it may no longer be expanded by. Expansion is rare, so tokens are objects here; the columns of TokenBuffer
 * serve the rest of the program.
 */
import type { SourceMap } from '../../base/source';
import { counted, type Diagnostics } from '../messages';
import { LIMITS } from '../limits';
import { lex } from './lexer';
import {
  CHAR,
  END,
  FIRST_ON_LINE,
  FROM_MACRO,
  NAME,
  P,
  SPACE_BEFORE,
  STRING,
  SYNTHETIC,
  type NameTable,
  type TokenBuffer,
} from './tokens';

/** A set as a linked list, newest first. */
export interface HideSet {
  readonly macro: Macro;
  readonly rest: HideSet | null;
  readonly size: number;
}

export interface Token {
  readonly kind: number;
  readonly flags: number;
  readonly start: number;
  readonly end: number;
  readonly value: number;
  readonly hide: HideSet | null;
}

export interface Macro {
  readonly name: string;
  /** Range of the name in its #define; empty for built-in macros. */
  readonly start: number;
  readonly end: number;
  /** Names of the parameters, undefined for an object-like macro. */
  readonly params: readonly number[] | undefined;
  /** The last parameter takes all further arguments. */
  readonly variadic: boolean;
  readonly body: readonly Token[];
  /** __LINE__, __FILE__ and the like compute their one token. */
  readonly builtin?: (place: number) => { readonly kind: number; readonly text: string };
}

/** One use of a macro, for the view that shows expansion step by step. */
export interface MacroExpansion {
  readonly macro: Macro;
  /** The use with its arguments, as the reader sees it. */
  readonly start: number;
  readonly end: number;
  /** 0 for a use in the file, 1 for a use inside the result of such a use, and so on. */
  readonly depth: number;
  /** It stands in an argument of another macro: arguments are expanded before they are put in. */
  readonly inArgument: boolean;
  readonly args: readonly string[];
  readonly result: string;
}

export interface MacroContext {
  readonly names: NameTable;
  readonly texts: string[];
  readonly sourceMap: SourceMap;
  readonly diagnostics: Diagnostics;
  readonly macros: (Macro | undefined)[];
  readonly expansions: MacroExpansion[];
  /** Tokens produced so far; expansion stops for good beyond the limit. */
  produced: number;
  /** Set when a limit was passed: the rest of the unit is not read. */
  stopped: boolean;
}

/** Where the tokens come from when the pending ones run out: the rest of the file, or nothing. */
export interface Source {
  tokens: TokenBuffer;
  position: number;
}

export const tokenAt = (tokens: TokenBuffer, i: number): Token => ({
  kind: tokens.kind[i] as number,
  flags: tokens.flags[i] as number,
  start: tokens.start[i] as number,
  end: tokens.end[i] as number,
  value: tokens.value[i] as number,
  hide: null,
});

/** The tokens from `from` on, before `to`. */
export function tokensIn(tokens: TokenBuffer, from: number, to: number): Token[] {
  const out: Token[] = [];
  for (let i = from; i < to; i++) out.push(tokenAt(tokens, i));
  return out;
}

function contains(set: HideSet | null, macro: Macro): boolean {
  for (let node = set; node; node = node.rest) if (node.macro === macro) return true;
  return false;
}
const add = (set: HideSet | null, macro: Macro): HideSet => ({ macro, rest: set, size: (set?.size ?? 0) + 1 });
function union(a: HideSet | null, b: HideSet | null): HideSet | null {
  if (a === null || a === b) return b;
  let result = b;
  for (let node: HideSet | null = a; node; node = node.rest)
    if (!contains(b, node.macro)) result = add(result, node.macro);
  return result;
}
function intersection(a: HideSet | null, b: HideSet | null): HideSet | null {
  if (a === b) return a;
  let result: HideSet | null = null;
  for (let node = a; node; node = node.rest) if (contains(b, node.macro)) result = add(result, node.macro);
  return result;
}

export function spelling(token: Token, context: Pick<MacroContext, 'names' | 'texts' | 'sourceMap'>): string {
  if ((token.flags & SYNTHETIC) !== 0) return context.texts[token.value] as string;
  if (token.kind === NAME) return context.names.names[token.value] as string;
  return context.sourceMap.text(token);
}

export function spellAll(tokens: readonly Token[], context: MacroContext): string {
  let text = '';
  for (const [i, token] of tokens.entries()) {
    if (i > 0 && (token.flags & (SPACE_BEFORE | FIRST_ON_LINE)) !== 0) text += ' ';
    text += spelling(token, context);
  }
  return text;
}

/** A place in the file that the reader sees. */
interface Place {
  start: number;
  end: number;
}

/**
 * Expands what stands on `pending` (a stack, next token last) until it is empty; takes arguments from `source` beyond that. `emit`
 * gets every token that remains, with `place` telling the outermost use.
 */
export function expand(
  pending: Token[],
  source: Source | null,
  place: Place,
  depth: number,
  context: MacroContext,
  emit: (token: Token) => void,
): void {
  const { macros } = context;
  for (;;) {
    const token = pending.pop();
    if (token === undefined || context.stopped) return;
    const macro = token.kind === NAME ? macros[token.value] : undefined;
    if (!macro || contains(token.hide, macro)) {
      emit(token);
      continue;
    }
    if (macro.builtin) {
      emit(builtinToken(token, macro.builtin(place.start), context));
      continue;
    }
    if (!macro.params) {
      const hide = add(token.hide, macro);
      pushResult(substitute(macro, [], hide, place, depth, context), pending, token, context);
      const at = context.expansions.length;
      record({ macro, place, hide, args: [], argumentDepth: depth, at }, pending, macro.body.length, context);
      continue;
    }
    if (!nextIsOpen(pending, source)) {
      emit(token);
      continue;
    }
    const call = readArguments(macro, token, pending, source, place, context);
    if (!call) return;
    const hide = add(intersection(token.hide, call.close.hide), macro);
    const before = pending.length;
    const at = context.expansions.length;
    pushResult(substitute(macro, call.args, hide, place, depth, context), pending, token, context);
    const { args } = call;
    record({ macro, place, hide, args, argumentDepth: depth, at }, pending, pending.length - before, context);
  }
}

interface Use {
  readonly macro: Macro;
  readonly place: Place;
  readonly hide: HideSet;
  readonly args: readonly (readonly Token[])[];
  /** Arguments around it. */
  readonly argumentDepth: number;
  /** Where it stands among the expansions: before those of its own arguments, which are made first. */
  readonly at: number;
}

function record(use: Use, pending: readonly Token[], count: number, context: MacroContext): void {
  if (context.expansions.length >= LIMITS.recordedExpansions || count > 400) return;
  const { macro, place, args } = use;
  const result = pending.slice(Math.max(0, pending.length - count)).reverse();
  context.expansions.splice(use.at, 0, {
    macro,
    start: place.start,
    end: place.end,
    depth: use.hide.size - 1 + use.argumentDepth,
    inArgument: use.argumentDepth > 0,
    args: args.map((arg) => (arg.length > 400 ? '…' : spellAll(arg, context))),
    result: spellAll(result, context),
  });
}

function builtinToken(at: Token, made: { kind: number; text: string }, context: MacroContext): Token {
  context.texts.push(made.text);
  return { ...at, kind: made.kind, flags: at.flags | SYNTHETIC, value: context.texts.length - 1 };
}

function pushResult(result: Token[], pending: Token[], use: Token, context: MacroContext): void {
  context.produced += result.length;
  if (context.produced > LIMITS.macroTokens) {
    tooLarge(use, context);
    return;
  }
  const first = result[0];
  // The result's first token stands where the macro's name stood, so it has the space that stood before that.
  if (first) result[0] = { ...first, flags: (first.flags & ~3) | (use.flags & 3) };
  for (let i = result.length - 1; i >= 0; i--) pending.push(result[i] as Token);
  if ((first?.hide?.size ?? 0) > LIMITS.macroDepth) {
    context.diagnostics.report('macro-too-deep', use, {});
    context.stopped = true;
  }
}

function nextIsOpen(pending: readonly Token[], source: Source | null): boolean {
  const next = pending[pending.length - 1];
  if (next) return next.kind === P['('];
  return source !== null && source.tokens.kind[source.position] === P['('];
}

interface Call {
  readonly args: Token[][];
  readonly close: Token;
}

/** Reads `( … )`; the opening bracket is known to be next. */
function readArguments(
  macro: Macro,
  use: Token,
  pending: Token[],
  source: Source | null,
  place: Place,
  context: MacroContext,
): Call | undefined {
  const params = macro.params as readonly number[];
  const args: Token[][] = [];
  let arg: Token[] = [];
  let nesting = 0;
  for (;;) {
    let token = pending.pop();
    if (!token && source) {
      const i = source.position;
      const isDirective =
        source.tokens.kind[i] === P['#'] && ((source.tokens.flags[i] as number) & FIRST_ON_LINE) !== 0;
      if (source.tokens.kind[i] !== END && !isDirective) {
        token = tokenAt(source.tokens, i);
        source.position++;
        if (token.end > place.end && token.start >= place.start) place.end = token.end;
      }
    }
    if (!token || token.kind === END) {
      context.diagnostics.report('macro-call-unterminated', use, { name: macro.name });
      return undefined;
    }
    if (token.kind === P['(']) {
      if (nesting++ === 0) continue;
    } else if (token.kind === P[')']) {
      if (--nesting === 0) {
        args.push(arg);
        return finishCall(macro, params.length, use, { args, close: token }, context);
      }
    } else if (token.kind === P[','] && nesting === 1 && !(macro.variadic && args.length === params.length - 1)) {
      args.push(arg);
      arg = [];
      continue;
    }
    arg.push(token);
    // Deeply nested calls read the same tokens once a level.
    if (++context.produced > LIMITS.macroTokens) return tooLarge(use, context);
  }
}

function tooLarge(use: Token, context: MacroContext): undefined {
  context.diagnostics.report('macro-too-large', use, { limit: LIMITS.macroTokens });
  context.stopped = true;
}

function finishCall(macro: Macro, count: number, use: Token, call: Call, context: MacroContext): Call | undefined {
  const { args } = call;
  if (count === 0 && args.length === 1 && (args[0] as Token[]).length === 0) args.pop();
  if (macro.variadic && args.length === count - 1) args.push([]);
  if (args.length === count) return call;
  context.diagnostics.report(
    'macro-arguments',
    use,
    { name: macro.name, expected: counted(count, 'argument'), given: counted(args.length, 'argument') },
    macro.end > macro.start ? { notes: [{ message: 'defined here', span: macro }] } : {},
  );
  while (args.length < count) args.push([]);
  args.length = count;
  return call;
}

/** The body with arguments put in, # and ## done, and `hide` added to every token. */
function substitute(
  macro: Macro,
  args: readonly Token[][],
  hide: HideSet,
  place: Place,
  depth: number,
  context: MacroContext,
): Token[] {
  const { body } = macro;
  const params = macro.params ?? [];
  const out: Token[] = [];
  const expanded: (Token[] | undefined)[] = [];
  const parameter = (token: Token | undefined): number =>
    token?.kind === NAME && params.length > 0 ? params.indexOf(token.value) : -1;
  const isPaste = (token: Token | undefined): boolean => token?.kind === P['##'];
  /** True after ## whose left side is empty: the next token is not pasted to anything. */
  let emptyLeft = false;
  for (let i = 0; i < body.length; i++) {
    const token = body[i] as Token;
    if (token.kind === P['#'] && macro.params && parameter(body[i + 1]) >= 0) {
      out.push(stringise(token, args[parameter(body[i + 1])] as Token[], context));
      i++;
      continue;
    }
    if (isPaste(token) && i > 0 && i + 1 < body.length) {
      const next = body[++i] as Token;
      const index = parameter(next);
      let right: readonly Token[];
      if (next.kind === P['#'] && parameter(body[i + 1]) >= 0) {
        right = [stringise(next, args[parameter(body[i + 1])] as Token[], context)];
        i++;
      } else {
        right = index < 0 ? [next] : (args[index] as Token[]);
      }
      if (right.length === 0) {
        // `, ## __VA_ARGS__` without arguments takes the comma away, as in other compilers.
        if (macro.variadic && index === params.length - 1 && out[out.length - 1]?.kind === P[',']) out.pop();
        continue;
      }
      const left = emptyLeft ? undefined : out.pop();
      const joined = left
        ? macro.variadic && index === params.length - 1 && left.kind === P[',']
          ? [left, right[0] as Token]
          : paste(left, right[0] as Token, context)
        : [right[0] as Token];
      out.push(...joined, ...right.slice(1));
      emptyLeft = false;
      continue;
    }
    const index = parameter(token);
    if (index < 0) {
      out.push(token);
      emptyLeft = false;
      continue;
    }
    const arg = args[index] as Token[];
    if (isPaste(body[i + 1])) {
      out.push(...arg);
      emptyLeft = arg.length === 0;
      continue;
    }
    const whole = (expanded[index] ??= expandArgument(arg, place, depth, context));
    const [head] = whole;
    if (head) out.push({ ...head, flags: (head.flags & ~3) | (token.flags & 3) });
    for (let k = 1; k < whole.length; k++) out.push(whole[k] as Token);
    if (out.length > LIMITS.macroTokens) break;
  }
  return hideAll(out, hide);
}

/** Adds `hide` to the set of every token. Neighbours mostly have the same set, so the last union serves again. */
function hideAll(tokens: readonly Token[], hide: HideSet): Token[] {
  let from: HideSet | null = null;
  let to: HideSet | null = hide;
  return tokens.map(({ kind, flags, start, end, value, hide: own }) => {
    if (own !== from) {
      from = own;
      to = union(own, hide);
    }
    return { kind, flags, start, end, value, hide: to };
  });
}

function expandArgument(arg: readonly Token[], place: Place, depth: number, context: MacroContext): Token[] {
  if (!arg.some((token) => token.kind === NAME && context.macros[token.value])) return [...arg];
  if (depth >= LIMITS.macroDepth) {
    context.diagnostics.report('macro-too-deep', place, {});
    context.stopped = true;
    return [];
  }
  const out: Token[] = [];
  expand([...arg].reverse(), null, place, depth + 1, context, (token) => out.push(token));
  return out;
}

function stringise(at: Token, arg: readonly Token[], context: MacroContext): Token {
  let text = '';
  for (const [i, token] of arg.entries()) {
    if (i > 0 && (token.flags & (SPACE_BEFORE | FIRST_ON_LINE)) !== 0) text += ' ';
    const part = spelling(token, context);
    text += token.kind === STRING || token.kind === CHAR ? part.replace(/["\\]/g, '\\$&') : part;
  }
  context.texts.push(`"${text}"`);
  return { ...at, kind: STRING, flags: (at.flags & 3) | SYNTHETIC, value: context.texts.length - 1 };
}

/** Joins the spellings of two tokens into one token; if that is none, reports it and keeps both. */
function paste(left: Token, right: Token, context: MacroContext): Token[] {
  const a = spelling(left, context);
  const b = spelling(right, context);
  const text = a + b;
  const joined = lex(text, 0, context.names, context.texts);
  const kind = joined.kind[0] as number;
  if (joined.count !== 2 || kind === END) {
    context.diagnostics.report('bad-paste', left, { left: a, right: b });
    return [left, right];
  }
  const flags = (left.flags & 3) | SYNTHETIC;
  const hide = intersection(left.hide, right.hide);
  if (kind === NAME) {
    // A name is its number; the text is not needed.
    return [{ kind, flags: left.flags & 3, start: left.start, end: left.end, value: joined.value[0] as number, hide }];
  }
  context.texts.push(text);
  return [{ kind, flags, start: left.start, end: left.end, value: context.texts.length - 1, hide }];
}

/** Puts a token into the output; what comes out of a macro's body has the place of the use. */
export function emitTo(out: TokenBuffer, token: Token, place: Place): void {
  const i = out.count;
  out.push(token.kind, (token.flags & ~FIRST_ON_LINE) | FROM_MACRO, token.start, token.end, token.value);
  if (token.start < place.start || token.end > place.end) {
    out.place[i] = place.start;
    out.placeEnd[i] = place.end;
  }
}
