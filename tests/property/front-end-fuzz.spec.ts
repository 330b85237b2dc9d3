/**
 * No input makes the compiler throw, hang or grow: random bytes, programs with random damage, and inputs built to hurt. FUZZ_COUNT sets how
 * many of each (the long run: 100000), FUZZ_SEED where they begin, FUZZ_LIMIT_MS how much processor time one may take (the
 * long run: 1000); a failure names its seed.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { header, librarySources, SAMPLES } from '../../programs/library';
import { Random } from '../../src/core/base/random';
import type { Diagnostic } from '../../src/core/base/diagnostic';
import { Compiler } from '../../src/core/compiler/compile';
import { dumpAst, dumpSymbols, dumpTokens } from '../../src/core/compiler/dump';
import { compileFrontEnd, type FrontEndResult } from '../../src/core/compiler/front-end';
import { HOSTILE } from './hostile';

const COUNT = Number(process.env.FUZZ_COUNT ?? 400);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** Wide open unless asked: a test must not fail because the computer is busy. */
const LIMIT_MS = Number(process.env.FUZZ_LIMIT_MS ?? 30_000);
const TEST_TIMEOUT_MS = 20_000_000;

const compiler = new Compiler({ header, sources: librarySources });
// The library is compiled once, before anything is measured.
beforeAll(() => {
  for (const level of ['O0', 'O1', 'O2', 'Os'] as const) compiler.archive({ level, multiplier: true });
}, TEST_TIMEOUT_MS);
const compile = (text: string): FrontEndResult => compileFrontEnd([{ name: 'a.c', text }], { headers: header });
/** To the image, at a level that the seed chooses. */
function compileAll(text: string, seed: number): readonly Diagnostic[] {
  const level = (['O0', 'O1', 'O2', 'Os'] as const)[seed % 4] as 'O0';
  const options = { level, disabledPasses: [], unchecked: false, multiplier: true };
  return compiler.compile([{ name: 'a.c', text }], options).diagnostics;
}

/** Runs a step of the compiler over an input, within the limit; what it throws is told with the seed. */
function guarded<T>(text: string, seed: number | string, step: (text: string) => T): T {
  const before = process.cpuUsage();
  let result: T;
  try {
    result = step(text);
  } catch (error) {
    throw new Error(`seed ${seed} throws ${String((error as Error).stack)}\non ${JSON.stringify(text.slice(0, 500))}`, {
      cause: error,
    });
  }
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  if (ms > LIMIT_MS) throw new Error(`seed ${seed} takes ${ms} ms on ${JSON.stringify(text.slice(0, 500))}`);
  return result;
}

/** Compiles, and checks what must hold for every input. */
function check(text: string, seed: number): FrontEndResult {
  if (COUNT >= 10_000 && (seed - SEED + 1) % 10_000 === 0) console.log(`${seed - SEED + 1} of ${COUNT}`);
  const result = guarded(text, seed, compile);
  for (const { span, id } of result.diagnostics) {
    if (!(span.start >= 0 && span.end >= span.start))
      throw new Error(`seed ${seed}: ${id} has the span ${span.start}-${span.end}`);
  }
  if (!result.hasErrors) guarded(text, seed, () => compileAll(text, seed));
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
  test(
    `${COUNT} random byte strings`,
    () => {
      for (let seed = SEED; seed < SEED + COUNT; seed++) {
        const random = new Random(seed, 'bytes');
        const length = random.below(400);
        let text = '';
        for (let i = 0; i < length; i++)
          text += String.fromCharCode(random.below(random.below(8) === 0 ? 0x10000 : 128));
        check(text, seed);
      }
    },
    TEST_TIMEOUT_MS,
  );

  test(
    `${COUNT} strings of fragments`,
    () => {
      for (let seed = SEED; seed < SEED + COUNT; seed++) {
        const random = new Random(seed, 'fragments');
        let text = '';
        for (let n = random.below(80); n > 0; n--) text += FRAGMENTS[random.below(FRAGMENTS.length)];
        check(text, seed);
      }
    },
    TEST_TIMEOUT_MS,
  );

  test(
    `${COUNT} damaged programs`,
    () => {
      for (let seed = SEED; seed < SEED + COUNT; seed++) {
        const random = new Random(seed, 'damage');
        const sample = SAMPLES[random.below(SAMPLES.length)] as { text: string };
        const result = check(damage(sample.text, random), seed);
        if (seed % 20 === 0)
          for (const dump of [dumpTokens, dumpAst, dumpSymbols]) expect(typeof dump(result)).toBe('string');
      }
    },
    TEST_TIMEOUT_MS,
  );
});

describe('inputs that are built to hurt', () => {
  test.each(Object.entries(HOSTILE))('%s', (name, text) => {
    const diagnostics = guarded(text, name, () => compileAll(text, 2));
    expect(diagnostics.length).toBeLessThan(320);
    for (const { message } of diagnostics) expect(message.length).toBeLessThan(1000);
  });
});
