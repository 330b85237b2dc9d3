/**
 * The reference interpreter: the meaning of the machine, with which the translator must agree bit by bit. Timing rules:
 * docs/machine-timing.md. instructions.ts runs the instructions; here is what it cannot do by itself: decode, fetches and accesses
 * that are no plain hits, traps of accesses, and the two instructions with several accesses.
 */
import { FLAG } from '../../isa/table';
import { trapNumber } from '../../isa/traps';
import { ACCOUNT, CORE, COUNT } from '../layout';
import type { MemorySystem } from '../memory/system';
import type { Core } from './core';
import type { DecodedCode } from './decoded';
import { runInstructions } from './instructions';
import { OP_BREAK, OP_DECODE } from './ops';
import type { Profile } from './profile';
import { Access, Exit, INTO_PC, Leave, NO_LINE, NULL_LIMIT, type Slice } from './slice';

/** What a core executes with. */
export interface Execution {
  core: Core;
  readonly code: DecodedCode;
  readonly memory: Uint8Array;
  system: MemorySystem;
  /** First writable address; NULL_LIMIT when code is writable. */
  writableFrom: number;
  /** True when stores may hit decoded code. */
  codeIsWritable: boolean;
  multiplier: boolean;
  /** Per instruction address, when a profile is wanted. */
  profile: Profile | null;
  /** Address of an instruction across two lines whose fetch is done already, -1 for none: the other engine stopped behind it. */
  fetchedPc: number;
  /**
   * By thread: the highest SP at a place or right after a return since somebody set it to 0. A frame whose return address lies there or
   * higher has not been left in that time. No state of the machine.
   */
  readonly highestSp: Int32Array;
  /** Data whose accesses end a run of the interpreter; the other engine does not know of it. */
  watch: DataWatch | null;
  /** The last access to watched data; whoever looks at it sets it back. */
  touched: TouchedData | null;
  /** The interpreter's own, made when it is first called. */
  interpreter: Interpreter | null;
}

/** Addresses from one to before another. */
export interface DataWatch {
  readonly from: number;
  readonly end: number;
}

export interface TouchedData {
  /** The instruction that did. */
  readonly pc: number;
  readonly address: number;
  readonly bytes: number;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** Longest slice in cycles, so that counts in locals stay small integers. */
const MAX_SLICE = 0x3fff0000;

// Looked up once, for slices of one instruction.
const FETCH_LINE = CORE.fetchLine >> 2;
const L1D_ACCOUNT = ACCOUNT.l1d;
const COMPUTE_ACCOUNT = ACCOUNT.compute;
const READS = COUNT.reads;
const WRITES = COUNT.writes;

const TRAP_UNDEFINED = trapNumber('undefined-instruction');
const TRAP_NULL = trapNumber('null-access');
const TRAP_CODE = trapNumber('code-write');
const TRAP_UNALIGNED = trapNumber('unaligned-code');

/**
 * Runs until the core's cycle count reaches `until` (an instruction that starts before it is finished), or something happens.
 * `resume` steps over a breakpoint at PC.
 */
export function execute(x: Execution, until: number, resume: boolean): Exit {
  x.interpreter ??= new Interpreter(x);
  return x.interpreter.run(until, resume);
}

/** Made once for an execution, because a slice may be as short as an instruction. */
export class Interpreter {
  private readonly slice: Slice;
  /** The cycle at which none are left. */
  private end = 0;
  /** Cycles that the memory system has booked itself. */
  private stalled = 0;
  private resume = false;
  /** The instruction that was looked at, packed. */
  private word = 0;

  constructor(private readonly x: Execution) {
    const { core, code, memory, system } = x;
    this.slice = {
      core,
      code,
      memory,
      fast: system.fast,
      profile: null,
      multiplier: true,
      writableFrom: 0,
      checkStoresBelow: 0,
      watchFrom: 0,
      watchBytes: 0,
      left: 0,
      highestSp: 0,
      instructions: 0,
      fetched: 0,
      loads: 0,
      stores: 0,
      busBytes: 0,
      admitted: -1,
      settled: NO_LINE,
      at: 0,
      address: 0,
      operand: 0,
      access: Access.load8,
    };
  }

  run(until: number, resume: boolean): Exit {
    const { core } = this.x;
    const cycles = Math.min(until - core.cycles, MAX_SLICE) | 0;
    this.resume = resume;
    this.end = core.cycles + cycles;
    this.stalled = 0;
    this.begin(cycles);
    const exit = this.toExit();
    this.book(cycles);
    return exit;
  }

  private begin(cycles: number): void {
    const { slice, x } = this;
    const { core, system, writableFrom } = x;
    // To store a reference costs more than to compare it.
    if (slice.core !== core) slice.core = core;
    if (slice.fast !== system.fast) slice.fast = system.fast;
    if (slice.profile !== x.profile) slice.profile = x.profile;
    slice.multiplier = x.multiplier;
    slice.writableFrom = writableFrom;
    slice.checkStoresBelow = x.codeIsWritable ? Math.max(writableFrom, slice.code.decodedEnd) : writableFrom;
    const { watch } = x;
    // A word that begins one byte before reaches into it.
    slice.watchFrom = watch === null ? 0 : watch.from - 1;
    slice.watchBytes = watch === null ? 0 : watch.end - watch.from + 1;
    slice.left = cycles;
    slice.highestSp = core.sp;
    slice.instructions = 0;
    slice.fetched = 0;
    slice.loads = 0;
    slice.stores = 0;
    slice.busBytes = 0;
    slice.admitted = -1;
    slice.settled = NO_LINE;
  }

  private toExit(): Exit {
    const { slice } = this;
    const { fetchOnce } = slice.fast;
    while (slice.left > 0) {
      // Where each fetch is to be looked at, the loop would be left before the first.
      let leave: Leave | Exit = fetchOnce || slice.settled !== NO_LINE ? runInstructions(slice) : Leave.look;
      let exit: Exit | undefined;
      while (leave === Leave.look) {
        exit = this.look();
        if (exit !== undefined) return exit;
        leave = this.runLookedAt();
      }
      switch (leave) {
        case Leave.access:
          exit = this.access();
          break;
        case Leave.returnFromInterrupt:
          return this.returnFromInterrupt();
        case Leave.testAndSet:
          exit = this.testAndSet();
          break;
        default:
          return leave;
      }
      if (exit !== undefined) return exit;
    }
    return Exit.limit;
  }

  /** Brings the core's clock and the counts up to date. */
  private book(cycles: number): void {
    const { slice, stalled } = this;
    const { core, system } = this.x;
    const busCycles = slice.busBytes * slice.fast.byteCycles;
    const passed = cycles - slice.left;
    core.cycles = this.end - slice.left;
    core.instructions += slice.instructions;
    const { ledger } = core;
    if (busCycles !== 0) (ledger[L1D_ACCOUNT] as number) += busCycles;
    (ledger[COMPUTE_ACCOUNT] as number) += passed - stalled - busCycles;
    const { l1i, l1d } = system;
    if (l1i !== null) (l1i.counts[READS] as number) += slice.fetched;
    if (l1d !== null && slice.loads !== 0) (l1d.counts[READS] as number) += slice.loads;
    if (l1d !== null && slice.stores !== 0) (l1d.counts[WRITES] as number) += slice.stores;
    const { highestSp } = this.x;
    const highest = Math.max(slice.highestSp, core.sp);
    if (highest > (highestSp[core.id] as number)) highestSp[core.id] = highest;
  }

  /** Decodes and fetches the instruction at PC; an exit where that is not possible or not wanted. */
  private look(): Exit | undefined {
    const { slice } = this;
    const { core, code } = this.x;
    const { pc } = core;
    this.word = code.packed[2 * pc] as number;
    const op = this.word & 0xff;
    if (op >= OP_DECODE) {
      if (pc & 1) return this.trap(pc, TRAP_UNALIGNED);
      if (op === OP_BREAK && !(this.resume && slice.instructions === 0)) return Exit.breakpoint;
      this.word = pc < NULL_LIMIT ? -1 : code.fill(pc);
      if (this.word < 0) return this.trap(pc, pc < NULL_LIMIT ? TRAP_NULL : TRAP_UNDEFINED);
      if (this.x.codeIsWritable) slice.checkStoresBelow = Math.max(slice.checkStoresBelow, code.decodedEnd);
    }
    this.fetch(pc, (this.word >> 20) & 7);
    slice.admitted = pc;
    return undefined;
  }

  /** The instruction that was looked at; alone, when its decoded form is not to be kept or no cycles are left. */
  private runLookedAt(): Leave | Exit {
    const { slice, word } = this;
    const { packed } = slice.code;
    const pc = slice.admitted;
    const kept = packed[2 * pc] as number;
    const { left } = slice;
    if (kept === word && left > 0) return runInstructions(slice);
    packed[2 * pc] = word;
    slice.left = 1;
    const leave = runInstructions(slice);
    packed[2 * pc] = kept;
    slice.left += left - 1;
    return leave;
  }

  private fetch(pc: number, bytes: number): void {
    const { x, slice } = this;
    const { core } = x;
    const { fetchShift, fetchOnce } = slice.fast;
    if (fetchShift === 31) return;
    let line = fetchOnce ? (core.words[FETCH_LINE] as number) : slice.settled;
    if (pc >> fetchShift !== line) {
      if (pc === x.fetchedPc && slice.instructions === 0) {
        line = (pc + 2) >> fetchShift;
        core.words[FETCH_LINE] = line;
      } else line = this.fetchWord(pc, pc);
    }
    if (bytes === 4 && pc < 0xfffe && (pc + 2) >> fetchShift !== line) this.fetchWord(pc, pc + 2);
  }

  /** A word of the instruction at `pc`. Gives the line in which further fetches change nothing, if any. */
  private fetchWord(pc: number, address: number): number {
    const { slice, x } = this;
    const { system } = x;
    const { fetchShift, fetchOnce, fetchSettles } = slice.fast;
    const misses = fetchSettles ? system.fetchMisses : 0;
    this.stall(pc, system.fetch(address, this.end - slice.left));
    const line = address >> fetchShift;
    if (fetchOnce) return line;
    slice.settled = fetchSettles && system.fetchMisses === misses ? line : NO_LINE;
    return slice.settled;
  }

  /** The access to data that was left. */
  private access(): Exit | undefined {
    const { x, slice } = this;
    const { core, memory } = x;
    const { access, at, address, operand } = slice;
    const isStore = access >= Access.store8;
    const bytes = access === Access.load8 || access === Access.store8 ? 1 : 2;
    const isWrapped = bytes === 2 && address === 0xffff;
    if (isWrapped || address < (isStore ? x.writableFrom : NULL_LIMIT))
      return this.trap(at, isWrapped || address < NULL_LIMIT ? TRAP_NULL : TRAP_CODE);
    this.bus(at, bytes);
    this.data(at, address, bytes, isStore);
    if (access === Access.load8) core.r8[operand] = memory[address] as number;
    else if (access === Access.load16) {
      const word = (memory[address] as number) | ((memory[address + 1] as number) << 8);
      if (operand === INTO_PC) {
        core.pc = word;
        slice.highestSp = Math.max(slice.highestSp, core.sp);
      } else core.r16[operand] = word;
    } else {
      this.store(address, operand);
      if (bytes === 2) this.store(address + 1, operand >> 8);
    }
    return x.watch === null ? undefined : this.touch({ pc: at, address, bytes, reads: !isStore, writes: isStore });
  }

  /** Notes an access that was made, if its data are watched. */
  private touch(access: TouchedData): Exit | undefined {
    const { x } = this;
    const { address, bytes } = access;
    if (x.watch === null || address >= x.watch.end || address + bytes <= x.watch.from) return undefined;
    x.touched = access;
    return Exit.watch;
  }

  private returnFromInterrupt(): Exit {
    const { core, memory } = this.x;
    const { pc, sp } = core;
    if (sp < NULL_LIMIT || sp > 0xfffd) return this.trap(pc, TRAP_NULL);
    this.bus(pc, 3);
    this.touch({ pc, address: sp, bytes: 3, reads: true, writes: false });
    this.data(pc, sp, 1, false);
    this.data(pc, sp + 1, 2, false);
    core.flags = (memory[sp] as number) & (FLAG.C | FLAG.Z | FLAG.N | FLAG.V | FLAG.I);
    core.pc = (memory[sp + 1] as number) | ((memory[sp + 2] as number) << 8);
    core.sp = (sp + 3) & 0xffff;
    this.slice.highestSp = Math.max(this.slice.highestSp, core.sp);
    return Exit.interrupts;
  }

  /** The read and the write are one transaction, each an access of its own. */
  private testAndSet(): Exit | undefined {
    const { core, code, memory, system, writableFrom } = this.x;
    const { pc } = core;
    const target = code.a[pc] as number;
    const address = core.r16[code.b[pc] as number] as number;
    if (address < writableFrom) return this.trap(pc, address < NULL_LIMIT ? TRAP_NULL : TRAP_CODE);
    this.bus(pc, 2);
    this.stall(pc, system.readForOwnership(address, 1, pc, this.end - this.slice.left));
    this.data(pc, address, 1, true);
    const value = memory[address] as number;
    core.r8[target] = value;
    core.flags = (core.flags & (FLAG.C | FLAG.I)) | (value === 0 ? FLAG.Z : 0) | (value & 0x80 ? FLAG.N : 0);
    this.store(address, 0xff);
    core.pc = (pc + (code.size[pc] as number)) & 0xffff;
    return this.touch({ pc, address, bytes: 1, reads: true, writes: true });
  }

  private store(address: number, value: number): void {
    this.x.memory[address] = value;
    if (this.x.codeIsWritable) this.x.code.forget(address);
  }

  /** Time on the data bus. */
  private bus(pc: number, bytes: number): void {
    const { slice } = this;
    const cycles = bytes * slice.fast.byteCycles;
    slice.busBytes += bytes;
    slice.left -= cycles;
    if (slice.profile) (slice.profile.cycles[pc] as number) += cycles;
  }

  private data(pc: number, address: number, bytes: number, isStore: boolean): void {
    this.stall(pc, this.x.system.data(address, bytes, isStore, pc, this.end - this.slice.left));
  }

  /** Time that the memory system took, and has booked, for the instruction at `pc`. */
  private stall(pc: number, cycles: number): void {
    const { slice } = this;
    slice.left -= cycles;
    this.stalled += cycles;
    if (!slice.profile) return;
    (slice.profile.cycles[pc] as number) += cycles;
    (slice.profile.stalls[pc] as number) += cycles;
  }

  private trap(pc: number, trap: number): Exit {
    const { core } = this.x;
    core.pc = pc;
    core.trap = trap;
    return Exit.trap;
  }
}
