/** The speed slider of the sandbox: a position each half power of ten, 1000 times slower to 1000 times faster, then without limit. */
import { formatInteger } from '../../format';

export const PACE_MIN = -3;
export const PACE_MAX = 3.5;

export function speedAt(position: number): number {
  return position >= PACE_MAX ? Infinity : 10 ** position;
}

export function positionOf(speed: number): number {
  return speed === Infinity ? PACE_MAX : Math.max(PACE_MIN, Math.min(PACE_MAX - 0.5, Math.log10(speed)));
}

/** `real time`, `10 × faster`, `32 × slower`, `as fast as possible`. */
export function paceText(speed: number): string {
  if (speed === Infinity) return 'as fast as possible';
  if (Math.abs(speed - 1) < 0.02) return 'real time';
  return speed > 1 ? `${formatInteger(speed)} × faster` : `${formatInteger(1 / speed)} × slower`;
}
