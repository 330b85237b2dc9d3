import { expect, it } from 'vitest';
import { placeTree } from './tree';

const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ text: line.trim(), depth: (line.length - line.trimStart().length) / 2 }));

it('puts leaves below each other and a parent beside its first child', () => {
  const { nodes, rows } = placeTree(lines('a\n  b\n    c\n    d\n  e\nf'));
  expect(rows).toBe(4);
  expect(nodes.map(({ parent }) => parent)).toEqual([-1, 0, 1, 1, 0, -1]);
  expect(nodes.map(({ row }) => row)).toEqual([0, 0, 0, 1, 2, 3]);
});
it('takes lines that skip a step, and an indented first line', () => {
  expect(placeTree(lines('  a\n      b\n    c')).nodes.map(({ parent }) => parent)).toEqual([-1, 0, 0]);
});
it('labels a node without its place', () => {
  expect(placeTree([{ text: 'left: binary +  [1:2-3:4]  additive', depth: 0 }]).nodes[0]?.label).toBe('left: binary +');
});
