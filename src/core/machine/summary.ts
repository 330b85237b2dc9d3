/** What a run comes to: the object that `orrery run --json` prints. All times are whole nanoseconds that sum exactly. */
import { CACHE_COUNTS, CACHE_LEVELS, type CacheCount, type CacheLevel, type CoherenceCount } from '../isa/ports';
import { TRAPS } from '../isa/traps';
import { dramCounts } from './counters';
import { nanosOf } from './devices/clock';
import type { Disk } from './devices/disk';
import { placesOf, type ProgramPlace } from './debug/places';
import type { Core } from './cpu/core';
import { bouncingLines, type BouncingLine } from './debug/sharing';
import { ACCOUNT, COHERENCE_COUNT, CoreState, DRAM_COUNT } from './layout';
import type { Machine } from './machine';
import type { MemorySystem } from './memory/system';
import { stateHash } from './state-hash';

/** Bouncing lines that a summary names. */
const MOST_LINES = 10;

export type CacheSummary = Record<CacheCount, number>;

export interface TrapSummary {
  readonly id: string;
  readonly pc: number;
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** Where the program was, from the innermost call outward: the first place is that of the trap. */
  readonly stack: readonly ProgramPlace[];
}

export interface RunSummary {
  readonly exit: { readonly kind: 'halt' | 'trap' | 'limit'; readonly code: number; readonly trap: TrapSummary | null };
  readonly output: string;
  readonly instructions: number;
  readonly cycles: number;
  readonly timeNs: number;
  readonly caches: Partial<Record<CacheLevel, CacheSummary>>;
  readonly ram: {
    readonly rowHits: number;
    readonly rowMisses: number;
    readonly rowConflicts: number;
    readonly refreshes: number;
  };
  readonly devices: Readonly<Record<'ssd0' | 'hdd0', DiskSummary>>;
  readonly ledger: Ledger;
  /** Only with several hardware threads. */
  readonly cores?: readonly CoreSummary[];
  /** Lines that coherence misses brought back most often. Only with several cores. */
  readonly sharing?: readonly BouncingLine[];
  readonly code: { readonly textBytes: number; readonly dataBytes: number; readonly bssBytes: number };
  readonly stateHash: string;
}

export interface DiskSummary {
  readonly reads: number;
  readonly writes: number;
  readonly busyNs: number;
}

/** The ledger's accounts as people read them. `l3Ns` only with a third level. */
export interface Ledger {
  readonly computeNs: number;
  readonly l1Ns: number;
  readonly l2Ns: number;
  readonly l3Ns?: number;
  readonly ramNs: number;
  readonly ssdNs: number;
  readonly hddNs: number;
  readonly consoleNs: number;
  readonly networkNs: number;
  readonly sleepNs: number;
  /** Only with several hardware threads: waits for the bus and for other cores; for the core's other thread. */
  readonly busNs?: number;
  readonly threadNs?: number;
}

export type CoherenceSummary = Readonly<Record<Exclude<CoherenceCount, 'waitCycles'>, number>> & {
  /** While the bus was busy with others. */
  readonly waitNs: number;
};

/** One hardware thread. Its ledger sums to its time. */
export interface ThreadSummary {
  readonly state: string;
  readonly instructions: number;
  readonly cycles: number;
  readonly ledger: Ledger;
}

/** One core: instructions of all its threads; cycles and ledger of the one that ran longest. */
export interface CoreSummary extends ThreadSummary {
  readonly caches: Partial<Record<CacheLevel, CacheSummary>>;
  readonly coherence: CoherenceSummary;
  /** Only with two of them. */
  readonly threads?: readonly ThreadSummary[];
}

export function summarise(machine: Machine): RunSummary {
  const { core, config, image } = machine;
  const longest = longestOf(machine.threads);
  const trapped = core.state === CoreState.trapped;
  const halted = core.state === CoreState.halted;
  return {
    exit: {
      kind: trapped ? 'trap' : halted ? 'halt' : 'limit',
      code: halted ? core.exitCode : 0,
      trap: trapped ? describeTrap(machine) : null,
    },
    output: outputText(machine),
    instructions: machine.instructions,
    cycles: longest.cycles,
    timeNs: nanosOf(longest.cycles, config.cyclePs),
    caches: cacheSummaries(machine.systems),
    ram: ramSummary(machine),
    devices: { ssd0: diskSummary(machine, machine.devices.ssd0), hdd0: diskSummary(machine, machine.devices.hdd0) },
    ledger: ledgerOf(machine, longest),
    ...(machine.threads.length > 1 ? { cores: coreSummaries(machine) } : {}),
    ...(machine.coherence ? { sharing: bouncingLines(machine, MOST_LINES) } : {}),
    code: image?.sizes ?? { textBytes: 0, dataBytes: 0, bssBytes: 0 },
    stateHash: stateHash(machine),
  };
}

/** The console's bytes as text, one character a byte (ISO 8859-1): programs write bytes, not encodings. */
export function outputText(machine: Machine, from = 0): string {
  const bytes = machine.devices.console.outputFrom(from);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 8192) parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  return parts.join('');
}

/** The trap that stopped the machine, with its place in the program's own files (not the library's), its callers and the reason. */
export function describeTrap(machine: Machine): TrapSummary {
  const { core } = machine;
  const known = TRAPS.find((trap) => trap.number === core.trap);
  const stack = placesOf(machine);
  const [place] = stack;
  return {
    id: known?.id ?? `trap-${core.trap}`,
    pc: core.pc,
    file: place?.file ?? null,
    line: place?.line ?? 0,
    column: place?.column ?? 0,
    message: known?.reason ?? `the program raised trap ${core.trap}`,
    stack,
  };
}

/**
 * Accounts in whole nanoseconds. Each is the difference of two rounded running sums, so that they add up to the rounded total even when a
 * cycle is no whole number of nanoseconds.
 */
export function ledgerOf(machine: Machine, core = machine.core): Ledger {
  const { config } = machine;
  const cycles = (...accounts: (keyof typeof ACCOUNT)[]) =>
    accounts.reduce((sum, account) => sum + (core.ledger[ACCOUNT[account]] as number), 0);
  let sum = 0;
  const next = (amount: number) => {
    const before = nanosOf(sum, config.cyclePs);
    sum += amount;
    return nanosOf(sum, config.cyclePs) - before;
  };
  return {
    computeNs: next(cycles('compute')),
    l1Ns: next(cycles('l1i', 'l1d')),
    l2Ns: next(cycles('l2')),
    ...(config.l3 ? { l3Ns: next(cycles('l3')) } : {}),
    ramNs: next(cycles('ram')),
    ssdNs: next(cycles('ssd')),
    hddNs: next(cycles('hdd')),
    consoleNs: next(cycles('console')),
    networkNs: next(cycles('network')),
    sleepNs: next(cycles('sleep')),
    ...(machine.threads.length > 1 ? { busNs: next(cycles('bus')), threadNs: next(cycles('thread')) } : {}),
  };
}

const longestOf = (threads: readonly Core[]): Core => threads.reduce((a, b) => (b.cycles > a.cycles ? b : a));

/** What each core did, in their order. */
export function coreSummaries(machine: Machine): CoreSummary[] {
  const { config, threads } = machine;
  return Array.from({ length: config.cores }, (_, number) => {
    const own = threads.filter((thread) => thread.number === number);
    const parts = own.map((thread) => threadSummary(machine, thread));
    return {
      ...threadSummary(machine, longestOf(own)),
      instructions: own.reduce((sum, thread) => sum + thread.instructions, 0),
      caches: cacheSummaries([machine.systems[number] as MemorySystem], ['l1i', 'l1d']),
      coherence: coherenceSummary(machine, number),
      ...(parts.length > 1 ? { threads: parts } : {}),
    };
  });
}

function threadSummary(machine: Machine, thread: Core): ThreadSummary {
  const state = Object.entries(CoreState).find(([, value]) => value === thread.state)?.[0] ?? '';
  const { instructions, cycles } = thread;
  return { state, instructions, cycles, ledger: ledgerOf(machine, thread) };
}

function coherenceSummary({ coherence, config }: Machine, core: number): CoherenceSummary {
  const counts = coherence?.counts(core);
  const { waitCycles, ...names } = COHERENCE_COUNT;
  const entries = Object.entries(names).map(([name, i]) => [name, counts?.[i] ?? 0]);
  return {
    ...(Object.fromEntries(entries) as Record<keyof typeof names, number>),
    waitNs: nanosOf(counts?.[waitCycles] ?? 0, config.cyclePs),
  };
}

/** Private levels of several cores are added up; a shared one counts once. */
function cacheSummaries(
  systems: readonly MemorySystem[],
  names: readonly CacheLevel[] = CACHE_LEVELS,
): Partial<Record<CacheLevel, CacheSummary>> {
  const found: Partial<Record<CacheLevel, CacheSummary>> = {};
  for (const name of names) {
    const levels = [...new Set(systems.map((system) => system[name]))].filter((level) => level !== null);
    if (levels.length === 0) continue;
    const sum = (i: number) => levels.reduce((total, level) => total + (level.counts[i] as number), 0);
    found[name] = Object.fromEntries(CACHE_COUNTS.map((count, i) => [count, sum(i)])) as CacheSummary;
  }
  return found;
}

function ramSummary(machine: Machine) {
  const counts = dramCounts(machine);
  return {
    rowHits: counts[DRAM_COUNT.rowHits] as number,
    rowMisses: counts[DRAM_COUNT.rowMisses] as number,
    rowConflicts: counts[DRAM_COUNT.rowConflicts] as number,
    refreshes: counts[DRAM_COUNT.refreshes] as number,
  };
}

function diskSummary(machine: Machine, disk: Disk): DiskSummary {
  return { reads: disk.reads, writes: disk.writes, busyNs: nanosOf(disk.busyCycles, machine.config.cyclePs) };
}
