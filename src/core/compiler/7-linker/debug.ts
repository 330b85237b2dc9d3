/** Debug information of the image: lines, functions and variables of all kept sections, moved to their final addresses. */
import { at } from '../../base/assert';
import type { ImageDebug, ImageFunction, ImageLine, ImageVariable, ImageVariableRange } from '../../assembler/image';
import type { ObjectFile, ObjectVariable } from '../../assembler/object';
import type { Layout, Placed } from './layout';

export function debugOf(layout: Layout): ImageDebug {
  const sources = new SourceTable();
  const text = layout.regions.text.placed;
  return {
    lines: text.flatMap((p) => linesOf(p, sources)).sort((a, b) => a.address - b.address),
    functions: text.flatMap((p) => functionsOf(p, sources)).sort((a, b) => a.address - b.address),
    globals: globalsOf(layout),
    sources: sources.list,
  };
}

class SourceTable {
  readonly list: { readonly name: string; readonly system: boolean }[] = [];
  private readonly index = new Map<string, number>();

  /** Number in the image of a file of an object. */
  of(object: ObjectFile, file: number): number {
    if (file < 0) return -1;
    const source = at(object.sources, file);
    let number = this.index.get(source.name);
    if (number === undefined) {
      number = this.list.length;
      this.list.push(source);
      this.index.set(source.name, number);
    }
    return number;
  }
}

function linesOf(p: Placed, sources: SourceTable): ImageLine[] {
  return p.section.lines.map(({ offset, sizeBytes, file, line, column, start, end, node, ir }) => {
    const address = p.addressOf(offset);
    return {
      address,
      sizeBytes: p.addressOf(offset + sizeBytes) - address,
      file: sources.of(p.input.object, file),
      line,
      column,
      start,
      end,
      node,
      ir,
    };
  });
}

function functionsOf(p: Placed, sources: SourceTable): ImageFunction[] {
  return p.section.functions.map((f) => {
    const address = p.addressOf(f.offset);
    return {
      name: f.name,
      address,
      sizeBytes: p.addressOf(f.end) - address,
      file: sources.of(p.input.object, f.file),
      line: f.line,
      frameSizeBytes: f.frameSizeBytes,
      savedPairs: f.savedPairs,
      variables: f.variables.map((v) => variableOf(p, v)),
    };
  });
}

function variableOf(p: Placed, v: ObjectVariable): ImageVariable {
  return {
    name: v.name,
    type: v.type,
    sizeBytes: v.sizeBytes,
    signed: v.signed,
    isParameter: v.isParameter,
    ranges: v.locations.map((l) => ({ from: p.addressOf(l.from), to: p.addressOf(l.to), where: whereOf(l.where) })),
  };
}

function whereOf(where: ObjectVariable['locations'][number]['where']): ImageVariableRange['where'] {
  if (where.kind !== 'register') return where;
  const registers = Array.from({ length: where.sizeBytes }, (_, i) => where.register + i);
  return { kind: 'registers', registers };
}

function globalsOf(layout: Layout): ImageVariable[] {
  const globals: { readonly address: number; readonly variable: ImageVariable }[] = [];
  const placed = new Map(layout.placed.map((p) => [p.section, p]));
  for (const object of new Set(layout.placed.map((p) => p.input.object))) {
    const symbols = new Map(object.symbols.map((symbol) => [symbol.name, symbol]));
    for (const { name, symbol, type, sizeBytes, signed } of object.globals) {
      const found = symbols.get(symbol);
      const p = found && placed.get(at(object.sections, found.section));
      if (!p) continue;
      const address = p.addressOf(found.offset);
      const ranges = [{ from: 0, to: 0x10000, where: { kind: 'memory', address } as const }];
      globals.push({ address, variable: { name, type, sizeBytes, signed, isParameter: false, ranges } });
    }
  }
  return globals.sort((a, b) => a.address - b.address).map(({ variable }) => variable);
}
