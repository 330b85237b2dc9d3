/**
 * All requests on their way, as columns of typed arrays: a request is a slot number, and a slot is used again when its request is
 * over. Nothing is allocated while the number in flight stays below the capacity reached before.
 *
 * Life of a request: a client takes a slot; links carry it forwards and note themselves in `hops`; a server holds it; the answer goes
 * back over the same links. When the client gives up (a time-out), the request is `abandoned`: it is accounted for, the balancers on
 * its way have forgotten it, but a server may still work on it, so the slot is freed when it next surfaces.
 */
import { MAX_HOPS } from '../documents/scenario';
import { NO_TICKET, type Ticket } from '../sim/kernel';

/** More than this in flight is an overload without end; the run stops and says so. */
export const MAX_REQUESTS = 1_000_000;
const FIRST_CAPACITY = 256;

export const STATE = { free: 0, travelling: 1, atNode: 2, lost: 3 } as const;
export const OUTCOME = { completed: 0, rejected: 1, failed: 2 } as const;
export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME];

/** No request, no node: ends of lists. */
export const NONE = -1;

export class Requests {
  state = new Uint8Array(FIRST_CAPACITY);
  outcome = new Uint8Array(FIRST_CAPACITY);
  abandoned = new Uint8Array(FIRST_CAPACITY);
  /** When the client made it, ps. */
  created = new Float64Array(FIRST_CAPACITY);
  /** When it came to the node where it is, ps. */
  entered = new Float64Array(FIRST_CAPACITY);
  /** Time spent waiting and in service so far, ps; the rest of its age is the network's. */
  queued = new Float64Array(FIRST_CAPACITY);
  served = new Float64Array(FIRST_CAPACITY);
  /** Index of the client node, and of the user behind a closed loop. */
  client = new Int32Array(FIRST_CAPACITY);
  user = new Int32Array(FIRST_CAPACITY);
  /** Node that holds it, or NONE. */
  node = new Int32Array(FIRST_CAPACITY);
  /** Links crossed and not yet crossed back: hops[slot * MAX_HOPS + i], i < depth. */
  depth = new Uint8Array(FIRST_CAPACITY);
  hops = new Int32Array(FIRST_CAPACITY * MAX_HOPS);
  /** The client's time-out. */
  timeout = new Float64Array(FIRST_CAPACITY);
  /** For the node that holds it: the end of its service, a place in a list, its virtual finishing time. */
  serviceEnd = new Float64Array(FIRST_CAPACITY);
  next = new Int32Array(FIRST_CAPACITY);
  finish = new Float64Array(FIRST_CAPACITY);
  /** While it travels: the link (2 * link + 1 backwards) and when it was sent and will arrive, ps. */
  way = new Int32Array(FIRST_CAPACITY);
  sent = new Float64Array(FIRST_CAPACITY);
  arrives = new Float64Array(FIRST_CAPACITY);

  private free = new Int32Array(FIRST_CAPACITY);
  private freeCount = 0;
  /** Slots that have ever been used: the scans end here. */
  used = 0;

  get slotsInUse(): number {
    return this.used - this.freeCount;
  }

  /** A slot for a new request, or NONE when there are too many. */
  take(client: number, user: number, nowPs: number): number {
    const slot = this.freeCount > 0 ? (this.free[--this.freeCount] as number) : this.extend();
    if (slot === NONE) return NONE;
    this.state[slot] = STATE.atNode;
    this.outcome[slot] = OUTCOME.completed;
    this.abandoned[slot] = 0;
    this.created[slot] = nowPs;
    this.queued[slot] = 0;
    this.served[slot] = 0;
    this.client[slot] = client;
    this.user[slot] = user;
    this.node[slot] = client;
    this.depth[slot] = 0;
    this.timeout[slot] = NO_TICKET;
    return slot;
  }

  release(slot: number): void {
    this.state[slot] = STATE.free;
    this.node[slot] = NONE;
    this.free[this.freeCount++] = slot;
  }

  /** Requests that no client has accounted for yet, counted one by one: the independent side of the conservation check. */
  countInFlight(): number {
    let n = 0;
    for (let i = 0; i < this.used; i++) if (this.state[i] !== STATE.free && this.abandoned[i] === 0) n++;
    return n;
  }

  setTimeout(slot: number, ticket: Ticket): void {
    this.timeout[slot] = ticket;
  }

  private extend(): number {
    if (this.used === MAX_REQUESTS) return NONE;
    if (this.used === this.state.length) this.grow(Math.min(this.used * 2, MAX_REQUESTS));
    return this.used++;
  }

  private grow(n: number): void {
    this.state = copyInto(new Uint8Array(n), this.state);
    this.outcome = copyInto(new Uint8Array(n), this.outcome);
    this.abandoned = copyInto(new Uint8Array(n), this.abandoned);
    this.created = copyInto(new Float64Array(n), this.created);
    this.entered = copyInto(new Float64Array(n), this.entered);
    this.queued = copyInto(new Float64Array(n), this.queued);
    this.served = copyInto(new Float64Array(n), this.served);
    this.client = copyInto(new Int32Array(n), this.client);
    this.user = copyInto(new Int32Array(n), this.user);
    this.node = copyInto(new Int32Array(n), this.node);
    this.depth = copyInto(new Uint8Array(n), this.depth);
    this.hops = copyInto(new Int32Array(n * MAX_HOPS), this.hops);
    this.timeout = copyInto(new Float64Array(n), this.timeout);
    this.serviceEnd = copyInto(new Float64Array(n), this.serviceEnd);
    this.next = copyInto(new Int32Array(n), this.next);
    this.finish = copyInto(new Float64Array(n), this.finish);
    this.way = copyInto(new Int32Array(n), this.way);
    this.sent = copyInto(new Float64Array(n), this.sent);
    this.arrives = copyInto(new Float64Array(n), this.arrives);
    this.free = copyInto(new Int32Array(n), this.free);
  }
}

function copyInto<T extends { set(source: T): void }>(target: T, source: T): T {
  target.set(source);
  return target;
}
