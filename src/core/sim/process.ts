/**
 * Processes as generators, over the event kernel: the way models are taught and sketched (Simula, SimPy). A process yields what it
 * waits for; between two yields no time passes. Hot models use handlers, which are several times faster.
 *
 *     processes.start(function* customer() {
 *       yield* desk.acquire();
 *       yield 3 * PS_PER_S;      // hold
 *       desk.release();
 *     });
 */
import { assert } from '../base/assert';
import type { Kernel } from './kernel';

/** A process yields a delay in whole picoseconds, or a signal to sleep on. */
export type Wait = number | Signal;
export type ProcessBody = Generator<Wait, void, void>;

/** Something that processes wait for; `wake` lets the one that has waited longest go on. */
export class Signal {
  private readonly waiting: number[] = [];
  private head = 0;

  constructor(private readonly processes: Processes) {}

  get waiters(): number {
    return this.waiting.length - this.head;
  }

  /** False when nobody waits. */
  wake(): boolean {
    if (this.waiters === 0) return false;
    this.processes.resume(this.waiting[this.head++] as number);
    if (this.head === this.waiting.length) this.head = this.waiting.length = 0;
    return true;
  }

  wakeAll(): void {
    while (this.wake());
  }

  /** For Processes only. */
  add(process: number): void {
    this.waiting.push(process);
  }
}

/** A number of equal places, given out first come first served. */
export class Resource {
  private readonly signal: Signal;
  free: number;

  constructor(
    processes: Processes,
    readonly capacity: number,
  ) {
    this.signal = new Signal(processes);
    this.free = capacity;
  }

  get queueLength(): number {
    return this.signal.waiters;
  }

  *acquire(): Generator<Wait, void, void> {
    if (this.free > 0 && this.signal.waiters === 0) this.free--;
    // The place passes from hand to hand: release gives it to the waiter without freeing it.
    else yield this.signal;
  }

  release(): void {
    assert(this.free < this.capacity, 'a place is released once');
    if (!this.signal.wake()) this.free++;
  }
}

export class Processes {
  private readonly handler: number;
  private readonly bodies: (ProcessBody | undefined)[] = [];
  private readonly freeSlots: number[] = [];
  running = 0;

  constructor(readonly kernel: Kernel) {
    this.handler = kernel.register((process) => this.advance(process));
  }

  /** Starts a process at the present time, after the event that is being handled. */
  start(body: () => ProcessBody): void {
    const slot = this.freeSlots.pop() ?? this.bodies.length;
    this.bodies[slot] = body();
    this.running++;
    this.resume(slot);
  }

  /** For Signal only. */
  resume(process: number): void {
    this.kernel.schedule(0, this.handler, process);
  }

  private advance(process: number): void {
    const body = this.bodies[process];
    assert(body !== undefined, 'a process that has ended is not resumed');
    const { done, value } = body.next();
    if (done) {
      this.bodies[process] = undefined;
      this.freeSlots.push(process);
      this.running--;
    } else if (typeof value === 'number') this.kernel.schedule(value, this.handler, process);
    else value.add(process);
  }
}
