/**
 * Words behind the machine's state, in the same memory, through which translated code and whoever enters it talk. But for constants, none
 * of them means anything between two entries.
 */

import { ORDERS_BYTES } from './level-code';
import { MISS_EVENTS_BYTES } from './miss-events';

const MISS_EVENTS = 64;
const ORDERS = MISS_EVENTS + MISS_EVENTS_BYTES;

/** Byte offsets from the end of the state. */
export const SCRATCH = {
  /** Cycles left of the slice, i32. */
  left: 0,
  /** Translated calls that are open, i32. */
  depth: 4,
  /** The lazy flags of flags.ts, i32 each. */
  kind: 8,
  a: 12,
  b: 16,
  logic: 20,
  result: 24,
  /** Packed counts of cost.ts, i64 each. */
  countsA: 32,
  countsB: 40,
  /** Cycle at which the slice has nothing left, f64. */
  sliceEnd: 48,
  /** Number of the exit by which translated code was left, i32; -1 when everything lies where it belongs. */
  exit: 56,
  /** The events of miss-events.ts. */
  missEvents: MISS_EVENTS,
  /** moveToFrontOrders() of level-code.ts, kept. */
  orders: ORDERS,
} as const;

export const SCRATCH_BYTES = ORDERS + ORDERS_BYTES;
