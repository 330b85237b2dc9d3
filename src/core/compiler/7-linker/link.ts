/**
 * The linker: object files and archives to one image. Resolves symbols and takes from the archives what is needed (resolve.ts),
 * places sections and relaxes branches (layout.ts), patches relocations (patch.ts), carries debug information over (debug.ts),
 * and writes down all that it did (report.ts).
 */
import type { Diagnostic } from '../../base/diagnostic';
import type { SourceMap } from '../../base/source';
import {
  CODE_BASE,
  MEMORY_SIZE_BYTES,
  NULL_LIMIT,
  SCREEN_BASE,
  STACK_TOP,
  VECTOR_BASE,
  VECTOR_COUNT,
} from '../../isa/convention';
import type { Image, ImageSegment, ImageSymbol } from '../../assembler/image';
import { LOCAL_PREFIX, type Archive, type ObjectFile } from '../../assembler/object';
import { debugOf } from './debug';
import { layOut, type Layout } from './layout';
import { LINK_MESSAGES } from './messages';
import { patch, type Patched } from './patch';
import type { LinkReport, MemoryRegion, ReportSymbol } from './report';
import { resolve, type Resolution } from './resolve';
import { symbolsIn } from './symbols';

export interface LinkOptions {
  /** Where execution starts; `_start` unless told. */
  readonly entry?: string;
  /** The sources of the objects that were compiled just now, so that diagnostics can point into them. */
  readonly sources?: SourceMap;
  /** Bytes that must stay free for the stack; a program that leaves less is refused. */
  readonly stackReserveBytes?: number;
  /** Keeps the sections of the object files that nothing refers to. */
  readonly keepUnused?: boolean;
}

export interface LinkResult {
  /** Undefined when there are errors. */
  readonly image: Image | undefined;
  readonly map: LinkReport;
  readonly diagnostics: readonly Diagnostic[];
}

/** Room that even a tiny program needs: main, printf and their calls. */
const DEFAULT_STACK_RESERVE_BYTES = 128;
/** Sections named in the message about a program that is too large. */
const LARGEST_NAMED = 4;

export function link(
  objects: readonly ObjectFile[],
  archives: readonly Archive[],
  options: LinkOptions = {},
): LinkResult {
  const entry = options.entry ?? '_start';
  const resolution = resolve(objects, archives, entry, options.sources, options.keepUnused ?? false);
  const layout = layOut(resolution);
  const tooLarge = checkSize(layout, options.stackReserveBytes ?? DEFAULT_STACK_RESERVE_BYTES);
  const patched = patch(layout, options.sources);
  const diagnostics = [...resolution.diagnostics, ...layout.diagnostics, ...tooLarge, ...patched.diagnostics];
  const failed = diagnostics.some((d) => d.severity === 'error');
  return {
    image: failed ? undefined : imageOf(layout, patched, entry),
    map: reportOf(resolution, layout, patched),
    diagnostics,
  };
}

function checkSize(layout: Layout, stackReserveBytes: number): Diagnostic[] {
  const end = endOf(layout);
  const limit = STACK_TOP - stackReserveBytes;
  if (end <= limit) return [];
  const largest = [...layout.placed]
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, LARGEST_NAMED)
    .map((p) => `${p.section.name} of ${p.input.object.name} (${p.sizeBytes} bytes)`);
  return [LINK_MESSAGES.programTooLarge(end - CODE_BASE, limit - CODE_BASE, largest)];
}

const endOf = ({ regions: { bss } }: Layout) => bss.address + bss.sizeBytes;

function imageOf(layout: Layout, patched: Patched, entry: string): Image {
  const { text, rodata, data, bss } = layout.regions;
  const bytesOf = (region: typeof text) => {
    const bytes = new Uint8Array(region.sizeBytes);
    for (const p of region.placed) bytes.set(patched.bytes.get(p) as Uint8Array, p.address - region.address);
    return bytes;
  };
  const vectors = new Uint8Array(VECTOR_COUNT * 2);
  layout.vectors.forEach((p, n) => p && vectors.set(patched.bytes.get(p) as Uint8Array, 2 * n));
  const segment = (name: ImageSegment['name'], region: typeof text, bytes: Uint8Array): ImageSegment => ({
    name,
    address: region.address,
    sizeBytes: region.sizeBytes,
    bytes,
  });
  const symbols = symbolsOf(layout);
  return {
    segments: [
      { name: 'vectors', address: VECTOR_BASE, sizeBytes: vectors.length, bytes: vectors },
      segment('text', text, bytesOf(text)),
      segment('rodata', rodata, bytesOf(rodata)),
      segment('data', data, bytesOf(data)),
      segment('bss', bss, new Uint8Array(0)),
    ],
    entry: symbols.find((s) => s.name === entry)?.address ?? CODE_BASE,
    protectedEnd: rodata.address + rodata.sizeBytes,
    heapStart: endOf(layout),
    stackTop: STACK_TOP,
    symbols: symbols.map(({ name, address, sizeBytes, kind, section, object }): ImageSymbol => ({
      name,
      address,
      sizeBytes,
      kind,
      section,
      from: object,
    })),
    debug: debugOf(layout),
    sizes: {
      textBytes: text.sizeBytes + rodata.sizeBytes,
      dataBytes: data.sizeBytes,
      bssBytes: bss.sizeBytes,
    },
  };
}

/** Named symbols of what was kept, by address. */
function symbolsOf(layout: Layout): ReportSymbol[] {
  return layout.placed
    .flatMap((p) =>
      symbolsIn(p.input.object, p.input.index).flatMap((symbol): ReportSymbol[] => {
        if (symbol.name.startsWith(LOCAL_PREFIX)) return [];
        const address = p.addressOf(symbol.offset);
        return [
          {
            name: symbol.name,
            address,
            sizeBytes: p.addressOf(symbol.offset + symbol.sizeBytes) - address,
            kind: symbol.kind,
            global: symbol.global,
            object: p.input.object.name,
            section: p.section.name,
          },
        ];
      }),
    )
    .sort((a, b) => a.address - b.address);
}

function reportOf(resolution: Resolution, layout: Layout, patched: Patched): LinkReport {
  return {
    sections: [...layout.placed]
      .sort((a, b) => a.address - b.address)
      .map((p) => ({
        object: p.input.object.name,
        name: p.section.name,
        type: p.section.type,
        address: p.address,
        sizeBytes: p.sizeBytes,
        ...(p.input.keptBy ? { keptBy: p.input.keptBy } : {}),
      })),
    symbols: symbolsOf(layout),
    relocations: patched.relocations,
    pulled: resolution.pulled,
    dropped: resolution.dropped,
    relaxed: patched.relaxed,
    shortBranches: patched.shortBranches,
    memory: memoryOf(layout),
    relaxationRounds: layout.rounds,
  };
}

function memoryOf(layout: Layout): MemoryRegion[] {
  const { text, rodata, data, bss } = layout.regions;
  const end = endOf(layout);
  return [
    { name: 'unmapped', address: 0, sizeBytes: NULL_LIMIT },
    { name: 'vectors', address: VECTOR_BASE, sizeBytes: VECTOR_COUNT * 2 },
    { name: 'text', address: text.address, sizeBytes: text.sizeBytes },
    { name: 'rodata', address: rodata.address, sizeBytes: rodata.sizeBytes },
    { name: 'data', address: data.address, sizeBytes: data.sizeBytes },
    { name: 'bss', address: bss.address, sizeBytes: bss.sizeBytes },
    { name: 'heap and stack', address: end, sizeBytes: Math.max(0, STACK_TOP - end) },
    { name: 'screen', address: SCREEN_BASE, sizeBytes: MEMORY_SIZE_BYTES - SCREEN_BASE },
  ];
}
