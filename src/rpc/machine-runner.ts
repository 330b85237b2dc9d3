/**
 * What the machine's worker does: takes commands, runs the machine in bounded slices, takes checkpoints, and makes frames. Commands
 * never run the machine themselves: they set an activity, a generator that is driven slice by slice and can be dropped between any
 * two, so that Stop is heard within a slice whatever the program does.
 */
import { nanosOf } from '../core/machine/devices/clock';
import { fastMachine } from '../core/machine/jit/engine';
import { type Machine, type LostBlocks, type StopReason } from '../core/machine/machine';
import { recordRun, type RecordedRun } from '../core/machine/recording';
import { describeTrap } from '../core/machine/summary';
import type { DiskBlocks, DiskName } from '../core/documents/disk-image';
import { emptyProfile, type Profile } from '../core/machine/cpu/interpreter';
import { CoreState } from '../core/machine/layout';
import { TimeTravel } from '../core/machine/time-travel';
import { machinePreset, TEACHING_MACHINE } from '../core/presets/machine';
import type { Image, ImageLine } from '../core/assembler/image';
import { callAt, functionAt, lineAt, walkStack } from './calls';
import { LatencyLog, makeFrame, Timeline } from './machine-frame';
import {
  MAX_SHOWN_BLOCKS,
  type DiskContents,
  type DiskView,
  type LoadRequest,
  type MachineFrame,
  type MachineService,
  type MachineState,
  type StepUnit,
  type StopView,
} from './machine';

/** Longest time without looking at the mail. */
export const SLICE_MS = 8;
/** Instructions between two looks at the clock, to begin with; the number follows how fast they go. */
const CHUNK = 20_000;
const MAX_CHUNK = 4_000_000;
/** A chunk is to take about so long. */
const CHUNK_MS = 2;
/** A step that looks at each instruction looks at the clock this often. */
const STEP_CHUNK = 500;

/** Ends with the reason why it came to rest; undefined when it was already told. */
type Activity = Generator<void, StopView>;

interface LineStop {
  readonly row: ImageLine;
  /** Address of the return address of the running function. */
  readonly slot: number;
}

export class MachineRunner implements MachineService {
  private machine: Machine | undefined;
  private image: Image | undefined;
  private request: LoadRequest | undefined;
  private travel: TimeTravel | undefined;
  private profile: Profile | undefined;
  private latencies = new LatencyLog();
  private timeline = new Timeline();
  private activity: Activity | undefined;
  /** A step backwards moves through states that nobody should see. */
  private hidden = false;
  /** Where a step backwards began, in case it is dropped. */
  private backFrom = 0;
  private state: MachineState = 'empty';
  private isOn = true;
  /** What the disks held at power on. */
  private disks: DiskContents = NO_DISKS;
  private recording:
    { readonly run: Generator<void, RecordedRun>; end(run: RecordedRun | undefined): void } | undefined;
  private stop: StopView | undefined;
  private speed = Infinity;
  private breakpoints: readonly number[] = [];
  private sliceEnd = 0;
  private chunk = CHUNK;
  private paceFrom = { ms: 0, instructions: 0 };
  private rateFrom = { ms: 0, instructions: 0, rate: 0 };
  private take: ((frame: MachineFrame) => void) | undefined;

  /** `now` in milliseconds; `changed` is called when there is a new frame to send or a slice to run. */
  constructor(
    private readonly now: () => number,
    private readonly changed: () => void,
  ) {}

  // Commands

  subscribe(take: (frame: MachineFrame) => void): void {
    this.take = take;
    this.changed();
  }

  load(request: LoadRequest): void {
    const preset = machinePreset(request.machine)?.config ?? TEACHING_MACHINE;
    const machine = fastMachine({ ...preset, multiplier: request.multiplier }, { profile: true });
    this.machine = machine;
    this.image = request.image;
    this.request = request;
    this.disks = request.disks ?? NO_DISKS;
    insertDisks(machine, this.disks);
    this.latencies = new LatencyLog();
    this.latencies.watch(machine);
    this.travel = new TimeTravel(machine, { maxBytes: CHECKPOINT_BYTES });
    this.startOver();
    this.setBreakpoints(request.breakpoints);
  }

  powerOff(): DiskContents {
    const { machine, travel } = this;
    if (!machine || !travel) return this.disks;
    this.drop();
    const lost = machine.powerOff();
    this.disks = { ssd0: machine.devices.ssd0.contents(), hdd0: machine.devices.hdd0.contents() };
    travel.start();
    this.timeline = new Timeline();
    this.latencies.forgetAfter(machine);
    this.isOn = false;
    this.rest({ kind: 'start', message: lossText(lost) });
    this.state = 'paused';
    return this.disks;
  }

  powerOn(): void {
    if (!this.machine || this.isOn) return;
    this.startOver();
  }

  diskContents(): DiskContents {
    const { machine } = this;
    if (!machine) return this.disks;
    const { ssd0, hdd0 } = machine.devices;
    return { ssd0: ssd0.contents({ durable: true }), hdd0: hdd0.contents({ durable: true }) };
  }

  diskView(disk: DiskName): DiskView {
    const device = this.machine?.devices[disk];
    if (!device) return { blockCount: 0, used: [], usedCount: 0 };
    const all = device.contents();
    const used = all.slice(0, MAX_SHOWN_BLOCKS).map(([lba]) => ({ lba, isVolatile: device.isVolatile(lba) }));
    return { blockCount: device.blockCount, used, usedCount: all.length };
  }

  diskBlock(disk: DiskName, lba: number): Uint8Array {
    const device = this.machine?.devices[disk];
    return device && lba >= 0 && lba < device.blockCount ? device.block(lba).slice() : new Uint8Array(0);
  }

  insertDisk(disk: DiskName, blocks: DiskBlocks): void {
    const { machine } = this;
    if (!machine) return;
    this.drop();
    this.disks = { ...this.disks, [disk]: blocks };
    insertDisks(machine, this.disks);
    this.startOver();
  }

  record(): Promise<RecordedRun | undefined> {
    const { machine, image } = this;
    this.endRecording(undefined);
    if (!machine || !image) return Promise.resolve(undefined);
    const { disks } = this;
    const run = recordRun({
      config: machine.config,
      image,
      inputs: [...machine.inputs.all],
      untilInstructions: machine.core.instructions,
      prepare: (again) => insertDisks(again, disks),
    });
    return new Promise((end) => {
      this.recording = { run, end };
      this.changed();
    });
  }

  /** The program from its start, with nothing known of any run. */
  private startOver(): void {
    const { machine, travel, image, request } = this;
    if (!machine || !travel || !image || !request) return;
    this.drop();
    this.endRecording(undefined);
    this.profile = emptyProfile();
    this.timeline = new Timeline();
    travel.load(image);
    this.latencies.forgetAfter(machine);
    if (request.input !== '') travel.input({ kind: 'console', bytes: bytesOf(request.input), end: true });
    this.timeline.add(machine);
    this.isOn = true;
    this.state = 'paused';
    this.stop = { kind: 'start', message: 'at the start' };
    this.changed();
  }

  /** Ends what is under way without a word. */
  private drop(): void {
    this.activity = undefined;
    this.hidden = false;
  }

  private endRecording(run: RecordedRun | undefined): void {
    const { recording } = this;
    this.recording = undefined;
    recording?.end(run);
  }

  run(): void {
    this.powerOn();
    if (!this.machine || this.state === 'halted' || this.state === 'trapped') return;
    this.begin(this.runOn());
  }

  pause(): void {
    if (!this.activity) return;
    this.activity.return({ kind: 'pause', message: 'paused' });
    if (this.hidden) this.travel?.seekInstruction(this.backFrom);
    this.rest({ kind: 'pause', message: 'paused' });
  }

  step(unit: StepUnit, direction: 'forward' | 'back'): void {
    if (!this.machine || this.activity) return;
    if (!this.isOn) {
      this.powerOn();
      return;
    }
    if (direction === 'back') this.begin(this.back(unit), true);
    else if (this.state !== 'halted' && this.state !== 'trapped') this.begin(this.forward(unit));
  }

  seek(timeNs: number): void {
    const { machine, travel } = this;
    if (!machine || !travel || !this.isOn) return;
    this.activity?.return({ kind: 'seek', message: '' });
    machine.execution.profile = null;
    travel.seekCycle(Math.min(travel.reachedCycle, Math.round((timeNs * 1000) / machine.config.cyclePs)));
    this.rest({ kind: 'seek', message: 'moved in time' });
  }

  setSpeed(instructionsPerSecond: number): void {
    this.speed = instructionsPerSecond;
    this.pace();
  }

  setBreakpoints(points: LoadRequest['breakpoints']): void {
    const { image, machine } = this;
    if (!image || !machine) return;
    this.breakpoints = points.flatMap(({ file, line }) => {
      const index = image.debug.sources.findIndex((source) => source.name === file);
      return image.debug.lines.find((row) => row.file === index && row.line === line)?.address ?? [];
    });
    machine.code.setBreakpoints(this.breakpoints);
  }

  poke(address: number, value: number): void {
    if (!this.travel || this.activity || !this.isOn) return;
    this.travel.input({ kind: 'memory', address: address & 0xffff, value: value & 0xff });
    this.outside();
  }

  key(code: number): void {
    if (!this.travel || !this.isOn) return;
    this.travel.input({ kind: 'key', code: code & 0xff });
    this.outside();
  }

  input(text: string): void {
    this.feed(text, false);
  }

  endInput(): void {
    this.feed('', true);
  }

  // Driving

  get isBusy(): boolean {
    return this.activity !== undefined || this.recording !== undefined;
  }

  /** Milliseconds until the next slice is of use: a slow speed leaves time between instructions. */
  get idleMs(): number {
    if (this.speed === Infinity || !this.machine || this.recording) return 0;
    const due =
      this.paceFrom.ms + ((this.machine.core.instructions + 1 - this.paceFrom.instructions) / this.speed) * 1000;
    return Math.max(0, Math.min(50, due - this.now()));
  }

  /** Runs for at most SLICE_MS or so. */
  slice(): void {
    const { activity } = this;
    if (!activity) {
      this.recordOn();
      return;
    }
    this.sliceEnd = this.now() + SLICE_MS;
    const step = activity.next();
    if (step.done && this.activity === activity) this.rest(step.value);
    this.changed();
  }

  /** Goes on with a recording; the machine itself comes first. */
  private recordOn(): void {
    const end = this.now() + SLICE_MS;
    while (this.recording && this.now() < end) {
      const step = this.recording.run.next();
      if (step.done) this.endRecording(step.value);
    }
  }

  /** The frame of this moment, or undefined when there is none to show. */
  frame(): MachineFrame | undefined {
    const { machine, image, request, travel, profile } = this;
    if (!machine || !image || !request || !travel || !profile || this.hidden) return undefined;
    this.measureRate(machine.core.instructions);
    return makeFrame({
      machine,
      image,
      revision: request.revision,
      state: this.activity ? 'running' : this.state,
      isOn: this.isOn,
      stop: this.stop,
      reachedNs: nanosOf(travel.reachedCycle, machine.config.cyclePs),
      rate: this.rateFrom.rate,
      profile,
      latencies: this.latencies,
      timeline: this.timeline,
    });
  }

  /** Where frames go. */
  get receiver(): ((frame: MachineFrame) => void) | undefined {
    return this.take;
  }

  private begin(activity: Activity, hidden = false): void {
    this.activity = activity;
    this.hidden = hidden;
    this.backFrom = this.machine?.core.instructions ?? 0;
    this.stop = undefined;
    this.state = 'running';
    this.pace();
    this.rateFrom = { ms: this.now(), instructions: this.machine?.core.instructions ?? 0, rate: 0 };
    this.changed();
  }

  private rest(stop: StopView): void {
    this.activity = undefined;
    this.hidden = false;
    this.stop = stop;
    const core = this.machine?.core;
    this.state =
      core?.state === CoreState.halted
        ? 'halted'
        : core?.state === CoreState.trapped
          ? 'trapped'
          : stop.kind === 'input'
            ? 'waiting'
            : 'paused';
    this.machine?.code.setBreakpoints(this.breakpoints);
    this.changed();
  }

  private pace(): void {
    this.paceFrom = { ms: this.now(), instructions: this.machine?.core.instructions ?? 0 };
  }

  private measureRate(instructions: number): void {
    const ms = this.now();
    const elapsed = ms - this.rateFrom.ms;
    if (elapsed < 200) return;
    this.rateFrom = { ms, instructions, rate: ((instructions - this.rateFrom.instructions) / elapsed) * 1000 };
  }

  private feed(text: string, end: boolean): void {
    if (!this.travel || !this.isOn) return;
    this.travel.input({ kind: 'console', bytes: bytesOf(text), end });
    this.outside();
    if (this.state === 'waiting') this.run();
  }

  /** Something came from outside: what was recorded of later times does not hold any more. */
  private outside(): void {
    const { machine } = this;
    if (!machine) return;
    this.timeline.forgetAfter(machine);
    this.latencies.forgetAfter(machine);
    this.changed();
  }

  // Activities

  private *runOn(): Activity {
    const machine = this.machine as Machine;
    for (;;) {
      const stop = this.measured(() => this.advance(this.allowance()));
      const told = stop && this.explain(stop);
      if (told) return told;
      if (this.now() >= this.sliceEnd || this.allowance() === 0) yield;
      if (machine.core.state >= CoreState.halted) return this.explainEnd();
    }
  }

  /** Adapts the chunk: translated code does in a millisecond what takes instruction-by-instruction work a second. */
  private measured<T>(work: () => T): T {
    const start = this.now();
    const result = work();
    const ms = this.now() - start;
    if (ms > 2 * CHUNK_MS) this.chunk = Math.max(CHUNK, Math.floor(this.chunk / 4));
    else if (ms < CHUNK_MS / 2) this.chunk = Math.min(MAX_CHUNK, this.chunk * 2);
    return result;
  }

  /** Instructions that may run now: by the speed that was chosen, up to a chunk. */
  private allowance(): number {
    if (this.speed === Infinity) return this.chunk;
    const done = (this.machine as Machine).core.instructions - this.paceFrom.instructions;
    const due = Math.floor(((this.now() - this.paceFrom.ms) / 1000) * this.speed);
    return Math.max(0, Math.min(this.chunk, due - done));
  }

  /** Runs forward by so many instructions, with checkpoints and samples on the way. Undefined when the limit was reached. */
  private advance(instructions: number): StopReason | undefined {
    const machine = this.machine as Machine;
    const travel = this.travel as TimeTravel;
    const { core } = machine;
    const end = core.instructions + instructions;
    while (core.instructions < end) {
      // What is run again was counted the first time.
      const known = travel.reached - core.instructions;
      machine.execution.profile = known > 0 ? null : (this.profile as Profile);
      const step = Math.min(end - core.instructions, this.timeline.untilNext(machine), known > 0 ? known : Infinity);
      const stop = travel.run({ instructions: step, cycles: MAX_SLEEP_CYCLES });
      this.timeline.add(machine);
      if (stop.kind !== 'limit') return stop;
      // A core that sleeps moves in time without instructions.
      if (this.now() >= this.sliceEnd) return undefined;
    }
    return undefined;
  }

  private *forward(unit: StepUnit): Activity {
    if (unit === 'instruction') {
      const stop = this.advanceOne();
      return (stop && this.explain(stop)) ?? { kind: 'step', message: this.placeText() };
    }
    if (unit === 'out') return yield* this.runOut();
    const start = this.lineStop();
    for (let count = 0; ; count++) {
      const stop = yield* this.overCall(unit);
      if (stop) return stop;
      const here = this.lineStop();
      const isNew =
        here &&
        (!start || here.row.line !== start.row.line || here.row.file !== start.row.file || here.slot !== start.slot);
      if (isNew && (unit === 'line' || !start || here.slot >= start.slot))
        return { kind: 'step', message: this.placeText() };
      if (count % STEP_CHUNK === 0 && this.now() >= this.sliceEnd) yield;
    }
  }

  /** One instruction; a call that is not to be entered runs to its return. */
  private *overCall(unit: StepUnit): Generator<void, StopView | undefined> {
    const machine = this.machine as Machine;
    const { core, memory } = machine;
    const call = callAt(memory, core.pc);
    const callee = call && call.target >= 0 ? functionAt(this.image as Image, call.target) : undefined;
    const enters = unit === 'line' && callee !== undefined && !this.isSystem(callee.file);
    if (!call || enters || (unit === 'line' && call.target < 0)) {
      const stop = this.advanceOne();
      return stop && this.explain(stop);
    }
    const sp = core.sp;
    return yield* this.runTo((core.pc + call.sizeBytes) & 0xffff, () => core.sp >= sp);
  }

  private *runOut(): Activity {
    const machine = this.machine as Machine;
    const { core, memory } = machine;
    const frame = walkStack(this.image as Image, memory, core.pc, core.sp)[0];
    const { returnSlot, returnAddress } = frame ?? {};
    if (returnSlot === undefined || returnAddress === undefined) return yield* this.runOn();
    const stop = yield* this.runTo(returnAddress, () => core.sp > returnSlot);
    return stop ?? { kind: 'step', message: this.placeText() };
  }

  /** Runs to an address, once `arrived` holds there. Undefined when it has arrived. */
  private *runTo(address: number, arrived: () => boolean): Generator<void, StopView | undefined> {
    const machine = this.machine as Machine;
    machine.code.setBreakpoints([...this.breakpoints, address]);
    try {
      for (;;) {
        const stop = this.advance(this.chunk);
        if (stop?.kind === 'breakpoint' && stop.pc === address && arrived()) return undefined;
        const isOurs = stop?.kind === 'breakpoint' && stop.pc === address && !this.breakpoints.includes(address);
        const told = stop && !isOurs && this.explain(stop);
        if (told) return told;
        if (this.now() >= this.sliceEnd) yield;
      }
    } finally {
      machine.code.setBreakpoints(this.breakpoints);
    }
  }

  /** The library's lines are not stops: back from them is out of them, or, outside the program, into its last line. */
  private *back(unit: StepUnit): Activity {
    const machine = this.machine as Machine;
    const travel = this.travel as TimeTravel;
    machine.execution.profile = null;
    travel.stepBack(unit === 'instruction' || this.isInside() ? unit : 'line');
    for (let tries = 0; unit !== 'instruction' && tries < MAX_LIBRARY_DEPTH && machine.core.instructions > 0; tries++) {
      const row = lineAt(this.image as Image, machine.core.pc);
      if (row && !this.isSystem(row.file)) break;
      yield;
      travel.stepBack(this.isInside() ? 'out' : 'line');
    }
    return { kind: 'step', message: `back ${this.placeText()}` };
  }

  /** Whether a function of the user's program runs or waits for the library to return. */
  private isInside(): boolean {
    const { core, memory } = this.machine as Machine;
    return walkStack(this.image as Image, memory, core.pc, core.sp).some(({ fn }) => fn && !this.isSystem(fn.file));
  }

  private advanceOne(): StopReason | undefined {
    return this.advance(1);
  }

  /** The start of a line of the user's program, if PC stands at one. */
  private lineStop(): LineStop | undefined {
    const { core } = this.machine as Machine;
    const row = lineAt(this.image as Image, core.pc);
    if (!row || row.address !== core.pc || this.isSystem(row.file)) return undefined;
    return { row, slot: this.slot() };
  }

  private slot(): number {
    const { core, memory } = this.machine as Machine;
    return walkStack(this.image as Image, memory, core.pc, core.sp, 1)[0]?.returnSlot ?? 0x10000;
  }

  private isSystem(file: number): boolean {
    return (this.image as Image).debug.sources[file]?.system !== false;
  }

  private explain(stop: StopReason): StopView | undefined {
    switch (stop.kind) {
      case 'breakpoint':
        return { kind: 'breakpoint', message: `breakpoint ${this.placeText()}` };
      case 'idle':
        return { kind: 'input', message: 'the program waits for input' };
      case 'halt':
      case 'trap':
        return this.explainEnd();
      case 'limit':
      case 'hook':
        return undefined;
    }
  }

  private explainEnd(): StopView {
    const machine = this.machine as Machine;
    if (machine.core.state === CoreState.trapped) {
      const trap = describeTrap(machine);
      return { kind: 'trap', trap: trap.id, message: `stopped ${this.placeText()}: ${trap.message}` };
    }
    const { exitCode } = machine.core;
    return { kind: 'exit', exitCode, message: `the program ended with exit code ${exitCode}` };
  }

  private placeText(): string {
    const { core, memory } = this.machine as Machine;
    const image = this.image as Image;
    const hexPc = core.pc.toString(16).padStart(4, '0');
    for (const frame of walkStack(image, memory, core.pc, core.sp)) {
      const row = lineAt(image, frame.pc === core.pc ? frame.pc : frame.pc - 2);
      if (row && !this.isSystem(row.file)) return `at ${image.debug.sources[row.file]?.name}:${row.line}`;
    }
    return `at ${hexPc}`;
  }
}

const NO_DISKS: DiskContents = { ssd0: [], hdd0: [] };

function insertDisks(machine: Machine, disks: DiskContents): void {
  machine.devices.ssd0.insertBlocks(disks.ssd0);
  machine.devices.hdd0.insertBlocks(disks.hdd0);
}

/** What the loss of power took, in words. */
function lossText(lost: LostBlocks): string {
  const parts = (['ssd0', 'hdd0'] as const).flatMap((disk) => {
    const blocks = lost[disk];
    if (blocks.length === 0) return [];
    const some = blocks.slice(0, 4).join(', ') + (blocks.length > 4 ? ', …' : '');
    return [`${disk} lost the last write of ${blocks.length === 1 ? 'block' : `${blocks.length} blocks:`} ${some}`];
  });
  return `the power is off: RAM, caches and registers are gone; ${parts.length > 0 ? parts.join('; ') : 'the disks kept every block'}`;
}

/** Memory for checkpoints. */
const CHECKPOINT_BYTES = 64 << 20;
/** Calls deep inside the library that a step back leaves. */
const MAX_LIBRARY_DEPTH = 16;
/** A sleep of the core is cut into pieces, so that a long one can be interrupted and is seen on the timeline. */
const MAX_SLEEP_CYCLES = 100_000_000;

/** Console bytes: Latin-1, as the machine's programs know no encoding; anything else becomes UTF-8. */
function bytesOf(text: string): Uint8Array {
  const latin = [...text].every((character) => (character.codePointAt(0) ?? 0) < 256);
  return latin ? Uint8Array.from(text, (character) => character.charCodeAt(0)) : new TextEncoder().encode(text);
}
