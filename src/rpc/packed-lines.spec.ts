import { expect, it } from 'vitest';
import type { ViewLine } from '../core/compiler/views';
import { packLines, unpackLines } from './packed-lines';

const LINES: ViewLine[] = [
  { text: '', depth: 0, kind: 'heading' },
  { text: 'int x\n"text"', depth: 3, kind: 'symbol', span: { file: 0, start: 4, end: 9 }, uses: [] },
  {
    text: 'ö … 😀',
    depth: 1,
    kind: 'instr',
    span: { file: 2, start: 0, end: 0 },
    node: 0,
    fn: 'main',
    ir: 0,
    address: 0,
    sizeBytes: 2,
    hint: 'why',
    uses: [
      { file: 1, start: 2, end: 3 },
      { file: 0, start: 7, end: 9 },
    ],
  },
  { text: 'last', depth: 0, kind: 'instr', fn: 'main', uses: [{ file: 5, start: 6, end: 7 }] },
];

it('gives back the lines that were packed, through a worker’s copy too', () => {
  expect(unpackLines(packLines(LINES))).toEqual(LINES);
  expect(unpackLines(structuredClone(packLines(LINES)))).toEqual(LINES);
  expect(unpackLines(packLines([]))).toEqual([]);
});
