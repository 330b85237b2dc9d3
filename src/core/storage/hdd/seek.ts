/**
 * Seek time by distance: a square root while the arm accelerates, a line once it coasts (Ruemmler and Wilkes, "An introduction to
 * disk drive modeling", IEEE Computer 1994). Times are rounded once to whole picoseconds.
 */
import type { SeekCurve } from '../../presets/hdd';

const PS_PER_MS = 1e9;

/** Read seek of `distance` cylinders, in picoseconds; 0 for 0. */
export function seekPs(curve: SeekCurve, distance: number): number {
  if (distance === 0) return 0;
  if (distance === 1) return Math.round(curve.singleMs * PS_PER_MS);
  const ms =
    distance < curve.knee
      ? curve.rootOffsetMs + curve.rootFactorMs * Math.sqrt(distance)
      : curve.lineOffsetMs + curve.lineFactorMs * distance;
  return Math.round(ms * PS_PER_MS);
}
