/**
 * The discrete-event kernel: integer picoseconds, a total order (time, priority, sequence), a binary heap in typed arrays.
 *
 * Time is an epoch plus an offset: 2^53 ps is only 2.5 h, so when the offset passes REBASE_PS the epoch moves on and all pending
 * offsets shrink with it. Handlers run to completion; they schedule, they never wait. Cancelling is O(1): a ticket carries the
 * generation of its slot, and a cancelled event is dropped when it comes up.
 */
import { assert } from '../base/assert';

export type Handler = (argument: number, kernel: Kernel) => void;

/** Names an event that can be cancelled: slot and generation. */
export interface Ticket {
  readonly slot: number;
  readonly generation: number;
}

/** Offsets stay below this (about 18 minutes), so that sums of two of them are exact. */
const REBASE_PS = 2 ** 50;
/** More pending events than this means a runaway model. */
export const MAX_PENDING_EVENTS = 4_000_000;

export const PS_PER_NS = 1e3;
export const PS_PER_US = 1e6;
export const PS_PER_MS = 1e9;
export const PS_PER_S = 1e12;

export class Kernel {
  /** Whole REBASE_PS units passed. */
  private epoch = 0;
  private offset = 0;
  private sequence = 0;
  /** Rolling FNV-1a over (time, sequence, kind): two runs are equal when this is. */
  private hash = 0x811c9dc5;

  // Heap of slots, ordered by (time, priority, sequence).
  private heap = new Int32Array(1024);
  private size = 0;
  private time = new Float64Array(1024);
  private order = new Float64Array(1024);
  private argument = new Float64Array(1024);
  private kind = new Int32Array(1024);
  private generation = new Int32Array(1024);
  private live = new Uint8Array(1024);
  private free: number[] = [];
  private used = 0;
  private cancelled = 0;

  private readonly handlers: Handler[] = [];
  executed = 0;

  /** Registers a handler; its number goes to `schedule`. Register in a fixed order, so that runs can be compared. */
  register(handler: Handler): number {
    this.handlers.push(handler);
    return this.handlers.length - 1;
  }

  /** Time now, in picoseconds since the start; exact up to 2^53 ps, rounded beyond (use nowParts for exact long times). */
  get nowPs(): number {
    return this.epoch * REBASE_PS + this.offset;
  }

  get nowParts(): { readonly epochs: number; readonly offsetPs: number; readonly epochPs: number } {
    return { epochs: this.epoch, offsetPs: this.offset, epochPs: REBASE_PS };
  }

  get nowSeconds(): number {
    return (this.epoch * REBASE_PS) / PS_PER_S + this.offset / PS_PER_S;
  }

  get pending(): number {
    return this.size - this.cancelled;
  }

  get runHash(): string {
    return (this.hash >>> 0).toString(16).padStart(8, '0');
  }

  /** Runs `handler` with `argument` after `delayPs` (whole, >= 0). Lower `priority` (0..15) goes first at equal times. */
  schedule(delayPs: number, handler: number, argument = 0, priority = 8): Ticket {
    assert(delayPs >= 0 && Number.isInteger(delayPs), `a delay is a whole number of picoseconds, not ${delayPs}`);
    assert(this.size < MAX_PENDING_EVENTS, 'too many pending events');
    const slot = this.free.pop() ?? this.grow();
    this.time[slot] = this.offset + delayPs;
    this.order[slot] = priority * 2 ** 48 + this.sequence++;
    this.kind[slot] = handler;
    this.argument[slot] = argument;
    this.live[slot] = 1;
    this.push(slot);
    return { slot, generation: this.generation[slot] as number };
  }

  /** False when the event has run or was cancelled before. */
  cancel(ticket: Ticket): boolean {
    if (this.generation[ticket.slot] !== ticket.generation || !this.live[ticket.slot]) return false;
    this.live[ticket.slot] = 0;
    this.cancelled++;
    return true;
  }

  /** Picoseconds until the next event, or undefined when none is pending. */
  nextDelayPs(): number | undefined {
    this.dropCancelled();
    return this.size === 0 ? undefined : (this.time[this.heap[0] as number] as number) - this.offset;
  }

  /** Runs the next event. False when none is pending. */
  step(): boolean {
    this.dropCancelled();
    if (this.size === 0) return false;
    const slot = this.heap[0] as number;
    this.pop();
    this.offset = this.time[slot] as number;
    const kind = this.kind[slot] as number;
    const argument = this.argument[slot] as number;
    this.mix(slot, kind);
    this.release(slot);
    if (this.offset >= REBASE_PS) this.rebase();
    this.executed++;
    (this.handlers[kind] as Handler)(argument, this);
    return true;
  }

  /** Runs events up to and including now + `durationPs`, at most `maxEvents`; then, if all have run, moves the clock there. */
  run(durationPs: number, maxEvents = Infinity): { readonly finished: boolean; readonly events: number } {
    let left = durationPs;
    let events = 0;
    for (;;) {
      const delay = this.nextDelayPs();
      if (delay === undefined || delay > left) {
        this.advance(left);
        return { finished: true, events };
      }
      if (events >= maxEvents) return { finished: false, events };
      left -= delay;
      this.step();
      events++;
    }
  }

  /** Moves the clock without running anything; no event may lie before the new time. */
  advance(deltaPs: number): void {
    const delay = this.nextDelayPs();
    assert(delay === undefined || delay >= deltaPs, 'the clock may not pass an event');
    this.offset += deltaPs;
    if (this.offset >= REBASE_PS) this.rebase();
  }

  private mix(slot: number, kind: number): void {
    const t = this.time[slot] as number;
    let h = this.hash;
    h = Math.imul(h ^ (t | 0), 0x01000193);
    h = Math.imul(h ^ Math.floor(t / 4294967296), 0x01000193);
    h = Math.imul(h ^ ((this.order[slot] as number) | 0), 0x01000193);
    this.hash = Math.imul(h ^ kind, 0x01000193);
  }

  private release(slot: number): void {
    this.live[slot] = 0;
    this.generation[slot] = ((this.generation[slot] as number) + 1) | 0;
    this.free.push(slot);
  }

  private dropCancelled(): void {
    while (this.size > 0 && !this.live[this.heap[0] as number]) {
      const slot = this.heap[0] as number;
      this.pop();
      this.release(slot);
      this.cancelled--;
    }
  }

  private rebase(): void {
    const units = Math.floor(this.offset / REBASE_PS);
    this.epoch += units;
    this.offset -= units * REBASE_PS;
    for (let i = 0; i < this.size; i++) (this.time[this.heap[i] as number] as number) -= units * REBASE_PS;
  }

  private before(a: number, b: number): boolean {
    const ta = this.time[a] as number;
    const tb = this.time[b] as number;
    return ta < tb || (ta === tb && (this.order[a] as number) < (this.order[b] as number));
  }

  private push(slot: number): void {
    const { heap } = this;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.before(slot, heap[parent] as number)) break;
      heap[i] = heap[parent] as number;
      i = parent;
    }
    heap[i] = slot;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap[--this.size] as number;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.before(heap[child + 1] as number, heap[child] as number)) child++;
      if (!this.before(heap[child] as number, last)) break;
      heap[i] = heap[child] as number;
      i = child;
    }
    heap[i] = last;
  }

  private grow(): number {
    if (this.used === this.time.length) {
      const n = this.used * 2;
      this.heap = copyInto(new Int32Array(n), this.heap);
      this.time = copyInto(new Float64Array(n), this.time);
      this.order = copyInto(new Float64Array(n), this.order);
      this.argument = copyInto(new Float64Array(n), this.argument);
      this.kind = copyInto(new Int32Array(n), this.kind);
      this.generation = copyInto(new Int32Array(n), this.generation);
      this.live = copyInto(new Uint8Array(n), this.live);
    }
    return this.used++;
  }
}

function copyInto<T extends { set(source: T): void }>(target: T, source: T): T {
  target.set(source);
  return target;
}
