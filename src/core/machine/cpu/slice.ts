/**
 * What the loop of instructions.ts runs on and why it stops, between it and interpreter.ts.
 */
import type { FastPath } from '../memory/system';
import type { Core } from './core';
import type { DecodedCode } from './decoded';
import type { Profile } from './profile';

/** Why the interpreter came back. */
export const Exit = {
  /** The cycle limit is reached: PC stands at the next instruction. */
  limit: 0,
  /** IN or OUT stands at PC, fetched and with its base cycles passed: the machine does the transfer and moves PC on. */
  port: 1,
  halt: 2,
  /** core.trap says which. */
  trap: 3,
  /** WAIT, EI, DI or RETI was executed: interrupts must be looked at. */
  wait: 4,
  interrupts: 5,
  breakpoint: 6,
  /** The instruction before PC has touched data that is watched: Execution.touched. */
  watch: 7,
} as const;
export type Exit = (typeof Exit)[keyof typeof Exit];

/** What else the loop is left for; the interpreter sees to it and comes back. */
export const Leave = {
  /** The instruction at PC is not decoded, or its fetch is no plain hit: nothing of it has happened yet. */
  look: 8,
  /** All is done but an access to data, which is no plain hit or traps: see Slice. */
  access: 9,
  /** RETI or TAS stands at PC, fetched and with its base cycles passed. */
  returnFromInterrupt: 10,
  testAndSet: 11,
} as const;
export type Leave = (typeof Leave)[keyof typeof Leave];

/** A kind of access to data. */
export const Access = { load8: 0, load16: 1, store8: 2, store16: 3 } as const;
export type Access = (typeof Access)[keyof typeof Access];

/** As the operand of a load: the word goes to PC. */
export const INTO_PC = 8;
/** No I-line. */
export const NO_LINE = -2;
/** Addresses below are not mapped; also the first that stores may touch when code is writable. */
export const NULL_LIMIT = 0x0010;

/** What the loop runs on, and how far it came. Counts are since the slice began. */
export interface Slice {
  core: Core;
  readonly code: DecodedCode;
  readonly memory: Uint8Array;
  fast: FastPath;
  profile: Profile | null;
  multiplier: boolean;
  /** First address where a store does not trap. */
  writableFrom: number;
  /** A store below needs a closer look. */
  checkStoresBelow: number;
  /** Accesses that begin in this range need a closer look. */
  watchFrom: number;
  watchBytes: number;
  /** Cycles until the limit; the last instruction may go beyond. */
  left: number;
  /** At the start, and right after instructions that leave frames: returns, SETSP. */
  highestSp: number;
  instructions: number;
  /** Words of code. */
  fetched: number;
  /** Data accesses that were plain hits, and the bytes of all. */
  loads: number;
  stores: number;
  busBytes: number;
  /** Address of the instruction that was looked at and fetched, -1 for none. */
  admitted: number;
  /** Where each fetch is to be looked at: the line in which further ones change nothing, NO_LINE for none. */
  settled: number;
  /** What Leave.access leaves to be done: the instruction's address, the data's, and the register to load into or the value to store. */
  at: number;
  address: number;
  operand: number;
  access: Access;
}
