/** The engine bench as text. */
import { median, NAMES, ratios, type EngineRow } from './engine';

/** What is compared: the row that counts, its peer, and what the project asks for and aims at. */
const COMPARISONS = [
  { over: NAMES.cycles, under: NAMES.avr8js, floor: 40, aim: 80 },
  { over: NAMES.caches, under: NAMES.avr8js, floor: 15, aim: 40 },
  { over: NAMES.caches, under: 'cachegrind', floor: 1.5, aim: 3 },
  { over: NAMES.caches, under: NAMES.cycles, floor: 0.25, aim: 0.25 },
  { over: NAMES.plain, under: NAMES.avr8js, floor: 3, aim: 3 },
  { over: 'gcc -O2', under: NAMES.cycles, ceiling: 8 },
  { over: 'gcc -O2', under: NAMES.caches, ceiling: 30 },
] as const;

/** A row as plain data, with median, minimum and maximum of each ratio. */
export function summaryOf(row: EngineRow) {
  return {
    kernel: row.kernel,
    callInstructions: row.callInstructions,
    rates: Object.fromEntries(row.rates),
    ratios: COMPARISONS.map(({ over, under }) => ({ over, under, all: ratios(row, over, under) }))
      .filter(({ all }) => all.length > 0)
      .map(({ over, under, all }) => ({
        over,
        under,
        median: median(all),
        minimum: Math.min(...all),
        maximum: Math.max(...all),
      })),
  };
}

export function engineTable(rows: readonly EngineRow[]): string {
  const names = [...new Set(rows.flatMap((row) => [...row.rates.keys()]))];
  const lines = ['million instructions a second (gcc -O2: of the machine, for the same work)', header(rows)];
  for (const name of names)
    lines.push(
      line(
        name,
        rows.map((row) => (median(row.rates.get(name) ?? []) / 1e6).toFixed(0)),
      ),
    );
  lines.push('', 'ratios: median [minimum-maximum] over the rounds', header(rows));
  for (const comparison of COMPARISONS) {
    const { over, under } = comparison;
    const all = rows.map((row) => ratios(row, over, under));
    if (all.every((list) => list.length === 0)) continue;
    const wanted =
      'ceiling' in comparison
        ? `aim: at most ${comparison.ceiling}`
        : `at least ${comparison.floor}, aim ${comparison.aim}`;
    lines.push(line(`${over} / ${under}`, all.map(range)) + `  ${wanted}`);
  }
  return lines.join('\n');
}

const NAME_WIDTH = 40;
const CELL_WIDTH = 20;
const line = (name: string, cells: readonly string[]) =>
  name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join('');
const header = (rows: readonly EngineRow[]) =>
  line(
    '',
    rows.map((row) => row.kernel),
  );

function range(values: readonly number[]): string {
  if (values.length === 0) return '-';
  const text = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
  return `${text(median(values))} [${text(Math.min(...values))}-${text(Math.max(...values))}]`;
}
