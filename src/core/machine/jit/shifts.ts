/** Shifts and rotations to WebAssembly. */
import { BYTE, cut, PAIR, type Operation, type Operations, type Width } from './operation';
import { OP as W } from './wasm';

export const SHIFTS: Operations = {
  rlc: rotateLeft(BYTE),
  rrc: rotateRight(BYTE),
  rlcw: rotateLeft(PAIR),
  rrcw: rotateRight(PAIR),
  shl: leftByConstant(BYTE),
  shr: rightByConstant(BYTE, { isSigned: false }),
  sar: rightByConstant(BYTE, { isSigned: true }),
  shlw: leftByConstant(PAIR),
  shrw: rightByConstant(PAIR, { isSigned: false }),
  sarw: rightByConstant(PAIR, { isSigned: true }),
  shlr: byRegister(BYTE, W.i32Shl),
  shrr: byRegister(BYTE, W.i32ShrU),
  sarr: byRegister(BYTE, W.i32ShrS),
  shlrw: byRegister(PAIR, W.i32Shl),
  shrrw: byRegister(PAIR, W.i32ShrU),
  sarrw: byRegister(PAIR, W.i32ShrS),
};

function rotateLeft(width: Width): Operation {
  return (e, i) => {
    const { f } = e;
    const x = e.temp();
    const carry = e.temp();
    const r = e.temp();
    e.flags.pushCarry();
    f.set(carry);
    width.get(e, i.a);
    f.set(x);
    f.get(x).i32(1).op(W.i32Shl).get(carry).op(W.i32Or);
    cut(e, width);
    f.set(r);
    f.get(x)
      .i32(width.bits - 1)
      .op(W.i32ShrU)
      .set(carry);
    f.get(r);
    width.set(e, i.a);
    e.flags.setCarryAndLogic(carry, width.logic, r);
  };
}

function rotateRight(width: Width): Operation {
  return (e, i) => {
    const { f } = e;
    const x = e.temp();
    const carry = e.temp();
    const r = e.temp();
    e.flags.pushCarry();
    f.set(carry);
    width.get(e, i.a);
    f.set(x);
    f.get(x)
      .i32(1)
      .op(W.i32ShrU)
      .get(carry)
      .i32(width.bits - 1)
      .op(W.i32Shl)
      .op(W.i32Or)
      .set(r);
    f.get(x).i32(1).op(W.i32And).set(carry);
    f.get(r);
    width.set(e, i.a);
    e.flags.setCarryAndLogic(carry, width.logic, r);
  };
}

function leftByConstant(width: Width): Operation {
  return (e, i) => {
    const { f } = e;
    const x = e.temp();
    const r = e.temp();
    const carry = e.temp();
    width.get(e, i.a);
    f.set(x);
    f.get(x).i32(i.k).op(W.i32Shl).tee(r).i32(width.bits).op(W.i32ShrU).i32(1).op(W.i32And).set(carry);
    f.get(r);
    cut(e, width);
    f.tee(r);
    width.set(e, i.a);
    e.flags.setCarryAndLogic(carry, width.logic, r);
  };
}

function rightByConstant(width: Width, { isSigned }: { readonly isSigned: boolean }): Operation {
  return (e, i) => {
    const { f } = e;
    const x = e.temp();
    const r = e.temp();
    const carry = e.temp();
    width.get(e, i.a);
    if (isSigned) f.op(width.extend);
    f.set(x);
    f.get(x)
      .i32(i.k - 1)
      .op(W.i32ShrS)
      .tee(r)
      .i32(1)
      .op(W.i32And)
      .set(carry);
    f.get(r).i32(1).op(W.i32ShrS);
    cut(e, width);
    f.tee(r);
    width.set(e, i.a);
    e.flags.setCarryAndLogic(carry, width.logic, r);
  };
}

function byRegister(width: Width, shift: number): Operation {
  return (e, i) => {
    const { f } = e;
    const by = e.temp();
    const r = e.temp();
    e.getByte(i.b);
    f.set(by).get(by).i32(width.bits).get(by).i32(width.bits).op(W.i32LtU).op(W.select).set(by);
    // The time depends on the amount: per bit one cycle for a byte, two for a pair.
    const cycles = e.temp();
    f.get(by)
      .i32(width.bits / 8)
      .op(W.i32Mul)
      .set(cycles);
    f.get(e.left).get(cycles).op(W.i32Sub).set(e.left);
    e.profileCycles(i.pc, 'extra', cycles);
    width.get(e, i.a);
    if (shift === W.i32ShrS) f.op(width.extend);
    f.get(by).op(shift);
    cut(e, width);
    f.set(r);
    e.flags.setLogic(width.logic, r);
    f.get(r);
    width.set(e, i.a);
  };
}
