/** Expressions of the assembler: constants at once, addresses as symbol plus a constant, and distances from here. */
import type { Diagnostic } from '../base/diagnostic';
import type { SymbolRef } from './items';
import { ASSEMBLER_MESSAGES as M } from './messages';
import type { Token } from './scan';
import type { Here, WrittenOperand } from './syntax';

/** A cursor over the tokens of one line. */
export class Cursor {
  index = 0;
  constructor(readonly tokens: readonly Token[]) {}

  get token(): Token {
    return this.tokens[Math.min(this.index, this.tokens.length - 1)] as Token;
  }

  get atEnd(): boolean {
    return this.token.kind === 'end';
  }

  peek(distance = 1): Token {
    return this.tokens[Math.min(this.index + distance, this.tokens.length - 1)] as Token;
  }

  take(): Token {
    const token = this.token;
    this.index++;
    return token;
  }

  accept(text: string): boolean {
    if (this.token.kind === 'end' || this.token.kind === 'string' || this.token.text !== text) return false;
    this.index++;
    return true;
  }
}

export interface Names {
  /** The value of a constant, or undefined if the name is a label's. */
  constant(name: string): number | undefined;
  /** The label that `1b` or `1f` means here. */
  local(name: string, token: Token): string;
  report(diagnostic: Diagnostic): void;
}

/** Thrown inside the parser to give up a line; never leaves it. */
export class LineError extends Error {
  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.message);
  }
}

const PRECEDENCE: Readonly<Record<string, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};
/** Nesting of parentheses and signs in one expression. */
const MAX_DEPTH = 100;

export function parseExpression(cursor: Cursor, names: Names, lowest = 1, depth = 0): WrittenOperand {
  let left = parseUnary(cursor, names, depth);
  for (;;) {
    const operator = cursor.token;
    const precedence = operator.kind === 'punct' ? PRECEDENCE[operator.text] : undefined;
    if (precedence === undefined || precedence < lowest) return left;
    cursor.take();
    const right = parseExpression(cursor, names, precedence + 1, depth + 1);
    left = combine(operator, left, right);
  }
}

function parseUnary(cursor: Cursor, names: Names, depth: number): WrittenOperand {
  const token = cursor.take();
  if (depth > MAX_DEPTH) throw new LineError(M.badExpression(token.span, 'this expression is nested too deeply'));
  if (token.kind === 'number') return token.value;
  if (token.kind === 'punct' && (token.text === '-' || token.text === '~' || token.text === '+')) {
    const value = parseUnary(cursor, names, depth + 1);
    if (typeof value !== 'number') throw new LineError(M.badExpression(token.span, 'an address cannot be negated'));
    return token.text === '-' ? -value : token.text === '~' ? ~value : value;
  }
  if (token.kind === 'punct' && token.text === '(') {
    const value = parseExpression(cursor, names, 1, depth + 1);
    close(cursor);
    return value;
  }
  if (token.kind === 'name') return parseName(token, cursor, names, depth);
  throw new LineError(M.expected(token.span, 'a number or a name', describe(token)));
}

function parseName(token: Token, cursor: Cursor, names: Names, depth: number): WrittenOperand {
  // `.+4` scans as a name and a sum: `.` is the place of the instruction.
  if (token.text === '.') return { here: 0 };
  if ((token.text === 'lo8' || token.text === 'hi8') && cursor.accept('(')) {
    const value = parseExpression(cursor, names, 1, depth + 1);
    close(cursor);
    if (typeof value === 'number') return token.text === 'lo8' ? value & 0xff : (value >> 8) & 0xff;
    if ('here' in value || value.part)
      throw new LineError(M.badExpression(token.span, `${token.text}() takes a number or a symbol`));
    return { ...value, part: token.text };
  }
  if (/^\d/.test(token.text)) return { symbol: names.local(token.text, token), addend: 0 };
  if (isReserved(token.text)) throw new LineError(M.expected(token.span, 'a number or a name', describe(token)));
  return names.constant(token.text) ?? { symbol: token.text, addend: 0 };
}

function close(cursor: Cursor): void {
  if (!cursor.accept(')')) throw new LineError(M.expected(cursor.token.span, "')'", describe(cursor.token)));
}

function combine(operator: Token, left: WrittenOperand, right: WrittenOperand): WrittenOperand {
  if (typeof left === 'number' && typeof right === 'number') return calculate(operator, left, right);
  if (operator.text === '+' && typeof right === 'number') return shifted(left as SymbolRef | Here, right);
  if (operator.text === '+' && typeof left === 'number') return shifted(right as SymbolRef | Here, left);
  if (operator.text === '-' && typeof right === 'number') return shifted(left as SymbolRef | Here, -right);
  throw new LineError(
    M.badExpression(operator.span, 'an address can only have a constant added to it or subtracted from it'),
  );
}

function shifted(value: SymbolRef | Here, by: number): WrittenOperand {
  return 'here' in value ? { here: value.here + by } : { ...value, addend: value.addend + by };
}

function calculate(operator: Token, a: number, b: number): number {
  switch (operator.text) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0) throw new LineError(M.divisionByZero(operator.span));
      return operator.text === '/' ? Math.trunc(a / b) : a % b;
    case '&':
      return (a & b) >>> 0;
    case '|':
      return (a | b) >>> 0;
    case '^':
      return (a ^ b) >>> 0;
    case '<<':
      return b > 31 ? 0 : (a << b) >>> 0;
    default:
      return b > 31 ? 0 : a >>> b;
  }
}

export const describe = (token: Token) => (token.kind === 'end' ? token.text : `'${token.text}'`);

/** Register, pair and stack pointer names. */
export function isReserved(name: string): boolean {
  return name === 'sp' || registerOf(name) !== undefined || pairOf(name) !== undefined;
}

export function registerOf(name: string): number | undefined {
  const match = /^r(\d|1[0-5])$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

export function pairOf(name: string): number | undefined {
  const match = /^w([0-7])$/.exec(name);
  return match ? Number(match[1]) : undefined;
}
