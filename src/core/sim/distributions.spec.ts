import { describe, expect, test } from 'vitest';
import { Random } from '../base/random';
import { type Distribution, moments, normalQuantile, sampler, wholeSampler } from './distributions';

const N = 200_000;

function draw(d: Distribution, name = 'x'): number[] {
  const next = sampler(d, new Random(7, name));
  return Array.from({ length: N }, next);
}

/** Largest distance between the sample's distribution function and the given one (Kolmogorov and Smirnov). */
function distance(sample: number[], cdf: (x: number) => number): number {
  let worst = 0;
  sample
    .toSorted((a, b) => a - b)
    .forEach((x, i) => {
      worst = Math.max(worst, Math.abs(cdf(x) - i / N), Math.abs(cdf(x) - (i + 1) / N));
    });
  return worst;
}

/** 99.9 % point of the statistic: 1.95 / sqrt(n). The streams are fixed, so this either always holds or never. */
const LIMIT = 1.95 / Math.sqrt(N);

/** Standard normal distribution function by its series (Abramowitz and Stegun 26.2.10); good for |x| < 6. */
function phi(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k < 120; k++) {
    term *= (-x * x) / (2 * k);
    sum += term / (2 * k + 1);
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI);
}

describe('distributions', () => {
  const shapes: [Distribution, (x: number) => number][] = [
    [{ shape: 'exponential', mean: 3 }, (x) => 1 - Math.exp(-x / 3)],
    [{ shape: 'uniform', min: 2, max: 5 }, (x) => (x - 2) / 3],
    [
      { shape: 'lognormal', mean: 2, cv: 1.5 },
      (x) => phi((Math.log(x) - Math.log(2) + Math.log(3.25) / 2) / Math.sqrt(Math.log(3.25))),
    ],
    // Whole shapes have a closed form: Erlang.
    [{ shape: 'gamma', mean: 4, cv: 0.5 }, (x) => 1 - Math.exp(-x) * (1 + x + x ** 2 / 2 + x ** 3 / 6)],
    [{ shape: 'gamma', mean: 4, cv: 1 }, (x) => 1 - Math.exp(-x / 4)],
    // Shape one half is the square of a normal: chi-squared with one degree of freedom.
    [{ shape: 'gamma', mean: 1, cv: Math.SQRT2 }, (x) => 2 * phi(Math.sqrt(x)) - 1],
    [
      { shape: 'hyperexponential', mean: 1, cv: 2 },
      (x) => {
        const p = (1 + Math.sqrt(3 / 5)) / 2;
        return 1 - p * Math.exp(-2 * p * x) - (1 - p) * Math.exp(-2 * (1 - p) * x);
      },
    ],
  ];

  test.each(shapes)('%o follows its distribution function', (d, cdf) => {
    expect(distance(draw(d), cdf)).toBeLessThan(LIMIT);
  });

  test.each(shapes)('%o has the moments that the laws are told', (d) => {
    const sample = draw(d);
    const mean = sample.reduce((a, b) => a + b) / N;
    const variance = sample.reduce((a, b) => a + (b - mean) ** 2, 0) / N;
    expect(mean / moments(d).mean).toBeCloseTo(1, 1.8);
    expect(variance / mean ** 2 / moments(d).cv2).toBeCloseTo(1, 0.9);
  });

  test('constant and measured', () => {
    expect(new Set(draw({ shape: 'constant', value: 4 }))).toEqual(new Set([4]));
    const d: Distribution = { shape: 'measured', values: [1, 2, 6] };
    expect(new Set(draw(d))).toEqual(new Set([1, 2, 6]));
    expect(moments(d)).toEqual({ mean: 3, cv2: 14 / 3 / 9 });
  });

  test('normal quantiles as in the test values of AS 241', () => {
    expect(normalQuantile(0.25)).toBeCloseTo(-0.6744897501960817, 15);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167814, 14);
    expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798408, 13);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
  });

  test('delays are whole and keep their mean', () => {
    const next = wholeSampler({ shape: 'exponential', mean: 2.5 }, new Random(1, 'd'), 1000);
    let sum = 0;
    for (let i = 0; i < N; i++) {
      const x = next();
      if (!Number.isInteger(x) || x < 0) throw new Error(`${x} is no delay`);
      sum += x;
    }
    expect(sum / N / 2500).toBeCloseTo(1, 1.8);
  });

  test('streams of different names and seeds are uncorrelated', () => {
    const a = new Random(1, 'a');
    for (const b of [new Random(1, 'b'), new Random(2, 'a'), new Random(1, 'aa')]) {
      let sum = 0;
      for (let i = 0; i < N; i++) sum += (a.float() - 0.5) * (b.float() - 0.5);
      // The product of two uniforms has standard deviation 1/12.
      expect(Math.abs(sum / Math.sqrt(N)) * 12).toBeLessThan(3.5);
    }
  });
});
