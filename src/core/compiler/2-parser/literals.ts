/** Literals (C99 6.4.4, 6.4.5): numbers, characters, and strings, of which adjacent ones are one. */
import {
  UNIT_BYTES,
  decodeChar,
  decodeUnits,
  literalPrefix,
  parseNumber,
  type EscapeProblem,
  type LiteralPrefix,
} from '../1-lexer/literals';
import { SIMPLE_NUMBER, STRING, SYNTHETIC, UNTERMINATED } from '../1-lexer/tokens';
import { LIMITS } from '../limits';
import type { Expr, WidePrefix } from './ast';
import { Cursor } from './cursor';

export class LiteralParser extends Cursor {
  protected number(): Expr {
    const { start, at } = this;
    this.advance();
    const id = this.ids.next++;
    const end = this.endFrom(start);
    const flags = this.tokens.flags[at] as number;
    if ((flags & (SIMPLE_NUMBER | SYNTHETIC)) === SIMPLE_NUMBER) {
      const value = this.values[at] as number;
      return { kind: 'number', id, start, end, value, decimal: true, unsignedSuffix: false, longSuffix: false };
    }
    const text = this.tokens.spelling(at, this.sourceMap);
    const parsed = parseNumber(text);
    if (!('problem' in parsed)) {
      const { value, decimal, unsignedSuffix, longSuffix } = parsed;
      return { kind: 'number', id, start, end, value, decimal, unsignedSuffix, longSuffix };
    }
    const span = { start, end };
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    if (parsed.problem === 'floating') this.error('no-floating-point', span, { text: shown });
    else if (parsed.problem === 'long-long') this.error('no-long-long', span, {});
    else this.error(parsed.problem === 'malformed' ? 'malformed-number' : 'number-too-large', span, { text: shown });
    return { kind: 'number', id, start, end, value: 0, decimal: true, unsignedSuffix: false, longSuffix: false };
  }

  protected char(): Expr {
    const { start, at } = this;
    this.advance();
    const span = { start, end: this.endFrom(start) };
    const problems: EscapeProblem[] = [];
    const { value, count, prefix } = decodeChar(this.tokens.spelling(at, this.sourceMap), problems);
    const closed = ((this.tokens.flags[at] as number) & UNTERMINATED) === 0;
    if (count === 0 && closed) this.error('empty-char', span, {});
    if (count > 1) this.error('multi-char', span, { value });
    this.reportEscapes(problems, at);
    return { kind: 'char', id: this.ids.next++, ...span, value, ...wide(prefix) };
  }

  /** Adjacent string literals are one; if one of them is wide, all are (C99 6.4.5 paragraph 4). */
  protected string(): Expr {
    const { start } = this;
    let prefix: LiteralPrefix = '';
    for (let i = this.at; this.kinds[i] === STRING; i++) {
      const own = literalPrefix(this.tokens.spelling(i, this.sourceMap));
      if (UNIT_BYTES[own] > UNIT_BYTES[prefix]) prefix = own;
    }
    const unitBytes = UNIT_BYTES[prefix];
    let bytes: number[] = [];
    const first = this.at;
    while (this.kind === STRING) {
      for (const unit of this.stringUnits(unitBytes)) {
        for (let i = 0; i < unitBytes; i++) bytes.push((unit >>> (8 * i)) & 255);
      }
      if (this.at - first > 1 && bytes.length > LIMITS.objectBytes) {
        this.error('object-too-large', this.here, { name: 'this string', size: bytes.length });
        bytes = [];
      }
    }
    const end = this.endFrom(start);
    return { kind: 'string', id: this.ids.next++, start, end, bytes: Uint8Array.from(bytes), ...wide(prefix) };
  }

  private stringUnits(unitBytes: 1 | 2 | 4): number[] {
    const { at } = this;
    this.advance();
    const problems: EscapeProblem[] = [];
    const units = decodeUnits(this.tokens.spelling(at, this.sourceMap), unitBytes, problems);
    this.reportEscapes(problems, at);
    return units;
  }

  private reportEscapes(problems: readonly EscapeProblem[], at: number): void {
    const synthetic = ((this.tokens.flags[at] as number) & SYNTHETIC) !== 0;
    for (const { id, at: offset, escape } of problems.slice(0, 3)) {
      const start = (this.tokens.start[at] as number) + (synthetic ? 0 : offset);
      if (id === 'unknown-escape') this.error(id, { start, end: start + 2 }, { escape });
      else this.error(id, { start, end: start + escape.length }, {});
    }
  }
}

const wide = (prefix: LiteralPrefix): { prefix?: WidePrefix } => (prefix === '' || prefix === 'u8' ? {} : { prefix });
