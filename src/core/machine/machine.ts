/**
 * The machine: cores, their memory hierarchy and devices on one clock. It runs an engine between the moments that matter (an event, an
 * input, an interrupt, a port, a limit) and does those itself: alone.ts with one hardware thread; with several, scheduler.ts says
 * which one runs, and the engine is the reference interpreter. Here is what it is made of, power, and what goes in and out.
 *
 * Everything that comes from outside goes through `input`, is stamped with its cycle and logged; so a state of the past plus the log
 * gives every later state again, exactly.
 */
import { assert } from '../base/assert';
import { NULL_LIMIT } from '../isa/convention';
import type { Image } from '../assembler/image';
import type { MachineConfig } from '../presets/machine';
import { checkConfig } from '../presets/machine-check';
import { runAlone } from './alone';
import { counterOf } from './counters';
import { Core } from './cpu/core';
import { DecodedCode } from './cpu/decoded';
import { execute, type Execution } from './cpu/interpreter';
import { ConventionCheck, UninitialisedCheck, type UninitialisedRead, type UninitialisedState } from './debug/checks';
import { DeviceBus } from './devices/bus';
import { deviceHost } from './devices/host';
import { EngineCalls, type Engine } from './engine-calls';
import { Events } from './events';
import { InputLog, type InputEvent } from './input';
import { Interrupts } from './interrupts';
import { ACCOUNT, CoreState, layoutOf, type MachineLayout, RAM_BASE, RAM_BYTES } from './layout';
import type { SnoopingBus } from './memory/bus';
import { buildHierarchy } from './memory/hierarchy';
import type { MemorySystem } from './memory/system';
import { Scheduler } from './scheduler';
import type { Hook, RunLimits, StopReason } from './stops';

/** By disk, the blocks that lost their last writes with the power. */
export type LostBlocks = Readonly<Record<'ssd0' | 'hdd0', readonly number[]>>;

export interface MachineOptions {
  /** At least `layoutOf(config).stateBytes` long; for an engine that wants its own kind of memory. */
  readonly buffer?: ArrayBuffer;
  readonly engine?: Engine;
  /** Brings execution.profile up to date, for an engine that does not keep it so. */
  drainProfile?(): void;
}

export class Machine {
  readonly layout: MachineLayout;
  readonly buffer: ArrayBuffer;
  /** RAM. */
  readonly memory: Uint8Array;
  /** Every hardware thread, by the number that programs know. */
  readonly threads: readonly Core[];
  /** The thread that executes next, or that was selected to be looked at. */
  core: Core;
  readonly code: DecodedCode;
  /** The memory hierarchy as each core sees it. */
  readonly systems: readonly MemorySystem[];
  /** That of `core`. */
  system: MemorySystem;
  /** The bus between several cores' caches. */
  readonly coherence: SnoopingBus | null;
  readonly events: Events;
  readonly devices: DeviceBus;
  readonly inputs = new InputLog();
  readonly execution: Execution;
  readonly hooks: Hook[] = [];
  engine: Engine;
  /** Brings execution.profile up to date. */
  readonly drainProfile: () => void;
  image: Image | null = null;
  readonly interrupts: Interrupts;
  /** null with one hardware thread. */
  readonly scheduler: Scheduler | null;
  private readonly calls = new EngineCalls(this);

  constructor(
    readonly config: MachineConfig,
    options: MachineOptions = {},
  ) {
    const problems = checkConfig(config);
    assert(problems.length === 0, `impossible machine: ${problems.join('; ')}`);
    this.layout = layoutOf(config);
    this.buffer = options.buffer ?? new ArrayBuffer(this.layout.stateBytes);
    assert(this.buffer.byteLength >= this.layout.stateBytes, 'the buffer holds the state');
    this.memory = new Uint8Array(this.buffer, RAM_BASE, RAM_BYTES);
    this.threads = buildThreads(config, this.buffer);
    this.core = this.threads[0] as Core;
    this.code = new DecodedCode(this.memory);
    const { bus, systems } = buildHierarchy(config, this.layout, this.buffer);
    this.coherence = bus;
    this.systems = systems;
    this.system = this.systems[0] as MemorySystem;
    this.events = new Events(config.cyclePs, (slot) => this.devices.fire(slot));
    this.devices = new DeviceBus(config, deviceHost(this), (number) => counterOf(this, number));
    this.interrupts = new Interrupts(this);
    this.scheduler = this.buildScheduler();
    this.engine = this.scheduler ? execute : (options.engine ?? execute);
    this.drainProfile = options.drainProfile ?? (() => undefined);
    this.execution = {
      core: this.core,
      code: this.code,
      memory: this.memory,
      system: this.system,
      writableFrom: NULL_LIMIT,
      codeIsWritable: config.writableCode,
      multiplier: config.multiplier,
      profile: null,
      fetchedPc: -1,
      highestSp: new Int32Array(this.threads.length),
      watch: null,
      touched: null,
      interpreter: null,
    };
    this.reset();
  }

  /** Power on with this program: RAM and caches are cleared, disks keep their blocks, the loader does its work. */
  load(image: Image): void {
    this.image = image;
    this.inputs.clear();
    this.powerOn();
  }

  /** Power on again with the same program; inputs logged so far are kept and will come again at their cycles. */
  powerOn(): void {
    this.reset();
    const { image, core, memory } = this;
    if (!image) return;
    for (const { address, bytes } of image.segments) memory.set(bytes, address);
    this.execution.writableFrom = this.config.writableCode ? NULL_LIMIT : Math.max(NULL_LIMIT, image.protectedEnd);
    this.code.reset(this.config.writableCode ? RAM_BYTES : image.protectedEnd);
    this.installChecks(image);
    core.pc = image.entry;
    core.sp = image.stackTop;
    core.stackLimit = image.heapStart;
    const { bootFrom } = this.config;
    if (bootFrom === 'none') return;
    const bytes = image.segments.reduce((sum, segment) => sum + segment.bytes.length, 0);
    core.spend(bootFrom === 'ssd0' ? ACCOUNT.ssd : ACCOUNT.hdd, this.devices[bootFrom].bootCycles(bytes));
  }

  /**
   * The power goes, now. RAM, caches, registers and what the disks had not yet written are gone; gives the blocks that fell back to
   * what the medium held. Nothing before can be gone back to; `powerOn` starts the program again.
   */
  powerOff(): LostBlocks {
    const lost = { ssd0: this.devices.ssd0.powerOff(), hdd0: this.devices.hdd0.powerOff() };
    this.inputs.clear();
    this.reset();
    return lost;
  }

  /** The clock cycle that the machine has reached. */
  get cycles(): number {
    return this.scheduler ? this.scheduler.now : this.core.cycles;
  }

  /** Instructions executed by all hardware threads. */
  get instructions(): number {
    return this.scheduler ? this.scheduler.instructions : this.core.instructions;
  }

  /** Makes a hardware thread the one that is looked at, until the machine runs on. */
  select(thread: Core): void {
    if (thread === this.core) return;
    this.core = this.execution.core = thread;
    this.system = this.execution.system = this.systems[thread.number] as MemorySystem;
    this.system.serve(thread);
  }

  run(limits: RunLimits = {}): StopReason {
    return this.scheduler ? this.scheduler.run(limits) : runAlone(this, this.interrupts, this.calls, limits);
  }

  /** Runs one instruction (after taking an interrupt, if one is due). */
  stepInstruction(): StopReason {
    return this.run({ instructions: 1 });
  }

  /** Something from outside, now: logged, then done. Forgets what was logged for later times. */
  input(event: InputEvent): void {
    this.inputs.add(this.cycles, event, this.scheduler?.instructions);
    this.devices.forgetFuture();
    this.applyInputs();
  }

  /** The fields that are not in the buffer, for snapshots. */
  saveRest(): MachineRest {
    return {
      slept: this.interrupts.slept,
      interruptsTaken: this.interrupts.taken,
      events: this.events.save(),
      devices: this.devices.save(),
      inputsDone: this.inputs.done,
    };
  }

  restoreRest(rest: MachineRest): void {
    this.interrupts.slept = rest.slept;
    this.interrupts.taken = rest.interruptsTaken;
    this.devices.restore(rest.devices);
    this.events.restore(this.cycles, rest.events);
    this.inputs.done = rest.inputsDone;
    this.scheduler?.selectNext();
  }

  /** What a machine that has not lived through the run needs beside a snapshot: plain data. */
  saveHistory(): MachineHistory {
    return { devices: this.devices.saveHistory(), reads: this.uninitialisedCheck?.save() };
  }

  /** Right before a snapshot with this rest is restored. */
  restoreHistory({ devices, reads }: MachineHistory, rest: MachineRest): void {
    this.devices.restoreHistory(devices, rest.devices);
    if (reads) this.uninitialisedCheck?.load(reads);
  }

  /** Reads of bytes that nothing has written, when the configuration asks for them. */
  get uninitialisedReads(): readonly UninitialisedRead[] {
    return this.uninitialisedCheck?.warnings ?? [];
  }

  private get uninitialisedCheck(): UninitialisedCheck | undefined {
    return this.hooks.find((hook) => hook instanceof UninitialisedCheck);
  }

  private installChecks(image: Image): void {
    const others = this.hooks.filter((h) => !(h instanceof ConventionCheck) && !(h instanceof UninitialisedCheck));
    this.hooks.length = 0;
    this.hooks.push(...others);
    if (this.config.checkConvention) this.hooks.push(new ConventionCheck());
    if (this.config.warnUninitialised) this.hooks.push(new UninitialisedCheck(image, this.memory));
  }

  private reset(): void {
    new Uint8Array(this.buffer, 0, this.layout.stateBytes).fill(0);
    this.select(this.threads[0] as Core);
    if (this.scheduler) this.scheduler.reset();
    else this.core.reset();
    for (const system of this.systems) system.reset();
    this.events.reset();
    this.devices.reset();
    this.inputs.rewind();
    this.code.reset(0);
    this.interrupts.reset();
  }

  /** How a thread whose state says so has ended the run. */
  endOf(thread: Core): StopReason {
    return thread.state === CoreState.halted
      ? { kind: 'halt', code: thread.exitCode }
      : { kind: 'trap', trap: thread.trap };
  }

  /** Does what has come from outside and is due. */
  applyInputs(): void {
    const next = () => this.inputs.take(this.cycles, this.instructions);
    for (let event = next(); event; event = next()) this.applyInput(event);
  }

  private applyInput(event: InputEvent): void {
    const core = this.threads[('thread' in event && event.thread) || 0] ?? this.core;
    if (event.kind === 'register') core.r8[event.index] = event.value;
    else if (event.kind === 'pc') core.pc = event.value;
    else if (event.kind === 'sp') core.sp = event.value;
    else if (event.kind === 'flags') core.flags = event.value & 0x1f;
    else if (event.kind === 'memory') {
      this.memory[event.address] = event.value;
      this.code.patch(event.address);
    } else this.devices.apply(event);
  }

  private buildScheduler(): Scheduler | null {
    const { several } = this.layout;
    if (!several) return null;
    const { events, inputs, interrupts, calls, devices } = this;
    return new Scheduler(this.threads, this.config.threading, new Float64Array(this.buffer, several.clock, 2), {
      events,
      inputs,
      select: (thread) => this.select(thread),
      applyInputs: () => this.applyInputs(),
      deliver: () => interrupts.deliver(),
      advance: (until, resume) => calls.advance(until, resume),
      endOf: (thread) => this.endOf(thread),
      accountOf: (vector) => devices.accountOf(vector),
    });
  }
}

function buildThreads({ cores, threads }: MachineConfig, buffer: ArrayBuffer): Core[] {
  return Array.from(
    { length: cores * threads },
    (_, id) => new Core(buffer, Math.floor(id / threads), id % threads, id),
  );
}

export interface MachineRest {
  readonly slept: number;
  readonly interruptsTaken: number;
  readonly events: readonly number[];
  readonly devices: unknown;
  readonly inputsDone: number;
}

export interface MachineHistory {
  readonly devices: unknown;
  readonly reads: UninitialisedState | undefined;
}
