import { describe, expect, test } from 'vitest';
import { compileFrontEnd } from '../front-end';

const compile = (text: string, files: Readonly<Record<string, string>> = {}) =>
  compileFrontEnd([{ name: 'a.c', text }, ...Object.entries(files).map(([name, body]) => ({ name, text: body }))], {
    headers: (name) => (name === 'lib.h' ? '#pragma once\nint from_lib;\n' : undefined),
  });
/** Spellings of the tokens after preprocessing. */
function tokens(text: string, files?: Readonly<Record<string, string>>): string {
  const result = compile(text, files);
  const [part] = result.parts;
  const { tokens: buffer } = part!;
  return Array.from({ length: buffer.count - 1 }, (_, i) =>
    buffer.kind[i] === 1 ? result.names.names[buffer.value[i]!] : buffer.spelling(i, result.sourceMap) || '?',
  ).join(' ');
}
const ids = (text: string, files?: Readonly<Record<string, string>>) =>
  compile(text, files).diagnostics.map(({ id }) => id);

describe('macros', () => {
  // The examples of C99 6.10.3.5, which fix the order of expansion.
  test('example 3 of the standard', () => {
    const text = `#define x 3
#define f(a) f(x * (a))
#undef x
#define x 2
#define g f
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
#define p() int
#define q(x) x
#define r(x,y) x ## y
#define str(x) # x
f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
g(x+(3,4)-w) | h 5) & m
(f)^m(m);
p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
char c[2][6] = { str(hello), str() };`;
    expect(tokens(text).replace(/ /g, '')).toBe(
      'f(2*(y+1))+f(2*(f(2*(z[0]))))%f(2*(0))+t(1);f(2*(2+(3,4)-0,1))|f(2*(~5))&f(2*(0,1))^m(0,1);inti[]={1,23,4,5,};charc[2][6]={"hello",""};',
    );
  });
  test('example 4: strings, and pasting before expansion', () => {
    const text = `#define str(s) # s
#define xstr(s) str(s)
#define INCFILE(n) vers ## n
#define glue(a, b) a ## b
#define xglue(a, b) glue(a, b)
#define HIGHLOW "hello"
#define LOW LOW ", world"
str(strncmp("abc\\0d", "abc", '\\4') == 0) xstr(INCFILE(2).h) glue(HIGH, LOW); xglue(HIGH, LOW)`;
    expect(tokens(text)).toBe(
      '"strncmp(\\"abc\\\\0d\\", \\"abc\\", \'\\\\4\') == 0" "vers2.h" "hello" ; "hello" ", world"',
    );
  });
  test('variable arguments', () => {
    expect(
      tokens('#define p(f, ...) g(f, __VA_ARGS__)\n#define e(f, ...) g(f, ## __VA_ARGS__)\np("a", 1, (2, 3)) e("b")'),
    ).toBe('g ( "a" , 1 , ( 2 , 3 ) ) g ( "b" )');
  });
  test('a name that comes out of a macro takes its arguments from the text behind', () => {
    expect(tokens('#define f(x) <x>\n#define g f\ng (1) g')).toBe('< 1 > f');
  });
  test('tokens know where they are spelled and where the reader sees them', () => {
    const text = '#define TWICE(n) ((n) * 2)\nint a = TWICE(b);';
    const { parts } = compile(text);
    const { tokens: t } = parts[0]!;
    const star = Array.from({ length: t.count }, (_, i) => i).find((i) => t.start[i] === 1 + text.indexOf('* 2'))!;
    expect(t.place[star]).toBe(1 + text.indexOf('TWICE(b)'));
    expect(t.placeEnd[star]).toBe(1 + text.indexOf(';'));
    const b = Array.from({ length: t.count }, (_, i) => i).find((i) => t.start[i] === 1 + text.indexOf('b);'))!;
    expect(t.place[b]).toBe(t.start[b]);
    expect(parts[0]!.expansions).toMatchObject([{ args: ['b'], result: '((b) * 2)', depth: 0 }]);
  });
});

describe('directives', () => {
  test('groups that are left out are not looked at', () => {
    expect(tokens("#if 0\nit's @ fine\n#if 1\nx\n#else\ny\n#endif\n#elif 1\na\n#elif 1\nb\n#else\nc\n#endif")).toBe(
      'a',
    );
    expect(ids("#if 0\nit's @ fine\n#error no\n#include <no.h>\n#endif\nint a;")).toEqual([]);
  });
  test.each([
    ['1 + 2 * 3 == 7', true],
    ['defined A && defined(B)', false],
    ['-1 > 0u', true],
    ['(2 || 1 / 0) && !(0 && 1 / 0)', true],
    ['1 ? 0 : 1', false],
    ["'a' == 97 && 0x10 == 020", true],
    ['-1 >> 1 == -1', true],
    ['UNKNOWN', false],
    ['A(2) == 4', true],
  ])('#if %s', (condition, expected) => {
    expect(tokens(`#define A(x) ((x) * 2)\n#if ${condition}\nyes\n#else\nno\n#endif`)).toBe(expected ? 'yes' : 'no');
  });
  test('#include: own files beside the including one first, each header once with #pragma once', () => {
    expect(
      tokens('#include <lib.h>\n#include <lib.h>\n#include "d/x.h"\n', {
        'd/x.h': '#include "y.h"\n',
        'd/y.h': 'int y;',
        'y.h': 'int no;',
      }),
    ).toBe('int from_lib ; int y ;');
  });
  test('__LINE__, __FILE__ and #line', () => {
    expect(tokens('__LINE__ __FILE__\n#line 100 "b.c"\n__LINE__ __FILE__\n\n__LINE__')).toBe('1 "a.c" 100 "b.c" 102');
  });
  test('names may have letters of any script', () => {
    expect(tokens('int größe = дом_1 + 変数(π) - 𝒙;')).toBe('int größe = дом_1 + 変数 ( π ) - 𝒙 ;');
    expect(ids('int größe; int f(void) { return größe; }')).toEqual([]);
    expect(ids('int a €b;')).toContain('stray-character');
  });
  test('#pragma push_macro and pop_macro', () => {
    const text = '#define A 1\n#pragma push_macro("A")\n#undef A\n#define A 2\nA\n#pragma pop_macro("A")\nA';
    expect(tokens(text)).toBe('2 1');
    expect(tokens('#pragma push_macro("B")\n#define B 1\n#pragma pop_macro("B")\nB\n#pragma pop_macro("B")\nB')).toBe(
      'B B',
    );
  });
  test('lines joined by a backslash keep their places', () => {
    const text = 'int a\\\nb = 1; \\\n@';
    const { diagnostics, parts, sourceMap } = compile(text);
    expect(parts[0]!.typed.scope.symbols.has('ab')).toBe(true);
    expect(sourceMap.place(diagnostics[0]!.span.start)).toMatchObject({ line: 3, column: 1 });
  });
  test.each([
    ['#if 1\nint a;', 'conditional-unterminated'],
    ['#endif', 'conditional-without-if'],
    ['#if 1\n#else\n#else\n#endif', 'conditional-after-else'],
    ['#if 1 +\n#endif', 'condition-syntax'],
    ['#if 1 / 0\n#endif', 'condition-syntax'],
    ['#define 1', 'macro-name'],
    ['#define f(a, a) a', 'macro-parameters'],
    ['#define f(a) #b', 'bad-stringise'],
    ['#define f a ##', 'paste-at-edge'],
    ['#define f(a) a\nint x = f(1, 2);', 'macro-arguments'],
    ['#define f(a) a\nint x = f(1', 'macro-call-unterminated'],
    ['#define A 1\n#define A 2', 'macro-redefined'],
    ['#include x', 'include-syntax'],
    ['#include <no.h>', 'header-not-found'],
    ['#include <toString>', 'header-not-found'],
    ['#include <math.h>', 'no-such-standard-header'],
    ['#frobnicate', 'unknown-directive'],
    ['#error stop', 'user-error'],
    ['#line x', 'line-syntax'],
  ])('%s gives %s', (text, id) => {
    expect(ids(text)).toContain(id);
  });
});
