/**
 * What other compilers take and this language does not is refused by name, in one message: never compiled into something else, and without
 * complaints that follow from the first.
 */
import { describe, expect, test } from 'vitest';
import { header } from '../../programs/library';
import { compileFrontEnd } from '../../src/core/compiler/front-end';

const main = (body: string): string => `int main(void) { ${body} return 0; }`;

/** Program, then what its one error says. */
const REFUSED: readonly (readonly [program: string, message: RegExp])[] = [
  ['float f; int main(void) { return 0; }', /floating point is not in this language: `float`/],
  ['double f(int x); int main(void) { return 0; }', /floating point .*`double`/],
  [main('int x = 1.5;'), /floating point .*`1\.5`/],
  [main('int x = 1e3;'), /floating point .*`1e3`/],
  [main('int x = 0x1p4;'), /floating point .*`0x1p4`/],
  ['#include <math.h>\nint main(void) { return 0; }', /<math\.h> is not in this language: there is no floating point/],
  ['long long x; int main(void) { return 0; }', /`long long` is not in this language/],
  [main('unsigned long long int x = 1;'), /`long long` is not in this language/],
  [main('long x = 1LL;'), /`long long` is not in this language/],
  ['#include <stdint.h>\nint64_t x; int main(void) { return 0; }', /`long long` is not in this language/],
  ['#include <stdint.h>\n' + main('int x = sizeof(uint64_t);'), /`long long` is not in this language/],
  ['struct { int a : 3; } s; int main(void) { return 0; }', /bit-fields are not in this language/],
  ['struct { unsigned : 3; } s; int main(void) { return 0; }', /bit-fields/],
  [main('int n = 3; int a[n]; a[0] = n;'), /arrays of variable length are not in this language/],
  ['void f(int n, int a[*]); int main(void) { return 0; }', /arrays of variable length/],
  ['int f(a, b) int a; char b; { return a + b; } int main(void) { return f(1, 2); }', /K&R/],
  ['int f(a)\n  int a;\n{ return a; }\nint main(void) { return f(1); }', /K&R/],
  [main('goto in; { int x = 1; in: x++; }'), /goto into a scope with initialisers/],
  ['#include <setjmp.h>\nint main(void) { return 0; }', /<setjmp\.h> .*setjmp is left out/],
  [main('int x = ({ int y = 2; y; });'), /a block as an expression is not in this language/],
  [main('switch (3) { case 1 ... 5: break; }'), /a range of cases/],
  ['int a[] = { [0 ... 3] = 2 }; int main(void) { return 0; }', /a range of indices/],
  ['struct s { int a, b; } s = { b: 3 }; int main(void) { return 0; }', /`name:` as a designator/],
  [main('void *p = &&out; out: ;'), /taking the address of a label/],
  [main('void *p = 0; goto *p;'), /`goto` to a computed address/],
  [main('int x = 0 ?: 1;'), /`\?:` without a middle/],
  [main('int f(int x) { return x; } f(1);'), /a function inside a function/],
  ['void f(int n, int a[n++]) {} int main(void) { return 0; }', /arrays of variable length/],
  ['typedef int v4 __attribute__((vector_size(8))); int main(void) { return 0; }', /the attribute `vector_size`/],
  ['int x __attribute__((__aligned__(8))); int main(void) { return 0; }', /the attribute `aligned`/],
  ['__attribute__((constructor)) void first(void) {} int main(void) { return 0; }', /the attribute `constructor`/],
  ['__complex__ int z; int main(void) { return 0; }', /`_Complex` is not in this language/],
  [main('int x = 0; typeof(x) y = x;'), /`typeof` is not in this language/],
  ['_Complex x; int main(void) { return 0; }', /`_Complex`/],
  ['_Atomic int x; int main(void) { return 0; }', /`_Atomic`/],
  ['_Thread_local int x; int main(void) { return 0; }', /`_Thread_local`/],
  ['_Alignas(8) int x; int main(void) { return 0; }', /`_Alignas`/],
  [main('asm("add %0, 1" : "+r" (main));'), /`asm` with operands/],
  ['#define P(f, args...) f(args)\nint main(void) { return 0; }', /a name for `\.\.\.`/],
  [
    '#include <stdio.h>\n' + main('FILE *f = fopen("x", "r"); (void)f;'),
    /`fopen` is not in this C library: .*no files/,
  ],
  [main('int x = sqrt(4);'), /`sqrt` is not in this C library: there is no floating point/],
  [main('int x; scanf("%d", &x);'), /`scanf` is not in this C library: .*getchar/],
  [main('char *p = alloca(3);'), /`alloca` is not in this C library/],
];

describe('refused by name', () => {
  test.each(REFUSED)('%s', (text, message) => {
    const { diagnostics } = compileFrontEnd([{ name: 'a.c', text }], { headers: header });
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((error) => error.message)).toEqual([expect.stringMatching(message)]);
  });
});
