import { describe, expect, test } from 'vitest';
import { portOf } from '../../isa/ports';
import { compileFrontEnd } from '../front-end';
import type { RunExit } from '../host';
import { interpretUnits } from './interpret';

/** Prints with a small library of its own, so that the judge depends on nothing else. */
const LIBRARY = `
static void put(int c) { __builtin_out(0x20, (unsigned char)c); }
static void number(unsigned long n) { if (n > 9) number(n / 10); put('0' + (int)(n % 10)); }
static void show(long n) { if (n < 0) put('-'); number(n < 0 ? -(unsigned long)n : n); put(' '); }
`;

function run(
  body: string,
  options: { stepLimit?: number; unchecked?: boolean } = {},
): { output: string; exit: RunExit } {
  const library = LIBRARY.replace('0x20', 'CONSOLE_DATA');
  const text = `#include <ports.h>\n${library}\n${body}`;
  const result = compileFrontEnd([{ name: 'a.c', text }], {
    headers: (name) => (name === 'ports.h' ? `#define CONSOLE_DATA ${CONSOLE}` : undefined),
    unchecked: options.unchecked ?? false,
  });
  expect(result.diagnostics.filter((d) => d.severity === 'error').map((d) => d.message)).toEqual([]);
  const ran = interpretUnits(result.units, options.stepLimit === undefined ? {} : { stepLimit: options.stepLimit });
  return { output: String.fromCharCode(...ran.output).trim(), exit: ran.exit };
}
const CONSOLE = portOf('CONSOLE_DATA');
const output = (body: string) => run(body).output;
const main = (text: string) => `int main(void) { ${text} return 0; }`;

describe('what C leaves open', () => {
  test('arithmetic wraps at 16 and 32 bits', () => {
    expect(
      output(main('int a = 32767; a++; show(a); long l = 2147483647; l++; show(l); unsigned u = 0; u--; show(u);')),
    ).toBe('-32768 -2147483648 65535');
  });
  test('a shift by the width or more gives 0, or -1 for a negative value to the right', () => {
    expect(
      output(main('int n = 16, m = -4; long k = -1; show(1 << n); show(m >> n); show(k >> 40); show(5u >> n);')),
    ).toBe('0 -1 -1 0');
  });
  test('MIN / -1 wraps and division truncates toward zero', () => {
    expect(output(main('int a = -32768, b = -1, c = -7; show(a / b); show(c / 2); show(c % 2);'))).toBe('-32768 -3 -1');
  });
  test('operands and arguments are evaluated from left to right; a compound assignment reads its left side last', () => {
    const code = `int n; int next(void) { return ++n; } int two(int a, int b) { return a * 10 + b; }`;
    expect(
      output(
        `${code} ${main('show(two(next(), next())); int x = 1; show(x + (x = 5)); x = 2; x += (x = 7, 1); show(x);')}`,
      ),
    ).toBe('12 6 8');
  });
  test('locals without a value are zero, each time their declaration is reached', () => {
    expect(output(main('for (int i = 0; i < 3; i++) { int n; int a[2]; show(n++ + a[1]++); }'))).toBe('0 0 0');
  });
  test.each([
    ['int z = 0; return 5 / z;', 'division-by-zero'],
    ['int a[3], i = 3; a[i] = 1;', 'bounds'],
    ['int a[3], i = -1; show(a[i]);', 'bounds'],
    ['int *p = 0; *p = 1;', 'null-access'],
    ['char *s = "x"; s[0] = 1;', 'code-write'],
  ])('%s traps', (text, trap) => {
    expect(run(main(text)).exit).toMatchObject({ kind: 'trap', trap });
  });
  test('unchecked leaves the bounds check out, and &a[n] is no access', () => {
    expect(run(main('int a[3], b[3], i = 3; b[0] = a[i] = 1;'), { unchecked: true }).exit.kind).toBe('halt');
    expect(run(main('int a[3], i = 3; int *end = &a[i]; show(end - a);')).output).toBe('3');
  });
});

describe('the language', () => {
  test('switch with fall through, default in the middle, and a loop around cases', () => {
    const code =
      'int f(int n) { int r = 0; switch (n) { case 1: r += 1; default: r += 10; case 3: r += 100; break; case 4: r = 5; } return r; }';
    expect(output(`${code} ${main('show(f(1)); show(f(3)); show(f(4)); show(f(9));')}`)).toBe('111 100 5 110');
    const duff =
      'int c(int n) { int k = 0, m = (n + 3) / 4; switch (n % 4) { case 0: do { k++; case 3: k++; case 2: k++; case 1: k++; } while (--m > 0); } return k; }';
    expect(output(`${duff} ${main('for (int i = 1; i < 12; i++) show(c(i));')}`)).toBe('1 2 3 4 5 6 7 8 9 10 11');
  });
  test('goto forward, backward, and out of loops', () => {
    expect(
      output(
        main(
          'int i = 0; again: if (i < 3) { show(i); i++; goto again; } for (;;) { for (;;) goto out; } out: show(9);',
        ),
      ),
    ).toBe('0 1 2 9');
  });
  test('structs by value, in returns, arguments and unions', () => {
    const code =
      'struct p { int x; long y; char z[3]; }; struct p make(int x) { struct p p = { x, x * 2L, "ab" }; return p; } long sum(struct p p) { p.x++; return p.x + p.y + p.z[1]; }';
    expect(
      output(
        `${code} ${main('struct p a = make(3), b; b = a; a.x = 100; show(b.x); show(sum(b)); show(b.x); show(make(7).y); union { long l; unsigned char b[4]; } u; u.l = 0x01020304; show(u.b[3]);')}`,
      ),
    ).toBe('3 108 3 14 1');
  });
  test('designators, left-out braces and compound literals', () => {
    const code =
      'struct n { int a; struct { int b, c; } in; int d[3]; }; struct n g = { .in.c = 4, { 7 }, .a = 1 }; int m[2][3] = { 1, 2, 3, { 4 } }; int e[] = { [4] = 9, 10 };';
    expect(
      output(
        `${code} ${main('show(g.a); show(g.in.b); show(g.in.c); show(g.d[0]); show(m[0][2] + m[1][0]); show(sizeof e / sizeof *e); int *p = (int[]){ 5, 6 }; show(p[1]);')}`,
      ),
    ).toBe('1 0 4 7 7 6 6');
  });
  test('variadic functions, with longs among the arguments', () => {
    const code =
      'long sum(int n, ...) { __builtin_va_list ap; long s = 0; __builtin_va_start(ap, n); while (n--) { s += __builtin_va_arg(ap, int); s += __builtin_va_arg(ap, long); } __builtin_va_end(ap); return s; }';
    expect(output(`${code} ${main("show(sum(2, 'a', 100000L, 3, -1L));")}`)).toBe('100099');
  });
  test('function pointers in tables', () => {
    const code =
      'int add(int a, int b) { return a + b; } int sub(int a, int b) { return a - b; } int (*ops[])(int, int) = { add, &sub };';
    expect(output(`${code} ${main('for (int i = 0; i < 2; i++) show(ops[i](7, 3) + (*ops[i])(1, 1));')}`)).toBe('12 4');
  });
  test('promotions: a char sum is an int, and conversion back wraps', () => {
    expect(
      output(
        main(
          'unsigned char a = 200, b = 100; show(a + b); a += b; show(a); signed char c = -1; show(c); show((unsigned char)c); _Bool t = 256; show(t);',
        ),
      ),
    ).toBe('300 44 -1 255 1');
  });
  test('an endless loop ends at the step limit, an endless recursion on the stack', () => {
    expect(run(main('for (;;) ;'), { stepLimit: 1000 }).exit).toEqual({ kind: 'limit' });
    const exit = run(
      'int f(int n) { int big[4000]; big[0] = n; return f(n + 1) + big[0]; } int main(void) { return f(0); }',
    ).exit;
    expect(exit).toMatchObject({ kind: 'trap', trap: 'stack-overflow' });
  });
});
