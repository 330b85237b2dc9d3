import { describe, expect, it } from 'vitest';
import type { ViewLine } from '../core/compiler/views';
import { light, linesAround, LIT, NEAR, selectedOf } from './lighting';

const span = (start: number, end: number, file = 0) => ({ file, start, end });
const line = (text: string, keys: Partial<ViewLine>): ViewLine => ({ text, depth: 0, kind: 'node', ...keys });

/** `a = b + 1;` at characters 10 to 20 on a source line from 8 to 21. */
const lines = [
  line('function', { span: span(0, 40), node: 1 }),
  line('assign', { span: span(10, 19), node: 2 }),
  line('a', { span: span(10, 11), node: 3 }),
  line('add', { span: span(14, 19), node: 4, fn: 'main', ir: 7, address: 0x100, sizeBytes: 4 }),
  line('b', { span: span(14, 15), node: 5 }),
  line('next', { span: span(25, 30), node: 6, address: 0x104, sizeBytes: 2 }),
];
const lit = (result: { levels: Uint8Array }, level = LIT) =>
  [...result.levels].flatMap((value, index) => (value === level ? [lines[index]?.text] : []));

describe('lighting', () => {
  it('lights the smallest thing around a caret', () => {
    expect(lit(light(lines, { origin: 'editor', span: span(14, 14) }))).toEqual(['b']);
    expect(lit(light(lines, { origin: 'editor', span: span(17, 17) }))).toEqual(['add']);
    expect(lit(light(lines, { origin: 'editor', span: span(35, 35) }))).toEqual(['function']);
  });
  it('lights what lies inside a selected range', () => {
    expect(lit(light(lines, { origin: 'editor', span: span(9, 20) }))).toEqual(['assign', 'a', 'add', 'b']);
  });
  it('prefers an address, then an IR instruction, then a node, to characters', () => {
    expect(lit(light(lines, { origin: 'machine', address: 0x102, sizeBytes: 2, span: span(0, 40) }))).toEqual(['add']);
    expect(lit(light(lines, { origin: 'ir', fn: 'main', ir: 7, node: 3 }))).toEqual(['add']);
    expect(lit(light(lines, { origin: 'ir', fn: 'other', ir: 7, node: 3 }))).toEqual(['a']);
  });
  it('falls back to characters when no key is shared', () => {
    const selected = selectedOf(line('x', { node: 99, span: span(14, 15) }), 'parser');
    expect(lit(light(lines, selected))).toEqual(['b']);
  });
  it('lights faintly what begins on the same source line', () => {
    const result = light(lines, { origin: 'editor', span: span(14, 14) }, span(8, 21));
    expect(lit(result, NEAR)).toEqual(['assign', 'a', 'add']);
    expect(result.first).toBe(4);
  });
  it('keeps files apart, and lights nothing without a selection', () => {
    expect(lit(light(lines, { origin: 'editor', span: span(14, 14, 1) }))).toEqual([]);
    expect(light(lines, undefined)).toMatchObject({ first: -1 });
  });
  it('finds the source lines of a span', () => {
    const text = 'int a;\nint b;\nint c;';
    expect(linesAround(text, span(8, 8))).toEqual(span(7, 14));
    expect(linesAround(text, span(2, 9))).toEqual(span(0, 14));
    expect(linesAround(text, span(16, 17))).toEqual(span(14, 21));
  });
});
