/** Programs on which judges once disagreed, made small; each with what was wrong. */
export const FOUND: readonly { readonly wrong: string; readonly text: string }[] = [
  {
    wrong: 'block merging left debug information that named a phi of a block that was gone',
    text: `static unsigned g[2];
static void f(_Bool a, unsigned b, unsigned long c) { unsigned char v[4] = {0}; }
int main(void) { f(1, 0, g[0] ? 0 : 268088371L); return 0; }`,
  },
  {
    wrong: 'dead stores counted a copy of a struct to itself as an overwriting of what it reads',
    text: `union u { unsigned long u; signed char c; };
union u g = {1};
static void f(void) { union u *p = &g; g.c = 0; *p = *p; }
int main(void) { f(); put4(g.u); return 0; }`,
  },
  {
    wrong: 'a reload was taken from a register although another value had been stored in the slot meanwhile',
    text: `unsigned char g;
signed char h[8];
int main(void) {
  unsigned long v = 0;
  for (signed char i = 0; i != 5; i++) {
    ((unsigned char *)&g)[v & 0] = (unsigned long)((v < 4106975400UL ? v : 4278058236UL) * i) >> (v & 31);
    v = v / 7 - v / ((h[i] & 0x7f) | 1) - 0xfffffff1UL;
    put2(v <= 84 / 16L / ((v + i & 0x7f) | 1));
  }
  put(g);
  return 1;
}`,
  },
  {
    wrong: 'the exit test of a loop took a pointer that had gone with the dead load it was made for',
    text: `static long g[500];
static void f(void) { put(65); }
int main(void) {
  for (int i = 0; i < 500; i++) {
    f();
    g[i];
  }
  return 0;
}`,
  },
  {
    wrong: 'the exit test of a loop waited for a sum that stands still modulo 2^16',
    text: `int a[2];
int main(void) {
  for (unsigned char i = 0; i < 6; i += 2) {
    _Bool v = 56 - (i << 15);
    put(v);
    put(a[0] ? v % 60 : 7);
    put(1 % ((v ? v % 60 : 7) | 1));
  }
  return 0;
}`,
  },
  {
    wrong: 'an address with a difference of pointers in it was taken for one into the object that they point into',
    text: `struct s { unsigned char m[3]; };
struct s g;
static signed char h[2];
int main(void) {
  g.m[(unsigned)(&h[0] - &h[(unsigned)g.m[0] % 2]) % 3] = 1;
  put(g.m[0]);
  unsigned char v[3] = {0};
  v[(unsigned)(&h[0] - &h[(unsigned)g.m[0] % 2]) % 3] = 2;
  put(v[0]);
  return 0;
}`,
  },
  {
    wrong: 'places of variables went round in a loop for ever, whose blocks are laid out before their predecessors',
    text: `struct s { _Bool a; _Bool b[3]; };
static struct s g;
static unsigned char h[2];
unsigned char f(unsigned long *p, unsigned q) {
  {
    unsigned char *v = &h[1];
    char w = 1;
    for (signed char i = 8; i > -1; --i) q = -((g.a < 1 ? 7u : 65534u) % (q | 1));
    unsigned char n = 2;
    while (n-- && ((&h[(unsigned)(-1 & -6773) % 2] == &h[0]) || h[1 / (0 | 1) & 1] & 0)) {
      w &= *v;
      ++w;
      w %= (long)(g.a, *p) | 1;
    }
  }
L:;
  return q = 0;
}
int main(void) {
  unsigned long v = 3;
  unsigned char n = 2;
M:;
  v = f(&v, v <<= (((unsigned char *)&v)[15L & 3] & 31));
  if (--n) goto M;
  put4(v);
  return 0;
}`,
  },
];
