/** Moves, constants, single bits and checks to WebAssembly: what reads and writes registers and SP only. */
import { CORE, CORE_BASE } from '../layout';
import { LABEL_LEAVE } from './access';
import type { Emitter } from './emitter';
import { Logic } from './flags';
import {
  BYTE,
  byteB,
  constantByte,
  constantPair,
  cut,
  PAIR,
  pairB,
  type Operand,
  type Operation,
  type Operations,
  type Width,
} from './operation';
import { OP as W } from './wasm';

const STACK_LIMIT = CORE_BASE + CORE.stackLimit;

export const MOVES: Operations = {
  nop: () => undefined,
  mov: move(BYTE, byteB),
  movw: move(PAIR, pairB),
  ldi: move(BYTE, constantByte),
  ldiw: move(PAIR, constantPair),
  ldiw8: move(PAIR, constantPair),
  zxt: move(PAIR, byteB),
  sxt: (e, i) => {
    e.getByte(i.b);
    e.f.op(W.i32Extend8S);
    cut(e, PAIR);
    e.setPair(i.a);
  },
  set: (e, i) => {
    e.flags.pushCondition(i.a);
    e.setByte(i.b);
  },
  swap: swapHalves(BYTE),
  swpb: swapHalves(PAIR),
  setb: changeBit(W.i32Or, (k) => 1 << k),
  clrb: changeBit(W.i32And, (k) => 0xff & ~(1 << k)),
  tglb: changeBit(W.i32Xor, (k) => 1 << k),
  bit: (e, i) => {
    const x = e.temp();
    e.getByte(i.a);
    e.f.i32(i.k).op(W.i32ShrU).i32(1).op(W.i32And).set(x);
    e.flags.setCarryAndLogic(x, Logic.byte, x);
  },
  lea: farFrom(pairB),
  leasp: farFrom((e) => void e.f.get(e.sp)),
  leaspx: farFrom((e) => void e.f.get(e.sp)),
  chk: boundsCheck(BYTE),
  chkw: boundsCheck(PAIR),
  addsp: (e, i) => addToStack(e, i.k),
};

function move(width: Width, operand: Operand): Operation {
  return (e, i) => {
    operand(e, i);
    width.set(e, i.a);
  };
}

function swapHalves(width: Width): Operation {
  const half = width.bits / 2;
  return (e, i) => {
    const x = e.temp();
    width.get(e, i.a);
    e.f.tee(x).i32(half).op(W.i32Shl).get(x).i32(half).op(W.i32ShrU).op(W.i32Or);
    cut(e, width);
    width.set(e, i.a);
  };
}

function changeBit(opcode: number, mask: (bit: number) => number): Operation {
  return (e, i) => {
    e.getByte(i.a);
    e.f.i32(mask(i.k)).op(opcode);
    e.setByte(i.a);
  };
}

/** The constant behind an address. */
function farFrom(base: Operand): Operation {
  return (e, i) => {
    base(e, i);
    e.f.i32(i.k).op(W.i32Add);
    cut(e, PAIR);
    e.setPair(i.a);
  };
}

function boundsCheck(width: Width): Operation {
  return (e, i) => {
    width.get(e, i.a);
    e.f.i32(i.k).op(W.i32GeU).brIf(LABEL_LEAVE);
  };
}

function addToStack(e: Emitter, by: number): void {
  const { f } = e;
  const moved = e.temp();
  f.get(e.sp).i32(by).op(W.i32Add).tee(moved).i32(0).op(W.i32LtS);
  f.get(moved);
  cut(e, PAIR);
  f.tee(moved);
  // The stack limit moves (malloc), though not while a piece runs.
  f.i32(0).load32(STACK_LIMIT);
  f.op(W.i32LtU).op(W.i32Or).brIf(LABEL_LEAVE);
  f.get(moved).set(e.sp);
}
