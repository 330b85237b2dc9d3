/**
 * A run: one device, one source of requests, closed or open loop, in slices as long as the caller likes.
 *
 * Two laws are checked on every run, to the picosecond: conservation (what went in came out, and the parts of each response sum to
 * it) and Little's law (the time integral of the number of requests in the device is the sum of their response times).
 */
import { assert } from '../base/assert';
import { Random } from '../base/random';
import { OP, PART_COUNT, RequestTable, type StorageDevice } from './device';
import { binOf, ExactSum, HeatMap, HISTOGRAM_BINS, Moments } from './statistics';
import type { RequestSource } from './workload/workload';

/** Whole picoseconds are exact up to here: two and a half hours of simulated time. */
export const MAX_RUN_PS = 2 ** 53 - 2 ** 40;
/** In an open loop that the device cannot follow, no more than this wait at once. */
export const MAX_WAITING = 100_000;
/** Requests kept with their parts, for the timeline. */
const RECENT = 512;

export interface LoopOptions {
  /** Requests outstanding in a closed loop; undefined for an open one, where the source gives the times. */
  readonly depth: number | undefined;
  readonly thinkPs: number;
}

/** Why a run ended before its count. */
export type Stop = 'done' | 'time-limit' | 'overload';

/** One finished request, for timelines. */
export interface Sample {
  readonly op: number;
  readonly lba: number;
  readonly count: number;
  readonly unit: number;
  readonly arrivalPs: number;
  readonly donePs: number;
  readonly parts: Float64Array;
}

export class StorageRun {
  readonly moments = new Moments();
  readonly partSums = Array.from({ length: PART_COUNT }, () => new ExactSum());
  readonly histogram = new Uint32Array(HISTOGRAM_BINS);
  readonly heat = new HeatMap();
  readonly latencies: Float64Array;
  issued = 0;
  completed = 0;
  bytes = 0;
  reads = 0;
  trims = 0;
  nowPs = 0;
  stop: Stop | undefined;

  private readonly free: number[] = [];
  private readonly requests: RequestTable;
  /** Closed loop: workers in their pause, as (time, worker) in order of time. */
  private readonly thinking: number[] = [];
  private pendingArrival = false;
  private inDevice = 0;
  private lastChangePs = 0;
  private readonly responseSum = new ExactSum();
  private readonly presenceSum = new ExactSum();
  private readonly recent: Sample[] = [];
  private recentAt = 0;

  constructor(
    readonly device: StorageDevice,
    private readonly source: RequestSource,
    private readonly options: LoopOptions,
  ) {
    this.requests = device.requests;
    for (let slot = this.requests.size - 1; slot >= 0; slot--) this.free.push(slot);
    this.latencies = new Float64Array(source.count);
    if (options.depth === undefined) this.fetch();
    else for (let i = 0; i < Math.min(options.depth, source.count); i++) this.issue(0);
  }

  get finished(): boolean {
    return this.stop !== undefined;
  }

  get elapsedPs(): number {
    return this.nowPs;
  }

  /** Mean number of requests in the device. */
  get meanInDevice(): number {
    return this.nowPs === 0 ? 0 : this.presenceSum.value / this.nowPs;
  }

  /** Goes on until `completions` more requests are done or the run ends. */
  run(completions: number): void {
    const { device } = this;
    const target = this.completed + completions;
    while (this.completed < target && this.stop === undefined) {
      const arrivalPs = this.nextArrivalPs();
      const devicePs = device.nextPs;
      const nextPs = Math.min(arrivalPs, devicePs);
      if (nextPs > MAX_RUN_PS) {
        this.stop = this.completed === this.source.count ? 'done' : 'time-limit';
        break;
      }
      // At equal times the device goes first: an answer makes room for what arrives with it.
      if (devicePs <= arrivalPs) {
        this.nowPs = devicePs;
        device.step();
        if (device.finished.length > 0) this.collect(devicePs);
      } else {
        this.nowPs = arrivalPs;
        this.arrive(arrivalPs);
      }
    }
    if (this.stop === 'done') this.checkLaws();
  }

  /** The last finished requests, oldest first. */
  samples(): readonly Sample[] {
    return [...this.recent.slice(this.recentAt), ...this.recent.slice(0, this.recentAt)];
  }

  private nextArrivalPs(): number {
    if (this.options.depth !== undefined) return this.thinking.length > 0 ? (this.thinking[0] as number) : Infinity;
    return this.pendingArrival ? this.source.arrivalPs : Infinity;
  }

  private fetch(): void {
    this.pendingArrival = this.issued < this.source.count;
    if (this.pendingArrival) this.source.next();
  }

  private arrive(nowPs: number): void {
    if (this.options.depth !== undefined) {
      this.thinking.shift();
      this.issue(nowPs);
      return;
    }
    if (this.free.length === 0) {
      this.stop = 'overload';
      return;
    }
    this.submit(nowPs);
    this.fetch();
  }

  private issue(nowPs: number): void {
    if (this.issued >= this.source.count) return;
    this.source.next();
    this.submit(nowPs);
  }

  private submit(nowPs: number): void {
    const { source } = this;
    const slot = this.free.pop();
    assert(slot !== undefined, 'a free slot');
    // A model walks from sector to sector: what is no number would never end.
    assert(source.lba >= 0 && source.sectors >= 0, 'a request has a place and a size');
    this.issued++;
    this.mark(nowPs);
    this.inDevice++;
    this.requests.set(slot, source.op, source.lba, source.sectors, nowPs);
    this.device.submit(slot, nowPs);
  }

  private collect(nowPs: number): void {
    const { finished } = this.device;
    for (let i = 0; i < finished.length; i++) {
      const slot = finished[i] as number;
      this.account(slot, nowPs);
      this.free.push(slot);
      if (this.options.depth === undefined) continue;
      // A source with its own pauses is for one worker: which of several would wait which is not known.
      const thinkPs = this.source.thinkPs ?? this.options.thinkPs;
      if (thinkPs === 0) this.issue(nowPs);
      else if (this.issued + this.thinking.length < this.source.count) this.thinking.push(nowPs + thinkPs);
    }
    finished.length = 0;
    if (this.completed === this.source.count) this.stop = 'done';
  }

  private account(slot: number, nowPs: number): void {
    const { requests } = this;
    const latencyPs = nowPs - (requests.arrivalPs[slot] as number);
    this.mark(nowPs);
    this.inDevice--;
    this.latencies[this.completed++] = latencyPs;
    this.moments.add(latencyPs);
    this.responseSum.add(latencyPs);
    const bin = binOf(latencyPs);
    (this.histogram[bin] as number)++;
    this.heat.add(nowPs, bin);
    this.bytes += (requests.count[slot] as number) * this.device.sectorBytes;
    if (requests.op[slot] === OP.read) this.reads++;
    else if (requests.op[slot] === OP.trim) this.trims++;
    const base = slot * PART_COUNT;
    let sum = 0;
    for (let p = 0; p < PART_COUNT; p++) {
      const part = requests.parts[base + p] as number;
      if (part === 0) continue;
      assert(part > 0, 'no part of a response is negative');
      sum += part;
      (this.partSums[p] as ExactSum).add(part);
    }
    assert(sum === latencyPs, 'the parts of a response sum to it');
    this.remember(slot, nowPs);
  }

  private remember(slot: number, nowPs: number): void {
    const { requests } = this;
    // Old samples are overwritten in place: the ring allocates only while it fills.
    const old = this.recent[this.recentAt];
    const parts = this.recent.length < RECENT ? new Float64Array(PART_COUNT) : (old as Sample).parts;
    parts.set(requests.parts.subarray(slot * PART_COUNT, (slot + 1) * PART_COUNT));
    const sample: Sample = {
      op: requests.op[slot] as number,
      lba: requests.lba[slot] as number,
      count: requests.count[slot] as number,
      unit: requests.unit[slot] as number,
      arrivalPs: requests.arrivalPs[slot] as number,
      donePs: nowPs,
      parts,
    };
    if (this.recent.length < RECENT) this.recent.push(sample);
    else {
      this.recent[this.recentAt] = sample;
      this.recentAt = (this.recentAt + 1) % RECENT;
    }
  }

  private mark(nowPs: number): void {
    this.presenceSum.add(this.inDevice * (nowPs - this.lastChangePs));
    this.lastChangePs = nowPs;
  }

  private checkLaws(): void {
    assert(this.issued === this.completed && this.inDevice === 0, 'every request that was accepted is answered once');
    assert(
      this.presenceSum.equals(this.responseSum),
      "Little's law: the integral of the number is the sum of the times",
    );
  }
}

/** Slots for a loop: what can be outstanding at once. */
export function slotsFor(depth: number | undefined, count: number): number {
  return Math.min(depth ?? MAX_WAITING, count);
}

/** Seeds a device apart from its workload. */
export function deviceSeed(seed: number): number {
  return new Random(seed, 'device').uint32();
}
