/** Turns the dumps of the front end into view lines. */
import type { DumpLine } from '../dump';
import { viewSpan, type Compilation } from '../compilation';
import type { PhaseId, PhaseView, ViewLine } from '../views';
import type { FrontEndResult, FrontEndUnit } from '../front-end';

/** The lines that a dump makes of every unit. */
export function frontEndView(
  compilation: Compilation,
  id: PhaseId,
  dump: (part: FrontEndUnit, result: FrontEndResult) => DumpLine[],
): PhaseView {
  const { frontEnd } = compilation;
  if (!frontEnd) return { id, lines: [] };
  return {
    id,
    lines: frontEnd.parts.flatMap((part) => dump(part, frontEnd).map((line) => viewLine(compilation, line))),
  };
}

function viewLine(compilation: Compilation, line: DumpLine): ViewLine {
  const span = viewSpan(compilation.sources, line);
  return {
    text: line.text,
    depth: line.depth,
    kind: line.kind,
    ...(span ? { span } : {}),
    ...(line.node ? { node: line.node } : {}),
  };
}

/** Lines as plain text, for `--emit` and golden files. */
export function linesText(lines: readonly ViewLine[]): string {
  return lines.map(({ text, depth }) => `${'  '.repeat(depth)}${text}\n`).join('');
}
