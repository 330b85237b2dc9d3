import { describe, expect, test } from 'vitest';
import { outputPieces, PIECE_CHARACTERS } from './pieces';

const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i * i}\n`).join('');

describe('output in pieces', () => {
  test('together they are the text, with an end of line between two', () => {
    for (const text of [
      '',
      'a',
      '\n',
      'a\nb',
      '\n\n\n',
      lines(5000),
      'x'.repeat(9000),
      `${'x'.repeat(9000)}\nend`,
      lines(3000).trimEnd(),
    ])
      expect(
        outputPieces(text, 0)
          .map((piece) => piece.text)
          .join('\n'),
      ).toBe(text);
  });
  test('they are short, unless a line is long', () => {
    const pieces = outputPieces(lines(5000), 0);
    expect(pieces.length).toBeGreaterThan(10);
    for (const { text } of pieces) expect(text.length).toBeLessThan(PIECE_CHARACTERS + 20);
  });
  test('but for the ends they stay as they are while the output grows and its start is cut off', () => {
    const all = lines(6000);
    const known = new Map(outputPieces(all, 0).map(({ at, text }) => [at, text]));
    for (let end = 20_000; end < 60_000; end += 777) {
      const start = end - 20_000;
      const pieces = outputPieces(all.slice(start, end), start);
      for (const { at, text } of pieces.slice(1, -1)) expect(known.get(at)).toBe(text);
      expect(pieces.length).toBeGreaterThan(3);
    }
  });
});
