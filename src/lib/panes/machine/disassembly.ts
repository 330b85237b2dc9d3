/** The code in memory as lines, from the bytes and the instruction table; names come from the image. */
import type { Image, ImageLine } from '../../../core/assembler/image';
import type { ViewLine } from '../../../core/compiler/views';
import { decode, type Decoded } from '../../../core/isa/codec';
import { CONDITIONS } from '../../../core/isa/table';
import { hex } from '../../format';

export interface Listing {
  readonly lines: readonly ViewLine[];
}

/** `files` are the names of the program's own files, in whose order spans count. */
export function disassemble(image: Image, ram: Uint8Array, files: readonly string[]): Listing {
  const text = image.segments.find((segment) => segment.name === 'text');
  if (!text) return { lines: [] };
  const labels = labelsOf(image);
  const lines: ViewLine[] = [];
  const end = text.address + text.sizeBytes;
  let debug = 0;
  for (let pc = text.address; pc < end;) {
    for (const name of labels.get(pc) ?? [])
      lines.push({ text: `${name}:`, depth: 0, kind: 'label', address: pc, sizeBytes: 0 });
    while (debug < image.debug.lines.length && endOf(image.debug.lines[debug] as ImageLine) <= pc) debug++;
    const row = image.debug.lines[debug];
    const line = instructionAt(ram, pc, labels, row && row.address <= pc ? originOf(image, row, files) : {});
    lines.push(line);
    pc += line.sizeBytes ?? 2;
  }
  return { lines };
}

function instructionAt(
  ram: Uint8Array,
  pc: number,
  labels: ReadonlyMap<number, readonly string[]>,
  origin: Pick<ViewLine, 'span' | 'node'>,
): ViewLine {
  const word = (at: number) => (ram[at & 0xffff] as number) | ((ram[(at + 1) & 0xffff] as number) << 8);
  const found = decode(word(pc), word(pc + 2));
  const sizeBytes = (found?.form.words ?? 1) * 2;
  const bytes = found?.form.words === 2 ? `${hex(word(pc), 4)} ${hex(word(pc + 2), 4)}` : hex(word(pc), 4).padEnd(9);
  const text = `${hex(pc, 4)}  ${bytes}  ${found ? render(found, pc, labels) : `.word 0x${hex(word(pc), 4)}`}`;
  return {
    text,
    depth: 0,
    kind: 'instr',
    address: pc,
    sizeBytes,
    ...origin,
  };
}

/** An instruction as assembly writes it, with names for the addresses that have one. */
export function render(
  { form, operands }: Decoded,
  pc: number,
  labels: ReadonlyMap<number, readonly string[]>,
): string {
  let mnemonic: string = form.mnemonic;
  const values = new Map<string, string>();
  form.fields.forEach(({ letter, kind }, index) => {
    const value = operands[index] as number;
    if (kind === 'cond') mnemonic = mnemonic.replace('{c}', CONDITIONS[value]?.name ?? '?');
    else values.set(letter, operandText(kind, value, pc, form.words, labels));
  });
  const syntax = form.syntax.replace(/\{(\w)\}/g, (_, letter: string) => values.get(letter) ?? '').replace('+0]', ']');
  return `${mnemonic.padEnd(6)} ${syntax}`.trimEnd();
}

function operandText(
  kind: string,
  value: number,
  pc: number,
  words: number,
  labels: ReadonlyMap<number, readonly string[]>,
): string {
  const place = (address: number) => labels.get(address & 0xffff)?.[0] ?? hex(address & 0xffff, 4);
  if (kind === 'reg') return `r${value}`;
  if (kind === 'pair') return `w${value}`;
  if (kind === 'rel') return place(pc + 2 * words + 2 * value);
  if (kind === 'addr16') return place(value);
  if (kind === 'imm16') return labels.has(value) && value >= 0x30 ? place(value) : String(value);
  return String(value);
}

function labelsOf(image: Image): Map<number, string[]> {
  const labels = new Map<number, string[]>();
  for (const symbol of image.symbols)
    if (symbol.kind !== 'label') labels.set(symbol.address, [...(labels.get(symbol.address) ?? []), symbol.name]);
  return labels;
}

const endOf = (row: ImageLine) => row.address + row.sizeBytes;

/** Characters and node of a row of the line table, if they lie in one of the program's own files. */
export function originOf(image: Image, row: ImageLine, files: readonly string[]): Pick<ViewLine, 'span' | 'node'> {
  const source = image.debug.sources[row.file];
  const file = source && !source.system ? files.indexOf(source.name) : -1;
  return file < 0 ? {} : { span: { file, start: row.start, end: row.end }, node: row.node };
}

/** The line-table row that holds an address. */
export function rowAt(image: Image, address: number): ImageLine | undefined {
  const rows = image.debug.lines;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as ImageLine).address <= address) low = middle + 1;
    else high = middle;
  }
  const row = rows[low - 1];
  return row && address < endOf(row) ? row : undefined;
}

/** The four steps of the instruction at `pc`, in words. */
export function stepsAt(ram: Uint8Array, pc: number): readonly { readonly name: string; readonly text: string }[] {
  const word = (at: number) => (ram[at & 0xffff] as number) | ((ram[(at + 1) & 0xffff] as number) << 8);
  const found = decode(word(pc), word(pc + 2));
  const fetch = {
    name: 'Fetch',
    text: `${hex(word(pc), 4)}${found?.form.words === 2 ? ` ${hex(word(pc + 2), 4)}` : ''} from ${hex(pc, 4)}`,
  };
  if (!found)
    return [
      fetch,
      { name: 'Decode', text: 'no instruction: traps' },
      { name: 'Execute', text: '–' },
      { name: 'Store', text: '–' },
    ];
  const { form, operands } = found;
  const names = new Map(
    form.fields.map(({ letter, kind }, index) => [
      letter,
      operandText(kind, operands[index] as number, pc, form.words, new Map()),
    ]),
  );
  const fill = (text: string) => text.replace(/\{(\w)\}/g, (_, letter: string) => names.get(letter) ?? letter);
  return [
    fetch,
    { name: 'Decode', text: render(found, pc, new Map()).replace(/\s+/g, ' ') },
    { name: 'Execute', text: fill(form.steps[1]) || 'nothing' },
    { name: 'Store', text: fill(form.steps[2]) || 'nothing' },
  ];
}
