/**
 * Lines of the front end. They are made in the position space of the compilation (`DumpLine`) and turned into view lines, whose spans
 * count inside a file.
 */
import type { Span } from '../../base/source';
import { viewSpan, type Compilation } from '../compilation';
import type { FrontEndResult, FrontEndUnit } from '../front-end';
import type { ViewLine } from '../views';
import type { Content } from './aspect';

export interface DumpLine extends Span {
  readonly text: string;
  /** Steps of indentation. */
  readonly depth: number;
  readonly kind:
    | 'heading'
    | 'comment'
    | 'token'
    | 'expansion'
    | 'node'
    | 'scope'
    | 'symbol'
    | 'record'
    | 'member'
    | 'object'
    | 'statement'
    | 'expression'
    | 'conversion';
  /** Id of the node, 0 for none. */
  readonly node: number;
  readonly hint?: string;
  /** Other places that mean the same. */
  readonly uses?: readonly Span[];
}

export type Dump = (part: FrontEndUnit, result: FrontEndResult) => DumpLine[];

export const NOWHERE = { start: 0, end: 0, node: 0 } as const;
export const heading = (text: string, depth = 0): DumpLine => ({ text, depth, kind: 'heading', ...NOWHERE });

export const printLines = (lines: readonly DumpLine[]): string =>
  lines.map(({ text, depth }) => `${'  '.repeat(depth)}${text}\n`).join('');

/** `line:column` of a position. */
export const where = (position: number, result: FrontEndResult): string => {
  const { line, column } = result.sourceMap.place(position);
  return `${line}:${column}`;
};

/** `line:column`, with the file's name if it is not the unit itself. */
export function placeText(position: number, part: FrontEndUnit, result: FrontEndResult): string {
  const file = result.sourceMap.fileAt(position);
  return `${file && file !== part.file ? `${file.name}:` : ''}${where(position, result)}`;
}

/** True for what the program itself contains, not a library header. */
export const isOwn = (position: number, result: FrontEndResult): boolean =>
  !(result.sourceMap.fileAt(position)?.system ?? false);

/** The lines that a dump makes of every unit. */
export function frontEndView(compilation: Compilation, dump: Dump): Content {
  const { frontEnd } = compilation;
  if (!frontEnd) return { lines: [] };
  return { lines: frontEnd.parts.flatMap((part) => dump(part, frontEnd).map((line) => viewLine(compilation, line))) };
}

function viewLine(compilation: Compilation, line: DumpLine): ViewLine {
  const span = viewSpan(compilation.sources, line);
  const uses = line.uses?.flatMap((use) => viewSpan(compilation.sources, use) ?? []);
  return {
    text: line.text,
    depth: line.depth,
    kind: line.kind,
    ...(span ? { span } : {}),
    ...(line.node ? { node: line.node } : {}),
    ...(line.hint === undefined ? {} : { hint: line.hint }),
    ...(uses ? { uses } : {}),
  };
}

/** Lines as plain text, for `--emit` and golden files. */
export function linesText(lines: readonly ViewLine[]): string {
  return lines.map(({ text, depth }) => `${'  '.repeat(depth)}${text}`.trimEnd() + '\n').join('');
}
