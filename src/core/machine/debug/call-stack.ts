/**
 * The call stack, read from memory with the image's debug information. A C function's frame size is known for its body; in a prologue or
 * an epilogue it is worked out from the code: what the instructions up to here have pushed, or what those up to RET still pop.
 * Registers of outer frames are found where the inner functions saved them.
 *
 * Assembly has no such record. There the return address is searched from SP upward: a word counts if a call of the running routine
 * stands before the place that it names.
 */
import type { Image, ImageFunction, ImageLine, ImageVariable } from '../../assembler/image';
import { decode } from '../../isa/codec';
import { STACK_TOP, VECTOR_BASE, VECTOR_COUNT } from '../../isa/convention';
import type { Core } from '../cpu/core';
import { lineAt } from './line-at';

export interface Frame {
  /** Undefined for code without debug information. */
  readonly function: ImageFunction | undefined;
  /** Name of the function, or of the symbol that the code lies in. */
  readonly name: string;
  readonly pc: number;
  readonly sp: number;
  /** What frame offsets count from: SP before the call. */
  readonly frameAddress: number;
  /** Where the return address lies, and what it is; undefined in the outermost frame. */
  readonly returnSlot: number | undefined;
  readonly returnAddress: number | undefined;
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
  /** Registers, low byte first, if it lives there. */
  readonly registers: readonly number[] | undefined;
}

/** Deeper stacks are cut. */
export const MAX_FRAMES = 200;
/** Instructions looked at in a prologue or epilogue. */
const MAX_SCAN = 64;
/** Bytes of stack that one assembly routine may have before the search gives up. */
const MAX_SEARCH_BYTES = 4096;
const RETURN_ADDRESS_BYTES = 2;
/** An interrupt pushes the flags below the return address. */
const FLAGS_BYTES = 1;

/** The frames from the innermost outward. */
export function callStack(core: Core, memory: Uint8Array, image: Image, most = MAX_FRAMES): Frame[] {
  const frames: Frame[] = [];
  const registers = core.r8.slice();
  let { pc, sp } = core;
  while (frames.length < most) {
    const fn = functionAt(image, pc);
    const shape = shapeOf(image, memory, fn, pc, sp);
    // A return address belongs to the line after its call: look at the call itself.
    const line = lineAt(image, frames.length === 0 ? pc : Math.max(0, pc - 2));
    const returnSlot = pc === image.entry ? undefined : shape?.returnSlot;
    const returnAddress = returnSlot === undefined ? undefined : word(memory, returnSlot);
    frames.push({
      function: fn,
      name: fn?.name ?? symbolAt(image, pc) ?? '(start)',
      pc,
      sp,
      frameAddress: shape ? (sp + shape.depth + RETURN_ADDRESS_BYTES) & 0xffff : sp,
      returnSlot,
      returnAddress,
      file: line ? image.debug.sources[line.file]?.name : undefined,
      line: line?.line,
      row: line,
      registers: registers.slice(),
    });
    if (!shape || returnSlot === undefined || returnAddress === undefined) break;
    if (fn) restoreSaved(fn, shape.depth, sp + shape.depth, memory, registers);
    pc = returnAddress;
    sp = returnSlot + RETURN_ADDRESS_BYTES;
    if (sp > image.stackTop || (!functionAt(image, pc) && symbolAt(image, pc) === undefined)) break;
  }
  return frames;
}

/** The variables of a frame's function with their values at its PC. */
export function localsOf(frame: Frame, memory: Uint8Array): VariableValue[] {
  return (frame.function?.variables ?? []).map((variable) => readVariable(variable, frame, memory));
}

/** A variable's value where it lives at the frame's PC; globals need no frame of their own function. */
export function readVariable(variable: ImageVariable, frame: Frame, memory: Uint8Array): VariableValue {
  const none = { variable, value: undefined, address: undefined, registers: undefined };
  // The PC of an outer frame is where it goes on: the call before it is what still runs.
  const range = variable.ranges.find((r) => frame.pc >= r.from && frame.pc < r.to);
  if (!range) return none;
  const { where } = range;
  switch (where.kind) {
    case 'constant':
      return { ...none, value: where.value };
    case 'registers': {
      const bytes = where.registers.map((r) => frame.registers[r] as number);
      return { ...none, value: number(bytes, variable.signed), registers: where.registers };
    }
    default: {
      const address = where.kind === 'frame' ? (frame.frameAddress + where.offset) & 0xffff : where.address;
      if (variable.sizeBytes > 4) return { ...none, address };
      const bytes = [...memory.subarray(address, address + variable.sizeBytes)];
      return { ...none, value: number(bytes, variable.signed), address };
    }
  }
}

export function functionAt(image: Image, pc: number): ImageFunction | undefined {
  return image.debug.functions.find((f) => pc >= f.address && pc < f.address + f.sizeBytes);
}

/** Where a call instruction at `pc` goes and how long it is; undefined when none stands there, target -1 when it is indirect. */
export function callAt(
  memory: Uint8Array,
  pc: number,
): { readonly target: number; readonly sizeBytes: number } | undefined {
  const found = decode(word(memory, pc), word(memory, pc + 2));
  if (!found) return undefined;
  const { form, operands } = found;
  const sizeBytes = form.words * 2;
  if (form.id === 'icall') return { target: -1, sizeBytes };
  if (form.id === 'call') return { target: (pc + sizeBytes + 2 * (operands[0] as number)) & 0xffff, sizeBytes };
  if (form.id === 'calla') return { target: (operands[0] as number) & 0xffff, sizeBytes };
  return undefined;
}

interface Shape {
  /** Bytes that the function has on the stack below its return address. */
  readonly depth: number;
  readonly returnSlot: number;
}

function shapeOf(
  image: Image,
  memory: Uint8Array,
  fn: ImageFunction | undefined,
  pc: number,
  sp: number,
): Shape | undefined {
  if (fn && !isAssembly(image, fn)) {
    const depth = depthAt(fn, pc, memory);
    return { depth, returnSlot: (sp + depth + (isHandler(memory, fn) ? FLAGS_BYTES : 0)) & 0xffff };
  }
  // Assembly routines jump into each other: any of their names may have been called.
  const routines = assemblyNames(image);
  const returnSlot = findReturn(memory, sp, (target) => routines.has(target));
  return returnSlot === undefined ? undefined : { depth: returnSlot - sp, returnSlot };
}

const isAssembly = (image: Image, fn: ImageFunction) => image.debug.sources[fn.file]?.name.endsWith('.s') === true;

function isHandler(memory: Uint8Array, fn: ImageFunction): boolean {
  for (let vector = 0; vector < VECTOR_COUNT; vector++)
    if (word(memory, VECTOR_BASE + 2 * vector) === fn.address) return true;
  return false;
}

/** Addresses of the names in code that no C function owns; kept, because every step asks. */
const namesOf = new WeakMap<Image, ReadonlySet<number>>();
function assemblyNames(image: Image): ReadonlySet<number> {
  let names = namesOf.get(image);
  if (!names) {
    const text = image.segments.find((segment) => segment.name === 'text');
    const inText = (address: number) =>
      text !== undefined && address >= text.address && address < text.address + text.sizeBytes;
    names = new Set(
      image.symbols.flatMap(({ address }) => {
        const fn = functionAt(image, address);
        return inText(address) && (!fn || isAssembly(image, fn)) ? [address] : [];
      }),
    );
    namesOf.set(image, names);
  }
  return names;
}

function findReturn(memory: Uint8Array, sp: number, reaches: (target: number) => boolean): number | undefined {
  const end = Math.min(STACK_TOP - 1, sp + MAX_SEARCH_BYTES);
  for (let slot = sp; slot < end; slot++) {
    const back = word(memory, slot);
    if ((back & 1) !== 0 || back < VECTOR_BASE + 2 * VECTOR_COUNT) continue;
    for (const size of [2, 4]) {
      const call = callAt(memory, back - size);
      if (call?.sizeBytes === size && (call.target === -1 || reaches(call.target))) return slot;
    }
  }
  return undefined;
}

/** The last name before an address: of an assembly routine. */
function symbolAt(image: Image, pc: number): string | undefined {
  let best: { readonly name: string; readonly address: number } | undefined;
  for (const symbol of image.symbols)
    if (symbol.address <= pc && (!best || symbol.address > best.address) && symbol.kind !== 'object') best = symbol;
  return best?.name;
}

/** Bytes that the function has on the stack below its return address when `pc` is about to execute. */
function depthAt(fn: ImageFunction, pc: number, memory: Uint8Array): number {
  return popsUntilReturn(fn, pc, memory) ?? pushesUpTo(fn, pc, memory) ?? fn.frameSizeBytes;
}

/** In an epilogue: what the instructions from here to RET or a tail call pop; undefined when there is anything else between. */
function popsUntilReturn(fn: ImageFunction, pc: number, memory: Uint8Array): number | undefined {
  let popped = 0;
  for (let at = pc, n = 0; n < MAX_SCAN; n++) {
    const decoded = decode(word(memory, at), word(memory, at + 2));
    if (!decoded) return undefined;
    const { form, operands } = decoded;
    if (form.id === 'ret' || form.id === 'reti') return popped;
    if (form.id === 'jmp' || form.id === 'jmpa') {
      const target = form.id === 'jmpa' ? (operands[0] as number) : at + 2 + 2 * (operands[0] as number);
      return target < fn.address || target >= fn.address + fn.sizeBytes ? popped : undefined;
    }
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

/** The pairs that are on the stack: all in the body, fewer in a prologue or epilogue. They lie just below `top`. */
function restoreSaved(fn: ImageFunction, depth: number, top: number, memory: Uint8Array, registers: Uint8Array): void {
  fn.savedPairs.forEach((pair, index) => {
    if (depth < 2 * (index + 1)) return;
    const at = top - 2 * (index + 1);
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
