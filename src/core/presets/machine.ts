/**
 * What a machine is made of, and ready-made machines. "teaching" is small, so that misses are visible in 64 KiB: caches of 1 and
 * 4 KiB, and DRAM with today's timing but few and short rows. "real" has the proportions of a desktop of about 2010 to 2020 in
 * cycles; its caches hold the whole 64 KiB, as they would. "flat" has no memory hierarchy: each byte takes a cycle.
 */
import { DRAM_PRESETS, type DramPreset } from './dram';
import type { PresetBase } from './source';

export type ReplacementPolicy = 'lru' | 'plru' | 'fifo' | 'random' | 'srrip';
export type Inclusion = 'non-inclusive' | 'inclusive' | 'exclusive';
export type Prefetch = 'none' | 'next-line' | 'stride';

export const POLICIES: readonly ReplacementPolicy[] = ['lru', 'plru', 'fifo', 'random', 'srrip'];

export interface CacheConfig {
  readonly sizeBytes: number;
  readonly lineBytes: number;
  readonly ways: number;
  readonly policy: ReplacementPolicy;
  readonly write: 'back' | 'through';
  /** Whether a write that misses brings the line in. */
  readonly allocate: boolean;
  /** What a level below L1 promises about the levels above it; ignored for L1. */
  readonly inclusion: Inclusion;
  readonly prefetch: Prefetch;
  /** Time of a hit: for L1D a byte on the bus, for the levels below an access. */
  readonly hitCycles: number;
}

/** DRAM timing in memory clocks, as JEDEC names it; formulas in memory/dram.ts. */
export interface DramConfig {
  readonly name: string;
  readonly clockPs: number;
  readonly casLatency: number;
  readonly rowToColumn: number;
  readonly rowPrecharge: number;
  readonly burstLength: number;
  readonly refreshCycles: number;
  readonly refreshInterval: number;
  readonly banks: number;
  readonly rowBytes: number;
  /** Width of the data bus. */
  readonly busBytes: number;
}

/** What it costs several cores to keep their L1Ds coherent (memory/bus.ts), in cycles. */
export interface CoherenceConfig {
  /** The bus is held so long for a look-up below: by a miss that no other cache answers, and by a write-back. */
  readonly holdCycles: number;
  /** Another core's cache supplies a line that it has in E; in M. */
  readonly cleanCycles: number;
  readonly modifiedCycles: number;
  /** All others drop their copy of a shared line. */
  readonly upgradeCycles: number;
}

/** How a core's two hardware threads share its pipeline (scheduler.ts). */
export interface ThreadingConfig {
  /** From one thread's last cycle to the other's first. */
  readonly switchCycles: number;
  /** After so many cycles without a miss the other thread has its turn. */
  readonly timeoutCycles: number;
}

export interface MachineConfig {
  readonly name: string;
  /** 1 to 4, each with L1s of its own; more than one hardware thread runs on the reference interpreter. */
  readonly cores: number;
  /** Hardware threads a core: 1 or 2. */
  readonly threads: number;
  readonly coherence: CoherenceConfig;
  readonly threading: ThreadingConfig;
  /** Length of a CPU cycle. */
  readonly cyclePs: number;
  readonly l1i: CacheConfig | null;
  readonly l1d: CacheConfig | null;
  readonly l2: CacheConfig | null;
  readonly l3: CacheConfig | null;
  /** null: a flat memory that answers in one cycle a byte; the cache levels must be null too. */
  readonly dram: DramConfig | null;
  readonly multiplier: boolean;
  /** Lets a program write below the image's protectedEnd. */
  readonly writableCode: boolean;
  /** Traps when a function changes a callee-saved register (runs slower). */
  readonly checkConvention: boolean;
  /** Reports reads of memory and registers that nothing has written (runs slower). */
  readonly warnUninitialised: boolean;
  /** Where the loader reads the program from; 'none' places it in no time. */
  readonly bootFrom: 'ssd0' | 'hdd0' | 'none';
  /** Names of storage presets. */
  readonly ssd0: string;
  readonly hdd0: string;
  /** Time that the console takes for a byte, either way. */
  readonly consoleByteNs: number;
  readonly seed: number;
}

const dramPreset = (id: string): DramPreset => DRAM_PRESETS.find((p) => p.id === id) as DramPreset;

/** A memory part as the machine's DRAM; `geometry` scales banks and rows down. */
export function dramConfig(part: DramPreset, geometry: { banks?: number; rowBytes?: number } = {}): DramConfig {
  return {
    name: part.title,
    clockPs: Math.round(part.tckNs * 1000),
    casLatency: part.cl,
    rowToColumn: part.trcd,
    rowPrecharge: part.trp,
    burstLength: part.burst,
    refreshCycles: part.trfc,
    refreshInterval: part.trefi,
    banks: geometry.banks ?? part.banks,
    rowBytes: geometry.rowBytes ?? part.rowBytes,
    busBytes: part.busBytes,
  };
}

const LRU_BACK = {
  policy: 'lru',
  write: 'back',
  allocate: true,
  inclusion: 'non-inclusive',
  prefetch: 'none',
} as const;

/**
 * Beside an L3 hit of 40 cycles, a line in another core's cache takes about 65 and a modified one about 75 (Intel's guide, see `real`).
 * What asking the others adds, 25, is the price of an upgrade. The bus is held for a hit of the shared level.
 */
const REAL_COHERENCE: CoherenceConfig = { holdCycles: 10, cleanCycles: 65, modifiedCycles: 75, upgradeCycles: 25 };
/** The same in the proportions of a shared level that answers in 4 cycles instead of 40, rounded up. */
const TEACHING_COHERENCE: CoherenceConfig = { holdCycles: 4, cleanCycles: 7, modifiedCycles: 8, upgradeCycles: 3 };

const COMMON = {
  cores: 1,
  threads: 1,
  coherence: TEACHING_COHERENCE,
  // The IBM RS64 IV switches in three cycles; its time-out is the system's choice.
  threading: { switchCycles: 3, timeoutCycles: 400 },
  cyclePs: 1000,
  l3: null,
  multiplier: true,
  writableCode: false,
  checkConvention: false,
  warnUninitialised: false,
  bootFrom: 'ssd0',
  ssd0: 'nvme-consumer',
  hdd0: 'hdd-7200',
  consoleByteNs: 100,
  seed: 1,
} as const;

export interface MachinePreset extends PresetBase {
  readonly config: MachineConfig;
}

const l1 = { ...LRU_BACK, sizeBytes: 1024, lineBytes: 16, ways: 2, hitCycles: 1 };

const teaching = {
  id: 'teaching',
  title: 'Teaching machine',
  summary: '1 GHz; L1 2 x 1 KiB, L2 4 KiB; DDR4-3200 with 4 banks of 512-byte rows',
  year: 2020,
  sources: [
    { title: 'Jeff Dean, numbers everyone should know, 2020 revisions: L1 1 ns, L2 4 ns', year: 2020 },
    { title: 'DRAMsim3 configs/DDR4_8Gb_x8_3200.ini; banks and rows scaled down to 64 KiB', year: 2020 },
  ],
  config: {
    ...COMMON,
    name: 'teaching',
    l1i: l1,
    l1d: l1,
    l2: { ...LRU_BACK, sizeBytes: 4096, lineBytes: 64, ways: 4, hitCycles: 4 },
    dram: dramConfig(dramPreset('ddr4-3200'), { banks: 4, rowBytes: 512 }),
  },
} as const satisfies MachinePreset;

const real = {
  id: 'real',
  title: 'Proportions of a real machine',
  summary: '3 GHz; L1 2 x 32 KiB at 4 cycles, L2 256 KiB at 10, L3 8 MiB at 40; DDR4-2400',
  year: 2010,
  sources: [
    { title: 'Intel, Performance analysis guide for Core i7 and Xeon 5500: L1 4, L2 10, L3 40 cycles', year: 2009 },
    { title: 'DRAMsim3 configs/DDR4_8Gb_x8_2400.ini', year: 2020 },
  ],
  config: {
    ...COMMON,
    name: 'real',
    cyclePs: 333,
    coherence: REAL_COHERENCE,
    l1i: { ...LRU_BACK, sizeBytes: 32768, lineBytes: 64, ways: 4, hitCycles: 4 },
    l1d: { ...LRU_BACK, sizeBytes: 32768, lineBytes: 64, ways: 8, policy: 'plru', hitCycles: 4 },
    l2: { ...LRU_BACK, sizeBytes: 262144, lineBytes: 64, ways: 8, policy: 'plru', hitCycles: 10 },
    l3: { ...LRU_BACK, sizeBytes: 8388608, lineBytes: 64, ways: 16, inclusion: 'inclusive', hitCycles: 40 },
    dram: dramConfig(dramPreset('ddr4-2400')),
  },
} as const satisfies MachinePreset;

const flat = {
  id: 'flat',
  title: 'Flat memory',
  summary: '1 GHz, no caches, a cycle a byte; no start-up',
  year: 1980,
  sources: [{ title: 'static RAM as fast as the processor, as on the home computers of the time', year: 1980 }],
  config: { ...COMMON, name: 'flat', l1i: null, l1d: null, l2: null, dram: null, bootFrom: 'none', consoleByteNs: 0 },
} as const satisfies MachinePreset;

/** The geometry in which the engines' speed is measured. */
const bench = {
  id: 'bench',
  title: 'Benchmark geometry',
  summary: '1 GHz; L1 2 x 1 KiB 2-way, L2 8 KiB 4-way, 32-byte lines; DDR4-3200 as in the teaching machine',
  year: 2020,
  sources: teaching.sources,
  config: {
    ...teaching.config,
    name: 'bench',
    l1i: { ...l1, lineBytes: 32 },
    l1d: { ...l1, lineBytes: 32 },
    l2: { ...teaching.config.l2, sizeBytes: 8192, lineBytes: 32 },
  },
} as const satisfies MachinePreset;

const COHERENCE_SOURCES = [
  ...teaching.sources,
  {
    title:
      "Intel, Performance analysis guide for Core i7 and Xeon 5500: line in another core's cache 65 cycles, modified 75, beside an L3 hit of 40; scaled to an L2 hit of 4",
    year: 2009,
  },
] as const;

const dualCore = {
  id: 'dual-core',
  title: 'Teaching machine, two cores',
  summary: 'the teaching machine with two cores: private L1s, MESI on a snooping bus, shared L2',
  year: 2020,
  sources: COHERENCE_SOURCES,
  config: { ...teaching.config, name: 'dual-core', cores: 2 },
} as const satisfies MachinePreset;

const quadCore = {
  ...dualCore,
  id: 'quad-core',
  title: 'Teaching machine, four cores',
  summary: 'the teaching machine with four cores: private L1s, MESI on a snooping bus, shared L2',
  config: { ...teaching.config, name: 'quad-core', cores: 4 },
} as const satisfies MachinePreset;

const threads = {
  id: 'threads',
  title: 'Teaching machine, two hardware threads',
  summary: 'the teaching machine with two hardware threads in its core: one runs while the other waits for a miss',
  year: 2000,
  sources: [
    ...teaching.sources,
    {
      title:
        'Borkenhagen and others, A multithreaded PowerPC processor for commercial servers, IBM Journal of Research and Development 44(6): switch on a miss in three cycles, with a time-out',
      year: 2000,
    },
  ],
  config: { ...teaching.config, name: 'threads', threads: 2 },
} as const satisfies MachinePreset;

export const MACHINE_PRESETS: readonly MachinePreset[] = [teaching, real, flat, bench, dualCore, quadCore, threads];

export const TEACHING_MACHINE: MachineConfig = teaching.config;
export const FLAT_MACHINE: MachineConfig = flat.config;
export const BENCH_MACHINE: MachineConfig = bench.config;

export function machinePreset(id: string): MachinePreset | undefined {
  return MACHINE_PRESETS.find((preset) => preset.id === id);
}
