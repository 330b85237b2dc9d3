/**
 * Runs IR: the judge of the optimiser. Memory is 64 KiB as on the machine (null page, read-only constants, a stack that grows
 * down), every way to end is a result and never a throw. Addresses are the interpreter's own, so a program that prints addresses
 * prints others than on the machine.
 *
 * Numbers in frames: i1, i8 and i16 unsigned, i32 as signed 32-bit integers, so that a frame is a slice of one Int32Array.
 */
import { NULL_LIMIT, STACK_TOP } from '../../isa/convention';
import {
  ConsolePorts,
  Stop,
  hostMachine,
  type HostMachine,
  type RunExit,
  type RunOptions,
  type RunResult,
} from '../host';
import type { DecodedFunction, Edge, Step } from './decode';
import { canonical, foldBinary, foldCast, foldCompare } from './fold';
import { ProgramImage } from './interpret-image';
import type { BinaryOp, CallInstr, CheckInstr, CompareInstr, IntrinsicInstr, IrModule, IrType } from './ir';
import { trapId } from './trap-names';

export type InterpretOptions = RunOptions;
export type IrExit = RunExit;
export type IrRun = RunResult;

/** Enough for the samples; a few seconds at the most. */
export const DEFAULT_STEP_LIMIT = 20_000_000;
/** Frames that may be active: each takes at least a return address on the machine's stack. */
const FRAME_LIMIT = 20_000;
const SLOT_LIMIT = 1 << 22;
/** Slots to begin with: most programs never need more. */
const FIRST_SLOTS = 1 << 12;

/** Runs several modules, linked by name; statics are seen by their own module first. */
export function interpretModules(modules: readonly IrModule[], options: InterpretOptions = {}): IrRun {
  return new Interpreter(modules, options).run();
}
export function interpretModule(module: IrModule, options: InterpretOptions = {}): IrRun {
  return interpretModules([module], options);
}

interface Frame {
  readonly code: DecodedFunction;
  readonly base: number;
  /** Stack pointer to return to. */
  readonly sp: number;
  readonly varargs: number;
  /** Where the caller goes on and where it wants the result. */
  readonly returnTo: number;
  readonly resultSlot: number;
}

class Interpreter {
  private readonly image: ProgramImage;
  private readonly memory: Uint8Array;
  private slots = new Int32Array(FIRST_SLOTS);
  private readonly frames: Frame[] = [];
  private readonly ports: ConsolePorts;
  private readonly host: HostMachine;
  private sp = STACK_TOP;
  private steps = 0;

  constructor(
    modules: readonly IrModule[],
    private readonly options: InterpretOptions,
  ) {
    this.image = new ProgramImage(modules, options.natives);
    this.memory = this.image.memory;
    this.host = hostMachine(this.memory);
    this.ports = new ConsolePorts(options.input);
  }

  run(): IrRun {
    let exit: IrExit;
    try {
      this.image.place();
      const entry = this.image.entry(this.options.entry ?? 'main');
      if (entry === undefined) throw new Stop({ kind: 'unsupported', reason: 'there is no function main' });
      exit = { kind: 'halt', code: this.execute(entry) & 0xff };
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      exit = error.exit;
    }
    return { output: Uint8Array.from(this.ports.output), exit, steps: this.steps };
  }

  // -------------------------------------------------------------- execution

  private execute(entry: number): number {
    const limit = this.options.stepLimit ?? DEFAULT_STEP_LIMIT;
    let frame = this.enter(this.image.codeAt(entry), [], 0, [], -1, -1);
    let at = 0;
    for (;;) {
      const step = frame.code.steps[at] as Step;
      if (++this.steps > limit) throw new Stop({ kind: 'limit' });
      switch (step.op) {
        case 'br':
          at = this.follow(frame, step.edges[0] as Edge);
          continue;
        case 'condbr':
          at = this.follow(frame, step.edges[this.get(frame, step.a) !== 0 ? 0 : 1] as Edge);
          continue;
        case 'switch': {
          const value = canonical(step.from, this.get(frame, step.a));
          const index = (step.instr as unknown as { cases: number[] }).cases.indexOf(value) + 1;
          at = this.follow(frame, step.edges[index] as Edge);
          continue;
        }
        case 'ret': {
          const value = step.args.length > 0 ? this.get(frame, step.a) : 0;
          this.frames.pop();
          this.sp = frame.sp;
          const caller = this.frames[this.frames.length - 1];
          if (caller === undefined) return value;
          if (frame.resultSlot >= 0) this.slots[caller.base + frame.resultSlot] = value;
          at = frame.returnTo;
          frame = caller;
          continue;
        }
        case 'call': {
          const next = this.call(frame, step, at + 1);
          if (next !== undefined) {
            frame = next;
            at = 0;
            continue;
          }
          break;
        }
        default:
          this.simple(frame, step);
      }
      at++;
    }
  }

  private get(frame: Frame, operand: number): number {
    return (operand >= 0 ? this.slots[frame.base + operand] : frame.code.constants[~operand]) as number;
  }

  private follow(frame: Frame, edge: Edge): number {
    const { moves } = edge;
    if (moves.length === 2) this.slots[frame.base + (moves[0] as number)] = this.get(frame, moves[1] as number);
    else if (moves.length > 0) {
      const values: number[] = [];
      for (let i = 1; i < moves.length; i += 2) values.push(this.get(frame, moves[i] as number));
      for (let i = 0; i < values.length; i++) this.slots[frame.base + (moves[2 * i] as number)] = values[i] as number;
    }
    return edge.target;
  }

  private simple(frame: Frame, step: Step): void {
    const a = this.get(frame, step.a);
    switch (step.op) {
      case 'icmp': {
        const type = step.from;
        const b = this.get(frame, step.b);
        const { predicate } = step.instr as CompareInstr;
        this.set(frame, step, foldCompare(predicate, type, canonical(type, a), canonical(type, b)) ? 1 : 0);
        return;
      }
      case 'zext':
      case 'sext':
      case 'trunc':
        this.set(frame, step, foldCast(step.op, step.from, step.type, canonical(step.from, a)) | 0);
        return;
      case 'select':
        this.set(frame, step, a !== 0 ? this.get(frame, step.b) : this.get(frame, step.c));
        return;
      case 'alloca':
        this.set(frame, step, this.push((step.instr as unknown as { sizeBytes: number }).sizeBytes, step));
        return;
      case 'load':
        this.set(frame, step, this.load(a, step.type, step));
        return;
      case 'store':
        this.store(a, step.instr.args[1]?.type ?? 'i8', this.get(frame, step.b), step);
        return;
      case 'check':
        if (canonical(step.from, a) >= (step.instr as CheckInstr).bound) this.trap('bounds', step);
        return;
      case 'intrinsic':
        this.intrinsic(frame, step);
        return;
      case 'dbg':
        this.steps--;
        return;
      case 'asm':
        throw new Stop({ kind: 'unsupported', reason: 'the program contains an asm statement' });
      case 'trap':
        this.trap(trapId((step.instr as unknown as { trap: number }).trap), step);
        return;
      case 'unreachable':
        this.trap('unreachable', step);
        return;
      default:
        this.binary(frame, step, a, this.get(frame, step.b));
    }
  }

  private binary(frame: Frame, step: Step, a: number, b: number): void {
    const { type } = step;
    const result =
      type === 'i32'
        ? foldBinary(step.op as BinaryOp, type, a >>> 0, b >>> 0)
        : foldBinary(step.op as BinaryOp, type, a, b);
    if (result === undefined) this.trap('division-by-zero', step);
    else this.set(frame, step, result | 0);
  }

  private set(frame: Frame, step: Step, value: number): void {
    this.slots[frame.base + step.dst] = value;
  }

  private trap(trap: string, step: Step): never {
    throw new Stop({ kind: 'trap', trap, node: step.instr.origin.node });
  }

  // -------------------------------------------------------------- calls

  /** The frame of the callee, or undefined if a native function did the work. */
  private call(frame: Frame, step: Step, returnTo: number): Frame | undefined {
    const instr = step.instr as CallInstr;
    const target = this.get(frame, step.a) & 0xffff;
    const values = step.args.slice(1).map((arg) => this.get(frame, arg));
    const native = this.image.native(target);
    if (native) {
      const result = native(
        values.map((value, i) => canonical(instr.args[i + 1]?.type ?? 'i32', value)),
        this.host,
      );
      this.set(frame, step, canonical(step.type, result) | 0);
      return undefined;
    }
    const code = this.image.codeAt(target);
    if (instr.tail && code.fn.returns === frame.code.fn.returns) {
      this.frames.pop();
      this.sp = frame.sp;
      return this.enter(
        code,
        values,
        instr.fixedArgs,
        instr.args.slice(1).map((arg) => arg.type),
        frame.returnTo,
        frame.resultSlot,
      );
    }
    const resultSlot = step.type === 'void' ? -1 : step.dst;
    return this.enter(
      code,
      values,
      instr.fixedArgs,
      instr.args.slice(1).map((arg) => arg.type),
      returnTo,
      resultSlot,
    );
  }

  private enter(
    code: DecodedFunction,
    values: readonly number[],
    fixed: number,
    types: readonly IrType[],
    returnTo: number,
    resultSlot: number,
  ): Frame {
    const caller = this.frames[this.frames.length - 1];
    const base = caller ? caller.base + caller.code.slots : 0;
    const sp = this.sp;
    if (this.frames.length >= FRAME_LIMIT || base + code.slots > SLOT_LIMIT)
      throw new Stop({ kind: 'trap', trap: 'stack-overflow', node: code.fn.origin.node });
    if (base + code.slots > this.slots.length) this.grow(base + code.slots);
    this.sp -= 2;
    for (let i = code.fn.params.length; i < values.length; i++) this.sp -= types[i] === 'i32' ? 4 : 2;
    const varargs = this.sp;
    if (this.sp < this.image.stackLimit)
      throw new Stop({ kind: 'trap', trap: 'stack-overflow', node: code.fn.origin.node });
    for (let i = Math.min(fixed, code.fn.params.length), at = varargs; i < values.length; i++) {
      const size = types[i] === 'i32' ? 4 : 2;
      for (let byte = 0; byte < size; byte++) this.memory[at++] = (values[i] as number) >> (8 * byte);
    }
    for (let i = 0; i < code.fn.params.length; i++) this.slots[base + code.firstParam + i] = values[i] ?? 0;
    const frame: Frame = { code, base, sp, varargs, returnTo, resultSlot };
    this.frames.push(frame);
    return frame;
  }

  private grow(atLeast: number): void {
    const larger = new Int32Array(Math.max(atLeast, 2 * this.slots.length));
    larger.set(this.slots);
    this.slots = larger;
  }

  private push(sizeBytes: number, step: Step): number {
    this.sp -= sizeBytes;
    if (this.sp < this.image.stackLimit) this.trap('stack-overflow', step);
    return this.sp;
  }

  // -------------------------------------------------------------- memory and ports

  private load(address: number, type: IrType, step: Step): number {
    const size = type === 'i32' ? 4 : type === 'i16' ? 2 : 1;
    this.mapped(address, step);
    const { memory } = this;
    let value = memory[address] as number;
    for (let i = 1; i < size; i++) value |= (memory[(address + i) & 0xffff] as number) << (8 * i);
    return value;
  }

  private store(address: number, type: IrType, value: number, step: Step): void {
    const size = type === 'i32' ? 4 : type === 'i16' ? 2 : 1;
    this.writable(address, step);
    for (let i = 0; i < size; i++) this.memory[(address + i) & 0xffff] = value >> (8 * i);
  }

  private mapped(address: number, step: Step): void {
    if (address < NULL_LIMIT) this.trap('null-access', step);
  }
  private writable(address: number, step: Step): void {
    this.mapped(address, step);
    if (address < this.image.protectedEnd) this.trap('code-write', step);
  }

  private intrinsic(frame: Frame, step: Step): void {
    const { intrinsic, sizeBytes } = step.instr as IntrinsicInstr;
    const a = this.get(frame, step.a);
    switch (intrinsic) {
      case 'in':
        this.set(frame, step, this.ports.in(a) & 0xff);
        return;
      case 'out':
        this.ports.out(a, this.get(frame, step.b) & 0xff);
        return;
      case 'halt':
        throw new Stop({ kind: 'halt', code: a & 0xff });
      case 'tas': {
        this.writable(a, step);
        this.set(frame, step, this.memory[a] as number);
        this.memory[a] = 0xff;
        return;
      }
      case 'vastart':
        this.set(frame, step, frame.varargs);
        return;
      case 'memcpy':
        this.copy(a, this.get(frame, step.b), sizeBytes, step);
        return;
      case 'memset':
        for (let i = 0; i < sizeBytes; i++) this.store((a + i) & 0xffff, 'i8', this.get(frame, step.b), step);
        return;
      case 'wait':
      case 'ei':
      case 'di':
        return;
    }
  }

  private copy(to: number, from: number, sizeBytes: number, step: Step): void {
    for (let i = 0; i < sizeBytes; i++) {
      const byte = this.load((from + i) & 0xffff, 'i8', step);
      this.store((to + i) & 0xffff, 'i8', byte, step);
    }
  }
}
