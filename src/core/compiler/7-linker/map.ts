/** The linker's report as text, for `--emit map`. */
import type { LinkReport, Reference } from './report';

export function mapText(report: LinkReport): string {
  return [
    memory(report),
    sections(report),
    symbols(report),
    pulled(report),
    dropped(report),
    relaxed(report),
    relocations(report),
  ].join('\n');
}

const hex = (value: number, digits = 4) => value.toString(16).padStart(digits, '0');
const bytes = (values: readonly number[]) => values.map((b) => hex(b, 2)).join(' ');
const said = (r: Reference) => `${r.section} of ${r.object} uses ${r.symbol}${r.place ? ` at ${r.place}` : ''}`;

/** Columns padded to their widest cell, the last one left ragged. */
function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return `${title}: none\n`;
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd();
  return `${title}\n${all.map(line).join('\n')}\n`;
}

const memory = (report: LinkReport) =>
  table(
    'Memory',
    ['from', 'to', 'bytes', 'what'],
    report.memory
      .filter((r) => r.sizeBytes > 0)
      .map((r) => [hex(r.address), hex(r.address + r.sizeBytes - 1), String(r.sizeBytes), r.name]),
  );

const sections = (report: LinkReport) =>
  table(
    'Sections',
    ['address', 'bytes', 'type', 'section', 'of', 'kept because'],
    report.sections.map((s) => [
      hex(s.address),
      String(s.sizeBytes),
      s.type,
      s.name,
      s.object,
      s.keptBy ? said(s.keptBy) : 'root',
    ]),
  );

const symbols = (report: LinkReport) =>
  table(
    'Symbols',
    ['address', 'bytes', 'kind', 'scope', 'name', 'of'],
    report.symbols.map((s) => [
      hex(s.address),
      String(s.sizeBytes),
      s.kind,
      s.global ? 'global' : 'local',
      s.name,
      s.object,
    ]),
  );

const pulled = (report: LinkReport) =>
  table(
    'Pulled from archives',
    ['member', 'archive', 'because'],
    report.pulled.map((p) => [p.member, p.archive, said(p.because)]),
  );

const dropped = (report: LinkReport) =>
  table(
    'Dropped as unused',
    ['bytes', 'section', 'of', 'symbols'],
    report.dropped.map((d) => [String(d.sizeBytes), d.name, d.object, d.symbols.join(' ')]),
  );

const relaxed = (report: LinkReport) =>
  `${table(
    'Branches grown to the long form',
    ['address', 'instruction', 'target', 'distance', 'section'],
    report.relaxed.map((r) => [hex(r.address), r.from, r.target, String(r.distanceBytes), r.section]),
  )}  ${report.shortBranches} others stayed short, after ${report.relaxationRounds} round${report.relaxationRounds === 1 ? '' : 's'}\n`;

const relocations = (report: LinkReport) =>
  table(
    'Relocations',
    ['address', 'kind', 'before', 'after', 'symbol', 'section'],
    report.relocations.map((r) => [
      hex(r.address),
      r.kind,
      bytes(r.before),
      bytes(r.after),
      r.addend === 0 ? r.symbol : `${r.symbol}${r.addend > 0 ? '+' : ''}${r.addend}`,
      r.section,
    ]),
  );
