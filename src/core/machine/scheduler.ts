/**
 * Which hardware thread executes next, on a machine with several. Every thread has its own cycle count; the one that can start its next
 * instruction first executes, the lowest core at equal times. So what a run does depends on nothing but program and input, and
 * every memory access of an instruction is done before those of the next: sequential consistency (Lamport 1979).
 *
 * A core's second thread makes use of the first one's misses (switch-on-miss, also called coarse-grained or blocked multithreading): when
 * a thread waits for what lies beyond its L1s, the other takes the pipeline, `switchCycles` later, if it can start before the wait is over. A thread that
 * never misses gives the pipeline away after `timeoutCycles`. Both as in the IBM RS64 IV: Borkenhagen, Eickemeyer, Kalla and
 * Kunkel, "A multithreaded PowerPC processor for commercial servers", IBM Journal of Research and Development 44(6), 2000.
 */
import type { ThreadingConfig } from '../presets/machine';
import type { Core } from './cpu/core';
import type { Events } from './events';
import type { InputLog } from './input';
import { type Account, ACCOUNT, CORE, CoreState, SHARED_CLOCK } from './layout';
import { LIMIT, type RunLimits, type StopReason } from './stops';

/** The machine, as the scheduler sees it. */
export interface SchedulerHost {
  readonly events: Events;
  readonly inputs: InputLog;
  /** This thread is the one that executes now. */
  select(thread: Core): void;
  applyInputs(): void;
  /** Takes an interrupt, if one is due at the selected thread. */
  deliver(): boolean;
  /** Lets the selected thread execute until its cycle. */
  advance(until: number, resume: boolean): StopReason | undefined;
  /** How a thread has ended the run. */
  endOf(thread: Core): StopReason;
  accountOf(vector: number): Account;
}

/** Accounts of time in which the pipeline is free for the other thread. */
const STALLS = [ACCOUNT.l2, ACCOUNT.l3, ACCOUNT.ram, ACCOUNT.bus];

/** Of the thread that was picked: the cycle at which it starts, and that at which another thread of the machine would be earlier. */
const PICK = { start: 0, until: 1 } as const;

export class Scheduler {
  private readonly times: Float64Array;
  /** Threads by core. */
  private readonly cores: readonly (readonly Core[])[];
  /** PICK. */
  private readonly picked = new Float64Array(2);

  constructor(
    readonly threads: readonly Core[],
    private readonly config: ThreadingConfig,
    clock: Float64Array,
    private readonly host: SchedulerHost,
  ) {
    this.times = clock;
    const numbers = [...new Set(threads.map((thread) => thread.number))];
    this.cores = numbers.map((number) => threads.filter((thread) => thread.number === number));
  }

  /** The cycle that the machine as a whole has reached: no thread will start an instruction before it. */
  get now(): number {
    return this.times[SHARED_CLOCK.now] as number;
  }

  get instructions(): number {
    let sum = 0;
    for (const thread of this.threads) sum += thread.instructions;
    return sum;
  }

  reset(): void {
    this.threads.forEach((thread, id) => {
      thread.reset();
      if (id > 0) thread.state = CoreState.parked;
    });
  }

  run(limits: RunLimits): StopReason {
    const { host, threads } = this;
    const { events, inputs } = host;
    const untilCycle = limits.cycles === undefined ? Infinity : this.now + limits.cycles;
    let left = limits.instructions ?? Infinity;
    let resume = limits.passBreakpoint ?? true;
    const ended = threads.find((thread) => thread.state >= CoreState.halted);
    if (ended) return this.end(ended);
    for (;;) {
      const thread = this.pick();
      const start = this.picked[PICK.start] as number;
      const earlier = this.picked[PICK.until] as number;
      if (thread) {
        this.reach(start);
        host.select(thread);
      }
      if (this.outside()) continue;
      if (this.now >= untilCycle || left <= 0) return LIMIT;
      if (!thread) {
        const next = Math.min(events.nextCycle, inputs.nextCycle);
        if (next === Infinity || next <= this.now) return { kind: 'idle' };
        this.reach(Math.min(next, untilCycle));
        continue;
      }
      this.dispatch(thread, start);
      if (thread.eiDelay === 0 && host.deliver()) {
        this.release(thread, 0);
        resume = false;
        if (thread.state >= CoreState.halted) return this.end(thread);
        continue;
      }
      const next = thread.cycles + 1;
      const outside = inputs.nextInstructions > 0 ? next : Math.min(events.nextCycle, inputs.nextCycle);
      const until = thread.eiDelay !== 0 ? next : Math.min(untilCycle, outside, earlier, thread.cycles + left);
      const before = thread.instructions;
      const stop = this.execute(thread, until, resume);
      if (stop) {
        this.reach(this.pick() ? (this.picked[PICK.start] as number) : 0);
        return stop;
      }
      resume = false;
      left -= thread.instructions - before;
      if (thread.state >= CoreState.halted) return this.end(thread);
    }
  }

  /** The thread that executes next becomes the selected one: after a state was restored. */
  selectNext(): void {
    this.host.select(this.threads.find((thread) => thread.state >= CoreState.halted) ?? this.pick() ?? this.first);
  }

  /** A parked thread begins at what its starter has set. */
  start(id: number, by: Core): void {
    const thread = this.threads[id];
    if (!thread || thread.state !== CoreState.parked) return;
    const from = by.words;
    thread.r8.fill(0);
    thread.r16[0] = from[CORE.startArgument >> 2] as number;
    thread.pc = from[CORE.startPc >> 2] as number;
    thread.sp = from[CORE.startSp >> 2] as number;
    thread.stackLimit = from[CORE.startLimit >> 2] as number;
    thread.flags = thread.irqMask = thread.irqPending = thread.eiDelay = 0;
    thread.words[CORE.fetchLine >> 2] = -1;
    this.wake(thread, by.cycles, 'sleep');
  }

  /** The thread ends; whoever sleeps for that goes on. */
  park(thread: Core): void {
    thread.state = CoreState.parked;
    for (const other of this.threads)
      if (other.state === CoreState.waiting && other.joined === thread.id + 1) this.wake(other, thread.cycles, 'sleep');
  }

  /** The thread sleeps until thread `id` is parked, or an interrupt is pending. */
  join(thread: Core, id: number): void {
    const other = this.threads[id];
    if (!other || other === thread || other.state === CoreState.parked) return;
    thread.joined = id + 1;
    thread.state = CoreState.waiting;
  }

  private get first(): Core {
    return this.threads[0] as Core;
  }

  private end(thread: Core): StopReason {
    this.reach(thread.cycles);
    this.host.select(thread);
    return this.host.endOf(thread);
  }

  private reach(cycle: number): void {
    this.times[SHARED_CLOCK.now] = Math.max(this.now, cycle);
  }

  /** Does what is due now: events, inputs, threads that an interrupt wakes. Gives whether anything was. */
  private outside(): boolean {
    const { events, inputs } = this.host;
    const { now } = this;
    let done = false;
    if (events.nextCycle <= now) {
      events.runUntil(now);
      done = true;
    }
    if (inputs.nextCycle <= now && inputs.nextInstructions <= this.instructions) {
      this.host.applyInputs();
      done = true;
    }
    for (const thread of this.threads) {
      const ready = thread.state === CoreState.waiting ? thread.irqPending & thread.irqMask : 0;
      if (ready === 0) continue;
      this.wake(thread, now, this.host.accountOf(31 - Math.clz32(ready & -ready)));
      done = true;
    }
    return done;
  }

  /** Ends a sleep at a cycle; the time asleep goes to the account. */
  private wake(thread: Core, cycle: number, account: Account): void {
    const slept = Math.max(0, cycle - thread.cycles);
    thread.spend(ACCOUNT[account], slept);
    thread.joined = 0;
    thread.state = CoreState.running;
  }

  /** The thread that executes next; `picked` says when. */
  private pick(): Core | null {
    const { cores, picked } = this;
    let thread: Core | null = null;
    let start = Infinity;
    let until = Infinity;
    for (const threads of cores) {
      const isAlone = threads.length === 1;
      const candidate = isAlone ? (threads[0] as Core) : this.candidate(threads);
      if (candidate.state !== CoreState.running) continue;
      const at = isAlone ? candidate.cycles : this.startOf(candidate, threads[0] as Core);
      if (at < start) {
        // The one before, a lower core, goes first at equal times.
        until = start;
        start = at;
        thread = candidate;
      } else if (at + 1 < until) until = at + 1;
    }
    picked[PICK.start] = start;
    picked[PICK.until] = thread && this.isShared(thread) ? start + 1 : until;
    return thread;
  }

  /** Which of a core's two threads has the pipeline next. */
  private candidate(threads: readonly Core[]): Core {
    const first = threads[0] as Core;
    const active = threads[first.active] as Core;
    const other = threads[1 - first.active] as Core;
    if (other.state !== CoreState.running) return active;
    if (active.state !== CoreState.running) return other;
    const [freeAt, since] = first.pipeline as unknown as readonly [number, number];
    const isLate = freeAt - since >= this.config.timeoutCycles;
    return isLate || this.startOf(other, first) < active.cycles ? other : active;
  }

  private startOf(thread: Core, first: Core): number {
    const freeAt = first.pipeline[0] as number;
    return Math.max(thread.cycles, thread.thread === first.active ? freeAt : freeAt + this.config.switchCycles);
  }

  /** Whether the core's other thread could run as well. */
  private isShared(thread: Core): boolean {
    const threads = this.cores[thread.number] as readonly Core[];
    return threads.length > 1 && threads[1 - thread.thread]?.state === CoreState.running;
  }

  /** The pipeline goes to the thread. */
  private dispatch(thread: Core, start: number): void {
    const waited = start - thread.cycles;
    if (waited > 0) thread.spend(ACCOUNT.thread, waited);
    const first = this.firstOf(thread);
    if (first.active === thread.thread) return;
    first.active = thread.thread;
    first.pipeline[1] = start;
  }

  private execute(thread: Core, until: number, resume: boolean): StopReason | undefined {
    const isShared = this.isShared(thread);
    const before = isShared ? stallsOf(thread) : 0;
    const stop = this.host.advance(until, resume);
    this.release(thread, isShared ? stallsOf(thread) - before : 0);
    return stop;
  }

  /** The thread has used the pipeline until now, but for the time that it stalled at the end. */
  private release(thread: Core, stalled: number): void {
    this.firstOf(thread).pipeline[0] = thread.cycles - stalled;
  }

  private firstOf(thread: Core): Core {
    return (this.cores[thread.number] as readonly Core[])[0] as Core;
  }
}

function stallsOf({ ledger }: Core): number {
  let sum = 0;
  for (const account of STALLS) sum += ledger[account] as number;
  return sum;
}
