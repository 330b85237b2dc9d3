/** Arithmetic and logic of bytes and pairs to WebAssembly, but for shifts. What sets the flags is kept, not the flags (lazy-flags.ts). */
import type { Emitter } from './emitter';
import { Kind } from './flags';
import {
  BYTE,
  byteB,
  constantByte,
  constantPair,
  cut,
  FLAGS_ONLY,
  KEPT,
  PAIR,
  pairB,
  type Operand,
  type Operation,
  type Operations,
  type Width,
} from './operation';
import { OP as W } from './wasm';

export const ARITHMETIC: Operations = {
  add: sum(Kind.add8, byteB, KEPT),
  addi: sum(Kind.add8, constantByte, KEPT),
  sub: sum(Kind.sub8, byteB, KEPT),
  cmp: sum(Kind.sub8, byteB, FLAGS_ONLY),
  cmpi: sum(Kind.sub8, constantByte, FLAGS_ONLY),
  adc: chain(Kind.adc8, byteB, KEPT),
  sbc: chain(Kind.sbc8, byteB, KEPT),
  cpc: chain(Kind.sbc8, byteB, FLAGS_ONLY),
  neg: negate(BYTE),
  addw: sum(Kind.add16, pairB, KEPT),
  addiw: sum(Kind.add16, constantPair, KEPT),
  addiw8: sum(Kind.add16, constantPair, KEPT),
  addzx: sum(Kind.add16, byteB, KEPT),
  subw: sum(Kind.sub16, pairB, KEPT),
  subiw: sum(Kind.sub16, constantPair, KEPT),
  cmpw: sum(Kind.sub16, pairB, FLAGS_ONLY),
  cmpiw: sum(Kind.sub16, constantPair, FLAGS_ONLY),
  cmpiw8: sum(Kind.sub16, constantPair, FLAGS_ONLY),
  adcw: chain(Kind.adc16, pairB, KEPT),
  adciw: chain(Kind.adc16, constantPair, KEPT),
  sbcw: chain(Kind.sbc16, pairB, KEPT),
  sbciw: chain(Kind.sbc16, constantPair, KEPT),
  cpcw: chain(Kind.sbc16, pairB, FLAGS_ONLY),
  cpciw: chain(Kind.sbc16, constantPair, FLAGS_ONLY),
  negw: negate(PAIR),
  mul: (e, i) => {
    e.getByte(2 * i.a);
    e.getByte(i.b);
    e.f.op(W.i32Mul);
    e.setPair(i.a);
  },
  muls: (e, i) => {
    e.getByte(2 * i.a);
    e.f.op(W.i32Extend8S);
    e.getByte(i.b);
    e.f.op(W.i32Extend8S).op(W.i32Mul);
    cut(e, PAIR);
    e.setPair(i.a);
  },
  and: logic(BYTE, W.i32And, byteB, KEPT),
  andi: logic(BYTE, W.i32And, constantByte, KEPT),
  or: logic(BYTE, W.i32Or, byteB, KEPT),
  ori: logic(BYTE, W.i32Or, constantByte, KEPT),
  xor: logic(BYTE, W.i32Xor, byteB, KEPT),
  xori: logic(BYTE, W.i32Xor, constantByte, KEPT),
  not: logic(BYTE, W.i32Xor, (e) => void e.f.i32(BYTE.mask), KEPT),
  tst: logic(BYTE, W.i32And, byteB, FLAGS_ONLY),
  tsti: logic(BYTE, W.i32And, constantByte, FLAGS_ONLY),
  andw: logic(PAIR, W.i32And, pairB, KEPT),
  andiw: logic(PAIR, W.i32And, constantPair, KEPT),
  orw: logic(PAIR, W.i32Or, pairB, KEPT),
  oriw: logic(PAIR, W.i32Or, constantPair, KEPT),
  xorw: logic(PAIR, W.i32Xor, pairB, KEPT),
  xoriw: logic(PAIR, W.i32Xor, constantPair, KEPT),
  notw: logic(PAIR, W.i32Xor, (e) => void e.f.i32(PAIR.mask), KEPT),
  tstw: logic(PAIR, W.i32And, pairB, FLAGS_ONLY),
  tstiw: logic(PAIR, W.i32And, constantPair, FLAGS_ONLY),
};

function sum(kind: 2 | 3 | 4 | 5, operand: Operand, isKept: boolean): Operation {
  const width = kind === Kind.add8 || kind === Kind.sub8 ? BYTE : PAIR;
  const combine = kind === Kind.add8 || kind === Kind.add16 ? W.i32Add : W.i32Sub;
  return (e, i) => {
    const { f } = e;
    const a = e.temp();
    const b = e.temp();
    width.get(e, i.a);
    f.set(a);
    operand(e, i);
    f.set(b);
    if (isKept) {
      f.get(a).get(b).op(combine);
      cut(e, width);
      width.set(e, i.a);
    }
    e.flags.setArithmetic(kind, a, b);
  };
}

/** ADC, SBC, CPC and their pair forms: carry in and sticky Z join the second operand (see flags.ts). */
function chain(kind: 6 | 7 | 8 | 9, operand: Operand, isKept: boolean): Operation {
  const width = kind === Kind.adc8 || kind === Kind.sbc8 ? BYTE : PAIR;
  const combine = kind === Kind.adc8 || kind === Kind.adc16 ? W.i32Add : W.i32Sub;
  return (e, i) => {
    const { f } = e;
    const a = e.temp();
    const y = e.temp();
    const carry = e.temp();
    const packed = e.temp();
    pushChain(e, carry);
    operand(e, i);
    f.tee(y).op(W.i32Or).set(packed);
    width.get(e, i.a);
    f.set(a);
    if (isKept) {
      f.get(a).get(y).op(combine).get(carry).op(combine);
      cut(e, width);
      width.set(e, i.a);
    }
    e.flags.setArithmetic(kind, a, packed);
  };
}

/** Z << 17 | C << 16; C into the local as well. */
function pushChain(e: Emitter, carry: number): void {
  e.flags.pushCarry();
  e.f.set(carry);
  e.flags.pushZero();
  e.f.i32(17).op(W.i32Shl).get(carry).i32(16).op(W.i32Shl).op(W.i32Or);
}

function negate(width: Width): Operation {
  return (e, i) => {
    const { f } = e;
    const zero = e.temp();
    const x = e.temp();
    f.i32(0).set(zero);
    width.get(e, i.a);
    f.set(x).i32(0).get(x).op(W.i32Sub);
    cut(e, width);
    width.set(e, i.a);
    e.flags.setArithmetic(width === PAIR ? Kind.sub16 : Kind.sub8, zero, x);
  };
}

function logic(width: Width, opcode: number, operand: Operand, isKept: boolean): Operation {
  return (e, i) => {
    const { f } = e;
    const r = e.temp();
    width.get(e, i.a);
    operand(e, i);
    f.op(opcode).set(r);
    e.flags.setLogic(width.logic, r);
    if (!isKept) return;
    f.get(r);
    width.set(e, i.a);
  };
}
