/** Selection of loads, stores and bounds checks: which addressing mode covers most of an address computation. */
import { isInstr } from '../4-ir/build';
import { usersIn, type Uses } from '../4-ir/uses';
import type { BinaryInstr, CheckInstr, Instr, IrFunction, LoadInstr, StoreInstr, Value } from '../4-ir/ir';
import type { SymbolRef } from '../../assembler/items';
import { isByteRange } from './known';
import type { MForm, MOperand, Slot } from './mir';
import { lo } from './mir';
import type { Selector } from './select';

/** [k] | [sp+o] | [base + displacement or symbol] | [a + b] */
export type Address =
  | { readonly kind: 'absolute'; readonly at: number | SymbolRef }
  | { readonly kind: 'frame'; readonly slot: Slot; readonly offset: number }
  | { readonly kind: 'base'; readonly base: number; readonly offset: number | SymbolRef }
  | { readonly kind: 'index'; readonly base: number; readonly index: number };

const NEAR_LIMIT = 32;
/** An index form takes one cycle more than a plain one: from so many accesses on, one addition is cheaper. */
const MAX_INDEX_USES = 3;

const isAddressOf = (user: Instr, value: Value): boolean =>
  (user.op === 'load' && user.args[0] === value) ||
  (user.op === 'store' && user.args[0] === value && user.args[1] !== value);

/** Marks additions whose result is only an address (of accesses, or of other such additions with a constant). */
export function addressOnlyValues(fn: IrFunction, users: Uses): Uint8Array {
  const only = new Uint8Array(fn.nextInstr);
  for (const block of fn.blocks)
    for (const instr of block.instrs) {
      if (instr.op !== 'add' || instr.type !== 'i16') continue;
      if (usersIn(users, instr).every((user) => isAddressOf(user, instr))) only[instr.id] = 1;
    }
  return only;
}

/** The address of an access of `sizeBytes`, folding what the modes can hold. */
export function addressOf(s: Selector, value: Value, sizeBytes: number): Address {
  let base = value;
  let offset = 0;
  while (base.op === 'add' && s.addressOnly[base.id] === 1 && base.args[1].op === 'const') {
    offset = (offset + base.args[1].value) & 0xffff;
    base = base.args[0];
  }
  switch (base.op) {
    case 'symbol':
      return { kind: 'absolute', at: { symbol: base.symbol, addend: base.offset + signed(offset) } };
    case 'const':
      return { kind: 'absolute', at: (base.value + offset) & 0xffff };
    case 'alloca':
      if (s.optimise || offset === 0) {
        const slot = s.slot(base);
        slot.weight += s.current.freq;
        return { kind: 'frame', slot, offset: signed(offset) };
      }
      break;
    case 'add':
      if (s.addressOnly[base.id] === 1) return sumAddress(s, base, offset, sizeBytes);
      break;
    default:
      break;
  }
  return { kind: 'base', base: s.low(base), offset };
}

function sumAddress(s: Selector, sum: BinaryInstr, offset: number, sizeBytes: number): Address {
  const [a, b] = sum.args as [Value, Value];
  const symbol = b.op === 'symbol' ? b : a.op === 'symbol' ? a : undefined;
  if (symbol) {
    const other = symbol === b ? a : b;
    const ref = { symbol: symbol.symbol, addend: symbol.offset + signed(offset) };
    return { kind: 'base', base: s.low(other), offset: ref };
  }
  if (offset === 0 && sizeBytes <= 2 && s.useCount(sum) <= MAX_INDEX_USES)
    return { kind: 'index', base: s.low(a), index: s.low(b) };
  return { kind: 'base', base: s.low(sum), offset };
}

const signed = (value: number): number => (value << 16) >> 16;

/** The same address `bytes` further; not for `index`. */
export function offsetBy(address: Address, bytes: number): Address {
  switch (address.kind) {
    case 'absolute':
      return { kind: 'absolute', at: further(address.at, bytes) };
    case 'frame':
      return { ...address, offset: address.offset + bytes };
    case 'base':
      return { ...address, offset: further(address.offset, bytes) };
    case 'index':
      return address;
  }
}

const further = (at: number | SymbolRef, bytes: number): number | SymbolRef =>
  typeof at === 'number' ? (at + bytes) & 0xffff : { ...at, addend: at.addend + bytes };

export function emitLoad(s: Selector, dst: number, address: Address, isWord: boolean): void {
  const w = (form: string) => (form + (isWord ? 'w' : '')) as MForm;
  switch (address.kind) {
    case 'absolute':
      s.emit(w('lda'), dst, address.at);
      return;
    case 'frame':
      s.emit(w('ldsp'), dst, { slot: address.slot, offset: address.offset });
      return;
    case 'base':
      s.emit(w(isNear(address.offset) ? 'ld' : 'ldx'), dst, address.base, address.offset);
      return;
    case 'index':
      s.emit(w('ldi2'), dst, address.base, address.index);
  }
}

export function emitStore(s: Selector, address: Address, value: number, isWord: boolean): void {
  const w = (form: string) => (form + (isWord ? 'w' : '')) as MForm;
  switch (address.kind) {
    case 'absolute':
      s.emit(w('sta'), address.at, value);
      return;
    case 'frame':
      s.emit(w('stsp'), { slot: address.slot, offset: address.offset }, value);
      return;
    case 'base':
      s.emit(w(isNear(address.offset) ? 'st' : 'stx'), address.base, address.offset, value);
      return;
    case 'index':
      s.emit(w('sti2'), address.base, address.index, value);
  }
}

const isNear = (offset: MOperand): boolean => typeof offset === 'number' && offset < NEAR_LIMIT;

export function selectLoad(s: Selector, load: LoadInstr): void {
  const address = addressOf(s, load.args[0], load.type === 'i32' ? 4 : load.type === 'i16' ? 2 : 1);
  const dst = s.define(load);
  if (load.type === 'i32') {
    emitLoad(s, dst, address, true);
    emitLoad(s, s.defineHigh(load), offsetBy(address, 2), true);
  } else emitLoad(s, dst, address, load.type === 'i16');
  if (load.volatile) s.keepGroup();
}

export function selectStore(s: Selector, store: StoreInstr): void {
  const [target, value] = store.args;
  if (value.op === 'undef' && !store.volatile) return;
  const address = addressOf(s, target, value.type === 'i32' ? 4 : value.type === 'i16' ? 2 : 1);
  emitStore(s, address, s.low(value), value.type === 'i16' || value.type === 'i32');
  if (value.type === 'i32') emitStore(s, offsetBy(address, 2), s.high(value), true);
}

export function selectCheck(s: Selector, check: CheckInstr): void {
  const [index] = check.args;
  const { bound } = check;
  if (index.type === 'i32') {
    s.emit('chkw', s.high(index), 1);
    if (bound < 0x10000) s.emit('chkw', s.low(index), bound);
  } else if (index.type === 'i16') {
    if (bound >= 0x10000) return;
    if (s.optimise && bound < 256 && isInstr(index) && isByteRange(index)) {
      s.emit('chk', index.op === 'zext' ? s.low(index.args[0]) : lo(s.low(index)), bound);
    } else s.emit('chkw', s.low(index), bound);
  } else if (bound < 256) s.emit('chk', s.low(index), bound);
}
