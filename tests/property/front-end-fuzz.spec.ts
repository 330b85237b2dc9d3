/**
 * No input makes the front end throw, hang or grow: random bytes, programs with random damage, and inputs built to hurt. FUZZ_COUNT sets how
 * many of each (the long run: 100000), FUZZ_SEED where they begin; a failure names its seed.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/core/base/random';
import { dumpAst, dumpSymbols, dumpTokens } from '../../src/core/compiler/dump';
import { compileFrontEnd, type FrontEndResult } from '../../src/core/compiler/front-end';
import { header, SAMPLES } from '../../programs/library';
import { HOSTILE } from './hostile';

const COUNT = Number(process.env.FUZZ_COUNT ?? 400);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const LIMIT_MS = Number(process.env.FUZZ_LIMIT_MS ?? 1000);

const compile = (text: string): FrontEndResult => compileFrontEnd([{ name: 'a.c', text }], { headers: header });

/** Compiles, and checks what must hold for every input. */
function check(text: string, seed: number | string): FrontEndResult {
  const started = performance.now();
  let result: FrontEndResult;
  try {
    result = compile(text);
  } catch (error) {
    throw new Error(`seed ${seed} throws ${String((error as Error).stack)}\non ${JSON.stringify(text.slice(0, 500))}`, {
      cause: error,
    });
  }
  const ms = performance.now() - started;
  if (ms > LIMIT_MS) throw new Error(`seed ${seed} takes ${ms} ms on ${JSON.stringify(text.slice(0, 500))}`);
  for (const { span, id } of result.diagnostics) {
    if (!(span.start >= 0 && span.end >= span.start))
      throw new Error(`seed ${seed}: ${id} has the span ${span.start}-${span.end}`);
  }
  return result;
}

const FRAGMENTS = [
  ...[
    'int ',
    'x',
    '*',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    ';',
    ',',
    '=',
    '+',
    '"',
    "'",
    '\\',
    '#',
    '##',
    '\n#define ',
    '\n#if ',
    '\n#endif\n',
    'struct ',
    'switch',
  ],
  ...[
    'case 1:',
    'goto ',
    '...',
    '->',
    '.',
    'sizeof',
    '0x',
    '1e5',
    '99999999999',
    '\n#include "a.c"\n',
    'typedef ',
    'return ',
    'for(',
    'else ',
    '/*',
    '*/',
    '//',
    '\0',
  ],
  ...[
    '\ud800',
    'ÿ',
    '(int)',
    '{0}',
    'static ',
    'extern ',
    'void ',
    'unsigned ',
    'long ',
    '?',
    ':',
    '&&',
    '<<',
    '[3]',
    '(void)',
    '= {',
    '.x = ',
    '__LINE__',
    'x(',
    'x)',
  ],
];

function damage(text: string, random: Random): string {
  let result = text;
  for (let n = 1 + random.below(6); n > 0; n--) {
    const at = random.below(result.length + 1);
    const length = random.below(random.below(4) === 0 ? 200 : 8);
    const insert =
      random.below(3) === 0 ? '' : (FRAGMENTS[random.below(FRAGMENTS.length)] as string).repeat(1 + random.below(2));
    const copied = random.below(4) === 0 ? result.slice(at, at + random.below(80)) : '';
    const target = random.below(result.length + 1);
    result = result.slice(0, at) + insert + result.slice(at + length);
    result = result.slice(0, target) + copied + result.slice(target);
  }
  return result;
}

describe('random input', () => {
  test(`${COUNT} random byte strings`, () => {
    for (let seed = SEED; seed < SEED + COUNT; seed++) {
      const random = new Random(seed, 'bytes');
      const length = random.below(400);
      let text = '';
      for (let i = 0; i < length; i++) text += String.fromCharCode(random.below(random.below(8) === 0 ? 0x10000 : 128));
      check(text, seed);
    }
  }, 1_200_000);

  test(`${COUNT} strings of fragments`, () => {
    for (let seed = SEED; seed < SEED + COUNT; seed++) {
      const random = new Random(seed, 'fragments');
      let text = '';
      for (let n = random.below(80); n > 0; n--) text += FRAGMENTS[random.below(FRAGMENTS.length)];
      check(text, seed);
    }
  }, 1_200_000);

  test(`${COUNT} damaged programs`, () => {
    for (let seed = SEED; seed < SEED + COUNT; seed++) {
      const random = new Random(seed, 'damage');
      const sample = SAMPLES[random.below(SAMPLES.length)] as { text: string };
      const result = check(damage(sample.text, random), seed);
      if (seed % 20 === 0)
        for (const dump of [dumpTokens, dumpAst, dumpSymbols]) expect(typeof dump(result)).toBe('string');
    }
  }, 1_200_000);
});

describe('inputs that are built to hurt end in a refusal within two seconds', () => {
  test.each(Object.entries(HOSTILE))('%s', (_name, text) => {
    const started = performance.now();
    const result = compile(text);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(result.diagnostics.length).toBeLessThan(320);
  });
});
