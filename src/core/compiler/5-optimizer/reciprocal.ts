/**
 * Division by a constant as multiplication by its reciprocal, scaled to an integer: x / d is x * m >> (w + s) for all x of w bits, if m d exceeds
 * 2^(w+s) by at most 2^s. [Granlund and Montgomery, "Division by invariant integers using multiplication", PLDI 1994]
 */
export interface Reciprocal {
  /** Below 2^w. */
  readonly factor: number;
  readonly shift: number;
  /** The true factor is 2^w more: with t = x * factor >> w, x / d is ((x - t >> 1) + t) >> (shift - 1). */
  readonly isLong: boolean;
}

/** For a divisor of `width` bits, 8 or 16, that is above 2 and no power of two. */
export function reciprocalOf(divisor: number, width: 8 | 16): Reciprocal {
  const size = 2 ** width;
  const ceiling = Math.ceil(Math.log2(divisor));
  for (let shift = 0; shift <= ceiling; shift++) {
    const factor = Math.floor((size * 2 ** shift) / divisor) + 1;
    if (factor < size && factor * divisor - size * 2 ** shift <= 2 ** shift) return { factor, shift, isLong: false };
  }
  const factor = Math.floor((size * 2 ** ceiling) / divisor) + 1 - size;
  return { factor, shift: ceiling, isLong: true };
}
