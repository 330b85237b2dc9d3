/** Selection of comparisons, conditional branches and selects: a comparison joins its branch, and uses the narrowest form that decides. */
import { constant, isInstr } from '../4-ir/build';
import { usersIn } from '../4-ir/uses';
import type { CompareInstr, CondBranchInstr, Instr, Predicate, SelectInstr, Value } from '../4-ir/ir';
import type { ConditionName } from '../../isa/table';
import { bitNumber } from './select-arith';
import { fitsBits } from './known';
import { COND, hi, lo, type Immediate } from './mir';
import type { Selector } from './select';

const CONDITION: Readonly<Record<Predicate, ConditionName>> = {
  eq: 'eq',
  ne: 'ne',
  ult: 'ltu',
  ule: 'leu',
  ugt: 'gtu',
  uge: 'geu',
  slt: 'lt',
  sle: 'le',
  sgt: 'gt',
  sge: 'ge',
};
const SWAPPED: Readonly<Record<Predicate, Predicate>> = {
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
const UNSIGNED: Readonly<Record<Predicate, Predicate>> = {
  eq: 'eq',
  ne: 'ne',
  ult: 'ult',
  ule: 'ule',
  ugt: 'ugt',
  uge: 'uge',
  slt: 'ult',
  sle: 'ule',
  sgt: 'ugt',
  sge: 'uge',
};

const isEquality = (p: Predicate) => p === 'eq' || p === 'ne';
const isUnsigned = (p: Predicate) => p.startsWith('u');

/** Emits what sets the flags for a condition (an i1) and returns the condition code under which it is true. */
export function selectCondition(s: Selector, condition: Value): number {
  if (condition.op === 'icmp' && canFuse(s, condition)) {
    return emitCompare(s, condition.predicate, condition.args[0], condition.args[1]);
  }
  const register = s.low(condition);
  s.emit('cmpi', register, 0);
  return COND.ne;
}

/** A comparison is made again at each branch, if its operands need not live longer for that. */
function canFuse(s: Selector, compare: CompareInstr): boolean {
  const users = usersIn(s.users, compare);
  if (users.length === 1) return true;
  return (
    s.optimise && users.every((user) => user.block === compare.block && (user.op === 'condbr' || user.op === 'select'))
  );
}

/** Emits a comparison; returns the condition code. */
export function emitCompare(s: Selector, predicate: Predicate, a: Value, b: Value): number {
  if (a.op === 'const' && b.op !== 'const') return emitCompare(s, SWAPPED[predicate], b, a);
  const narrow = s.optimise ? narrowed(predicate, a, b) : undefined;
  if (narrow) return emitCompare(s, narrow.predicate, narrow.a, narrow.b);
  if (a.type === 'i32') return compareWide(s, predicate, a, b);
  return a.type === 'i16' ? comparePairs(s, predicate, a, b) : compareBytes(s, predicate, a, b);
}

/** The same comparison on smaller values, where both sides are extensions. */
function narrowed(predicate: Predicate, a: Value, b: Value): { predicate: Predicate; a: Value; b: Value } | undefined {
  if ((a.op !== 'zext' && a.op !== 'sext') || a.args[0].type === 'i1') return undefined;
  const inner = a.args[0];
  const bits = inner.type === 'i16' ? 16 : 8;
  if (b.op === 'const') {
    const value = b.value;
    if (a.op === 'zext' && value < 2 ** bits) {
      return { predicate: UNSIGNED[predicate], a: inner, b: constant(inner.type, value) };
    }
    const width = a.type === 'i32' ? 32 : 16;
    const signed = value >= 2 ** (width - 1) ? value - 2 ** width : value;
    const fits = signed >= -(2 ** (bits - 1)) && signed < 2 ** (bits - 1);
    if (a.op === 'sext' && fits && !isUnsigned(predicate)) {
      return { predicate, a: inner, b: constant(inner.type, signed) };
    }
    return undefined;
  }
  if (b.op !== a.op || b.args[0].type !== inner.type) return undefined;
  return { predicate: a.op === 'zext' ? UNSIGNED[predicate] : predicate, a: inner, b: b.args[0] };
}

// ---------------------------------------------------------------- bytes

function compareBytes(s: Selector, predicate: Predicate, a: Value, b: Value): number {
  if (b.op !== 'const') {
    const right = s.low(b);
    s.emit('cmp', s.low(a), right);
    return COND[CONDITION[predicate]];
  }
  if (b.value === 0 && s.optimise) {
    const tested = testOfMask(s, predicate, a);
    if (tested !== undefined) return tested;
    if (predicate === 'slt' || predicate === 'sge') return signTest(s, predicate, s.low(a));
  }
  return compareByteConstant(s, predicate, s.low(a), b.value);
}

function compareByteConstant(s: Selector, predicate: Predicate, a: number, value: number): number {
  s.emit('cmpi', a, value);
  return COND[CONDITION[predicate]];
}

function signTest(s: Selector, predicate: Predicate, byte: number): number {
  s.emit('tst', byte, byte);
  return predicate === 'slt' ? COND.mi : COND.pl;
}

/** (x & mask) == 0 without computing the mask's result: a bit test or a test instruction. */
function testOfMask(s: Selector, predicate: Predicate, value: Value): number | undefined {
  if (!isEquality(predicate) || value.op !== 'and' || !onlyCompared(s, value)) return undefined;
  const [x, mask] = value.args[0].op === 'const' ? [value.args[1], value.args[0]] : value.args;
  const code = COND[CONDITION[predicate]];
  if (value.type === 'i32') return undefined;
  if (mask.op !== 'const') {
    const right = s.low(mask);
    s.emit(value.type === 'i16' ? 'tstw' : 'tst', s.low(x), right);
    return code;
  }
  if (value.type !== 'i16') return testByte(s, s.low(x), mask.value, code);
  if (mask.value < 256) return testByte(s, lo(s.low(x)), mask.value, code);
  if ((mask.value & 0xff) === 0) return testByte(s, hi(s.low(x)), mask.value >> 8, code);
  s.emit('tstiw', s.low(x), mask.value);
  return code;
}

function testByte(s: Selector, byte: number, mask: number, code: number): number {
  if (mask === 0xff) s.emit('cmpi', byte, 0);
  else if (mask !== 0 && bitNumber(mask) >= 0) s.emit('bit', byte, bitNumber(mask));
  else s.emit('tsti', byte, mask);
  return code;
}

const onlyCompared = (s: Selector, value: Instr): boolean =>
  usersIn(s.users, value).every((user) => user.op === 'icmp' && !s.wanted(user)) && !s.wanted(value);

// ---------------------------------------------------------------- pairs

function comparePairs(s: Selector, predicate: Predicate, a: Value, b: Value): number {
  if (b.op === 'symbol') {
    s.emit('cmpiw', s.low(a), { symbol: b.symbol, addend: b.offset });
    return COND[CONDITION[predicate]];
  }
  if (b.op !== 'const') {
    const right = s.low(b);
    s.emit('cmpw', s.low(a), right);
    return COND[CONDITION[predicate]];
  }
  const value = b.value;
  if (s.optimise && value === 0) {
    const tested = testOfMask(s, predicate, a);
    if (tested !== undefined) return tested;
    if (predicate === 'slt' || predicate === 'sge') return signTest(s, predicate, hi(s.low(a)));
  }
  if (s.optimise && isInstr(a) && fitsBits(a, 8) && value < 256) {
    return compareByteConstant(s, UNSIGNED[predicate], lo(s.low(a)), value);
  }
  const halved = s.optimise ? highByteDecides(predicate, value) : undefined;
  if (halved) return compareByteConstant(s, halved.predicate, hi(s.low(a)), halved.value);
  comparePairConstant(s, s.low(a), value);
  return COND[CONDITION[predicate]];
}

/** x < 0xNN00 depends on the high byte only; so do >=, and > or <= with 0xNNff. */
function highByteDecides(predicate: Predicate, value: number): { predicate: Predicate; value: number } | undefined {
  const low = value & 0xff;
  if (low === 0 && (predicate === 'ult' || predicate === 'uge' || predicate === 'slt' || predicate === 'sge')) {
    return { predicate, value: value >> 8 };
  }
  if (low === 0xff && (predicate === 'ugt' || predicate === 'ule' || predicate === 'sgt' || predicate === 'sle')) {
    return { predicate, value: value >> 8 };
  }
  return undefined;
}

function comparePairConstant(s: Selector, pair: number, value: number): void {
  const signed = (value << 16) >> 16;
  s.emit(signed >= -128 && signed < 128 ? 'cmpiw8' : 'cmpiw', pair, signed);
}

function compareWide(s: Selector, predicate: Predicate, a: Value, b: Value): number {
  const low = s.low(a);
  const high = s.high(a);
  if (b.op !== 'const') {
    const rightLow = s.low(b);
    const rightHigh = s.high(b);
    s.emit('cmpw', low, rightLow);
    s.emit('cpcw', high, rightHigh);
    return COND[CONDITION[predicate]];
  }
  if (b.value === 0 && (predicate === 'slt' || predicate === 'sge')) return signTest(s, predicate, hi(high));
  comparePairConstant(s, low, b.value % 0x10000);
  s.emit('cpciw', high, Math.floor(b.value / 0x10000));
  return COND[CONDITION[predicate]];
}

// ---------------------------------------------------------------- users of conditions

/** A comparison whose result is a value. */
export function selectCompareValue(s: Selector, compare: CompareInstr): void {
  const code = emitCompare(s, compare.predicate, compare.args[0], compare.args[1]);
  s.emit('set', code, s.define(compare));
}

export function selectCondBranch(s: Selector, branch: CondBranchInstr): void {
  const whenTrue = s.graph.edge(branch.block, 0);
  const whenFalse = s.graph.edge(branch.block, 1);
  if (whenTrue !== whenFalse) s.emit('branch', selectCondition(s, branch.args[0]), whenTrue.id);
  s.emit('jmp', whenFalse.id);
}

export function selectSelect(s: Selector, select: SelectInstr): void {
  const [condition, whenTrue, whenFalse] = select.args;
  // What is evaluated below must not come between the comparison and its use, so registers are asked for first.
  const isWide = select.type === 'i32';
  const wide = isWide ? [operandOf(s, whenTrue, true), operandOf(s, whenFalse, true)] : [];
  const yes = operandOf(s, whenTrue, false);
  const no = operandOf(s, whenFalse, false);
  const code = selectCondition(s, condition);
  // The side that dies here shares the result's register.
  const keepTrue = typeof no === 'number' && dies(s, whenTrue) && !dies(s, whenFalse);
  move(s, s.define(select), keepTrue ? yes : no);
  s.emit('cmov', keepTrue ? code ^ 1 : code, s.define(select), keepTrue ? no : yes);
  if (!isWide) return;
  const [yesHigh, noHigh] = wide as [number | Immediate, number | Immediate];
  move(s, s.defineHigh(select), keepTrue ? yesHigh : noHigh);
  s.emit('cmov', keepTrue ? code ^ 1 : code, s.defineHigh(select), keepTrue ? noHigh : yesHigh);
}

const dies = (s: Selector, value: Value): boolean => isInstr(value) && value.op !== 'phi' && s.useCount(value) === 1;

function operandOf(s: Selector, value: Value, high: boolean): number | Immediate {
  if (value.op === 'const') return { imm: high ? Math.floor(value.value / 0x10000) : value.value & 0xffff };
  return high ? s.high(value) : s.low(value);
}

function move(s: Selector, dst: number, source: number | Immediate): void {
  if (typeof source === 'number') s.emit('copy', dst, source);
  else if (s.mf.classes[dst >> 2] === 1) s.emit('ldi', dst, source.imm & 0xff);
  else s.loadPair(dst, source.imm);
}
