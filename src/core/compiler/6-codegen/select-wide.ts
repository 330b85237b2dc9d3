/** Selection of 32-bit arithmetic (two pairs) and of conversions between widths. */
import { constant } from '../4-ir/build';
import type { BinaryInstr, CastInstr, Instr } from '../4-ir/ir';
import { addConstant, ordered, pairLogic, selectDivision, shiftAmount, shiftPair } from './select-arith';
import { fitsBits } from './known';
import { emitRuntimeCall, type RuntimeArgument } from './select-call';
import { hi, lo, type MForm } from './mir';
import type { Selector } from './select';

export function selectWide(s: Selector, instr: Instr): void {
  const binary = instr as BinaryInstr;
  switch (binary.op) {
    case 'mul':
      return selectWideProduct(s, binary);
    case 'udiv':
    case 'sdiv':
    case 'urem':
    case 'srem':
      return selectDivision(s, binary);
    case 'shl':
    case 'lshr':
    case 'ashr':
      return selectWideShift(s, binary);
    default:
      return selectWidePlain(s, binary);
  }
}

function selectWideProduct(s: Selector, instr: BinaryInstr): void {
  const output = { register: s.define(instr), high: s.defineHigh(instr), result: 0 };
  if (s.optimise && s.options.multiplier && instr.args.every((arg) => fitsBits(arg, 16))) {
    const halves = instr.args.map((arg): RuntimeArgument =>
      arg.op === 'const' ? constant('i16', arg.value) : s.low(arg),
    );
    emitRuntimeCall(s, 'mulwide16', halves, [output]);
  } else emitRuntimeCall(s, 'mul32', instr.args, [output]);
}

const LOW: Partial<Record<BinaryInstr['op'], MForm>> = {
  add: 'addw',
  sub: 'subw',
  and: 'andw',
  or: 'orw',
  xor: 'xorw',
};
const HIGH: Partial<Record<BinaryInstr['op'], MForm>> = {
  add: 'adcw',
  sub: 'sbcw',
  and: 'andw',
  or: 'orw',
  xor: 'xorw',
};

function selectWidePlain(s: Selector, instr: BinaryInstr): void {
  const low = s.define(instr);
  const high = s.defineHigh(instr);
  const [a, b] = ordered(s, instr);
  if (b.op === 'const') {
    s.into(low, a);
    s.into(high, a, true);
    const bits = b.value;
    if (instr.op === 'add' || instr.op === 'sub') {
      wideAddConstant(s, low, high, instr.op === 'add' ? bits : 0x100000000 - bits);
    } else {
      pairLogic(s, instr.op, low, bits % 0x10000);
      pairLogic(s, instr.op, high, Math.floor(bits / 0x10000));
    }
    return;
  }
  const rightLow = s.low(b);
  const rightHigh = s.high(b);
  s.into(low, a);
  s.into(high, a, true);
  s.emit(LOW[instr.op] as MForm, low, rightLow);
  s.emit(HIGH[instr.op] as MForm, high, rightHigh);
}

function wideAddConstant(s: Selector, low: number, high: number, bits: number): void {
  const lowBits = bits % 0x10000;
  const highBits = Math.floor(bits / 0x10000) % 0x10000;
  if (lowBits === 0) {
    addConstant(s, high, highBits);
    return;
  }
  const signed = (lowBits << 16) >> 16;
  s.emit(signed >= -128 && signed < 128 ? 'addiw8' : 'addiw', low, signed);
  s.emit('adciw', high, highBits);
}

function selectWideShift(s: Selector, instr: BinaryInstr): void {
  const low = s.define(instr);
  const high = s.defineHigh(instr);
  const [value, amount] = instr.args;
  if (amount.op !== 'const') {
    const by = shiftAmount(s, amount);
    const routine = instr.op === 'shl' ? 'shl32' : instr.op === 'lshr' ? 'lshr32' : 'ashr32';
    emitRuntimeCall(s, routine, [value, by], [{ register: low, high, result: 0 }]);
    return;
  }
  const by = amount.value;
  if (by >= 16) return shiftWideFar(s, instr, low, high, by);
  if (by === 0) {
    s.into(low, value);
    s.into(high, value, true);
    return;
  }
  const sourceLow = s.low(value);
  const sourceHigh = s.high(value);
  if (by >= 8) {
    shiftWideByByte(s, instr.op, low, high, sourceLow, sourceHigh);
    shiftWideNear(s, instr.op, low, high, by - 8);
    return;
  }
  s.emit('copy', low, sourceLow);
  s.emit('copy', high, sourceHigh);
  shiftWideNear(s, instr.op, low, high, by);
}

/** By 16 or more one pair moves and the other is filled. */
function shiftWideFar(s: Selector, instr: BinaryInstr, low: number, high: number, by: number): void {
  const [value] = instr.args;
  if (by >= 32 && instr.op !== 'ashr') {
    s.loadPair(low, 0);
    s.loadPair(high, 0);
  } else if (instr.op === 'shl') {
    shiftPair(s, 'shl', high, () => s.low(value), by - 16);
    s.loadPair(low, 0);
  } else {
    const rest = Math.min(by - 16, 15);
    const source = s.high(value);
    shiftPair(s, instr.op as 'lshr', low, () => source, rest);
    if (instr.op === 'lshr') s.loadPair(high, 0);
    else {
      spreadSign(s, high, source);
    }
  }
}

function shiftWideByByte(s: Selector, op: string, low: number, high: number, a: number, b: number): void {
  if (op === 'shl') {
    s.emit('pair', high, hi(a), lo(b));
    s.emit('pair', low, { imm: 0 }, lo(a));
    return;
  }
  s.emit('pair', low, hi(a), lo(b));
  s.emit(op === 'lshr' ? 'zxt' : 'sxt', high, hi(b));
}

/** In place by 1 to 7: each bit is two instructions, so from three on the parts are shifted as wholes and joined. */
function shiftWideNear(s: Selector, op: string, low: number, high: number, by: number): void {
  if (by === 0) return;
  if (by <= 2) {
    for (let i = 0; i < by; i++) {
      if (op === 'shl') {
        s.emit('addw', low, low);
        s.emit('adcw', high, high);
      } else {
        s.emit(op === 'lshr' ? 'shrw' : 'sarw', high, 1);
        s.emit('rrcw', low);
      }
    }
    return;
  }
  const crossing = s.byte();
  if (op === 'shl') {
    s.emit('copy', crossing, hi(low));
    s.emit('shr', crossing, 8 - by);
    s.emit('shlw', high, by);
    s.emit('or', lo(high), crossing);
    s.emit('shlw', low, by);
  } else {
    s.emit('copy', crossing, lo(high));
    s.emit('shl', crossing, 8 - by);
    s.emit('shrw', low, by);
    s.emit('or', hi(low), crossing);
    s.emit(op === 'lshr' ? 'shrw' : 'sarw', high, by);
  }
}

// ---------------------------------------------------------------- conversions

export function selectCast(s: Selector, instr: CastInstr): void {
  const [value] = instr.args;
  if (instr.op === 'trunc') {
    if (instr.type !== 'i1') return; // a part of its operand's register
    const dst = s.define(instr);
    s.emit('copy', dst, value.type === 'i8' ? s.low(value) : lo(s.low(value)));
    s.emit('andi', dst, 1);
    return;
  }
  if (value.type === 'i1' && instr.op === 'sext') return selectFlagSpread(s, instr);
  if (instr.type === 'i8') return; // i1 and i8 share their form
  const fill = instr.op === 'zext' ? 'zxt' : 'sxt';
  if (instr.type === 'i16') {
    s.emit(fill, s.define(instr), s.low(value));
    return;
  }
  // The low pair of an extended i16 is the i16's own register, see Selector.low.
  const low = value.type === 'i16' ? s.low(value) : s.define(instr);
  if (value.type !== 'i16') s.emit(fill, low, s.low(value));
  const high = s.defineHigh(instr);
  if (instr.op === 'zext') s.loadPair(high, 0);
  else spreadSign(s, high, low);
}

/** Fills a pair with the sign of another. */
function spreadSign(s: Selector, dst: number, source: number): void {
  s.emit('sxt', dst, hi(source));
  s.emit('copy', lo(dst), hi(dst));
}

/** i1 to all ones or all zeros. */
function selectFlagSpread(s: Selector, instr: CastInstr): void {
  const dst = s.define(instr);
  const source = s.low(instr.args[0]);
  if (instr.type === 'i8') {
    s.emit('copy', dst, source);
    s.emit('neg', dst);
    return;
  }
  s.emit('zxt', dst, source);
  s.emit('negw', dst);
  if (instr.type === 'i32') s.emit('copy', s.defineHigh(instr), dst);
}
