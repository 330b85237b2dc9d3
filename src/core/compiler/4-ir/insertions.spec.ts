import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random';
import { constant, createFunction, create } from './build';
import { Builder } from './builder';
import { Insertions } from './insertions';
import type { BinaryInstr, Instr } from './ir';

/** A block of additions with a return at its end, and what puts instructions in at once: the plain reference. */
function block(length: number) {
  const fn = createFunction('f', [], 'i16');
  const build = new Builder(fn);
  for (let i = 0; i < length; i++) build.binary('add', constant('i16', i), constant('i16', 1));
  build.ret(constant('i16', 0));
  const fresh = () =>
    create<BinaryInstr>(fn, build.block, {
      op: 'sub',
      type: 'i16',
      args: [constant('i16', 0), constant('i16', 1)],
      origin: build.origin,
    });
  return { block: build.block, fresh };
}

describe('insertions', () => {
  it.each([5, 99, 100, 400])('stand where they would stand if each were put in at once, in a block of %i', (length) => {
    const random = new Random(1, `insertions ${length}`);
    const { block: long, fresh } = block(length);
    const insertions = new Insertions();
    const expected: Instr[] = [...long.instrs];
    for (let n = 0; n < 200; n++) {
      const at = expected[random.below(expected.length)] as Instr;
      const instr = fresh();
      const index = expected.indexOf(at);
      switch (random.below(3)) {
        case 0:
          insertions.before(at, instr);
          expected.splice(index, 0, instr);
          break;
        case 1:
          if (at.op === 'ret') continue;
          insertions.behind(at, instr);
          expected.splice(index + 1, 0, instr);
          break;
        default: {
          const skips = (one: Instr) => one.id < 3 || one.op === 'sub';
          insertions.atStart(long, instr, skips);
          expected.splice(
            expected.findIndex((one) => !skips(one)),
            0,
            instr,
          );
        }
      }
    }
    insertions.apply();
    expect(long.instrs.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    expect(long.instrs.every((instr) => instr.block === long)).toBe(true);
  });
});
