/**
 * One selection lights up everywhere. A view line carries keys (address, IR instruction, AST node, characters); this decides which
 * lines a selection lights. Keys match exactly and win; without a common key the characters decide: what lies inside the selection,
 * else the smallest thing around it. Lines that begin on the same source line are lit faintly.
 */
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
  const { span, node, fn, ir, address, sizeBytes } = line;
  return { origin, span, node, fn, ir, address, sizeBytes };
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
  const matches = [
    (line: ViewLine) => overlaps(line, selected),
    (line: ViewLine) => selected.ir !== undefined && line.ir === selected.ir && line.fn === selected.fn,
    (line: ViewLine) => selected.node !== undefined && line.node === selected.node,
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
  for (const line of lines) if (line.span && contains(line.span, span)) smallest = Math.min(smallest, size(line.span));
  return indices(lines, (line) => line.span !== undefined && size(line.span) === smallest && contains(line.span, span));
}

function indices(lines: readonly ViewLine[], match: (line: ViewLine) => boolean): number[] {
  const found: number[] = [];
  lines.forEach((line, index) => {
    if (match(line)) found.push(index);
  });
  return found;
}

function overlaps(line: ViewLine, selected: Selected): boolean {
  if (line.address === undefined || selected.address === undefined) return false;
  return (
    line.address < selected.address + Math.max(1, selected.sizeBytes ?? 1) &&
    selected.address < line.address + Math.max(1, line.sizeBytes ?? 1)
  );
}

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
