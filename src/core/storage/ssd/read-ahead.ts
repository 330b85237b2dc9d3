/** Pages that are fetched before a sequential reader asks for them. They cost the dies what any read costs. */
import { CellReads } from './cell-reads';
import { NONE, type Drive } from './drive';
import { OP_KIND } from './flash';

/** A request that waits for a page which is on its way. */
export interface PageWaiter {
  readonly page: number;
  readonly slot: number;
  readonly bytes: number;
}

export interface ReadAheadState {
  readonly sequentialNext: number;
  readonly end: number;
  readonly pending: readonly number[];
  readonly waiting: readonly PageWaiter[];
}

export class ReadAhead {
  /** How far, 0 for never. */
  private readonly pages: number;
  /** The sector with which a sequential reader goes on. */
  private sequentialNext = NONE;
  /** Pages before it have been or are being fetched for the reader. */
  private end = 0;
  /** By page, modulo its length: the page + 1 while it is on its way. */
  private readonly pending: Int32Array;
  private waiting: PageWaiter[] = [];
  private readonly cells: CellReads;

  constructor(private readonly drive: Drive) {
    const { preset } = drive;
    this.pages = Math.floor(preset.readAheadBytes / preset.pageBytes);
    this.pending = new Int32Array(Math.max(1, 4 * this.pages));
    this.cells = new CellReads(drive, OP_KIND.ahead);
  }

  /** Whether a read that begins at a sector goes on where the last one ended. */
  follows(lba: number): boolean {
    return this.pages > 0 && this.sequentialNext === lba;
  }

  /** Whether a page has been or is being fetched. */
  covers(page: number): boolean {
    return page < this.end;
  }

  isOnItsWay(page: number): boolean {
    return this.pending[page % this.pending.length] === page + 1;
  }

  wait(waiter: PageWaiter): void {
    this.waiting.push(waiter);
  }

  /** After a read from sector `lba` to before sector `end`, whose last page is `last`: fetches the next pages of a sequential reader. */
  fetch(lba: number, end: number, last: number, nowPs: number): void {
    if (this.pages === 0) return;
    const isSequential = this.sequentialNext === lba;
    this.sequentialNext = end;
    if (!isSequential) {
      this.end = last + 1;
      return;
    }
    const { ftl, preset, flash } = this.drive;
    const until = Math.min(last + 1 + this.pages, ftl.logicalPages);
    this.cells.begin();
    for (let page = Math.max(this.end, last + 1); page < until; page++) {
      const at = ftl.toPhysical[page] as number;
      if (at === NONE) {
        // The pages of an operation are numbered on, with those that hold nothing.
        this.cells.skip();
        continue;
      }
      this.pending[page % this.pending.length] = page + 1;
      this.cells.add(at, page, preset.pageBytes, nowPs);
    }
    this.end = Math.max(this.end, last + 1, until);
    flash.kickAll(nowPs);
  }

  /** A page is here; gives who waits for it. */
  arrived(page: number): readonly PageWaiter[] {
    if (this.isOnItsWay(page)) this.pending[page % this.pending.length] = 0;
    if (this.waiting.length === 0) return [];
    const due = this.waiting.filter((waiter) => waiter.page === page);
    this.waiting = this.waiting.filter((waiter) => waiter.page !== page);
    return due;
  }

  clear(): void {
    this.sequentialNext = NONE;
    this.end = 0;
    this.pending.fill(0);
    this.waiting = [];
  }

  save(): ReadAheadState {
    const { sequentialNext, end, pending, waiting } = this;
    return { sequentialNext, end, pending: [...pending], waiting: [...waiting] };
  }

  load(state: ReadAheadState): void {
    this.sequentialNext = state.sequentialNext;
    this.end = state.end;
    this.pending.set(state.pending);
    this.waiting = [...state.waiting];
  }
}
