/**
 * What is asked of a device: a workload in fio's terms, or a trace. A workload plus a seed is a fixed sequence of requests,
 * whatever the device does with them; a closed loop keeps `depth` of them outstanding, an open loop sends them at a rate.
 */
import { log } from '../../base/math';
import { Random } from '../../base/random';
import { err, ok, type Result } from '../../base/result';
import { OP } from '../device';
import { makePicker, type BlockPicker, type Distribution } from './distributions';

export type Pattern = 'random' | 'sequential' | 'row-hit' | 'row-conflict';

export interface Workload {
  readonly pattern: Pattern;
  /** Percent of reads, 0..100. */
  readonly readPercent: number;
  readonly blockBytes: number;
  readonly distribution: Distribution;
  /** Closed loop: requests outstanding. */
  readonly depth: number;
  /** Pause between an answer and the next request of the same worker, closed loop only. */
  readonly thinkUs: number;
  /** Open loop: mean arrivals a second, exponential gaps; overrides the depth. */
  readonly rateIops?: number;
  /** Open loop with equal gaps, in picoseconds. */
  readonly intervalPs?: number;
  readonly count: number;
  readonly seed: number;
  /** First and number of sectors used; the whole device without it. */
  readonly range?: { readonly first: number; readonly sectors: number };
}

export const DEFAULT_WORKLOAD: Workload = {
  pattern: 'random',
  readPercent: 100,
  blockBytes: 4096,
  distribution: { kind: 'uniform' },
  depth: 1,
  thinkUs: 0,
  count: 10_000,
  seed: 1,
};

/** More outstanding requests than any queue of NVMe holds. */
export const MAX_DEPTH = 65_536;
export const MAX_COUNT = 20_000_000;

/** One line of a trace; arrival is relative to the first. */
export interface TraceRequest {
  readonly arrivalPs: number;
  readonly op: number;
  readonly lba: number;
  readonly count: number;
}

/** Where requests come from. The same object gives them one after the other. */
export interface RequestSource {
  readonly count: number;
  /** Set by `next`. */
  op: number;
  lba: number;
  sectors: number;
  /** Time of arrival for an open loop; ignored in a closed one. */
  arrivalPs: number;
  next(): void;
}

export interface DeviceShape {
  readonly capacitySectors: number;
  readonly sectorBytes: number;
  /** RAM only: sectors between two that share a bank but not a row. */
  readonly conflictStride?: number;
}

/** Checks a workload against a device; the reason names the option. */
export function checkWorkload(w: Workload, device: DeviceShape): Result<Workload> {
  const whole = (n: number, least: number) => Number.isInteger(n) && n >= least;
  if (!whole(w.blockBytes, 1) || w.blockBytes % device.sectorBytes !== 0)
    return err(`block size must be a multiple of ${device.sectorBytes} bytes, not ${w.blockBytes}`);
  if (!whole(w.count, 1) || w.count > MAX_COUNT) return err(`count must be 1 to ${MAX_COUNT}, not ${w.count}`);
  if (!whole(w.depth, 1) || w.depth > MAX_DEPTH) return err(`depth must be 1 to ${MAX_DEPTH}, not ${w.depth}`);
  if (!(w.readPercent >= 0 && w.readPercent <= 100)) return err(`read share must be 0 to 100 %, not ${w.readPercent}`);
  if (w.rateIops !== undefined && !(w.rateIops > 0)) return err(`rate must be above 0, not ${w.rateIops}`);
  if (!(w.thinkUs >= 0)) return err(`think time must not be negative, not ${w.thinkUs}`);
  const first = w.range?.first ?? 0;
  const sectors = w.range?.sectors ?? device.capacitySectors - first;
  if (first < 0 || sectors < 1 || first + sectors > device.capacitySectors)
    return err(
      `sectors ${first} to ${first + sectors - 1} reach beyond the device, which has ${device.capacitySectors} sectors`,
    );
  if (w.blockBytes / device.sectorBytes > sectors)
    return err(`a block of ${w.blockBytes} bytes is larger than the ${sectors * device.sectorBytes} bytes in use`);
  if (w.pattern.startsWith('row-') && device.conflictStride === undefined)
    return err(`pattern ${w.pattern} is for RAM; a disk takes random or sequential`);
  const d = w.distribution;
  if (d.kind === 'zipf' && !(d.theta >= 0 && d.theta <= 10))
    return err(`zipf exponent must be 0 to 10, not ${d.theta}`);
  if (d.kind === 'pareto' && !(d.h > 0 && d.h < 1)) return err(`pareto share must lie between 0 and 1, not ${d.h}`);
  if (d.kind === 'hot-cold' && !(d.space > 0 && d.space <= 1 && d.traffic >= 0 && d.traffic <= 1))
    return err(`hot and cold shares must lie between 0 and 1, not ${d.space} and ${d.traffic}`);
  return ok(w);
}

export function workloadSource(w: Workload, device: DeviceShape): RequestSource {
  return new Generated(w, device);
}

export function traceSource(trace: readonly TraceRequest[]): RequestSource {
  let i = 0;
  return {
    count: trace.length,
    op: 0,
    lba: 0,
    sectors: 0,
    arrivalPs: 0,
    next() {
      const r = trace[i++] as TraceRequest;
      this.op = r.op;
      this.lba = r.lba;
      this.sectors = r.count;
      this.arrivalPs = r.arrivalPs;
    },
  };
}

class Generated implements RequestSource {
  readonly count: number;
  op = 0;
  lba = 0;
  sectors: number;
  arrivalPs = 0;
  private index = 0;
  private readonly first: number;
  private readonly blocks: number;
  private readonly pick: BlockPicker;
  private readonly kinds: Random;
  private readonly gaps: Random;
  private readonly meanGapPs: number;

  constructor(
    private readonly w: Workload,
    private readonly device: DeviceShape,
  ) {
    this.count = w.count;
    this.sectors = w.blockBytes / device.sectorBytes;
    this.first = w.range?.first ?? 0;
    const inUse = w.range?.sectors ?? device.capacitySectors - this.first;
    this.blocks = Math.floor(inUse / this.sectors);
    this.pick = makePicker(w.distribution, this.blocks, new Random(w.seed, 'addresses'));
    this.kinds = new Random(w.seed, 'operations');
    this.gaps = new Random(w.seed, 'arrivals');
    this.meanGapPs = w.rateIops === undefined ? 0 : 1e12 / w.rateIops;
  }

  next(): void {
    const { w } = this;
    const { readPercent } = w;
    const reads = readPercent === 100 || (readPercent > 0 && this.kinds.float() * 100 < readPercent);
    this.op = reads ? OP.read : OP.write;
    this.lba = this.first + this.offset();
    if (w.intervalPs !== undefined) this.arrivalPs = this.index * w.intervalPs;
    else if (w.rateIops !== undefined) this.arrivalPs += Math.round(-log(1 - this.gaps.float()) * this.meanGapPs);
    this.index++;
  }

  private offset(): number {
    switch (this.w.pattern) {
      case 'random':
        return this.pick() * this.sectors;
      case 'sequential':
        return (this.index % this.blocks) * this.sectors;
      case 'row-hit':
        return 0;
      case 'row-conflict': {
        const stride = this.device.conflictStride as number;
        const rows = Math.max(1, Math.floor(this.device.capacitySectors / stride));
        return (this.index % rows) * stride;
      }
    }
  }
}
