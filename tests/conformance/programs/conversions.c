// Conversions: between all integer types, in arguments, results, assignments, conditions, shifts; pointers to integers and back.
#include <stdint.h>
#include <stdio.h>

static signed char sc(long x) { return x; }
static unsigned char uc(int x) { return x; }
static short sh(unsigned x) { return x; }
static long lg(int x) { return x; }
static unsigned long ul(signed char x) { return x; }
static _Bool truth(long x) { return x; }
static int take(unsigned char a, signed char b, unsigned c, long d) { return (a == 0x34) + (b == 0x34) * 2 + (c == 0x1234) * 4 + (d == 0x1234) * 8; }
static void show(const char *name, long a, unsigned long b) { printf("%s %ld %lu\n", name, a, b); }

int main(void) {
  printf("%d %d %d %ld %lu\n", sc(0x1ff), uc(-1), sh(65535u), lg(-5), ul(-5));
  printf("%d %d %d\n", truth(65536), truth(0), truth(-1));
  printf("%d\n", take(0x1234, 0x1234, 0x1234, 0x1234));
  signed char c = -1;
  unsigned char b = c;
  unsigned u = c;
  unsigned long w = c;
  long l = b;
  printf("%d %u %lu %ld\n", b, u, w, l);
  show("sc", c, c);
  show("uc", b, b);
  show("un", u, u);
  show("in", -5, -5);
  printf("%d %d %d\n", c < b, c == (signed char)b, b > -1);
  printf("%d %d\n", u > 0, (int)u < 0);
  printf("%d %d\n", -1 < (long)u, -1 < (unsigned char)255);
  printf("%d %d %d\n", c >> 1, b >> 1, (unsigned char)c >> 1);
  printf("%u %lu\n", (unsigned)c >> 1, (unsigned long)c >> 1);
  printf("%d %d\n", b << 8, (unsigned char)(b << 4));
  printf("%ld %ld\n", (long)b << 8, (long)b << 24);
  b = 255;
  b++;
  c = 127;
  c++;
  short s = 32767;
  s++;
  printf("%d %d %d\n", b, c, s);
  b = 100;
  printf("%d %d %d\n", b * 3, (unsigned char)(b * 3), b * b);
  printf("%d %d\n", ~b, (unsigned char)~b);
  printf("%d %d\n", -b, !b);
  int i = 300;
  b = i, c = i;
  printf("%d %d\n", b, c);
  printf("%d\n", (b = 257));
  printf("%ld\n", (long)(i = 70000 & 0xffff));
  printf("%d\n", 1 ? -1 : 1u);
  printf("%d\n", (1 ? -1 : 1u) > 0);
  printf("%d %d\n", (int)sizeof(1 ? c : b), (int)sizeof(1 ? 1L : b));
  int *p = &i;
  uintptr_t address = (uintptr_t)p;
  printf("%d %d\n", *(int *)address == i, (char *)(address + 1) - (char *)p == 1);
  printf("%d %d\n", (int)(long)(signed char)0x80, (int)(unsigned char)0x180);
  for (b = 250; b > 5; b++) ;
  printf("%d\n", b);
  unsigned char lo = 0x34, hi = 0x12;
  unsigned both = hi << 8 | lo;
  printf("%x %x\n", both, both >> 4 & 0xff);
  long sum = 0;
  for (signed char k = -100; k < 100; k += 25) sum += k * 1000L;
  printf("%ld\n", sum);
  uint8_t x = 200, y = 100;
  printf("%d %d %d\n", x + y, (uint8_t)(x + y), x - y > 255);
  printf("%d %d\n", (uint8_t)(y - x), y - x);
  uint16_t big = 60000;
  int32_t wide = big * 2;
  int32_t wider = (int32_t)big * 2;
  printf("%ld %ld\n", (long)wide, (long)wider);
  enum { SMALL = -1, LARGE = 32767 } e = LARGE;
  e++;
  printf("%d\n", e);
  return 0;
}
// expect: -1 255 -1 -5 4294967291
// expect: 1 0 1
// expect: 15
// expect: 255 65535 4294967295 255
// expect: sc -1 4294967295
// expect: uc 255 255
// expect: un 65535 65535
// expect: in -5 4294967291
// expect: 1 1 1
// expect: 1 1
// expect: 1 1
// expect: -1 127 127
// expect: 32767 2147483647
// expect: -256 240
// expect: 65280 -16777216
// expect: 0 -128 -32768
// expect: 300 44 10000
// expect: -101 155
// expect: -100 0
// expect: 44 44
// expect: 1
// expect: 4464
// expect: -1
// expect: 1
// expect: 2 4
// expect: 1 1
// expect: -128 128
// expect: 0
// expect: 1234 23
// expect: -100000
// expect: 300 44 0
// expect: 156 -100
// expect: 54464 120000
// expect: -32768
