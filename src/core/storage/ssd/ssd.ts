/**
 * A solid-state drive: host queue, controller, link, write buffer, translation layer, channels and dies.
 *
 * Read: controller, then on the die command + tR, then the channel's bus, then the link. Write: controller, link, buffer; done
 * there, and programmed later in groups of `pagesPerProgram`. A die does one thing at a time; host reads overtake queued programs
 * and collection, nothing is interrupted. A channel's bus carries one transfer at a time, data out before new commands. With
 * `chipBatches` the dies of a chip start together and the chip takes its next commands when all are done, which is how MQSim's
 * scheduler works. Reference: Tavakkol et al., "MQSim", FAST 2018.
 *
 * The translation layer's decisions take effect at once; the moves and erases that follow from them queue at the dies like any
 * other work. The parts of a request are those of the page that came last.
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
import { Flash, OP_KIND, type FlashState } from './flash';
import { PageVersions, type PageVersionsState } from './page-versions';
import { Ftl, type FtlObserver, type FtlSnapshot } from './ftl';
import { Marks, SharedTable, sparse, type TableChunks } from './shared-table';

const EVENT = { admitted: 0, dataIn: 1, done: 2, flash: 3 } as const;
const NONE = -1;

export type Precondition = 'empty' | 'filled' | 'steady';

export interface SsdOptions {
  readonly requests: RequestTable;
  readonly seed: number;
  /** State before the first request; the preset's own unless told otherwise. */
  readonly precondition?: Precondition;
  /** Remembers which write of a page the flash has, for `durableWrite`; costs a little, and a run of the lab has no use for it. */
  readonly tellVersions?: boolean;
}

interface Counters {
  reads: number;
  writes: number;
  trims: number;
  bufferHits: number;
  unmappedReads: number;
  readAheadHits: number;
  pagesProgrammed: number;
  partialWrites: number;
}

interface SsdSnapshot {
  readonly events: readonly number[];
  readonly flash: FlashState;
  readonly ftl: FtlSnapshot;
  readonly numbers: readonly number[];
  readonly lists: readonly (readonly number[])[];
  readonly buffered: TableChunks;
  readonly bufferVersion: number;
  readonly counters: Counters;
  readonly versions: PageVersionsState;
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
  private readonly pageSectors: number;
  private readonly dies: number;
  /** Die of a block's first program group; the next groups follow on the next dies. */
  private readonly firstDie: Int32Array;
  private nextFirstDie = 0;

  // Host side: requests beyond the queue depth wait, then the controller takes one at a time.
  private readonly hostQueue: number[] = [];
  private outstanding = 0;
  private controllerFreePs = 0;
  private linkInFreePs = 0;
  private linkOutFreePs = 0;
  private bufferPortFreePs = 0;

  // Per request: pages still to come.
  private readonly pagesLeft: Int32Array;
  /** Since when a request has waited for programs. */
  private readonly stalledPs: Float64Array;

  // Write buffer: pages on their way to the flash.
  private readonly bufferPages: number;
  private bufferUsed = 0;
  private readonly bufferQueue: number[] = [];
  private readonly buffered: Int32Array;
  private readonly bufferedTable: SharedTable;
  private bufferVersion = 0;
  /** Program group that is being filled: its first physical page, or NONE. */
  private groupFirst = NONE;
  private groupCount = 0;
  /** Logical page + 1 of host data in a physical page that is not programmed yet. */
  private readonly hostPageAt: Int32Array;
  private readonly hostPageMarks: Marks;
  private slcLeft: number;
  /** Programs sent so far, those of them still under way, and who waits for which. */
  private programsSent = 0;
  private readonly underWay = new Set<number>();
  private flushing: { slot: number; left: number; before: number }[] = [];

  // Read-ahead: pages [aheadFirst, aheadEnd) have been or are being fetched for a sequential reader.
  private sequentialNext = NONE;
  private aheadEnd = 0;
  /** By page, modulo its length: the page + 1 while it is on its way. */
  private readonly aheadPending: Int32Array;
  private aheadWaiting: { page: number; slot: number; bytes: number }[] = [];
  private readonly aheadPages: number;
  private counters: Counters = zeroCounters();
  private readonly versions: PageVersions;
  private shared: { ftl: FtlSnapshot; buffered: TableChunks; bufferVersion: number } | undefined;

  constructor(
    private readonly preset: SsdPreset,
    options: SsdOptions,
  ) {
    this.requests = options.requests;
    this.pageSectors = preset.pageBytes / SECTOR_BYTES;
    this.dies = preset.channels * preset.chipsPerChannel * preset.diesPerChip;
    this.firstDie = new Int32Array(preset.blocks);
    this.flash = new Flash(preset, this.events, EVENT.flash);
    this.unitNames = dieNames(preset);
    this.pagesLeft = new Int32Array(this.requests.size);
    this.stalledPs = new Float64Array(this.requests.size);
    this.bufferPages = Math.floor(preset.writeBufferBytes / Math.min(preset.pageBytes, 4096));
    this.slcLeft = Math.floor(preset.slcBytes / preset.pageBytes);
    this.aheadPages = Math.floor(preset.readAheadBytes / preset.pageBytes);
    this.aheadPending = new Int32Array(Math.max(1, 4 * this.aheadPages));
    const precondition = options.precondition ?? preset.initialState;
    const physicalPages = preset.blocks * preset.pagesPerBlock;
    this.hostPageAt = new Int32Array(physicalPages);
    this.hostPageMarks = new Marks(physicalPages);
    this.ftl = new Ftl(preset, this, options.seed);
    this.buffered = new Int32Array(this.ftl.logicalPages);
    this.bufferedTable = new SharedTable(this.buffered, { marked: true });
    this.capacitySectors = this.ftl.logicalPages * this.pageSectors;
    this.versions = new PageVersions(options.tellVersions ?? false);
    this.quiet = true;
    const random = new Random(options.seed, 'precondition');
    if (precondition === 'filled') this.ftl.fill();
    else if (precondition === 'steady') this.ftl.precondition(() => random.below(this.ftl.logicalPages), random);
    this.quiet = false;
  }

  /** True while the translation layer works without the flash, for preconditioning. */
  private quiet = true;

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
        this.bufferWrite(argument, nextPs);
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
    this.firstDie[block] = this.nextFirstDie;
    const groups = Math.ceil(this.preset.pagesPerBlock / this.preset.pagesPerProgram);
    this.nextFirstDie = (this.nextFirstDie + groups) % this.dies;
  }

  moved(fromPage: number, toPage: number): void {
    if (this.quiet) return;
    const { flash } = this;
    const op = flash.take(OP_KIND.move, NONE, this.dieOf(fromPage), this.cellReadPs(fromPage), this.preset.pageBytes);
    flash.enqueue(op, this.clockPs);
    // The moved copy is the one in the buffer now, if the page still waits to be programmed.
    this.hostPageAt[toPage] = this.hostPageAt[fromPage] as number;
    this.hostPageMarks.set(toPage);
    this.hostPageAt[fromPage] = 0;
    this.versions.moved(fromPage, toPage);
    this.addToGroup(toPage);
  }

  erased(): void {
    if (this.quiet) return;
    // A group of the simulation is a slice of a physical block; the erase comes due once for every full physical block.
    this.eraseDue += Math.ceil(this.preset.pagesPerBlock / this.preset.pagesPerProgram) / this.preset.programsPerErase;
    while (this.eraseDue >= 1) {
      this.eraseDue -= 1;
      const die = this.eraseDie;
      this.eraseDie = (die + 1) % this.dies;
      const op = this.flash.take(OP_KIND.erase, NONE, die, Math.round(this.preset.eraseMs * 1e9), 0);
      this.flash.enqueue(op, this.clockPs);
    }
  }

  private eraseDue = 0;
  private eraseDie = 0;
  private clockPs = 0;

  activity(): Activity {
    return { units: this.flash.activity(), waiting: this.hostQueue.length + this.bufferQueue.length };
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
        slcPagesLeft: this.slcLeft,
        bufferedPages: this.bufferUsed,
      },
    };
  }

  volatileRanges(): [number, number][] {
    if (this.preset.powerLossProtection) return [];
    const ranges: [number, number][] = [];
    if (this.bufferUsed === 0) return ranges;
    for (let page = 0; page < this.buffered.length; page++) {
      if (this.buffered[page] === 0) continue;
      const last = ranges[ranges.length - 1];
      const first = page * this.pageSectors;
      if (last && last[0] + last[1] === first) last[1] += this.pageSectors;
      else ranges.push([first, this.pageSectors]);
    }
    return ranges;
  }

  durableWrite(lba: number): number {
    const page = Math.floor(lba / this.pageSectors);
    if (this.preset.powerLossProtection || this.buffered[page] === 0) return Infinity;
    return this.versions.durable(page);
  }

  powerOff(nowPs: number): void {
    this.versions.clear();
    this.events.clear();
    this.flash.clear();
    this.hostQueue.length = 0;
    this.finished.length = 0;
    this.bufferQueue.length = 0;
    this.flushing = [];
    this.underWay.clear();
    this.outstanding = 0;
    this.bufferUsed = 0;
    this.buffered.fill(0);
    this.bufferedTable.marks?.setAll();
    this.hostPageAt.fill(0);
    this.bufferVersion++;
    this.groupFirst = NONE;
    this.groupCount = 0;
    this.sequentialNext = NONE;
    this.aheadEnd = 0;
    this.aheadPending.fill(0);
    this.aheadWaiting = [];
    this.controllerFreePs = this.linkInFreePs = this.linkOutFreePs = this.bufferPortFreePs = nowPs;
  }

  snapshot(): SsdSnapshot {
    // The large tables are copied only when something was written since the last snapshot.
    const { shared } = this;
    const fresh =
      shared?.ftl.version === this.ftl.version && shared.bufferVersion === this.bufferVersion
        ? shared
        : { ftl: this.ftl.snapshot(), buffered: this.bufferedTable.save(), bufferVersion: this.bufferVersion };
    this.shared = fresh;
    return {
      events: this.events.save(),
      flash: this.flash.save(),
      ftl: fresh.ftl,
      buffered: fresh.buffered,
      bufferVersion: fresh.bufferVersion,
      numbers: [
        this.nextFirstDie,
        this.outstanding,
        this.controllerFreePs,
        this.linkInFreePs,
        this.linkOutFreePs,
        this.bufferPortFreePs,
        this.bufferUsed,
        this.groupFirst,
        this.groupCount,
        this.slcLeft,
        this.programsSent,
        this.sequentialNext,
        this.aheadEnd,
        this.eraseDue,
        this.eraseDie,
        this.clockPs,
      ],
      lists: [
        [...this.hostQueue],
        [...this.bufferQueue],
        this.flushing.flatMap((w) => [w.slot, w.left, w.before]),
        [...this.pagesLeft],
        [...this.stalledPs],
        [...this.aheadPending],
        this.aheadWaiting.flatMap((w) => [w.page, w.slot, w.bytes]),
        [...this.firstDie],
        sparse(this.hostPageAt, this.hostPageMarks),
        [...this.underWay],
      ],
      counters: { ...this.counters },
      versions: this.versions.save(),
    };
  }

  restore(snapshot: unknown): void {
    const s = snapshot as SsdSnapshot;
    this.events.load(s.events);
    this.flash.load(s.flash);
    // Two futures of one state have the same versions; only the tables that were saved or restored last are known to be the same.
    if (this.shared?.ftl !== s.ftl || this.ftl.version !== s.ftl.version) this.ftl.restore(s.ftl);
    this.bufferedTable.load(s.buffered);
    this.bufferVersion = s.bufferVersion;
    this.shared = { ftl: s.ftl, buffered: s.buffered, bufferVersion: s.bufferVersion };
    const n = s.numbers;
    this.nextFirstDie = n[0] as number;
    this.outstanding = n[1] as number;
    this.controllerFreePs = n[2] as number;
    this.linkInFreePs = n[3] as number;
    this.linkOutFreePs = n[4] as number;
    this.bufferPortFreePs = n[5] as number;
    this.bufferUsed = n[6] as number;
    this.groupFirst = n[7] as number;
    this.groupCount = n[8] as number;
    this.slcLeft = n[9] as number;
    this.programsSent = n[10] as number;
    this.sequentialNext = n[11] as number;
    this.aheadEnd = n[12] as number;
    this.eraseDue = n[13] as number;
    this.eraseDie = n[14] as number;
    this.clockPs = n[15] as number;
    const lists = s.lists;
    this.hostQueue.splice(0, Infinity, ...(lists[0] as number[]));
    this.bufferQueue.splice(0, Infinity, ...(lists[1] as number[]));
    const flushing = lists[2] as number[];
    this.flushing = [];
    for (let i = 0; i < flushing.length; i += 3)
      this.flushing.push({
        slot: flushing[i] as number,
        left: flushing[i + 1] as number,
        before: flushing[i + 2] as number,
      });
    this.pagesLeft.set(lists[3] as number[]);
    this.stalledPs.set(lists[4] as number[]);
    this.aheadPending.set(lists[5] as number[]);
    const waiting = lists[6] as number[];
    this.aheadWaiting = [];
    for (let i = 0; i < waiting.length; i += 3)
      this.aheadWaiting.push({
        page: waiting[i] as number,
        slot: waiting[i + 1] as number,
        bytes: waiting[i + 2] as number,
      });
    this.firstDie.set(lists[7] as number[]);
    this.hostPageAt.fill(0);
    const pairs = lists[8] as number[];
    for (let i = 0; i < pairs.length; i += 2) {
      this.hostPageAt[pairs[i] as number] = pairs[i + 1] as number;
      this.hostPageMarks.set(pairs[i] as number);
    }
    this.underWay.clear();
    for (const op of lists[9] as number[]) this.underWay.add(op);
    this.finished.length = 0;
    this.counters = { ...s.counters };
    this.versions.load(s.versions);
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
    this.clockPs = nowPs;
    switch (this.requests.op[slot]) {
      case OP.read:
        this.counters.reads++;
        this.read(slot, nowPs);
        break;
      case OP.write: {
        this.counters.writes++;
        const bytes = (this.requests.count[slot] as number) * SECTOR_BYTES;
        const startPs = Math.max(nowPs, this.linkInFreePs);
        const linkPs = Math.round((bytes * 1e6) / this.preset.linkWriteMBs);
        this.linkInFreePs = startPs + linkPs;
        this.requests.add(slot, PART.link, linkPs);
        this.events.push(startPs + linkPs, EVENT.dataIn, slot);
        break;
      }
      case OP.flush:
        this.flush(slot, nowPs);
        break;
      default:
        this.trim(slot, nowPs);
    }
  }

  private complete(slot: number, nowPs: number): void {
    this.requests.finish(slot, nowPs);
    this.finished.push(slot);
    this.outstanding--;
    const next = this.hostQueue.shift();
    if (next !== undefined) this.admit(next, nowPs);
  }

  // --- reads ---

  private read(slot: number, nowPs: number): void {
    const lba = this.requests.lba[slot] as number;
    const end = lba + (this.requests.count[slot] as number);
    const first = Math.floor(lba / this.pageSectors);
    const last = Math.floor((end - 1) / this.pageSectors);
    const ahead = this.aheadPages > 0 && first * this.pageSectors <= lba && this.sequentialNext === lba;
    this.pagesLeft[slot] = last - first + 1;
    let group = NONE;
    let groupOp = NONE;
    for (let page = first; page <= last; page++) {
      const from = Math.max(lba, page * this.pageSectors);
      const until = Math.min(end, (page + 1) * this.pageSectors);
      const bytes = (until - from) * SECTOR_BYTES;
      const mapped = this.ftl.toPhysical[page] as number;
      const at = mapped === NONE && this.preset.readsUnwritten ? page : mapped;
      if (at === NONE || (this.buffered[page] as number) > 0) {
        if (at === NONE) this.counters.unmappedReads++;
        else this.counters.bufferHits++;
        this.pageArrived(slot, nowPs, bytes, 0, 0, 0);
        continue;
      }
      if (ahead && page < this.aheadEnd) {
        this.counters.readAheadHits++;
        if (this.isOnItsWay(page)) this.aheadWaiting.push({ page, slot, bytes });
        else this.pageArrived(slot, nowPs, bytes, 0, 0, 0);
        continue;
      }
      // Neighbours in one physical page come with one read of the cells.
      const thisGroup = Math.floor(at / this.preset.pagesPerProgram);
      if (thisGroup === group) {
        this.flash.extend(groupOp, bytes);
        continue;
      }
      group = thisGroup;
      groupOp = this.flash.take(OP_KIND.read, slot, this.dieOf(at), this.cellReadPs(at), bytes);
      this.flash.enqueue(groupOp, nowPs);
    }
    this.flash.kickAll(nowPs);
    this.readAhead(slot, first, last, end, nowPs);
  }

  /** A sequential reader's next pages are fetched as far ahead as the preset says; they cost the dies what any read costs. */
  private readAhead(slot: number, first: number, last: number, end: number, nowPs: number): void {
    if (this.aheadPages === 0) return;
    const lba = this.requests.lba[slot] as number;
    const sequential = this.sequentialNext === lba;
    this.sequentialNext = end;
    if (!sequential) {
      this.aheadEnd = last + 1;
      return;
    }
    this.aheadEnd = Math.max(this.aheadEnd, last + 1);
    const until = Math.min(last + 1 + this.aheadPages, this.ftl.logicalPages);
    let group = NONE;
    let op = NONE;
    for (let page = this.aheadEnd; page < until; page++) {
      const at = this.ftl.toPhysical[page] as number;
      if (at === NONE) {
        // The pages of an operation are numbered on, with those that hold nothing.
        if (op !== NONE) this.flash.extend(op, 0);
        continue;
      }
      this.aheadPending[page % this.aheadPending.length] = page + 1;
      const thisGroup = Math.floor(at / this.preset.pagesPerProgram);
      if (thisGroup === group) {
        this.flash.extend(op, this.preset.pageBytes);
        continue;
      }
      group = thisGroup;
      op = this.flash.take(OP_KIND.ahead, page, this.dieOf(at), this.cellReadPs(at), this.preset.pageBytes);
      this.flash.enqueue(op, nowPs);
    }
    this.aheadEnd = Math.max(this.aheadEnd, until);
    this.flash.kickAll(nowPs);
  }

  /** The data of `bytes` of a read are in the controller: over the link, and done when it was the last. */
  private pageArrived(slot: number, nowPs: number, bytes: number, cellPs: number, busPs: number, gcPs: number): void {
    const startPs = Math.max(nowPs, this.linkOutFreePs);
    const linkPs = Math.round((bytes * 1e6) / this.preset.linkReadMBs);
    this.linkOutFreePs = startPs + linkPs;
    const left = (this.pagesLeft[slot] as number) - 1;
    this.pagesLeft[slot] = left;
    if (left > 0) return;
    this.requests.add(slot, PART.tR, cellPs);
    this.requests.add(slot, PART.bus, busPs);
    this.requests.add(slot, PART.gc, gcPs);
    this.requests.add(slot, PART.link, linkPs);
    this.events.push(startPs + linkPs, EVENT.done, slot);
  }

  // --- writes ---

  private bufferWrite(slot: number, nowPs: number): void {
    this.clockPs = nowPs;
    this.stalledPs[slot] = nowPs;
    if (this.bufferQueue.length > 0 || !this.fits(slot)) this.bufferQueue.push(slot);
    else this.accept(slot, nowPs);
  }

  private pagesOf(slot: number): number {
    const lba = this.requests.lba[slot] as number;
    const end = lba + (this.requests.count[slot] as number);
    return Math.floor((end - 1) / this.pageSectors) - Math.floor(lba / this.pageSectors) + 1;
  }

  /** A request larger than the whole buffer goes in once the buffer is empty. */
  private fits(slot: number): boolean {
    return this.bufferUsed === 0 || this.bufferUsed + this.pagesOf(slot) <= this.bufferPages;
  }

  private accept(slot: number, nowPs: number): void {
    const { preset } = this;
    const lba = this.requests.lba[slot] as number;
    const count = this.requests.count[slot] as number;
    const end = lba + count;
    const first = Math.floor(lba / this.pageSectors);
    const last = Math.floor((end - 1) / this.pageSectors);
    this.clockPs = nowPs;
    this.bookStall(slot, nowPs);
    for (let page = first; page <= last; page++) {
      const whole = lba <= page * this.pageSectors && end >= (page + 1) * this.pageSectors;
      const old = this.ftl.toPhysical[page] as number;
      if (!whole && old !== NONE && this.buffered[page] === 0) {
        // The rest of the page has to be read before it can be written anew.
        this.counters.partialWrites++;
        const rest = Math.max(SECTOR_BYTES, preset.pageBytes - count * SECTOR_BYTES);
        this.flash.enqueue(this.flash.take(OP_KIND.fill, NONE, this.dieOf(old), this.cellReadPs(old), rest), nowPs);
      }
      const at = this.ftl.write(page);
      this.hostPageAt[at] = page + 1;
      this.hostPageMarks.set(at);
      this.versions.buffered(at, this.counters.writes);
      (this.buffered[page] as number)++;
      this.bufferedTable.marks?.set(page);
      this.bufferUsed++;
      this.addToGroup(at);
    }
    this.bufferVersion++;
    this.flash.kickAll(nowPs);
    if (preset.writeBufferBytes === 0) {
      // Without a buffer the request is done when its last page is programmed.
      this.closeGroup();
      this.flash.kickAll(nowPs);
      this.waitForPrograms(slot, nowPs);
      return;
    }
    const portPs =
      us(preset.bufferSetupUs) +
      (preset.bufferMBs > 0 ? Math.round((count * SECTOR_BYTES * 1e6) / preset.bufferMBs) : 0);
    const startPs = Math.max(nowPs, this.bufferPortFreePs);
    this.bufferPortFreePs = startPs + portPs;
    this.requests.add(slot, PART.cache, portPs);
    this.events.push(startPs + portPs, EVENT.done, slot);
  }

  /** Waiting for room is waiting for programs, and for as much of them as collection adds. */
  private bookStall(slot: number, nowPs: number): void {
    const waitedPs = nowPs - (this.stalledPs[slot] as number);
    if (waitedPs === 0) return;
    const gcPs = Math.round(waitedPs * (1 - 1 / this.ftl.writeAmplification));
    this.requests.add(slot, PART.gc, gcPs);
    this.requests.add(slot, PART.tPROG, waitedPs - gcPs);
  }

  private addToGroup(at: number): void {
    if (this.groupFirst === NONE) this.groupFirst = at;
    this.groupCount++;
    const { pagesPerBlock, pagesPerProgram } = this.preset;
    const next = (at % pagesPerBlock) + 1;
    if (next % pagesPerProgram === 0 || next === pagesPerBlock) this.closeGroup();
  }

  /** Sends the pages gathered so far to their die. */
  private closeGroup(): void {
    if (this.groupFirst === NONE) return;
    const { preset } = this;
    const first = this.groupFirst;
    const slc = this.slcLeft >= this.groupCount;
    if (slc) this.slcLeft -= this.groupCount;
    const index = Math.floor((first % preset.pagesPerBlock) / preset.pagesPerProgram);
    const type = index % preset.programUs.length;
    const cellPs = us(slc ? preset.slcProgramUs : (preset.programUs[type] as number));
    const op = this.flash.take(OP_KIND.program, first, this.dieOf(first), cellPs, this.groupCount * preset.pageBytes);
    this.flash.setPages(op, this.groupCount);
    this.counters.pagesProgrammed += this.groupCount;
    this.underWay.add(op);
    this.flash.setNumber(op, this.programsSent++);
    this.groupFirst = NONE;
    this.groupCount = 0;
    this.flash.enqueue(op, this.clockPs);
  }

  private programmed(op: number, nowPs: number): void {
    this.clockPs = nowPs;
    this.underWay.delete(op);
    const first = this.flash.slotOf(op);
    const pages = this.flash.pagesOf(op);
    for (let i = 0; i < pages; i++) {
      const page = (this.hostPageAt[first + i] as number) - 1;
      if (page < 0) continue;
      this.hostPageAt[first + i] = 0;
      this.versions.programmed(first + i, page, this.buffered[page] === 1);
      (this.buffered[page] as number)--;
      this.bufferedTable.marks?.set(page);
      this.bufferUsed--;
    }
    this.bufferVersion++;
    while (this.bufferQueue.length > 0 && this.fits(this.bufferQueue[0] as number))
      this.accept(this.bufferQueue.shift() as number, nowPs);
    if (this.flushing.length > 0) this.flushed(op, nowPs);
  }

  private flush(slot: number, nowPs: number): void {
    this.closeGroup();
    this.flash.kickAll(nowPs);
    // With capacitors behind the buffer, what is in it is as good as written.
    if (this.underWay.size === 0 || this.preset.powerLossProtection) this.events.push(nowPs, EVENT.done, slot);
    else this.waitForPrograms(slot, nowPs);
  }

  private waitForPrograms(slot: number, nowPs: number): void {
    this.stalledPs[slot] = nowPs;
    this.flushing.push({ slot, left: this.underWay.size, before: this.programsSent });
  }

  private flushed(op: number, nowPs: number): void {
    const number = this.flash.numberOf(op);
    for (const wait of this.flushing) {
      if (number >= wait.before || --wait.left > 0) continue;
      // The program may have begun before the request came.
      const waitedPs = nowPs - (this.stalledPs[wait.slot] as number);
      this.requests.add(wait.slot, PART.tPROG, Math.min(waitedPs, this.flash.cellPsOf(op)));
      this.events.push(nowPs, EVENT.done, wait.slot);
    }
    this.flushing = this.flushing.filter((wait) => wait.left > 0);
  }

  private trim(slot: number, nowPs: number): void {
    this.counters.trims++;
    const lba = this.requests.lba[slot] as number;
    const end = lba + (this.requests.count[slot] as number);
    const last = Math.floor(end / this.pageSectors);
    for (let page = Math.ceil(lba / this.pageSectors); page < last; page++) {
      if (this.ftl.toPhysical[page] === NONE) continue;
      this.ftl.trim(page);
    }
    this.events.push(nowPs, EVENT.done, slot);
  }

  // --- flash ---

  private flashDone(op: number, nowPs: number): void {
    const { flash } = this;
    switch (flash.kindOf(op)) {
      case OP_KIND.read: {
        const slot = flash.slotOf(op);
        this.requests.unit[slot] = flash.dieOf(op);
        // All pages of the operation but the last are already in; only the last one can end the request.
        const pages = flash.pagesOf(op);
        this.pagesLeft[slot] = (this.pagesLeft[slot] as number) - (pages - 1);
        this.pageArrived(slot, nowPs, flash.bytesOf(op), flash.cellPsOf(op), flash.busPsOf(op), flash.gcPsOf(op));
        break;
      }
      case OP_KIND.ahead: {
        const page = flash.slotOf(op);
        for (let i = 0; i < flash.pagesOf(op); i++) this.aheadArrived(op, page + i, nowPs);
        break;
      }
      case OP_KIND.program:
        this.programmed(op, nowPs);
        break;
      default:
        break;
    }
    flash.release(op);
  }

  private isOnItsWay(page: number): boolean {
    return this.aheadPending[page % this.aheadPending.length] === page + 1;
  }

  private aheadArrived(op: number, page: number, nowPs: number): void {
    if (this.isOnItsWay(page)) this.aheadPending[page % this.aheadPending.length] = 0;
    if (this.aheadWaiting.length === 0) return;
    const { flash } = this;
    const still: typeof this.aheadWaiting = [];
    for (const waiter of this.aheadWaiting) {
      if (waiter.page !== page) still.push(waiter);
      else this.pageArrived(waiter.slot, nowPs, waiter.bytes, 0, 0, flash.gcPsOf(op));
    }
    this.aheadWaiting = still;
  }

  private dieOf(at: number): number {
    const { pagesPerBlock, pagesPerProgram } = this.preset;
    const block = Math.floor(at / pagesPerBlock);
    return ((this.firstDie[block] as number) + Math.floor((at % pagesPerBlock) / pagesPerProgram)) % this.dies;
  }

  private cellReadPs(at: number): number {
    const { readUs, pagesPerBlock, pagesPerProgram } = this.preset;
    const type = readUs.length === 1 ? 0 : Math.floor((at % pagesPerBlock) / pagesPerProgram) % readUs.length;
    return us(readUs[type] as number);
  }
}

const us = (value: number) => Math.round(value * 1e6);

function dieNames(preset: SsdPreset): string[] {
  const names: string[] = [];
  const { channels, chipsPerChannel, diesPerChip } = preset;
  for (let die = 0; die < channels * chipsPerChannel * diesPerChip; die++) {
    const channel = die % channels;
    const chip = Math.floor(die / channels) % chipsPerChannel;
    names.push(`channel ${channel} chip ${chip} die ${Math.floor(die / (channels * chipsPerChannel))}`);
  }
  return names;
}

function zeroCounters(): Counters {
  return {
    reads: 0,
    writes: 0,
    trims: 0,
    bufferHits: 0,
    unmappedReads: 0,
    readAheadHits: 0,
    pagesProgrammed: 0,
    partialWrites: 0,
  };
}
