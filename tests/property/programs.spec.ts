/** The generator itself: what it makes covers the language, is the same for the same seed, compiles, and can be made small. */
import { describe, expect, test } from 'vitest';
import { header } from '../../programs/library';
import { compileFrontEnd } from '../../src/core/compiler/front-end';
import { C89, FREE, generateProgram, PRELUDE, STRICT } from './programs/program';
import { reduce } from './programs/reduce';

const errorsOf = (text: string) =>
  compileFrontEnd([{ name: 'a.c', text }], { headers: header }).diagnostics.filter((d) => d.severity === 'error');
const COUNT = 150;

/** What programs must be seen to contain. */
const PARTS: readonly RegExp[] = [
  ...['_Bool', 'signed char', 'unsigned char', 'short', 'unsigned', 'long', 'unsigned long'].map((t) =>
    RegExp(`\\b${t}\\b`),
  ),
  ...['struct', 'union', 'const', 'volatile', 'static', 'sizeof', 'goto', 'switch', 'case', 'default'].map((t) =>
    RegExp(`\\b${t}\\b`),
  ),
  ...['for', 'while', 'do', 'break', 'continue', 'return', 'if', 'else'].map((t) => RegExp(`\\b${t}\\b`)),
  ...['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', '<', '>', '<=', '>=', '==', '!=', '&&', '||', '?', ','].map(
    (operator) => RegExp(` ?${operator.replace(/[+*|^?]/g, '\\$&')} `),
  ),
  ...['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='].map((o) =>
    RegExp(` ${o.replace(/[+*|^]/g, '\\$&')} `),
  ),
  /\+\+\w/,
  /\w\+\+/,
  /--\w/,
  /\w--/,
  /->/,
  /\]\[/,
  /\(\*(const )?t\d+\[/,
  /\bp\d+ - 1\b/,
];

describe('generated programs', () => {
  test('are the same for the same seed', () => {
    expect(generateProgram(5, FREE).text(PRELUDE)).toBe(generateProgram(5, FREE).text(PRELUDE));
    expect(generateProgram(5, FREE).text(PRELUDE)).not.toBe(generateProgram(6, FREE).text(PRELUDE));
  });

  test.each([FREE, STRICT, C89])('compile, and use all of the language: $name', (profile) => {
    const texts = Array.from({ length: COUNT }, (_, i) => generateProgram(i, profile).text(''));
    for (const text of texts) expect(errorsOf(PRELUDE + text).map(({ message }) => message)).toEqual([]);
    const all = texts.join('');
    const absent = PARTS.filter((part) => !part.test(all)).map(String);
    expect(absent).toEqual(profile.bool ? [] : ['/\\b_Bool\\b/']);
  });

  test('become small while what matters stays', () => {
    const matters = (text: string) => text.includes(' << ') && errorsOf(text).length === 0;
    const large = Array.from({ length: 50 }, (_, i) => generateProgram(i, FREE)).find(
      (program) => program.text('').length > 3000 && matters(program.text(PRELUDE)),
    );
    if (!large) throw new Error('no large program has a shift');
    const small = reduce(large, (program) => matters(program.text(PRELUDE)));
    expect(small.text('').length).toBeLessThan(120);
  });
});
