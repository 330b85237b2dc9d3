/** What the linker did, and what the loader places where. */
import type { Image, ImageLine, ImageSegment } from '../../assembler/image';
import { mapTable, tableLines, type MapRow, type MapTableId } from '../7-linker/map';
import { objectName, type Compilation } from '../compilation';
import type { MemoryBlock, ViewLine } from '../views';
import type { Aspect, Content } from './aspect';

const table = (id: MapTableId, title: string, summary: string): Aspect => ({
  id,
  title,
  summary,
  byFunction: false,
  show: (c) => tableView(c, id),
});

export const LINKER_ASPECTS: readonly Aspect[] = [
  {
    ...table('memory', 'Memory map', 'The address space: what lies where, and how much is left.'),
    picture: 'memory',
    show: (c) => ({ ...tableView(c, 'memory'), memory: memoryBlocks(c) }),
  },
  table('sections', 'Sections', 'Every section of the program, and the reference that made the linker keep it.'),
  table('addresses', 'Symbols', 'Every symbol with its address.'),
  table('relocations', 'Relocations', 'Places that needed an address: the bytes before and after patching.'),
  table('pulled', 'Archive', 'What was taken from the library, and which use needed it.'),
  table('dropped', 'Dropped', 'Sections that nothing refers to: they are not in the program.'),
  table('branches', 'Branches', 'Branches that had to take the long form, because their target is far.'),
  {
    id: 'loader',
    title: 'Loader',
    summary: 'What the loader copies into memory, what it clears, and where the processor begins.',
    byFunction: false,
    show: (c) => ({ lines: c.image ? loaderLines(c.image) : [] }),
  },
];

// ---------------------------------------------------------------- tables

function tableView(compilation: Compilation, id: MapTableId): Content {
  if (!compilation.link) return { lines: [] };
  const shown = mapTable(compilation.link, id);
  const places = new Places(compilation);
  return {
    lines: tableLines(shown).map((text, index): ViewLine => {
      const row = shown.rows[index - 2];
      if (index === 0) return { text, depth: 0, kind: 'heading' };
      if (!row) return { text: text.trim(), depth: 1, kind: 'comment' };
      return { text: text.slice(2), depth: 1, kind: 'symbol', ...keysOf(row), ...places.of(row) };
    }),
  };
}

const keysOf = ({ address, sizeBytes }: MapRow) =>
  address === undefined ? {} : { address, sizeBytes: sizeBytes ?? 1 };

/** Characters of the program behind an address: of a code byte by the line table, of a variable by its declaration. */
class Places {
  private readonly objects = new Map<number, { start: number; end: number }>();

  constructor(private readonly compilation: Compilation) {
    const { image, frontEnd } = compilation;
    const labels = new Set(image?.symbols.map(({ address }) => address));
    for (const unit of frontEnd?.units ?? [])
      for (const { symbol } of unit.objects) {
        const found = image?.symbols.find(
          ({ name, from }) => name === symbol.linkName && from === objectName(unit.name),
        );
        if (found && labels.has(found.address) && symbol.start > 0) this.objects.set(found.address, symbol);
      }
  }

  of({ address, sizeBytes = 1 }: MapRow): Pick<ViewLine, 'span' | 'node'> {
    const { image, sources } = this.compilation;
    if (address === undefined || !image) return {};
    const object = this.objects.get(address);
    if (object) {
      const file = sources.fileAt(object.start);
      if (!file) return {};
      return {
        span: { file: sources.files.indexOf(file), start: object.start - file.base, end: object.end - file.base },
      };
    }
    // A whole function is no place; a patched instruction is.
    if (sizeBytes > 4) return {};
    const row = lineAt(image.debug.lines, address);
    const source = row && image.debug.sources[row.file];
    const file = source && !source.system ? sources.files.findIndex((f) => f.name === source.name) : -1;
    return row && file >= 0 ? { span: { file, start: row.start, end: row.end }, node: row.node } : {};
  }
}

function lineAt(rows: readonly ImageLine[], address: number): ImageLine | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as ImageLine).address <= address) low = middle + 1;
    else high = middle;
  }
  const row = rows[low - 1];
  return row && address < row.address + row.sizeBytes ? row : undefined;
}

// ---------------------------------------------------------------- memory map and loader

function memoryBlocks({ link, code }: Compilation): MemoryBlock[] {
  if (!link) return [];
  const own = new Set(code.map(({ name }) => objectName(name)));
  return link.memory
    .filter(({ sizeBytes }) => sizeBytes > 0)
    .map(({ name, address, sizeBytes }) => ({
      name,
      kind: name,
      address,
      sizeBytes,
      parts: link.sections
        .filter((s) => s.sizeBytes > 0 && s.address >= address && s.address + s.sizeBytes <= address + sizeBytes)
        .map((s) => ({
          name: s.name.replace(/^\.\w+\./, ''),
          address: s.address,
          sizeBytes: s.sizeBytes,
          own: own.has(s.object),
        })),
    }));
}

const hex = (value: number) => value.toString(16).padStart(4, '0');

/** In the order in which the machine's loader works: segments from the file, then what is cleared, then the registers. */
function loaderLines(image: Image): ViewLine[] {
  const lines: ViewLine[] = [{ text: 'From the image file into memory', depth: 0, kind: 'heading' }];
  for (const segment of image.segments) if (segment.sizeBytes > 0) lines.push(segmentLine(segment, image.protectedEnd));
  const row = (text: string, address?: number, sizeBytes = 1): ViewLine => ({
    text,
    depth: 1,
    kind: 'symbol',
    ...(address === undefined ? {} : { address, sizeBytes }),
  });
  const name = image.symbols.find((symbol) => symbol.address === image.entry)?.name ?? '';
  const interrupts = image.segments.find((segment) => segment.name === 'vectors');
  lines.push({ text: 'Start', depth: 0, kind: 'heading' });
  lines.push(row(`PC = ${hex(image.entry)}  the entry point${name === '' ? '' : `, ${name}`}`, image.entry, 2));
  lines.push(row(`SP = ${hex(image.stackTop)}  the stack grows down from here`));
  lines.push(row('registers and flags = 0, interrupts off'));
  lines.push(row(`stack limit = ${hex(image.heapStart)}  a stack that grows below it traps`));
  lines.push({ text: 'Free', depth: 0, kind: 'heading' });
  const free = image.stackTop - image.heapStart;
  lines.push(
    row(`${hex(image.heapStart)}-${hex(image.stackTop - 1)}  ${free} bytes: the heap from below, the stack from above`),
  );
  if (interrupts) lines.push({ text: 'Interrupts', depth: 0, kind: 'heading' }, ...vectorLines(interrupts, image));
  return lines;
}

function segmentLine({ name, address, sizeBytes, bytes }: ImageSegment, protectedEnd: number): ViewLine {
  const what = bytes.length > 0 ? `${bytes.length} bytes copied` : `${sizeBytes} bytes cleared to 0`;
  const access = address < protectedEnd ? 'read-only' : 'read and write';
  return {
    text: `${hex(address)}-${hex(address + sizeBytes - 1)}  ${name.padEnd(8)}  ${what}, ${access}`,
    depth: 1,
    kind: 'symbol',
    address,
    sizeBytes,
  };
}

function vectorLines({ bytes, address }: ImageSegment, image: Image): ViewLine[] {
  const lines: ViewLine[] = [];
  for (let n = 0; 2 * n + 1 < bytes.length; n++) {
    const target = (bytes[2 * n] as number) | ((bytes[2 * n + 1] as number) << 8);
    if (target === 0) continue;
    const name = image.symbols.find((symbol) => symbol.address === target)?.name ?? hex(target);
    lines.push({
      text: `vector ${n} at ${hex(address + 2 * n)} → ${name}`,
      depth: 1,
      kind: 'symbol',
      address: address + 2 * n,
      sizeBytes: 2,
    });
  }
  return lines.length > 0 ? lines : [{ text: 'no handlers', depth: 1, kind: 'comment' }];
}
