/**
 * How fast the machine is to run: at a number of instructions a second, in step with the clock on the wall, or as fast as it goes; how
 * much it may do now for that, and how long nothing is to be done. And how much it does between two looks at the clock.
 */
import type { Machine } from '../core/machine/machine';

/** Instructions between two looks at the clock, to begin with; the number follows how fast they go. */
const CHUNK = 20_000;
/** So many take the interpreter 20 ms, when code suddenly cannot be translated. */
const MAX_CHUNK = 1_000_000;
/** A chunk is to take about so long. */
const CHUNK_MS = 2;
/** A machine that cannot keep up with the clock on the wall does not try to catch up with more than this. */
const MAX_LAG_MS = 100;
/** In real time the machine is looked after this often. */
const REAL_TIME_MS = 4;
/** Longest sleep between two instructions. */
const MAX_IDLE_MS = 50;

/** What may pass now. */
export interface Allowance {
  readonly instructions: number;
  readonly untilCycle: number;
}

export class Pace {
  speed = Infinity;
  clock: 'fast' | 'real' = 'fast';
  /** Instructions between two looks at the clock. */
  chunk = CHUNK;
  /** Where the machine was at a moment from which on it keeps the pace. */
  private from = { ms: 0, instructions: 0, cycles: 0 };

  constructor(private readonly now: () => number) {}

  /** From here on. */
  restart(machine: Machine | undefined): void {
    const { instructions, cycles } = machine ?? { instructions: 0, cycles: 0 };
    this.from = { ms: this.now(), instructions, cycles };
  }

  allowance(machine: Machine): Allowance {
    let untilCycle = Infinity;
    if (this.clock === 'real') {
      untilCycle = this.dueCycle(machine);
      const lag = untilCycle - machine.cycles - cyclesOf(machine, MAX_LAG_MS);
      if (lag > 0) this.from = { ...this.from, cycles: this.from.cycles - lag };
    }
    if (this.speed === Infinity) return { instructions: this.chunk, untilCycle };
    const done = machine.instructions - this.from.instructions;
    const due = Math.floor(((this.now() - this.from.ms) / 1000) * this.speed);
    return { instructions: Math.max(0, Math.min(this.chunk, due - done)), untilCycle };
  }

  /** Milliseconds until anything may pass. */
  idleMs(machine: Machine): number {
    if (this.speed !== Infinity) {
      const next = machine.instructions + 1 - this.from.instructions;
      return between(0, this.from.ms + (next / this.speed) * 1000 - this.now(), MAX_IDLE_MS);
    }
    if (this.clock === 'fast') return 0;
    const behindMs = (this.dueCycle(machine) - machine.cycles) / cyclesOf(machine, 1);
    return between(0, REAL_TIME_MS - behindMs, REAL_TIME_MS);
  }

  /**
   * Lets a number of instructions run and adapts the chunk: translated code does in a millisecond what takes instruction-by-instruction
   * work a second.
   */
  timed<T>(instructions: number, run: (instructions: number) => T): T {
    if (instructions < CHUNK) return run(instructions);
    const start = this.now();
    const result = run(instructions);
    const ms = this.now() - start;
    if (ms > 2 * CHUNK_MS) this.chunk = Math.max(CHUNK, Math.floor(this.chunk / 4));
    else if (ms < CHUNK_MS / 2) this.chunk = Math.min(MAX_CHUNK, this.chunk * 2);
    return result;
  }

  /** As many as are looked at one by one before the clock is looked at. */
  get leastChunk(): number {
    return CHUNK;
  }

  /** The cycle at which the machine would be, in step with the clock on the wall. */
  private dueCycle(machine: Machine): number {
    return Math.floor(this.from.cycles + cyclesOf(machine, this.now() - this.from.ms));
  }
}

const cyclesOf = ({ config }: Machine, ms: number) => (ms * 1e9) / config.cyclePs;

const between = (least: number, value: number, most: number) => Math.max(least, Math.min(most, value));
