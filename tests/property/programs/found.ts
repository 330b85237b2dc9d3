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
];
