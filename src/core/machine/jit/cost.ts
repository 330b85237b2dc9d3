/**
 * What a run of instructions costs that is known beforehand. While translated code runs, the counts live packed in two 64-bit
 * numbers, in fields of 21 bits; a slice is short enough (MAX_SLICE_CYCLES) that no field overflows. Execute cycles are not counted:
 * they are what is left of the time when bus and stalls are taken away.
 */
import { OP } from '../cpu/ops';
import { formAt, type DecodedCode } from '../cpu/decoded';
import type { GuestInstr } from './piece';

export interface Cost {
  readonly instructions: number;
  /** Execute cycles. */
  readonly compute: number;
  /** Cycles on the data bus. */
  readonly bus: number;
  /** Words fetched. */
  readonly fetched: number;
  /** Data accesses, if all hit. */
  readonly reads: number;
  readonly writes: number;
}

export const FIELD_BITS = 21;
/** Longest slice: every count of it stays below 2^FIELD_BITS, even when each cycle fetched two words. */
export const MAX_SLICE_CYCLES = 1 << 19;

const pack = (x: number, y: number, z: number) =>
  BigInt(x) + (BigInt(y) << BigInt(FIELD_BITS)) + (BigInt(z) << BigInt(2 * FIELD_BITS));
export const countsA = (cost: Cost): bigint => pack(cost.instructions, cost.bus, cost.fetched);
export const countsB = (cost: Cost): bigint => pack(cost.reads, cost.writes, 0);

/** Cycles from the start of the first instruction to the end of the last, if every access hits and no branch is taken. */
export const cyclesOf = (cost: Cost): number => cost.compute + cost.bus;

/** Field 0, 1 or 2 of a packed number that lies as two words in memory, countsA first. */
export function countOf(words: Int32Array, packed: 'a' | 'b', field: 0 | 1 | 2): number {
  const at = packed === 'a' ? 0 : 2;
  const low = words[at] as number;
  const high = words[at + 1] as number;
  const bits =
    field === 0
      ? low
      : field === 1
        ? (low >>> FIELD_BITS) | (high << (32 - FIELD_BITS))
        : high >>> (2 * FIELD_BITS - 32);
  return bits & ((1 << FIELD_BITS) - 1);
}

export const NO_COST: Cost = { instructions: 0, compute: 0, bus: 0, fetched: 0, reads: 0, writes: 0 };

export function addCosts(a: Cost, b: Cost): Cost {
  return {
    instructions: a.instructions + b.instructions,
    compute: a.compute + b.compute,
    bus: a.bus + b.bus,
    fetched: a.fetched + b.fetched,
    reads: a.reads + b.reads,
    writes: a.writes + b.writes,
  };
}

export function negative(cost: Cost): Cost {
  return {
    instructions: -cost.instructions,
    compute: -cost.compute,
    bus: -cost.bus,
    fetched: -cost.fetched,
    reads: -cost.reads,
    writes: -cost.writes,
  };
}

/** Cost of one instruction; a branch not taken, a shift by a register without its bits. */
export function costOf(code: DecodedCode, instr: GuestInstr, byteCycles: number): Cost {
  const form = formAt(code, instr.pc);
  const perBit = form.extra?.per === 'bit' && isConstantShift(instr.op) ? form.extra.cycles * instr.k : 0;
  return {
    instructions: 1,
    compute: instr.time + perBit,
    bus: (form.reads + form.writes) * byteCycles,
    fetched: form.words,
    reads: form.reads ? 1 : 0,
    writes: form.writes ? 1 : 0,
  };
}

export function isConstantShift(op: number): boolean {
  return op >= OP.shl && op <= OP.sarw;
}
