import { expect, test } from 'vitest';
import { reciprocalOf } from './reciprocal';

function quotient(x: number, divisor: number, width: 8 | 16): number {
  const { factor, shift, isLong } = reciprocalOf(divisor, width);
  const t = Math.floor((x * factor) / 2 ** width);
  return isLong ? (((x - t) >> 1) + t) >> (shift - 1) : t >> shift;
}

const isPower = (d: number) => (d & (d - 1)) === 0;

test('every byte by every divisor', () => {
  for (let d = 3; d < 256; d++)
    for (let x = 0; x < 256 && !isPower(d); x++)
      if (quotient(x, d, 8) !== Math.floor(x / d)) expect.fail(`${x} / ${d}`);
});

test('every 16-bit value by some divisors, the edges by every divisor', () => {
  for (const d of [3, 5, 6, 7, 9, 10, 11, 13, 60, 100, 641, 1000, 1009, 10000, 32769, 65535])
    for (let x = 0; x < 65536; x++) if (quotient(x, d, 16) !== Math.floor(x / d)) expect.fail(`${x} / ${d}`);
  for (let d = 3; d < 65536; d++) {
    if (isPower(d)) continue;
    const most = Math.floor(65535 / d) * d;
    for (const x of [0, 1, d - 1, d, d + 1, most - 1, most, 65535])
      if (x < 65536 && quotient(x, d, 16) !== Math.floor(x / d)) expect.fail(`${x} / ${d}`);
  }
});
