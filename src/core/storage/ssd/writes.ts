/**
 * Writes of an SSD: link, buffer; done there, and programmed later (programs.ts). A request for which the buffer has no room waits for
 * programs. Without a buffer a write is done when its last page is programmed.
 *
 * The translation layer's decisions take effect at once; the moves and erases that follow from a write queue at the dies like any other
 * work.
 */
import { PART, SECTOR_BYTES } from '../device';
import type { BufferedPages } from './buffered-pages';
import { EVENT, NONE, us, type Drive } from './drive';
import { OP_KIND } from './flash';
import { Programs, type ProgramsState } from './programs';

export interface WritesState {
  readonly linkFreePs: number;
  readonly portFreePs: number;
  readonly queue: readonly number[];
  readonly sincePs: readonly number[];
  readonly programs: ProgramsState;
}

export class Writes {
  private readonly programs: Programs;
  private readonly bufferPages: number;
  private linkFreePs = 0;
  private portFreePs = 0;
  /** Requests that wait for room, and since when each has, by slot. */
  private readonly queue: number[] = [];
  private readonly sincePs: Float64Array;
  /** Of the write for which the translation layer works. */
  private clockPs = 0;

  constructor(
    private readonly drive: Drive,
    private readonly buffered: BufferedPages,
  ) {
    const { preset, requests } = drive;
    this.programs = new Programs(drive);
    this.bufferPages = Math.floor(preset.writeBufferBytes / Math.min(preset.pageBytes, 4096));
    this.sincePs = new Float64Array(requests.size);
  }

  get waiting(): number {
    return this.queue.length;
  }

  get slcPagesLeft(): number {
    return this.programs.slcLeft;
  }

  /** Over the link. */
  start(slot: number, nowPs: number): void {
    const { requests, preset, events } = this.drive;
    const bytes = (requests.count[slot] as number) * SECTOR_BYTES;
    const startPs = Math.max(nowPs, this.linkFreePs);
    const linkPs = Math.round((bytes * 1e6) / preset.linkWriteMBs);
    this.linkFreePs = startPs + linkPs;
    requests.add(slot, PART.link, linkPs);
    events.push(startPs + linkPs, EVENT.dataIn, slot);
  }

  /** The data have come over the link. */
  dataIn(slot: number, nowPs: number): void {
    this.sincePs[slot] = nowPs;
    if (this.queue.length > 0 || !this.fits(slot)) this.queue.push(slot);
    else this.accept(slot, nowPs);
  }

  flush(slot: number, nowPs: number): void {
    const { flash, preset, events } = this.drive;
    this.programs.send(nowPs);
    flash.kickAll(nowPs);
    // With capacitors behind the buffer, what is in it is as good as written.
    if (this.programs.isIdle || preset.powerLossProtection) events.push(nowPs, EVENT.done, slot);
    else this.programs.wait(slot, nowPs);
  }

  /** The flash has programmed a group. */
  programmed(op: number, nowPs: number): void {
    const { flash } = this.drive;
    this.programs.ended(op);
    const first = flash.slotOf(op);
    const pages = flash.pagesOf(op);
    for (let i = 0; i < pages; i++) this.buffered.programmed(first + i);
    // Before others come in: they do not wait for this one.
    this.programs.release(op, nowPs);
    while (this.queue.length > 0 && this.fits(this.queue[0] as number))
      this.accept(this.queue.shift() as number, nowPs);
  }

  /** The translation layer moves a page. */
  moved(fromPage: number, toPage: number): void {
    const { flash, striping, preset } = this.drive;
    const cellPs = striping.cellReadPs(fromPage);
    flash.enqueue(flash.take(OP_KIND.move, NONE, striping.dieOf(fromPage), cellPs, preset.pageBytes), this.clockPs);
    // The moved copy is the one in the buffer now, if the page still waits to be programmed.
    this.buffered.moved(fromPage, toPage);
    this.programs.add(toPage, this.clockPs);
  }

  /** The translation layer erases a block. */
  erased(): void {
    const { flash, striping, preset } = this.drive;
    for (const die of striping.erased())
      flash.enqueue(flash.take(OP_KIND.erase, NONE, die, Math.round(preset.eraseMs * 1e9), 0), this.clockPs);
  }

  clear(nowPs: number): void {
    this.queue.length = 0;
    this.programs.clear();
    this.linkFreePs = this.portFreePs = nowPs;
  }

  save(): WritesState {
    const { linkFreePs, portFreePs, queue, sincePs, programs } = this;
    return { linkFreePs, portFreePs, queue: [...queue], sincePs: [...sincePs], programs: programs.save() };
  }

  load(state: WritesState): void {
    this.linkFreePs = state.linkFreePs;
    this.portFreePs = state.portFreePs;
    this.queue.splice(0, Infinity, ...state.queue);
    this.sincePs.set(state.sincePs);
    this.programs.load(state.programs);
  }

  /** First and last page of a request. */
  private pagesOf(slot: number): readonly [number, number] {
    const { requests, preset } = this.drive;
    const pageSectors = preset.pageBytes / SECTOR_BYTES;
    const lba = requests.lba[slot] as number;
    const end = lba + (requests.count[slot] as number);
    return [Math.floor(lba / pageSectors), Math.floor((end - 1) / pageSectors)];
  }

  /** A request larger than the whole buffer goes in once the buffer is empty. */
  private fits(slot: number): boolean {
    const [first, last] = this.pagesOf(slot);
    return this.buffered.used === 0 || this.buffered.used + last - first + 1 <= this.bufferPages;
  }

  private accept(slot: number, nowPs: number): void {
    const { preset, flash } = this.drive;
    const [first, last] = this.pagesOf(slot);
    this.clockPs = nowPs;
    this.bookStall(slot, nowPs);
    for (let page = first; page <= last; page++) this.page(slot, page, nowPs);
    flash.kickAll(nowPs);
    if (preset.writeBufferBytes > 0) {
      this.intoBuffer(slot, nowPs);
      return;
    }
    this.programs.send(nowPs);
    flash.kickAll(nowPs);
    this.programs.wait(slot, nowPs);
  }

  /** One page of a request gets its place in the flash. */
  private page(slot: number, page: number, nowPs: number): void {
    const { ftl, counters } = this.drive;
    const old = ftl.toPhysical[page] as number;
    if (old !== NONE && !this.buffered.holds(page) && !this.isWhole(slot, page)) this.fill(slot, old, nowPs);
    const at = ftl.write(page);
    this.buffered.put(page, at, counters.writes);
    this.programs.add(at, nowPs);
  }

  private isWhole(slot: number, page: number): boolean {
    const { requests, preset } = this.drive;
    const pageSectors = preset.pageBytes / SECTOR_BYTES;
    const lba = requests.lba[slot] as number;
    const end = lba + (requests.count[slot] as number);
    return lba <= page * pageSectors && end >= (page + 1) * pageSectors;
  }

  /** The rest of a page has to be read before it can be written anew. */
  private fill(slot: number, old: number, nowPs: number): void {
    const { requests, preset, flash, striping, counters } = this.drive;
    counters.partialWrites++;
    const rest = Math.max(SECTOR_BYTES, preset.pageBytes - (requests.count[slot] as number) * SECTOR_BYTES);
    flash.enqueue(flash.take(OP_KIND.fill, NONE, striping.dieOf(old), striping.cellReadPs(old), rest), nowPs);
  }

  /** The request is done when its data are in the buffer. */
  private intoBuffer(slot: number, nowPs: number): void {
    const { requests, preset, events } = this.drive;
    const bytes = (requests.count[slot] as number) * SECTOR_BYTES;
    const transferPs = preset.bufferMBs > 0 ? Math.round((bytes * 1e6) / preset.bufferMBs) : 0;
    const portPs = us(preset.bufferSetupUs) + transferPs;
    const startPs = Math.max(nowPs, this.portFreePs);
    this.portFreePs = startPs + portPs;
    requests.add(slot, PART.cache, portPs);
    events.push(startPs + portPs, EVENT.done, slot);
  }

  /** Waiting for room is waiting for programs, and for as much of them as collection adds. */
  private bookStall(slot: number, nowPs: number): void {
    const { requests, ftl } = this.drive;
    const waitedPs = nowPs - (this.sincePs[slot] as number);
    if (waitedPs === 0) return;
    const gcPs = Math.round(waitedPs * (1 - 1 / ftl.writeAmplification));
    requests.add(slot, PART.gc, gcPs);
    requests.add(slot, PART.tPROG, waitedPs - gcPs);
  }
}
