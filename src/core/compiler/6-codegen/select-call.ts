/** Selection at the borders of a function: parameters, results, calls (isa/convention.ts), run-time routines, intrinsics. */
import { constant } from '../4-ir/build';
import { assert } from '../../base/assert';
import { ARGUMENT_PAIRS, CALLER_SAVED_PAIRS } from '../../isa/convention';
import type { CallInstr, IntrinsicInstr, IrFunction, IrType, RetInstr, Value } from '../4-ir/ir';
import { RUNTIME, type RuntimeName } from './runtime-calls';
import { addressOf, emitLoad, emitStore, offsetBy, type Address } from './select-memory';
import { lo, reg, type MInst, type Slot } from './mir';
import type { Selector } from './select';

/** Where an argument is passed: its first pair, or its offset among the stack arguments. */
interface Place {
  readonly pair: number;
  readonly stackOffset: number;
}

const pairsOf = (type: IrType): number => (type === 'i32' ? 2 : 1);

/** Where arguments go: pairs from w0, and from the first that does not fit on (or that is variadic) the stack. */
export function argumentPlaces(
  types: readonly IrType[],
  fixed: number,
): { places: Place[]; registers: number; stackBytes: number } {
  let next = 0;
  let stackBytes = 0;
  let onStack = false;
  const places = types.map((type, index): Place => {
    const pairs = pairsOf(type);
    onStack ||= index >= fixed || next + pairs > ARGUMENT_PAIRS.length;
    if (onStack) {
      stackBytes += 2 * pairs;
      return { pair: -1, stackOffset: stackBytes - 2 * pairs };
    }
    next += pairs;
    return { pair: ARGUMENT_PAIRS[next - pairs] as number, stackOffset: -1 };
  });
  return { places, registers: next, stackBytes };
}

function incoming(s: Selector, offset: number, sizeBytes: number, name: string): Slot {
  const slot: Slot = { kind: 'incoming', sizeBytes, offset, name, weight: 1 };
  s.mf.slots.push(slot);
  return slot;
}

/** Bytes of the fixed arguments on the stack: the variadic ones follow. */
export const fixedStackBytes = (fn: IrFunction): number =>
  argumentPlaces(
    fn.params.map((p) => p.type),
    fn.params.length,
  ).stackBytes;

export function selectParams(s: Selector, low: readonly number[], high: readonly number[]): void {
  const { fn } = s;
  const { places, registers } = argumentPlaces(
    fn.params.map((p) => p.type),
    fn.params.length,
  );
  const entry = s.emit('entry');
  entry.defs = ARGUMENT_PAIRS.slice(0, registers).map(reg);
  fn.params.forEach((param, index) => {
    const place = places[index] as Place;
    const dst = low[index] as number;
    const isByte = param.type === 'i8' || param.type === 'i1';
    if (place.pair >= 0) {
      s.emit('copy', dst, isByte ? lo(reg(place.pair)) : reg(place.pair));
      if (param.type === 'i32') s.emit('copy', high[index] as number, reg(place.pair + 1));
      return;
    }
    const slot = incoming(s, place.stackOffset, 2 * pairsOf(param.type), param.name);
    s.emit(isByte ? 'ldsp' : 'ldspw', dst, { slot, offset: 0 });
    if (param.type === 'i32') s.emit('ldspw', high[index] as number, { slot, offset: 2 });
  });
}

/** Puts a value into a fixed pair (and the next one for 32 bits); the registers that now hold it are added to `uses`. */
function passInPair(s: Selector, value: Value, pair: number, uses: number[]): void {
  const isByte = value.type === 'i8' || value.type === 'i1';
  const target = isByte ? lo(reg(pair)) : reg(pair);
  uses.push(target);
  if (value.op === 'undef') {
    s.emit('undef', target);
    if (value.type === 'i32') s.emit('undef', reg(pair + 1));
  } else {
    s.into(target, value);
    if (value.type === 'i32') s.into(reg(pair + 1), value, true);
  }
  if (value.type === 'i32') uses.push(reg(pair + 1));
}

/** Asks for the registers of values before the first fixed register is written, so that nothing made for them comes in between. */
function prepare(s: Selector, values: readonly Value[]): void {
  for (const value of values) {
    if (value.op === 'const' || value.op === 'symbol' || value.op === 'undef' || value.op === 'alloca') continue;
    s.low(value);
    if (value.type === 'i32') s.high(value);
  }
}

export function selectCall(s: Selector, call: CallInstr): void {
  const [callee, ...args] = call.args as [Value, ...Value[]];
  const fixed = call.variadic ? call.fixedArgs : args.length;
  const { places, stackBytes } = argumentPlaces(
    args.map((a) => a.type),
    fixed,
  );
  s.mf.outgoingBytes = Math.max(s.mf.outgoingBytes, stackBytes);
  prepare(s, args);
  const target = callee.op === 'symbol' && callee.offset === 0 ? undefined : s.low(callee);
  args.forEach((arg, index) => {
    const place = places[index] as Place;
    if (place.pair >= 0 || arg.op === 'undef') return;
    const slot: Slot = { kind: 'outgoing', sizeBytes: 4, offset: place.stackOffset, name: 'argument', weight: 0 };
    const isByte = arg.type === 'i8' || arg.type === 'i1';
    s.emit(isByte ? 'stsp' : 'stspw', { slot, offset: 0 }, s.low(arg));
    if (arg.type === 'i32') s.emit('stspw', { slot, offset: 2 }, s.high(arg));
  });
  const uses: number[] = [];
  args.forEach((arg, index) => {
    const place = places[index] as Place;
    if (place.pair >= 0) passInPair(s, arg, place.pair, uses);
  });
  if (isTailPossible(s, call)) {
    const inst = s.emit('tail', { symbol: (callee as { symbol: string }).symbol, addend: 0 });
    inst.uses = uses;
    return;
  }
  const inst =
    target === undefined
      ? s.emit('call', { symbol: (callee as { symbol: string }).symbol, addend: 0 })
      : s.emit('icall', target);
  inst.uses = uses;
  inst.defs = CALLER_SAVED_PAIRS.map(reg);
  takeResult(s, call);
}

function takeResult(s: Selector, call: CallInstr): void {
  if (call.type === 'void' || !s.wanted(call)) return;
  const isByte = call.type === 'i8' || call.type === 'i1';
  s.emit('copy', s.define(call), isByte ? lo(reg(0)) : reg(0));
  if (call.type === 'i32') s.emit('copy', s.defineHigh(call), reg(1));
}

export function selectReturn(s: Selector, ret: RetInstr): void {
  const [value] = ret.args;
  const before = ret.block.instrs[ret.block.instrs.length - 2];
  if (before?.op === 'call' && isTailPossible(s, before)) return;
  const uses: number[] = [];
  if (value && value.op !== 'undef') {
    prepare(s, [value]);
    passInPair(s, value, 0, uses);
  }
  const inst = s.emit(s.fn.isInterruptHandler ? 'reti' : 'ret');
  inst.uses = uses;
}

/** A tail call becomes a jump if its target is known and its arguments are all in registers. */
function isTailPossible(s: Selector, call: CallInstr): boolean {
  const { instrs } = call.block;
  if (!call.tail || instrs[instrs.length - 2] !== call || instrs[instrs.length - 1]?.op !== 'ret') return false;
  const [callee, ...args] = call.args as [Value, ...Value[]];
  const { stackBytes } = argumentPlaces(
    args.map((a) => a.type),
    call.variadic ? call.fixedArgs : args.length,
  );
  return callee.op === 'symbol' && callee.offset === 0 && stackBytes === 0 && !s.fn.isInterruptHandler;
}

/** An argument of a run-time routine: a value, or a register that holds it already. */
export type RuntimeArgument = Value | number;
export interface RuntimeOutput {
  readonly register: number;
  readonly high?: number;
  /** Which of the routine's results. */
  readonly result: number;
}

export function emitRuntimeCall(
  s: Selector,
  name: string,
  args: readonly RuntimeArgument[],
  outputs: readonly RuntimeOutput[],
): MInst {
  const routine = RUNTIME[name as RuntimeName];
  assert(routine, `no run-time routine ${name}`);
  prepare(
    s,
    args.filter((a): a is Value => typeof a !== 'number'),
  );
  const uses: number[] = [];
  args.forEach((arg, index) => {
    const place = routine.args[index] as { pair: number; bits: number };
    if (typeof arg !== 'number') {
      passInPair(s, arg, place.pair, uses);
      return;
    }
    const target = place.bits === 8 ? lo(reg(place.pair)) : reg(place.pair);
    s.emit('copy', target, arg);
    uses.push(target);
  });
  const inst = s.emit('call', { symbol: routine.name, addend: 0 });
  inst.uses = uses;
  inst.defs = routine.clobbers.map(reg);
  for (const output of outputs) {
    const place = routine.results[output.result] as { pair: number; bits: number };
    s.emit('copy', output.register, place.bits === 8 ? lo(reg(place.pair)) : reg(place.pair));
    if (output.high !== undefined) s.emit('copy', output.high, reg(place.pair + 1));
  }
  return inst;
}

// ---------------------------------------------------------------- intrinsics

export function selectIntrinsic(s: Selector, instr: IntrinsicInstr): void {
  const [first, second] = instr.args as [Value, Value];
  switch (instr.intrinsic) {
    case 'in': {
      const dst = s.define(instr);
      if (first.op === 'const') s.emit('inp', dst, first.value);
      else s.emit('in', dst, s.low(first));
      return;
    }
    case 'out': {
      const value = s.low(second);
      if (first.op === 'const') s.emit('outp', first.value, value);
      else s.emit('out', s.low(first), value);
      return;
    }
    case 'wait':
    case 'ei':
    case 'di':
      s.emit(instr.intrinsic);
      return;
    case 'halt':
      s.emit('halt', s.low(first));
      return;
    case 'tas':
      s.emit('tas', s.define(instr), s.low(first));
      return;
    case 'vastart':
      if (s.wanted(instr)) {
        s.emit('leasp', s.define(instr), { slot: incoming(s, fixedStackBytes(s.fn), 0, 'variadic'), offset: 0 });
      }
      return;
    case 'memcpy':
      return selectCopy(s, instr, first, second);
    case 'memset':
      return selectFill(s, instr, first, second);
  }
}

/** Up to so many words are copied or filled in place; a call costs about six instructions and its loop. */
const inlineWords = (s: Selector): number => (s.forSize ? 3 : 8);

/** The address of a block that is accessed at several offsets. */
function blockAddress(s: Selector, value: Value): Address {
  const address = addressOf(s, value, 4);
  return address.kind === 'index' ? { kind: 'base', base: s.low(value), offset: 0 } : address;
}

function selectCopy(s: Selector, instr: IntrinsicInstr, to: Value, from: Value): void {
  const { sizeBytes } = instr;
  if (sizeBytes >> 1 > inlineWords(s)) {
    emitRuntimeCall(s, 'memcpy', [to, from, word(sizeBytes)], []);
    return;
  }
  const target = blockAddress(s, to);
  const source = blockAddress(s, from);
  for (let at = 0; at < sizeBytes; at += 2) {
    const isWord = at + 1 < sizeBytes;
    const temp = isWord ? s.pair() : s.byte();
    emitLoad(s, temp, offsetBy(source, at), isWord);
    emitStore(s, offsetBy(target, at), temp, isWord);
  }
}

const word = (value: number): Value => constant('i16', value);

function selectFill(s: Selector, instr: IntrinsicInstr, to: Value, value: Value): void {
  const { sizeBytes } = instr;
  if (sizeBytes >> 1 > inlineWords(s)) {
    emitRuntimeCall(s, 'memset', [to, value, word(sizeBytes)], []);
    return;
  }
  const target = blockAddress(s, to);
  const both = s.pair();
  if (value.op === 'const') s.loadPair(both, value.value * 0x101);
  else {
    const byte = s.low(value);
    s.emit('pair', both, byte, byte);
  }
  for (let at = 0; at < sizeBytes; at += 2) {
    const isWord = at + 1 < sizeBytes;
    emitStore(s, offsetBy(target, at), isWord ? both : lo(both), isWord);
  }
}
