/**
 * Elementary functions with the same bits in every engine. ECMAScript leaves Math.log, exp, pow and sin to the implementation, so
 * a simulation that uses them may differ between browsers; these use only +, -, *, / and sqrt, which IEEE 754 fixes.
 *
 * log and exp follow FDLIBM 5.3 (Sun Microsystems, e_log.c and e_exp.c, https://www.netlib.org/fdlibm/), error below 1 ulp.
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const INVERSE_LN2 = 1.442695040888963387;
const TWO_54 = 2 ** 54;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
/** Index of the word that holds sign and exponent. */
const HIGH = ((): number => {
  double[0] = 1;
  return words[1] === 0x3ff00000 ? 1 : 0;
})();

/** Natural logarithm; NaN below 0, -Infinity at 0. */
export function log(x: number): number {
  let exponent = 0;
  double[0] = x;
  let high = words[HIGH] as number;
  if (high < 0x00100000) {
    if (x === 0) return -Infinity;
    if (high < 0) return NaN;
    exponent = -54;
    double[0] = x * TWO_54;
    high = words[HIGH] as number;
  }
  if (high >= 0x7ff00000) return x;
  exponent += (high >> 20) - 1023;
  high &= 0x000fffff;
  // Brings the fraction into [sqrt(2)/2, sqrt(2)).
  const shift = (high + 0x95f64) & 0x100000;
  words[HIGH] = high | (shift ^ 0x3ff00000);
  exponent += shift >> 20;
  return logOfFraction((double[0] as number) - 1, exponent, high);
}

function logOfFraction(f: number, exponent: number, high: number): number {
  const k = exponent;
  if ((0x000fffff & (2 + high)) < 3) {
    if (f === 0) return k * LN2_HIGH + k * LN2_LOW;
    const r = f * f * (0.5 - 0.33333333333333333 * f);
    return k === 0 ? f - r : k * LN2_HIGH - (r - k * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const r = odd + even;
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const half = 0.5 * f * f;
    return k === 0 ? f - (half - s * (half + r)) : k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
  }
  return k === 0 ? f - s * (f - r) : k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f);
}

/** e to the power x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893383973096) return Infinity;
  if (x < -745.13321910194110842) return 0;
  const size = x < 0 ? -x : x;
  let k = 0;
  let high = x;
  let low = 0;
  if (size > 0.34657359027997264) {
    if (size < 1.0397207708399179) {
      k = x < 0 ? -1 : 1;
      high = x - k * LN2_HIGH;
      low = k * LN2_LOW;
    } else {
      k = Math.trunc(INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5));
      high = x - k * LN2_HIGH;
      low = k * LN2_LOW;
    }
  } else if (size < 2 ** -28) {
    return 1 + x;
  }
  const y = high - low;
  const t = y * y;
  const c =
    y -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  if (k === 0) return 1 - ((y * c) / (c - 2) - y);
  return scale(1 - (low - (y * c) / (2 - c) - high), k);
}

/** y * 2^k for y in [0.5, 2.5); exact but for results below the normal range, which round once. */
function scale(y: number, k: number): number {
  if (k > 1023) return y * 2 ** 1023 * 2 ** (k - 1023);
  if (k >= -1021) return y * powerOfTwo(k);
  return y * powerOfTwo(k + 1000) * 2 ** -1000;
}

function powerOfTwo(k: number): number {
  words[HIGH] = (k + 1023) << 20;
  words[1 - HIGH] = 0;
  return double[0] as number;
}

/** Correctly rounded in every engine: IEEE 754 requires it and all of them use the processor's instruction. */
export const sqrt = Math.sqrt;

/**
 * x to the power y for x >= 0 (NaN below, unless y is whole). Whole |y| up to 1024 by squaring; otherwise exp(y log x), whose relative
 * error is up to |y log x| * 2^-52: enough for models, not for a libm.
 */
export function pow(x: number, y: number): number {
  if (Number.isInteger(y) && Math.abs(y) <= 1024) {
    const result = powInteger(x, Math.abs(y));
    return y < 0 ? 1 / result : result;
  }
  if (x === 0) return y > 0 ? 0 : Infinity;
  if (x === 1) return 1;
  return exp(y * log(x));
}

function powInteger(x: number, n: number): number {
  let result = 1;
  for (let base = x, left = n; left > 0; left = Math.floor(left / 2), base *= base) if (left % 2 === 1) result *= base;
  return result;
}

/** Logarithm to base 2, by way of log; exact for powers of two up to rounding of the product. */
export function log2(x: number): number {
  return log(x) / 6.931471805599453094e-1;
}

/** Sine of an angle in whole turns (1 = 360 degrees), from the Taylor series on an eighth of a turn; error below 2e-16. */
export function sinTurns(turns: number): number {
  const t = turns - Math.floor(turns);
  const half = t >= 0.5 ? t - 0.5 : t;
  const quarter = half > 0.25 ? 0.5 - half : half;
  const value = quarter > 0.125 ? cosSeries(TWO_PI * (0.25 - quarter)) : sinSeries(TWO_PI * quarter);
  return t >= 0.5 ? -value : value;
}

export function cosTurns(turns: number): number {
  return sinTurns(turns + 0.25);
}

const TWO_PI = 6.283185307179586477;

function sinSeries(x: number): number {
  const z = x * x;
  return (
    x *
    (1 - (z / 6) * (1 - (z / 20) * (1 - (z / 42) * (1 - (z / 72) * (1 - (z / 110) * (1 - (z / 156) * (1 - z / 210)))))))
  );
}

function cosSeries(x: number): number {
  const z = x * x;
  return (
    1 -
    (z / 2) *
      (1 -
        (z / 12) * (1 - (z / 30) * (1 - (z / 56) * (1 - (z / 90) * (1 - (z / 132) * (1 - (z / 182) * (1 - z / 240)))))))
  );
}
