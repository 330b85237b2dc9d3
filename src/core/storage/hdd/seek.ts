/**
 * Seek time by distance, either as measured or as a square root while the arm accelerates and a line once it coasts (Ruemmler
 * and Wilkes, "An introduction to disk drive modeling", IEEE Computer 1994). A table by distance is made once per disk, in
 * whole picoseconds, for schedulers ask for every waiting request.
 */
import type { FittedSeek, MeasuredSeek, SeekCurve } from '../../presets/hdd';

const PS_PER_MS = 1e9;

/** Read seeks of 0 to `cylinders - 1` cylinders, in picoseconds; 0 for 0. */
export function seekTable(curve: SeekCurve, cylinders: number): Float64Array {
  const table = new Float64Array(cylinders);
  for (let distance = 1; distance < cylinders; distance++)
    table[distance] = Math.round(
      ('points' in curve ? measuredMs(curve, distance) : fittedMs(curve, distance)) * PS_PER_MS,
    );
  return table;
}

function fittedMs(curve: FittedSeek, distance: number): number {
  if (distance === 1) return curve.singleMs;
  return distance < curve.knee
    ? curve.rootOffsetMs + curve.rootFactorMs * Math.sqrt(distance)
    : curve.lineOffsetMs + curve.lineFactorMs * distance;
}

function measuredMs({ points }: MeasuredSeek, distance: number): number {
  let low = 0;
  let high = points.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((points[middle] as readonly [number, number])[0] <= distance) low = middle;
    else high = middle - 1;
  }
  const [d0, t0] = points[low] as readonly [number, number];
  const [d1, t1] = points[low + 1] as readonly [number, number];
  return t0 + ((distance - d0) * (t1 - t0)) / (d1 - d0);
}
