/**
 * Memory accesses of translated code: the checks that lead to traps, the exact cache hit test, the call to the slow path.
 * A check that fails leaves the piece before the instruction, and the interpreter does it and traps.
 */
import { NULL_LIMIT } from '../../isa/convention';
import type { MemorySystem } from '../memory/system';
import type { Emitter } from './emitter';
import { shiftDown } from './level-code';
import { OP as W } from './wasm';

/** What an access needs to know about the machine. */
export interface AccessPlan {
  readonly writableFrom: number;
  /** False when there is no memory system to ask: a flat memory. */
  readonly hasCaches: boolean;
  readonly shift: number;
  readonly mask: number;
  readonly ways: number;
  /** Byte offset of L1D's words; -1 when no hit may be judged here. */
  readonly words: number;
  /** Index of the function for the slow path: (address, bytes | write << 2 | pc << 3, cycles left) -> cycles left afterwards. */
  readonly slow: number;
  /** Indices of the functions for a miss in a set of two ways: (the line's dirty word, cycles left) -> cycles left afterwards. */
  readonly misses: { readonly read: number; readonly write: number } | null;
}

export function accessPlan(
  system: MemorySystem,
  writableFrom: number,
  wordsOffset: number,
  slow: Pick<AccessPlan, 'slow' | 'misses'>,
): AccessPlan {
  const { fast } = system;
  const judged = system.l1d !== null && fast.words === system.l1d.words;
  return {
    writableFrom,
    hasCaches: system.dram !== null || system.l1d !== null,
    shift: fast.shift,
    mask: fast.mask,
    ways: fast.ways,
    words: judged ? wordsOffset : -1,
    ...slow,
  };
}

/** Where an instruction stands. */
export interface Site {
  readonly pc: number;
  /** Cycles that have passed at an access of this instruction but are not yet booked. */
  readonly unbooked: number;
  /** Cycles that must be left, as booked now, before an access that may miss. */
  readonly reserve: number;
  /** Of a push or pop: bytes below or above SP that it asks for, 0 when they are known to be there. */
  readonly stackCheck: number;
}

/** Label of the code that leaves the piece before the instruction at hand; a branch there must come before the instruction changes anything. */
export const LABEL_LEAVE = 2_000_000;

/** Leaves if the access at local `address` would trap. */
export function guard(e: Emitter, plan: AccessPlan, address: number, bytes: 1 | 2, write: boolean): void {
  const { f } = e;
  const from = write ? plan.writableFrom : NULL_LIMIT;
  if (bytes === 1) f.get(address).i32(from).op(W.i32LtU);
  else
    f.get(address)
      .i32(from)
      .op(W.i32Sub)
      .i32(0x10000 - from - 1)
      .op(W.i32GeU);
  f.brIf(LABEL_LEAVE);
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

/** Counts and times the access at local `address`: nothing for a hit that changes no state, the slow path otherwise. */
export function account(e: Emitter, plan: AccessPlan, address: number, bytes: 1 | 2, write: boolean, site: Site): void {
  if (!plan.hasCaches) return;
  const { f } = e;
  const slow = () => {
    checkReserve(e, site);
    f.get(address).i32(bytes | (write ? 4 : 0) | (site.pc << 3));
    callTimed(e, plan.slow, site.pc, site.unbooked);
  };
  if (plan.words < 0) {
    slow();
    return;
  }
  const wanted = e.temp();
  const set = e.temp();
  const first = e.temp();
  // The line of the last byte is not in the set of the first, if it is another one: then the test below fails by itself.
  const isByLastByte = bytes === 2 && plan.mask > 0;
  f.get(address);
  if (isByLastByte) f.i32(1).op(W.i32Add);
  shiftDown(f, plan.shift - 1);
  f.i32(1).op(W.i32Or).set(wanted);
  pushSet(e, plan, address);
  f.tee(set).load32(plan.words).tee(first);
  if (!write) f.i32(1).op(W.i32Or);
  f.get(wanted).op(W.i32Ne);
  const last = (1 << plan.shift) - 1;
  const crosses = () => f.get(address).i32(last).op(W.i32And).i32(last).op(W.i32Eq);
  if (bytes === 2 && !isByLastByte) {
    crosses();
    f.op(W.i32Or);
  }
  f.if();
  if (plan.ways === 2 && bytes === 2) {
    crosses();
    f.if();
    slow();
    f.else();
    beyondFirstWay(e, plan, { set, first, wanted, write, site, slow });
    f.end();
  } else if (plan.ways === 2) beyondFirstWay(e, plan, { set, first, wanted, write, site, slow });
  else slow();
  f.end();
}

/** Byte offset of the set of the address in a local, pushed. */
function pushSet({ f }: Emitter, { shift, mask, ways }: AccessPlan, address: number): void {
  const down = shift - Math.log2(4 * ways);
  f.get(address);
  if (Number.isInteger(down)) {
    shiftDown(f, down);
    f.i32(mask * 4 * ways).op(W.i32And);
  } else
    f.i32(shift)
      .op(W.i32ShrU)
      .i32(mask)
      .op(W.i32And)
      .i32(4 * ways)
      .op(W.i32Mul);
}

/** Locals: byte offset of the set, its first word, the line's word if dirty. */
interface SetOfTwo {
  readonly set: number;
  readonly first: number;
  readonly wanted: number;
  readonly write: boolean;
  readonly site: Site;
  slow(): void;
}

/**
 * An access within a line to a set of two ways, where the first way is not known to have the line as it must be. The second: both change
 * places; the first, clean and written to: it becomes dirty; neither takes time. Else it is a miss. Words are loaded and stored one by
 * one: in a copy between lines of one set each access finds what the one before it stored, without waiting for both.
 */
function beyondFirstWay(e: Emitter, plan: AccessPlan, { set, first, wanted, write, site, slow }: SetOfTwo): void {
  const { f } = e;
  const second = e.temp();
  f.get(set)
    .load32(plan.words + 4)
    .tee(second);
  f.i32(1).op(W.i32Or);
  f.get(wanted).op(W.i32Eq).if();
  f.get(set)
    .get(first)
    .store32(plan.words + 4);
  f.get(set);
  if (write) f.get(wanted);
  else f.get(second);
  f.store32(plan.words);
  f.else();
  if (write) {
    f.get(first).i32(1).op(W.i32Or).get(wanted);
    f.op(W.i32Eq).if();
    f.get(set).get(wanted).store32(plan.words);
    f.else();
  }
  if (plan.misses) {
    checkReserve(e, site);
    f.get(wanted);
    callTimed(e, write ? plan.misses.write : plan.misses.read, site.pc, site.unbooked);
  } else slow();
  if (write) f.end();
  f.end();
}

/**
 * Calls a function whose last parameter is the cycles left and whose result is what is left afterwards. What it takes, it has put into
 * the ledger itself; `unbooked` cycles have passed that are not subtracted yet.
 */
export function callTimed(e: Emitter, index: number, pc: number, unbooked: number): void {
  const { f } = e;
  f.get(e.left).i32(unbooked).op(W.i32Sub);
  if (!e.hasProfile) {
    f.call(index).i32(unbooked).op(W.i32Add).set(e.left);
    return;
  }
  const stall = e.temp();
  f.tee(stall).call(index).set(e.left);
  f.get(stall).get(e.left).op(W.i32Sub).set(stall);
  f.get(e.left).i32(unbooked).op(W.i32Add).set(e.left);
  e.profileCycles(pc, 'stall', stall);
}

/** Leaves if a miss could run past the stop. */
export function checkReserve(e: Emitter, site: Site): void {
  const { f } = e;
  f.get(e.left).i32(site.reserve).op(W.i32LtS).brIf(LABEL_LEAVE);
}
