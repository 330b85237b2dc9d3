import { expect, test } from 'vitest';
import { assembled } from '../../../../tests/helpers/assembled';
import { BENCH_MACHINE } from '../../presets/machine';
import { Machine } from '../machine';
import { findPiece } from './blocks';
import { pcOf } from './piece';

const CODE = `
.section .text.start, text
.global _start
_start:
  ldiw w0, 100
outer:
  ldiw w1, 50
inner:
  addiw w2, 3
  cmpi r4, 7
  beq even
  addiw w2, 1
even:
  addiw w1, -1
  bne inner
calls:
  call long
  addiw w0, -1
  bne calls
  jmp outer
long:
  ${'nop\n  '.repeat(30)}
  ret
`;

function pieceOf(unroll: boolean) {
  const machine = new Machine(BENCH_MACHINE);
  const image = assembled(CODE);
  machine.load(image);
  const piece = findPiece(machine.execution.code, image.entry, {
    multiplier: true,
    inline: true,
    unroll,
    isEnd: () => false,
  });
  const starts = (piece?.blocks ?? []).map((block) => pcOf(block.place));
  const backEdges = (piece?.successors ?? []).flatMap((list, from) => list.filter((to) => to >= 0 && to <= from));
  return { piece, starts, backEdges };
}

test('an innermost loop without calls has four turns, of which the last leads back', () => {
  const plain = pieceOf(false);
  const unrolled = pieceOf(true);
  const count = (starts: readonly number[]) => {
    const counts = new Map<number, number>();
    for (const pc of starts) counts.set(pc, (counts.get(pc) ?? 0) + 1);
    return counts;
  };
  // inner, what is skipped, and even are there four times; the loops with a call or a loop inside once.
  expect([...count(plain.starts).values()].every((n) => n === 1)).toBe(true);
  expect([...count(unrolled.starts).values()].sort()).toEqual([1, 1, 1, 1, 1, 4, 4, 4]);
  expect(unrolled.backEdges.length).toBe(plain.backEdges.length);
});

test('no two blocks share an instruction', () => {
  const instrs = (pieceOf(true).piece?.blocks ?? []).flatMap((block) => block.instrs);
  expect(new Set(instrs).size).toBe(instrs.length);
});
