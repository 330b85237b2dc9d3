/**
 * What the machine's worker does: takes commands, runs the machine in bounded slices, takes checkpoints, and makes frames. Commands
 * never run the machine themselves: they set an activity (machine-steps.ts), which is driven slice by slice.
 */
import type { DiskBlocks, DiskName } from '../core/documents/disk-image';
import type { StopPoint } from '../core/machine/debug/breakpoints';
import { CoreState } from '../core/machine/layout';
import { recordRun, type RecordedRun } from '../core/machine/recording';
import type { StopReason } from '../core/machine/stops';
import { Errand } from './errand';
import { makeFrame } from './machine-frame';
import { Pace } from './machine-pace';
import { bytesOf, insertDisks, lossText, NO_DISKS, Session } from './machine-session';
import { sweepSession } from './machine-sweep';
import { ask, back, forward, runBack, runOn, toLine, type Activity, type Drive } from './machine-steps';
import {
  MAX_SHOWN_BLOCKS,
  type AnswerView,
  type Direction,
  type DiskContents,
  type DiskView,
  type Edit,
  type LoadRequest,
  type MachineFrame,
  type MachineService,
  type MachineState,
  type SourceLine,
  type StepUnit,
  type StopView,
  type SweepReply,
  type SweepRequest,
} from './machine';

/** Longest time without looking at the mail. */
export const SLICE_MS = 8;
/** A sleep of the core is cut into pieces, so that a long one can be interrupted and is seen on the timeline. */
const MAX_SLEEP_CYCLES = 100_000_000;
/** Fetch, decode, execute, store. */
const LAST_MICRO_STEP = 3;

export class MachineRunner implements MachineService {
  private session: Session | undefined;
  /** At power on, for a program that another worker runs. */
  private prepared: Session | undefined;
  private activity: Activity | undefined;
  /** Something beside the machine's own run: done while it rests. */
  private readonly errand = new Errand();
  /** A step backwards or a search moves through states that nobody should see. */
  private hidden = false;
  /** Where a step backwards began, in case it is dropped. */
  private backFrom = 0;
  private state: MachineState = 'empty';
  private isOn = true;
  /** What the disks held at power on. */
  private disks: DiskContents = NO_DISKS;
  private stop: StopView | undefined;
  private answer: AnswerView | undefined;
  /** How many micro-steps of the next instruction have been shown. */
  private micro = 0;
  private readonly pace: Pace;
  /** Whether what is under way keeps the pace; steps and searches do not. */
  private isPaced = false;
  private sliceEnd = 0;
  private rateFrom: Rate = { ms: 0, done: [], rates: [] };
  private take: ((frame: MachineFrame) => void) | undefined;

  /** `now` in milliseconds; `changed` is called when there is a new frame to send or a slice to run. */
  constructor(
    private readonly now: () => number,
    private readonly changed: () => void,
  ) {
    this.pace = new Pace(now);
  }

  // Commands

  subscribe(take: (frame: MachineFrame) => void): void {
    this.take = take;
    this.changed();
  }

  load(request: LoadRequest): void {
    this.disks = request.disks ?? NO_DISKS;
    const { prepared } = this;
    this.prepared = undefined;
    const session = prepared?.takeOver(request) ? prepared : new Session(request, this.disks);
    this.session = session;
    this.atStart();
    if (session.instructions > 0) this.rest({ kind: 'pause', message: `as it was ${session.placeText()}` });
  }

  prepare(request: LoadRequest): void {
    const session = new Session(request, request.disks ?? NO_DISKS);
    session.rehearse();
    makeFrame({ session, isOn: true, state: 'paused', stop: undefined, answer: undefined, micro: 0, rates: [] });
    this.prepared = session;
  }

  checkpoint(): Uint8Array | undefined {
    const { session } = this;
    if (!session || !this.isOn || this.hidden || session.instructions === 0) return undefined;
    return session.checkpoint();
  }

  /** Nothing is under way, and the program is at its start. */
  private atStart(): void {
    this.drop();
    this.answer = undefined;
    this.micro = 0;
    this.isOn = true;
    this.state = 'paused';
    this.stop = { kind: 'start', message: 'at the start' };
    this.changed();
  }

  /** Ends what is under way without a word. */
  private drop(): void {
    this.activity?.return({ kind: 'pause', message: '' });
    this.activity = undefined;
    this.hidden = false;
    this.errand.end();
  }

  powerOff(): DiskContents {
    const { session } = this;
    if (!session) return this.disks;
    this.drop();
    const { machine } = session;
    const lost = machine.powerOff();
    this.disks = { ssd0: machine.devices.ssd0.contents(), hdd0: machine.devices.hdd0.contents() };
    session.forgetRun();
    this.isOn = false;
    this.rest({ kind: 'start', message: lossText(lost) });
    this.state = 'paused';
    return this.disks;
  }

  powerOn(): void {
    if (!this.session || this.isOn) return;
    this.session.startOver();
    this.atStart();
  }

  diskContents(): DiskContents {
    const { session } = this;
    if (!session) return this.disks;
    const { ssd0, hdd0 } = session.machine.devices;
    return { ssd0: ssd0.contents({ durable: true }), hdd0: hdd0.contents({ durable: true }) };
  }

  diskView(disk: DiskName): DiskView {
    const device = this.session?.machine.devices[disk];
    if (!device) return { blockCount: 0, used: [], usedCount: 0 };
    const all = device.contents();
    const used = all.slice(0, MAX_SHOWN_BLOCKS).map(([lba]) => ({ lba, isVolatile: device.isVolatile(lba) }));
    return { blockCount: device.blockCount, used, usedCount: all.length };
  }

  diskBlock(disk: DiskName, lba: number): Uint8Array {
    const device = this.session?.machine.devices[disk];
    return device && lba >= 0 && lba < device.blockCount ? device.block(lba).slice() : new Uint8Array(0);
  }

  insertDisk(disk: DiskName, blocks: DiskBlocks): void {
    const { session } = this;
    if (!session) return;
    this.drop();
    this.disks = { ...this.disks, [disk]: blocks };
    insertDisks(session.machine, this.disks);
    session.startOver();
    this.atStart();
  }

  record(): Promise<RecordedRun | undefined> {
    const { session, disks } = this;
    if (!session) return Promise.resolve(undefined);
    const { machine, image } = session;
    return this.begun(
      recordRun({
        config: machine.config,
        image,
        inputs: [...machine.inputs.all],
        untilInstructions: machine.instructions,
        prepare: (again) => insertDisks(again, disks),
      }),
    );
  }

  sweep(request: SweepRequest): Promise<SweepReply | undefined> {
    const { session } = this;
    return session ? this.begun(sweepSession(session, request, this.disks)) : Promise.resolve(undefined);
  }

  private begun<T>(question: Generator<void, T, void>): Promise<T | undefined> {
    const answer = this.errand.begin(question);
    this.changed();
    return answer;
  }

  run(): void {
    this.powerOn();
    const { session } = this;
    if (session && !this.hasEnded) this.begin(session, runOn, { isPaced: true });
  }

  runBack(): void {
    const { session } = this;
    if (session && !this.activity && this.isOn) this.begin(session, runBack, { hidden: true });
  }

  runTo(place: SourceLine, direction: Direction): void {
    const { session } = this;
    if (!session || this.activity || (direction === 'forward' && this.hasEnded)) return;
    this.powerOn();
    const isBack = direction === 'back';
    this.begin(session, (drive) => toLine(drive, place, isBack), { hidden: isBack });
  }

  pause(): void {
    if (!this.activity) return;
    this.activity.return({ kind: 'pause', message: 'paused' });
    if (this.hidden) this.session?.travel.seekInstruction(this.backFrom);
    this.rest({ kind: 'pause', message: 'paused' });
  }

  step(unit: StepUnit, direction: Direction): void {
    const { session } = this;
    if (!session || this.activity) return;
    if (!this.isOn) this.powerOn();
    else if (unit === 'micro') this.microStep(session, direction);
    else if (direction === 'back') this.begin(session, (drive) => back(drive, unit), { hidden: true });
    else if (!this.hasEnded) this.begin(session, (drive) => forward(drive, unit));
  }

  seek(timeNs: number): void {
    const { session } = this;
    if (!session || !this.isOn) return;
    const { travel, machine } = session;
    const cycle = Math.min(travel.reachedCycle, Math.round((timeNs * 1000) / machine.config.cyclePs));
    this.jump(session, () => travel.seekCycle(cycle));
  }

  goTo(instructions: number): void {
    const { session } = this;
    if (session && this.isOn) this.jump(session, () => session.travel.seekInstruction(instructions));
  }

  setSpeed(instructionsPerSecond: number): void {
    this.pace.speed = instructionsPerSecond;
    this.repace();
  }

  setClock(clock: 'fast' | 'real'): void {
    this.pace.clock = clock;
    this.repace();
  }

  setPoints(points: readonly StopPoint[]): void {
    this.session?.points.set(points);
    this.changed();
  }

  setWatches(expressions: readonly string[]): void {
    if (!this.session) return;
    this.session.watches = expressions;
    this.changed();
  }

  setWatchFrame(index: number): void {
    if (!this.session) return;
    this.session.watchFrame = index;
    this.changed();
  }

  setThread(id: number): void {
    if (!this.session) return;
    this.session.viewed = id;
    this.session.watchFrame = 0;
    this.changed();
  }

  edit(change: Edit): void {
    const { session } = this;
    if (!session || this.activity || this.hasEnded || !this.isOn) return;
    const edit = masked(change);
    session.travel.input(edit.kind === 'memory' ? edit : { ...edit, thread: session.viewed });
    this.outside(session);
  }

  ask(question: AnswerView['question'], address: number): void {
    const { session } = this;
    if (!session || this.activity || !this.isOn) return;
    this.begin(session, (drive) => ask(drive, question, address & 0xffff, (answer) => (this.answer = answer)), {
      hidden: true,
    });
  }

  key(code: number): void {
    const { session } = this;
    if (!session || this.hidden || !this.isOn) return;
    session.travel.input({ kind: 'key', code: code & 0xff });
    this.outside(session);
    this.wake();
  }

  switches(bits: number): void {
    const { session } = this;
    if (!session || this.hidden || !this.isOn) return;
    session.travel.input({ kind: 'switches', bits: bits & 0xff });
    this.outside(session);
    this.wake();
  }

  input(text: string): void {
    this.feed(text, false);
  }

  endInput(): void {
    this.feed('', true);
  }

  // Driving

  get isBusy(): boolean {
    return this.activity !== undefined || this.errand.isBusy;
  }

  /** Milliseconds until the next slice is of use: a slow speed leaves time between instructions. */
  get idleMs(): number {
    return this.session && this.activity && this.isPaced ? this.pace.idleMs(this.session.machine) : 0;
  }

  /** Runs for at most SLICE_MS or so. */
  slice(): void {
    const { activity } = this;
    this.sliceEnd = this.now() + SLICE_MS;
    if (!activity) {
      this.errand.run(() => this.now() >= this.sliceEnd);
      return;
    }
    const step = activity.next();
    if (step.done && this.activity === activity) this.rest(step.value);
    this.changed();
  }

  /** The frame of this moment, or undefined when there is none to show. */
  frame(): MachineFrame | undefined {
    const { session } = this;
    if (!session || this.hidden) return undefined;
    this.measureRate(session);
    return makeFrame({
      session,
      isOn: this.isOn,
      state: this.activity ? 'running' : this.state,
      stop: this.stop,
      answer: this.answer,
      micro: this.micro,
      rates: this.rateFrom.rates,
    });
  }

  /** Where frames go. */
  get receiver(): ((frame: MachineFrame) => void) | undefined {
    return this.take;
  }

  private get hasEnded(): boolean {
    return this.state === 'halted' || this.state === 'trapped';
  }

  private begin(
    session: Session,
    start: (drive: Drive) => Activity,
    { hidden = false, isPaced = false }: { readonly hidden?: boolean; readonly isPaced?: boolean } = {},
  ): void {
    const drive: Drive = {
      session,
      advance: (instructions, untilCycle) => this.measured(session, instructions, untilCycle),
      chunk: () => this.pace.chunk,
      allowance: () => this.pace.allowance(session.machine),
      isDue: () => this.now() >= this.sliceEnd,
    };
    this.activity = hidden ? withHistory(drive, start) : start(drive);
    this.hidden = hidden;
    this.isPaced = isPaced;
    this.backFrom = session.instructions;
    this.stop = undefined;
    this.answer = undefined;
    this.micro = 0;
    session.watchFrame = 0;
    this.state = 'running';
    this.pace.restart(session.machine);
    this.rateFrom = { ms: this.now(), done: doneBy(session), rates: [] };
    this.changed();
  }

  private rest(stop: StopView): void {
    const { session } = this;
    this.activity = undefined;
    this.hidden = false;
    this.stop = stop;
    const core = session?.machine.threads.find((thread) => thread.state >= CoreState.halted);
    this.state =
      core?.state === CoreState.halted
        ? 'halted'
        : core?.state === CoreState.trapped
          ? 'trapped'
          : stop.kind === 'input'
            ? 'waiting'
            : 'paused';
    session?.machine.code.setBreakpoints(session.points.addresses);
    this.changed();
  }

  /** Goes elsewhere in time at once. */
  private jump(session: Session, go: () => void): void {
    this.activity?.return({ kind: 'seek', message: '' });
    if (session.travel.hasGap) {
      this.begin(session, () => jumpTo(session, go), { hidden: true });
      return;
    }
    session.machine.execution.profile = null;
    this.answer = undefined;
    this.micro = 0;
    go();
    session.look();
    this.rest(MOVED);
  }

  /** Three of four micro-steps only show; with the last the instruction is done. */
  private microStep(session: Session, direction: Direction): void {
    if (direction === 'forward' && this.micro < LAST_MICRO_STEP && this.state === 'paused') this.micro++;
    else if (direction === 'back' && this.micro > 0) this.micro--;
    else {
      const isBack = direction === 'back';
      if (!isBack && this.hasEnded) return;
      this.begin(session, (drive) => (isBack ? back(drive, 'instruction') : forward(drive, 'instruction')), {
        hidden: isBack,
      });
      if (isBack && session.instructions > 0) this.micro = LAST_MICRO_STEP;
    }
    this.changed();
  }

  /** Another speed from here on; whoever sleeps between two instructions wakes up. */
  private repace(): void {
    this.pace.restart(this.session?.machine);
    this.changed();
  }

  private measureRate(session: Session): void {
    const ms = this.now();
    const { ms: since, done: before } = this.rateFrom;
    const elapsed = ms - since;
    if (elapsed < 200) return;
    const done = doneBy(session);
    this.rateFrom = { ms, done, rates: done.map((count, id) => ((count - (before[id] ?? 0)) / elapsed) * 1000) };
  }

  private feed(text: string, end: boolean): void {
    const { session } = this;
    if (!session || this.hidden || !this.isOn) return;
    session.travel.input({ kind: 'console', bytes: bytesOf(text), end });
    this.outside(session);
    this.wake();
  }

  /** A program that waited for something from outside has it now. */
  private wake(): void {
    if (this.state === 'waiting' && !this.activity) this.run();
  }

  private outside(session: Session): void {
    session.forgetFuture();
    this.answer = undefined;
    this.changed();
  }

  private measured(session: Session, wanted: number, untilCycle?: number): StopReason | undefined {
    const { leastChunk } = this.pace;
    // A condition that came meanwhile is looked at after each instruction.
    const instructions = session.machine.hooks.length > 0 ? Math.min(leastChunk, wanted) : wanted;
    return this.pace.timed(instructions, (count) => this.advance(session, count, untilCycle));
  }

  /** Runs forward by so many instructions, with checkpoints and samples on the way. Undefined when the limit was reached. */
  private advance(session: Session, instructions: number, untilCycle = Infinity): StopReason | undefined {
    const { machine, travel, timeline, profile } = session;
    const end = machine.instructions + instructions;
    while (machine.instructions < end && machine.cycles < untilCycle) {
      // What is run again was counted the first time.
      const known = travel.reached - machine.instructions;
      machine.execution.profile = known > 0 ? null : profile;
      const step = Math.min(end - machine.instructions, timeline.untilNext(machine), known > 0 ? known : Infinity);
      const stop = travel.run({ instructions: step, cycles: Math.min(MAX_SLEEP_CYCLES, untilCycle - machine.cycles) });
      timeline.add(machine);
      if (stop.kind !== 'limit') return stop;
      session.look();
      // A core that sleeps moves in time without instructions.
      if (this.now() >= this.sliceEnd) return undefined;
    }
    return undefined;
  }
}

/** How fast the machine runs: instructions by hardware thread, a second of wall time, over the last while. */
interface Rate {
  readonly ms: number;
  /** By thread, at that moment. */
  readonly done: readonly number[];
  readonly rates: readonly number[];
}

const doneBy = ({ machine }: Session) => machine.threads.map((thread) => thread.instructions);

const MOVED: StopView = { kind: 'seek', message: 'moved in time' };

function* jumpTo(session: Session, go: () => void): Activity {
  yield;
  session.machine.execution.profile = null;
  go();
  session.look();
  return MOVED;
}

/** What looks back needs the states before a checkpoint from which the machine went on. */
function* withHistory(drive: Drive, start: (drive: Drive) => Activity): Activity {
  for (const _ of drive.session.travel.fillHistory()) if (drive.isDue()) yield;
  return yield* start(drive);
}

function masked(change: Edit): Edit {
  switch (change.kind) {
    case 'memory':
      return { ...change, address: change.address & 0xffff, value: change.value & 0xff };
    case 'register':
      return { ...change, index: change.index & 15, value: change.value & 0xff };
    default:
      return { ...change, value: change.value & 0xffff };
  }
}
