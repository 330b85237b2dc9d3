import { expect, test } from 'vitest';
import { niceTop } from './axis';

test('the top of an axis is round and not below the data', () => {
  for (const [value, top] of [
    [0.03, 0.05],
    [1, 1],
    [1.01, 2],
    [180, 200],
    [201, 250],
    [251, 500],
    [9999, 10_000],
  ] as const)
    expect(niceTop(value)).toBeCloseTo(top, 12);
  expect(niceTop(0)).toBe(1);
  expect(niceTop(NaN)).toBe(1);
});
