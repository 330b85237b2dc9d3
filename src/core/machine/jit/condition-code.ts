/**
 * Conditions and the carry straight from what set the flags, where that is short: a comparison of the operands, the sign of a result.
 * For a state that is known while translating; lazy-flags.ts does the rest.
 */
import { Kind, Logic, type FlagState } from './flags';
import { OP as W, type FunctionBuilder } from './wasm';

/** Even codes of CONDITIONS; an odd one is the opposite of the one before. */
export const Code = { zero: 0, carry: 2, belowOrSame: 4, less: 6, lessOrEqual: 8, negative: 10, overflow: 12 } as const;

/** Pushes C as 0 or 1. Not for Kind.word. */
export function pushCarryOf(f: FunctionBuilder, { kind, a, b }: FlagState): void {
  switch (kind) {
    case Kind.explicit:
    case Kind.carry:
      f.get(a).i32(1).op(W.i32And);
      break;
    case Kind.add8:
    case Kind.add16:
      f.get(a)
        .get(b)
        .op(W.i32Add)
        .i32(kind === Kind.add8 ? 8 : 16)
        .op(W.i32ShrU);
      break;
    case Kind.sub8:
    case Kind.sub16:
      f.get(a).get(b).op(W.i32LtU);
      break;
    default:
      f.get(a);
      f.get(b).i32(0xffff).op(W.i32And);
      pushCarryIn(f, b);
      f.op(W.i32Add);
      if (kind === Kind.adc8 || kind === Kind.adc16)
        f.op(W.i32Add)
          .i32(kind === Kind.adc8 ? 8 : 16)
          .op(W.i32ShrU);
      else f.op(W.i32LtU);
  }
}

/** Pushes whether a condition holds; false, and nothing pushed, when that is not short. Even codes but for the carry's. */
export function pushDirectly(f: FunctionBuilder, flags: FlagState, code: number): boolean {
  if (flags.logic !== Logic.none) return logic(f, flags, code);
  switch (flags.kind) {
    case Kind.sub8:
    case Kind.sub16:
      return comparison(f, flags, code);
    case Kind.add8:
    case Kind.add16:
      return sum(f, flags, code);
    case Kind.sbc8:
    case Kind.sbc16:
    case Kind.adc8:
    case Kind.adc16:
      return chain(f, flags, code);
    default:
      return false;
  }
}

function logic(f: FunctionBuilder, { logic, result }: FlagState, code: number): boolean {
  const negative = () =>
    f
      .get(result)
      .i32(logic === Logic.byte ? 7 : 15)
      .op(W.i32ShrU);
  switch (code) {
    case Code.zero:
      f.get(result).op(W.i32Eqz);
      return true;
    case Code.less:
    case Code.negative:
      negative();
      return true;
    case Code.lessOrEqual:
      negative();
      f.get(result).op(W.i32Eqz).op(W.i32Or);
      return true;
    default:
      return false;
  }
}

function comparison(f: FunctionBuilder, { kind, a, b }: FlagState, code: number): boolean {
  const isByte = kind === Kind.sub8;
  switch (code) {
    case Code.zero:
      f.get(a).get(b).op(W.i32Eq);
      return true;
    case Code.belowOrSame:
      f.get(a).get(b).op(W.i32LeU);
      return true;
    case Code.less:
    case Code.lessOrEqual:
      pushSigned(f, a, isByte);
      pushSigned(f, b, isByte);
      f.op(code === Code.less ? W.i32LtS : W.i32LeS);
      return true;
    case Code.negative:
      f.get(a).get(b).op(W.i32Sub);
      pushSignBit(f, isByte);
      return true;
    default:
      return false;
  }
}

function sum(f: FunctionBuilder, { kind, a, b }: FlagState, code: number): boolean {
  const isByte = kind === Kind.add8;
  switch (code) {
    case Code.zero:
      f.get(a)
        .get(b)
        .op(W.i32Add)
        .i32(isByte ? 0xff : 0xffff)
        .op(W.i32And)
        .op(W.i32Eqz);
      return true;
    case Code.less:
      pushSigned(f, a, isByte);
      pushSigned(f, b, isByte);
      f.op(W.i32Add).i32(0).op(W.i32LtS);
      return true;
    case Code.negative:
      f.get(a).get(b).op(W.i32Add);
      pushSignBit(f, isByte);
      return true;
    default:
      return false;
  }
}

/** ADC, SBC and CPC: `b` carries the carry that came in, and Z as it was. */
function chain(f: FunctionBuilder, { kind, a, b }: FlagState, code: number): boolean {
  const isByte = kind === Kind.adc8 || kind === Kind.sbc8;
  const combine = kind === Kind.sbc8 || kind === Kind.sbc16 ? W.i32Sub : W.i32Add;
  switch (code) {
    case Code.zero:
      f.get(a).get(b).op(combine);
      pushCarryIn(f, b);
      f.op(combine)
        .i32(isByte ? 0xff : 0xffff)
        .op(W.i32And)
        .op(W.i32Eqz);
      f.get(b).i32(17).op(W.i32ShrU).op(W.i32And);
      return true;
    case Code.less:
      pushSigned(f, a, isByte);
      pushSigned(f, b, isByte);
      f.op(combine);
      pushCarryIn(f, b);
      f.op(combine).i32(0).op(W.i32LtS);
      return true;
    default:
      return false;
  }
}

function pushCarryIn(f: FunctionBuilder, b: number): void {
  f.get(b).i32(16).op(W.i32ShrU).i32(1).op(W.i32And);
}

function pushSigned(f: FunctionBuilder, local: number, isByte: boolean): void {
  f.get(local).op(isByte ? W.i32Extend8S : W.i32Extend16S);
}

/** Bit 7 or 15 of what is on the stack. */
function pushSignBit(f: FunctionBuilder, isByte: boolean): void {
  f.i32(isByte ? 7 : 15)
    .op(W.i32ShrU)
    .i32(1)
    .op(W.i32And);
}
