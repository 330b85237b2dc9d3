/**
 * One selection lights up everywhere. A view line carries keys (address, IR instruction, AST node, characters); this decides which
 * lines a selection lights. Keys match exactly and win; without a common key the characters decide: what lies inside the selection,
 * else the smallest thing around it. Lines that begin on the same source line are lit faintly.
 */
import type { Image } from '../core/assembler/image';
import type { ViewLine, ViewSpan } from '../core/compiler/views';

export interface Selected {
  /** Who selected: a view does not answer its own selection by scrolling. */
  readonly origin: string;
  readonly span?: ViewSpan | undefined;
  readonly node?: number | undefined;
  readonly fn?: string | undefined;
  readonly ir?: number | undefined;
  readonly address?: number | undefined;
  readonly sizeBytes?: number | undefined;
  /** Other characters that mean the same: the uses of a symbol. */
  readonly uses?: readonly ViewSpan[] | undefined;
  /** Code that the selection has become, when it was not chosen by address. */
  readonly ranges?: readonly AddressRange[] | undefined;
}

export interface AddressRange {
  readonly address: number;
  readonly sizeBytes: number;
}

export const DARK = 0;
export const NEAR = 1;
export const LIT = 2;

export interface Lighting {
  /** DARK, NEAR or LIT by line. */
  readonly levels: Uint8Array;
  /** Index of the first lit line, or of the first near one, or -1. */
  readonly first: number;
}

/** What a line selects when it is chosen. */
export function selectedOf(line: ViewLine, origin: string): Selected {
  const { span, node, fn, ir, address, sizeBytes, uses } = line;
  return { origin, span, node, fn, ir, address, sizeBytes, uses };
}

/** `sourceLine` is the range of characters of the source line(s) that the selection touches. */
export function light(lines: readonly ViewLine[], selected: Selected | undefined, sourceLine?: ViewSpan): Lighting {
  const levels = new Uint8Array(lines.length);
  if (!selected) return { levels, first: -1 };
  if (sourceLine)
    lines.forEach((line, index) => (levels[index] = line.span && startsIn(line.span, sourceLine) ? NEAR : DARK));
  const found = byKey(lines, selected) ?? (selected.span ? bySpan(lines, selected.span) : []);
  for (const index of found) levels[index] = LIT;
  return { levels, first: found[0] ?? levels.indexOf(NEAR) };
}

function byKey(lines: readonly ViewLine[], selected: Selected): number[] | undefined {
  const uses = new Set(selected.uses?.map(spanKey));
  const matches = [
    (line: ViewLine) => overlaps(line, selected),
    (line: ViewLine) => selected.ir !== undefined && line.ir === selected.ir && line.fn === selected.fn,
    (line: ViewLine) => selected.node !== undefined && line.node === selected.node,
    (line: ViewLine) => uses.size > 0 && line.span !== undefined && uses.has(spanKey(line.span)),
  ];
  for (const match of matches) {
    const found = indices(lines, match);
    if (found.length > 0) return found;
  }
  return undefined;
}

function bySpan(lines: readonly ViewLine[], span: ViewSpan): number[] {
  if (span.end > span.start) {
    const inside = indices(lines, (line) => line.span !== undefined && contains(span, line.span));
    if (inside.length > 0) return inside;
  }
  let smallest = Infinity;
  const sizes = lines.map((line) => {
    const around = smallestAround(line, span);
    smallest = Math.min(smallest, around);
    return around;
  });
  return smallest === Infinity ? [] : indices(lines, (_, index) => sizes[index] === smallest);
}

/** Size of the smallest of the line's places that holds the span; Infinity if none does. */
function smallestAround(line: ViewLine, span: ViewSpan): number {
  let smallest = line.span && contains(line.span, span) ? size(line.span) : Infinity;
  for (const use of line.uses ?? []) if (contains(use, span)) smallest = Math.min(smallest, size(use));
  return smallest;
}

function indices(lines: readonly ViewLine[], match: (line: ViewLine, index: number) => boolean): number[] {
  const found: number[] = [];
  lines.forEach((line, index) => {
    if (match(line, index)) found.push(index);
  });
  return found;
}

function overlaps(line: ViewLine, selected: Selected): boolean {
  if (line.address === undefined) return false;
  const from = line.address;
  const to = from + Math.max(1, line.sizeBytes ?? 1);
  const meets = (address: number, sizeBytes = 1) => from < address + Math.max(1, sizeBytes) && address < to;
  if (selected.ranges) return selected.ranges.some((range) => meets(range.address, range.sizeBytes));
  return selected.address !== undefined && meets(selected.address, selected.sizeBytes);
}

const spanKey = ({ file, start, end }: ViewSpan) => `${file}:${start}:${end}`;
const size = (span: ViewSpan) => span.end - span.start;
const contains = (outer: ViewSpan, inner: ViewSpan) =>
  outer.file === inner.file && outer.start <= inner.start && inner.end <= outer.end && outer.end > outer.start;
const startsIn = (span: ViewSpan, range: ViewSpan) =>
  span.file === range.file && range.start <= span.start && span.start < range.end;

/** The source lines that a span touches, as a span. */
export function linesAround(text: string, span: ViewSpan): ViewSpan {
  const start = text.lastIndexOf('\n', span.start - 1) + 1;
  const end = text.indexOf('\n', span.end);
  return { file: span.file, start, end: end < 0 ? text.length + 1 : end + 1 };
}

/** The program's code as lines that can be lit: a row of the line table each. `files` are the program's own, by index. */
export function codeRows(image: Image, files: readonly string[]): ViewLine[] {
  const index = image.debug.sources.map((source) => (source.system ? -1 : files.indexOf(source.name)));
  let at = 0;
  return image.debug.lines.map((row) => {
    const { functions } = image.debug;
    while (at < functions.length && endOf(functions[at] as AddressRange) <= row.address) at++;
    const fn = functions[at];
    const file = index[row.file] ?? -1;
    return {
      text: '',
      depth: 0,
      kind: 'instr',
      address: row.address,
      sizeBytes: row.sizeBytes,
      node: row.node,
      ir: row.ir,
      ...(fn && fn.address <= row.address ? { fn: fn.name } : {}),
      ...(file >= 0 ? { span: { file, start: row.start, end: row.end } } : {}),
    };
  });
}

const endOf = ({ address, sizeBytes }: AddressRange) => address + sizeBytes;

/** A selection with the code that it has become, so that bytes, instructions and cache lines can be lit by their addresses. */
export function withCode(selected: Selected | undefined, rows: readonly ViewLine[]): Selected | undefined {
  if (!selected || selected.address !== undefined) return selected;
  const { levels } = light(rows, selected);
  const ranges = rows.flatMap(({ address = 0, sizeBytes = 1 }, index) =>
    levels[index] === LIT ? [{ address, sizeBytes }] : [],
  );
  const [first] = ranges;
  return first ? { ...selected, address: first.address, sizeBytes: first.sizeBytes, ranges } : selected;
}
