/**
 * Reads of an SSD, page by page: from the write buffer, from what was fetched ahead, or on the die command + tR and then the channel's
 * bus; all over the link. The parts of a request are those of the page that came last.
 */
import { PART, SECTOR_BYTES } from '../device';
import { CellReads } from './cell-reads';
import { EVENT, NONE, type Drive } from './drive';
import type { BufferedPages } from './buffered-pages';
import { OP_KIND } from './flash';
import { ReadAhead, type ReadAheadState } from './read-ahead';

export interface ReadsState {
  readonly linkFreePs: number;
  readonly pagesLeft: readonly number[];
  readonly ahead: ReadAheadState;
}

export class Reads {
  private linkFreePs = 0;
  /** By request: pages still to come. */
  private readonly pagesLeft: Int32Array;
  private readonly cells: CellReads;
  private readonly ahead: ReadAhead;

  constructor(
    private readonly drive: Drive,
    private readonly buffered: BufferedPages,
  ) {
    this.pagesLeft = new Int32Array(drive.requests.size);
    this.cells = new CellReads(drive, OP_KIND.read);
    this.ahead = new ReadAhead(drive);
  }

  start(slot: number, nowPs: number): void {
    const { requests, preset, flash } = this.drive;
    const pageSectors = preset.pageBytes / SECTOR_BYTES;
    const lba = requests.lba[slot] as number;
    const end = lba + (requests.count[slot] as number);
    const first = Math.floor(lba / pageSectors);
    const last = Math.floor((end - 1) / pageSectors);
    const follows = this.ahead.follows(lba);
    this.pagesLeft[slot] = last - first + 1;
    this.cells.begin();
    for (let page = first; page <= last; page++) {
      const from = Math.max(lba, page * pageSectors);
      const until = Math.min(end, (page + 1) * pageSectors);
      this.page(slot, page, (until - from) * SECTOR_BYTES, follows, nowPs);
    }
    flash.kickAll(nowPs);
    this.ahead.fetch(lba, end, last, nowPs);
  }

  /** The flash has read pages for a request. */
  cellsRead(op: number, nowPs: number): void {
    const { flash, requests } = this.drive;
    const slot = flash.slotOf(op);
    requests.unit[slot] = flash.dieOf(op);
    // All pages of the operation but the last are already in; only the last one can end the request.
    this.pagesLeft[slot] = (this.pagesLeft[slot] as number) - (flash.pagesOf(op) - 1);
    this.arrived(slot, nowPs, flash.bytesOf(op), flash.cellPsOf(op), flash.busPsOf(op), flash.gcPsOf(op));
  }

  /** The flash has read pages ahead. */
  aheadRead(op: number, nowPs: number): void {
    const { flash } = this.drive;
    const first = flash.slotOf(op);
    for (let i = 0; i < flash.pagesOf(op); i++)
      for (const { slot, bytes } of this.ahead.arrived(first + i))
        this.arrived(slot, nowPs, bytes, 0, 0, flash.gcPsOf(op));
  }

  clear(nowPs: number): void {
    this.ahead.clear();
    this.linkFreePs = nowPs;
  }

  save(): ReadsState {
    return { linkFreePs: this.linkFreePs, pagesLeft: [...this.pagesLeft], ahead: this.ahead.save() };
  }

  load(state: ReadsState): void {
    this.linkFreePs = state.linkFreePs;
    this.pagesLeft.set(state.pagesLeft);
    this.ahead.load(state.ahead);
  }

  /** `bytes` of one page of a request, which may go on where the last one ended. */
  private page(slot: number, page: number, bytes: number, follows: boolean, nowPs: number): void {
    const { ftl, preset, counters } = this.drive;
    const mapped = ftl.toPhysical[page] as number;
    const at = mapped === NONE && preset.readsUnwritten ? page : mapped;
    if (at === NONE || this.buffered.holds(page)) {
      if (at === NONE) counters.unmappedReads++;
      else counters.bufferHits++;
      this.arrived(slot, nowPs, bytes, 0, 0, 0);
    } else if (follows && this.ahead.covers(page)) {
      counters.readAheadHits++;
      if (this.ahead.isOnItsWay(page)) this.ahead.wait({ page, slot, bytes });
      else this.arrived(slot, nowPs, bytes, 0, 0, 0);
    } else this.cells.add(at, slot, bytes, nowPs);
  }

  /** The data of `bytes` of a read are in the controller: over the link, and done when it was the last. */
  private arrived(slot: number, nowPs: number, bytes: number, cellPs: number, busPs: number, gcPs: number): void {
    const { preset, requests, events } = this.drive;
    const startPs = Math.max(nowPs, this.linkFreePs);
    const linkPs = Math.round((bytes * 1e6) / preset.linkReadMBs);
    this.linkFreePs = startPs + linkPs;
    const left = (this.pagesLeft[slot] as number) - 1;
    this.pagesLeft[slot] = left;
    if (left > 0) return;
    requests.add(slot, PART.tR, cellPs);
    requests.add(slot, PART.bus, busPs);
    requests.add(slot, PART.gc, gcPs);
    requests.add(slot, PART.link, linkPs);
    events.push(startPs + linkPs, EVENT.done, slot);
  }
}
