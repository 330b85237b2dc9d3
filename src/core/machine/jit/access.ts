/**
 * Memory accesses of translated code: the checks that lead to traps, the exact cache hit test, the call to the slow path.
 * A check that fails leaves the piece before the instruction, and the interpreter does it and traps.
 */
import { NULL_LIMIT } from '../../isa/convention';
import type { MemorySystem } from '../memory/system';
import { COUNTS_B, countsA, countsB, type Cost } from './cost';
import type { Emitter } from './emitter';
import { OP as W } from './wasm';

/** Imported functions, in the order of the module's imports. */
export const IMPORTS = { data: 0, fetch: 1 } as const;

/** What an access needs to know about the machine. */
export interface AccessPlan {
  readonly writableFrom: number;
  /** 0 when there is no memory system to ask: a flat memory. */
  readonly hasCaches: boolean;
  readonly shift: number;
  readonly mask: number;
  readonly ways: number;
  /** Byte offset of L1D's words; -1 when no hit may be judged here. */
  readonly words: number;
  /** Index of the function for the slow path. */
  readonly slow: number;
}

export function accessPlan(system: MemorySystem, writableFrom: number, wordsOffset: number, slow: number): AccessPlan {
  const { fast } = system;
  const judged = system.l1d !== null && fast.words === system.l1d.words;
  return {
    writableFrom,
    hasCaches: system.dram !== null || system.l1d !== null,
    shift: fast.shift,
    mask: fast.mask,
    ways: fast.ways,
    words: judged ? wordsOffset : -1,
    slow,
  };
}

/** Where an instruction stands: what to give back when it is not finished here. */
export interface Site {
  readonly pc: number;
  /** Cost of this instruction and all after it in the block, as booked at the block's start. */
  readonly rest: Cost;
  /** Static cycles still to come after this access. */
  readonly cyclesAfter: number;
  /** Cycles that must be left before an access that may miss. */
  readonly reserve: number;
  leave(): void;
}

/** Leaves if the access at local `address` would trap. */
export function guard(e: Emitter, plan: AccessPlan, address: number, bytes: 1 | 2, write: boolean, site: Site): void {
  const { f } = e;
  const from = write ? plan.writableFrom : NULL_LIMIT;
  f.get(address)
    .i32(from)
    .op(W.i32Sub)
    .i32(0x10000 - from - (bytes - 1))
    .op(W.i32GeU)
    .if();
  site.leave();
  f.end();
}

/** Counts and times the access at local `address`: nothing for a hit that changes no state, the slow path otherwise. */
export function account(e: Emitter, plan: AccessPlan, address: number, bytes: 1 | 2, write: boolean, site: Site): void {
  if (!plan.hasCaches) return;
  const { f } = e;
  const slow = () => {
    checkReserve(e, site);
    const unit: Cost = { instructions: 0, compute: 0, bus: 0, fetched: 0, reads: write ? 0 : 1, writes: write ? 1 : 0 };
    f.get(e.countsB).i64(-countsB(unit)).op(W.i64Add).set(e.countsB);
    f.get(e.left)
      .get(address)
      .i32(bytes | (write ? 4 : 0) | (site.pc << 3))
      .get(e.left)
      .i32(site.cyclesAfter)
      .op(W.i32Add);
    f.call(plan.slow).op(W.i32Sub).set(e.left);
  };
  if (plan.words < 0) {
    slow();
    return;
  }
  const line = e.temp();
  f.get(address).i32(plan.shift).op(W.i32ShrU).tee(line);
  f.i32(plan.mask)
    .op(W.i32And)
    .i32(plan.ways * 4)
    .op(W.i32Mul)
    .load32(plan.words);
  if (!write) f.i32(1).op(W.i32Or);
  f.get(line).i32(1).op(W.i32Shl).i32(1).op(W.i32Or).op(W.i32Ne);
  if (bytes === 2) {
    const last = (1 << plan.shift) - 1;
    f.get(address).i32(last).op(W.i32And).i32(last).op(W.i32Eq).op(W.i32Or);
  }
  f.if();
  slow();
  f.end();
}

/** Leaves if a miss could run past the stop. */
export function checkReserve(e: Emitter, site: Site): void {
  const { f } = e;
  f.get(e.left).i32(site.reserve).op(W.i32LtS).if();
  site.leave();
  f.end();
}

/** Gives back what was booked for the instructions that are not done here. */
export function refund(e: Emitter, rest: Cost): void {
  const { f } = e;
  f.get(e.left)
    .i32(rest.compute + rest.bus)
    .op(W.i32Add)
    .set(e.left);
  f.get(e.countsA).i64(-countsA(rest)).op(W.i64Add).set(e.countsA);
  f.get(e.countsB).i64(-countsB(rest)).op(W.i64Add).set(e.countsB);
}

/** Books a cost. */
export function charge(e: Emitter, cost: Cost): void {
  const { f } = e;
  f.get(e.left)
    .i32(cost.compute + cost.bus)
    .op(W.i32Sub)
    .set(e.left);
  f.get(e.countsA).i64(countsA(cost)).op(W.i64Add).set(e.countsA);
  if (COUNTS_B.some((key) => cost[key] !== 0)) f.get(e.countsB).i64(countsB(cost)).op(W.i64Add).set(e.countsB);
}
