import { describe, expect, test } from 'vitest';
import { compileFrontEnd } from '../front-end';

const diagnostics = (text: string) =>
  compileFrontEnd([{ name: 'a.c', text }], { headers: () => undefined }).diagnostics;
const ids = (text: string) => diagnostics(text).map(({ id }) => id);

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

describe('a type that is not known', () => {
  test.each([
    ['size_t n;', '`size_t` is not the name of a type: it comes from <stddef.h>'],
    ['uint8_t n;', '`uint8_t` is not the name of a type: it comes from <stdint.h>'],
    ['constructor n;', '`constructor` is not the name of a type'],
  ])('%s', (text, message) => {
    expect(diagnostics(text)[0]?.message).toBe(message);
  });
});

test.each([
  ['int first(int a[__restrict 3], int b[static __const 2], int c[__volatile__]);', []],
  ['int x __asm("r1");', ['not-in-language']],
  ['int f(void) asm("g") __attribute__((unused));', ['not-in-language']],
])('every spelling of a keyword: %s', (text, expected) => {
  expect(ids(text)).toEqual(expected);
});
