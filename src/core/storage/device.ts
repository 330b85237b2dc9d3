/**
 * What every storage device model is: a pure state machine with its own event queue, in whole picoseconds.
 *
 * A driver hands over requests (`submit`), asks when something happens next (`nextPs`) and makes it happen (`step`). So the same
 * object runs in a tight loop (driver.ts, no overhead), on the discrete-event kernel (on-kernel.ts) and behind a disk of the
 * machine (block-device.ts). Requests live in a table of typed arrays; a request is its slot there.
 *
 * The parts of a response time always sum to it exactly: they are whole picoseconds, and what no part explains is `queue`.
 */

/** Sector size of the block interface, as on every disk since the IBM PC. */
export const SECTOR_BYTES = 512;

export const OP = { read: 0, write: 1, flush: 2, trim: 3 } as const;
export type OpName = keyof typeof OP;
export const OP_NAMES: readonly OpName[] = ['read', 'write', 'flush', 'trim'];

/** What a response time is made of. A device uses some of them; the order is the order of a stacked bar. */
export const PARTS = [
  'queue',
  'overhead',
  'seek',
  'rotation',
  'transfer',
  'tR',
  'tPROG',
  'bus',
  'gc',
  'cache',
  'link',
  'refresh',
  'precharge',
  'activate',
  'column',
] as const;
export type Part = (typeof PARTS)[number];
export const PART_COUNT = PARTS.length;
export const PART = Object.fromEntries(PARTS.map((name, index) => [name, index])) as { readonly [P in Part]: number };

/** Requests in flight, as typed arrays; a device never allocates per request. */
export class RequestTable {
  readonly op: Uint8Array;
  /** First sector. */
  readonly lba: Float64Array;
  /** Sectors. */
  readonly count: Float64Array;
  readonly arrivalPs: Float64Array;
  readonly donePs: Float64Array;
  /** `parts[slot * PART_COUNT + part]`, picoseconds. */
  readonly parts: Float64Array;
  /** The unit that served it: die of an SSD, bank of a RAM, member of an array. */
  readonly unit: Int32Array;

  constructor(readonly size: number) {
    this.op = new Uint8Array(size);
    this.lba = new Float64Array(size);
    this.count = new Float64Array(size);
    this.arrivalPs = new Float64Array(size);
    this.donePs = new Float64Array(size);
    this.parts = new Float64Array(size * PART_COUNT);
    this.unit = new Int32Array(size);
  }

  set(slot: number, op: number, lba: number, count: number, arrivalPs: number): void {
    this.op[slot] = op;
    this.lba[slot] = lba;
    this.count[slot] = count;
    this.arrivalPs[slot] = arrivalPs;
    this.donePs[slot] = 0;
    this.unit[slot] = 0;
    this.parts.fill(0, slot * PART_COUNT, (slot + 1) * PART_COUNT);
  }

  add(slot: number, part: number, ps: number): void {
    (this.parts[slot * PART_COUNT + part] as number) += ps;
  }

  /** Marks the end and books what no part explains as waiting. */
  finish(slot: number, donePs: number): void {
    const base = slot * PART_COUNT;
    let explained = 0;
    for (let p = 1; p < PART_COUNT; p++) explained += this.parts[base + p] as number;
    this.donePs[slot] = donePs;
    this.parts[base] = donePs - (this.arrivalPs[slot] as number) - explained;
  }
}

/** What a device is doing, for drawing; cheap enough to call once a frame. */
export interface Activity {
  /** One entry a unit (arm, die, bank): 0 idle, else 1 + the index in PARTS of what it does. */
  readonly units: Uint8Array;
  readonly waiting: number;
  /** HDD only: where the arm is and which angle is under the head (turns, 0..1). */
  readonly cylinder?: number;
  readonly head?: number;
  readonly turn?: number;
}

/** What a run says about the device beyond its latencies. */
export interface DeviceFacts {
  /** Pages programmed by page written by the host; 1 where nothing is ever moved. */
  readonly writeAmplification: number;
  /** Counters by name, for the report and for conservation checks. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface StorageDevice {
  readonly kind: 'hdd' | 'ssd' | 'dram' | 'raid';
  /** Bytes of an address unit: 512 on disks, a burst of 64 in RAM. */
  readonly sectorBytes: number;
  readonly capacitySectors: number;
  readonly requests: RequestTable;
  /** Units drawn in a timeline: arms, dies or banks. */
  readonly unitNames: readonly string[];
  /** Slots whose requests have finished, in order; the driver empties it. */
  readonly finished: number[];
  /** Time of the next internal event, Infinity when nothing is under way. */
  readonly nextPs: number;
  /** The request in `slot` arrives at `nowPs`, which is not before any event that has run. */
  submit(slot: number, nowPs: number): void;
  /** Runs the event at `nextPs`. */
  step(): void;
  activity(nowPs: number): Activity;
  facts(): DeviceFacts;
  /** Sectors written but not yet durable at `nowPs`, as [first, count] pairs in order; lost when the power goes. */
  volatileRanges(nowPs: number): [number, number][];
  /**
   * Of the writes that were handed in since the device started cold, counted from 1, the last that a loss of power would leave on
   * this sector: Infinity when nothing of it would be lost, -1 when it would be as it was before it was first written into the
   * cache. An SSD can have several versions of a page on their way to the flash.
   */
  durableWrite(lba: number): number;
  /** The power goes: requests in flight and volatile state vanish. */
  powerOff(nowPs: number): void;
  /** The whole state as plain data (structured-cloneable). Shares what has not changed since the last snapshot. */
  snapshot(): unknown;
  restore(snapshot: unknown): void;
}
