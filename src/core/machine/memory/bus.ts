/**
 * MESI on a snooping bus between the data caches of several cores and what they share: L2, or whatever lies below them.
 *
 * The protocol is that of Sorin, Hill and Wood, "A Primer on Memory Consistency and Cache Coherence" (2011), section 7.3, with
 * BusUpgr for a write to a shared line (Hennessy and Patterson, 5.2). A line in a cache is M (dirty), E (clean, no other copy), S
 * (clean, perhaps others); M is the cache's own dirty bit, so that a write to E is silent. A read takes the line to E when nobody else
 * has it, else to S. An owner (M or E) supplies the line itself, since nobody else knows whether it has written; if M, memory
 * takes it over on a read, and the new owner on a write. A line in S comes from below.
 *
 * The bus does one transaction at a time. It is held while L2 looks up, or while another cache answers; memory behind L2 answers
 * later, with the bus free (a split transaction). Instruction caches use the bus, but are not part of the protocol.
 *
 * Sharing is classified after Dubois, Skeppstedt, Ricciulli, Ramamurthy and Stenstrom, "The detection and elimination of useless misses
 * in multiprocessors" (ISCA 1993), by bytes: a miss on a line that was lost to an invalidation is true sharing when the core, before it
 * loses the line again, reads or writes a byte that another core has written since this core's last essential miss of the line; else
 * it was useless: false sharing. Such a miss counts as false sharing until that access comes.
 */
import type { CoherenceCount } from '../../isa/ports';
import type { CacheLevel } from '../cache/level';
import type { CoherenceConfig } from '../../presets/machine';
import { ACCOUNT, COHERENCE_COUNT, COHERENCE_BLOCK, SHARED_CLOCK, type SeveralLayout } from '../layout';
import type { Below, Clock } from './below';

export type MesiState = 'M' | 'E' | 'S' | 'I';

/** What is known of a line at a core, in one byte. */
export const LINE = {
  /** A clean copy may have company: S, else E. */
  shared: 1,
  /** The core's last copy went by an invalidation. */
  lost: 2,
  /** The present copy came by a coherence miss that nothing has shown to be essential. */
  useless: 4,
} as const;

/** One core's end of the bus. */
interface Station {
  readonly l1d: CacheLevel;
  readonly counts: Float64Array;
  readonly flags: Uint8Array;
}

export class SnoopingBus {
  private readonly stations: Station[] = [];
  private readonly times: Float64Array;
  private readonly fresh: Uint8Array;
  private readonly lineCounts: Uint32Array;

  constructor(
    private readonly config: CoherenceConfig,
    private readonly lineBytes: number,
    private readonly layout: SeveralLayout,
    private readonly buffer: ArrayBuffer,
    private readonly below: Below,
    private readonly clock: Clock,
  ) {
    this.times = new Float64Array(buffer, layout.clock, 2);
    this.fresh = new Uint8Array(buffer, layout.fresh, lineBytes * layout.lines);
    this.lineCounts = new Uint32Array(buffer, layout.lineCounts, 2 * layout.lines);
  }

  /** The cores in their order. */
  attach(l1d: CacheLevel): void {
    const { layout, buffer, stations } = this;
    const core = stations.length;
    stations.push({
      l1d,
      counts: new Float64Array(buffer, layout.counts[core] as number, COHERENCE_BLOCK),
      flags: new Uint8Array(buffer, layout.flags[core] as number, layout.lines),
    });
  }

  /** COHERENCE_COUNT of a core. */
  counts(core: number): Float64Array {
    return this.station(core).counts;
  }

  stateOf(core: number, line: number): MesiState {
    const { l1d, flags } = this.station(core);
    const state = l1d.stateOf(line);
    if (state === 'absent') return 'I';
    if (state === 'dirty') return 'M';
    return (flags[line] as number) & LINE.shared ? 'S' : 'E';
  }

  /** A miss of `core`: brings the line, alone if `exclusive`. */
  fill(core: number, line: number, exclusive: boolean): void {
    this.count(core, exclusive ? 'busReadExclusives' : 'busReads');
    this.await(core);
    const holders = this.otherHolders(core, line);
    const owner = holders.find((other) => this.stateOf(other, line) !== 'S');
    if (owner === undefined) this.fromBelow(line * this.lineBytes, this.lineBytes);
    else this.supply(owner, line, exclusive);
    for (const other of holders) {
      if (exclusive) this.invalidate(other, line);
      else this.share(other, line);
    }
    this.arrived(core, line, holders.length > 0 && !exclusive);
  }

  /** `core` is about to write its copy in S: all others go. */
  upgrade(core: number, line: number): void {
    this.count(core, 'upgrades');
    this.await(core);
    this.hold(this.config.upgradeCycles);
    for (const other of this.otherHolders(core, line)) this.invalidate(other, line);
    const { flags } = this.station(core);
    (flags[line] as number) &= ~LINE.shared;
  }

  /** A dirty victim of `core` goes below. */
  writeBack(core: number, address: number, bytes: number): void {
    this.count(core, 'writebacks');
    this.await(core);
    this.holdFor(() => this.below.write(address, bytes));
  }

  /** An instruction cache reads. */
  readCode(core: number, address: number, bytes: number): void {
    this.await(core);
    this.fromBelow(address, bytes);
  }

  /** `core` has the line and reads or writes these bytes of it: for the classes of sharing. */
  accessed(core: number, line: number, address: number, bytes: number, write: boolean): void {
    const { fresh } = this;
    const own = 1 << core;
    for (let a = address; a < address + bytes; a++) {
      if ((fresh[a] as number) & own) this.essential(core, line);
      if (write) fresh[a] = (fresh[a] as number) | (ALL_CORES & ~own);
    }
  }

  /** The same for bytes of one line, if it changes nothing but whose bytes are fresh; false when nothing was done. */
  plainAccess(core: number, address: number, bytes: number, write: boolean): boolean {
    const { fresh } = this;
    const own = 1 << core;
    const first = fresh[address] as number;
    const last = fresh[address + bytes - 1] as number;
    if (((first | last) & own) !== 0) return false;
    if (!write) return true;
    fresh[address] = first | (ALL_CORES & ~own);
    fresh[address + bytes - 1] = last | (ALL_CORES & ~own);
    return true;
  }

  /** Coherence misses on a line so far, and false sharing among them. */
  lineMisses(line: number): { readonly coherenceMisses: number; readonly falseSharingMisses: number } {
    const { lineCounts } = this;
    return {
      coherenceMisses: lineCounts[2 * line] as number,
      falseSharingMisses: lineCounts[2 * line + 1] as number,
    };
  }

  private station(core: number): Station {
    return this.stations[core] as Station;
  }

  private count(core: number, name: CoherenceCount, by = 1): void {
    const { counts } = this.station(core);
    (counts[COHERENCE_COUNT[name]] as number) += by;
  }

  /** Arbitration: waits until the bus is free. */
  private await(core: number): void {
    const wait = (this.times[SHARED_CLOCK.busFreeAt] as number) - this.clock.now;
    if (wait <= 0) return;
    this.count(core, 'waitCycles', wait);
    this.clock.book(ACCOUNT.bus, wait);
  }

  /** Holds the bus for an answer of the other caches. */
  private hold(cycles: number): void {
    this.clock.book(ACCOUNT.bus, cycles);
    this.times[SHARED_CLOCK.busFreeAt] = this.clock.now;
  }

  /** Holds the bus for the look-up in L2 at the start of what `work` does. */
  private holdFor(work: () => void): void {
    const end = this.clock.now + this.config.holdCycles;
    work();
    this.times[SHARED_CLOCK.busFreeAt] = Math.min(end, this.clock.now);
  }

  private fromBelow(address: number, bytes: number): void {
    this.holdFor(() => this.below.read(address, bytes));
  }

  private otherHolders(core: number, line: number): number[] {
    const found: number[] = [];
    for (let other = 0; other < this.stations.length; other++)
      if (other !== core && this.station(other).l1d.contains(line)) found.push(other);
    return found;
  }

  /** An owner answers instead of L2. What it had written goes below as well, beside the answer, when the line stays clean. */
  private supply(owner: number, line: number, exclusive: boolean): void {
    const isDirty = this.stateOf(owner, line) === 'M';
    this.count(owner, 'interventions');
    this.hold(isDirty ? this.config.modifiedCycles : this.config.cleanCycles);
    if (!isDirty || exclusive) return;
    this.clock.pause();
    this.below.write(line * this.lineBytes, this.lineBytes);
    this.clock.resume();
  }

  private invalidate(core: number, line: number): void {
    const { l1d, flags } = this.station(core);
    l1d.invalidate(line);
    flags[line] = LINE.lost;
    this.count(core, 'invalidationsReceived');
  }

  private share(core: number, line: number): void {
    const { l1d, flags } = this.station(core);
    l1d.markClean(line);
    (flags[line] as number) |= LINE.shared;
  }

  private arrived(core: number, line: number, isShared: boolean): void {
    const { flags } = this.station(core);
    const shared = isShared ? LINE.shared : 0;
    if ((flags[line] as number) & LINE.lost) {
      flags[line] = shared | LINE.useless;
      this.count(core, 'coherenceMisses');
      this.countUseless(core, line, 1);
      (this.lineCounts[2 * line] as number)++;
    } else {
      flags[line] = shared;
      this.forgetFresh(core, line);
    }
  }

  /** The core's present copy turns out to have brought it something that another core wrote. */
  private essential(core: number, line: number): void {
    const { flags } = this.station(core);
    this.forgetFresh(core, line);
    if (((flags[line] as number) & LINE.useless) === 0) return;
    (flags[line] as number) &= ~LINE.useless;
    this.countUseless(core, line, -1);
  }

  private countUseless(core: number, line: number, by: number): void {
    this.count(core, 'falseSharingMisses', by);
    (this.lineCounts[2 * line + 1] as number) += by;
  }

  private forgetFresh(core: number, line: number): void {
    const { fresh, lineBytes } = this;
    const from = line * lineBytes;
    for (let a = from; a < from + lineBytes; a++) (fresh[a] as number) &= ~(1 << core);
  }
}

/** Bits of `fresh`. */
const ALL_CORES = 0x0f;
