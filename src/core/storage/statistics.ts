/**
 * What is kept of a run: every latency, sums that stay exact, a histogram by factors, bins over time.
 */
import { log2 } from '../base/math';

/** fio's list. */
export const PERCENTILES = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.5, 99.9, 99.95, 99.99] as const;

/** A sum of whole numbers below 2^53 each that never rounds: two limbs. */
export class ExactSum {
  private high = 0;
  private low = 0;

  add(value: number): void {
    this.low += value;
    if (this.low >= LIMB) {
      const carry = Math.floor(this.low / LIMB);
      this.high += carry;
      this.low -= carry * LIMB;
    }
  }

  get value(): number {
    return this.high * LIMB + this.low;
  }

  equals(other: ExactSum): boolean {
    return this.high === other.high && this.low === other.low;
  }
}

const LIMB = 2 ** 52;

/** Bins of equal ratio: 24 to the octave would be fio's precision; 8 are enough to draw. */
export const BINS_PER_OCTAVE = 8;
/** From 1 ns to some 18 minutes. */
export const HISTOGRAM_BINS = 40 * BINS_PER_OCTAVE;
const FIRST_PS = 1000;

export function binOf(latencyPs: number): number {
  const bin = Math.floor(log2(Math.max(latencyPs, FIRST_PS) / FIRST_PS) * BINS_PER_OCTAVE);
  return Math.min(bin, HISTOGRAM_BINS - 1);
}

/** Lower edge of a bin in nanoseconds. */
export function binStartNs(bin: number): number {
  return 2 ** (bin / BINS_PER_OCTAVE);
}

/** The value that the share `percent` of the values does not exceed (nearest rank). */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  if (sorted.length === 0) return 0;
  const rank = Math.ceil((percent / 100) * sorted.length - 1e-9);
  return sorted[Math.min(sorted.length, Math.max(rank, 1)) - 1] as number;
}

/** Mean and standard deviation in one pass, stable (Welford). */
export class Moments {
  count = 0;
  mean = 0;
  min = Infinity;
  max = 0;
  private squares = 0;

  add(value: number): void {
    this.count++;
    const delta = value - this.mean;
    this.mean += delta / this.count;
    this.squares += delta * (value - this.mean);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  get sigma(): number {
    return this.count > 1 ? Math.sqrt(this.squares / (this.count - 1)) : 0;
  }
}

/** Latency by time: columns of equal duration that double when the run outgrows them, rows of the histogram's bins. */
export class HeatMap {
  readonly columns = 96;
  columnPs = 1e6;
  used = 0;
  private cells = new Uint32Array(this.columns * HISTOGRAM_BINS);

  add(timePs: number, bin: number): void {
    let column = Math.floor(timePs / this.columnPs);
    while (column >= this.columns) {
      this.halve();
      column = Math.floor(timePs / this.columnPs);
    }
    if (column >= this.used) this.used = column + 1;
    (this.cells[column * HISTOGRAM_BINS + bin] as number)++;
  }

  column(index: number): Uint32Array {
    return this.cells.subarray(index * HISTOGRAM_BINS, (index + 1) * HISTOGRAM_BINS);
  }

  private halve(): void {
    const next = new Uint32Array(this.cells.length);
    for (let c = 0; c < this.columns; c++) {
      const to = (c >> 1) * HISTOGRAM_BINS;
      const from = c * HISTOGRAM_BINS;
      for (let b = 0; b < HISTOGRAM_BINS; b++) (next[to + b] as number) += this.cells[from + b] as number;
    }
    this.cells = next;
    this.columnPs *= 2;
    this.used = (this.used + 1) >> 1;
  }
}
