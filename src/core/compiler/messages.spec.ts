import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MESSAGES } from './messages';

test('every message is said somewhere', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n');
  // In messages.ts an id that is said stands a second time.
  const silent = Object.keys(MESSAGES).filter((id) => {
    const count = sources.split(`'${id}'`).length - 1;
    return count < (sources.includes(`\n  ${id}: {`) ? 1 : 2);
  });
  expect(silent).toEqual([]);
});
