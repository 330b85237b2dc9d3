import { describe, expect, test } from 'vitest';
import { compileFrontEnd } from '../front-end';

const ids = (text: string) =>
  compileFrontEnd([{ name: 'a.c', text }], { headers: () => undefined }).diagnostics.map(({ id }) => id);

describe('brackets that are skipped', () => {
  test.each([
    ['int x __attribute__((unused))', ['expected-after']],
    ['int x __attribute__((unused)', ['unclosed-bracket']],
    ['int x __attribute__((aligned(2), unused));', ['not-in-language']],
    ['int f(void) { return ({ f(); 1; }); }', ['not-in-language']],
  ])('%s', (text, expected) => {
    expect(ids(text)).toEqual(expected);
  });
});
