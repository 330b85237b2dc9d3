/**
 * Random variates from named streams, and the moments that the laws need. Values have the unit of the parameters.
 *
 * Normal deviates come from one uniform each by Wichura's AS 241 (Applied Statistics 37, 1988); gamma from Marsaglia and Tsang
 * (ACM TOMS 26, 2000); the rest by inversion. All of it on base/math, so that every engine draws the same bits.
 */
import { exp, log, pow, sqrt } from '../base/math';
import type { Random } from '../base/random';

export type Distribution =
  | { readonly shape: 'constant'; readonly value: number }
  | { readonly shape: 'exponential'; readonly mean: number }
  | { readonly shape: 'uniform'; readonly min: number; readonly max: number }
  /** `cv`: standard deviation over mean. */
  | { readonly shape: 'lognormal'; readonly mean: number; readonly cv: number }
  | { readonly shape: 'gamma'; readonly mean: number; readonly cv: number }
  /** Two exponential phases with balanced means; cv >= 1. */
  | { readonly shape: 'hyperexponential'; readonly mean: number; readonly cv: number }
  /** Draws from the listed values, each equally likely. */
  | { readonly shape: 'measured'; readonly values: readonly number[] };

export interface Moments {
  readonly mean: number;
  /** Squared coefficient of variation: variance over squared mean. */
  readonly cv2: number;
}

export function moments(d: Distribution): Moments {
  switch (d.shape) {
    case 'constant':
      return { mean: d.value, cv2: 0 };
    case 'exponential':
      return { mean: d.mean, cv2: 1 };
    case 'uniform': {
      const mean = (d.min + d.max) / 2;
      return { mean, cv2: mean === 0 ? 0 : (d.max - d.min) ** 2 / 12 / mean ** 2 };
    }
    case 'lognormal':
    case 'gamma':
    case 'hyperexponential':
      return { mean: d.mean, cv2: d.cv ** 2 };
    case 'measured': {
      const mean = d.values.reduce((sum, x) => sum + x, 0) / d.values.length;
      const variance = d.values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / d.values.length;
      return { mean, cv2: mean === 0 ? 0 : variance / mean ** 2 };
    }
  }
}

/** A function that draws from the distribution. */
export function sampler(d: Distribution, random: Random): () => number {
  switch (d.shape) {
    case 'constant':
      return () => d.value;
    case 'exponential':
      return () => exponential(random) * d.mean;
    case 'uniform':
      return () => d.min + (d.max - d.min) * random.float();
    case 'lognormal': {
      const sigma2 = log(1 + d.cv ** 2);
      const sigma = sqrt(sigma2);
      return () => d.mean * exp(sigma * normal(random) - sigma2 / 2);
    }
    case 'gamma': {
      const shape = 1 / d.cv ** 2;
      // So narrow that no number tells it from its mean; the rejection below would compare infinities for ever.
      if (shape > 1e30) return () => d.mean;
      return () => (gamma(random, shape) * d.mean) / shape;
    }
    case 'hyperexponential': {
      const balance = sqrt((d.cv ** 2 - 1) / (d.cv ** 2 + 1));
      const p = (1 + balance) / 2;
      return () => exponential(random) * (random.float() < p ? d.mean / (2 * p) : d.mean / (2 * (1 - p)));
    }
    case 'measured':
      return () => d.values[random.below(d.values.length)] as number;
  }
}

/** As `sampler`, times `factor`, rounded to whole numbers: delays for the kernel. */
export function wholeSampler(d: Distribution, random: Random, factor: number): () => number {
  const draw = sampler(d, random);
  return () => Math.floor(draw() * factor + 0.5);
}

/** Exponential with mean 1. */
export function exponential(random: Random): number {
  return -log(1 - random.float());
}

/** Normal with mean 0 and standard deviation 1. */
export function normal(random: Random): number {
  return normalQuantile((random.uint32() + 0.5) / 4294967296);
}

/** Gamma with the given shape and scale 1. */
function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * pow(1 - random.float(), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && log(1 - random.float()) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
  }
}

function ratio(r: number, top: readonly number[], bottom: readonly number[]): number {
  let a = 0;
  let b = 0;
  for (let i = top.length - 1; i >= 0; i--) {
    a = a * r + (top[i] as number);
    b = b * r + (bottom[i] as number);
  }
  return a / b;
}

/** The point below which a standard normal lies with probability p, 0 < p < 1; relative error about 1e-16. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(0.180625 - q * q, CENTRE_TOP, CENTRE_BOTTOM);
  const r = sqrt(-log(q < 0 ? p : 1 - p));
  const value = r <= 5 ? ratio(r - 1.6, MIDDLE_TOP, MIDDLE_BOTTOM) : ratio(r - 5, TAIL_TOP, TAIL_BOTTOM);
  return q < 0 ? -value : value;
}

// Coefficients a, b, c, d, e, f of PPND16 in AS 241.
const CENTRE_TOP = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
];
const CENTRE_BOTTOM = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
  28729.085735721942674, 5226.495278852545925,
];
const MIDDLE_TOP = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
];
const MIDDLE_BOTTOM = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
];
const TAIL_TOP = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
  0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
];
const TAIL_BOTTOM = [
  1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
];
