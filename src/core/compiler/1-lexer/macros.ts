/**
 * Macro expansion after Dave Prosser's algorithm (the one that X3J11 used to write the standard's text): every token carries the set of
 * macros that it may no longer be expanded by. Expansion is rare, so tokens are objects here (macro-tokens.ts); the columns of TokenBuffer
 * serve the rest of the program.
 */
import { LIMITS } from '../limits';
import { counted } from '../messages';
import { add, contains, hideAll, intersection } from './hide-sets';
import { spellAll, tokenAt, type HideSet, type Macro, type MacroContext, type Token } from './macro-tokens';
import { pasteTo, stringise } from './paste';
import { END, FIRST_ON_LINE, FROM_MACRO, NAME, P, SYNTHETIC, type TokenBuffer } from './tokens';

/** Where the tokens come from when the pending ones run out: the rest of the file, or nothing. */
export interface Source {
  tokens: TokenBuffer;
  position: number;
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

// ---------------------------------------------------------------- calls

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

// ---------------------------------------------------------------- bodies

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
      const isRest = macro.variadic && index === params.length - 1;
      if (right.length > 0) {
        pasteTo(out, right, { emptyLeft, isRest }, context);
        emptyLeft = false;
      } else if (isRest && out[out.length - 1]?.kind === P[',']) {
        // `, ## __VA_ARGS__` without arguments takes the comma away, as in other compilers.
        out.pop();
      }
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
      for (const part of arg) out.push(part);
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

/** Puts a token into the output; what comes out of a macro's body has the place of the use. */
export function emitTo(out: TokenBuffer, token: Token, place: Place): void {
  const i = out.count;
  out.push(token.kind, (token.flags & ~FIRST_ON_LINE) | FROM_MACRO, token.start, token.end, token.value);
  if (token.start < place.start || token.end > place.end) {
    out.place[i] = place.start;
    out.placeEnd[i] = place.end;
  }
}
