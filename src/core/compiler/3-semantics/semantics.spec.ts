import { describe, expect, test } from 'vitest';
import { dumpSymbols } from '../dump';
import { compileFrontEnd } from '../front-end';
import { typeText } from './types';

const compile = (text: string) => compileFrontEnd([{ name: 'a.c', text }], { headers: () => undefined });
const ids = (text: string) => compile(text).diagnostics.map(({ id }) => id);
const body = (text: string) => ids(`int f(int); void g(void); int main(void) { ${text} return 0; }`);

describe('errors', () => {
  test.each([
    ['x = 1;', 'undeclared-name'],
    ['int a; int a;', 'redeclared'],
    ['f(1, 2);', 'argument-count'],
    ['f("a", 1);', 'argument-count'],
    ['struct s a; a.x = 1;', 'incomplete-type'],
    ['1 = 2;', 'not-lvalue'],
    ['const int a = 1; a = 2;', 'assign-const'],
    ['int a[2], b[2]; a = b;', 'assign-array'],
    ['int a; a.x = 1;', 'not-a-record'],
    ['int a; *a = 1;', 'not-a-pointer'],
    ['int a; a(1);', 'not-a-function'],
    ['struct s { int x; } a; int b = a;', 'cannot-convert'],
    ['struct s { int x; } a; if (a) ;', 'not-scalar'],
    ['int *p; p * 2;', 'bad-operands'],
    ['break;', 'break-outside'],
    ['continue;', 'continue-outside'],
    ['case 1: ;', 'case-outside-switch'],
    ['switch (1) { case 1: case 1: ; }', 'duplicate-case'],
    ['goto no;', 'undeclared-label'],
    ['int a[2] = { 1, 2, 3 };', 'too-many-initialisers'],
    ['char a[2] = "abc";', 'string-too-long'],
    ['static int a = f(1);', 'not-constant'],
    ['g() + 1;', 'bad-operands'],
    ['void v;', 'void-variable'],
    ['int a[0];', 'bad-array-size'],
    ['_Static_assert(sizeof(int) == 4, "wide");', 'static-assert'],
    ['int h(int a, char a);', 'redeclared'],
  ])('%s gives %s', (text, id) => {
    expect(body(text)).toContain(id);
  });
  test('several are reported in one go, each once', () => {
    const text =
      'int main(void) {\n  int a = 1\n  b = 2;\n  b = 3;\n  return c;\n}\nint d = ;\nint main2(void) { return ee }';
    const { diagnostics, sourceMap } = compile(text);
    const lines = diagnostics.map(({ id, span }) => `${sourceMap.place(span.start).line} ${id}`);
    expect(lines).toEqual([
      '2 expected-after',
      '3 undeclared-name',
      '5 undeclared-name',
      '7 expected-expression',
      '8 undeclared-name',
      '8 expected-after',
    ]);
  });
  test('a tag that is defined inside its own definition is another type', () => {
    const use = 'int main(void) { struct n a; a = a; union u b; b = b; return B; }';
    const record = 'struct n { struct n { int x; } y, *z; };';
    expect(ids(`${record} union u { union u { int x; } y; }; enum e { A = sizeof(enum e { B }) }; ${use}`)).toEqual([
      'redefined',
      'redefined',
      'redefined',
    ]);
    expect(ids('struct n { struct n *next; struct { struct n *up; } in; }; struct n x;')).toEqual([]);
  });

  test('fixes: did you mean, a missing semicolon, -> for .', () => {
    const fix = (text: string) => compile(text).diagnostics[0]?.fix?.edits[0]?.text;
    expect(fix('int main(void) { int count = 1; return conut; }')).toBe('count');
    expect(fix('int a')).toBe(';');
    expect(fix('struct s { int x; }; int f(struct s *p) { return p.x; }')).toBe('->');
    expect(fix('int main(void) { puts("a"); return 0; }')).toBe('#include <stdio.h>\n');
  });
});

describe('warnings', () => {
  test.each([
    ['int a; return a;', 'maybe-uninitialised'],
    ['int a; if (f(1)) a = 1; return a;', 'maybe-uninitialised'],
    ['char c = 300; f(c);', 'value-changes'],
    ['int a = 30000 + 30000; f(a);', 'constant-overflow'],
    ['int a = 1 << 16; f(a);', 'shift-too-far'],
    ['int a = f(1) / 0; f(a);', 'division-by-zero'],
    ['int a[3]; a[3] = 1;', 'index-outside'],
    ['int a = 1; unsigned b = 2; if (a < b) f(1);', 'sign-compare'],
    ['int a = 0; if (a = 1) f(a);', 'assignment-in-condition'],
    ['if (f(1)); f(2);', 'empty-body'],
    ['f(1) == 2;', 'no-effect'],
    ['int *p = 5; f(*p);', 'int-to-pointer'],
    ['char *p = 0; int *q = p; f(*q);', 'pointer-mismatch'],
    ['const char *p = 0; char *q = p; f(*q);', 'drops-qualifier'],
    ['int unused;', 'unused-variable'],
    ['enum { A = 0xffffffff, B }; f(B);', 'constant-overflow'],
  ])('%s gives %s', (text, id) => {
    expect(body(text)).toContain(id);
  });
  test('no false alarms', () => {
    expect(body('int a; if (f(1)) a = 1; else a = 2; f(a);')).toEqual([]);
    expect(body('int a; for (;;) { a = f(1); if (a) break; } f(a);')).toEqual([]);
    expect(body('int a; switch (f(1)) { case 1: a = 1; break; default: a = 2; } f(a);')).toEqual([]);
    expect(
      body('unsigned char c = -1; signed char d = 255; f(c + d); unsigned u = 5; if (u < 7) f(1); if ((c = 3)) f(c);'),
    ).toEqual([]);
    expect(ids('int f(int n) { while (1) if (n++ > 5) return n; }')).toEqual([]);
    expect(ids('int f(int n) { if (n) return 1; else return 2; }')).toEqual([]);
    expect(ids('int f(int n) { if (n) return 1; }')).toEqual(['missing-return']);
  });
});

describe('what is accepted', () => {
  test.each([
    'int main() { return 0; }',
    'int x; int x = 3; extern int x; int x;',
    'struct { int a; union { int b; struct { char c, d; }; }; struct {}; } v; int f(void) { return v.a + v.b + v.d; }',
    'typedef int T; int f(T T) { { int T = 3; return T; } }',
    'int f2(int c, int *a) { return a[c]; } int (*fp(int z))(int, int *) { return z ? f2 : 0; } void (*s(int, void (*)(int)))(int);',
    'enum { A, B = A + 5, C }; int a[C] = { [B - 1] = 1, 2 - 1 + 0 * B }; char *s[] = { "a" "b", 0, };',
    'int f(void) { extern int other; static int n = sizeof(int[3]); return n + other + __func__[0]; }',
    'struct S { int a, b; }; struct S g = (struct S){ .a = 1, 2 }; struct S *p = &(struct S){ 3, 4 }; int *q = &g.b; char *r = (char *)&g + 1;',
    'int f(int n) { switch (n) case 3: n = 4; return n; }',
    'int f(int a, ...); int g(void) { return f(1, 2L, "x") + (1, 2) + (0 ? 1 : 2); }',
    'static int f(void); int (*p)(void) = f; static int f(void) { return (*p)() + (&f)() + (**p)(); }',
    'void f(int a[], int b[3], int c(int)); void f(int *, int *, int (*)(int));',
    'void f(int a[], char b[2][sizeof a], int c[3], char d[][sizeof c]); void f(int *, char (*)[2], int *, char (*)[2]);',
    'int f(const void *p) { return *(const unsigned char *)p; } int g(char *s) { return f(s) + f(0); }',
    '__interrupt(3) void tick(void) { __builtin_out(1, __builtin_in(2)); }',
    "long a = 70000; unsigned long b = 0xffffffffUL; int c = 0x7fff; int d = -32768; char e = '\\377';",
    'int f(int n) { out: if (n > 3) goto done; n++; goto out; done: return n; }',
    'struct node { struct node *next; } a = { &a }; struct later; struct later *make(void); struct later { int x; };',
  ])('%s', (text) => {
    expect(
      compile(text)
        .diagnostics.filter(({ severity }) => severity === 'error')
        .map(({ message }) => message),
    ).toEqual([]);
  });
});

test('the value of an enum constant is in the range of its type', () => {
  const [part] = compile('enum { A = -1, B = 0x7fff, C, D = 0xffff, E, F = 0x7fffffff, G };').units;
  const types = [...part!.scope.symbols.values()].map((symbol) => typeText(symbol.type));
  expect(types).toEqual(['int', 'int', 'unsigned int', 'unsigned int', 'long', 'long', 'unsigned long']);
});

test('static initialisers are bytes and relocations', () => {
  const { units } = compile(
    'struct p { char c; int n; char *s; } a[2] = { [1] = { 1, -2, "x" + 0 } }; int m[2][2] = { 1, 2, { 3 } }; int *q = &m[1][0]; long l = -1;',
  );
  const object = (name: string) => units[0]!.objects.find(({ symbol }) => symbol.name === name)!;
  expect([...object('a').bytes!]).toEqual([0, 0, 0, 0, 0, 1, 0xfe, 0xff, 0, 0]);
  expect(object('a').relocations).toMatchObject([{ offset: 8, addend: 0 }]);
  expect([...object('m').bytes!]).toEqual([1, 0, 2, 0, 3, 0, 0, 0]);
  expect(object('q').relocations).toEqual([{ offset: 0, symbol: 'm', addend: 4 }]);
  expect([...object('l').bytes!]).toEqual([255, 255, 255, 255]);
});

test('what is initialised again is what counts', () => {
  const { units } = compile(
    'union { char *p; char s[2]; int *q; } u = { .p = "x", .s = "ab" }, v = { .s = "ab", .q = 0 };',
  );
  const [u, v] = ['u', 'v'].map((name) => units[0]!.objects.find(({ symbol }) => symbol.name === name)!);
  expect([[...u!.bytes!], u!.relocations]).toEqual([[97, 98], []]);
  expect([v!.bytes, v!.relocations]).toEqual([undefined, []]);
});

test('an initialiser that looks for its member counts its names once', () => {
  const { units } = compile(
    'struct a { int n; }; struct b { struct a a; int n; }; struct c { struct b b; int n; }; struct a make(int); int one; int main(void) { struct c x = { make(one), 2, 3 }; struct c y[] = { one + one, one }; return x.n + y[0].n; }',
  );
  expect(units[0]!.scope.symbols.get('one')!.uses).toHaveLength(5);
});

test('every implicit conversion is a node', () => {
  const text = dumpSymbols(compile('unsigned char f(unsigned char a, long b) { return a + b; }'));
  expect(text.slice(text.indexOf('function unsigned')).trimEnd().split('\n')).toEqual([
    'function unsigned char f(unsigned char, long)',
    '  return',
    '    convert (return) : unsigned char',
    '      + : long',
    '        convert (promotion) : long',
    '          load : unsigned char',
    '            a : unsigned char',
    '        load : long',
    '          b : long',
  ]);
});
