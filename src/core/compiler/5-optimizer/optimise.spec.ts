import { describe, expect, it } from 'vitest';
import { Builder, constant, createFunction } from '../4-ir/build';
import type { IrFunction, IrModule } from '../4-ir/ir';
import { LONGEST_FUNCTION, newTallies, optimise } from './optimise';
import { functionPass, modulePass } from './pass';

function functionOf(name: string, instructions: number): IrFunction {
  const fn = createFunction(name, [], 'i16');
  const build = new Builder(fn);
  for (let i = 1; i < instructions; i++) build.binary('add', constant('i16', i), constant('i16', 1));
  build.ret(constant('i16', 0));
  return fn;
}

/** Functions that a pass before and one behind a module pass were given. */
function seen(module: IrModule, watch: boolean) {
  const given: string[] = [];
  const pass = (name: string) =>
    functionPass({ name, title: name, summary: name }, (fn) => {
      given.push(`${name} ${fn.name}`);
      return false;
    });
  const between = modulePass({ name: 'between', title: '', summary: '' }, () => false);
  const pipeline = [pass('early'), between, pass('late'), pass('last')];
  const tallies = newTallies('O2').slice(0, pipeline.length);
  optimise(module, { level: 'O2', pipeline, tallies, ...(watch ? { afterPass: () => undefined } : {}) });
  return { given: given.sort(), sizes: tallies.map(({ instructions }) => instructions) };
}

describe('a pipeline', () => {
  const module: IrModule = {
    name: 'a.c',
    functions: [functionOf('long', LONGEST_FUNCTION + 1), functionOf('short', LONGEST_FUNCTION)],
    globals: [],
  };

  it('leaves a function alone that no memory would hold, whether somebody looks on or not', () => {
    const expected = {
      given: ['early long', 'early short', 'last short', 'late short'],
      sizes: new Array<number>(4).fill(2 * LONGEST_FUNCTION + 1),
    };
    expect(seen(module, false)).toEqual(expected);
    expect(seen(module, true)).toEqual(expected);
  });
});
