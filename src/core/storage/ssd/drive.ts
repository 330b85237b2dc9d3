/** What the parts of an SSD share: ssd.ts makes them, reads.ts, writes.ts and programs.ts work on them. */
import type { SsdPreset } from '../../presets/ssd';
import type { RequestTable } from '../device';
import type { EventQueue } from '../event-queue';
import type { Flash } from './flash';
import type { Ftl } from './ftl';
import type { Striping } from './striping';

export interface Drive {
  readonly preset: SsdPreset;
  readonly requests: RequestTable;
  readonly events: EventQueue;
  readonly flash: Flash;
  readonly ftl: Ftl;
  readonly striping: Striping;
  readonly counters: Counters;
}

export interface Counters {
  reads: number;
  writes: number;
  trims: number;
  bufferHits: number;
  unmappedReads: number;
  readAheadHits: number;
  pagesProgrammed: number;
  partialWrites: number;
}

/** Kinds of the drive's events; the argument is the request's slot, or the flash's own. */
export const EVENT = { admitted: 0, dataIn: 1, done: 2, flash: 3 } as const;

/** No page, no operation, no request. */
export const NONE = -1;

/** Picoseconds of microseconds. */
export const us = (value: number): number => Math.round(value * 1e6);

export function zeroCounters(): Counters {
  return {
    reads: 0,
    writes: 0,
    trims: 0,
    bufferHits: 0,
    unmappedReads: 0,
    readAheadHits: 0,
    pagesProgrammed: 0,
    partialWrites: 0,
  };
}
