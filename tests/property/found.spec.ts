import { describe, expect, test } from 'vitest';
import { PASSES } from '../../src/core/compiler/5-optimizer/passes';
import { FOUND } from './programs/found';
import { judge, type Setting } from './programs/judges';
import { PRELUDE } from './programs/program';

/** Every level and every single pass left out, checked and run after every pass, with and without multiplier and bounds checks. */
const SETTINGS: readonly Setting[] = (['O0', 'O1', 'O2', 'Os'] as const).flatMap((level) => {
  const plain = { level, multiplier: true, unchecked: false, disabled: new Set<string>(), everyPass: true };
  const without = PASSES.map((pass) => ({ ...plain, disabled: new Set([pass.name]), everyPass: false }));
  return [plain, { ...plain, multiplier: false }, { ...plain, unchecked: true }, ...(level === 'O2' ? without : [])];
});

describe('programs that once were compiled wrongly', () => {
  test.each(FOUND.map(({ wrong, text }) => [wrong, text]))('%s', (_wrong, text) => {
    expect(judge(`${PRELUDE}${text}\n`, SETTINGS)).toMatchObject({ kind: 'agree' });
  });
});
