/**
 * Words behind the machine's state, in the same memory, through which translated code and whoever enters it talk. But for constants, none
 * of them means anything between two entries.
 */

import { ORDERS_BYTES } from './level-code';
import { MISS_EVENTS_BYTES } from './miss-events';

const MISS_EVENTS = 48;
const ORDERS = MISS_EVENTS + MISS_EVENTS_BYTES;

/** Byte offsets from the end of the state. */
export const SCRATCH = {
  /** The lowest address that a push may write to, i32. */
  pushFloor: 0,
  /** The flag word of flags.ts, 64 bits. */
  flags: 8,
  /** Packed counts of cost.ts, i64 each. */
  countsA: 16,
  countsB: 24,
  /** Cycle at which the slice has nothing left, f64. */
  sliceEnd: 32,
  /** Number of the exit by which translated code was left, i32; -1 when everything lies where it belongs. */
  exit: 40,
  /** How a piece was left: the lower half of what its function gives, see piece-calls.ts. */
  status: 44,
  /** The events of miss-events.ts. */
  missEvents: MISS_EVENTS,
  /** moveToFrontOrders() of level-code.ts, kept. */
  orders: ORDERS,
} as const;

export const SCRATCH_BYTES = ORDERS + ORDERS_BYTES;
