/** `orrery run --json` says the same, to the last figure, on either engine: all samples on their machines, and half of them on another. */
import { describe, expect, test } from 'vitest';
import { command as run } from '../../src/cli/commands/run';
import { MACHINE_PRESETS } from '../../src/core/presets/machine';
import { SAMPLES, type Sample } from '../../programs/library';

/** Games wait and some samples take long: a run that is cut has to be cut at the same place. */
const MAX_INSTRUCTIONS = 3_000_000;
/** Several hardware threads are the interpreter's alone; a sample for one runs on any. */
const ALONE = MACHINE_PRESETS.filter(({ config }) => config.cores * config.threads === 1).map(({ id }) => id);

function outcome({ text, input }: Sample, machine: string, level: string, engine: string) {
  const files: Readonly<Record<string, string>> = { 'a.c': text, input };
  let out = '';
  let err = '';
  const args = ['a.c', '--stdin', 'input', '--machine', machine, level, '--max-instructions', `${MAX_INSTRUCTIONS}`];
  const status = run.run([...args, '--engine', engine, '--json'], {
    readFile: (path) => (files[path] === undefined ? undefined : new TextEncoder().encode(files[path])),
    writeFile: () => undefined,
    stdout: (written) => void (out += written),
    stderr: (written) => void (err += written),
    now: () => 0,
  });
  return { status, out, err };
}

describe('the fast engine and the reference engine say the same', () => {
  test.each(SAMPLES.map((sample, n) => [sample.name, sample, n] as const))(
    '%s',
    { timeout: 60_000 },
    (_, sample, n) => {
      const runs: [machine: string, level: string][] = [[sample.machine, '-O2']];
      // Every second one, for the sake of time.
      if (n % 2 === 0) runs.push([ALONE[(n / 2) % ALONE.length] as string, n % 4 === 0 ? '-O0' : '-Os']);
      for (const [machine, level] of runs) {
        const expected = outcome(sample, machine, level, 'reference');
        const actual = outcome(sample, machine, level, 'fast');
        expect(actual.out).toBe(expected.out);
        expect(actual).toEqual(expected);
        // It is a run that is compared, not two refusals.
        const { instructions, cycles } = JSON.parse(expected.out) as { instructions: number; cycles: number };
        expect(Math.min(instructions, cycles)).toBeGreaterThan(100);
      }
    },
  );
});
