/**
 * The memory hierarchy of one core: L1I and L1D over L2 over L3 over DRAM, any of them absent. The core books its own bus time (the
 * hit time of L1D a byte, nothing for a fetch inside the line fetched last); this adds what goes beyond, on the clock.
 *
 * The interpreter and the translator recognise the common hits themselves, through `fast`: a fetch inside the current line, a
 * load that finds its line first in the set, a store that finds it first and dirty. None of those changes any state but counts.
 */
import { canEvict } from '../cache/geometry';
import { CacheLevel } from '../cache/level';
import type { CacheConfig, MachineConfig } from '../../presets/machine';
import type { Core } from '../cpu/core';
import { ACCOUNT, CORE, CORE_BASE, COUNT, type LevelLayout, type MachineLayout } from '../layout';
import { type Below, Clock } from './below';
import { Dram } from './dram';

/** How the engines recognise a hit that changes nothing but counts. */
export interface FastPath {
  /** log2 of the I-line, 31 when fetches are free. */
  fetchShift: number;
  /** False when each word fetched must be looked up. */
  fetchOnce: boolean;
  /** Where it is false: whether a line whose fetch hit stays as it is, whatever else is fetched from it, until another one is fetched. */
  fetchSettles: boolean;
  /** A fetch in another line hits and changes nothing else when fetchWords[(line & fetchMask) * fetchWays] >> 1 === line. */
  fetchMask: number;
  fetchWays: number;
  fetchWords: Int32Array;
  /** A load hits when (words[(line & mask) * ways] | 1) === (line << 1 | 1) with line = address >> shift; a store when without `| 1`. */
  shift: number;
  mask: number;
  ways: number;
  words: Int32Array;
  /** Cycles a byte on the data bus. */
  byteCycles: number;
}

/** Sees every access of the core with the cycles that it took beyond the bus: for recordings. */
export interface MemoryTap {
  fetch(address: number, bytes: number, cycles: number): void;
  data(address: number, bytes: number, write: boolean, cycles: number): void;
}

const FLAT: FastPath = {
  fetchShift: 31,
  fetchOnce: true,
  fetchSettles: false,
  fetchMask: 0,
  fetchWays: 1,
  fetchWords: Int32Array.of(-2),
  shift: 31,
  mask: 0,
  ways: 1,
  words: Int32Array.of(1),
  byteCycles: 1,
};

/** Memory without any latency of its own: what lies below when there is no DRAM. */
const NO_MEMORY: Below = { read: () => undefined, write: () => undefined };

/** L2, L3 and DRAM, any of them absent, and the clock on which all levels book. */
export class LowerMemory {
  readonly clock: Clock;
  readonly l2: CacheLevel | null;
  readonly l3: CacheLevel | null;
  readonly dram: Dram | null;
  /** What the L1s see. */
  readonly top: Below;

  constructor(config: MachineConfig, layout: MachineLayout, buffer: ArrayBufferLike) {
    this.clock = new Clock(new Float64Array(buffer as ArrayBuffer, CORE_BASE + CORE.ledger, 16));
    this.dram = config.dram && layout.dram ? this.buildDram(config, config.dram, layout.dram, buffer) : null;
    const memory: Below = this.dram ?? NO_MEMORY;
    this.l3 = buildLevel(config.l3, layout.l3, buffer, memory, this.clock, ACCOUNT.l3, config.seed ^ 0x3a5f);
    this.l2 = buildLevel(config.l2, layout.l2, buffer, this.l3 ?? memory, this.clock, ACCOUNT.l2, config.seed ^ 0x2c71);
    this.top = this.l2 ?? this.l3 ?? memory;
  }

  private buildDram(
    config: MachineConfig,
    dram: NonNullable<MachineConfig['dram']>,
    layout: NonNullable<MachineLayout['dram']>,
    buffer: ArrayBufferLike,
  ): Dram {
    const state = {
      counts: new Float64Array(buffer as ArrayBuffer, layout.counts, 8),
      lastRefresh: new Float64Array(buffer as ArrayBuffer, layout.lastRefresh, 1),
      rows: new Int32Array(buffer as ArrayBuffer, layout.rows, dram.banks),
    };
    return new Dram(dram, config.cyclePs, state, this.clock, ACCOUNT.ram);
  }
}

/** Where a core's L1s lie, and what is below each. */
export interface UpperParts {
  readonly l1i: LevelLayout | null;
  readonly l1d: LevelLayout | null;
  readonly belowCode: Below;
  readonly belowData: Below;
}

export class MemorySystem {
  readonly clock: Clock;
  readonly l1i: CacheLevel | null;
  readonly l1d: CacheLevel | null;
  readonly l2: CacheLevel | null;
  readonly l3: CacheLevel | null;
  readonly dram: Dram | null;
  fast: FastPath;
  protected tap: MemoryTap | null = null;
  private readonly belowCode: Below;
  private readonly belowData: Below;
  /** The block of the hardware thread that makes the accesses. */
  private core: Int32Array;

  constructor(
    readonly config: MachineConfig,
    layout: MachineLayout,
    buffer: ArrayBufferLike,
    lower = new LowerMemory(config, layout, buffer),
    upper: UpperParts = { l1i: layout.l1i, l1d: layout.l1d, belowCode: lower.top, belowData: lower.top },
  ) {
    const { clock } = lower;
    this.core = new Int32Array(buffer as ArrayBuffer, CORE_BASE, 64);
    this.clock = clock;
    this.dram = lower.dram;
    this.l3 = lower.l3;
    this.l2 = lower.l2;
    this.belowCode = upper.belowCode;
    this.belowData = upper.belowData;
    this.l1i = buildLevel(config.l1i, upper.l1i, buffer, this.belowCode, clock, ACCOUNT.l1i, config.seed ^ 0x1b93);
    this.l1d = buildLevel(config.l1d, upper.l1d, buffer, this.belowData, clock, ACCOUNT.l1d, config.seed ^ 0x1d07);
    this.fast = this.fastPath();
  }

  /** Accesses are this hardware thread's from now on. */
  serve(core: Core): void {
    this.core = core.words;
    this.clock.ledger = core.ledger;
  }

  /** Chooses the fast path anew: after an observer came or went. */
  refreshFastPath(): void {
    this.fast = this.fastPath();
  }

  setTap(tap: MemoryTap | null): void {
    this.tap = tap;
    this.refreshFastPath();
  }

  reset(): void {
    for (const level of [this.l1i, this.l1d, this.l2, this.l3, this.dram]) level?.reset();
  }

  /**
   * Fetches a word of code at cycle `now`, when it is not known to lie in the line fetched last; gives the cycles that it stalls.
   * The read itself is counted by the core, a word at a time.
   */
  fetch(pc: number, now: number): number {
    const { clock, core, l1i } = this;
    clock.now = now;
    const fetchLine = CORE.fetchLine >> 2;
    if (!l1i) {
      if (!this.dram) return 0;
      this.belowCode.read(pc, 2);
      this.tap?.fetch(pc, 2, clock.now - now);
      return clock.now - now;
    }
    const line = (pc / l1i.config.lineBytes) | 0;
    const entered = core[fetchLine] !== line;
    core[fetchLine] = line;
    if (entered && l1i.config.hitCycles > 1) clock.book(ACCOUNT.l1i, l1i.config.hitCycles - 1);
    l1i.pc = pc;
    // The core counts words; the level counts lookups.
    (l1i.counts[0] as number)--;
    l1i.touch(line, false, pc, 2);
    this.tap?.fetch(pc, 2, clock.now - now);
    return clock.now - now;
  }

  /** Fetches that missed in L1I. */
  get fetchMisses(): number {
    return this.l1i ? (this.l1i.counts[COUNT.readMisses] as number) : 0;
  }

  /** A data access at cycle `now`, after its bus time; gives the cycles beyond that. Counts everything. */
  data(address: number, bytes: number, write: boolean, pc: number, now: number): number {
    const { clock, l1d } = this;
    clock.now = now;
    if (l1d) {
      l1d.pc = pc;
      l1d.access(address, bytes, write, 0);
    } else if (write) this.belowData.write(address, bytes);
    else this.belowData.read(address, bytes);
    this.tap?.data(address, bytes, write, clock.now - now);
    return clock.now - now;
  }

  /** A read that is part of a read and a write in one: with other cores' caches, one that takes the line away from them. */
  readForOwnership(address: number, bytes: number, pc: number, now: number): number {
    return this.data(address, bytes, false, pc, now);
  }

  /** DMA wrote here: cached lines are stale and go, without being written back. */
  invalidate(address: number, bytes: number): void {
    for (const level of [this.l1i, this.l1d, this.l2, this.l3]) {
      if (!level) continue;
      const { lineBytes } = level.config;
      const last = Math.floor((address + bytes - 1) / lineBytes);
      for (let line = Math.floor(address / lineBytes); line <= last; line++) level.invalidate(line);
    }
    this.core[CORE.fetchLine >> 2] = -1;
  }

  protected fastPath(): FastPath {
    const { l1i, l1d } = this;
    if (!this.dram && !l1i && !l1d && !this.l2) return FLAT;
    const simple =
      l1d && l1d.config.policy === 'lru' && l1d.config.write === 'back' && l1d.config.prefetch !== 'stride';
    const exact = simple && !l1d.observer && !this.tap;
    const shift = l1d ? Math.log2(l1d.config.lineBytes) : 0;
    const keepsCode =
      l1i &&
      l1i.config.prefetch !== 'stride' &&
      !l1i.observer &&
      !this.tap &&
      ![this.config.l2, this.config.l3].some((level) => level?.inclusion === 'inclusive' && canEvict(level));
    // With SRRIP the second fetch from a line that missed changes how soon it goes.
    const safeFetch = keepsCode && l1i.config.policy !== 'srrip';
    const plainFetch = safeFetch && l1i.config.policy === 'lru' && l1i.config.hitCycles === 1;
    return {
      fetchShift: l1i ? Math.log2(l1i.config.lineBytes) : 1,
      fetchOnce: Boolean(safeFetch),
      fetchSettles: Boolean(keepsCode),
      fetchMask: plainFetch ? l1i.sets - 1 : 0,
      fetchWays: plainFetch ? l1i.ways : 1,
      fetchWords: plainFetch ? (l1i.words as Int32Array) : Int32Array.of(-2),
      shift,
      mask: exact ? l1d.sets - 1 : 0,
      ways: exact ? l1d.ways : 1,
      words: exact ? (l1d.words as Int32Array) : Int32Array.of(-2),
      byteCycles: l1d ? l1d.config.hitCycles : 0,
    };
  }
}

function buildLevel(
  cache: CacheConfig | null,
  at: LevelLayout | null,
  buffer: ArrayBufferLike,
  below: Below,
  clock: Clock,
  account: number,
  seed: number,
): CacheLevel | null {
  return cache && at ? new CacheLevel(cache, levelState(buffer, at), below, clock, account, seed | 1) : null;
}

function levelState(buffer: ArrayBufferLike, at: LevelLayout) {
  return {
    counts: new Float64Array(buffer as ArrayBuffer, at.counts, 8),
    meta: new Int32Array(buffer as ArrayBuffer, at.meta, at.metaWords),
    words: new Int32Array(buffer as ArrayBuffer, at.words, at.lines),
  };
}
