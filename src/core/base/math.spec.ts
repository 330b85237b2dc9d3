import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cosTurns, exp, log, pow, sinTurns } from './math';

/** Distance in units of the last place of the expected value. */
function ulps(actual: number, expected: number): number {
  if (Object.is(actual, expected)) return 0;
  const bits = new Float64Array([Math.abs(expected)]);
  new BigUint64Array(bits.buffer)[0]! += 1n;
  return Math.abs(actual - expected) / (bits[0]! - Math.abs(expected));
}

describe('elementary functions', () => {
  test('log agrees with the host within 1 ulp and is exact at known points', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(ulps(log(x), Math.log(x))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20_000 },
    );
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(Infinity)).toBe(Infinity);
    expect(log(NaN)).toBeNaN();
    expect(log(5e-324)).toBe(-744.4400719213812);
    // Decimal expansions from Abramowitz and Stegun, table 4.2.
    expect(log(2)).toBe(0.6931471805599453);
    expect(log(10)).toBe(2.302585092994046);
  });

  test('exp agrees with the host within 1 ulp, subnormal results included', () => {
    fc.assert(
      fc.property(fc.double({ min: -746, max: 710, noNaN: true }), (x) => {
        expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20_000 },
    );
    expect(exp(0)).toBe(1);
    // FDLIBM's own answer, one unit above the nearest double.
    expect(exp(1)).toBe(2.7182818284590455);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(1000)).toBe(Infinity);
    expect(exp(NaN)).toBeNaN();
  });

  test('pow is exact for whole powers of small numbers and close elsewhere', () => {
    expect(pow(3, 20)).toBe(3486784401);
    expect(pow(2, -10)).toBe(1 / 1024);
    expect(pow(-2, 3)).toBe(-8);
    expect(pow(0, 0.5)).toBe(0);
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (x, y) => {
          const expected = Math.pow(x, y);
          expect(Math.abs(pow(x, y) - expected)).toBeLessThanOrEqual(expected * 1e-13);
        },
      ),
    );
  });

  test('sine and cosine of turns', () => {
    for (let i = -720; i <= 720; i++) {
      expect(sinTurns(i / 360)).toBeCloseTo(Math.sin((i / 180) * Math.PI), 14);
      expect(cosTurns(i / 360)).toBeCloseTo(Math.cos((i / 180) * Math.PI), 14);
    }
    expect(sinTurns(0.25)).toBe(1);
    expect(sinTurns(0.75)).toBe(-1);
    expect(sinTurns(0.5)).toBeCloseTo(0, 20);
  });
});
