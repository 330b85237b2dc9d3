/**
 * An address trace through a hierarchy of caches: what `orrery cache` runs. Reads and writes go to L1D, instruction fetches to L1I;
 * a kind without its own L1 goes to the next level. At the end dirty lines are flushed, upper levels first, which counts as bytes to
 * the next level there and as ordinary writes in the level below, but not as evictions or writebacks.
 */
import { CACHE_COUNTS, type CacheCount, type CacheLevel as LevelName } from '../../isa/ports';
import { metaWords } from '../layout';
import { Clock, type Below } from '../memory/below';
import type { CacheConfig } from '../../presets/machine';
import { LineTrace, optMisses, StackDistances, ThreeC } from './analysis';
import { CacheLevel } from './level';

export interface TraceOptions {
  readonly levels: Partial<Record<LevelName, CacheConfig>>;
  readonly threeC?: boolean;
  /** Both for the L1D line size; OPT for its number of lines. */
  readonly stackDistance?: boolean;
  readonly opt?: boolean;
  readonly seed?: number;
}

export type LevelResult = Record<CacheCount, number> & { compulsory?: number; capacity?: number; conflict?: number };

export interface TraceResult {
  readonly accesses: { readonly reads: number; readonly writes: number; readonly fetches: number };
  readonly caches: Partial<Record<LevelName, LevelResult>>;
  readonly stackDistance?: { readonly cold: number; readonly histogram: Readonly<Record<string, number>> };
  readonly opt?: { readonly misses: number };
}

const MEMORY: Below = { read: () => undefined, write: () => undefined };

export class TraceRun {
  private readonly levels: Partial<Record<LevelName, CacheLevel>> = {};
  private readonly classes = new Map<LevelName, ThreeC>();
  private readonly data: Below;
  private readonly code: Below;
  private readonly lineBytes: number;
  private readonly distances: StackDistances | null;
  private readonly trace: LineTrace | null;
  private reads = 0;
  private writes = 0;
  private fetches = 0;

  constructor(private readonly options: TraceOptions) {
    const l3 = this.build('l3', MEMORY);
    const l2 = this.build('l2', l3 ?? MEMORY);
    const shared = l2 ?? l3 ?? MEMORY;
    this.code = this.build('l1i', shared) ?? shared;
    this.data = this.build('l1d', shared) ?? shared;
    this.lineBytes = options.levels.l1d?.lineBytes ?? 1;
    this.distances = options.stackDistance ? new StackDistances() : null;
    this.trace = options.opt ? new LineTrace() : null;
  }

  read(address: number, bytes: number): void {
    this.reads++;
    this.data.read(address, bytes);
    this.note(address, bytes);
  }

  write(address: number, bytes: number): void {
    this.writes++;
    this.data.write(address, bytes);
    this.note(address, bytes);
  }

  fetch(address: number, bytes: number): void {
    this.fetches++;
    this.code.read(address, bytes);
  }

  finish(): TraceResult {
    const { levels, distances, trace } = this;
    for (const level of [levels.l1i, levels.l1d, levels.l2, levels.l3]) level?.flush();
    const l1d = this.options.levels.l1d;
    return {
      accesses: { reads: this.reads, writes: this.writes, fetches: this.fetches },
      caches: Object.fromEntries(
        (['l1i', 'l1d', 'l2', 'l3'] as const).filter((name) => levels[name]).map((name) => [name, this.resultOf(name)]),
      ),
      ...(distances
        ? { stackDistance: { cold: distances.cold, histogram: Object.fromEntries(distances.sorted()) } }
        : {}),
      ...(trace && l1d ? { opt: { misses: optMisses(trace.view(), l1d.sizeBytes / l1d.lineBytes) } } : {}),
    };
  }

  private resultOf(name: LevelName): LevelResult {
    const level = this.levels[name] as CacheLevel;
    const counts = Object.fromEntries(CACHE_COUNTS.map((count, i) => [count, level.counts[i] as number]));
    const classes = this.classes.get(name);
    return {
      ...(counts as Record<CacheCount, number>),
      ...(classes ? { compulsory: classes.compulsory, capacity: classes.capacity, conflict: classes.conflict } : {}),
    };
  }

  private build(name: LevelName, below: Below): CacheLevel | undefined {
    const config = this.options.levels[name];
    if (!config) return undefined;
    const lines = config.sizeBytes / config.lineBytes;
    const state = {
      counts: new Float64Array(8),
      meta: new Int32Array(metaWords(config)),
      words: new Float64Array(lines),
    };
    const level = new CacheLevel(config, state, below, new Clock(new Float64Array(1)), 0, this.options.seed ?? 1);
    if (this.options.threeC) {
      const classes = new ThreeC(lines, config.allocate);
      level.observer = classes;
      this.classes.set(name, classes);
    }
    this.levels[name] = level;
    return level;
  }

  private note(address: number, bytes: number): void {
    const { distances, trace, lineBytes } = this;
    if (!distances && !trace) return;
    const last = Math.floor((address + bytes - 1) / lineBytes);
    for (let line = Math.floor(address / lineBytes); line <= last; line++) {
      distances?.line(line);
      trace?.push(line);
    }
  }
}
