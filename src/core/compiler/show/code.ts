/** The program's code as it lies in the image, a line an instruction; before linking, the assembly of each file. */
import { printItems } from '../../assembler/print';
import type { Image, ImageLine } from '../../assembler/image';
import { disassembleAt } from '../../assembler/disassemble';
import type { Compilation } from '../compilation';
import type { PhaseView, ViewLine, ViewRequest } from '../views';

export function showCode(compilation: Compilation, request: ViewRequest): PhaseView {
  const { image } = compilation;
  if (!image) return { id: 'code', lines: assemblyLines(compilation) };
  return { id: 'code', lines: imageLines(compilation, image, request.fn) };
}

/** The assembly text of all files. */
export function assemblyText(compilation: Compilation): string {
  return compilation.code.map(({ items }) => printItems(items)).join('\n');
}

function assemblyLines(compilation: Compilation): ViewLine[] {
  return assemblyText(compilation)
    .split('\n')
    .map((text) => ({ text, depth: 0, kind: text.endsWith(':') ? 'label' : 'instr' }));
}

function imageLines(compilation: Compilation, image: Image, only: string | undefined): ViewLine[] {
  const text = image.segments.find((segment) => segment.name === 'text');
  if (!text) return [];
  const names = new Map(image.symbols.map((symbol) => [symbol.address, symbol.name]));
  const lines: ViewLine[] = [];
  for (const fn of image.debug.functions) {
    const isOwn = image.debug.sources[fn.file]?.system === false;
    if (only === undefined ? !isOwn : fn.name !== only) continue;
    lines.push({ text: `${fn.name}:`, depth: 0, kind: 'label', fn: fn.name, address: fn.address });
    let at = 0;
    for (let pc = fn.address; pc < fn.address + fn.sizeBytes;) {
      const line = disassembleAt(text.bytes, pc - text.address, text.address, names);
      while (at < image.debug.lines.length && endOf(image.debug.lines[at] as ImageLine) <= pc) at++;
      const origin = image.debug.lines[at];
      lines.push(codeLine(compilation, image, fn.name, pc, line, origin && origin.address <= pc ? origin : undefined));
      pc += line.sizeBytes;
    }
  }
  return lines;
}

const endOf = (line: ImageLine) => line.address + line.sizeBytes;
const hex = (value: number) => value.toString(16).padStart(4, '0');

function codeLine(
  compilation: Compilation,
  image: Image,
  fn: string,
  address: number,
  line: { readonly text: string; readonly words: readonly number[]; readonly sizeBytes: number },
  origin: ImageLine | undefined,
): ViewLine {
  const source = origin && image.debug.sources[origin.file];
  const file = source && !source.system ? compilation.sources.files.findIndex((f) => f.name === source.name) : -1;
  return {
    text: `${hex(address)}  ${line.words.map(hex).join(' ').padEnd(9)}  ${line.text}`,
    depth: 0,
    kind: 'instr',
    fn,
    address,
    sizeBytes: line.sizeBytes,
    ...(origin && file >= 0 ? { span: { file, start: origin.start, end: origin.end } } : {}),
    ...(origin && origin.node > 0 ? { node: origin.node } : {}),
    ...(origin && origin.ir >= 0 ? { ir: origin.ir } : {}),
  };
}
