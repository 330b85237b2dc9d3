/**
 * Time travel: checkpoints of the machine's state and exact replay from them. A moment of a run is the number of instructions done
 * and the cycle (a core asleep moves in cycles, not in instructions). Checkpoints thin out when there are many, evenly over the run, so
 * that going back costs about the same wherever one goes.
 */
import { CoreState } from '../core/machine/layout';
import type { Machine, MachineRest } from '../core/machine/machine';

export interface Moment {
  readonly instructions: number;
  readonly cycles: number;
}

interface Checkpoint extends Moment {
  readonly state: Uint8Array;
  readonly rest: MachineRest;
}

/** Memory for checkpoints; one is the machine's buffer, about 70 KiB for the teaching machine. */
const MAX_BYTES = 48 << 20;
const MAX_CHECKPOINTS = 600;
/** Distance of checkpoints at first. */
const FIRST_INTERVAL = 20_000;

export class History {
  private checkpoints: Checkpoint[] = [];
  private interval = FIRST_INTERVAL;
  /** The furthest moment that the run has reached. */
  reached: Moment = { instructions: 0, cycles: 0 };

  constructor(private readonly machine: Machine) {}

  /** Forgets everything; the machine stands at its start. */
  reset(): void {
    this.checkpoints = [];
    this.interval = FIRST_INTERVAL;
    this.reached = this.now();
    this.take();
  }

  now(): Moment {
    const { instructions, cycles } = this.machine.core;
    return { instructions, cycles };
  }

  /** Instructions until the next checkpoint is due. */
  get untilNext(): number {
    const last = this.checkpoints.at(-1);
    return Math.max(1, (last?.instructions ?? 0) + this.interval - this.machine.core.instructions);
  }

  /** Call after running forwards: takes a checkpoint when one is due. */
  advance(): void {
    const now = this.now();
    if (now.cycles > this.reached.cycles) this.reached = now;
    const last = this.checkpoints.at(-1);
    if (!last || now.instructions >= last.instructions + this.interval) this.take();
  }

  /** The future is no longer what it was: an input came in. */
  forgetFuture(): void {
    const now = this.now();
    this.checkpoints = this.checkpoints.filter((point) => point.cycles <= now.cycles);
    this.reached = now;
  }

  /** Back (or forward) to the moment with so many instructions done. */
  seekInstruction(instructions: number): void {
    const target = Math.max(0, Math.min(instructions, this.reached.instructions));
    this.restore((point) => point.instructions <= target);
    const missing = target - this.machine.core.instructions;
    if (missing > 0) this.replay({ instructions: missing });
  }

  /** To the first instruction boundary at or after a cycle. */
  seekCycle(cycle: number): void {
    const target = Math.max(0, Math.min(cycle, this.reached.cycles));
    this.restore((point) => point.cycles <= target);
    const missing = target - this.machine.core.cycles;
    if (missing > 0) this.replay({ cycles: missing });
  }

  /**
   * Goes to the last moment before now at which `isStop` holds, looking at every instruction boundary; to the start when there is none.
   * `isStop` is asked in the order of time, so it may carry state; `begin` resets it at the beginning of a stretch. Between two
   * yields the machine stands at some moment on the way: whoever drops the generator must seek.
   */
  *seekLast(begin: () => void, isStop: () => boolean, mustBreathe: () => boolean): Generator<void, void> {
    const end = this.now().instructions;
    let until = end;
    for (let index = this.indexBefore(end); index >= 0; index--) {
      const point = this.checkpoints[index] as Checkpoint;
      this.load(point);
      begin();
      let found = -1;
      while (this.machine.core.instructions < until) {
        if (isStop()) found = this.machine.core.instructions;
        const before = this.machine.core.instructions;
        this.replay({ instructions: 1 });
        if (this.machine.core.instructions === before) break;
        if ((before & 0x1ff) === 0 && mustBreathe()) yield;
      }
      if (found >= 0) {
        this.seekInstruction(found);
        return;
      }
      until = point.instructions;
    }
    this.seekInstruction(0);
  }

  private take(): void {
    const { machine } = this;
    const state = new Uint8Array(machine.buffer, 0, machine.layout.stateBytes).slice();
    this.checkpoints.push({ ...this.now(), state, rest: machine.saveRest() });
    if (this.checkpoints.length <= Math.min(MAX_CHECKPOINTS, MAX_BYTES / state.length)) return;
    this.checkpoints = this.checkpoints.filter((_, index) => index % 2 === 0);
    this.interval *= 2;
  }

  private indexBefore(instructions: number): number {
    return this.checkpoints.findLastIndex((point) => point.instructions < instructions);
  }

  private restore(fits: (point: Checkpoint) => boolean): void {
    const point = this.checkpoints.findLast(fits) ?? this.checkpoints[0];
    if (point) this.load(point);
  }

  private load(point: Checkpoint): void {
    const { machine } = this;
    new Uint8Array(machine.buffer, 0, machine.layout.stateBytes).set(point.state);
    machine.restoreRest(point.rest);
  }

  /** Runs without stopping for breakpoints and without counting into the profile. */
  private replay(limits: { readonly instructions?: number; readonly cycles?: number }): void {
    const { machine } = this;
    const { profile } = machine.execution;
    const untilInstruction =
      limits.instructions === undefined ? Infinity : machine.core.instructions + limits.instructions;
    const untilCycle = limits.cycles === undefined ? Infinity : machine.core.cycles + limits.cycles;
    machine.execution.profile = null;
    for (;;) {
      const stop = machine.run({
        ...(limits.instructions === undefined ? {} : { instructions: untilInstruction - machine.core.instructions }),
        ...(limits.cycles === undefined ? {} : { cycles: untilCycle - machine.core.cycles }),
      });
      const done = machine.core.instructions >= untilInstruction || machine.core.cycles >= untilCycle;
      if (done || stop.kind !== 'breakpoint' || machine.core.state >= CoreState.halted) break;
    }
    machine.execution.profile = profile;
  }
}
