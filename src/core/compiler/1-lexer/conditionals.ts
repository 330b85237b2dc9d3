/** #if and its kin (C99 6.10.1): which groups of lines count. What a condition means is in condition.ts. */
import { LIMITS } from '../limits';
import { evaluateCondition } from './condition';
import { Definitions } from './definitions';
import { tokenAt, type Token } from './macro-tokens';
import { END, FIRST_ON_LINE, NAME, NUMBER, P, SIMPLE_NUMBER, type TokenBuffer } from './tokens';

/** An #if whose #endif is still to come. */
export interface Conditional {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** A group has been taken already. */
  taken: boolean;
  seenElse: boolean;
}

export class Conditionals extends Definitions {
  /** #if, #ifdef, #ifndef at token i; gives the first token of the next line to be read. */
  protected begin(name: string, tokens: TokenBuffer, i: number, next: number, open: Conditional[]): number {
    const word = tokenAt(tokens, i + 1);
    if (open.length >= LIMITS.conditionalDepth) {
      this.diagnostics.report('too-deep', word, { what: 'conditionals', limit: LIMITS.conditionalDepth });
      this.stopped = true;
      return next;
    }
    const yes = this.condition(name, tokens, i + 2, next, word);
    open.push({ name, start: tokens.start[i] as number, end: word.end, taken: yes, seenElse: false });
    return yes ? next : this.skip(tokens, next, open);
  }

  /** #elif, #else, #endif behind a group that was read. */
  protected middle(name: string, tokens: TokenBuffer, next: number, word: Token, open: Conditional[]): number {
    const current = open[open.length - 1];
    if (!current) {
      this.diagnostics.report('conditional-without-if', word, { name });
      return next;
    }
    if (name === 'endif') {
      open.pop();
      return next;
    }
    if (current.seenElse) this.diagnostics.report('conditional-after-else', word, { name });
    if (name === 'else') current.seenElse = true;
    // The group before this one was taken, so all further ones are left out.
    return this.skip(tokens, next, open);
  }

  /** Leaves out lines up to the group that counts, or behind #endif. */
  private skip(tokens: TokenBuffer, from: number, open: Conditional[]): number {
    const current = open[open.length - 1] as Conditional;
    let nesting = 0;
    let i = from;
    const { kind, flags } = tokens;
    while (kind[i] !== END) {
      if (kind[i] !== P['#'] || ((flags[i] as number) & FIRST_ON_LINE) === 0) {
        i++;
        continue;
      }
      const next = tokens.lineEnd(i + 1);
      const word = tokenAt(tokens, i + 1);
      const name = next > i + 1 && word.kind === NAME ? (this.names.names[word.value] as string) : '';
      if (name === 'if' || name === 'ifdef' || name === 'ifndef') {
        nesting++;
      } else if (name === 'endif') {
        if (nesting-- === 0) {
          open.pop();
          return next;
        }
      } else if (nesting === 0 && (name === 'else' || name === 'elif')) {
        if (current.seenElse) this.diagnostics.report('conditional-after-else', word, { name });
        if (name === 'else') current.seenElse = true;
        if (!current.taken && (name === 'else' || this.condition('elif', tokens, i + 2, next, word))) {
          current.taken = true;
          return next;
        }
      }
      i = next;
    }
    return i;
  }

  private condition(name: string, tokens: TokenBuffer, from: number, to: number, word: Token): boolean {
    if (name === 'ifdef' || name === 'ifndef') {
      const id = this.macroName(tokens, from, to, name);
      return id !== undefined && (this.macros[id] !== undefined) === (name === 'ifdef');
    }
    const parts = this.withoutDefined(name, tokens, from, to);
    if (!parts) return false;
    const place = { start: word.start, end: tokens.end[to - 1] as number };
    const expanded = this.expanded(parts, place);
    if (this.stopped) return false;
    const outcome = evaluateCondition(expanded, this);
    if ('value' in outcome) return outcome.value;
    this.diagnostics.report('condition-syntax', place, { name, why: outcome.error });
    return false;
  }

  /** The tokens of a condition with each `defined x` as a number; nothing after an error. */
  private withoutDefined(name: string, tokens: TokenBuffer, from: number, to: number): Token[] | undefined {
    const parts: Token[] = [];
    for (let i = from; i < to; i++) {
      const token = tokenAt(tokens, i);
      if (token.kind !== NAME || token.value !== this.defined) {
        parts.push(token);
        continue;
      }
      const bracket = i + 1 < to && tokens.kind[i + 1] === P['('];
      const at = bracket ? i + 2 : i + 1;
      if (at >= to || tokens.kind[at] !== NAME || (bracket && tokens.kind[at + 1] !== P[')'])) {
        this.diagnostics.report('condition-syntax', token, { name, why: '`defined` needs a name' });
        return undefined;
      }
      const yes = this.macros[tokens.value[at] as number] !== undefined;
      parts.push({ ...token, kind: NUMBER, flags: SIMPLE_NUMBER, value: yes ? 1 : 0 });
      i = bracket ? at + 1 : at;
    }
    return parts;
  }
}
