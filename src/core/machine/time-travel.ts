/**
 * Going back: checkpoints and deterministic replay. A place in time is a number of executed instructions, of all hardware threads
 * together; the state there is the one
 * right after the last of them, before an interrupt is taken or the core falls asleep. Going to a place restores the last
 * checkpoint before it and runs the rest again, inputs included, so the way back is exact and as long as the run.
 *
 * Checkpoints are taken every `intervalCycles`; when their memory is used up, every second one of the older three quarters goes, so
 * that spacing grows with age. Where the user steps back again and again, a near checkpoint keeps each step short.
 */
import { assert } from '../base/assert';
import type { Image } from '../assembler/image';
import { backToLine } from './back-steps';
import type { InputEvent } from './input';
import { CoreState } from './layout';
import { LineTracker, MAX_STEP_INSTRUCTIONS } from './line-tracker';
import type { Machine } from './machine';
import type { RunLimits, StopReason } from './stops';
import { canRestore, restoreSnapshot, takeSnapshot, type Snapshot } from './snapshot';

export interface TravelOptions {
  readonly intervalCycles?: number;
  /** Bound on the memory of all checkpoints. */
  readonly maxBytes?: number;
}

export interface Checkpoint extends Snapshot {
  /** By thread: not below the highest SP, at a place or right after a return, since the checkpoint before this one. */
  readonly highestSp: Int32Array;
}

export type StepUnit = 'instruction' | 'line' | 'over' | 'out';

const DEFAULT_INTERVAL_CYCLES = 1_000_000;
const DEFAULT_MAX_BYTES = 120 * 2 ** 20;
/** What a checkpoint takes beside the buffer: device state, roughly. */
const REST_BYTES = 2048;
/** A replay longer than this leaves a near checkpoint shortly before its end. */
const LONG_REPLAY = 20_000;
const NEAR_DISTANCE = 4096;
const FIRST_WINDOW = 256;
/** A gap of history is worth filling when it is so many times as long as the distance of checkpoints in it. */
const LONG_GAP = 8;

/** Higher than any address. */
const UNKNOWN_SP = 0x10000;

export class TimeTravel {
  private past: Checkpoint[] = [];
  private near: Snapshot | null = null;
  /** Checkpoints behind which an instruction, or the start, takes so long that a gap cannot be filled. */
  private readonly leaps = new WeakSet<Snapshot>();
  private readonly intervalCycles: number;
  private readonly maxCheckpoints: number;
  private nextCheckpoint = 0;
  /** Most instructions that the run has reached. */
  reached = 0;
  reachedCycle = 0;

  constructor(
    readonly machine: Machine,
    options: TravelOptions = {},
  ) {
    this.intervalCycles = options.intervalCycles ?? DEFAULT_INTERVAL_CYCLES;
    const bytes = machine.layout.stateBytes + REST_BYTES;
    this.maxCheckpoints = Math.max(8, Math.floor((options.maxBytes ?? DEFAULT_MAX_BYTES) / bytes));
    this.start();
  }

  /** From the oldest to the latest; the first is where history begins. */
  get checkpoints(): readonly Checkpoint[] {
    return this.past;
  }

  get checkpointCount(): number {
    return this.checkpoints.length;
  }

  get checkpointBytes(): number {
    return this.checkpoints.length * (this.machine.layout.stateBytes + REST_BYTES);
  }

  /** Loads a program and starts its history. */
  load(image: Image): void {
    this.machine.load(image);
    this.start();
  }

  /** History begins with the machine's present state. */
  start(): void {
    this.past = [this.newCheckpoint()];
    this.near = null;
    this.nextCheckpoint = this.machine.cycles + this.intervalCycles;
    this.reached = this.machine.instructions;
    this.reachedCycle = this.machine.cycles;
  }

  /**
   * The machine has been put to a later state of this run (checkpoint.ts), which elsewhere went as far as `reached`. The history before it
   * is one gap, which `fillHistory` runs through when somebody wants to go there.
   */
  resumed(reached: { readonly instructions: number; readonly cycle: number }): void {
    const { machine } = this;
    machine.execution.highestSp.fill(UNKNOWN_SP);
    this.past = [this.past[0] as Checkpoint, this.newCheckpoint()];
    this.near = null;
    this.nextCheckpoint = machine.cycles + this.intervalCycles;
    this.reached = Math.max(machine.instructions, reached.instructions);
    this.reachedCycle = Math.max(machine.cycles, reached.cycle);
  }

  /** Whether a way back to before this moment may be long, because history has a gap there. */
  get hasGap(): boolean {
    return this.gapStart() !== undefined;
  }

  /**
   * Runs again what lies in gaps of history before this moment and leaves checkpoints there. Yields now and then; the machine is where
   * it was afterwards, also when this is dropped half-way.
   */
  *fillHistory(): Generator<void, void, void> {
    const { machine } = this;
    if (!this.hasGap) return;
    const here = takeSnapshot(machine);
    const history = machine.saveHistory();
    const { hooks, execution } = machine;
    const kept = hooks.splice(0);
    const { profile } = execution;
    const highestSp = execution.highestSp.slice();
    execution.profile = null;
    let isDone = false;
    try {
      for (let gap = this.gapStart(here.cycle); gap !== undefined; gap = this.gapStart(here.cycle))
        yield* this.fillGap(gap);
      // The disks' journal began anew at the start, and has to reach to here.
      while (machine.cycles < here.cycle && !canRestore(machine, here)) {
        const stop = this.replayCycles(Math.min(here.cycle, machine.cycles + this.gapSpacing));
        assert(stop.kind === 'limit', 'a replay goes as far as the run went');
        yield;
      }
      isDone = true;
    } finally {
      if (!isDone) {
        machine.restoreHistory(history, here.rest);
        this.past = this.checkpoints.filter((c, i) => i === 0 || canRestore(machine, c));
      }
      restoreSnapshot(machine, here);
      hooks.push(...kept);
      execution.profile = profile;
      execution.highestSp.set(highestSp);
    }
  }

  /** Runs forward, leaving checkpoints. */
  run(limits: RunLimits = {}): StopReason {
    const { machine } = this;
    const untilCycle = limits.cycles === undefined ? Infinity : machine.cycles + limits.cycles;
    const untilInstruction = limits.instructions === undefined ? Infinity : machine.instructions + limits.instructions;
    let passBreakpoint = limits.passBreakpoint ?? true;
    for (;;) {
      const stop = this.machine.run({
        cycles: Math.max(0, Math.min(untilCycle, this.nextCheckpoint) - machine.cycles),
        instructions: untilInstruction - machine.instructions,
        passBreakpoint,
      });
      passBreakpoint = false;
      if (machine.cycles >= this.nextCheckpoint) this.checkpoint();
      this.noteReached();
      const isDone = machine.cycles >= untilCycle || machine.instructions >= untilInstruction;
      if (stop.kind !== 'limit' || isDone) return stop;
    }
  }

  /** Something from outside, now. A future that was known is forgotten. */
  input(event: InputEvent): void {
    const { machine } = this;
    const { past } = this;
    this.past = past.filter(
      (c) =>
        c.instructions < machine.instructions || (c.instructions === machine.instructions && c.cycle <= machine.cycles),
    );
    for (const dropped of past.slice(this.past.length)) raise(machine.execution.highestSp, dropped.highestSp);
    if (this.near && this.near.cycle > machine.cycles) this.near = null;
    this.machine.input(event);
    this.reached = machine.instructions;
    this.reachedCycle = machine.cycles;
    this.nextCheckpoint = machine.cycles + this.intervalCycles;
  }

  /** To the state right after `instructions` instructions; at most as far as the program runs. */
  seekInstruction(instructions: number): void {
    const { machine } = this;
    const target = Math.max(instructions, (this.checkpoints[0] as Snapshot).instructions);
    // Breakpoints and watchpoints are for running, not for replay.
    this.withoutHooks(() => {
      // A checkpoint with just as many instructions may lie inside the sleep after them.
      this.restoreBefore((c) => c.instructions < target, target);
      const distance = target - machine.instructions;
      if (distance > LONG_REPLAY) {
        this.replay(distance - NEAR_DISTANCE);
        this.near = takeSnapshot(machine, this.near?.state);
      }
      this.replay(target - machine.instructions);
    });
    this.noteReached();
  }

  /** To the first place at or after `cycle`; inside a sleep, to exactly that cycle. */
  seekCycle(cycle: number): void {
    this.withoutHooks(() => {
      this.restoreBefore((c) => c.cycle <= cycle, Infinity);
      this.replayCycles(cycle);
    });
    this.noteReached();
  }

  /** One step forward. Steps by line follow the hardware thread that is looked at, which stays so. */
  step(unit: StepUnit): StopReason {
    if (unit === 'instruction') return this.run({ instructions: 1 });
    const { core } = this.machine;
    const stop = this.stepLine(unit);
    if (stop.kind === 'limit') this.machine.select(core);
    return stop;
  }

  private stepLine(unit: Exclude<StepUnit, 'instruction'>): StopReason {
    const tracker = new LineTracker(this.machine);
    const wanted = (t: LineTracker) =>
      unit === 'out' ? t.depth < 0 : t.isNewLine && (unit === 'line' || t.depth <= 0);
    for (let n = 0; n < MAX_STEP_INSTRUCTIONS; n++) {
      tracker.look();
      const stop = this.run({ instructions: 1 });
      if (stop.kind !== 'limit') return stop;
      tracker.moved();
      if (wanted(tracker)) return stop;
    }
    return { kind: 'limit' };
  }

  /** One step back. At the start of the run nothing happens. */
  stepBack(unit: StepUnit): void {
    const { core } = this.machine;
    this.backBy(unit);
    this.machine.select(core);
  }

  /** Back to where the thread that is looked at had executed one instruction less, if it runs; by any thread's last one otherwise. */
  stepThreadBack(): void {
    const { machine } = this;
    const { core } = machine;
    const { instructions } = core;
    if (machine.threads.length === 1 || instructions === 0) return this.stepBack('instruction');
    const now = machine.instructions;
    const first = (this.checkpoints[0] as Snapshot).instructions;
    for (let window = FIRST_WINDOW; ; window *= 8) {
      const from = Math.max(first, now - window);
      this.seekInstruction(from);
      if (core.instructions < instructions || from === first) break;
    }
    let found = machine.instructions;
    this.withoutHooks(() => {
      while (core.instructions < instructions && this.replay(1).kind === 'limit')
        if (core.instructions < instructions) found = machine.instructions;
    });
    this.seekInstruction(found);
    machine.select(core);
  }

  private backBy(unit: StepUnit): void {
    if (unit === 'instruction') this.backInstruction();
    else backToLine(this, unit);
  }

  /** Runs until `pc` is reached, or something else stops the machine. */
  runTo(pc: number): StopReason {
    const { machine } = this;
    const hook = { before: () => machine.core.pc === pc };
    this.run({ instructions: 1 });
    machine.hooks.push(hook);
    try {
      return this.run();
    } finally {
      machine.hooks.splice(machine.hooks.indexOf(hook), 1);
    }
  }

  private backInstruction(): void {
    const { machine } = this;
    const { instructions, cycles, core } = machine;
    const { state } = core;
    this.seekInstruction(instructions);
    // A trap before execution, a sleep or an interrupt's entry lie between two places: back from there is to the place itself.
    if (machine.cycles === cycles && core.state === state) this.seekInstruction(instructions - 1);
  }

  /** Hooks are for running, not for looking around. */
  withoutHooks<T>(work: () => T): T {
    const { hooks } = this.machine;
    const kept = hooks.splice(0);
    try {
      return work();
    } finally {
      hooks.push(...kept);
    }
  }

  /** Work that may set the machine's record of the highest SP, which is to be as before afterwards. */
  keepingHighestSp<T>(work: () => T): T {
    const { highestSp } = this.machine.execution;
    const kept = highestSp.slice();
    try {
      return work();
    } finally {
      highestSp.set(kept);
    }
  }

  /** A state of the past close before a place where somebody goes next. */
  leaveNear(snapshot: Snapshot): void {
    this.near = snapshot;
  }

  /** With 0 too: what is due right here is done. Breakpoints stay in place (translations depend on them) and are run over. */
  replay(instructions: number): StopReason {
    const { machine } = this;
    const until = machine.instructions + instructions;
    for (;;) {
      const stop = machine.run({ instructions: until - machine.instructions });
      if (stop.kind !== 'breakpoint') return stop;
    }
  }

  /** Restores the latest known state that qualifies, unless the present one is at least as good. */
  private restoreBefore(qualifies: (c: Snapshot) => boolean, target: number): void {
    const { machine } = this;
    let best = this.checkpoints[0] as Snapshot;
    for (let i = this.checkpoints.length - 1; i > 0; i--) {
      const candidate = this.checkpoints[i] as Snapshot;
      if (!qualifies(candidate) || !canRestore(machine, candidate)) continue;
      best = candidate;
      break;
    }
    const { near } = this;
    if (near && qualifies(near) && near.cycle > best.cycle && canRestore(machine, near)) best = near;
    const isAhead =
      machine.instructions < target && machine.instructions >= best.instructions && machine.cycles >= best.cycle;
    if (isAhead && machine.core.state === CoreState.running && target < Infinity) return;
    restoreSnapshot(machine, best);
  }

  /** Index of the checkpoint at which the first gap before `untilCycle` begins. */
  private gapStart(untilCycle = this.machine.cycles): number | undefined {
    const { checkpoints } = this;
    const longest = LONG_GAP * this.gapSpacing;
    if (checkpoints.length >= this.maxCheckpoints) return undefined;
    const start = checkpoints.findIndex(
      (c, i) => (checkpoints[i + 1]?.cycle ?? 0) - c.cycle > longest && !this.leaps.has(c),
    );
    return start >= 0 && (checkpoints[start] as Snapshot).cycle < untilCycle ? start : undefined;
  }

  /** Cycles between the checkpoints that fill a gap: all of history has room at twice that distance. */
  private get gapSpacing(): number {
    return Math.max(this.intervalCycles, (2 * this.reachedCycle) / this.maxCheckpoints);
  }

  private *fillGap(start: number): Generator<void, void, void> {
    const { machine } = this;
    const end = this.checkpoints[start + 1] as Snapshot;
    restoreSnapshot(machine, this.checkpoints[start] as Snapshot);
    for (const { id, sp } of machine.threads) machine.execution.highestSp[id] = sp;
    for (let at = start + 1; ; at++) {
      const last = this.checkpoints[at - 1] as Snapshot;
      const stop = this.replayCycles(Math.min(end.cycle, machine.cycles + this.gapSpacing));
      if (machine.cycles - last.cycle > LONG_GAP * this.gapSpacing) this.leaps.add(last);
      if (machine.cycles >= end.cycle) {
        this.past[at] = { ...end, highestSp: machine.execution.highestSp.slice() };
        return;
      }
      assert(stop.kind === 'limit', 'a replay goes as far as the run went');
      this.past.splice(at, 0, this.newCheckpoint());
      yield;
    }
  }

  private replayCycles(until: number): StopReason {
    const { machine } = this;
    for (;;) {
      const stop = machine.run({ cycles: Math.max(0, until - machine.cycles) });
      if (stop.kind !== 'breakpoint') return stop;
    }
  }

  private noteReached(): void {
    const { machine } = this;
    this.reached = Math.max(this.reached, machine.instructions);
    this.reachedCycle = Math.max(this.reachedCycle, machine.cycles);
  }

  private checkpoint(): void {
    const { machine } = this;
    this.nextCheckpoint = machine.cycles + this.intervalCycles;
    const last = this.checkpoints.at(-1) as Snapshot;
    if (last.cycle >= machine.cycles) {
      // Running again over known ground: the checkpoints are there already.
      const next = this.checkpoints.find((c) => c.cycle > machine.cycles);
      if (next) this.nextCheckpoint = Math.max(next.cycle, machine.cycles + 1);
      return;
    }
    let reuse: Uint8Array | undefined;
    if (this.checkpoints.length >= this.maxCheckpoints) reuse = this.thin();
    this.past.push(this.newCheckpoint(reuse));
  }

  /** Drops every second of the older three quarters, never the first; gives one of the freed buffers. */
  private thin(): Uint8Array | undefined {
    const { past } = this;
    const old = Math.floor((past.length * 3) / 4);
    const isDropped = (i: number) => i > 0 && i < old && i % 2 === 1;
    past.forEach(({ highestSp }, i) => {
      const next = past[i + 1];
      if (isDropped(i) && next) raise(next.highestSp, highestSp);
    });
    this.past = past.filter((_, i) => !isDropped(i));
    return past.find((_, i) => isDropped(i))?.state;
  }

  /** Of this moment; from now on the highest SP is that until the next one. */
  private newCheckpoint(into?: Uint8Array): Checkpoint {
    const { highestSp } = this.machine.execution;
    const checkpoint = { ...takeSnapshot(this.machine, into), highestSp: highestSp.slice() };
    for (const { id, sp } of this.machine.threads) highestSp[id] = sp;
    return checkpoint;
  }
}

function raise(highest: Int32Array, by: Int32Array): void {
  for (const [i, value] of by.entries()) highest[i] = Math.max(highest[i] as number, value);
}
