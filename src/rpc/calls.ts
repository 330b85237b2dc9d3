/**
 * The call stack, read from memory. A return address is known by what stands before it: a call of the function that was running. So the
 * stack is walked from SP upward, and a word counts only if it fits, which needs no frame pointer and no unwind table.
 */
import type { Image, ImageFunction, ImageLine, ImageVariable } from '../core/assembler/image';
import { decode } from '../core/isa/codec';
import { STACK_TOP } from '../core/isa/convention';
import type { CallView, LocalView } from './machine';

const MAX_FRAMES = 64;
/** Bytes of stack that one frame may have before the search gives up. */
const MAX_FRAME_BYTES = 4096;

export interface Frame {
  readonly fn: ImageFunction | undefined;
  readonly pc: number;
  /** Address of the return address; SP at entry. */
  readonly returnSlot: number | undefined;
  readonly returnAddress: number | undefined;
}

export function functionAt(image: Image, pc: number): ImageFunction | undefined {
  return image.debug.functions.find((fn) => pc >= fn.address && pc < fn.address + fn.sizeBytes);
}

export function lineAt(image: Image, pc: number): ImageLine | undefined {
  const rows = image.debug.lines;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as ImageLine).address <= pc) low = middle + 1;
    else high = middle;
  }
  const row = rows[low - 1];
  return row && pc < row.address + row.sizeBytes ? row : undefined;
}

const wordAt = (memory: Uint8Array, at: number) =>
  (memory[at & 0xffff] as number) | ((memory[(at + 1) & 0xffff] as number) << 8);

/** Where a call instruction at `pc` goes and how long it is; undefined when none stands there, target -1 when it is indirect. */
export function callAt(
  memory: Uint8Array,
  pc: number,
): { readonly target: number; readonly sizeBytes: number } | undefined {
  const found = decode(wordAt(memory, pc), wordAt(memory, pc + 2));
  if (!found) return undefined;
  const { form, operands } = found;
  const sizeBytes = form.words * 2;
  if (form.id === 'icall') return { target: -1, sizeBytes };
  if (form.id === 'call') return { target: (pc + sizeBytes + 2 * (operands[0] as number)) & 0xffff, sizeBytes };
  if (form.id === 'calla') return { target: (operands[0] as number) & 0xffff, sizeBytes };
  return undefined;
}

export function walkStack(image: Image, memory: Uint8Array, pc: number, sp: number, most = MAX_FRAMES): Frame[] {
  const frames: Frame[] = [];
  let [at, from] = [pc, sp];
  while (frames.length < most) {
    const fn = functionAt(image, at);
    // Assembly routines jump into each other: any of their names may have been called.
    const routines = fn && !isAssembly(image, fn) ? undefined : assemblyNames(image);
    const returnSlot = findReturn(memory, from, (target) => (routines ? routines.has(target) : target === fn?.address));
    const returnAddress = returnSlot === undefined ? undefined : wordAt(memory, returnSlot);
    frames.push({ fn, pc: at, returnSlot, returnAddress });
    if (returnSlot === undefined || returnAddress === undefined) break;
    at = returnAddress;
    from = returnSlot + 2;
  }
  return frames;
}

function isAssembly(image: Image, fn: ImageFunction): boolean {
  return image.debug.sources[fn.file]?.name.endsWith('.s') === true;
}

/** Addresses of the names in code that no C function owns. */
function assemblyNames(image: Image): Set<number> {
  const text = image.segments.find((segment) => segment.name === 'text');
  const inText = (address: number) =>
    text !== undefined && address >= text.address && address < text.address + text.sizeBytes;
  return new Set(
    image.symbols.flatMap(({ address }) => {
      const fn = functionAt(image, address);
      return inText(address) && (!fn || isAssembly(image, fn)) ? [address] : [];
    }),
  );
}

function findReturn(memory: Uint8Array, sp: number, reaches: (target: number) => boolean): number | undefined {
  const end = Math.min(STACK_TOP - 1, sp + MAX_FRAME_BYTES);
  for (let slot = sp; slot < end; slot++) {
    const back = wordAt(memory, slot);
    if ((back & 1) !== 0 || back < 0x32) continue;
    for (const size of [2, 4]) {
      const call = callAt(memory, back - size);
      if (call?.sizeBytes === size && (call.target === -1 || reaches(call.target))) return slot;
    }
  }
  return undefined;
}

/** The stack as people read it, newest first. Registers are known for the newest frame only. */
export function callViews(image: Image, memory: Uint8Array, registers: Uint8Array, pc: number, sp: number): CallView[] {
  return walkStack(image, memory, pc, sp).map((frame, index) => {
    // A return address belongs to the line after its call: look at the call itself.
    const row = lineAt(image, index === 0 ? frame.pc : frame.pc - 2);
    const base = frame.returnSlot === undefined ? undefined : frame.returnSlot + 2;
    return {
      name: frame.fn?.name ?? nameAt(image, frame.pc),
      pc: frame.pc,
      sp: index === 0 ? sp : (frame.returnSlot ?? sp),
      file: row && image.debug.sources[row.file]?.name,
      line: row?.line,
      locals: (frame.fn?.variables ?? []).flatMap(
        (variable) => localView(variable, { memory, registers, pc: frame.pc, base, isTop: index === 0 }) ?? [],
      ),
    };
  });
}

/** The last name before an address: of an assembly routine. */
function nameAt(image: Image, pc: number): string {
  let best: { readonly name: string; readonly address: number } | undefined;
  for (const symbol of image.symbols)
    if (symbol.address <= pc && (!best || symbol.address > best.address) && symbol.kind !== 'object') best = symbol;
  return best?.name ?? '(start)';
}

interface Place {
  readonly memory: Uint8Array;
  readonly registers: Uint8Array;
  readonly pc: number;
  /** SP at entry plus the return address: what frame offsets count from. */
  readonly base: number | undefined;
  readonly isTop: boolean;
}

function localView(variable: ImageVariable, { memory, registers, pc, base, isTop }: Place): LocalView | undefined {
  const where = variable.ranges.find((range) => pc >= range.from && pc < range.to)?.where;
  if (!where) return undefined;
  const show = (bytes: readonly number[], place: string) => ({
    name: variable.name,
    type: variable.type,
    value: valueText(variable, bytes),
    where: place,
  });
  const inMemory = (address: number) => {
    const count = Math.min(variable.sizeBytes, 8);
    return show(
      Array.from({ length: count }, (_, index) => memory[(address + index) & 0xffff] as number),
      `memory ${address.toString(16).padStart(4, '0')}`,
    );
  };
  switch (where.kind) {
    case 'registers':
      return isTop
        ? show(
            where.registers.map((register) => registers[register] as number),
            where.registers.map((register) => `r${register}`).join(':'),
          )
        : undefined;
    case 'frame':
      return base === undefined ? undefined : inMemory((base + where.offset) & 0xffff);
    case 'memory':
      return inMemory(where.address);
    case 'constant':
      return { name: variable.name, type: variable.type, value: String(where.value), where: 'a constant' };
  }
}

/** Little-endian; what is larger than a long is shown as bytes. */
function valueText({ sizeBytes, signed, type }: ImageVariable, bytes: readonly number[]): string {
  if (sizeBytes > 4) return `{${bytes.join(', ')}${sizeBytes > bytes.length ? ', …' : ''}}`;
  let value = 0;
  bytes.forEach((byte, index) => (value += byte * 2 ** (8 * index)));
  if (type.includes('*')) return `0x${value.toString(16).padStart(4, '0')}`;
  const limit = 2 ** (8 * sizeBytes);
  return String(signed && value >= limit / 2 ? value - limit : value);
}
