/**
 * Programs of an SSD: pages written at the frontier are gathered into groups of `pagesPerProgram`, each one operation of its die. What is
 * under way is known by number, so that a flush, or a write without a buffer, can wait for all that were sent before it.
 */
import { PART } from '../device';
import { EVENT, NONE, us, type Drive } from './drive';
import { OP_KIND } from './flash';

/** A request that waits for programs. */
interface Wait {
  readonly slot: number;
  readonly sincePs: number;
  /** Programs with a lower number count, and so many of them are still under way. */
  readonly before: number;
  left: number;
}

export interface ProgramsState {
  readonly first: number;
  readonly count: number;
  readonly slcLeft: number;
  readonly sent: number;
  readonly underWay: readonly number[];
  readonly waiting: readonly Readonly<Wait>[];
}

export class Programs {
  /** Pages that can still be written one bit a cell. */
  slcLeft: number;
  /** The group that is being filled: its first physical page, or NONE. */
  private first = NONE;
  private count = 0;
  /** Programs sent so far, and the operations of those under way. */
  private sent = 0;
  private readonly underWay = new Set<number>();
  private waiting: Wait[] = [];

  constructor(private readonly drive: Drive) {
    const { slcBytes, pageBytes } = drive.preset;
    this.slcLeft = Math.floor(slcBytes / pageBytes);
  }

  get isIdle(): boolean {
    return this.underWay.size === 0;
  }

  /** The next physical page of the frontier is to be programmed. */
  add(at: number, nowPs: number): void {
    if (this.first === NONE) this.first = at;
    this.count++;
    const { pagesPerBlock, pagesPerProgram } = this.drive.preset;
    const next = (at % pagesPerBlock) + 1;
    if (next % pagesPerProgram === 0 || next === pagesPerBlock) this.send(nowPs);
  }

  /** Sends the pages gathered so far to their die. */
  send(nowPs: number): void {
    if (this.first === NONE) return;
    const { preset, striping, flash, counters } = this.drive;
    const { first, count } = this;
    const isSlc = this.slcLeft >= count;
    if (isSlc) this.slcLeft -= count;
    const cellPs = isSlc ? us(preset.slcProgramUs) : striping.cellProgramPs(first);
    const op = flash.take(OP_KIND.program, first, striping.dieOf(first), cellPs, count * preset.pageBytes);
    flash.setPages(op, count);
    counters.pagesProgrammed += count;
    this.underWay.add(op);
    flash.setNumber(op, this.sent++);
    this.first = NONE;
    this.count = 0;
    flash.enqueue(op, nowPs);
  }

  /** A request is done when all programs are that are under way now. */
  wait(slot: number, nowPs: number): void {
    this.waiting.push({ slot, sincePs: nowPs, before: this.sent, left: this.underWay.size });
  }

  ended(op: number): void {
    this.underWay.delete(op);
  }

  /** Ends the requests that have waited for a program. */
  release(op: number, nowPs: number): void {
    if (this.waiting.length === 0) return;
    const { flash, requests, events } = this.drive;
    const number = flash.numberOf(op);
    for (const wait of this.waiting) {
      if (number >= wait.before || --wait.left > 0) continue;
      // The program may have begun before the request came.
      requests.add(wait.slot, PART.tPROG, Math.min(nowPs - wait.sincePs, flash.cellPsOf(op)));
      events.push(nowPs, EVENT.done, wait.slot);
    }
    this.waiting = this.waiting.filter((wait) => wait.left > 0);
  }

  clear(): void {
    this.waiting = [];
    this.underWay.clear();
    this.first = NONE;
    this.count = 0;
  }

  save(): ProgramsState {
    const { first, count, slcLeft, sent } = this;
    const waiting = this.waiting.map((wait) => ({ ...wait }));
    return { first, count, slcLeft, sent, underWay: [...this.underWay], waiting };
  }

  load(state: ProgramsState): void {
    this.first = state.first;
    this.count = state.count;
    this.slcLeft = state.slcLeft;
    this.sent = state.sent;
    this.underWay.clear();
    for (const op of state.underWay) this.underWay.add(op);
    this.waiting = state.waiting.map((wait) => ({ ...wait }));
  }
}
