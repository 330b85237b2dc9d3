/**
 * Arithmetic of the IR on numbers: one definition of what every operation gives, for the interpreter and for the passes that
 * fold. Values are canonical: unsigned in the range of their type, 0 .. 2^width - 1.
 */
import { WIDTH, type BinaryOp, type IrType, type Predicate } from './ir';

/** All ones of a type. */
export const MASK: Readonly<Record<IrType, number>> = { i1: 1, i8: 0xff, i16: 0xffff, i32: 0xffffffff, void: 0 };

/** Brings any whole number (safe integer) into the canonical range. */
export function canonical(type: IrType, value: number): number {
  switch (type) {
    case 'i1':
      return value & 1;
    case 'i8':
      return value & 0xff;
    case 'i16':
      return value & 0xffff;
    case 'i32':
      return value >>> 0;
    case 'void':
      return 0;
  }
}

/** The value as a two's complement number. */
export function signed(type: IrType, value: number): number {
  switch (type) {
    case 'i1':
      return -(value & 1);
    case 'i8':
      return (value << 24) >> 24;
    case 'i16':
      return (value << 16) >> 16;
    default:
      return value | 0;
  }
}

/** The result, or undefined for a division by zero. */
export function foldBinary(op: BinaryOp, type: IrType, a: number, b: number): number | undefined {
  switch (op) {
    case 'add':
      return canonical(type, a + b);
    case 'sub':
      return canonical(type, a - b);
    case 'mul':
      return canonical(type, Math.imul(a, b));
    case 'and':
      return canonical(type, a & b);
    case 'or':
      return canonical(type, a | b);
    case 'xor':
      return canonical(type, a ^ b);
    case 'shl':
      return b >= WIDTH[type] ? 0 : canonical(type, a << b);
    case 'lshr':
      return b >= WIDTH[type] ? 0 : a >>> b;
    case 'ashr':
      return canonical(type, signed(type, a) >> Math.min(b, 31));
    default:
      return b === 0 ? undefined : divide(op, type, a, b);
  }
}

function divide(op: 'udiv' | 'sdiv' | 'urem' | 'srem', type: IrType, a: number, b: number): number {
  switch (op) {
    case 'udiv':
      return Math.floor(a / b);
    case 'urem':
      return a % b;
    case 'sdiv':
      return canonical(type, Math.trunc(signed(type, a) / signed(type, b)));
    case 'srem':
      return canonical(type, signed(type, a) % signed(type, b));
  }
}

export function foldCompare(predicate: Predicate, type: IrType, a: number, b: number): boolean {
  switch (predicate) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'ult':
      return a < b;
    case 'ule':
      return a <= b;
    case 'ugt':
      return a > b;
    case 'uge':
      return a >= b;
    case 'slt':
      return signed(type, a) < signed(type, b);
    case 'sle':
      return signed(type, a) <= signed(type, b);
    case 'sgt':
      return signed(type, a) > signed(type, b);
    case 'sge':
      return signed(type, a) >= signed(type, b);
  }
}

export function foldCast(op: 'zext' | 'sext' | 'trunc', from: IrType, to: IrType, value: number): number {
  return canonical(to, op === 'sext' ? signed(from, value) : value);
}

/** a PREDICATE b is the same as b SWAPPED a. */
export const SWAPPED: Readonly<Record<Predicate, Predicate>> = {
  eq: 'eq',
  ne: 'ne',
  ult: 'ugt',
  ule: 'uge',
  ugt: 'ult',
  uge: 'ule',
  slt: 'sgt',
  sle: 'sge',
  sgt: 'slt',
  sge: 'sle',
};

/** not (a PREDICATE b) is the same as a INVERSE b. */
export const INVERSE: Readonly<Record<Predicate, Predicate>> = {
  eq: 'ne',
  ne: 'eq',
  ult: 'uge',
  ule: 'ugt',
  ugt: 'ule',
  uge: 'ult',
  slt: 'sge',
  sle: 'sgt',
  sgt: 'sle',
  sge: 'slt',
};
