/**
 * What is asked of a device: a workload in fio's terms, or a trace. A workload plus a seed is a fixed sequence of requests,
 * whatever the device does with them; a closed loop keeps `depth` of them outstanding, an open loop sends them at a rate.
 */
import { log } from '../../base/math';
import { Random } from '../../base/random';
import { err, ok, type Result } from '../../base/result';
import { OP, SECTOR_BYTES } from '../device';
import { makePicker, type BlockPicker, type Distribution } from './distributions';

/** `trace`: what a trace says; only in what is reported of one. */
export type Pattern = 'random' | 'sequential' | 'row-hit' | 'row-conflict' | 'trace';

export interface Workload {
  readonly pattern: Pattern;
  /** Percent of reads, 0..100. */
  readonly readPercent: number;
  /** Percent of the rest that gives blocks up instead of writing them, 0..100. */
  readonly trimPercent: number;
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
  trimPercent: 0,
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

/** One line of a trace; arrival is relative to the first. In bytes, for a sector of RAM is not that of a disk. */
export interface TraceRequest {
  readonly arrivalPs: number;
  readonly op: number;
  readonly offset: number;
  readonly bytes: number;
  /** Pause of the program between the answer to the request before and this one, 0 where it is not known. */
  readonly thinkPs: number;
  /** Where it stands in the text. */
  readonly line: number;
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
  /** Pause before the next request of a closed loop, where the source knows better than the workload. */
  readonly thinkPs?: number;
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
  if (!(w.trimPercent >= 0 && w.trimPercent <= 100)) return err(`trim share must be 0 to 100 %, not ${w.trimPercent}`);
  if (w.trimPercent > 0 && device.sectorBytes !== SECTOR_BYTES) return err('only a disk or an SSD can give blocks up');
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

export interface TraceReplay {
  /** Waits before each request as the program did. */
  readonly withPauses: boolean;
  /** Folds what lies beyond the end of a smaller device back to its beginning. */
  readonly fold: boolean;
}

export function traceSource(trace: readonly TraceRequest[], device: DeviceShape, replay: TraceReplay): RequestSource {
  return new Traced(trace, device, replay);
}

class Traced implements RequestSource {
  readonly count: number;
  op = 0;
  lba = 0;
  sectors = 0;
  arrivalPs = 0;
  private index = 0;

  constructor(
    private readonly trace: readonly TraceRequest[],
    private readonly device: DeviceShape,
    private readonly replay: TraceReplay,
  ) {
    this.count = trace.length;
  }

  get thinkPs(): number {
    return this.replay.withPauses ? (this.trace[this.index]?.thinkPs ?? 0) : 0;
  }

  next(): void {
    const r = this.trace[this.index++] as TraceRequest;
    this.op = r.op;
    const { sectorBytes, capacitySectors } = this.device;
    const first = Math.floor(r.offset / sectorBytes);
    this.sectors = Math.ceil((r.offset + r.bytes) / sectorBytes) - first;
    // A request larger than the device has been refused.
    this.lba = this.replay.fold ? first % (capacitySectors - this.sectors + 1) : first;
    this.arrivalPs = r.arrivalPs;
  }
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
    const trims = !reads && w.trimPercent > 0 && this.kinds.float() * 100 < w.trimPercent;
    this.op = reads ? OP.read : trims ? OP.trim : OP.write;
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
      case 'trace':
        return 0;
      case 'row-conflict': {
        const stride = this.device.conflictStride as number;
        const rows = Math.max(1, Math.floor(this.device.capacitySectors / stride));
        return (this.index % rows) * stride;
      }
    }
  }
}
