/**
 * No input makes the front end throw, hang or grow: random bytes, programs with random damage, and inputs built to hurt. FUZZ_COUNT sets how
 * many of each (the long run: 100000), FUZZ_SEED where they begin; a failure names its seed.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/core/base/random';
import { dumpAst, dumpSymbols, dumpTokens } from '../../src/core/compiler/dump';
import { compileFrontEnd, type FrontEndResult } from '../../src/core/compiler/front-end';
import { header, SAMPLES } from '../../programs/library';

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
  const nest = (open: string, middle: string, close: string, n = 100_000) => open.repeat(n) + middle + close.repeat(n);
  const expression = (text: string) => `int main(void) { return ${text}; }`;
  const doubling = Array.from({ length: 40 }, (_, i) => `#define A${i + 1} A${i} A${i}`).join('\n');
  const chain = Array.from({ length: 20_000 }, (_, i) => `#define B${i + 1} B${i}`).join('\n');
  const CASES: Readonly<Record<string, string>> = {
    'ten megabytes': 'int x;\n'.repeat(1_500_000),
    'a line of a million characters': `int ${'x'.repeat(1_000_000)} 5;`,
    'a million spaces, then an error': `${' '.repeat(1_000_000)}@`,
    'nested round brackets': expression(nest('(', '1', ')')),
    'nested braces': `int main(void) ${nest('{', '', '}')}`,
    'nested square brackets': expression(nest('a[', '1', ']')),
    'unclosed brackets': '('.repeat(100_000),
    'nested calls': expression(nest('f(', '1', ')')),
    'unary operators': expression(`${'!'.repeat(100_000)}1`),
    'a long sum': expression(`1${'+1'.repeat(100_000)}`),
    'a long chain of members': expression(`a${'.b'.repeat(100_000)}`),
    'a long chain of assignments': expression(`${'a='.repeat(100_000)}1`),
    'nested conditionals': expression(`${'1?1:'.repeat(100_000)}1`),
    'nested initialisers': `int a = ${nest('{', '1', '}')};`,
    'else if': `int main(void) { ${'if (1) ; else '.repeat(100_000)} ; }`,
    'nested loops': `int main(void) { ${'for (;;) '.repeat(100_000)} ; }`,
    labels: `int main(void) { ${'a: '.repeat(100_000)} ; }`,
    'nested declarators': `int ${nest('(', 'x', ')')};`,
    stars: `int ${'*'.repeat(100_000)}x;`,
    'functions that return functions': `int f${'(void)'.repeat(100_000)};`,
    dimensions: `int a${'[1]'.repeat(100_000)};`,
    'nested structs': `${'struct { '.repeat(100_000)} int x; ${'} a;'.repeat(100_000)}`,
    casts: expression(`${'(int)'.repeat(100_000)}1`),
    sizeof: expression(`${'sizeof '.repeat(100_000)}1`),
    commas: expression(`1${',1'.repeat(100_000)}`),
    NULs: '\0'.repeat(100_000),
    'lone surrogates': `char *s = "${'\ud800'.repeat(50_000)}"; \udc00`,
    'a file that includes itself': '#include "a.c"\n',
    'a file that includes itself twice': '#include "a.c"\n#include "a.c"\n',
    'a macro that doubles': `#define A0 x\n${doubling}\nint a = A40;`,
    'a macro that calls itself with more':
      '#define F(x) F(x x) F(x x)\n#define G(x) F(F(F(F(F(F(F(F(F(F(F(F(x))))))))))))\nint a = G(G(G(1)));',
    'a long chain of macros': `#define B0 1\n${chain}\nint a = B20000;`,
    'nested macro calls': `#define I(x) x\nint a = ${nest('I(', '1', ')', 20_000)};`,
    'nested conditions': '#if 1\n'.repeat(100_000),
    'a condition with brackets': `#if ${nest('(', '1', ')')}\n#endif\n`,
    'a condition with operators': `#if ${'!'.repeat(100_000)}1\n#endif\n`,
    'many errors': '@ $ int int int ) ( ; '.repeat(20_000),
    'many names': Array.from({ length: 40_000 }, (_, i) => `int v${i} = w${i};`).join('\n'),
    'many cases': expression(
      `0; switch (1) { ${Array.from({ length: 30_000 }, (_, i) => `case ${i}:`).join('\n')} ; }`,
    ),
    'many enumerators': `enum { ${Array.from({ length: 60_000 }, (_, i) => `e${i}`).join(', ')} };`,
    'a large array': 'char a[65000]; char b[65000]; char c[65000]; int d[100000];',
    'many large arrays': Array.from({ length: 5_000 }, (_, i) => `char a${i}[65000] = {1};`).join('\n'),
    'a large designator': 'char a[] = { [4000000000] = 1, [65000] = 2 };',
    'many strings': `char *a[] = { ${'"abc" '.repeat(50_000)} };`,
    'large structs': `struct s0 { char c[60000]; }; ${Array.from({ length: 100 }, (_, i) => `struct s${i + 1} { struct s${i} a, b; };`).join(' ')}`,
    'a struct of empty structs': 'struct e {}; struct e a[60000] = { 1, 2, 3 }; struct e b[] = { {}, {}, };',
    'an unterminated comment': `/*${'x'.repeat(100_000)}`,
    'an unterminated string': `char *s = "${'x'.repeat(100_000)}`,
    backslashes: '\\\n'.repeat(200_000),
    escapes: `char *s = "${'\\q'.repeat(50_000)}";`,
    'open comments': '/*/'.repeat(100_000),
    exponents: `int x = 1${'e'.repeat(100_000)}+1;`,
    'many exponents': `int x = ${'1e'.repeat(30_000)}${'e+'.repeat(30_000)};`,
    'if without end': `int main(void) { ${'if ('.repeat(50_000)}`,
    'do without while': `int main(void) { ${'do '.repeat(50_000)}`,
    'many parameters': `int f(${'int,'.repeat(50_000)}int);`,
    scopes: `int main(void) { ${'{ int a; } '.repeat(50_000)} }`,
    gotos: `int main(void) { ${Array.from({ length: 3_000 }, (_, i) => `int v${i} = 1; goto l${i}; l${i}: ;`).join('\n')} }`,
    'uninitialised variables': `int main(void) { ${Array.from({ length: 299 }, (_, i) => `int v${i};`).join(' ')} ${'if (v1 && v2) v3 = 1; else v4 = 2; '.repeat(2_000)} return v9; }`,
  };
  for (const [name, text] of Object.entries(CASES)) {
    test(name, () => {
      const started = performance.now();
      const result = compile(text);
      expect(performance.now() - started).toBeLessThan(2000);
      expect(result.diagnostics.length).toBeLessThan(320);
    });
  }
});
