import { expect, it } from 'vitest';
import { worthText } from './worth';

const run = (bytes: number, cycles: number, l1d: number | undefined, ended = true) => ({
  bytes,
  cycles,
  hitRates: { l1i: 0.5, l1d, l2: undefined },
  ended,
  output: '',
});
const percent = (share: number) => `${Math.round(share * 100)} %`;

it('compares the program with a pass to the program without it', () => {
  expect(worthText({ on: run(62, 79, 0.9), off: run(100, 100, 0.8) }, percent)).toBe(
    'It is worth −38 bytes, −21 % cycles, L1D hits 80 % → 90 %.',
  );
  expect(worthText({ on: run(100, 100, 0.8), off: run(100, 100, 0.8) }, percent)).toBe(
    'It is worth ±0 bytes, ±0 cycles.',
  );
  expect(worthText({ on: run(104, 5, undefined, false), off: run(100, 5, 0.8) }, percent)).toBe(
    'It is worth +4 bytes, the run was cut off.',
  );
  expect(worthText({ on: run(1, 1, 1), off: undefined }, percent)).toBeUndefined();
});
