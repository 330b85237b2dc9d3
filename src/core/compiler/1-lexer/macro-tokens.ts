/**
 * Tokens as objects, for what is rare: directives and the expansion of macros. Every token carries the set of macros that it may no longer be
 * expanded by (its hide set).
 */
import type { SourceMap } from '../../base/source';
import type { Diagnostics } from '../messages';
import { FIRST_ON_LINE, NAME, SPACE_BEFORE, SYNTHETIC, type NameTable, type TokenBuffer } from './tokens';

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
