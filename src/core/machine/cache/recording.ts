/**
 * The accesses of a run as they reach one level of cache, recorded by running the program once more from its start with the same inputs.
 * Bounded: a recording that is full ends the run, and says so.
 */
import type { Image } from '../../assembler/image';
import type { MachineConfig } from '../../presets/machine';
import { dramCounts } from '../counters';
import type { LoggedInput } from '../input';
import { COUNT, CoreState, DRAM_COUNT } from '../layout';
import { Machine } from '../machine';
import type { MemorySystem } from '../memory/system';

export const RECORDED_LEVELS = ['l1d', 'l1i', 'l2'] as const;
export type RecordedLevel = (typeof RECORDED_LEVELS)[number];

/** Some seconds of analysis. */
export const MAX_RECORDED = 1_000_000;
/** Instructions between two yields. */
const STRETCH = 50_000;

/** Packed accesses: 16 bits of address, 15 of length, one for a write. */
export class AccessTrace {
  private words = new Uint32Array(1 << 12);
  length = 0;

  get isFull(): boolean {
    return this.length >= MAX_RECORDED;
  }

  push(address: number, bytes: number, write: boolean): void {
    if (this.isFull) return;
    if (this.length === this.words.length) {
      const grown = new Uint32Array(this.words.length * 2);
      grown.set(this.words);
      this.words = grown;
    }
    this.words[this.length++] = ((address << 16) | (bytes << 1) | (write ? 1 : 0)) >>> 0;
  }

  /** Each access in turn. */
  forEach(take: (address: number, bytes: number, write: boolean) => void, from = 0, to = this.length): void {
    for (let i = from; i < to; i++) {
      const word = this.words[i] as number;
      take(word >>> 16, (word >>> 1) & 0x7fff, (word & 1) === 1);
    }
  }
}

export interface Recording {
  readonly trace: AccessTrace;
  /** False when the program went on beyond what could be recorded. */
  readonly isComplete: boolean;
  /** What the accesses took in all, the bus included, in cycles; not known for L2. */
  readonly cycles: number;
  /** What the law says that they take on average: hit time + miss rate x (the same of the level below). */
  readonly amat: number;
  /** Misses of the level as it is. */
  readonly misses: number;
  /** Mean cycles that a miss costs beyond the hit. */
  readonly missCycles: number;
}

export interface RunToRecord {
  readonly config: MachineConfig;
  readonly image: Image;
  readonly inputs: readonly LoggedInput[];
  /** Where the run ends: its last cycle. */
  readonly cycles: number;
  /** Puts the contents of the disks in, before power on. */
  readonly prepare?: (machine: Machine) => void;
  /** Whose first level it is, on a machine with several cores; what they share sees all of them. */
  readonly core?: number;
}

export function* recordAccesses(run: RunToRecord, level: RecordedLevel): Generator<void, Recording, void> {
  const machine = new Machine({ ...run.config, checkConvention: false, warnUninitialised: false });
  const system = machine.systems[run.core ?? 0] ?? machine.system;
  const trace = new AccessTrace();
  let cycles = 0;
  run.prepare?.(machine);
  machine.load(run.image);
  machine.inputs.expect(run.inputs);
  if (level === 'l2') {
    const { l2 } = system;
    if (l2)
      l2.observer = { line: () => undefined, access: (address, bytes, write) => trace.push(address, bytes, write) };
    system.refreshFastPath();
  } else {
    const isData = level === 'l1d';
    const byteCycles = system.fast.byteCycles;
    system.setTap({
      fetch(address, bytes, stall) {
        if (isData || trace.isFull) return;
        trace.push(address, bytes, false);
        cycles += 1 + stall;
      },
      data(address, bytes, write, stall) {
        if (!isData || trace.isFull) return;
        trace.push(address, bytes, write);
        cycles += bytes * byteCycles + stall;
      },
    });
  }
  while (machine.cycles < run.cycles && machine.core.state < CoreState.halted && !trace.isFull) {
    const stop = machine.run({ instructions: STRETCH, cycles: run.cycles - machine.cycles });
    if (stop.kind !== 'limit') break;
    yield;
  }
  return { trace, isComplete: !trace.isFull, cycles, ...figuresOf(machine, system, level, trace) };
}

/**
 * Average memory access time by the textbook's formula, with the local miss rates and mean latencies of the run. The core waits for the
 * dirty victims too: each counts like a miss.
 */
function figuresOf(machine: Machine, system: MemorySystem, name: RecordedLevel, trace: AccessTrace) {
  const { l1i, l1d, l2, l3, dram } = system;
  const counts = dramCounts(machine);
  const count = (key: keyof typeof DRAM_COUNT) => counts[DRAM_COUNT[key]] as number;
  const ramAccesses = count('rowHits') + count('rowMisses') + count('rowConflicts');
  const ram = dram
    ? (count('rowHits') * dram.cycles.hit +
        count('rowMisses') * dram.cycles.closed +
        count('rowConflicts') * dram.cycles.conflict) /
      Math.max(1, ramAccesses)
    : 0;
  let below = ram;
  for (const level of [l3, l2]) {
    if (!level || (name === 'l2' && level === l2)) continue;
    below = level.config.hitCycles + downRate(level) * below;
  }
  const own = { l1i, l1d, l2 }[name];
  let bytes = 0;
  trace.forEach((_, size) => (bytes += size));
  const hit =
    name === 'l1d' && own ? (own.config.hitCycles * bytes) / Math.max(1, trace.length) : (own?.config.hitCycles ?? 0);
  return {
    amat: hit + (own ? downRate(own) : 1) * below,
    misses: own ? (own.counts[COUNT.readMisses] as number) + (own.counts[COUNT.writeMisses] as number) : 0,
    missCycles: below,
  };
}

/** How many of the level's accesses go on to the level below: misses, and dirty victims. */
function downRate({ counts }: { readonly counts: Float64Array }): number {
  const count = (key: keyof typeof COUNT) => counts[COUNT[key]] as number;
  return (
    (count('readMisses') + count('writeMisses') + count('writebacks')) / Math.max(1, count('reads') + count('writes'))
  );
}
