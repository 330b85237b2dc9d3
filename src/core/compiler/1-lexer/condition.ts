/** Conditions of #if and #elif (C99 6.10.1): integer expressions over tokens whose macros are already expanded. Numbers have 32 bits. */
import { BINARY_OPERATORS } from '../../base/operators';
import { LIMITS } from '../limits';
import { CHAR, NAME, NUMBER, P, SIMPLE_NUMBER, kindName } from './tokens';
import { decodeChar, parseNumber } from './literals';
import { spelling, type MacroContext, type Token } from './macro-tokens';

interface Num {
  /** Signed or unsigned 32-bit value. */
  readonly value: number;
  readonly unsigned: boolean;
}
type Outcome = { readonly value: boolean } | { readonly error: string; readonly at: Token | undefined };

const LEVEL_OF = new Map(BINARY_OPERATORS.flatMap((row, level) => row.map((text) => [P[text], level] as const)));

export function evaluateCondition(tokens: readonly Token[], context: MacroContext): Outcome {
  const reader = new Reader(tokens, context);
  const result = reader.conditional(0, true);
  if (reader.error === undefined && reader.position < tokens.length) {
    reader.fail(`it should end before ${reader.found()}`);
  }
  if (reader.error !== undefined) return { error: reader.error, at: tokens[reader.position] };
  return { value: result.value !== 0 };
}

const ZERO: Num = { value: 0, unsigned: false };
const truth = (yes: boolean): Num => ({ value: yes ? 1 : 0, unsigned: false });

class Reader {
  position = 0;
  error: string | undefined;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly context: MacroContext,
  ) {}

  fail(why: string): Num {
    this.error ??= why;
    return ZERO;
  }

  found(): string {
    const token = this.tokens[this.position];
    return token ? `\`${spelling(token, this.context)}\`` : 'the end of the line';
  }

  private accept(kind: number): boolean {
    if (this.tokens[this.position]?.kind !== kind) return false;
    this.position++;
    return true;
  }

  /** `live` is false where the value does not count, so that `defined(X) && 1 / X` may divide by zero there. */
  conditional(depth: number, live: boolean): Num {
    if (depth > LIMITS.nesting) return this.fail('it is nested too deep');
    const condition = this.binary(0, depth, live);
    if (!this.accept(P['?'])) return condition;
    const yes = condition.value !== 0;
    const a = this.conditional(depth + 1, live && yes);
    if (!this.accept(P[':'])) return this.fail(`\`:\` is missing before ${this.found()}`);
    const b = this.conditional(depth + 1, live && !yes);
    const { value } = yes ? a : b;
    return a.unsigned || b.unsigned ? { value: value >>> 0, unsigned: true } : { value, unsigned: false };
  }

  private binary(level: number, depth: number, live: boolean): Num {
    let left = this.unary(depth, live);
    for (;;) {
      const token = this.tokens[this.position];
      const at = token ? LEVEL_OF.get(token.kind) : undefined;
      if (this.error !== undefined || token === undefined || at === undefined || at < level) return left;
      this.position++;
      const operator = kindName(token.kind);
      const counts = live && !(operator === '&&' && left.value === 0) && !(operator === '||' && left.value !== 0);
      const right = this.binary(at + 1, depth, counts);
      left = this.apply(operator, left, right, live && counts);
    }
  }

  private apply(operator: string, a: Num, b: Num, live: boolean): Num {
    const unsigned = a.unsigned || b.unsigned;
    const x = unsigned ? a.value >>> 0 : a.value | 0;
    const y = unsigned ? b.value >>> 0 : b.value | 0;
    const number = (value: number): Num => ({ value: unsigned ? value >>> 0 : value | 0, unsigned });
    switch (operator) {
      case '||':
        return truth(a.value !== 0 || b.value !== 0);
      case '&&':
        return truth(a.value !== 0 && b.value !== 0);
      case '|':
        return number(x | y);
      case '^':
        return number(x ^ y);
      case '&':
        return number(x & y);
      case '==':
        return truth(x === y);
      case '!=':
        return truth(x !== y);
      case '<':
        return truth(x < y);
      case '>':
        return truth(x > y);
      case '<=':
        return truth(x <= y);
      case '>=':
        return truth(x >= y);
      case '+':
        return number(x + y);
      case '-':
        return number(x - y);
      case '*':
        return number(Math.imul(x, y));
      case '<<':
      case '>>':
        return shift(operator, a, b.value >>> 0);
      default:
        if (y === 0) return live ? this.fail('it divides by zero') : ZERO;
        return number(Math.trunc(operator === '/' ? x / y : x % y));
    }
  }

  private unary(depth: number, live: boolean): Num {
    if (depth > LIMITS.nesting) return this.fail('it is nested too deep');
    const token = this.tokens[this.position];
    if (!token) return this.fail('a value is missing at its end');
    this.position++;
    switch (token.kind) {
      case P['!']:
        return truth(this.unary(depth + 1, live).value === 0);
      case P['-']: {
        const a = this.unary(depth + 1, live);
        return { value: a.unsigned ? -a.value >>> 0 : -a.value | 0, unsigned: a.unsigned };
      }
      case P['+']:
        return this.unary(depth + 1, live);
      case P['~']: {
        const a = this.unary(depth + 1, live);
        return { value: a.unsigned ? ~a.value >>> 0 : ~a.value, unsigned: a.unsigned };
      }
      case P['(']: {
        const a = this.conditional(depth + 1, live);
        return this.accept(P[')']) ? a : this.fail(`\`)\` is missing before ${this.found()}`);
      }
      case NAME:
        // Names that are no macros are 0.
        if (this.tokens[this.position]?.kind === P['(']) {
          this.position--;
          return this.fail(`\`${spelling(token, this.context)}\` is no macro with arguments`);
        }
        return ZERO;
      case NUMBER:
        return this.number(token);
      case CHAR: {
        const decoded = decodeChar(spelling(token, this.context));
        return { value: decoded.value, unsigned: false };
      }
      default:
        this.position--;
        return this.fail(`a value is missing before ${this.found()}`);
    }
  }

  private number(token: Token): Num {
    if ((token.flags & SIMPLE_NUMBER) !== 0) return { value: token.value, unsigned: false };
    const text = spelling(token, this.context);
    const parsed = parseNumber(text);
    if ('problem' in parsed) {
      this.position--;
      return this.fail(`\`${text}\` is no integer`);
    }
    const unsigned = parsed.unsignedSuffix || parsed.value > 0x7fffffff;
    return { value: unsigned ? parsed.value : parsed.value | 0, unsigned };
  }
}

function shift(operator: string, a: Num, amount: number): Num {
  if (operator === '<<') {
    const value = amount > 31 ? 0 : a.value << amount;
    return { value: a.unsigned ? value >>> 0 : value | 0, unsigned: a.unsigned };
  }
  if (a.unsigned) return { value: amount > 31 ? 0 : (a.value >>> 0) >>> amount, unsigned: true };
  return { value: (a.value | 0) >> Math.min(amount, 31), unsigned: false };
}
