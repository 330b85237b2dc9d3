import { describe, expect, it } from 'vitest';
import { binaryText, floatBits, floatParts, parseInteger, quantity, readings, wrap, type Width } from './value';

const read = (bits: bigint, width: Width, id: string, fraction = 4) =>
  readings(bits, width, fraction).find((entry) => entry.id === id);

describe('readings of a pattern', () => {
  it('reads a byte in every way', () => {
    expect(read(0xc3n, 8, 'hex')?.text).toBe('c3');
    expect(read(0xc3n, 8, 'binary')?.text).toBe('1100 0011');
    expect(read(0xc3n, 8, 'signed')?.text).toBe('-61');
    expect(read(0xc3n, 8, 'unsigned')?.text).toBe('195');
    expect(read(0xc3n, 8, 'fixed')?.text).toBe('-3.8125');
    expect(read(0xc3n, 8, 'utf8')).toMatchObject({ text: '', note: 'these bytes are not UTF-8' });
    expect(read(0x0an, 8, 'char')).toMatchObject({ text: "'\\n'", note: 'LF' });
    expect(read(0x42n, 8, 'bcd')?.text).toBe('42');
    expect(read(0x4an, 8, 'bcd')?.text).toBe('');
  });
  it('goes back from each reading to the same pattern', () => {
    for (const width of [8, 16, 32, 64] as const)
      for (const seed of [
        0n,
        1n,
        0x41n,
        0x7fn,
        0x80n,
        0xffn,
        0x3ff0n,
        0x8000n,
        0xc3a9n,
        0x40490fdbn,
        0x7ff0000000000000n,
      ]) {
        const bits = wrap(seed, width);
        for (const entry of readings(bits, width, 4))
          if (entry.text !== '' && entry.text !== 'NaN')
            expect(entry.parse?.(entry.text), `${entry.id} of ${bits} at ${width}`).toBe(bits);
      }
  });
  it('reads text of several bytes', () => {
    expect(read(0xc3a9n, 16, 'utf8')).toMatchObject({ text: 'é', note: 'U+00E9' });
    expect(read(0xf09f9880n, 32, 'utf8')?.text).toBe('😀');
    expect(read(0n, 16, 'utf8')?.parse?.('€')).toBeUndefined();
  });
  it('refuses what does not fit or is no number', () => {
    expect(parseInteger('256', 8)).toBeUndefined();
    expect(parseInteger('-129', 8)).toBeUndefined();
    expect(parseInteger('-128', 8)).toBe(0x80n);
    expect(parseInteger('0b1111_0000', 8)).toBe(0xf0n);
    expect(parseInteger('12a', 8)).toBeUndefined();
    expect(read(0n, 8, 'fixed')?.parse?.('8')).toBeUndefined();
  });
});

describe('floats', () => {
  it('takes single and double apart as the platform does', () => {
    const view = new DataView(new ArrayBuffer(8));
    for (const value of [0, -0, 1, -1, 0.1, 1e-40, 3.4e38, Infinity, -Infinity, 2 ** -149, 5e-324]) {
      view.setFloat32(0, value);
      expect(floatParts(BigInt(view.getUint32(0)), 32).value).toBe(view.getFloat32(0));
      view.setFloat64(0, value);
      expect(floatParts(view.getBigUint64(0), 64).value).toBe(value);
    }
    expect(floatParts(0x7fc00000n, 32).kind).toBe('nan');
  });
  it('knows halves: published values of IEEE 754 binary16', () => {
    const table: [number, bigint][] = [
      [1, 0x3c00n],
      [-2, 0xc000n],
      [65504, 0x7bffn],
      [2 ** -14, 0x0400n],
      [2 ** -24, 0x0001n],
      [1 / 3, 0x3555n],
      [65520, 0x7c00n],
      [0, 0n],
      [-0, 0x8000n],
    ];
    for (const [value, bits] of table) expect(floatBits(value, 16), String(value)).toBe(bits);
    for (let bits = 0; bits < 0x7c00; bits += 7)
      expect(floatBits(floatParts(BigInt(bits), 16).value, 16)).toBe(BigInt(bits));
  });
});

it('groups binary digits and shows quantities without noise', () => {
  expect(binaryText(5n, 16)).toBe('0000 0000 0000 0101');
  expect(quantity(1 / 3)).toBe('0.333333');
  expect(quantity(1536)).toBe('1\u202f536');
});
