/** One program in one machine, with everything that is known about its run: history, profile, stop points, watches. */
import type { Image, ImageLine } from '../core/assembler/image';
import { callStack, type Frame } from '../core/machine/debug/call-stack';
import { StopPoints, type StopFound } from '../core/machine/debug/breakpoints';
import { evaluate, type Scope } from '../core/machine/debug/evaluate';
import { formatValue } from '../core/machine/debug/format';
import { sizeOf, TypeTable, typeText } from '../core/machine/debug/types';
import type { Core } from '../core/machine/cpu/core';
import { emptyProfile, type Profile } from '../core/machine/cpu/profile';
import { CoreState } from '../core/machine/layout';
import { restoreCheckpoint, saveCheckpoint, startOfRun, type StartOfRun } from '../core/machine/checkpoint';
import { fastMachine } from '../core/machine/jit/engine';
import type { LostBlocks, Machine } from '../core/machine/machine';
import type { StopReason } from '../core/machine/stops';
import { lineAt } from '../core/machine/debug/line-at';
import { describeTrap } from '../core/machine/summary';
import { TimeTravel } from '../core/machine/time-travel';
import type { DiskContents, LoadRequest, StopView, WarningView, WatchView } from './machine';
import { LatencyLog, Timeline } from './machine-frame';

/** Memory for checkpoints. */
const CHECKPOINT_BYTES = 64 << 20;
/** Expressions that are evaluated for a frame. */
export const MAX_WATCHES = 100;

/** What a checkpoint keeps beside the machine. */
interface Kept {
  /** How far the run went, which may stand at an earlier moment. */
  readonly reached: { readonly instructions: number; readonly cycle: number };
  readonly viewed: number;
}

/** The start of a line of the user's program. */
export interface LineStop {
  readonly row: ImageLine;
  /** Address of the return address of the running function. */
  readonly slot: number;
}

export class Session {
  readonly machine: Machine;
  readonly image: Image;
  readonly travel: TimeTravel;
  readonly types: TypeTable;
  readonly points: StopPoints;
  readonly latencies = new LatencyLog();
  timeline = new Timeline();
  profile: Profile = emptyProfile();
  watches: readonly string[];
  watchFrame = 0;
  /** The hardware thread that is looked at. */
  viewed = 0;
  /** Of the last power on. */
  private start!: StartOfRun;

  constructor(
    public request: LoadRequest,
    disks: DiskContents,
  ) {
    this.image = request.image;
    this.machine = fastMachine(request.machine, { profile: true });
    insertDisks(this.machine, disks);
    this.latencies.watch(this.machine);
    this.travel = new TimeTravel(this.machine, { maxBytes: CHECKPOINT_BYTES });
    this.types = new TypeTable(this.image);
    this.points = new StopPoints(this.machine, this.image, this.types);
    this.watches = request.watches;
    if (request.resume === undefined || !this.resume(request.resume)) this.startOver();
    this.points.set(request.points);
  }

  /** The program from its start, with nothing known of any run. */
  startOver(): void {
    const { machine, travel, request } = this;
    this.toPowerOn();
    if (request.input !== '') travel.input({ kind: 'console', bytes: bytesOf(request.input), end: true });
    this.timeline.add(machine);
  }

  /** What another machine can go on from if this one is lost. */
  checkpoint(): Uint8Array {
    const { machine, travel, start, viewed } = this;
    const kept: Kept = { reached: { instructions: travel.reached, cycle: travel.reachedCycle }, viewed };
    return saveCheckpoint(machine, start, kept);
  }

  /** Made beforehand for this program: goes on from the request's checkpoint. False when the request is about another one. */
  takeOver(request: LoadRequest): boolean {
    if (request.revision !== this.request.revision || request.resume === undefined) return false;
    this.request = request;
    this.watches = request.watches;
    if (!this.resume(request.resume)) return false;
    this.points.set(request.points);
    return true;
  }

  /** Goes through what `takeOver` does, so that the host has compiled it when it counts. */
  rehearse(): void {
    this.resume(this.checkpoint());
  }

  /** Where another machine was; its earlier states are run again when somebody goes there. False when these bytes are of no use. */
  private resume(bytes: Uint8Array): boolean {
    const { machine, travel } = this;
    this.toPowerOn();
    const restored = restoreCheckpoint(machine, bytes);
    if (!restored.ok) return false;
    const { reached, viewed } = restored.value as Kept;
    travel.resumed(reached);
    this.viewed = viewed;
    this.look();
    this.timeline.add(machine);
    return true;
  }

  private toPowerOn(): void {
    const { machine, travel, image } = this;
    this.profile = emptyProfile();
    this.timeline = new Timeline();
    travel.load(image);
    this.viewed = 0;
    this.latencies.forgetAfter(machine);
    this.start = startOfRun(machine);
  }

  /** The power is off: history begins with what is left. */
  forgetRun(): void {
    this.travel.start();
    this.timeline = new Timeline();
    this.latencies.forgetAfter(this.machine);
  }

  get instructions(): number {
    return this.machine.instructions;
  }

  /** Whoever executed last: registers, calls and steps are those of the thread that is looked at. */
  look(): void {
    const { threads } = this.machine;
    this.machine.select(threads[this.viewed] ?? (threads[0] as Core));
  }

  /** The thread that has stopped the machine is the one to look at. */
  private lookAtStopped(): void {
    this.viewed = this.machine.core.id;
  }

  /** Frames of the call stack, the innermost first. */
  frames(most?: number): Frame[] {
    const { core, memory } = this.machine;
    return callStack(core, memory, this.image, most);
  }

  scope(frame: Frame | undefined): Scope {
    const { core, memory } = this.machine;
    return { image: this.image, types: this.types, memory, core, frame };
  }

  watchViews(frames: readonly Frame[]): WatchView[] {
    const { image, types } = this;
    const { memory } = this.machine;
    const scope = this.scope(frames[this.watchFrame] ?? frames[0]);
    return this.watches.slice(0, MAX_WATCHES).map((expression) => {
      const found = evaluate(expression, scope);
      if (!found.ok) return { expression, value: '', type: '', address: undefined, sizeBytes: 0, problem: found.error };
      const { type, address } = found.value;
      const value = formatValue(found.value, { image, types, memory });
      return { expression, value, type: typeText(type), address, sizeBytes: sizeOf(type), problem: undefined };
    });
  }

  warningViews(): WarningView[] {
    return this.machine.uninitialisedReads.map(({ pc, address }) => ({
      pc,
      address,
      text: `${this.placeOf(pc)} reads ${this.nameOf(address)}, which nothing has written`,
    }));
  }

  /** `count`, `items+4`, or the address. */
  nameOf(address: number): string {
    const symbol = this.image.symbols.find(
      (entry) => entry.kind === 'object' && address >= entry.address && address < entry.address + entry.sizeBytes,
    );
    if (!symbol) return address.toString(16).padStart(4, '0');
    return address === symbol.address ? symbol.name : `${symbol.name}+${address - symbol.address}`;
  }

  /** `sieve.c:11`, or the address of code without a line. */
  placeOf(pc: number): string {
    const row = lineAt(this.image, pc);
    return row ? `${this.image.debug.sources[row.file]?.name}:${row.line}` : pc.toString(16).padStart(4, '0');
  }

  /** Where the machine stands, as a line of the user's program: inside the library, the line that called it. */
  placeText(): string {
    const frames = this.frames();
    for (const [index, frame] of frames.entries()) {
      const row = lineAt(this.image, index === 0 ? frame.pc : frame.pc - 2);
      if (row && !this.isSystem(row.file)) return `at ${this.image.debug.sources[row.file]?.name}:${row.line}`;
    }
    return `at ${this.machine.core.pc.toString(16).padStart(4, '0')}`;
  }

  isSystem(file: number): boolean {
    return this.image.debug.sources[file]?.system !== false;
  }

  /** The start of a line of the user's program, if PC stands at one. */
  lineStop(): LineStop | undefined {
    const { pc } = this.machine.core;
    const row = lineAt(this.image, pc);
    if (!row || row.address !== pc || this.isSystem(row.file)) return undefined;
    return { row, slot: this.frames(1)[0]?.returnSlot ?? 0x10000 };
  }

  /** Whether a function of the user's program runs or waits for the library to return. */
  isInside(): boolean {
    return this.frames().some((frame) => frame.function && !this.isSystem(frame.function.file));
  }

  /** What a stop means; undefined when the run goes on. */
  explain(stop: StopReason): StopView | undefined {
    switch (stop.kind) {
      case 'breakpoint':
      case 'hook': {
        const found = this.points.explain(stop);
        if (found) this.lookAtStopped();
        return found && { kind: 'breakpoint', message: this.storyOf(found) };
      }
      case 'idle':
        return { kind: 'input', message: 'the program waits for input' };
      case 'halt':
      case 'trap':
        return this.explainEnd();
      case 'limit':
        return undefined;
    }
  }

  explainEnd(): StopView {
    const { machine } = this;
    this.lookAtStopped();
    if (machine.core.state === CoreState.trapped) {
      const trap = describeTrap(machine);
      return { kind: 'trap', trap: trap.id, message: `stopped ${this.placeText()}: ${trap.message}` };
    }
    const { exitCode } = machine.core;
    return { kind: 'exit', exitCode, message: `the program ended with exit code ${exitCode}` };
  }

  /** Something came from outside: what was recorded of later times does not hold any more. */
  forgetFuture(): void {
    this.timeline.forgetAfter(this.machine);
    this.latencies.forgetAfter(this.machine);
  }

  /** A data point stops after the access: its place is that of the instruction that made it. */
  private storyOf({ point, message, pc }: StopFound): string {
    return point.kind === 'data' ? `${message}, by ${this.placeOf(pc)}` : `${message} ${this.placeText()}`;
  }
}

/** Console bytes: Latin-1, as the machine's programs know no encoding; anything else becomes UTF-8. */
export function bytesOf(text: string): Uint8Array {
  const latin = [...text].every((character) => (character.codePointAt(0) ?? 0) < 256);
  return latin ? Uint8Array.from(text, (character) => character.charCodeAt(0)) : new TextEncoder().encode(text);
}

export const NO_DISKS: DiskContents = { ssd0: [], hdd0: [] };

export function insertDisks(machine: Machine, disks: DiskContents): void {
  machine.devices.ssd0.insertBlocks(disks.ssd0);
  machine.devices.hdd0.insertBlocks(disks.hdd0);
}

/** What the loss of power took, in words. */
export function lossText(lost: LostBlocks): string {
  const parts = (['ssd0', 'hdd0'] as const).flatMap((disk) => {
    const blocks = lost[disk];
    if (blocks.length === 0) return [];
    const some = blocks.slice(0, 4).join(', ') + (blocks.length > 4 ? ', …' : '');
    return [`${disk} lost the last write of ${blocks.length === 1 ? 'block' : `${blocks.length} blocks:`} ${some}`];
  });
  return `the power is off: RAM, caches and registers are gone; ${parts.length > 0 ? parts.join('; ') : 'the disks kept every block'}`;
}
