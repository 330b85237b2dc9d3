/**
 * A solid-state drive: host queue, controller, link, write buffer, translation layer, channels and dies.
 *
 * Read: controller, then on the die command + tR, then the channel's bus, then the link (reads.ts). Write: controller, link, buffer;
 * done there, and programmed later in groups of `pagesPerProgram` (writes.ts). A die does one thing at a time; host reads overtake
 * queued programs and collection, nothing is interrupted. A channel's bus carries one transfer at a time, data out before new
 * commands. With `chipBatches` the dies of a chip start together and the chip takes its next commands when all are done, which is how
 * MQSim's scheduler works (flash.ts). Reference: Tavakkol et al., "MQSim", FAST 2018.
 */
import { Random } from '../../base/random';
import type { SsdPreset } from '../../presets/ssd';
import {
  OP,
  PART,
  SECTOR_BYTES,
  type Activity,
  type DeviceFacts,
  type RequestTable,
  type StorageDevice,
} from '../device';
import { EventQueue } from '../event-queue';
import { BufferedPages, type BufferedPagesState } from './buffered-pages';
import { EVENT, NONE, us, zeroCounters, type Counters, type Drive } from './drive';
import { Flash, OP_KIND, type FlashState } from './flash';
import { Ftl, type FtlObserver, type FtlSnapshot } from './ftl';
import { Reads, type ReadsState } from './reads';
import { dieNames, Striping, type StripingState } from './striping';
import { Writes, type WritesState } from './writes';

export type Precondition = 'empty' | 'filled' | 'steady';

export interface SsdOptions {
  readonly requests: RequestTable;
  readonly seed: number;
  /** State before the first request; the preset's own unless told otherwise. */
  readonly precondition?: Precondition;
  /** Remembers which write of a page the flash has, for `durableWrite`; costs a little, and a run of the lab has no use for it. */
  readonly tellVersions?: boolean;
}

interface SsdSnapshot {
  readonly events: readonly number[];
  readonly flash: FlashState;
  readonly ftl: FtlSnapshot;
  readonly striping: StripingState;
  readonly buffered: BufferedPagesState;
  readonly reads: ReadsState;
  readonly writes: WritesState;
  readonly hostQueue: readonly number[];
  readonly outstanding: number;
  readonly controllerFreePs: number;
  readonly counters: Counters;
}

export class SsdModel implements StorageDevice, FtlObserver {
  readonly kind = 'ssd';
  readonly sectorBytes = SECTOR_BYTES;
  readonly capacitySectors: number;
  readonly requests: RequestTable;
  readonly unitNames: readonly string[];
  readonly finished: number[] = [];
  readonly ftl: Ftl;

  private readonly events = new EventQueue();
  private readonly flash: Flash;
  private readonly striping: Striping;
  private readonly counters = zeroCounters();
  private readonly buffered: BufferedPages;
  private readonly reads: Reads;
  private readonly writes: Writes;
  private readonly pageSectors: number;

  // Host side: requests beyond the queue depth wait, then the controller takes one at a time.
  private readonly hostQueue: number[] = [];
  private outstanding = 0;
  private controllerFreePs = 0;

  /** True while the translation layer works without the flash, for preconditioning. */
  private quiet = true;
  private shared: FtlSnapshot | undefined;

  constructor(
    private readonly preset: SsdPreset,
    options: SsdOptions,
  ) {
    const { requests, seed } = options;
    this.requests = requests;
    this.pageSectors = preset.pageBytes / SECTOR_BYTES;
    this.unitNames = dieNames(preset);
    this.flash = new Flash(preset, this.events, EVENT.flash);
    this.striping = new Striping(preset);
    this.ftl = new Ftl(preset, this, seed);
    this.capacitySectors = this.ftl.logicalPages * this.pageSectors;
    const { logicalPages, physicalPages } = this.ftl;
    this.buffered = new BufferedPages(logicalPages, physicalPages, { tellVersions: options.tellVersions ?? false });
    const { events, flash, ftl, striping, counters } = this;
    const drive: Drive = { preset, requests, events, flash, ftl, striping, counters };
    this.reads = new Reads(drive, this.buffered);
    this.writes = new Writes(drive, this.buffered);
    const precondition = options.precondition ?? preset.initialState;
    const random = new Random(seed, 'precondition');
    if (precondition === 'filled') ftl.fill();
    else if (precondition === 'steady') ftl.precondition(() => random.below(logicalPages), random);
    this.quiet = false;
  }

  get nextPs(): number {
    return this.events.nextPs;
  }

  submit(slot: number, nowPs: number): void {
    if (this.outstanding >= this.preset.queueDepth) this.hostQueue.push(slot);
    else this.admit(slot, nowPs);
  }

  step(): void {
    const { kind, argument, nextPs } = this.events;
    this.events.pop();
    switch (kind) {
      case EVENT.admitted:
        this.start(argument, nextPs);
        break;
      case EVENT.dataIn:
        this.writes.dataIn(argument, nextPs);
        break;
      case EVENT.done:
        this.complete(argument, nextPs);
        break;
      default: {
        const op = this.flash.step(argument, nextPs);
        if (op !== NONE) this.flashDone(op, nextPs);
      }
    }
  }

  // --- the translation layer speaks ---

  opened(block: number): void {
    this.striping.opened(block);
  }

  moved(fromPage: number, toPage: number): void {
    if (!this.quiet) this.writes.moved(fromPage, toPage);
  }

  erased(): void {
    if (!this.quiet) this.writes.erased();
  }

  activity(): Activity {
    return { units: this.flash.activity(), waiting: this.hostQueue.length + this.writes.waiting };
  }

  facts(): DeviceFacts {
    const { ftl } = this;
    return {
      writeAmplification: ftl.writeAmplification,
      counters: {
        ...this.counters,
        hostPages: ftl.hostPages,
        movedPages: ftl.movedPages,
        erases: ftl.erases,
        freeBlocks: ftl.freeBlocks,
        wearLeast: ftl.wear.reduce((least, wear) => Math.min(least, wear), Infinity),
        wearMost: ftl.wear.reduce((most, wear) => Math.max(most, wear), 0),
        slcPagesLeft: this.writes.slcPagesLeft,
        bufferedPages: this.buffered.used,
      },
    };
  }

  volatileRanges(): [number, number][] {
    if (this.preset.powerLossProtection) return [];
    const { pageSectors } = this;
    return this.buffered.ranges().map(([first, count]) => [first * pageSectors, count * pageSectors]);
  }

  durableWrite(lba: number): number {
    return this.preset.powerLossProtection ? Infinity : this.buffered.durable(Math.floor(lba / this.pageSectors));
  }

  powerOff(nowPs: number): void {
    this.events.clear();
    this.flash.clear();
    this.buffered.clear();
    this.reads.clear(nowPs);
    this.writes.clear(nowPs);
    this.hostQueue.length = 0;
    this.finished.length = 0;
    this.outstanding = 0;
    this.controllerFreePs = nowPs;
  }

  snapshot(): SsdSnapshot {
    // The large tables are copied only when something was written since the last snapshot.
    if (this.shared?.version !== this.ftl.version) this.shared = this.ftl.snapshot();
    return {
      events: this.events.save(),
      flash: this.flash.save(),
      ftl: this.shared,
      striping: this.striping.save(),
      buffered: this.buffered.save(),
      reads: this.reads.save(),
      writes: this.writes.save(),
      hostQueue: [...this.hostQueue],
      outstanding: this.outstanding,
      controllerFreePs: this.controllerFreePs,
      counters: { ...this.counters },
    };
  }

  restore(snapshot: unknown): void {
    const s = snapshot as SsdSnapshot;
    this.events.load(s.events);
    this.flash.load(s.flash);
    // Two futures of one state have the same versions; only the tables that were saved or restored last are known to be the same.
    if (this.shared !== s.ftl || this.ftl.version !== s.ftl.version) this.ftl.restore(s.ftl);
    this.shared = s.ftl;
    this.striping.load(s.striping);
    this.buffered.load(s.buffered);
    this.reads.load(s.reads);
    this.writes.load(s.writes);
    this.hostQueue.splice(0, Infinity, ...s.hostQueue);
    this.finished.length = 0;
    this.outstanding = s.outstanding;
    this.controllerFreePs = s.controllerFreePs;
    Object.assign(this.counters, s.counters);
  }

  // --- host side ---

  private admit(slot: number, nowPs: number): void {
    this.outstanding++;
    const { preset } = this;
    const isWrite = this.requests.op[slot] === OP.write;
    const servicePs = us(isWrite ? preset.writeControllerUs : preset.readControllerUs);
    const overheadPs = us(isWrite ? preset.writeOverheadUs : preset.readOverheadUs);
    const startPs = Math.max(nowPs, this.controllerFreePs);
    this.controllerFreePs = startPs + servicePs;
    const latencyPs = Math.max(overheadPs, servicePs);
    this.requests.add(slot, PART.overhead, latencyPs);
    this.events.push(startPs + latencyPs, EVENT.admitted, slot);
  }

  private start(slot: number, nowPs: number): void {
    switch (this.requests.op[slot]) {
      case OP.read:
        this.counters.reads++;
        this.reads.start(slot, nowPs);
        break;
      case OP.write:
        this.counters.writes++;
        this.writes.start(slot, nowPs);
        break;
      case OP.flush:
        this.writes.flush(slot, nowPs);
        break;
      default:
        this.counters.trims++;
        this.trim(slot, nowPs);
    }
  }

  /** Of pages that are trimmed in part nothing changes. */
  private trim(slot: number, nowPs: number): void {
    const lba = this.requests.lba[slot] as number;
    const end = lba + (this.requests.count[slot] as number);
    const last = Math.floor(end / this.pageSectors);
    for (let page = Math.ceil(lba / this.pageSectors); page < last; page++)
      if (this.ftl.toPhysical[page] !== NONE) this.ftl.trim(page);
    this.events.push(nowPs, EVENT.done, slot);
  }

  private complete(slot: number, nowPs: number): void {
    this.requests.finish(slot, nowPs);
    this.finished.push(slot);
    this.outstanding--;
    const next = this.hostQueue.shift();
    if (next !== undefined) this.admit(next, nowPs);
  }

  private flashDone(op: number, nowPs: number): void {
    const { flash } = this;
    switch (flash.kindOf(op)) {
      case OP_KIND.read:
        this.reads.cellsRead(op, nowPs);
        break;
      case OP_KIND.ahead:
        this.reads.aheadRead(op, nowPs);
        break;
      case OP_KIND.program:
        this.writes.programmed(op, nowPs);
        break;
    }
    flash.release(op);
  }
}
