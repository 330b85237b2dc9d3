import { describe, expect, it } from 'vitest';
import { header, librarySources, SAMPLES } from '../../../../programs/library';
import { printModule } from '../4-ir/print';
import { Compiler } from '../compile';
import { DEFAULT_OPTIONS } from '../views';
import { constant, createFunction } from '../4-ir/build';
import { Builder } from '../4-ir/builder';
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

describe('a pass that says that it changed nothing', () => {
  it.each(SAMPLES.map(({ name, text }) => [name, text] as const))('has left %s as it was', (name, text) => {
    const [module] = new Compiler({ header, sources: librarySources }).compile(
      [{ name: `${name}.c`, text }],
      DEFAULT_OPTIONS,
      { until: 'ir' },
    ).modules;
    if (!module) throw new Error(`${name} does not compile`);
    let before = printModule(module);
    let unchanged = 0;
    optimise(module, {
      level: 'O2',
      afterPass(pass, { functions }, _remarks, changed, index) {
        const now = printModule({ ...module, functions });
        if (!changed) unchanged++;
        if (!changed && now !== before) throw new Error(`${pass.name}, pass ${index}, says that it changed nothing`);
        before = now;
      },
    });
    expect(unchanged).toBeGreaterThan(0);
  });
});
