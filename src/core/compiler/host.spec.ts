import { describe, expect, test } from 'vitest';
import { PORT_CONSTANTS, portOf } from '../isa/ports';
import { interpretUnits } from './3-semantics/interpret';
import { interpretModules } from './4-ir/interpret';
import { lower } from './4-ir/lower';
import { compileFrontEnd } from './front-end';
import type { RunResult } from './host';

const HEADER = `
#define CONSOLE ${portOf('CONSOLE_DATA')}
#define STATUS ${portOf('CONSOLE_STATUS')}
#define CYCLES ${portOf('CYCLES')}
#define NANOS ${portOf('NANOS')}
#define RANDOM ${portOf('RANDOM')}
#define CORE_COUNT ${portOf('CORE_COUNT')}
#define POWER ${portOf('POWER')}
#define POWER_OFF ${PORT_CONSTANTS.POWER_OFF}
#define CORE_CONTROL ${portOf('CORE_CONTROL')}
#define CORE_START ${PORT_CONSTANTS.CORE_START}
#define in __builtin_in
#define show(x) __builtin_out(CONSOLE, x)
`;

/** The run in the interpreter of typed trees and in that of IR. */
function runs(body: string, input = ''): RunResult[] {
  const text = `#include <host.h>\nint main(void) { ${body} }`;
  const { units } = compileFrontEnd([{ name: 'a.c', text }], { headers: () => HEADER });
  const options = { input: new TextEncoder().encode(input) };
  return [
    interpretUnits(units, options),
    interpretModules(
      units.map((unit) => lower(unit)),
      options,
    ),
  ];
}

describe('both interpreters see one world', () => {
  test.each([
    ['the console', 'show(in(CONSOLE)); show(in(CONSOLE)); show(in(CONSOLE)); return 3;', [104, 105, 0], 3],
    ['its end', 'while (in(STATUS) == 1) show(in(CONSOLE)); show(in(STATUS)); return 0;', [104, 105, 2], 0],
    ['clocks, which count', 'show(in(CYCLES)); show(in(CYCLES)); show(in(NANOS)); return 0;', [1, 2, 3], 0],
    ['the number of cores', 'show(in(CORE_COUNT)); return 0;', [1], 0],
    ['the switch', 'show(7); __builtin_out(POWER, POWER_OFF); show(8); return 1;', [7], 0],
  ] as const)('%s', (_, body, output, code) => {
    for (const run of runs(body, 'hi')) {
      expect([...run.output]).toEqual(output);
      expect(run.exit).toEqual({ kind: 'halt', code });
    }
  });

  test('chance', () => {
    const [tree, ir] = runs('__builtin_out(RANDOM, 5); for (int i = 0; i < 20; i++) show(in(RANDOM)); return 0;');
    expect(new Set(tree!.output).size).toBeGreaterThan(10);
    expect(ir!.output).toEqual(tree!.output);
  });

  test('what does not fit the memory is not run', () => {
    const arrays = ['a', 'b', 'c'].map((name) => `static char ${name}[60000] = { 1 };`).join(' ');
    for (const { exit } of runs(`${arrays} return a[0] + b[0] + c[0];`)) {
      expect(exit).toEqual({ kind: 'unsupported', reason: 'the program does not fit the memory' });
    }
  });

  test('a second core is beyond it', () => {
    for (const { exit } of runs('__builtin_out(CORE_CONTROL, CORE_START); return 0;')) expect(exit.kind).toBe('cut');
  });
});
