/** Loop passes on random loop nests: after every pass the IR does the same, and so does the machine at the end. */
import { describe, expect, test } from 'vitest';
import { interpretModules } from '../../src/core/compiler/4-ir/interpret';
import { lower } from '../../src/core/compiler/4-ir/lower';
import { prove } from '../../src/core/compiler/5-optimizer/prove';
import { Compiler } from '../../src/core/compiler/compile';
import { compileFrontEnd } from '../../src/core/compiler/front-end';
import { Machine } from '../../src/core/machine/machine';
import { FLAT_MACHINE } from '../../src/core/presets/machine';
import { header, librarySources } from '../../programs/library';
import { randomLoops } from './random-loops';

/** More in a long run: LOOP_RUNS=5000 LOOP_SEED=1 vitest run tests/property/loops.spec.ts */
const RUNS = Number(process.env.LOOP_RUNS ?? 12);
const LONG_MS = 20 * 60_000;
const SEED = Number(process.env.LOOP_SEED ?? 1);
/** A program that takes longer does not end: the rest take about 10,000 steps. */
const STEP_LIMIT = 60_000;

const compiler = new Compiler({ header, sources: librarySources });

function machineOutput(text: string, level: 'O0' | 'O2' | 'Os'): number[] {
  const { image, diagnostics } = compiler.compile([{ name: 'loops.c', text }], {
    level,
    disabledPasses: [],
    unchecked: false,
    multiplier: true,
  });
  if (!image) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  const machine = new Machine(FLAT_MACHINE);
  machine.load(image);
  const exit = machine.run({ instructions: 20 * STEP_LIMIT });
  if (exit.kind !== 'halt') throw new Error(`ends with ${JSON.stringify(exit)}`);
  return [...machine.devices.console.outputFrom()];
}

describe('random loop nests', () => {
  test.each(['O2', 'Os'] as const)(
    'every pass of -%s keeps the output, and the machine prints it',
    (level) => {
      let compared = 0;
      for (let seed = SEED; seed < SEED + RUNS; seed++) {
        const text = randomLoops(seed);
        const front = compileFrontEnd([{ name: 'loops.c', text }], { headers: header, unchecked: false });
        expect({ seed, errors: front.diagnostics.filter((d) => d.severity === 'error') }).toEqual({ seed, errors: [] });
        const [unit] = front.units;
        if (!unit) throw new Error('no unit');
        const module = lower(unit, front.sourceMap);
        if (interpretModules([module], { stepLimit: STEP_LIMIT }).exit.kind !== 'halt') continue;
        const proof = prove(module, { level, run: { stepLimit: 2 * STEP_LIMIT } });
        expect({ seed, broken: proof.passes.filter((pass) => pass.verdict !== 'same output') }).toEqual({
          seed,
          broken: [],
        });
        expect({ seed, output: machineOutput(text, level) }).toEqual({ seed, output: [...proof.before.output] });
        compared++;
      }
      expect(compared).toBeGreaterThan(RUNS * 0.5);
    },
    LONG_MS,
  );
});
