/** Each pass of the optimiser matters: on its sample the figure that the documentation names gets better, and the output stays. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PASSES } from '../../src/core/compiler/5-optimizer/passes';
import { measureCase, PASS_CASES } from '../bench/passes';

describe('passes on their samples', () => {
  test.each(PASS_CASES.map((row) => [row.pass, row.sample, row] as const))('%s on %s', (_pass, _sample, row) => {
    const { with: after, without } = measureCase(row);
    expect(after.output).toBe(without.output);
    expect(after[row.figure]).toBeLessThan(without[row.figure]);
  });

  test('every pass has a sample, and docs/optimiser.md has its row', () => {
    expect(PASS_CASES.map((row) => row.pass).sort()).toEqual(PASSES.map((pass) => pass.name).sort());
    const docs = readFileSync(new URL('../../docs/optimiser.md', import.meta.url), 'utf8');
    for (const { pass, sample } of PASS_CASES)
      expect(docs).toMatch(new RegExp(`^\\| ${pass} +\\| ${sample}\\.c +\\|`, 'm'));
  });
});
