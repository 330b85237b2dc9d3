/**
 * Measurement without a trace: log-linear histograms with exact count, sum, least and greatest value; averages over time; batch means
 * with confidence intervals (Law and Kelton, Simulation Modeling and Analysis, 3rd ed., section 9.5.3). Nothing here allocates while
 * it records.
 */
import { sqrt } from '../base/math';

/** Buckets a power of two: a percentile is off by at most 1/128 = 0.8 % of its value. */
const SUB_BITS = 7;
const SUB = 2 ** SUB_BITS;
/** Values up to 2^64 have a bucket. */
const BUCKETS = 64 * SUB;
const FIRST_BUCKETS = 1024;
/** The low part of a sum stays below this, so that adding a value below 2^52 is exact. */
const SUM_UNIT = 2 ** 52;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
double[0] = 1;
const HIGH = words[1] === 0x3ff00000 ? 1 : 0;

/** Bucket of a value: exponent and leading bits of its binary form. Values below 1 share the first bucket. */
function bucketOf(value: number): number {
  if (value < 1) return 0;
  double[0] = value;
  const index = ((words[HIGH] as number) >>> (20 - SUB_BITS)) - 1023 * SUB;
  return index < BUCKETS ? index : BUCKETS - 1;
}

function bucketStart(index: number): number {
  return 2 ** (index >> SUB_BITS) * (1 + (index & (SUB - 1)) / SUB);
}

/** For whole values >= 0 (picoseconds). */
export class Histogram {
  private buckets = new Float64Array(FIRST_BUCKETS);
  private sumHigh = 0;
  private sumLow = 0;
  /** Squares are summed as distances from the first value, so that a small spread at a large mean keeps its digits. */
  private shift = 0;
  private squares = 0;
  private shifted = 0;
  count = 0;
  min = Infinity;
  max = -Infinity;

  record(value: number): void {
    if (this.count === 0) this.shift = value;
    this.count++;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.sumLow += value;
    if (this.sumLow >= SUM_UNIT) this.carry();
    const d = value - this.shift;
    this.shifted += d;
    this.squares += d * d;
    const index = bucketOf(value);
    if (index >= this.buckets.length) this.grow(index);
    (this.buckets[index] as number)++;
  }

  reset(): void {
    this.buckets.fill(0);
    this.count = this.sumHigh = this.sumLow = this.shift = this.squares = this.shifted = 0;
    this.min = Infinity;
    this.max = -Infinity;
  }

  /** Adds the values of another histogram, as if they had been recorded here. */
  merge(other: Histogram): void {
    if (other.count === 0) return;
    if (this.count === 0) this.shift = other.shift;
    const d = other.shift - this.shift;
    this.squares += other.squares + 2 * d * other.shifted + other.count * d * d;
    this.shifted += other.shifted + other.count * d;
    this.count += other.count;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.sumHigh += other.sumHigh;
    this.sumLow += other.sumLow;
    if (this.sumLow >= SUM_UNIT) this.carry();
    if (other.buckets.length > this.buckets.length) this.grow(other.buckets.length - 1);
    other.buckets.forEach((count, i) => ((this.buckets[i] as number) += count));
  }

  /** Sum of all values; exact while below 2^53, else rounded once. */
  get sum(): number {
    return this.sumHigh * SUM_UNIT + this.sumLow;
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** Standard deviation of the sample. */
  get sigma(): number {
    if (this.count < 2) return 0;
    const variance = (this.squares - (this.shifted * this.shifted) / this.count) / (this.count - 1);
    return variance > 0 ? sqrt(variance) : 0;
  }

  /** The value below which `percent` of the values lie (nearest rank, interpolated inside its bucket); 0 when empty. */
  percentile(percent: number): number {
    if (this.count === 0) return 0;
    const rank = Math.min(Math.max(Math.ceil((percent / 100) * this.count), 1), this.count);
    let before = 0;
    for (let i = 0; i < this.buckets.length; i++) {
      const inside = this.buckets[i] as number;
      if (before + inside < rank) {
        before += inside;
        continue;
      }
      const start = i === 0 ? 0 : bucketStart(i);
      const value = start + ((bucketStart(i + 1) - start) * (rank - before - 0.5)) / inside;
      return Math.min(Math.max(value, this.min), this.max);
    }
    return this.max;
  }

  /** Buckets that hold something: [start, end, count], in order. */
  filled(): [start: number, end: number, count: number][] {
    const result: [number, number, number][] = [];
    this.buckets.forEach((count, i) => {
      if (count > 0) result.push([i === 0 ? 0 : bucketStart(i), bucketStart(i + 1), count]);
    });
    return result;
  }

  private carry(): void {
    const units = Math.floor(this.sumLow / SUM_UNIT);
    this.sumHigh += units;
    this.sumLow -= units * SUM_UNIT;
  }

  private grow(index: number): void {
    const larger = new Float64Array(Math.min(BUCKETS, Math.max(this.buckets.length * 2, index + 1)));
    larger.set(this.buckets);
    this.buckets = larger;
  }
}

/** A quantity that holds its value between changes: number in system, busy slots. Times in picoseconds. */
export class TimeWeighted {
  private area = 0;
  private start = 0;
  private last = 0;
  value = 0;
  max = 0;

  set(nowPs: number, value: number): void {
    this.area += this.value * (nowPs - this.last);
    this.last = nowPs;
    this.value = value;
    if (value > this.max) this.max = value;
  }

  add(nowPs: number, delta: number): void {
    this.set(nowPs, this.value + delta);
  }

  /** Integral of the value from the last reset to now. */
  areaAt(nowPs: number): number {
    return this.area + this.value * (nowPs - this.last);
  }

  mean(nowPs: number): number {
    const span = nowPs - this.start;
    return span > 0 ? this.areaAt(nowPs) / span : 0;
  }

  /** Forgets the past and keeps the value. */
  reset(nowPs: number): void {
    this.area = 0;
    this.start = this.last = nowPs;
    this.max = this.value;
  }
}

export interface Interval {
  readonly mean: number;
  /** Half the width of the 95 % confidence interval; Infinity when there are too few batches to tell. */
  readonly halfWidth: number;
  readonly batches: number;
}

/** Batches kept: when as many are full, neighbours are merged and a batch counts twice as many values. */
const MAX_BATCHES = 64;
/** Fewer batches than this say nothing about the spread. */
const MIN_BATCHES = 10;

/** A mean of correlated values with its confidence interval, from 32 to 64 batches that grow with the run. */
export class BatchMeans {
  private readonly sums = new Float64Array(MAX_BATCHES);
  private full = 0;
  private batchSize = 1;
  private inBatch = 0;
  private batchSum = 0;

  record(value: number): void {
    this.batchSum += value;
    if (++this.inBatch < this.batchSize) return;
    this.sums[this.full++] = this.batchSum;
    this.batchSum = this.inBatch = 0;
    if (this.full === MAX_BATCHES) this.merge();
  }

  reset(): void {
    this.full = this.inBatch = this.batchSum = 0;
    this.batchSize = 1;
  }

  interval(): Interval {
    const n = this.full;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += this.sums[i] as number;
    const mean = n === 0 ? 0 : sum / n / this.batchSize;
    if (n < MIN_BATCHES) return { mean, halfWidth: Infinity, batches: n };
    let squares = 0;
    for (let i = 0; i < n; i++) squares += ((this.sums[i] as number) / this.batchSize - mean) ** 2;
    return { mean, halfWidth: studentT975(n - 1) * sqrt(squares / (n - 1) / n), batches: n };
  }

  private merge(): void {
    for (let i = 0; i < MAX_BATCHES / 2; i++)
      this.sums[i] = (this.sums[2 * i] as number) + (this.sums[2 * i + 1] as number);
    this.full = MAX_BATCHES / 2;
    this.batchSize *= 2;
  }
}

/** The 97.5 % quantile of Student's t, by the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5); 4 digits from 9 degrees up. */
export function studentT975(degrees: number): number {
  const z = 1.959963984540054;
  const z3 = z ** 3;
  const z5 = z ** 5;
  const g1 = (z3 + z) / 4;
  const g2 = (5 * z5 + 16 * z3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z5 + 17 * z3 - 15 * z) / 384;
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3;
}
