/**
 * The call stack from the image's debug information. A frame's size is known per function, not per instruction, so in a prologue or an
 * epilogue it is worked out from the code: what the instructions up to here have pushed, or what those up to RET still pop. Registers of
 * outer frames are found where the inner functions saved them.
 */
import type { Image, ImageFunction, ImageLine, ImageVariable } from '../../assembler/image';
import { decode } from '../../isa/codec';
import type { Core } from '../cpu/core';
import { lineAt } from './line-at';

export interface Frame {
  /** Undefined for code without debug information. */
  readonly function: ImageFunction | undefined;
  /** Name of the function, or of the symbol that the code lies in. */
  readonly name: string;
  readonly pc: number;
  readonly sp: number;
  /** SP before the call: frame offsets count from here. */
  readonly frameAddress: number;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** The run of code bytes that `pc` lies in. */
  readonly row: ImageLine | undefined;
  /** Register values as this function sees them. */
  readonly registers: Uint8Array;
}

export interface VariableValue {
  readonly variable: ImageVariable;
  /** Undefined where the variable has no place at this PC. */
  readonly value: number | undefined;
  /** Address, if it lives in memory. */
  readonly address: number | undefined;
}

/** Deeper stacks are cut. */
export const MAX_FRAMES = 200;
/** Instructions looked at in a prologue or epilogue. */
const MAX_SCAN = 64;
const RETURN_ADDRESS_BYTES = 2;

/** The frames from the innermost outward. */
export function callStack(core: Core, memory: Uint8Array, image: Image): Frame[] {
  const frames: Frame[] = [];
  const registers = core.r8.slice();
  let { pc, sp } = core;
  while (frames.length < MAX_FRAMES) {
    const fn = functionAt(image, pc);
    const depth = fn ? depthAt(fn, pc, memory) : 0;
    const frameAddress = (sp + depth + RETURN_ADDRESS_BYTES) & 0xffff;
    const line = lineAt(image, frames.length === 0 ? pc : Math.max(0, pc - 1));
    frames.push({
      function: fn,
      name: fn?.name ?? symbolAt(image, pc) ?? '?',
      pc,
      sp,
      frameAddress,
      file: line ? image.debug.sources[line.file]?.name : undefined,
      line: line?.line,
      row: line,
      registers: registers.slice(),
    });
    if (!fn || pc === image.entry || frameAddress > image.stackTop || frameAddress <= sp) break;
    restoreSaved(fn, depth, frameAddress, memory, registers);
    pc = word(memory, frameAddress - RETURN_ADDRESS_BYTES);
    sp = frameAddress;
    if (!functionAt(image, pc) && symbolAt(image, pc) === undefined) break;
  }
  return frames;
}

/** The variables of a frame's function with their values at its PC. */
export function localsOf(frame: Frame, memory: Uint8Array): VariableValue[] {
  return (frame.function?.variables ?? []).map((variable) => readVariable(variable, frame, memory));
}

/** A variable's value where it lives at the frame's PC; globals need no frame of their own function. */
export function readVariable(variable: ImageVariable, frame: Frame, memory: Uint8Array): VariableValue {
  const range = variable.ranges.find((r) => frame.pc >= r.from && frame.pc < r.to);
  if (!range) return { variable, value: undefined, address: undefined };
  const { where } = range;
  switch (where.kind) {
    case 'constant':
      return { variable, value: where.value, address: undefined };
    case 'registers': {
      const bytes = where.registers.map((r) => frame.registers[r] as number);
      return { variable, value: number(bytes, variable.signed), address: undefined };
    }
    default: {
      const address = where.kind === 'frame' ? (frame.frameAddress + where.offset) & 0xffff : where.address;
      if (variable.sizeBytes > 4) return { variable, value: undefined, address };
      const bytes = [...memory.subarray(address, address + variable.sizeBytes)];
      return { variable, value: number(bytes, variable.signed), address };
    }
  }
}

function functionAt(image: Image, pc: number): ImageFunction | undefined {
  return image.debug.functions.find((f) => pc >= f.address && pc < f.address + f.sizeBytes);
}

function symbolAt(image: Image, pc: number): string | undefined {
  return image.symbols.find((s) => s.kind === 'function' && pc >= s.address && pc < s.address + s.sizeBytes)?.name;
}

/** Bytes that the function has on the stack below its return address when `pc` is about to execute. */
function depthAt(fn: ImageFunction, pc: number, memory: Uint8Array): number {
  return popsUntilReturn(pc, memory) ?? pushesUpTo(fn, pc, memory) ?? fn.frameSizeBytes;
}

/** In an epilogue: what the instructions from here to RET pop; undefined when there is anything else between. */
function popsUntilReturn(pc: number, memory: Uint8Array): number | undefined {
  let popped = 0;
  for (let at = pc, n = 0; n < MAX_SCAN; n++) {
    const decoded = decode(word(memory, at), word(memory, at + 2));
    if (!decoded) return undefined;
    const { form, operands } = decoded;
    if (form.id === 'ret') return popped;
    if (form.id === 'pop') popped += 1;
    else if (form.id === 'popw') popped += 2;
    else if (form.id === 'addsp' && (operands[0] as number) > 0) popped += operands[0] as number;
    else return undefined;
    at += 2 * form.words;
  }
  return undefined;
}

/** In a prologue: what has been pushed so far; undefined once the whole frame stands. */
function pushesUpTo(fn: ImageFunction, pc: number, memory: Uint8Array): number | undefined {
  let pushed = 0;
  for (let at = fn.address, n = 0; n < MAX_SCAN && pushed < fn.frameSizeBytes; n++) {
    if (at >= pc) return pushed;
    const decoded = decode(word(memory, at), word(memory, at + 2));
    if (!decoded) return undefined;
    const { form, operands } = decoded;
    if (form.id === 'push') pushed += 1;
    else if (form.id === 'pushw') pushed += 2;
    else if (form.id === 'addsp') pushed -= operands[0] as number;
    at += 2 * form.words;
  }
  return undefined;
}

/** The pairs that are on the stack: all in the body, fewer in a prologue or epilogue. */
function restoreSaved(
  fn: ImageFunction,
  depth: number,
  frameAddress: number,
  memory: Uint8Array,
  registers: Uint8Array,
): void {
  fn.savedPairs.forEach((pair, index) => {
    if (depth < 2 * (index + 1)) return;
    const at = frameAddress - RETURN_ADDRESS_BYTES - 2 * (index + 1);
    registers[2 * pair] = memory[at & 0xffff] as number;
    registers[2 * pair + 1] = memory[(at + 1) & 0xffff] as number;
  });
}

function word(memory: Uint8Array, at: number): number {
  return (memory[at & 0xffff] as number) | ((memory[(at + 1) & 0xffff] as number) << 8);
}

function number(bytes: readonly number[], signed: boolean): number {
  const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  const size = 256 ** bytes.length;
  return signed && value >= size / 2 ? value - size : value;
}
