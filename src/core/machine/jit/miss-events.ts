/**
 * What the memory module counts while translated code runs: for each level the few things that cannot be worked out from others, as
 * 32-bit integers behind the words of scratch.ts. When a piece is left, the counts of the levels and the ledger follow from them.
 */
import type { MachineConfig } from '../../presets/machine';
import type { CacheLevel } from '../cache/level';
import { ACCOUNT, COUNT } from '../layout';
import type { MemorySystem } from '../memory/system';

/** Indices of a level's events. */
export const EVENT = {
  readMisses: 0,
  /** Behind readMisses. */
  writeMisses: 1,
  /** Lines that went into an empty way. */
  emptyFills: 2,
  /** Lines that had to go and were clean. The others are written back, where a level writes back at all. */
  cleanVictims: 3,
  /** Writes that went to the next level by themselves, and their bytes. */
  throughWrites: 4,
  throughBytes: 5,
  /** L1 only: lookups that the caller does not count; without an L1, accesses that go straight to the next level. */
  reads: 6,
  /** Behind reads. */
  writes: 7,
} as const;

const LEVELS = ['l1i', 'l1d', 'l2', 'l3'] as const;
export type LevelName = (typeof LEVELS)[number];

const EVENTS = 8;
export const MISS_EVENTS_BYTES = 4 * EVENTS * LEVELS.length;

/** Byte offset of an event from the first. */
export const eventOffset = (level: LevelName, event: number): number => 4 * (EVENTS * LEVELS.indexOf(level) + event);

/** Accesses that one level sends to the next. */
interface Traffic {
  readonly reads: number;
  readonly writes: number;
}

export class MissEvents {
  private readonly events: Int32Array;

  /** `base` is the byte offset of MISS_EVENTS_BYTES of memory. */
  constructor(
    private readonly config: MachineConfig,
    buffer: ArrayBuffer,
    base: number,
  ) {
    this.events = new Int32Array(buffer, base, EVENTS * LEVELS.length);
  }

  /** Books everything that was counted since the last time. */
  drain(system: MemorySystem, ledger: Float64Array): void {
    const { config } = this;
    if (!this.hasAny()) return;
    if (config.l1i) (ledger[ACCOUNT.l1i] as number) += this.event('l1i', EVENT.reads) * (config.l1i.hitCycles - 1);
    if (system.l1d) {
      (system.l1d.counts[COUNT.reads] as number) += this.event('l1d', EVENT.reads);
      (system.l1d.counts[COUNT.writes] as number) += this.event('l1d', EVENT.writes);
    }
    const code = this.drainLevel('l1i', system.l1i);
    const data = this.drainLevel('l1d', system.l1d);
    let traffic: Traffic = { reads: code.reads + data.reads, writes: code.writes + data.writes };
    for (const name of ['l2', 'l3'] as const) {
      const level = system[name];
      if (!level) continue;
      (level.counts[COUNT.reads] as number) += traffic.reads;
      (level.counts[COUNT.writes] as number) += traffic.writes;
      (ledger[ACCOUNT[name]] as number) += level.config.hitCycles * (traffic.reads + traffic.writes);
      traffic = this.drainLevel(name, level);
    }
    this.events.fill(0);
  }

  /** Whether L1 has counted anything: nothing happens below without it. */
  private hasAny(): boolean {
    for (let i = 0; i < 2 * EVENTS; i++) if (this.events[i] !== 0) return true;
    return false;
  }

  private event(level: LevelName, event: number): number {
    return this.events[eventOffset(level, event) >> 2] as number;
  }

  private drainLevel(name: LevelName, level: CacheLevel | null): Traffic {
    if (!level) return { reads: this.event(name, EVENT.reads), writes: this.event(name, EVENT.writes) };
    const { counts, config } = level;
    const readMisses = this.event(name, EVENT.readMisses);
    const writeMisses = this.event(name, EVENT.writeMisses);
    const fills = readMisses + (config.allocate ? writeMisses : 0);
    const evictions = fills - this.event(name, EVENT.emptyFills);
    const writebacks = config.write === 'back' ? evictions - this.event(name, EVENT.cleanVictims) : 0;
    const add = (count: number, by: number) => {
      (counts[count] as number) += by;
    };
    add(COUNT.readMisses, readMisses);
    add(COUNT.writeMisses, writeMisses);
    add(COUNT.evictions, evictions);
    add(COUNT.writebacks, writebacks);
    add(COUNT.bytesFromNext, fills * config.lineBytes);
    add(COUNT.bytesToNext, writebacks * config.lineBytes + this.event(name, EVENT.throughBytes));
    return { reads: fills, writes: writebacks + this.event(name, EVENT.throughWrites) };
  }
}
