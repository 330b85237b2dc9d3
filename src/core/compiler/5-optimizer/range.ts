/**
 * Intervals of values, as a signed and as an unsigned number at once: what operations, comparisons and joins make of them. Sound, not always
 * as sharp as they could be: where a view may wrap, nothing is known of it.
 */
import { MASK, signed, SWAPPED } from '../4-ir/fold';
import { WIDTH, type BinaryInstr, type ConstValue, type IrType, type Predicate } from '../4-ir/ir';

/** Both views of one value; empty never occurs, an impossible place keeps the wider range. */
export interface Range {
  readonly uMin: number;
  readonly uMax: number;
  readonly sMin: number;
  readonly sMax: number;
}

const full = (type: IrType): Range => {
  const top = 2 ** (WIDTH[type] - 1);
  return { uMin: 0, uMax: MASK[type], sMin: -top, sMax: top - 1 };
};
export const FULL: Readonly<Record<IrType, Range>> = {
  i1: { uMin: 0, uMax: 1, sMin: -1, sMax: 0 },
  i8: full('i8'),
  i16: full('i16'),
  i32: full('i32'),
  void: { uMin: 0, uMax: 0, sMin: 0, sMax: 0 },
};

/** Makes each view as sharp as the other allows. */
export function settle(type: IrType, uMin: number, uMax: number, sMin: number, sMax: number): Range {
  const size = MASK[type] + 1;
  const top = size / 2;
  if (uMax < top) {
    sMin = Math.max(sMin, uMin);
    sMax = Math.min(sMax, uMax);
  } else if (uMin >= top) {
    sMin = Math.max(sMin, uMin - size);
    sMax = Math.min(sMax, uMax - size);
  }
  if (sMin >= 0) {
    uMin = Math.max(uMin, sMin);
    uMax = Math.min(uMax, sMax);
  } else if (sMax < 0) {
    uMin = Math.max(uMin, sMin + size);
    uMax = Math.min(uMax, sMax + size);
  }
  return uMin > uMax || sMin > sMax ? FULL[type] : { uMin, uMax, sMin, sMax };
}

export const unsignedRange = (type: IrType, min: number, max: number): Range =>
  settle(type, min, max, FULL[type].sMin, FULL[type].sMax);
export const signedRange = (type: IrType, min: number, max: number): Range =>
  settle(type, FULL[type].uMin, FULL[type].uMax, min, max);

/** From exact results, which may not fit the type: a view that does not fit is unknown. */
export function exact(type: IrType, uMin: number, uMax: number, sMin: number, sMax: number): Range {
  const all = FULL[type];
  const uFits = uMin >= 0 && uMax <= all.uMax;
  const sFits = sMin >= all.sMin && sMax <= all.sMax;
  return settle(type, uFits ? uMin : 0, uFits ? uMax : all.uMax, sFits ? sMin : all.sMin, sFits ? sMax : all.sMax);
}

export const union = (a: Range, b: Range): Range => ({
  uMin: Math.min(a.uMin, b.uMin),
  uMax: Math.max(a.uMax, b.uMax),
  sMin: Math.min(a.sMin, b.sMin),
  sMax: Math.max(a.sMax, b.sMax),
});
export const equal = (a: Range, b: Range): boolean =>
  a.uMin === b.uMin && a.uMax === b.uMax && a.sMin === b.sMin && a.sMax === b.sMax;

/** Bounds that widening stops at on its way to the end of the type. */
const U_STEPS = [0, 1, 7, 15, 31, 63, 127, 128, 255, 256, 511, 1023, 4095, 32767, 65535];
const S_STEPS = [-32768, -129, -128, -1, 0, 1, 7, 15, 31, 63, 127, 255, 256, 1023, 4095, 32767, 65535];

export function widen(type: IrType, before: Range, now: Range): Range {
  const all = FULL[type];
  const up = (steps: readonly number[], value: number, end: number) =>
    Math.min(end, steps.find((step) => step >= value) ?? end);
  const down = (steps: readonly number[], value: number, end: number) => {
    for (let i = steps.length - 1; i >= 0; i--)
      if ((steps[i] as number) <= value) return Math.max(end, steps[i] as number);
    return end;
  };
  return {
    uMin: now.uMin < before.uMin ? down(U_STEPS, now.uMin, 0) : before.uMin,
    uMax: now.uMax > before.uMax ? up(U_STEPS, now.uMax, all.uMax) : before.uMax,
    sMin: now.sMin < before.sMin ? down(S_STEPS, now.sMin, all.sMin) : before.sMin,
    sMax: now.sMax > before.sMax ? up(S_STEPS, now.sMax, all.sMax) : before.sMax,
  };
}

/** The one value that a constant has. */
export function only({ type, value }: ConstValue): Range {
  const known = value < KNOWN_CONSTANTS ? CONSTANTS[type][value] : undefined;
  if (known) return known;
  const asSigned = signed(type, value);
  const range = { uMin: value, uMax: value, sMin: asSigned, sMax: asSigned };
  if (value < KNOWN_CONSTANTS) CONSTANTS[type][value] = range;
  return range;
}
const KNOWN_CONSTANTS = 256;
const CONSTANTS: Readonly<Record<IrType, (Range | undefined)[]>> = { i1: [], i8: [], i16: [], i32: [], void: [] };

export function meet(type: IrType, a: Range, b: Range): Range {
  return settle(
    type,
    Math.max(a.uMin, b.uMin),
    Math.min(a.uMax, b.uMax),
    Math.max(a.sMin, b.sMin),
    Math.min(a.sMax, b.sMax),
  );
}

/** The part of `range` for which `value PREDICATE other` can hold. */
export function constrain(range: Range, type: IrType, predicate: Predicate, other: Range): Range {
  const { uMin, uMax, sMin, sMax } = range;
  switch (predicate) {
    case 'eq':
      return meet(type, range, other);
    case 'ne':
      if (other.uMin !== other.uMax) return range;
      return settle(
        type,
        uMin === other.uMin ? uMin + 1 : uMin,
        uMax === other.uMin ? uMax - 1 : uMax,
        sMin === other.sMin ? sMin + 1 : sMin,
        sMax === other.sMin ? sMax - 1 : sMax,
      );
    case 'ult':
      return settle(type, uMin, Math.min(uMax, other.uMax - 1), sMin, sMax);
    case 'ule':
      return settle(type, uMin, Math.min(uMax, other.uMax), sMin, sMax);
    case 'ugt':
      return settle(type, Math.max(uMin, other.uMin + 1), uMax, sMin, sMax);
    case 'uge':
      return settle(type, Math.max(uMin, other.uMin), uMax, sMin, sMax);
    case 'slt':
      return settle(type, uMin, uMax, sMin, Math.min(sMax, other.sMax - 1));
    case 'sle':
      return settle(type, uMin, uMax, sMin, Math.min(sMax, other.sMax));
    case 'sgt':
      return settle(type, uMin, uMax, Math.max(sMin, other.sMin + 1), sMax);
    case 'sge':
      return settle(type, uMin, uMax, Math.max(sMin, other.sMin), sMax);
  }
}

/** Whether a comparison of values in two ranges is decided; undefined if not. */
export function decides(predicate: Predicate, a: Range, b: Range): boolean | undefined {
  switch (predicate) {
    case 'eq':
      if (a.uMin === a.uMax && b.uMin === b.uMax && a.uMin === b.uMin) return true;
      return a.uMax < b.uMin || a.uMin > b.uMax || a.sMax < b.sMin || a.sMin > b.sMax ? false : undefined;
    case 'ne': {
      const same = decides('eq', a, b);
      return same === undefined ? undefined : !same;
    }
    case 'ult':
      return a.uMax < b.uMin ? true : a.uMin >= b.uMax ? false : undefined;
    case 'ule':
      return a.uMax <= b.uMin ? true : a.uMin > b.uMax ? false : undefined;
    case 'slt':
      return a.sMax < b.sMin ? true : a.sMin >= b.sMax ? false : undefined;
    case 'sle':
      return a.sMax <= b.sMin ? true : a.sMin > b.sMax ? false : undefined;
    default:
      return decides(SWAPPED[predicate], b, a);
  }
}

// ---------------------------------------------------------------- arithmetic on ranges

export function arithmetic(instr: BinaryInstr, a: Range, b: Range): Range {
  const { op, type } = instr;
  switch (op) {
    case 'add':
      return exact(type, a.uMin + b.uMin, a.uMax + b.uMax, a.sMin + b.sMin, a.sMax + b.sMax);
    case 'sub':
      return exact(type, a.uMin - b.uMax, a.uMax - b.uMin, a.sMin - b.sMax, a.sMax - b.sMin);
    case 'mul':
      return multiply(type, a, b);
    case 'and':
      return and(type, a, b);
    case 'or':
      return unsignedRange(type, Math.max(a.uMin, b.uMin), onesUpTo(Math.max(a.uMax, b.uMax)));
    case 'xor':
      return unsignedRange(type, 0, onesUpTo(Math.max(a.uMax, b.uMax)));
    case 'shl': {
      if (b.uMin !== b.uMax || b.uMax >= WIDTH[type]) return FULL[type];
      const factor = 2 ** b.uMax;
      return exact(type, a.uMin * factor, a.uMax * factor, a.sMin * factor, a.sMax * factor);
    }
    case 'lshr':
      return unsignedRange(type, shifted(a.uMin, b.uMax), shifted(a.uMax, b.uMin));
    case 'ashr': {
      if (a.sMin >= 0) return unsignedRange(type, shifted(a.uMin, b.uMax), shifted(a.uMax, b.uMin));
      if (b.uMin !== b.uMax) return signedRange(type, Math.min(a.sMin, 0), Math.max(a.sMax, 0));
      const amount = Math.min(b.uMin, 31);
      return signedRange(type, a.sMin >> amount, a.sMax >> amount);
    }
    case 'udiv':
      return b.uMin === 0
        ? unsignedRange(type, 0, a.uMax)
        : unsignedRange(type, Math.floor(a.uMin / b.uMax), Math.floor(a.uMax / b.uMin));
    case 'urem':
      return unsignedRange(type, 0, Math.max(0, Math.min(a.uMax, b.uMax - 1)));
    case 'sdiv':
      if (a.sMin >= 0 && b.sMin > 0)
        return unsignedRange(type, Math.floor(a.sMin / b.sMax), Math.floor(a.sMax / b.sMin));
      return FULL[type];
    case 'srem': {
      const size = Math.max(Math.abs(b.sMin), Math.abs(b.sMax));
      const limit = Math.max(0, size - 1);
      return signedRange(type, a.sMin >= 0 ? 0 : Math.max(a.sMin, -limit), a.sMax <= 0 ? 0 : Math.min(a.sMax, limit));
    }
  }
}

const shifted = (value: number, amount: number): number => (amount > 31 ? 0 : value >>> amount);

/** The smallest 2^n - 1 that is not below a value. */
function onesUpTo(value: number): number {
  let ones = 0;
  while (ones < value) ones = ones * 2 + 1;
  return ones;
}

function and(type: IrType, a: Range, b: Range): Range {
  const uMax = Math.min(a.uMax, b.uMax);
  return unsignedRange(type, 0, uMax);
}

function multiply(type: IrType, a: Range, b: Range): Range {
  const corners = [a.sMin * b.sMin, a.sMin * b.sMax, a.sMax * b.sMin, a.sMax * b.sMax];
  return exact(type, a.uMin * b.uMin, a.uMax * b.uMax, Math.min(...corners), Math.max(...corners));
}
