/**
 * The linker's report as tables: rows of cells with what each row is about. `--emit map` prints them, the views show them line by line.
 */
import type { LinkReport, Reference, ReportRelocation } from './report';

export interface MapRow {
  readonly cells: readonly string[];
  readonly address?: number;
  readonly sizeBytes?: number;
  /** The object file that it is from. */
  readonly object?: string;
}

export interface MapTable {
  readonly id: MapTableId;
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly MapRow[];
  /** A sentence under the table. */
  readonly foot?: string;
}

export type MapTableId = 'memory' | 'sections' | 'addresses' | 'pulled' | 'dropped' | 'branches' | 'relocations';

export const MAP_TABLES: readonly MapTableId[] = [
  'memory',
  'sections',
  'addresses',
  'pulled',
  'dropped',
  'branches',
  'relocations',
];

export const mapTable = (report: LinkReport, id: MapTableId): MapTable => TABLES[id](report);

export const mapText = (report: LinkReport): string =>
  MAP_TABLES.map((id) => tableLines(mapTable(report, id)).join('\n') + '\n').join('\n');

/** The title, the head and the rows, in columns as wide as their widest cell, the last one ragged. */
export function tableLines({ title, head, rows, foot }: MapTable): string[] {
  const note = foot === undefined ? [] : [`  ${foot}`];
  if (rows.length === 0) return [`${title}: none`, ...note];
  const all = [head, ...rows.map((row) => row.cells)];
  const widths = head.map((_, i) => all.reduce((max, row) => Math.max(max, (row[i] ?? '').length), 0));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd();
  return [title, ...all.map(line), ...note];
}

const hex = (value: number, digits = 4) => value.toString(16).padStart(digits, '0');
const bytes = (values: readonly number[]) => values.map((b) => hex(b, 2)).join(' ');
const said = (r: Reference) => `${r.section} of ${r.object} uses ${r.symbol}${r.place ? ` at ${r.place}` : ''}`;
const sum = (values: readonly { readonly sizeBytes: number }[]) =>
  values.reduce((n, { sizeBytes }) => n + sizeBytes, 0);

const TABLES: Readonly<Record<MapTableId, (report: LinkReport) => MapTable>> = {
  memory: (report) => ({
    id: 'memory',
    title: 'Memory',
    head: ['from', 'to', 'bytes', 'what'],
    rows: report.memory
      .filter((r) => r.sizeBytes > 0)
      .map(({ address, sizeBytes, name }) => ({
        cells: [hex(address), hex(address + sizeBytes - 1), String(sizeBytes), name],
        address,
        sizeBytes,
      })),
  }),
  sections: (report) => ({
    id: 'sections',
    title: 'Sections',
    head: ['address', 'bytes', 'type', 'section', 'of', 'kept because'],
    rows: report.sections.map(({ address, sizeBytes, type, name, object, keptBy }) => ({
      cells: [hex(address), String(sizeBytes), type, name, object, keptBy ? said(keptBy) : 'root'],
      address,
      sizeBytes,
      object,
    })),
  }),
  addresses: (report) => ({
    id: 'addresses',
    title: 'Symbols',
    head: ['address', 'bytes', 'kind', 'scope', 'name', 'of'],
    rows: report.symbols.map(({ address, sizeBytes, kind, global, name, object }) => ({
      cells: [hex(address), String(sizeBytes), kind, global ? 'global' : 'local', name, object],
      address,
      sizeBytes,
      object,
    })),
  }),
  pulled: (report) => ({
    id: 'pulled',
    title: 'Pulled from archives',
    head: ['member', 'archive', 'because'],
    rows: report.pulled.map(({ member, archive, because }) => ({ cells: [member, archive, said(because)] })),
  }),
  dropped: (report) => ({
    id: 'dropped',
    title: 'Dropped as unused',
    head: ['bytes', 'section', 'of', 'symbols'],
    rows: report.dropped.map(({ sizeBytes, name, object, symbols }) => ({
      cells: [String(sizeBytes), name, object, symbols.join(' ')],
      object,
    })),
    ...(report.dropped.length > 0 ? { foot: `${sum(report.dropped)} bytes that the program does not pay for` } : {}),
  }),
  branches: (report) => ({
    id: 'branches',
    title: 'Branches grown to the long form',
    head: ['address', 'instruction', 'target', 'distance', 'section'],
    rows: report.relaxed.map(({ address, from, target, distanceBytes, section, object }) => ({
      cells: [hex(address), from, target, String(distanceBytes), section],
      address,
      sizeBytes: 4,
      object,
    })),
    foot: `${report.shortBranches} others stayed short, after ${report.relaxationRounds} round${report.relaxationRounds === 1 ? '' : 's'}`,
  }),
  relocations: (report) => ({
    id: 'relocations',
    title: 'Relocations',
    head: ['address', 'kind', 'before', 'after', 'symbol', 'section'],
    rows: report.relocations.map((r) => ({
      cells: [hex(r.address), r.kind, bytes(r.before), bytes(r.after), symbolText(r), r.section],
      address: r.address,
      sizeBytes: r.after.length,
      object: r.object,
    })),
  }),
};

const symbolText = ({ symbol, addend }: ReportRelocation) =>
  addend === 0 ? symbol : `${symbol}${addend > 0 ? '+' : ''}${addend}`;
