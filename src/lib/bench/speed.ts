/** The speed slider: a position a factor of ten from 1 instruction a second, and as fast as possible at the end. */

export const SPEED_STEPS = 10;

/** Position (0 to SPEED_STEPS) to instructions a second. */
export function speedAt(position: number): number {
  return position >= SPEED_STEPS ? Infinity : Math.round(10 ** position);
}

export function positionOf(speed: number): number {
  return speed === Infinity ? SPEED_STEPS : Math.min(SPEED_STEPS - 1, Math.log10(Math.max(1, speed)));
}
