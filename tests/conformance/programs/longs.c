// 32-bit arithmetic in every context: parameters, results, arrays, structs, conditions, switch, shifts by variables, mixed with narrower types.
#include <stdio.h>

struct stamp { unsigned char kind; long at; unsigned long raw; };
static long table[] = {1, -1, 65536, -65536, 2147483647L, -2147483647L - 1};
static unsigned long rotate(unsigned long x, unsigned char by) { return by == 0 ? x : x << by | x >> (32 - by); }
static long clamp(long x, long low, long high) { return x < low ? low : x > high ? high : x; }
static int sign(long x) { return (x > 0) - (x < 0); }
static unsigned long hash(const char *s) { unsigned long h = 5381; while (*s) h = h * 33 + *s++; return h; }
static unsigned long power(unsigned long base, unsigned n) { unsigned long r = 1; while (n) { if (n & 1) r *= base; base *= base; n >>= 1; } return r; }
static unsigned root(unsigned long x) { unsigned r = 0, bit = 0x8000; while (bit) { unsigned t = r | bit; if ((unsigned long)t * t <= x) r = t; bit >>= 1; } return r; }
static long gcd(long a, long b) { while (b) { long t = a % b; a = b; b = t; } return a; }
static long factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }
static long mixed(char a, long b, int c, long d, unsigned char e) { return a + b * c - d / (e + 1); }
static unsigned char bits(unsigned long x) { unsigned char n = 0; for (; x; x &= x - 1) n++; return n; }
static long fib(unsigned char n) { long a = 0, b = 1; while (n--) { long t = a + b; a = b; b = t; } return a; }
static int pick(long x) { switch (x) { case 65536: return 1; case -65536: return 2; case 0: return 3; case 1: return 4; default: return x > 0 ? 5 : 6; } }

int main(void) {
  for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
    printf("%ld %d %ld %ld %d\n", table[i], sign(table[i]), table[i] >> 3, table[i] / 7, pick(table[i]));
  printf("%lx %lx %lx\n", rotate(0x12345678, 8), rotate(0x80000001, 1), rotate(1, 0));
  printf("%ld %ld %ld\n", clamp(100000, -5, 70000), clamp(-100000, -5, 70000), clamp(5, -5, 70000));
  printf("%lu %lu\n", hash("orrery"), hash(""));
  printf("%lu %lu %u %u\n", power(3, 20), power(2, 31), root(4294967295u), root(1000000));
  printf("%ld %ld %ld\n", gcd(1071 * 1000L, 462 * 1000L), factorial(12), factorial(13));
  printf("%ld %d %ld\n", mixed(5, 100000, -3, 90000, 8), bits(0xf0f0f0f0), fib(46));
  struct stamp s = {1, -70000, 3000000000u}, t = s;
  s.at += s.kind;
  s.raw >>= s.kind;
  t.raw = t.raw * 2 + s.at;
  printf("%ld %lu %lu %d\n", s.at, s.raw, t.raw, (int)sizeof s);
  long i, sum = 0;
  for (i = -70000; i < 70000; i += 10007) sum += i & 1 ? i : -i;
  printf("%ld %ld\n", i, sum);
  unsigned long u = 1;
  int steps = 0;
  while (u < 1000000000) u *= 3, steps++;
  printf("%lu %d\n", u, steps);
  for (int n = 0; n <= 32; n += 8) printf("%lx %lx ", n < 32 ? 0xdeadbeeful << n : 0, n < 32 ? 0xdeadbeeful >> n : 0);
  printf("\n");
  long *p = table + 2;
  *p++ += 5;
  --*p;
  printf("%ld %ld %ld\n", table[2], table[3], *--p);
  printf("%d %d %d %d\n", table[0] && table[1], !table[0], table[4] > 32767, (unsigned)table[2] == 5);
  printf("%ld %ld\n", -table[3], ~table[2]);
  printf("%ld %ld %ld\n", 1000000L % 7, -1000000L % 7, 1000000L % -7);
  printf("%lu %lu\n", 4000000000u / 3, 4000000000u % 1000);
  int narrow = table[4];
  unsigned char byte = table[2];
  long wide = narrow, signed_wide = (signed char)byte;
  printf("%d %d %ld %ld\n", narrow, byte, wide, signed_wide);
  long a = 5, b = 7;
  a ^= b, b ^= a, a ^= b;
  printf("%ld %ld %ld\n", a, b, a < b ? a : b);
  unsigned long x = 123456789, reversed = 0;
  for (char n = 0; n < 32; n++) reversed = reversed << 1 | (x >> n & 1);
  printf("%lu\n", reversed);
  return 0;
}
// expect: 1 1 0 0 4
// expect: -1 -1 -1 0 6
// expect: 65536 1 8192 9362 1
// expect: -65536 -1 -8192 -9362 2
// expect: 2147483647 1 268435455 306783378 5
// expect: -2147483648 -1 -268435456 -306783378 6
// expect: 34567812 3 1
// expect: 70000 -5 5
// expect: 320523272 5381
// expect: 3486784401 2147483648 65535 1000
// expect: 21000 479001600 1932053504
// expect: -309995 16 1836311903
// expect: -69999 1500000000 1704962705 9
// expect: 70098 70049
// expect: 1162261467 19
// expect: deadbeef deadbeef adbeef00 deadbe beef0000 dead ef000000 de 0 0 
// expect: 65541 -65537 65541
// expect: 1 0 1 1
// expect: 65537 -65542
// expect: 1 -1 1
// expect: 1333333333 0
// expect: -1 5 -1 5
// expect: 7 5 5
// expect: 2830359264
