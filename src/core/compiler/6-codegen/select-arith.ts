/** Selection of 8- and 16-bit arithmetic: immediate forms, operations that touch one half of a pair, multiplication, division. */
import { unreachable } from '../../base/assert';
import { isBinary, isCommutative, isInstr, sameValue } from '../4-ir/build';
import { usersIn } from '../4-ir/uses';
import type { BinaryInstr, Instr, PhiInstr, Value } from '../4-ir/ir';
import { emitRuntimeCall } from './select-call';
import { fitsBits, isByteRange } from './known';
import { hi, lo, type MForm } from './mir';
import type { Selector } from './select';

const PLAIN: Partial<Record<BinaryInstr['op'], MForm>> = { add: 'add', sub: 'sub', and: 'and', or: 'or', xor: 'xor' };

export function selectBinary(s: Selector, instr: Instr): void {
  const binary = instr as BinaryInstr;
  switch (binary.op) {
    case 'mul':
      return binary.type === 'i16' ? selectMul16(s, binary) : selectMul8(s, binary);
    case 'udiv':
    case 'sdiv':
    case 'urem':
    case 'srem':
      return selectDivision(s, binary);
    case 'shl':
    case 'lshr':
    case 'ashr':
      return binary.type === 'i16' ? selectShift16(s, binary) : selectShift8(s, binary);
    case 'add':
    case 'sub':
    case 'and':
    case 'or':
    case 'xor':
      return binary.type === 'i16' ? selectPlain16(s, binary) : selectPlain8(s, binary);
    default:
      return unreachable(binary as never);
  }
}

/** Puts the operand that should share the result's register first: one that dies here, or the phi that the result goes back to. */
export function ordered(s: Selector, instr: BinaryInstr): [Value, Value] {
  const [a, b] = instr.args;
  if (!isCommutative(instr.op)) return [a, b];
  if (a.op === 'const' || a.op === 'symbol') return [b, a];
  if (b.op === 'const' || b.op === 'symbol' || !s.optimise) return [a, b];
  const feedsBack = (v: Value) => v.op === 'phi' && feedsInto(s, instr, v);
  if (feedsBack(b) && !feedsBack(a)) return [b, a];
  const single = (v: Value) => isInstr(v) && v.op !== 'phi' && s.useCount(v) === 1 && v.block === instr.block;
  return single(b) && !single(a) && !feedsBack(a) ? [b, a] : [a, b];
}

/** A longer way than this to the phi is not looked for. */
const CHAIN_LIMIT = 16;

/** Whether an instruction's result goes into a phi, through a chain of operations that have it as their only use. */
function feedsInto(s: Selector, instr: BinaryInstr, phi: PhiInstr): boolean {
  let link: Instr = instr;
  for (let depth = 0; depth < CHAIN_LIMIT; depth++) {
    if (phi.args.includes(link)) return true;
    const [user, ...more] = usersIn(s.users, link);
    if (!user || more.length > 0 || !isBinary(user)) return false;
    link = user;
  }
  return false;
}

export const bitNumber = (mask: number): number => ((mask & (mask - 1)) === 0 ? 31 - Math.clz32(mask) : -1);

// ---------------------------------------------------------------- bytes

function selectPlain8(s: Selector, instr: BinaryInstr): void {
  const dst = s.define(instr);
  const [a, b] = ordered(s, instr);
  if (a.op === 'const' && a.value === 0 && instr.op === 'sub') {
    s.into(dst, b);
    s.emit('neg', dst);
    return;
  }
  if (b.op === 'const') {
    s.into(dst, a);
    byteConstant(s, instr.op, dst, b.value);
    return;
  }
  const right = s.low(b);
  s.into(dst, a);
  s.emit(PLAIN[instr.op] as MForm, dst, right);
}

/** dst op= constant, for a byte register or one half of a pair. */
export function byteConstant(s: Selector, op: BinaryInstr['op'], dst: number, value: number): void {
  switch (op) {
    case 'add':
      s.emit('addi', dst, value);
      return;
    case 'sub':
      s.emit('addi', dst, -value & 0xff);
      return;
    case 'and':
      if (value !== 0xff) s.emit(value === 0 ? 'ldi' : 'andi', dst, value);
      return;
    case 'or':
      if (value === 0) return;
      if (value === 0xff) s.emit('ldi', dst, value);
      else if (bitNumber(value) >= 0) s.emit('setb', dst, bitNumber(value));
      else s.emit('ori', dst, value);
      return;
    default:
      if (value === 0) return;
      if (value === 0xff) s.emit('not', dst);
      else if (bitNumber(value) >= 0) s.emit('tglb', dst, bitNumber(value));
      else s.emit('xori', dst, value);
  }
}

function selectShift8(s: Selector, instr: BinaryInstr): void {
  const dst = s.define(instr);
  const [value, amount] = instr.args;
  const form = instr.op === 'lshr' ? 'shr' : instr.op === 'ashr' ? 'sar' : 'shl';
  if (amount.op !== 'const') {
    const by = s.low(amount);
    s.into(dst, value);
    s.emit(`${form}r`, dst, by);
    return;
  }
  if (amount.value >= 8 && form !== 'sar') {
    s.emit('ldi', dst, 0);
    return;
  }
  s.into(dst, value);
  const by = Math.min(amount.value, 7);
  if (by > 0) shiftByteBy(s, form, dst, by);
}

function shiftByteBy(s: Selector, form: 'shl' | 'shr' | 'sar', dst: number, by: number): void {
  if (by > 0) s.emit(form, dst, by);
}

function selectMul8(s: Selector, instr: BinaryInstr): void {
  const dst = s.define(instr);
  if (!s.options.multiplier) {
    emitRuntimeCall(s, 'mul8', instr.args, [{ register: dst, result: 0 }]);
    return;
  }
  const product = s.pair();
  const [a, b] = ordered(s, instr);
  const right = s.low(b);
  s.emit('pair', product, s.low(a), { imm: -1 });
  s.emit('mul', product, right);
  s.emit('copy', dst, lo(product));
}

// ---------------------------------------------------------------- pairs

function selectPlain16(s: Selector, instr: BinaryInstr): void {
  const dst = s.define(instr);
  const [a, b] = ordered(s, instr);
  if (a.op === 'const' && a.value === 0 && instr.op === 'sub') {
    s.into(dst, b);
    s.emit('negw', dst);
    return;
  }
  if (instr.op === 'or' && s.optimise && selectBytesJoined(s, instr)) return;
  if (b.op === 'const') return pairConstant(s, instr.op, dst, a, b.value);
  if (b.op === 'symbol' && instr.op === 'add') {
    s.into(dst, a);
    s.emit('addiw', dst, { symbol: b.symbol, addend: b.offset });
    return;
  }
  if (instr.op === 'add' && s.optimise) {
    const byte = zeroExtendedByte(s, b) ?? zeroExtendedByte(s, a);
    if (byte !== undefined) {
      const other = zeroExtendedByte(s, b) === undefined ? b : a;
      const right = s.low(byte);
      s.into(dst, other);
      s.emit('addzx', dst, right);
      return;
    }
  }
  const right = s.low(b);
  s.into(dst, a);
  s.emit(`${PLAIN[instr.op] as 'add'}w`, dst, right);
}

/** The byte under a zero extension that nobody else needs. */
function zeroExtendedByte(s: Selector, value: Value): Value | undefined {
  return value.op === 'zext' && value.type === 'i16' && s.useCount(value) === 1 ? value.args[0] : undefined;
}

/** x | y << 8 with bytes x and y: no arithmetic, the two bytes become the halves of a pair. */
function selectBytesJoined(s: Selector, instr: BinaryInstr): boolean {
  for (const [low, high] of [instr.args, [instr.args[1], instr.args[0]]] as [Value, Value][]) {
    if (high.op !== 'shl' || high.args[1].op !== 'const' || high.args[1].value !== 8 || s.useCount(high) !== 1)
      continue;
    if (!isByteRange(low)) continue;
    s.emit('pair', s.define(instr), byteOf(s, low), byteOf(s, high.args[0]));
    return true;
  }
  return false;
}

/** The low byte of an i16 value, looking through extensions. */
function byteOf(s: Selector, value: Value): number {
  if ((value.op === 'zext' || value.op === 'sext') && value.args[0].type !== 'i1') return s.low(value.args[0]);
  return lo(s.low(value));
}

/** dst = a op constant. Logic on one half leaves the other alone. */
function pairConstant(s: Selector, op: BinaryInstr['op'], dst: number, a: Value, value: number): void {
  if (op === 'add' || op === 'sub') {
    s.into(dst, a);
    addConstant(s, dst, op === 'add' ? value : -value & 0xffff);
    return;
  }
  if (op === 'and' && value < 256) {
    s.emit('zxt', dst, lo(s.low(a)));
    byteConstant(s, 'and', lo(dst), value);
    return;
  }
  s.into(dst, a);
  pairLogic(s, op, dst, value);
}

export function addConstant(s: Selector, dst: number, value: number): void {
  const signed = (value << 16) >> 16;
  if (signed === 0) return;
  s.emit(signed >= -128 && signed < 128 ? 'addiw8' : 'addiw', dst, signed);
}

/** dst op= constant for and, or, xor. */
export function pairLogic(s: Selector, op: BinaryInstr['op'], dst: number, value: number): void {
  const neutral = op === 'and' ? 0xff : 0;
  const low = value & 0xff;
  const high = value >> 8;
  if (op === 'xor' && value === 0xffff) s.emit('notw', dst);
  else if (low === neutral && high === neutral) return;
  else if (high === neutral) byteConstant(s, op, lo(dst), low);
  else if (low === neutral) byteConstant(s, op, hi(dst), high);
  else s.emit(op === 'and' ? 'andiw' : op === 'or' ? 'oriw' : 'xoriw', dst, value);
}

function selectShift16(s: Selector, instr: BinaryInstr): void {
  const dst = s.define(instr);
  const [value, amount] = instr.args;
  if (amount.op === 'const') return shiftPair(s, instr.op as 'shl', dst, () => s.low(value), amount.value);
  const by = shiftAmount(s, amount);
  s.into(dst, value);
  s.emit(instr.op === 'lshr' ? 'shrrw' : instr.op === 'ashr' ? 'sarrw' : 'shlrw', dst, by);
}

/** dst = value shifted by a constant; by 8 or more a byte moves, and only the rest is shifted. */
export function shiftPair(
  s: Selector,
  op: 'shl' | 'lshr' | 'ashr',
  dst: number,
  value: () => number,
  amount: number,
): void {
  if (amount === 0) {
    s.emit('copy', dst, value());
    return;
  }
  if (op === 'shl') {
    if (amount >= 16) s.loadPair(dst, 0);
    else if (amount >= 8) {
      s.emit('pair', dst, { imm: 0 }, lo(value()));
      shiftByteBy(s, 'shl', hi(dst), amount - 8);
    } else {
      s.emit('copy', dst, value());
      if (amount === 1) s.emit('addw', dst, dst);
      else s.emit('shlw', dst, amount);
    }
  } else if (op === 'lshr') {
    if (amount >= 16) s.loadPair(dst, 0);
    else if (amount >= 8) {
      s.emit('zxt', dst, hi(value()));
      shiftByteBy(s, 'shr', lo(dst), amount - 8);
    } else {
      s.emit('copy', dst, value());
      s.emit('shrw', dst, amount);
    }
  } else if (amount >= 8) {
    s.emit('sxt', dst, hi(value()));
    shiftByteBy(s, 'sar', lo(dst), Math.min(amount - 8, 7));
  } else {
    s.emit('copy', dst, value());
    s.emit('sarw', dst, amount);
  }
}

/** A shift amount as a byte; an amount of 256 or more must not look small. */
export function shiftAmount(s: Selector, amount: Value): number {
  if (amount.type === 'i8' || amount.type === 'i1') return s.low(amount);
  if (fitsBits(amount, 8)) {
    return amount.op === 'zext' && amount.args[0].type === 'i8' ? s.low(amount.args[0]) : lo(s.low(amount));
  }
  const result = s.byte();
  const low = s.low(amount);
  const high = amount.type === 'i32' ? s.high(amount) : -1;
  s.emit('copy', result, lo(low));
  if (high >= 0) {
    const rest = s.pair();
    s.emit('copy', rest, high);
    s.emit('or', lo(rest), hi(low));
    s.emit('cmpiw8', rest, 0);
  } else s.emit('cmpi', hi(low), 0);
  s.emit('cmov', 1, result, { imm: 255 });
  return result;
}

// ---------------------------------------------------------------- multiplication and division

/** The byte that a 16-bit factor is an extension of, if it is one. */
function factorByte(s: Selector, value: Value, isSigned: boolean): number | undefined {
  if (value.op === 'const') {
    const signed = (value.value << 16) >> 16;
    const fits = isSigned ? signed >= -128 && signed < 128 : value.value < 256;
    if (!fits) return undefined;
    const register = s.byte();
    s.emit('ldi', register, value.value & 0xff);
    return register;
  }
  if (isSigned) return value.op === 'sext' && value.args[0].type === 'i8' ? s.low(value.args[0]) : undefined;
  if (value.op === 'zext' && value.args[0].type === 'i8') return s.low(value.args[0]);
  return isByteRange(value) ? lo(s.low(value)) : undefined;
}

const isSignedByte = (value: Value): boolean => {
  if (value.op === 'const') return (value.value << 16) >> 16 >= -128 && (value.value << 16) >> 16 < 128;
  return value.op === 'sext' && value.args[0].type === 'i8';
};

function selectMul16(s: Selector, instr: BinaryInstr): void {
  const dst = s.define(instr);
  const [a, b] = ordered(s, instr);
  if (!s.options.multiplier) {
    emitRuntimeCall(s, 'mul16', [a, b], [{ register: dst, result: 0 }]);
    return;
  }
  if (isByteRange(a) && isByteRange(b)) return product(s, dst, a, b, false);
  if (isSignedByte(a) && isSignedByte(b)) return product(s, dst, a, b, true);
  if (isByteRange(b)) return mulByByte(s, dst, a, factorByte(s, b, false) as number);
  if (isByteRange(a)) return mulByByte(s, dst, b, factorByte(s, a, false) as number);
  // (ah:al) * (bh:bl) = al*bl + (ah*bl + al*bh << 8), modulo 2^16.
  const left = s.low(a);
  const right = s.low(b);
  const cross = s.pair();
  const cross2 = s.pair();
  s.emit('pair', cross, hi(left), { imm: -1 });
  s.emit('mul', cross, lo(right));
  s.emit('pair', cross2, hi(right), { imm: -1 });
  s.emit('mul', cross2, lo(left));
  s.emit('copy', dst, left);
  s.emit('mul', dst, lo(right));
  s.emit('add', hi(dst), lo(cross));
  s.emit('add', hi(dst), lo(cross2));
}

function product(s: Selector, dst: number, a: Value, b: Value, isSigned: boolean): void {
  const right = factorByte(s, b, isSigned) as number;
  s.emit('pair', dst, factorByte(s, a, isSigned) as number, { imm: -1 });
  s.emit(isSigned ? 'muls' : 'mul', dst, right);
}

function mulByByte(s: Selector, dst: number, a: Value, right: number): void {
  const left = s.low(a);
  const cross = s.pair();
  s.emit('pair', cross, hi(left), { imm: -1 });
  s.emit('mul', cross, right);
  s.emit('copy', dst, left);
  s.emit('mul', dst, right);
  s.emit('add', hi(dst), lo(cross));
}

/** One call gives quotient and remainder; if the block has both of the same operands, the earlier one is computed with its partner. */
export function selectDivision(s: Selector, instr: BinaryInstr): void {
  const partner = s.optimise ? divisionPartner(s, instr) : undefined;
  if (partner && isAfter(instr, partner)) return; // the earlier one gives both
  const isSigned = instr.op === 'sdiv' || instr.op === 'srem';
  const size = instr.type === 'i32' ? '32' : instr.type === 'i16' ? '16' : '8';
  const isRemainder = (x: BinaryInstr) => (x.op === 'urem' || x.op === 'srem' ? 1 : 0);
  const outputs = [instr, ...(partner ? [partner] : [])].map((x) => ({
    register: s.define(x),
    ...(x.type === 'i32' ? { high: s.defineHigh(x) } : {}),
    result: isRemainder(x),
  }));
  emitRuntimeCall(s, `${isSigned ? 'sdivmod' : 'udivmod'}${size}`, instr.args, outputs);
}

function isAfter(a: Instr, b: Instr): boolean {
  return a.block.instrs.indexOf(a) > a.block.instrs.indexOf(b);
}

function divisionPartner(s: Selector, instr: BinaryInstr): BinaryInstr | undefined {
  const other = { udiv: 'urem', urem: 'udiv', sdiv: 'srem', srem: 'sdiv' }[instr.op as 'udiv'];
  for (const x of instr.block.instrs) {
    if (x.op !== other) continue;
    const candidate = x as BinaryInstr;
    const same = sameValue(candidate.args[0], instr.args[0]) && sameValue(candidate.args[1], instr.args[1]);
    // The later one decides: the earlier one is computed for both only if somebody wants the later one.
    if (same && (s.wanted(candidate) || isAfter(instr, candidate))) return candidate;
  }
  return undefined;
}
