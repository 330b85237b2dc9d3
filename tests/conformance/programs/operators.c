// Operators: all of them on all widths, compound assignment, increments, precedence, sequence, conversions in conditions.
#include <stdio.h>

static int order[10], n;
static int note(int x) { order[n++] = x; return x; }
static signed char sc = -100;
static unsigned char uc = 200;
static short sh = -1000;
static unsigned ui = 60000;
static long sl = -1234567;
static unsigned long ul = 4000000000ul;

int main(void) {
  printf("%d %d %d %d %d\n", sc + uc, sc - uc, sc * uc, uc / 7, sc % 7);
  printf("%u %u %u %u %u\n", ui + 1, ui - 1, ui * 2, ui / 7, ui % 7);
  printf("%ld %ld %ld %ld %ld\n", sl + 1, sl - 1, sl * 3, sl / 7, sl % 7);
  printf("%lu %lu %lu %lu %lu\n", ul + 1, ul - 1, ul * 3, ul / 7, ul % 7);
  printf("%d %d %d\n", sh >> 2, uc >> 3, sc << 1);
  printf("%ld %lu %lx\n", sl >> 5, ul >> 5, ul << 3);
  printf("%ld %ld %ld %ld\n", sl & 0xff, sl | 1, sl ^ -1, ~sl);
  printf("%d %d %d %d %d %d\n", sc < uc, sh > sc, ui > 50000u, sl < 0, ul > 3000000000ul, uc == 200);
  printf("%d %d %d\n", sl == -1234567, sl != sl, ul >= ul);
  printf("%d %d %ld %ld\n", -sc, +uc, -sl, (long)-ui);
  printf("%d %d %d %d\n", !sl, !uc, !!ul, !0L);
  int a = 10;
  a += 5; a -= 2; a *= 3; a /= 2; a %= 11; a <<= 3; a >>= 1; a |= 0x81; a &= 0xf3; a ^= 0x0f;
  printf("%d\n", a);
  long l = 100000;
  l += 5; l -= 2; l *= 3; l /= 2; l %= 100003; l <<= 3; l >>= 1; l |= 0x80001; l &= 0xffff3; l ^= 0x0f;
  printf("%ld\n", l);
  unsigned char b = 7;
  b += 250; b -= 10; b *= 3; b /= 2; b %= 100; b <<= 3; b >>= 1; b |= 0x81; b &= 0xf3; b ^= 0x0f;
  printf("%d\n", b);
  uc += sl; sc *= 3; ui += ul; sl += uc;
  printf("%d %d %u %ld\n", uc, sc, ui, sl);
  int i = 5;
  int j = i++ + ++i, k = i-- - --i;
  i = 5;
  printf("%d ", i++); printf("%d ", ++i); printf("%d ", i--); printf("%d\n", --i);
  (void)j, (void)k;
  printf("%d %d %d\n", 2 + 3 * 4, (2 + 3) * 4, 20 - 5 - 3);
  printf("%d %d %d\n", 1 << 2 + 1, 7 & 3 == 3, 1 | 2 ^ 3 & 4);
  printf("%d %d %d\n", -2 * -3, 10 / 3 * 3, - -5);
  printf("%d %d\n", 1 ? 2 : 3 ? 4 : 5, (1, 2, 3));
  note(1) + note(2) * note(3);
  note(4) ? note(5) : note(6);
  (note(7), note(8));
  for (int x = 0; x < n; x++) printf("%d", order[x] > 6 || order[x] < 4 ? 0 : order[x]);
  printf(" %d\n", n);
  int x = 3, y, z;
  y = z = x *= 2;
  printf("%d %d %d\n", x, y, z);
  unsigned char *p = &b;
  *p++ = 3; p--; (*p)++; ++*p;
  printf("%d\n", b);
  printf("%d %d\n", (unsigned char)(b - 10), (b - 10) < 0);
  printf("%d %d\n", (char)300, (signed char)200);
  printf("%d %d\n", sizeof(a++) == 2, a);
  printf("%u %u\n", (unsigned)sizeof(uc + uc), (unsigned)sizeof(sl + uc));
  long big = 1;
  for (int q = 0; q < 31; q++) big = big * 2 + 1;
  printf("%ld\n", big);
  printf("%ld %ld\n", (long)30000 + 30000, (long)(int)(30000u + 30000u));
  printf("%d\n", (int)(70000L / 2) == 35000 - 65536L);
  unsigned s = 1;
  s <<= 15;
  printf("%u %d\n", s, (int)s < 0);
  if (sl) if (ul) printf("%s\n", sl && ul ? "both" : "not");
  while (!(i % 2 == 0 && i > 10)) i++;
  printf("%d\n", i);
  int *null = 0;
  printf("%d %d %d\n", null == 0, !null, null ? 1 : 2);
  int v = 0;
  v = v++ || ++v && v--;
  printf("%ld\n", (v ? 1 : 100000L) + (v ? -1 : 1u));
  return 0;
}
// expect: 100 -300 -20000 28 -2
// expect: 60001 59999 54464 8571 3
// expect: -1234566 -1234568 -3703701 -176366 -5
// expect: 4000000001 3999999999 3410065408 571428571 3
// expect: -250 25 -200
// expect: -38581 125000000 73594000
// expect: 121 -1234567 1234566 1234566
// expect: 1 0 1 1 1 1
// expect: 1 0 1
// expect: 100 200 1234567 5536
// expect: 0 0 1 1
// expect: 174
// expect: 724302
// expect: 190
// expect: 65 -44 4704 -1234502
// expect: 5 7 7 5
// expect: 14 20 12
// expect: 8 1 3
// expect: 6 9 5
// expect: 2 3
// expect: 0004500 7
// expect: 6 6 6
// expect: 5
// expect: 251 1
// expect: 44 -56
// expect: 1 174
// expect: 2 4
// expect: -1
// expect: 60000 -5536
// expect: 1
// expect: 32768 1
// expect: both
// expect: 12
// expect: 1 1 2
// expect: 65536
