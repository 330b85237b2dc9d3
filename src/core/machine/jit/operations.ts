/** One guest instruction to WebAssembly: everything but jumps, branches, calls and returns. Meaning: cpu/instructions.ts. */
import { NULL_LIMIT } from '../../isa/convention';
import { OP } from '../cpu/ops';
import { CORE, CORE_BASE } from '../layout';
import { account, guard, LABEL_LEAVE, type AccessPlan, type Site } from './access';
import type { GuestInstr } from './piece';
import { Kind, Logic } from './flags';
import type { Emitter } from './emitter';
import { OP as W } from './wasm';

const STACK_LIMIT = CORE_BASE + CORE.stackLimit;
const BYTE = 0xff;
const PAIR = 0xffff;

/** Pushes an operand. */
type Push = () => void;

export function emitOperation(e: Emitter, i: GuestInstr, plan: AccessPlan, site: Site): void {
  const { f } = e;
  const byte =
    (r: number): Push =>
    () =>
      e.getByte(r);
  const pair =
    (p: number): Push =>
    () =>
      e.getPair(p);
  const constant =
    (value: number): Push =>
    () =>
      f.i32(value);
  switch (i.op) {
    case OP.nop:
      return;
    case OP.mov:
      e.getByte(i.b);
      e.setByte(i.a);
      return;
    case OP.movw:
      e.getPair(i.b);
      e.setPair(i.a);
      return;
    case OP.ldi:
      f.i32(i.k & BYTE);
      e.setByte(i.a);
      return;
    case OP.ldiw:
    case OP.ldiw8:
      f.i32(i.k & PAIR);
      e.setPair(i.a);
      return;
    case OP.set:
      e.pushCondition(i.a);
      e.setByte(i.b);
      return;
    case OP.add:
      return arithmetic8(e, Kind.add8, i.a, byte(i.b), true);
    case OP.addi:
      return arithmetic8(e, Kind.add8, i.a, constant(i.k & BYTE), true);
    case OP.sub:
      return arithmetic8(e, Kind.sub8, i.a, byte(i.b), true);
    case OP.cmp:
      return arithmetic8(e, Kind.sub8, i.a, byte(i.b), false);
    case OP.cmpi:
      return arithmetic8(e, Kind.sub8, i.a, constant(i.k & BYTE), false);
    case OP.adc:
      return chain(e, Kind.adc8, i.a, byte(i.b), true);
    case OP.sbc:
      return chain(e, Kind.sbc8, i.a, byte(i.b), true);
    case OP.cpc:
      return chain(e, Kind.sbc8, i.a, byte(i.b), false);
    case OP.addw:
      return arithmetic16(e, Kind.add16, i.a, pair(i.b), true);
    case OP.addiw:
    case OP.addiw8:
      return arithmetic16(e, Kind.add16, i.a, constant(i.k & PAIR), true);
    case OP.addzx:
      return arithmetic16(e, Kind.add16, i.a, byte(i.b), true);
    case OP.subw:
      return arithmetic16(e, Kind.sub16, i.a, pair(i.b), true);
    case OP.subiw:
      return arithmetic16(e, Kind.sub16, i.a, constant(i.k & PAIR), true);
    case OP.cmpw:
      return arithmetic16(e, Kind.sub16, i.a, pair(i.b), false);
    case OP.cmpiw:
    case OP.cmpiw8:
      return arithmetic16(e, Kind.sub16, i.a, constant(i.k & PAIR), false);
    case OP.adcw:
      return chain(e, Kind.adc16, i.a, pair(i.b), true);
    case OP.adciw:
      return chain(e, Kind.adc16, i.a, constant(i.k & PAIR), true);
    case OP.sbcw:
      return chain(e, Kind.sbc16, i.a, pair(i.b), true);
    case OP.sbciw:
      return chain(e, Kind.sbc16, i.a, constant(i.k & PAIR), true);
    case OP.cpcw:
      return chain(e, Kind.sbc16, i.a, pair(i.b), false);
    case OP.cpciw:
      return chain(e, Kind.sbc16, i.a, constant(i.k & PAIR), false);
    case OP.neg:
      return negate(e, i.a, false);
    case OP.negw:
      return negate(e, i.a, true);
    case OP.and:
      return logic8(e, W.i32And, i.a, byte(i.b), true);
    case OP.andi:
      return logic8(e, W.i32And, i.a, constant(i.k & BYTE), true);
    case OP.or:
      return logic8(e, W.i32Or, i.a, byte(i.b), true);
    case OP.ori:
      return logic8(e, W.i32Or, i.a, constant(i.k & BYTE), true);
    case OP.xor:
      return logic8(e, W.i32Xor, i.a, byte(i.b), true);
    case OP.xori:
      return logic8(e, W.i32Xor, i.a, constant(i.k & BYTE), true);
    case OP.not:
      return logic8(e, W.i32Xor, i.a, constant(BYTE), true);
    case OP.tst:
      return logic8(e, W.i32And, i.a, byte(i.b), false);
    case OP.tsti:
      return logic8(e, W.i32And, i.a, constant(i.k & BYTE), false);
    case OP.andw:
      return logic16(e, W.i32And, i.a, pair(i.b), true);
    case OP.andiw:
      return logic16(e, W.i32And, i.a, constant(i.k & PAIR), true);
    case OP.orw:
      return logic16(e, W.i32Or, i.a, pair(i.b), true);
    case OP.oriw:
      return logic16(e, W.i32Or, i.a, constant(i.k & PAIR), true);
    case OP.xorw:
      return logic16(e, W.i32Xor, i.a, pair(i.b), true);
    case OP.xoriw:
      return logic16(e, W.i32Xor, i.a, constant(i.k & PAIR), true);
    case OP.notw:
      return logic16(e, W.i32Xor, i.a, constant(PAIR), true);
    case OP.tstw:
      return logic16(e, W.i32And, i.a, pair(i.b), false);
    case OP.tstiw:
      return logic16(e, W.i32And, i.a, constant(i.k & PAIR), false);
    case OP.mul:
      e.getByte(2 * i.a);
      e.getByte(i.b);
      f.op(W.i32Mul);
      e.setPair(i.a);
      return;
    case OP.muls:
      e.getByte(2 * i.a);
      f.op(W.i32Extend8S);
      e.getByte(i.b);
      f.op(W.i32Extend8S).op(W.i32Mul).i32(PAIR).op(W.i32And);
      e.setPair(i.a);
      return;
    case OP.sxt:
      e.getByte(i.b);
      f.op(W.i32Extend8S).i32(PAIR).op(W.i32And);
      e.setPair(i.a);
      return;
    case OP.zxt:
      e.getByte(i.b);
      e.setPair(i.a);
      return;
    case OP.swap: {
      const x = e.temp();
      e.getByte(i.a);
      f.tee(x).i32(4).op(W.i32Shl).get(x).i32(4).op(W.i32ShrU).op(W.i32Or).i32(BYTE).op(W.i32And);
      e.setByte(i.a);
      return;
    }
    case OP.swpb: {
      const x = e.temp();
      e.getPair(i.a);
      f.tee(x).i32(8).op(W.i32Shl).get(x).i32(8).op(W.i32ShrU).op(W.i32Or).i32(PAIR).op(W.i32And);
      e.setPair(i.a);
      return;
    }
    case OP.setb:
      e.getByte(i.a);
      f.i32(1 << i.k).op(W.i32Or);
      e.setByte(i.a);
      return;
    case OP.clrb:
      e.getByte(i.a);
      f.i32(BYTE & ~(1 << i.k)).op(W.i32And);
      e.setByte(i.a);
      return;
    case OP.tglb:
      e.getByte(i.a);
      f.i32(1 << i.k).op(W.i32Xor);
      e.setByte(i.a);
      return;
    case OP.bit: {
      const x = e.temp();
      e.getByte(i.a);
      f.i32(i.k).op(W.i32ShrU).i32(1).op(W.i32And).set(x);
      e.setCarryAndLogic(x, Logic.byte, x);
      return;
    }
    case OP.lea:
      e.getPair(i.b);
      f.i32(i.k).op(W.i32Add).i32(PAIR).op(W.i32And);
      e.setPair(i.a);
      return;
    case OP.leasp:
    case OP.leaspx:
      f.get(e.sp).i32(i.k).op(W.i32Add).i32(PAIR).op(W.i32And);
      e.setPair(i.a);
      return;
    case OP.chk:
    case OP.chkw:
      if (i.op === OP.chk) e.getByte(i.a);
      else e.getPair(i.a);
      f.i32(i.k).op(W.i32GeU).brIf(LABEL_LEAVE);
      return;
    case OP.addsp:
      return addToStack(e, i.k);
    default:
      if (isShift(i.op)) emitShift(e, i);
      else emitAccess(e, i, plan, site);
  }
}

function arithmetic8(e: Emitter, kind: Kind, d: number, operand: Push, write: boolean): void {
  const { f } = e;
  const a = e.temp();
  const b = e.temp();
  e.getByte(d);
  f.set(a);
  operand();
  f.set(b);
  if (write) {
    f.get(a)
      .get(b)
      .op(kind === Kind.add8 ? W.i32Add : W.i32Sub)
      .i32(BYTE)
      .op(W.i32And);
    e.setByte(d);
  }
  e.setArithmetic(kind, a, b);
}

function arithmetic16(e: Emitter, kind: Kind, p: number, operand: Push, write: boolean): void {
  const { f } = e;
  const a = e.temp();
  const b = e.temp();
  e.getPair(p);
  f.set(a);
  operand();
  f.set(b);
  if (write) {
    f.get(a)
      .get(b)
      .op(kind === Kind.add16 ? W.i32Add : W.i32Sub)
      .i32(PAIR)
      .op(W.i32And);
    e.setPair(p);
  }
  e.setArithmetic(kind, a, b);
}

/** ADC, SBC, CPC and their pair forms: carry in and sticky Z join the second operand (see flags.ts). */
function chain(e: Emitter, kind: Kind, d: number, operand: Push, write: boolean): void {
  const { f } = e;
  const wide = kind === Kind.adc16 || kind === Kind.sbc16;
  const combine = kind === Kind.adc8 || kind === Kind.adc16 ? W.i32Add : W.i32Sub;
  const a = e.temp();
  const y = e.temp();
  const carry = e.temp();
  const packed = e.temp();
  e.pushCarry();
  f.set(carry);
  e.pushZero();
  f.i32(17).op(W.i32Shl).get(carry).i32(16).op(W.i32Shl).op(W.i32Or);
  operand();
  f.tee(y).op(W.i32Or).set(packed);
  if (wide) e.getPair(d);
  else e.getByte(d);
  f.set(a);
  if (write) {
    f.get(a)
      .get(y)
      .op(combine)
      .get(carry)
      .op(combine)
      .i32(wide ? PAIR : BYTE)
      .op(W.i32And);
    if (wide) e.setPair(d);
    else e.setByte(d);
  }
  e.setArithmetic(kind, a, packed);
}

function negate(e: Emitter, d: number, wide: boolean): void {
  const { f } = e;
  const zero = e.temp();
  const x = e.temp();
  f.i32(0).set(zero);
  if (wide) e.getPair(d);
  else e.getByte(d);
  f.set(x)
    .i32(0)
    .get(x)
    .op(W.i32Sub)
    .i32(wide ? PAIR : BYTE)
    .op(W.i32And);
  if (wide) e.setPair(d);
  else e.setByte(d);
  e.setArithmetic(wide ? Kind.sub16 : Kind.sub8, zero, x);
}

function logic8(e: Emitter, opcode: number, d: number, operand: Push, write: boolean): void {
  const { f } = e;
  const r = e.temp();
  e.getByte(d);
  operand();
  f.op(opcode).set(r);
  e.setLogic(Logic.byte, r);
  if (!write) return;
  f.get(r);
  e.setByte(d);
}

function logic16(e: Emitter, opcode: number, p: number, operand: Push, write: boolean): void {
  const { f } = e;
  const r = e.temp();
  e.getPair(p);
  operand();
  f.op(opcode).set(r);
  e.setLogic(Logic.pair, r);
  if (!write) return;
  f.get(r);
  e.setPair(p);
}

function addToStack(e: Emitter, by: number): void {
  const { f } = e;
  const moved = e.temp();
  f.get(e.sp).i32(by).op(W.i32Add).tee(moved).i32(0).op(W.i32LtS);
  f.get(moved).i32(PAIR).op(W.i32And).tee(moved);
  pushStackLimit(e);
  f.op(W.i32LtU).op(W.i32Or).brIf(LABEL_LEAVE);
  f.get(moved).set(e.sp);
}

/** The stack limit moves (malloc), though not while a piece runs. */
function pushStackLimit(e: Emitter): void {
  e.f.i32(0).load32(STACK_LIMIT);
}

// --- shifts

function isShift(op: number): boolean {
  return (
    (op >= OP.shlrw && op <= OP.sarw) ||
    (op >= OP.shlr && op <= OP.sarr) ||
    (op >= OP.rlcw && op <= OP.rrcw) ||
    op === OP.rlc ||
    op === OP.rrc
  );
}

function emitShift(e: Emitter, i: GuestInstr): void {
  const wide = (i.op >= OP.shlrw && i.op <= OP.sarrw) || i.op >= OP.shlw || i.op === OP.rlcw || i.op === OP.rrcw;
  if (i.op === OP.rlc || i.op === OP.rrc || i.op === OP.rlcw || i.op === OP.rrcw) rotate(e, i, wide);
  else if (i.op >= OP.shl) shiftByConstant(e, i, wide);
  else shiftByRegister(e, i, wide);
}

function rotate(e: Emitter, i: GuestInstr, wide: boolean): void {
  const { f } = e;
  const bits = wide ? 16 : 8;
  const x = e.temp();
  const carry = e.temp();
  const r = e.temp();
  e.pushCarry();
  f.set(carry);
  if (wide) e.getPair(i.a);
  else e.getByte(i.a);
  f.set(x);
  if (i.op === OP.rlc || i.op === OP.rlcw) {
    f.get(x)
      .i32(1)
      .op(W.i32Shl)
      .get(carry)
      .op(W.i32Or)
      .i32(wide ? PAIR : BYTE)
      .op(W.i32And)
      .set(r);
    f.get(x)
      .i32(bits - 1)
      .op(W.i32ShrU)
      .set(carry);
  } else {
    f.get(x)
      .i32(1)
      .op(W.i32ShrU)
      .get(carry)
      .i32(bits - 1)
      .op(W.i32Shl)
      .op(W.i32Or)
      .set(r);
    f.get(x).i32(1).op(W.i32And).set(carry);
  }
  f.get(r);
  if (wide) e.setPair(i.a);
  else e.setByte(i.a);
  e.setCarryAndLogic(carry, wide ? Logic.pair : Logic.byte, r);
}

function shiftByConstant(e: Emitter, i: GuestInstr, wide: boolean): void {
  const { f } = e;
  const bits = wide ? 16 : 8;
  const x = e.temp();
  const r = e.temp();
  const carry = e.temp();
  if (wide) e.getPair(i.a);
  else e.getByte(i.a);
  if (i.op === OP.sar || i.op === OP.sarw) f.op(wide ? W.i32Extend16S : W.i32Extend8S);
  f.set(x);
  if (i.op === OP.shl || i.op === OP.shlw) {
    f.get(x).i32(i.k).op(W.i32Shl).tee(r).i32(bits).op(W.i32ShrU).i32(1).op(W.i32And).set(carry);
    f.get(r);
  } else {
    f.get(x)
      .i32(i.k - 1)
      .op(W.i32ShrS)
      .tee(r)
      .i32(1)
      .op(W.i32And)
      .set(carry);
    f.get(r).i32(1).op(W.i32ShrS);
  }
  f.i32(wide ? PAIR : BYTE)
    .op(W.i32And)
    .tee(r);
  if (wide) e.setPair(i.a);
  else e.setByte(i.a);
  e.setCarryAndLogic(carry, wide ? Logic.pair : Logic.byte, r);
}

function shiftByRegister(e: Emitter, i: GuestInstr, wide: boolean): void {
  const { f } = e;
  const bits = wide ? 16 : 8;
  const by = e.temp();
  const r = e.temp();
  e.getByte(i.b);
  f.set(by).get(by).i32(bits).get(by).i32(bits).op(W.i32LtU).op(W.select).set(by);
  // The time depends on the amount: per bit one cycle for a byte, two for a pair.
  const cycles = e.temp();
  f.get(by)
    .i32(wide ? 2 : 1)
    .op(W.i32Mul)
    .set(cycles);
  f.get(e.left).get(cycles).op(W.i32Sub).set(e.left);
  e.profileCycles(i.pc, 'extra', cycles);
  if (wide) e.getPair(i.a);
  else e.getByte(i.a);
  const left = i.op === OP.shlr || i.op === OP.shlrw;
  const arithmetic = i.op === OP.sarr || i.op === OP.sarrw;
  if (arithmetic) f.op(wide ? W.i32Extend16S : W.i32Extend8S);
  f.get(by)
    .op(left ? W.i32Shl : arithmetic ? W.i32ShrS : W.i32ShrU)
    .i32(wide ? PAIR : BYTE)
    .op(W.i32And)
    .set(r);
  e.setLogic(wide ? Logic.pair : Logic.byte, r);
  f.get(r);
  if (wide) e.setPair(i.a);
  else e.setByte(i.a);
}

// --- memory

function emitAccess(e: Emitter, i: GuestInstr, plan: AccessPlan, site: Site): void {
  const { f } = e;
  const address = e.temp();
  const far = (push: Push, by: number) => {
    push();
    if (by !== 0) f.i32(by).op(W.i32Add).i32(PAIR).op(W.i32And);
    f.set(address);
  };
  const sum = (p: number, q: number) => {
    e.getPair(p);
    e.getPair(q);
    f.op(W.i32Add).i32(PAIR).op(W.i32And).set(address);
  };
  const load = (target: number, wide: boolean, after?: Push) => {
    guard(e, plan, address, wide ? 2 : 1, false);
    guardedLoad(target, wide, after);
  };
  const guardedLoad = (target: number, wide: boolean, after?: Push) => {
    account(e, plan, address, wide ? 2 : 1, false, site);
    after?.();
    f.get(address);
    if (wide) {
      f.load16u(0);
      e.setPair(target);
    } else {
      f.load8u(0);
      e.setByte(target);
    }
  };
  const store = (value: Push, wide: boolean, after?: Push) => {
    guard(e, plan, address, wide ? 2 : 1, true);
    guardedStore(value, wide, after);
  };
  const guardedStore = (value: Push, wide: boolean, after?: Push) => {
    const held = e.temp();
    value();
    f.set(held);
    account(e, plan, address, wide ? 2 : 1, true, site);
    after?.();
    f.get(address).get(held);
    if (wide) f.store16(0);
    else f.store8(0);
  };
  const byte =
    (r: number): Push =>
    () =>
      e.getByte(r);
  const pair =
    (p: number): Push =>
    () =>
      e.getPair(p);
  const sp: Push = () => f.get(e.sp);
  const step =
    (p: number, by: number): Push =>
    () => {
      f.get(address);
      if (by !== 0) f.i32(by).op(W.i32Add).i32(PAIR).op(W.i32And);
      e.setPair(p);
    };
  // The guards of push and pop see to it that SP stays within 16 bits.
  const moveStack =
    (by: number): Push =>
    () => {
      f.get(address);
      if (by !== 0) f.i32(by).op(W.i32Add);
      f.set(e.sp);
    };
  switch (i.op) {
    case OP.lda:
    case OP.ldaw:
      f.i32(i.k).set(address);
      return load(i.a, i.op === OP.ldaw);
    case OP.sta:
    case OP.staw:
      f.i32(i.k).set(address);
      return store(i.op === OP.staw ? pair(i.a) : byte(i.a), i.op === OP.staw);
    case OP.ldsp:
    case OP.ldspx:
      far(sp, i.k);
      return load(i.a, false);
    case OP.ldspw:
    case OP.ldspxw:
      far(sp, i.k);
      return load(i.a, true);
    case OP.stsp:
    case OP.stspx:
      far(sp, i.k);
      return store(byte(i.a), false);
    case OP.stspw:
    case OP.stspxw:
      far(sp, i.k);
      return store(pair(i.a), true);
    case OP.ld:
    case OP.ldx:
      far(pair(i.b), i.k);
      return load(i.a, false);
    case OP.ldw:
    case OP.ldxw:
      far(pair(i.b), i.k);
      return load(i.a, true);
    case OP.st:
    case OP.stx:
      far(pair(i.a), i.k);
      return store(byte(i.b), false);
    case OP.stw:
    case OP.stxw:
      far(pair(i.a), i.k);
      return store(pair(i.b), true);
    case OP.ldi2:
      sum(i.b, i.c);
      return load(i.a, false);
    case OP.ldi2w:
      sum(i.b, i.c);
      return load(i.a, true);
    case OP.sti2:
      sum(i.a, i.b);
      return store(byte(i.c), false);
    case OP.sti2w:
      sum(i.a, i.b);
      return store(pair(i.c), true);
    case OP.ldinc:
      far(pair(i.b), 0);
      return load(i.a, false, step(i.b, 1));
    case OP.ldincw:
      far(pair(i.b), 0);
      return load(i.a, true, step(i.b, 2));
    case OP.lddec:
      far(pair(i.b), -1);
      return load(i.a, false, step(i.b, 0));
    case OP.lddecw:
      far(pair(i.b), -2);
      return load(i.a, true, step(i.b, 0));
    case OP.stinc:
      far(pair(i.a), 0);
      return store(byte(i.b), false, step(i.a, 1));
    case OP.stincw:
      far(pair(i.a), 0);
      return store(pair(i.b), true, step(i.a, 2));
    case OP.stdec:
      far(pair(i.a), -1);
      return store(byte(i.b), false, step(i.a, 0));
    case OP.stdecw:
      far(pair(i.a), -2);
      return store(pair(i.b), true, step(i.a, 0));
    case OP.push:
      pushGuard(e, address, 1, site);
      return guardedStore(byte(i.a), false, moveStack(0));
    case OP.pushw:
      pushGuard(e, address, 2, site);
      return guardedStore(pair(i.a), true, moveStack(0));
    case OP.pop:
      popGuard(e, address, site);
      return guardedLoad(i.a, false, moveStack(1));
    case OP.popw:
      popGuard(e, address, site);
      return guardedLoad(i.a, true, moveStack(2));
    default:
      throw new Error(`internal error: operation ${i.op} has no translation`);
  }
}

/** Address of a push of `bytes` into the local; leaves if the push, or what the site asks room for as well, would trap. */
export function pushGuard(e: Emitter, address: number, bytes: 1 | 2, { stackCheck }: Site): void {
  const { f } = e;
  f.get(e.sp).i32(bytes).op(W.i32Sub).set(address);
  if (stackCheck === 0) return;
  f.get(e.sp).i32(stackCheck).op(W.i32Sub);
  e.pushFloor();
  f.op(W.i32LtS).brIf(LABEL_LEAVE);
}

/** Address of a pop into the local; leaves if it, or what the site asks for as well, would trap or reach the end of memory. */
export function popGuard(e: Emitter, address: number, { stackCheck }: Site): void {
  const { f } = e;
  f.get(e.sp).set(address);
  if (stackCheck === 0) return;
  f.get(address)
    .i32(NULL_LIMIT)
    .op(W.i32Sub)
    .i32(0x10000 - NULL_LIMIT - stackCheck)
    .op(W.i32GeU)
    .brIf(LABEL_LEAVE);
}
