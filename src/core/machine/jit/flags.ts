/**
 * Lazy flags. What set the flags is remembered, not what they are; they are worked out when something asks.
 *
 * Two sources: `carry`, an arithmetic operation with its operands, which gives all four flags; and, if a logic operation came after it,
 * `logic`, a result that gives Z and N, with V = 0 and C from `carry`. At places where paths join the sources lie in one number, the flag
 * word; inside a block they are known when translating.
 */
import { FLAG } from '../../isa/table';
import { I32, OP as W, type FunctionBuilder } from './wasm';

/** Kinds of the carry source. `a` and `b` are operands as unsigned numbers. */
export const Kind = {
  /** The source lies in the flag word, its kind known only at run time; only beside a logic source. */
  word: -1,
  /** a = the flag bits themselves. */
  explicit: 0,
  /** a = C; Z, N and V follow from the logic source. */
  carry: 1,
  add8: 2,
  sub8: 3,
  add16: 4,
  sub16: 5,
  /** b = operand | carry in << 16 | Z before << 17. */
  adc8: 6,
  sbc8: 7,
  adc16: 8,
  sbc16: 9,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

export const Logic = { none: 0, byte: 1, pair: 2 } as const;

/** Where flags come from, known while translating. `a`, `b` and `result` are locals. */
export interface FlagState {
  readonly kind: Kind;
  readonly a: number;
  readonly b: number;
  readonly logic: 0 | 1 | 2;
  readonly result: number;
}

/** 'word': the flags lie in the flag word, whatever they are. */
export type Flags = FlagState | 'word';

/** The flag word: both sources as one 64-bit number. The first bits of `a` (16 of them), `result` (16), `b` (18), the kind and `logic`. */
export const FLAG_WORD = { a: 0n, result: 16n, b: 32n, kind: 52n, logic: 56n } as const;
export const FLAG_WORD_B_MASK = 0x3ffff;
/** The bits of the carry source. */
export const FLAG_WORD_CARRY = 0x00ff_ffff_0000_ffffn;

/** Kind and logic where they stand in the flag word. */
export const kindAndLogic = (kind: Kind, logic: 0 | 1 | 2): bigint =>
  (BigInt(kind) << FLAG_WORD.kind) | (BigInt(logic) << FLAG_WORD.logic);

/** The bits C, Z, N and V of the flag word, of which both halves are given. */
export function flagBitsOfWord(low: number, high: number): number {
  return flagBits((high >>> 20) & 15, low & 0xffff, high & FLAG_WORD_B_MASK, high >>> 24, low >>> 16);
}

/** The bits C, Z, N and V of a state: the slow, plain definition, used when a translation hands over. */
function flagBits(kind: number, a: number, b: number, logic: number, result: number): number {
  const base = carryBits(kind, a, b);
  if (logic === Logic.none) return base;
  const sign = logic === Logic.byte ? 0x80 : 0x8000;
  return (base & FLAG.C) | (result === 0 ? FLAG.Z : 0) | (result & sign ? FLAG.N : 0);
}

function carryBits(kind: number, a: number, b: number): number {
  if (kind === Kind.explicit) return a & 15;
  if (kind === Kind.carry) return a & FLAG.C;
  const wide = kind === Kind.add16 || kind === Kind.sub16 || kind === Kind.adc16 || kind === Kind.sbc16;
  const chained = kind >= Kind.adc8;
  const subtract = kind === Kind.sub8 || kind === Kind.sub16 || kind === Kind.sbc8 || kind === Kind.sbc16;
  const mask = wide ? 0xffff : 0xff;
  const sign = wide ? 0x8000 : 0x80;
  const y = chained ? b & 0xffff : b;
  const carryIn = chained ? (b >> 16) & 1 : 0;
  const r = subtract ? a - y - carryIn : a + y + carryIn;
  const overflow = subtract ? (a ^ y) & (a ^ r) : (a ^ r) & (y ^ r);
  const carry = subtract ? r < 0 : r > mask;
  const zero = (r & mask) === 0 && (!chained || ((b >> 17) & 1) === 1);
  return (carry ? FLAG.C : 0) | (zero ? FLAG.Z : 0) | (r & sign ? FLAG.N : 0) | (overflow & sign ? FLAG.V : 0);
}

/** The same as a function of the module: (kind, a, b, logic, result) -> bits. */
export function buildFlagBits(f: FunctionBuilder): void {
  const [kind, a, b, logic, result] = [0, 1, 2, 3, 4];
  const mask = f.local(I32);
  const r = f.local(I32);
  const y = f.local(I32);
  const carryIn = f.local(I32);
  const bits = f.local(I32);
  const sign = f.local(I32);
  f.get(kind).i32(Kind.carry).op(W.i32LeU).if();
  f.get(a).i32(15).op(W.i32And).set(bits);
  f.else();
  // Kinds 4, 5, 8, 9 are wide; odd kinds subtract; from 6 on a carry comes in.
  f.i32(0xffff).i32(0xff).get(kind).i32(2).op(W.i32ShrU).get(kind).i32(6).op(W.i32LtU).op(W.i32And);
  f.get(kind).i32(8).op(W.i32GeU).op(W.i32Or).op(W.select).set(mask);
  f.get(b).i32(0xffff).op(W.i32And).set(y);
  f.get(b)
    .i32(16)
    .op(W.i32ShrU)
    .i32(1)
    .op(W.i32And)
    .i32(0)
    .get(kind)
    .i32(Kind.adc8)
    .op(W.i32GeU)
    .op(W.select)
    .set(carryIn);
  f.get(mask).i32(1).op(W.i32ShrU).i32(1).op(W.i32Add).set(sign);
  f.get(kind).i32(1).op(W.i32And).if();
  f.get(a).get(y).op(W.i32Sub).get(carryIn).op(W.i32Sub).set(r);
  f.get(r).i32(0).op(W.i32LtS).set(bits);
  f.get(a).get(y).op(W.i32Xor).get(a).get(r).op(W.i32Xor).op(W.i32And).set(y);
  f.else();
  f.get(a).get(y).op(W.i32Add).get(carryIn).op(W.i32Add).set(r);
  f.get(r).get(mask).op(W.i32GtS).set(bits);
  f.get(a).get(r).op(W.i32Xor).get(y).get(r).op(W.i32Xor).op(W.i32And).set(y);
  f.end();
  const put = (bit: number) => f.i32(bit).op(W.i32Mul).get(bits).op(W.i32Or).set(bits);
  f.get(y).get(sign).op(W.i32And).i32(0).op(W.i32Ne);
  put(FLAG.V);
  f.get(r).get(sign).op(W.i32And).i32(0).op(W.i32Ne);
  put(FLAG.N);
  f.get(r).get(mask).op(W.i32And).op(W.i32Eqz);
  f.get(b).i32(17).op(W.i32ShrU).i32(1).get(kind).i32(Kind.adc8).op(W.i32GeU).op(W.select).op(W.i32And);
  put(FLAG.Z);
  f.end();
  f.get(logic).if();
  f.get(bits).i32(FLAG.C).op(W.i32And).set(bits);
  f.get(result).op(W.i32Eqz);
  put(FLAG.Z);
  f.get(result)
    .i32(0x8000)
    .i32(0x80)
    .get(logic)
    .i32(Logic.pair)
    .op(W.i32Eq)
    .op(W.select)
    .op(W.i32And)
    .i32(0)
    .op(W.i32Ne);
  put(FLAG.N);
  f.end();
  f.get(bits);
}
