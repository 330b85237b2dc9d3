import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../base/random';
import { BatchMeans, Histogram, studentT975, TimeWeighted } from './metrics';

describe('histogram', () => {
  test('count, sum, least and greatest are exact; a percentile is within 0.8 % of the sorted sample', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.maxSafeInteger().map((n) => Math.abs(n) % 2 ** 52),
          { minLength: 1, maxLength: 300 },
        ),
        fc.constantFrom(1, 50, 90, 99, 99.9, 100),
        (values, percent) => {
          const histogram = new Histogram();
          for (const value of values) histogram.record(value);
          const sorted = values.toSorted((a, b) => a - b);
          const exact = values.reduce((sum, value) => sum + BigInt(value), 0n);
          expect(histogram.count).toBe(values.length);
          expect(histogram.sum).toBe(Number(exact));
          expect(histogram.min).toBe(sorted[0]);
          expect(histogram.max).toBe(sorted.at(-1));
          const nearestRank = sorted[Math.max(Math.ceil((percent / 100) * values.length), 1) - 1]!;
          expect(Math.abs(histogram.percentile(percent) - nearestRank)).toBeLessThanOrEqual(nearestRank / 128 + 1);
        },
      ),
    );
  });

  test('a small spread at a large mean keeps its digits', () => {
    const histogram = new Histogram();
    for (let i = 0; i < 1000; i++) histogram.record(1e15 + (i % 2));
    expect(histogram.sigma).toBeCloseTo(0.5002501876563868, 9);
    expect(histogram.mean).toBe(1e15 + 0.5);
  });

  test('empty, reset, zero', () => {
    const histogram = new Histogram();
    expect([histogram.mean, histogram.sigma, histogram.percentile(99)]).toEqual([0, 0, 0]);
    histogram.record(0);
    expect([histogram.count, histogram.percentile(50), histogram.max]).toEqual([1, 0, 0]);
    histogram.reset();
    expect([histogram.count, histogram.sum, histogram.filled()]).toEqual([0, 0, []]);
  });
});

describe('averages over time', () => {
  test('weigh each value by how long it held', () => {
    const level = new TimeWeighted();
    level.set(10, 4);
    level.add(30, -3);
    expect(level.areaAt(40)).toBe(4 * 20 + 1 * 10);
    expect(level.mean(40)).toBe(90 / 40);
    level.reset(40);
    expect([level.mean(50), level.max]).toEqual([1, 1]);
  });
});

describe('batch means', () => {
  test('quantiles of Student t as tabulated (Abramowitz and Stegun, table 26.10)', () => {
    expect(studentT975(10)).toBeCloseTo(2.228, 3);
    expect(studentT975(30)).toBeCloseTo(2.042, 3);
    expect(studentT975(60)).toBeCloseTo(2.0, 3);
  });

  test('the interval covers the mean of an autocorrelated series about 95 times in 100', () => {
    let covered = 0;
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const random = new Random(run, 'ar1');
      const batches = new BatchMeans();
      // A first-order autoregression around 0 with correlation 0.9, started in the middle.
      for (let i = 0, x = 0; i < 8000; i++) {
        x = 0.9 * x + random.float() - 0.5;
        batches.record(x);
      }
      const { mean, halfWidth } = batches.interval();
      if (Math.abs(mean) <= halfWidth) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.9);
    expect(covered / runs).toBeLessThan(0.985);
  });

  test('says that it does not know when there are few values', () => {
    const batches = new BatchMeans();
    for (let i = 0; i < 9; i++) batches.record(i);
    expect(batches.interval()).toEqual({ mean: 4, halfWidth: Infinity, batches: 9 });
  });
});
