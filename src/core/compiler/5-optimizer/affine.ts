/**
 * Affine forms: a 16-bit value as a sum of constant multiples of other values, modulo 2^16. An 8-bit value in a sum counts zero-extended; what
 * was computed in 8 bits and then extended is followed only where ranges show that it does not wrap.
 */
import { constant, isInstr, sameValue, symbol } from '../4-ir/build';
import type { BinaryInstr, Value } from '../4-ir/ir';
import type { Ranges } from './ranges';

export interface Term {
  /** i16, or i8 that counts zero-extended. */
  readonly value: Value;
  /** -32768 to 32767, not 0. */
  readonly factor: number;
}

export interface Affine {
  readonly terms: readonly Term[];
  /** -32768 to 32767. */
  readonly constant: number;
}

export const wrap16 = (value: number): number => (value << 16) >> 16;

const DEPTH_LIMIT = 8;

export class AffineForms {
  /** Values for which `isLeaf` holds are not looked into. */
  constructor(
    private readonly ranges: Pick<Ranges, 'at'>,
    private readonly isLeaf: (value: Value) => boolean,
  ) {}

  /** The form of an i16 value, or of an i8 value that counts zero-extended. */
  of(value: Value, depth = DEPTH_LIMIT): Affine {
    switch (value.op) {
      case 'const':
        return { terms: [], constant: wrap16(value.value) };
      case 'symbol':
        return { terms: [{ value: symbol(value.symbol, 0), factor: 1 }], constant: wrap16(value.offset) };
      default:
        break;
    }
    if (depth === 0 || !isInstr(value) || this.isLeaf(value)) return leaf(value);
    return (
      (value.type === 'i8' ? this.ofByte(value as BinaryInstr, depth - 1) : this.ofWord(value, depth - 1)) ??
      leaf(value)
    );
  }

  private ofWord(value: Value, depth: number): Affine | undefined {
    switch (value.op) {
      case 'add':
        return sum(this.of(value.args[0], depth), this.of(value.args[1], depth), 1);
      case 'sub':
        return sum(this.of(value.args[0], depth), this.of(value.args[1], depth), -1);
      case 'shl':
      case 'mul': {
        const factor = factorOf(value);
        return factor === undefined ? undefined : scaled(this.of(value.args[0], depth), factor);
      }
      case 'zext':
        return value.args[0].type === 'i8' ? this.of(value.args[0], depth) : undefined;
      case 'sext':
        return value.args[0].type === 'i8' && this.ranges.at(value.args[0], value.block).sMin >= 0
          ? this.of(value.args[0], depth)
          : undefined;
      default:
        return undefined;
    }
  }

  /** An operation on bytes that gives the same as on words. */
  private ofByte(value: BinaryInstr, depth: number): Affine | undefined {
    switch (value.op) {
      case 'add':
      case 'sub':
      case 'shl':
      case 'mul':
        break;
      default:
        return undefined;
    }
    const [a, b] = value.args;
    const x = this.ranges.at(a, value.block);
    const y = this.ranges.at(b, value.block);
    if (value.op === 'add') {
      if (x.uMax + y.uMax <= 255) return sum(this.of(a, depth), this.of(b, depth), 1);
      if (b.op !== 'const' || x.uMin + b.value < 256) return undefined;
      return sum(this.of(a, depth), { terms: [], constant: b.value - 256 }, 1);
    }
    if (value.op === 'sub') return x.uMin >= y.uMax ? sum(this.of(a, depth), this.of(b, depth), -1) : undefined;
    const factor = factorOf(value);
    return factor !== undefined && x.uMax * factor <= 255 ? scaled(this.of(a, depth), factor) : undefined;
  }
}

const leaf = (value: Value): Affine => ({ terms: [{ value, factor: 1 }], constant: 0 });

function factorOf({ op, args }: BinaryInstr): number | undefined {
  const by = args[1];
  if (by.op !== 'const') return undefined;
  if (op === 'mul') return by.value;
  return by.value < 16 ? 2 ** by.value : 0;
}

function sum(a: Affine, b: Affine, sign: 1 | -1): Affine {
  let { terms } = a;
  for (const { value, factor } of b.terms) {
    const known = terms.find((term) => sameValue(term.value, value));
    const total = wrap16((known?.factor ?? 0) + sign * factor);
    terms = terms.filter((term) => term !== known);
    if (total !== 0) terms = [...terms, { value, factor: total }];
  }
  return { terms, constant: wrap16(a.constant + sign * b.constant) };
}

function scaled(a: Affine, by: number): Affine {
  const terms = a.terms.map(({ value, factor }) => ({ value, factor: wrap16(Math.imul(factor, by)) }));
  return { terms: terms.filter((term) => term.factor !== 0), constant: wrap16(Math.imul(a.constant, by)) };
}

/** Whether two lists have the same terms. */
export function sameTerms(a: readonly Term[], b: readonly Term[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((x) => b.some((y) => x.factor === y.factor && sameValue(x.value, y.value)));
}

/** What `build` needs to make instructions. */
export interface Emitter {
  binary(op: 'add' | 'sub' | 'shl' | 'mul', a: Value, b: Value): Value;
  extend(value: Value): Value;
}

/** Instructions that compute a form. Values that go together come first, constants and symbols last, where addresses fold them. */
export function build({ terms, constant: offset }: Affine, emit: Emitter): Value {
  let result: Value | undefined;
  let place: Value | undefined;
  let rest = offset;
  const positiveFirst = [...terms].sort((a, b) => Number(a.factor < 0) - Number(b.factor < 0));
  for (const { value, factor } of positiveFirst) {
    if (value.op === 'symbol' && factor === 1 && !place) {
      place = value;
      continue;
    }
    if (value.op === 'const') {
      rest = wrap16(rest + Math.imul(value.value, factor));
      continue;
    }
    const wide = value.type === 'i8' ? emit.extend(value) : value;
    const size = Math.abs(factor);
    const power = Math.log2(size);
    const product =
      size === 1
        ? wide
        : Number.isInteger(power)
          ? emit.binary('shl', wide, constant('i16', power))
          : emit.binary('mul', wide, constant('i16', size));
    if (factor < 0) result = emit.binary('sub', result ?? constant('i16', 0), product);
    else result = result ? emit.binary('add', result, product) : product;
  }
  if (place?.op === 'symbol') {
    const address = symbol(place.symbol, rest);
    return result ? emit.binary('add', result, address) : address;
  }
  if (!result) return constant('i16', rest & 0xffff);
  return rest === 0 ? result : emit.binary('add', result, constant('i16', rest & 0xffff));
}
