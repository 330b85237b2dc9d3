/** What a run comes to: the object that `orrery run --json` prints. All times are whole nanoseconds that sum exactly. */
import { CACHE_COUNTS, CACHE_LEVELS, type CacheCount, type CacheLevel } from '../isa/ports';
import { TRAPS } from '../isa/traps';
import { nanosOf } from './devices/clock';
import type { Disk } from './devices/disk';
import { placesOf, type ProgramPlace } from './debug/places';
import { ACCOUNT, CoreState, DRAM_COUNT } from './layout';
import type { Machine } from './machine';
import { stateHash } from './state-hash';

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
}

export function summarise(machine: Machine): RunSummary {
  const { core, config, image } = machine;
  const trapped = core.state === CoreState.trapped;
  const halted = core.state === CoreState.halted;
  return {
    exit: {
      kind: trapped ? 'trap' : halted ? 'halt' : 'limit',
      code: halted ? core.exitCode : 0,
      trap: trapped ? describeTrap(machine) : null,
    },
    output: outputText(machine),
    instructions: core.instructions,
    cycles: core.cycles,
    timeNs: nanosOf(core.cycles, config.cyclePs),
    caches: cacheSummaries(machine),
    ram: ramSummary(machine),
    devices: { ssd0: diskSummary(machine, machine.devices.ssd0), hdd0: diskSummary(machine, machine.devices.hdd0) },
    ledger: ledgerOf(machine),
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
export function ledgerOf(machine: Machine): Ledger {
  const { core, config } = machine;
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
  };
}

function cacheSummaries(machine: Machine): Partial<Record<CacheLevel, CacheSummary>> {
  const found: Partial<Record<CacheLevel, CacheSummary>> = {};
  for (const name of CACHE_LEVELS) {
    const level = machine.system[name];
    if (!level) continue;
    found[name] = Object.fromEntries(
      CACHE_COUNTS.map((count, i) => [count, level.counts[i] as number]),
    ) as CacheSummary;
  }
  return found;
}

function ramSummary(machine: Machine) {
  const counts = machine.dramCounts();
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
