import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from './random';
import { plainBytes, readPlain } from './plain-bytes';

const back = (value: unknown) => {
  const read = readPlain(plainBytes(value));
  if (!read.ok) throw new Error(read.error);
  return read.value;
};

describe('plain data as bytes', () => {
  test('anything plain comes back as it was', () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withTypedArray: true, withNullPrototype: false }), (value) => {
        // What has no bytes here (a big integer, a 64-bit array) is refused when it is written, not lost.
        let bytes: Uint8Array;
        try {
          bytes = plainBytes(value);
        } catch {
          return;
        }
        expect(readPlain(bytes)).toEqual({ ok: true, value });
      }),
    );
  });

  test('numbers keep every bit', () => {
    const numbers = [0, -0, 1, -1, 127, 128, 2 ** 48 - 1, 2 ** 48, 2 ** 53, 0.1, Infinity, -Infinity, NaN, 5e-324];
    expect(back(numbers)).toEqual(numbers);
    expect(Object.is((back(numbers) as number[])[1], -0)).toBe(true);
  });

  test('a table that is mostly the same is short, whatever stands around it', () => {
    const table = new Int32Array(100_000).fill(-1);
    for (const at of [0, 5000, 5001, 99_999]) table[at] = at;
    const bytes = plainBytes(table);
    expect(bytes.length).toBeLessThan(100);
    expect(back(table)).toEqual(table);
  });

  test('random tables of any alignment come back', () => {
    const random = new Random(1, 'tables');
    for (let n = 0; n < 300; n++) {
      const whole = Uint8Array.from({ length: random.below(200) }, () => (random.below(3) === 0 ? 1 : 0));
      const part = whole.subarray(Math.min(whole.length, random.below(4)));
      expect(back(part)).toEqual(part);
    }
  });

  test('what is as it is in the base takes a byte, and comes back from there', () => {
    const base = { a: [new Int32Array(5000).map((_, i) => i), new Uint8Array(9)], b: 1 };
    const value = { a: [base.a[0]?.slice(), Uint8Array.of(1, 2)], b: 2, c: new Int8Array(3) };
    const bytes = plainBytes(value, base);
    expect(bytes.length).toBeLessThan(60);
    expect(readPlain(bytes, base)).toEqual({ ok: true, value });
    expect(readPlain(bytes).ok).toBe(false);
  });

  test('cut bytes are refused, and so is anything after the end', () => {
    const bytes = plainBytes({ a: [1, 'two', new Uint8Array(40)], b: new Map([[1, { c: null }]]) });
    for (let length = 0; length < bytes.length; length++) expect(readPlain(bytes.subarray(0, length)).ok).toBe(false);
    expect(readPlain(Uint8Array.from([...bytes, 0])).ok).toBe(false);
  });

  test('random bytes never throw', () => {
    const random = new Random(2, 'noise');
    for (let n = 0; n < 3000; n++)
      readPlain(Uint8Array.from({ length: random.below(60) }, () => random.below(random.below(2) === 0 ? 32 : 256)));
  });
});
