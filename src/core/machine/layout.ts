/**
 * Where everything lives in the machine's one buffer. The reference interpreter and the WebAssembly translator work on these same
 * bytes, so handing over is free and two states compare byte for byte. All little-endian.
 *
 * | offset      | content                                                                                   |
 * |-------------|-------------------------------------------------------------------------------------------|
 * | 0           | RAM, 64 KiB                                                                               |
 * | CORE_BASE   | core 0: see CORE                                                                          |
 * | CACHE_BASE  | per level: counts (f64 x 8), then meta (i32), then words (i32 x sets x ways)              |
 * | after       | DRAM: counts (f64 x 8), last refresh (f64), open row of each bank (i32, -1 closed)        |
 *
 * A cache word is `line * 2 + dirty`, -1 when empty; `line` is address >> log2(lineBytes). The order of a set's words:
 * - lru: most recently used first; fifo: newest first; empty words last;
 * - plru, random, srrip: by way. Their `meta`: plru the tree bits of each set (32 a word; bit 0 unused, node 1 the root, children
 *   2n and 2n + 1; 1 points right), random one xorshift32 state, srrip one RRPV a line.
 * A level with stride prefetch has STRIDE_ENTRIES x 4 more words of meta at the end: pc + 1, last address, stride, confidence.
 */
import { treeWords } from './cache/policies';
import type { CacheConfig, MachineConfig } from '../presets/machine';

export const RAM_BASE = 0;
export const RAM_BYTES = 0x10000;

export const CORE_BASE = 0x10000;
export const CORE_BYTES = 0x400;

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
} as const;

export const CoreState = { running: 0, waiting: 1, halted: 2, trapped: 3 } as const;

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

export interface MachineLayout {
  readonly l1i: LevelLayout | null;
  readonly l1d: LevelLayout | null;
  readonly l2: LevelLayout | null;
  readonly l3: LevelLayout | null;
  /** Byte offset of 8 f64 counts, of the f64 last refresh, and of one i32 a bank. */
  readonly dram: { readonly counts: number; readonly lastRefresh: number; readonly rows: number } | null;
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
  return { ...levels, dram, stateBytes: next };
}
