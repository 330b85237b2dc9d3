/**
 * The machine: cores, their memory hierarchy and devices on one clock. It runs an engine between the moments that matter (an event, an
 * input, an interrupt, a port, a limit) and does those itself. With several hardware threads scheduler.ts says which one runs, and
 * the engine is the reference interpreter.
 *
 * Everything that comes from outside goes through `input`, is stamped with its cycle and logged; so a state of the past plus the log
 * gives every later state again, exactly.
 */
import { assert } from '../base/assert';
import { NULL_LIMIT, VECTOR_BASE, VECTOR_COUNT } from '../isa/convention';
import { coherenceCounter, COUNTERS } from '../isa/ports';
import { FLAG, formNumber } from '../isa/table';
import { trapNumber } from '../isa/traps';
import type { Image } from '../assembler/image';
import type { MachineConfig } from '../presets/machine';
import { checkConfig } from '../presets/machine-check';
import { Core } from './cpu/core';
import { DecodedCode } from './cpu/decoded';
import { execute, type DataWatch, type Execution } from './cpu/interpreter';
import { Exit } from './cpu/slice';
import { ConventionCheck, UninitialisedCheck, type UninitialisedRead, type UninitialisedState } from './debug/checks';
import { DeviceBus } from './devices/bus';
import type { DeviceHost } from './devices/device';
import { Events } from './events';
import { InputLog, type InputEvent } from './input';
import {
  ACCOUNT,
  ACCOUNTS,
  type Account,
  CORE,
  CoreState,
  layoutOf,
  type MachineLayout,
  RAM_BASE,
  RAM_BYTES,
} from './layout';
import { SnoopingBus } from './memory/bus';
import { CoherentMemory } from './memory/coherent';
import { LowerMemory, MemorySystem } from './memory/system';
import { Scheduler } from './scheduler';

/** Cycles from an accepted interrupt to the first access to the stack. */
export const INTERRUPT_CYCLES = 4;

/** Runs until the core reaches the cycle `until`, or something happens that the machine must see to. */
export type Engine = (x: Execution, until: number, resume: boolean) => Exit;

export interface RunLimits {
  /** Stop when so many more cycles have passed. */
  readonly cycles?: number;
  /** Stop after so many more instructions. */
  readonly instructions?: number;
  /** Run over a breakpoint at the current PC; the default. */
  readonly passBreakpoint?: boolean;
}

export type StopReason =
  | { readonly kind: 'halt'; readonly code: number }
  | { readonly kind: 'trap'; readonly trap: number }
  | { readonly kind: 'limit' }
  | { readonly kind: 'breakpoint'; readonly pc: number }
  /** Asleep, and nothing but input from outside can wake it. */
  | { readonly kind: 'idle' }
  /** A hook asked for it. */
  | { readonly kind: 'hook'; readonly hook: Hook };

/** Looks at each instruction; a machine with such hooks runs one instruction at a time. */
export interface Hook {
  /** Before the instruction at PC. True stops before it. */
  before?(machine: Machine): boolean;
  /** After it. True stops. */
  after?(machine: Machine): boolean;
  /**
   * Of one that looks at data only: `before` and `after` are called around many instructions, the last of which has touched watched data
   * if any has (Execution.touched); with `isDue`, around one. One hook of a machine at most.
   */
  readonly watch?: (DataWatch & { isDue(): boolean }) | undefined;
}

/** By disk, the blocks that lost their last writes with the power. */
export type LostBlocks = Readonly<Record<'ssd0' | 'hdd0', readonly number[]>>;

export interface MachineOptions {
  /** At least `layoutOf(config).stateBytes` long; for an engine that wants its own kind of memory. */
  readonly buffer?: ArrayBuffer;
  readonly engine?: Engine;
  /** Brings execution.profile up to date, for an engine that does not keep it so. */
  drainProfile?(): void;
}

const LIMIT: StopReason = { kind: 'limit' };

const TRAP_STACK = trapNumber('stack-overflow');
const FORM_IN = formNumber('in');
const FORM_INP = formNumber('inp');
const FORM_OUT = formNumber('out');

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
  /** Interrupts taken since power on. */
  interruptsTaken = 0;
  /** By thread: how often a handler was entered since the machine was made, by whatever way, and the last one's address. No state. */
  readonly handlers: { readonly entered: Uint32Array; readonly address: Uint16Array };
  /** Cycles asleep that no device has ended yet; they stand in the sleep account for now. */
  private slept = 0;
  /** null with one hardware thread. */
  private readonly scheduler: Scheduler | null;

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
    const { length } = this.threads;
    this.handlers = { entered: new Uint32Array(length), address: new Uint16Array(length) };
    this.code = new DecodedCode(this.memory);
    const memory = buildMemory(config, this.layout, this.buffer);
    this.coherence = memory.bus;
    this.systems = memory.systems;
    this.system = this.systems[0] as MemorySystem;
    this.events = new Events(config.cyclePs, (slot) => this.devices.fire(slot));
    this.devices = new DeviceBus(config, this.hostForDevices(), (number) => this.counter(number));
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
      highestSp: new Int32Array(length),
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
    this.spend(bootFrom === 'ssd0' ? 'ssd' : 'hdd', this.devices[bootFrom].bootCycles(bytes));
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
    return this.scheduler ? this.scheduler.run(limits) : this.runAlone(limits);
  }

  private runAlone(limits: RunLimits): StopReason {
    const { core, events, inputs } = this;
    const untilCycle = limits.cycles === undefined ? Infinity : core.cycles + limits.cycles;
    const untilInstruction = limits.instructions === undefined ? Infinity : core.instructions + limits.instructions;
    let resume = limits.passBreakpoint ?? true;
    for (;;) {
      if (core.state >= CoreState.halted) return this.stopped();
      if (events.nextCycle <= core.cycles) events.runUntil(core.cycles);
      if (inputs.nextCycle <= core.cycles) this.applyInputs();
      if (core.cycles >= untilCycle || core.instructions >= untilInstruction) return LIMIT;
      if (core.state === CoreState.waiting && !this.awake()) {
        const next = Math.min(events.nextCycle, inputs.nextCycle);
        if (next === Infinity) return { kind: 'idle' };
        this.sleep(Math.min(next, untilCycle));
        continue;
      }
      if (core.eiDelay === 0 && this.deliver()) {
        resume = false;
        continue;
      }
      const horizon = Math.min(
        untilCycle,
        events.nextCycle,
        inputs.nextCycle,
        core.cycles + (untilInstruction - core.instructions),
      );
      const stop = this.advance(core.eiDelay !== 0 ? core.cycles + 1 : horizon, resume);
      if (stop) return stop;
      resume = false;
    }
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

  /** A counter of the table in isa/ports.ts, since power on. */
  counter(number: number): number {
    const { system, core, config } = this;
    const level = [system.l1i, system.l1d, system.l2, system.l3][number >> 3];
    if (number < 32) return level ? (level.counts[number & 7] as number) : 0;
    if (number < 40) return (this.dramCounts()[number - 32] ?? 0) as number;
    if (number === 40) return core.instructions;
    const index = coherenceCounter(number);
    if (index >= 0) return this.coherence ? (this.coherence.counts(core.number)[index] as number) : 0;
    const name = COUNTERS.find((c) => c.number === number)?.name;
    if (!name) return 0;
    const account = name.slice('COUNT_'.length, -'_NS'.length).toLowerCase();
    return Math.floor((this.accountCycles(account) * config.cyclePs) / 1000);
  }

  /** Cycles in one of the ledger's accounts as programs know them: `l1` is both L1 caches. */
  accountCycles(account: string): number {
    const { ledger } = this.core;
    const read = (name: Account) => ledger[ACCOUNT[name]] as number;
    if (account === 'l1') return read('l1i') + read('l1d');
    return ACCOUNTS.includes(account as Account) ? read(account as Account) : 0;
  }

  dramCounts(): Float64Array {
    const { dram } = this.layout;
    return dram ? new Float64Array(this.buffer, dram.counts, 8) : new Float64Array(8);
  }

  /** The fields that are not in the buffer, for snapshots. */
  saveRest(): MachineRest {
    return {
      slept: this.slept,
      interruptsTaken: this.interruptsTaken,
      events: this.events.save(),
      devices: this.devices.save(),
      inputsDone: this.inputs.done,
    };
  }

  restoreRest(rest: MachineRest): void {
    this.slept = rest.slept;
    this.interruptsTaken = rest.interruptsTaken;
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
    this.slept = 0;
    this.interruptsTaken = 0;
  }

  /** One call of the engine, and what its exit asks for. */
  private advance(until: number, resume: boolean): StopReason | undefined {
    return this.hooks.length > 0 ? this.advanceHooked(until, resume) : this.call(this.engine, until, resume);
  }

  private advanceHooked(until: number, resume: boolean): StopReason | undefined {
    const { core, hooks, execution } = this;
    let watch: Hook['watch'];
    let isEach = false;
    for (const hook of hooks) {
      if (hook.before?.(this)) return { kind: 'hook', hook };
      if (hook.watch) watch = hook.watch;
      else isEach = true;
    }
    execution.watch = watch ?? null;
    execution.touched = null;
    const end = isEach || watch?.isDue() ? core.cycles + 1 : until;
    const stop = this.call(watch ? execute : this.engine, end, resume);
    execution.watch = null;
    if (stop) return stop;
    for (const hook of hooks) if (hook.after?.(this)) return { kind: 'hook', hook };
    return undefined;
  }

  private call(engine: Engine, until: number, resume: boolean): StopReason | undefined {
    const { core } = this;
    const delayed = core.eiDelay !== 0;
    const exit = engine(this.execution, until, resume);
    if (delayed) core.eiDelay = 0;
    switch (exit) {
      case Exit.port:
        this.port();
        break;
      case Exit.wait:
        core.state = CoreState.waiting;
        break;
      case Exit.halt:
        core.state = CoreState.halted;
        break;
      case Exit.trap:
        core.state = CoreState.trapped;
        break;
      case Exit.breakpoint:
        return { kind: 'breakpoint', pc: core.pc };
    }
    return undefined;
  }

  private stopped(): StopReason {
    const { core } = this;
    return core.state === CoreState.halted ? { kind: 'halt', code: core.exitCode } : { kind: 'trap', trap: core.trap };
  }

  /** The transfer of the IN or OUT at PC, whose base cycles have passed. */
  private port(): void {
    const { core, code } = this;
    const { pc } = core;
    const { r8 } = core;
    const a = code.a[pc] as number;
    const b = code.b[pc] as number;
    const k = code.k[pc] as number;
    const form = code.form[pc] as number;
    core.pc = (pc + (code.size[pc] as number)) & 0xffff;
    if (form === FORM_IN) r8[a] = this.devices.read(r8[b] as number);
    else if (form === FORM_INP) r8[a] = this.devices.read(k);
    else if (form === FORM_OUT) this.devices.write(r8[a] as number, r8[b] as number);
    else this.devices.write(k, r8[a] as number);
    if (this.devices.isPowerOff) {
      core.exitCode = 0;
      core.state = CoreState.halted;
    }
  }

  /** Ends WAIT when an interrupt that the mask lets through is pending; the time asleep goes to the device that ended it. */
  private awake(): boolean {
    const { core } = this;
    const ready = core.irqPending & core.irqMask;
    if (ready === 0) return false;
    core.state = CoreState.running;
    const account = this.devices.accountOf(31 - Math.clz32(ready & -ready));
    (core.ledger[ACCOUNT.sleep] as number) -= this.slept;
    (core.ledger[ACCOUNT[account]] as number) += this.slept;
    this.slept = 0;
    return true;
  }

  private sleep(until: number): void {
    const cycles = until - this.core.cycles;
    this.slept += cycles;
    this.spend('sleep', cycles);
  }

  /** Takes the first interrupt that is pending, let through and has a handler. */
  private deliver(): boolean {
    const { core, memory } = this;
    let ready = core.flags & FLAG.I ? core.irqPending & core.irqMask : 0;
    for (; ready !== 0; ready &= ready - 1) {
      const vector = 31 - Math.clz32(ready & -ready);
      const at = VECTOR_BASE + 2 * vector;
      const handler = vector < VECTOR_COUNT ? (memory[at] as number) | ((memory[at + 1] as number) << 8) : 0;
      if (handler === 0) continue;
      this.enter(vector, at, handler);
      return true;
    }
    return false;
  }

  /** Pushes PC, then the flags; reads the vector; goes there with interrupts off. */
  private enter(vector: number, at: number, handler: number): void {
    const { core, memory } = this;
    const sp = core.sp - 3;
    if (sp < Math.max(core.stackLimit, this.execution.writableFrom)) {
      core.trap = TRAP_STACK;
      core.state = CoreState.trapped;
      return;
    }
    this.spend('compute', INTERRUPT_CYCLES);
    this.bus(sp + 1, 2, true);
    this.bus(sp, 1, true);
    this.bus(at, 2, false);
    memory[sp] = core.flags;
    memory[sp + 1] = core.pc;
    memory[sp + 2] = core.pc >> 8;
    if (this.config.writableCode) for (let i = 0; i < 3; i++) this.code.forget(sp + i);
    core.sp = sp;
    core.flags &= ~FLAG.I;
    core.irqPending &= ~(1 << vector);
    core.pc = handler;
    this.interruptsTaken++;
    (this.handlers.entered[core.id] as number)++;
    this.handlers.address[core.id] = handler;
  }

  /** A data access of the core outside an instruction. */
  private bus(address: number, bytes: number, write: boolean): void {
    const { core, system } = this;
    this.spend('l1d', bytes * system.fast.byteCycles);
    core.cycles += system.data(address, bytes, write, core.pc, core.cycles);
  }

  private spend(account: Account, cycles: number): void {
    const { core } = this;
    core.cycles += cycles;
    (core.ledger[ACCOUNT[account]] as number) += cycles;
  }

  private applyInputs(): void {
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
    const clock = new Float64Array(this.buffer, several.clock, 2);
    return new Scheduler(this.threads, this.config.threading, clock, {
      events: this.events,
      inputs: this.inputs,
      select: (thread) => this.select(thread),
      applyInputs: () => this.applyInputs(),
      deliver: () => this.deliver(),
      advance: (until, resume) => this.advance(until, resume),
      stopped: () => this.stopped(),
      accountOf: (vector) => this.devices.accountOf(vector),
    });
  }

  private hostForDevices(): DeviceHost {
    const { config, memory, events, code } = this;
    const isWritable = (address: number, bytes: number) =>
      address >= this.execution.writableFrom && address + bytes <= RAM_BYTES;
    const now = () => (this.scheduler ? Math.max(this.scheduler.now, this.core.cycles) : this.core.cycles);
    const core = () => this.core;
    // Devices interrupt the first thread.
    const first = this.threads[0] as Core;
    return {
      get now() {
        return now();
      },
      get core() {
        return core();
      },
      cyclePs: config.cyclePs,
      memory,
      threads: this.threads,
      schedule: events.schedule.bind(events),
      cancel: events.cancel.bind(events),
      raise: (vector: number) => void (first.irqPending |= 1 << vector),
      clear: (vector: number) => void (first.irqPending &= ~(1 << vector)),
      stall: (account: Account, cycles: number) => this.spend(account, cycles),
      startThread: (id: number) => this.scheduler?.start(id, this.core),
      parkThread: () => this.scheduler?.park(this.core),
      joinThread: (id: number) => this.scheduler?.join(this.core, id),
      isWritable,
      wrote: (address: number, bytes: number) => {
        for (const system of this.systems) system.invalidate(address, bytes);
        for (const thread of this.threads) thread.words[CORE.fetchLine >> 2] = -1;
        if (this.execution.codeIsWritable) for (let i = 0; i < bytes; i++) code.forget(address + i);
      },
    };
  }
}

function buildThreads({ cores, threads }: MachineConfig, buffer: ArrayBuffer): Core[] {
  return Array.from(
    { length: cores * threads },
    (_, id) => new Core(buffer, Math.floor(id / threads), id % threads, id),
  );
}

function buildMemory(config: MachineConfig, layout: MachineLayout, buffer: ArrayBuffer) {
  const { several } = layout;
  const lower = new LowerMemory(config, layout, buffer);
  if (!several || config.cores === 1 || !config.l1d) {
    // Without caches there is nothing to keep coherent: every core sees the same flat memory.
    const system = new MemorySystem(config, layout, buffer, lower);
    return { bus: null, systems: new Array<MemorySystem>(config.cores).fill(system) };
  }
  const bus = new SnoopingBus(config.coherence, config.l1d.lineBytes, several, buffer, lower.top, lower.clock);
  const systems = Array.from(
    { length: config.cores },
    (_, core) => new CoherentMemory(config, layout, buffer, lower, bus, core),
  );
  return { bus, systems };
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
