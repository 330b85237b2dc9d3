/** Values that are known at compile time: integers (the `folded` of an expression) and addresses for static initialisers. */
import type { ArithmeticOperator, CompareOperator, TExpr, VariableSymbol } from './typed';
import { wrap, type IntType } from './types';

/** Exact result before wrapping, for warnings; undefined where nothing can be said (division by zero). */
export function exactArithmetic(operator: ArithmeticOperator, a: number, b: number, type: IntType): number | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? undefined : Math.trunc(a / b);
    case '%':
      return b === 0 ? undefined : a % b;
    case '&':
      return type.signed ? a & b : (a & b) >>> 0;
    case '|':
      return type.signed ? a | b : (a | b) >>> 0;
    case '^':
      return type.signed ? a ^ b : (a ^ b) >>> 0;
    case '<<':
    case '>>':
      return shift(operator, a, b, type);
  }
}

/** Wrapped result in the range of `type`. */
export function foldArithmetic(operator: ArithmeticOperator, a: number, b: number, type: IntType): number | undefined {
  // 32-bit products exceed 2^53: only their low bits count.
  if (operator === '*' && type.sizeBytes === 4) return wrap(Math.imul(a, b), type);
  const exact = exactArithmetic(operator, a, b, type);
  return exact === undefined ? undefined : wrap(exact, type) + 0;
}

/** `amount` counts as unsigned in its own width: a negative one is always too far. */
function shift(operator: '<<' | '>>', a: number, amount: number, type: IntType): number {
  const width = type.sizeBytes * 8;
  if (amount < 0 || amount >= width) return operator === '>>' && a < 0 ? -1 : 0;
  if (operator === '<<') return a << amount;
  return type.signed ? a >> amount : (a >>> 0) >>> amount;
}

export function foldCompare(operator: CompareOperator, a: number, b: number): number {
  switch (operator) {
    case '==':
      return a === b ? 1 : 0;
    case '!=':
      return a !== b ? 1 : 0;
    case '<':
      return a < b ? 1 : 0;
    case '<=':
      return a <= b ? 1 : 0;
    case '>':
      return a > b ? 1 : 0;
    case '>=':
      return a >= b ? 1 : 0;
  }
}

export interface AddressConstant {
  /** A linkName; undefined for an absolute address. */
  readonly symbol: string | undefined;
  readonly addend: number;
}

/** The address that a pointer expression is known to have before the program runs (C99 6.6 paragraph 9). */
export function addressConstant(expr: TExpr): AddressConstant | undefined {
  if (expr.folded !== undefined) return { symbol: undefined, addend: expr.folded & 0xffff };
  switch (expr.kind) {
    case 'constant':
      return { symbol: undefined, addend: expr.value & 0xffff };
    case 'address':
    case 'decay':
      return placeConstant(expr.place);
    case 'convert': {
      const inner = expr.operand.type;
      const keeps = expr.type.kind === 'pointer' || (expr.type.kind === 'int' && expr.type.sizeBytes === 2);
      return keeps && (inner.kind === 'pointer' || inner.kind === 'int') ? addressConstant(expr.operand) : undefined;
    }
    case 'pointer-add': {
      const base = addressConstant(expr.pointer);
      const index = expr.index.folded;
      if (!base || index === undefined) return undefined;
      const step = index * expr.elementSize;
      return { symbol: base.symbol, addend: base.addend + (expr.negate ? -step : step) };
    }
    case 'arithmetic': {
      if (expr.operator !== '+' && expr.operator !== '-') return undefined;
      const left = addressConstant(expr.left);
      const right = addressConstant(expr.right);
      if (!left || !right || right.symbol !== undefined) return undefined;
      return { symbol: left.symbol, addend: left.addend + (expr.operator === '+' ? right.addend : -right.addend) };
    }
    case 'conditional': {
      const condition = expr.condition.folded;
      if (condition === undefined) return undefined;
      return addressConstant(condition !== 0 ? expr.whenTrue : expr.whenFalse);
    }
    default:
      return undefined;
  }
}

function placeConstant(place: TExpr): AddressConstant | undefined {
  switch (place.kind) {
    case 'variable':
    case 'compound-literal':
    case 'string':
      return place.symbol.storage === 'static' ? { symbol: place.symbol.linkName, addend: 0 } : undefined;
    case 'function':
      return { symbol: place.symbol.linkName, addend: 0 };
    case 'deref':
      return addressConstant(place.pointer);
    case 'member': {
      const base = placeConstant(place.object);
      return base && { symbol: base.symbol, addend: base.addend + place.offset };
    }
    case 'index': {
      const base = placeConstant(place.array);
      const index = place.index.folded;
      if (!base || index === undefined || place.array.type.kind !== 'array') return undefined;
      return { symbol: base.symbol, addend: base.addend + index * elementSize(place) };
    }
    default:
      return undefined;
  }
}

function elementSize(place: TExpr): number {
  const { type } = place;
  if (type.kind === 'int') return type.sizeBytes;
  if (type.kind === 'pointer') return 2;
  if (type.kind === 'record') return type.info.sizeBytes;
  if (type.kind === 'array') return (type.length ?? 0) * elementSize({ ...place, type: type.of } as TExpr);
  return 1;
}

/** The variable at the bottom of a place, if it is named directly. */
export function baseVariable(place: TExpr): VariableSymbol | undefined {
  switch (place.kind) {
    case 'variable':
      return place.symbol;
    case 'member':
      return baseVariable(place.object);
    case 'index':
      return baseVariable(place.array);
    default:
      return undefined;
  }
}
