/**
 * Where everything lives in the machine's one buffer. The reference interpreter and the WebAssembly translator work on these same
 * bytes, so handing over is free and two states compare byte for byte. All little-endian.
 *
 * | offset      | content                                                                                   |
 * |-------------|-------------------------------------------------------------------------------------------|
 * | 0           | RAM, 64 KiB                                                                               |
 * | CORE_BASE   | core n, hardware thread t at n x CORE_BYTES + t x THREAD_BYTES: see CORE                  |
 * | CACHE_BASE  | per level: counts (f64 x 8), then meta (i32), then words (i32 x sets x ways)              |
 * | after       | DRAM: counts (f64 x 8), last refresh (f64), open row of each bank (i32, -1 closed)        |
 * | after       | only with several hardware threads: see SeveralLayout                                     |
 *
 * A cache word is `line * 2 + dirty`, -1 when empty; `line` is address >> log2(lineBytes). The order of a set's words:
 * - lru: most recently used first; fifo: newest first; empty words last;
 * - plru, random, srrip: by way. Their `meta`: plru the tree bits of each set (32 a word; bit 0 unused, node 1 the root, children
 *   2n and 2n + 1; 1 points right), random one xorshift32 state, srrip one RRPV a line.
 * A level with stride prefetch has STRIDE_ENTRIES x 4 more words of meta at the end: pc + 1, last address, stride, confidence.
 */
import { COHERENCE_COUNTS, type CoherenceCount } from '../isa/ports';
import { treeWords } from './cache/policies';
import type { CacheConfig, MachineConfig } from '../presets/machine';

export const RAM_BASE = 0;
export const RAM_BYTES = 0x10000;

export const CORE_BASE = 0x10000;
export const CORE_BYTES = 0x400;
export const THREAD_BYTES = 0x200;

/** Offsets inside a core's block. */
export const CORE = {
  /** 16 bytes; also 8 little-endian pairs. */
  registers: 0x00,
  /** u32 each. */
  pc: 0x10,
  sp: 0x14,
  /** FLAG bits of isa/table.ts. */
  flags: 0x18,
  stackLimit: 0x1c,
  /** The I-cache line that was fetched last, -1 for none: a fetch inside it costs nothing. */
  fetchLine: 0x20,
  /** CoreState. */
  state: 0x24,
  /** 1 while EI's one-instruction delay runs. */
  eiDelay: 0x28,
  exitCode: 0x2c,
  trap: 0x30,
  irqPending: 0x34,
  irqMask: 0x38,
  /** f64 each. */
  cycles: 0x40,
  instructions: 0x48,
  /** f64 x ACCOUNTS.length, in cycles. */
  ledger: 0x50,
  /** u32 each, of machines with several hardware threads. The thread that CORE_SELECT names. */
  selected: 0xd0,
  /** What CORE_START will give the selected thread: PC, SP, stack limit, w0. */
  startPc: 0xd4,
  startSp: 0xd8,
  startLimit: 0xdc,
  startArgument: 0xe0,
  /** 1 + the thread whose end this one sleeps for; 0 for none. */
  joined: 0xe4,
  /** In thread 0's block, of a core with two threads: which has the pipeline; f64: until when, since when. */
  active: 0xe8,
  pipelineFreeAt: 0xf0,
  pipelineSince: 0xf8,
} as const;

/** `parked` lies below the others, so that what is `halted` or more has stopped the machine. */
export const CoreState = { parked: -1, running: 0, waiting: 1, halted: 2, trapped: 3 } as const;

/** The ledger's accounts, in the order in which they lie in memory. */
export const ACCOUNTS = [
  'compute',
  'l1i',
  'l1d',
  'l2',
  'l3',
  'ram',
  'ssd',
  'hdd',
  'console',
  'network',
  'sleep',
  // Of machines with several hardware threads.
  /** Waits for the bus, for other cores' caches, for their acknowledgement of an upgrade. */
  'bus',
  /** Waits until the core's other thread gives the pipeline away, and the switch. */
  'thread',
] as const;
export type Account = (typeof ACCOUNTS)[number];
export const ACCOUNT = Object.fromEntries(ACCOUNTS.map((name, index) => [name, index])) as Readonly<
  Record<Account, number>
>;

export const CACHE_BASE = CORE_BASE + 4 * CORE_BYTES;

/** Entries of the reference prediction table of a stride prefetcher. */
export const STRIDE_ENTRIES = 16;
export const STRIDE_WORDS = 4;

/** Index of a count inside a level's or the DRAM's block of f64 counts. */
export const COUNT = {
  reads: 0,
  writes: 1,
  readMisses: 2,
  writeMisses: 3,
  evictions: 4,
  writebacks: 5,
  bytesFromNext: 6,
  bytesToNext: 7,
} as const;
export const DRAM_COUNT = { reads: 0, writes: 1, rowHits: 2, rowMisses: 3, rowConflicts: 4, refreshes: 5 } as const;

/** Index of a count of COHERENCE_COUNTS inside a core's block of f64. False sharing is counted as what is known so far. */
export const COHERENCE_COUNT = Object.fromEntries(COHERENCE_COUNTS.map(([name], index) => [name, index])) as Readonly<
  Record<CoherenceCount, number>
>;
export const COHERENCE_BLOCK = 16;

/** Index inside the f64 block `clock` of SeveralLayout. */
export const SHARED_CLOCK = { now: 0, busFreeAt: 1 } as const;

export interface LevelLayout {
  /** Byte offset of 8 f64 counts. */
  readonly counts: number;
  /** Byte offset and number of i32 meta words. */
  readonly meta: number;
  readonly metaWords: number;
  /** Byte offset and number of i32 words. */
  readonly words: number;
  readonly lines: number;
}

/** What a machine with several hardware threads has more; byte offsets. */
export interface SeveralLayout {
  /** The L1s of each core; those of core 0 are the machine's l1i and l1d. */
  readonly l1: readonly { readonly l1i: LevelLayout | null; readonly l1d: LevelLayout | null }[];
  /** SHARED_CLOCK, f64 x 2. */
  readonly clock: number;
  /** f64 x 16 for each core: COHERENCE_COUNT. */
  readonly counts: readonly number[];
  /** For each core one byte a line of the address space: LINE of memory/bus.ts. */
  readonly flags: readonly number[];
  /** Lines of L1D in the address space. */
  readonly lines: number;
  /** One byte an address: bit n says that another core wrote it since core n's last essential miss of the line. */
  readonly fresh: number;
  /** u32 x 2 a line: coherence misses on it, false sharing among them. */
  readonly lineCounts: number;
}

export interface MachineLayout {
  readonly l1i: LevelLayout | null;
  readonly l1d: LevelLayout | null;
  readonly l2: LevelLayout | null;
  readonly l3: LevelLayout | null;
  /** Byte offset of 8 f64 counts, of the f64 last refresh, and of one i32 a bank. */
  readonly dram: { readonly counts: number; readonly lastRefresh: number; readonly rows: number } | null;
  /** null with one core of one thread. */
  readonly several: SeveralLayout | null;
  /** Bytes of the buffer that are state; a translator may use what follows. */
  readonly stateBytes: number;
}

/** Words of meta that a level's policy and prefetcher need. */
export function metaWords(cache: CacheConfig): number {
  const lines = cache.sizeBytes / cache.lineBytes;
  const policy = { lru: 0, fifo: 0, plru: (lines / cache.ways) * treeWords(cache.ways), random: 1, srrip: lines }[
    cache.policy
  ];
  return policy + (cache.prefetch === 'stride' ? STRIDE_ENTRIES * STRIDE_WORDS : 0);
}

export function layoutOf(config: MachineConfig): MachineLayout {
  let next = CACHE_BASE;
  const take = (bytes: number) => {
    const at = next;
    next += (bytes + 7) & ~7;
    return at;
  };
  const level = (cache: CacheConfig | null): LevelLayout | null => {
    if (!cache) return null;
    const lines = cache.sizeBytes / cache.lineBytes;
    const counts = take(8 * 8);
    const words = metaWords(cache);
    return { counts, meta: take(4 * words), metaWords: words, words: take(4 * lines), lines };
  };
  const levels = { l1i: level(config.l1i), l1d: level(config.l1d), l2: level(config.l2), l3: level(config.l3) };
  const dram = config.dram && { counts: take(8 * 8), lastRefresh: take(8), rows: take(4 * config.dram.banks) };
  const several = config.cores * config.threads > 1 ? severalLayout(config, levels, take, level) : null;
  return { ...levels, dram, several, stateBytes: next };
}

function severalLayout(
  { cores, l1i, l1d }: MachineConfig,
  first: SeveralLayout['l1'][number],
  take: (bytes: number) => number,
  level: (cache: CacheConfig | null) => LevelLayout | null,
): SeveralLayout {
  const each = <T>(make: (core: number) => T) => Array.from({ length: cores }, (_, core) => make(core));
  const lines = RAM_BYTES / (l1d?.lineBytes ?? RAM_BYTES);
  return {
    l1: each((core) => (core === 0 ? { l1i: first.l1i, l1d: first.l1d } : { l1i: level(l1i), l1d: level(l1d) })),
    clock: take(8 * 2),
    counts: each(() => take(8 * COHERENCE_BLOCK)),
    flags: each(() => take(lines)),
    lines,
    fresh: take(l1d ? RAM_BYTES : 0),
    lineCounts: take(8 * lines),
  };
}
