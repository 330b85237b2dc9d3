/** Generated code against the IR interpreter, on random IR: same output, same exit, at every level, with and without the multiplier. */
import { describe, expect, test } from 'vitest';
import { encodeItems, type Archive } from '../../src/core/assembler/object';
import { assemble } from '../../src/core/assembler/parse';
import { interpretModule } from '../../src/core/compiler/4-ir/interpret';
import type { IrModule } from '../../src/core/compiler/4-ir/ir';
import { verifyModule } from '../../src/core/compiler/4-ir/verify';
import { generate } from '../../src/core/compiler/6-codegen/generate';
import { link } from '../../src/core/compiler/7-linker/link';
import { Machine } from '../../src/core/machine/machine';
import { FLAT_MACHINE } from '../../src/core/presets/machine';
import { librarySources } from '../../programs/library';
import { randomModule } from './random-ir';

const RUNS = 400;
const STEP_LIMIT = 200_000;

const archives = new Map<boolean, Archive>();
/** The assembly part of the library: all that generated code needs by itself. */
function runtime(multiplier: boolean): Archive {
  let archive = archives.get(multiplier);
  if (!archive) {
    const members = librarySources(multiplier)
      .filter(({ name }) => name.endsWith('.s'))
      .map(({ name, text }) => encodeItems(assemble(text, name).items, name));
    archives.set(multiplier, (archive = { name: 'runtime', members }));
  }
  return archive;
}

function runOnMachine(
  module: IrModule,
  level: 'O0' | 'O2' | 'Os',
  multiplier: boolean,
): { exit: unknown; output: number[] } {
  const { items } = generate(module, { level, multiplier });
  const { image, diagnostics } = link([encodeItems(items, 'test.o')], [runtime(multiplier)]);
  if (!image) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  const machine = new Machine({ ...FLAT_MACHINE, multiplier });
  machine.load(image);
  const exit = machine.run({ instructions: 20 * STEP_LIMIT });
  return { exit, output: [...machine.devices.console.outputFrom()] };
}

describe('random IR', () => {
  test.each([
    ['O0', true],
    ['O2', true],
    ['Os', true],
    ['O2', false],
  ] as const)('-%s, multiplier %s: the machine prints what the interpreter prints', (level, multiplier) => {
    let compared = 0;
    for (let seed = 1; seed <= RUNS; seed++) {
      const module = randomModule(seed);
      const expected = interpretModule(module, { stepLimit: STEP_LIMIT });
      if (expected.exit.kind !== 'halt') continue;
      if (seed <= 20) expect(verifyModule(module)).toEqual([]);
      const actual = runOnMachine(module, level, multiplier);
      expect({ seed, ...actual }).toEqual({
        seed,
        exit: { kind: 'halt', code: expected.exit.code },
        output: [...expected.output],
      });
      compared++;
    }
    expect(compared).toBeGreaterThan(RUNS * 0.9);
  });
});
