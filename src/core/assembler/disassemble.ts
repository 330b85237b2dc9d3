/**
 * Bytes back to assembly. The text assembles to the same bytes at the same address: two-word forms that the assembler would not
 * choose by itself are marked `.w`, and words that are no instruction, or that no instruction encodes to, become data.
 */
import { decode, encode } from '../isa/codec';
import type { InstructionForm } from '../isa/table';
import type { Image } from './image';
import type { AsmOperand } from './items';
import { formatInstruction } from './syntax';

export interface DisassembledLine {
  readonly address: number;
  readonly sizeBytes: number;
  /** The words in the order of memory. */
  readonly words: readonly number[];
  /** Names that stand at this address. */
  readonly labels: readonly string[];
  readonly text: string;
  /** Undefined for data. */
  readonly form: InstructionForm | undefined;
  readonly operands: readonly number[];
  /** The address that a branch, jump, call or direct memory access goes to. */
  readonly target: number | undefined;
}

/** Names of addresses; a name appears in the text in place of the number. */
export type Symbols = ReadonlyMap<number, string>;

/** Disassembles bytes that stand at `address`. */
export function disassemble(bytes: Uint8Array, address: number, symbols: Symbols = new Map()): DisassembledLine[] {
  const lines: DisassembledLine[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const line = disassembleAt(bytes, offset, address, symbols);
    lines.push(line);
    offset += line.sizeBytes;
  }
  return lines;
}

/** One instruction, or one word or byte of data. */
export function disassembleAt(
  bytes: Uint8Array,
  offset: number,
  base: number,
  symbols: Symbols = new Map(),
): DisassembledLine {
  const address = base + offset;
  const name = symbols.get(address);
  const labels = name === undefined ? [] : [name];
  const rest = bytes.length - offset;
  const first = word(bytes, offset);
  const second = rest >= 4 ? word(bytes, offset + 2) : 0;
  const decoded = rest >= 2 ? decode(first, second) : undefined;
  const data = (sizeBytes: 1 | 2): DisassembledLine => {
    const value = sizeBytes === 1 ? (bytes[offset] as number) : first;
    const text = sizeBytes === 1 ? `.byte ${value}` : `.word 0x${value.toString(16).padStart(4, '0')}`;
    return { address, sizeBytes, words: [value], labels, text, form: undefined, operands: [], target: undefined };
  };
  if (rest < 2) return data(1);
  if (!decoded || (decoded.form.words === 2 && rest < 4)) return data(2);
  const words = decoded.form.words === 2 ? [first, second] : [first];
  const again = encode(decoded.form.id, decoded.operands);
  if (again.some((w, i) => w !== words[i])) return data(2);
  const { form, operands } = decoded;
  const target = targetOf(form, operands, address);
  const shown = operands.map((value, i) => nameOperand(form, i, value, target, symbols));
  const text = formatInstruction(form.id, form, shown);
  return { address, sizeBytes: words.length * 2, words, labels, text, form, operands, target };
}

/** The code of an image as text that assembles to the same bytes. */
export function disassembleImage(image: Image): string {
  const symbols = symbolsOf(image);
  const { bytes, address } = image.segments.find((s) => s.name === 'text') ?? { bytes: new Uint8Array(0), address: 0 };
  return disassemble(bytes, address, symbols)
    .map((line) => {
      const labels = line.labels.map((label) => `${label}:\n`).join('');
      const hex = line.words.map((w) => w.toString(16).padStart(4, '0')).join(' ');
      const place = `${line.address.toString(16).padStart(4, '0')}  ${hex}`;
      return `${labels}    ${line.text.padEnd(28)}; ${place}\n`;
    })
    .join('');
}

/** One name an address: functions and objects before labels inside them. */
export function symbolsOf(image: Image): Map<number, string> {
  const symbols = new Map<number, string>();
  for (const symbol of image.symbols)
    if (symbol.kind !== 'label' || !symbols.has(symbol.address)) symbols.set(symbol.address, symbol.name);
  return symbols;
}

function targetOf(form: InstructionForm, operands: readonly number[], address: number): number | undefined {
  for (let i = 0; i < form.fields.length; i++) {
    const kind = form.fields[i]?.kind;
    const value = operands[i] as number;
    if (kind === 'rel') return (address + 2 + 2 * value) & 0xffff;
    if (kind === 'addr16') return value;
  }
  return undefined;
}

function nameOperand(
  form: InstructionForm,
  index: number,
  value: number,
  target: number | undefined,
  symbols: Symbols,
): AsmOperand {
  const kind = form.fields[index]?.kind;
  if (target === undefined || (kind !== 'rel' && kind !== 'addr16')) return value;
  const symbol = symbols.get(target);
  return symbol === undefined ? value : { symbol, addend: 0 };
}

function word(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8);
}
