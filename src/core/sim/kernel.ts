/**
 * The discrete-event kernel: integer picoseconds, a total order (time, priority, sequence), a binary heap in typed arrays.
 *
 * Time is an epoch plus an offset: 2^53 ps is only 2.5 h, so when the offset passes REBASE_PS the epoch moves on and all pending
 * offsets shrink with it (multiples of 2^50 subtract exactly). Handlers run to completion; they schedule, they never wait.
 * Cancelling is O(1): a ticket carries the generation of its slot, and a cancelled event is dropped when it comes up.
 */
import { assert } from '../base/assert';

export type Handler = (argument: number, kernel: Kernel) => void;

/** Names an event that can be cancelled: generation * 2^22 + slot, one number so that scheduling allocates nothing. */
export type Ticket = number;

/** A ticket that names no event. */
export const NO_TICKET: Ticket = -1;

/** Offsets stay below this (about 18 minutes), so that an offset plus a usual delay is exact. */
const REBASE_PS = 2 ** 50;
const SLOT_BITS = 22;
/** More pending events than this means a runaway model; it is also what fits a ticket's slot. */
export const MAX_PENDING_EVENTS = 2 ** SLOT_BITS;
/** A ticket holds 2^31 generations of a slot; the counter wraps there. */
const GENERATION_MASK = 0x7fffffff;
export const PRIORITIES = 16;

export const PS_PER_NS = 1e3;
export const PS_PER_US = 1e6;
export const PS_PER_MS = 1e9;
export const PS_PER_S = 1e12;

export class Kernel {
  /** Whole REBASE_PS units passed. */
  private epoch = 0;
  private offset = 0;
  /** Picoseconds of all whole epochs; kept so that nowPs is one addition. */
  private epochPs = 0;
  private sequence = 0;
  /** End of the `run` that is under way, as an offset; moves with the epoch. */
  private until = 0;
  // Rolling hashes: one over times, one over (sequence, kind, argument). Two runs are equal when both are.
  private timeHash = 0x811c9dc5 | 0;
  private orderHash = 0x811c9dc5 | 0;

  // Heap of slots, ordered by (time, priority, sequence).
  private heap = new Int32Array(1024);
  private size = 0;
  private time = new Float64Array(1024);
  private order = new Float64Array(1024);
  private argument = new Float64Array(1024);
  private kind = new Int32Array(1024);
  private generation = new Int32Array(1024);
  private live = new Uint8Array(1024);
  private free = new Int32Array(1024);
  private freeCount = 0;
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
    return this.epochPs + this.offset;
  }

  get nowParts(): { readonly epochs: number; readonly offsetPs: number; readonly epochPs: number } {
    return { epochs: this.epoch, offsetPs: this.offset, epochPs: REBASE_PS };
  }

  get nowSeconds(): number {
    return this.epochPs / PS_PER_S + this.offset / PS_PER_S;
  }

  get pending(): number {
    return this.size - this.cancelled;
  }

  get runHash(): string {
    return hex(this.timeHash) + hex(this.orderHash);
  }

  /**
   * Runs `handler` with `argument` after `delayPs` (whole, >= 0). Lower `priority` (0..15) goes first at equal times.
   * A delay that ends beyond 2^53 ps of the present epoch is rounded to a multiple of 2 ps or more.
   */
  schedule(delayPs: number, handler: number, argument = 0, priority = 8): Ticket {
    if (!(delayPs >= 0) || Math.floor(delayPs) !== delayPs || delayPs === Infinity) badDelay(delayPs);
    assert(priority >= 0 && priority < PRIORITIES, 'priorities are 0..15');
    const slot = this.freeCount > 0 ? (this.free[--this.freeCount] as number) : this.grow();
    const time = this.offset + delayPs;
    this.time[slot] = time;
    const order = priority * 2 ** 48 + this.sequence++;
    this.order[slot] = order;
    this.kind[slot] = handler;
    this.argument[slot] = argument;
    this.live[slot] = 1;
    this.push(slot, time, order);
    return (this.generation[slot] as number) * MAX_PENDING_EVENTS + slot;
  }

  /** True while the event has neither run nor been cancelled. */
  isPending(ticket: Ticket): boolean {
    return this.slotOf(ticket) >= 0;
  }

  /** False when the event has run or was cancelled before. */
  cancel(ticket: Ticket): boolean {
    const slot = this.slotOf(ticket);
    if (slot < 0) return false;
    this.live[slot] = 0;
    this.cancelled++;
    return true;
  }

  /** Picoseconds until the next event, or undefined when none is pending. */
  nextDelayPs(): number | undefined {
    if (this.cancelled > 0) this.dropCancelled();
    return this.size === 0 ? undefined : (this.time[this.heap[0] as number] as number) - this.offset;
  }

  /** Runs the next event. False when none is pending. */
  step(): boolean {
    if (this.cancelled > 0) this.dropCancelled();
    if (this.size === 0) return false;
    this.execute(this.heap[0] as number);
    return true;
  }

  /** Runs events up to and including now + `durationPs`, at most `maxEvents`; then, if all have run, moves the clock there. */
  run(durationPs: number, maxEvents = Infinity): { readonly finished: boolean; readonly events: number } {
    assert(durationPs >= 0, 'time runs forwards');
    this.until = this.offset + durationPs;
    let events = 0;
    for (;;) {
      if (this.cancelled > 0) this.dropCancelled();
      if (this.size === 0) break;
      const slot = this.heap[0] as number;
      if ((this.time[slot] as number) > this.until) break;
      if (events >= maxEvents) return { finished: false, events };
      this.execute(slot);
      events++;
    }
    this.offset = this.until;
    if (this.offset >= REBASE_PS) this.rebase();
    return { finished: true, events };
  }

  /** Moves the clock without running anything; no event may lie before the new time. */
  advance(deltaPs: number): void {
    const delay = this.nextDelayPs();
    assert(delay === undefined || delay >= deltaPs, 'the clock may not pass an event');
    this.offset += deltaPs;
    if (this.offset >= REBASE_PS) this.rebase();
  }

  /** The slot of a pending event, or -1. */
  private slotOf(ticket: Ticket): number {
    if (ticket < 0) return -1;
    const generation = Math.floor(ticket / MAX_PENDING_EVENTS);
    const slot = ticket - generation * MAX_PENDING_EVENTS;
    return this.generation[slot] === generation && this.live[slot] === 1 ? slot : -1;
  }

  /** Takes the top of the heap, moves the clock to it and runs it. */
  private execute(slot: number): void {
    this.pop();
    const time = this.time[slot] as number;
    const kind = this.kind[slot] as number;
    const argument = this.argument[slot] as number;
    this.offset = time;
    this.mix(time, this.order[slot] as number, kind, argument);
    this.release(slot);
    if (time >= REBASE_PS) this.rebase();
    this.executed++;
    (this.handlers[kind] as Handler)(argument, this);
  }

  /** The inner step of MurmurHash3 (Appleby), 32 bits: every input bit reaches the whole state. */
  private mix(time: number, order: number, kind: number, argument: number): void {
    this.timeHash = murmur(murmur(this.timeHash, time | 0), (time * 2 ** -32) | 0);
    this.orderHash = murmur(murmur(this.orderHash, order | 0), Math.imul(kind, 0x9e3779b9) ^ argument);
  }

  private release(slot: number): void {
    this.live[slot] = 0;
    this.generation[slot] = ((this.generation[slot] as number) + 1) & GENERATION_MASK;
    this.free[this.freeCount++] = slot;
  }

  private dropCancelled(): void {
    while (this.size > 0 && this.live[this.heap[0] as number] === 0) {
      const slot = this.heap[0] as number;
      this.pop();
      this.release(slot);
      this.cancelled--;
    }
  }

  private rebase(): void {
    const units = Math.floor(this.offset / REBASE_PS);
    const deltaPs = units * REBASE_PS;
    this.epoch += units;
    this.epochPs = this.epoch * REBASE_PS;
    this.offset -= deltaPs;
    this.until -= deltaPs;
    this.timeHash = murmur(this.timeHash, units);
    for (let i = 0; i < this.size; i++) (this.time[this.heap[i] as number] as number) -= deltaPs;
  }

  private push(slot: number, slotTime: number, slotOrder: number): void {
    const { heap, time, order } = this;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const other = heap[parent] as number;
      const t = time[other] as number;
      if (t < slotTime || (t === slotTime && (order[other] as number) < slotOrder)) break;
      heap[i] = other;
      i = parent;
    }
    heap[i] = slot;
  }

  private pop(): void {
    const { heap, time, order } = this;
    const size = --this.size;
    const last = heap[size] as number;
    const lastTime = time[last] as number;
    const lastOrder = order[last] as number;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      let slot = heap[child] as number;
      let t = time[slot] as number;
      if (child + 1 < size) {
        const right = heap[child + 1] as number;
        const u = time[right] as number;
        if (u < t || (u === t && (order[right] as number) < (order[slot] as number))) {
          child++;
          slot = right;
          t = u;
        }
      }
      if (t > lastTime || (t === lastTime && (order[slot] as number) > lastOrder)) break;
      heap[i] = slot;
      i = child;
    }
    heap[i] = last;
  }

  private grow(): number {
    if (this.used === this.time.length) {
      assert(this.used < MAX_PENDING_EVENTS, 'too many pending events');
      const n = this.used * 2;
      this.heap = copyInto(new Int32Array(n), this.heap);
      this.time = copyInto(new Float64Array(n), this.time);
      this.order = copyInto(new Float64Array(n), this.order);
      this.argument = copyInto(new Float64Array(n), this.argument);
      this.kind = copyInto(new Int32Array(n), this.kind);
      this.generation = copyInto(new Int32Array(n), this.generation);
      this.live = copyInto(new Uint8Array(n), this.live);
      this.free = copyInto(new Int32Array(n), this.free);
    }
    return this.used++;
  }
}

function murmur(hash: number, word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  const h = hash ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

function badDelay(delayPs: number): never {
  throw new Error(`internal error: a delay is a whole number of picoseconds, not ${delayPs}`);
}

function copyInto<T extends { set(source: T): void }>(target: T, source: T): T {
  target.set(source);
  return target;
}
