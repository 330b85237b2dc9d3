/** The ledger over time as stacked bands: for each slice of the run, what share of it each level took. */
import type { TimelineSample } from '../../../rpc/machine';

export interface Band {
  /** Start and end of the slice as shares of the whole run. */
  readonly from: number;
  readonly to: number;
  /** Share of the slice by level; sums to 1 (or to 0 for an empty slice). */
  readonly shares: readonly number[];
}

export function bandsOf(samples: readonly TimelineSample[], endNs: number, levels: number): Band[] {
  const bands: Band[] = [];
  let previous: TimelineSample = { timeNs: 0, levels: new Float64Array(levels) };
  for (const sample of samples) {
    const length = sample.timeNs - previous.timeNs;
    if (length <= 0) continue;
    const shares = Array.from({ length: levels }, (_, level) =>
      Math.max(0, ((sample.levels[level] ?? 0) - (previous.levels[level] ?? 0)) / length),
    );
    bands.push({ from: previous.timeNs / endNs, to: Math.min(1, sample.timeNs / endNs), shares });
    previous = sample;
  }
  return bands;
}
