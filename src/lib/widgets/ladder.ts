/** Geometry of the ladder: a vertical log axis of ten rungs from 1 ns to 1 s, a column a level, a bar an access latency. */
import type { LevelId } from '../levels';

/** Accesses of one level that took about `ns`. */
export interface LadderMark {
  readonly level: LevelId;
  readonly ns: number;
  readonly count: number;
}

export const LADDER_MIN_NS = 1;
export const LADDER_MAX_NS = 1e9;
const DECADES = 9;

/** Height over the foot as a share of the ladder's height, clamped to its ends. */
export function ladderShare(ns: number): number {
  if (ns <= LADDER_MIN_NS) return 0;
  return Math.min(1, Math.log10(ns / LADDER_MIN_NS) / DECADES);
}

export interface LadderBar {
  readonly level: LevelId;
  /** Column of the level, from 0. */
  readonly column: number;
  /** 0 at the foot, 1 at the top. */
  readonly share: number;
  /** Share of the column's width: logarithmic, so that one slow access among a million fast ones is still seen. */
  readonly width: number;
  readonly ns: number;
  readonly count: number;
}

export function ladderBars(marks: readonly LadderMark[], columns: readonly LevelId[]): LadderBar[] {
  const most = marks.reduce((max, mark) => Math.max(max, mark.count), 1);
  return marks.flatMap((mark) => {
    const column = columns.indexOf(mark.level);
    if (column < 0 || mark.count <= 0) return [];
    const width = 0.16 + 0.8 * (Math.log(1 + mark.count) / Math.log(1 + most));
    return [{ level: mark.level, column, share: ladderShare(mark.ns), width, ns: mark.ns, count: mark.count }];
  });
}

export interface LadderSummary {
  readonly level: LevelId;
  readonly count: number;
  readonly medianNs: number;
  readonly totalNs: number;
}

/** What the table twin says of each level that was used. */
export function ladderSummary(marks: readonly LadderMark[], columns: readonly LevelId[]): LadderSummary[] {
  return columns.flatMap((level) => {
    const own = marks.filter((mark) => mark.level === level && mark.count > 0).sort((a, b) => a.ns - b.ns);
    const count = own.reduce((sum, mark) => sum + mark.count, 0);
    if (count === 0) return [];
    let seen = 0;
    const median = own.find((mark) => (seen += mark.count) * 2 >= count);
    return [{ level, count, medianNs: median?.ns ?? 0, totalNs: own.reduce((sum, m) => sum + m.ns * m.count, 0) }];
  });
}
