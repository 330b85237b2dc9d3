import { describe, expect, it } from 'vitest';
import type { Image } from '../../../core/assembler/image';
import { encode } from '../../../core/isa/codec';
import { disassemble, rowAt, stepsAt } from './disassembly';

const words = [
  ...encode('ldiw8', [2, 10]),
  ...encode('ldiw', [3, 0x4000]),
  ...encode('st', [3, 0, 4]),
  ...encode('branch', [1, -3]),
];
const bytes = Uint8Array.from(words.flatMap((word) => [word & 255, word >> 8]));
const ram = new Uint8Array(65536);
ram.set(bytes, 0x30);
const image: Image = {
  segments: [{ name: 'text', address: 0x30, sizeBytes: bytes.length, bytes }],
  entry: 0x30,
  protectedEnd: 0x100,
  heapStart: 0x4100,
  stackTop: 0xf000,
  symbols: [
    { name: 'main', address: 0x30, sizeBytes: bytes.length, kind: 'function', section: 'text', from: 'a.c' },
    { name: 'table', address: 0x4000, sizeBytes: 4, kind: 'object', section: 'data', from: 'a.c' },
  ],
  debug: {
    sources: [{ name: 'a.c', system: false }],
    lines: [
      { address: 0x30, sizeBytes: 6, file: 0, line: 3, column: 1, start: 20, end: 30, node: 5, ir: 1 },
      { address: 0x36, sizeBytes: 4, file: 0, line: 4, column: 1, start: 31, end: 40, node: 6, ir: 2 },
    ],
    functions: [],
    globals: [],
  },
  sizes: { textBytes: bytes.length, dataBytes: 4, bssBytes: 0 },
};

describe('the listing', () => {
  const { lines } = disassemble(image, ram, ['other.c', 'a.c']);
  it('decodes every instruction, with names for addresses', () => {
    expect(lines.map((line) => line.text.replace(/ +/g, ' '))).toEqual([
      'main:',
      '0030 ea0a ldiw w2, 10',
      expect.stringMatching(/^0032 \w{4} 4000 ldiw w3, table$/),
      '0036 9460 st [w3], r4',
      '0038 d1fd bne 0034',
    ]);
  });
  it('gives each instruction its source characters', () => {
    expect(lines[1]?.span).toEqual({ file: 1, start: 20, end: 30 });
    expect(lines[4]).toMatchObject({ span: { start: 31 }, node: 6, address: 0x38, sizeBytes: 2 });
  });
  it('finds the row of an address', () => {
    expect(rowAt(image, 0x35)?.line).toBe(3);
    expect(rowAt(image, 0x36)?.line).toBe(4);
    expect(rowAt(image, 0x3a)).toBeUndefined();
    expect(rowAt(image, 0x10)).toBeUndefined();
  });
  it('says the four steps of an instruction', () => {
    expect(stepsAt(ram, 0x36).map((step) => step.name)).toEqual(['Fetch', 'Decode', 'Execute', 'Store']);
    expect(stepsAt(ram, 0x36)[1]?.text).toBe('st [w3], r4');
  });
});
