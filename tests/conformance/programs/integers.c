// Integer types: sizes, promotions, the usual arithmetic conversions, constants and their suffixes, wrap-around.
#include <limits.h>
#include <stdint.h>
#include <stdio.h>

#define TYPE(e) _Generic((e), char: "char", signed char: "schar", unsigned char: "uchar", short: "short", unsigned short: "ushort", \
                         int: "int", unsigned: "unsigned", long: "long", unsigned long: "ulong", default: "other")

static long sum(long a, long b) { return a + b; }
static signed char narrow(int x) { return x; }
static unsigned char low(long x) { return x; }

int main(void) {
  printf("%u %u %u %u %u %u\n", (unsigned)sizeof(char), (unsigned)sizeof(short), (unsigned)sizeof(int), (unsigned)sizeof(long),
         (unsigned)sizeof(void *), (unsigned)sizeof(_Bool));
  printf("%d %d %u %ld %ld %lu\n", INT_MIN, INT_MAX, UINT_MAX, LONG_MIN, LONG_MAX, ULONG_MAX);
  printf("%d %d %d %d\n", CHAR_MIN, CHAR_MAX, SCHAR_MIN, SCHAR_MAX);
  printf("%u %u %u %u\n", (unsigned)sizeof 1, (unsigned)sizeof 1L, (unsigned)sizeof 40000, (unsigned)sizeof 0xffff);
  printf("%u %u %u\n", (unsigned)sizeof 1u, (unsigned)sizeof 1Ul, (unsigned)sizeof 'a');
  printf("%d %d %d %d\n", 0x1F, 017, 0xabc, 00);
  printf("%ld %ld %lu %lu\n", 0x10000, 0x7fffffff, 0x80000000, 4294967295u);
  printf("%ld %lx %ld\n", 2147483647L, 0xDeadBeefUL, 010000000L);
  int i = INT_MAX;
  unsigned u = 0;
  long l = LONG_MAX;
  signed char c = 127;
  unsigned char b = 255;
  i++, u--, l++, c++, b++;
  printf("%d %u %ld %d %d\n", i, u, l, c, b);
  printf("%d %d %d\n", -1 < 1u, -1L < 1u, (signed char)-1 < (unsigned char)1);
  printf("%d %d %d\n", narrow(200), narrow(-129), low(-1));
  printf("%ld %ld\n", sum(30000, 30000), sum(-30000 - 30000L, 1));
  printf("%ld %ld\n", (long)(unsigned)-1, (long)-1);
  printf("%u %lu\n", (unsigned)-1L, (unsigned long)-1);
  printf("%d %d %d %d\n", 7 / 2, -7 / 2, 7 % -2, -7 % 2);
  printf("%ld %ld %ld\n", 100000 / 7, -100000 / 7, -100000 % 7);
  printf("%u %u\n", 65535u / 10, 65535u % 10);
  printf("%d %d %d\n", -1 >> 1, -256 >> 4, 1 << 14);
  printf("%ld %lx\n", -65536L >> 8, 1UL << 31);
  printf("%x %x %x %x\n", 0xf0 & 0x3c, 0xf0 | 0x0f, 0xf0 ^ 0xff, ~0x0f & 0xffff);
  printf("%d %d %d\n", !0, !5, !!-3);
  printf("%d %d\n", (int8_t)0x80, (uint8_t)0x180);
  printf("%d %d\n", (_Bool)256, (_Bool)0);
  _Bool flag = 42;
  flag += 5;
  printf("%d %u\n", flag, (unsigned)sizeof flag);
  uint16_t wrap = 65535;
  wrap *= wrap;
  printf("%u\n", wrap);
  int32_t product = 12345L * 6789;
  printf("%ld %ld\n", (long)product, product * 1000L);
  b = 200;
  b += 100;
  c = -128;
  c = -c;
  printf("%d %d\n", b, c);
  b = 10;
  b -= 20;
  printf("%d %d\n", b, b >> 1);
  printf("%s %s %s %s\n", TYPE(b), TYPE(b + b), TYPE(+c), TYPE(u + 1));
  printf("%s %s %s %s\n", TYPE(1L + u), TYPE(1ul + l), TYPE('a'), TYPE(40000));
  printf("%s %s %s %s\n", TYPE(0x8000), TYPE(b ? 1 : 1L), TYPE(b << 1L), TYPE((short)1));
  printf("%d\n", (b ^ b) + (u & 0) + (int)(l & 0));
  return 0;
}
// expect: 1 2 2 4 2 1
// expect: -32768 32767 65535 -2147483648 2147483647 4294967295
// expect: 0 255 -128 127
// expect: 2 4 4 2
// expect: 2 4 2
// expect: 31 15 2748 0
// expect: 65536 2147483647 2147483648 4294967295
// expect: 2147483647 deadbeef 2097152
// expect: -32768 65535 -2147483648 -128 0
// expect: 0 1 1
// expect: -56 127 255
// expect: 60000 -59999
// expect: 65535 -1
// expect: 65535 4294967295
// expect: 3 -3 1 -1
// expect: 14285 -14285 -5
// expect: 6553 5
// expect: -1 -16 16384
// expect: -256 80000000
// expect: 30 ff f fff0
// expect: 1 0 1
// expect: -128 128
// expect: 1 0
// expect: 1 1
// expect: 1
// expect: 83810205 -2089140920
// expect: 44 -128
// expect: 246 123
// expect: uchar int int unsigned
// expect: long ulong int long
// expect: unsigned long int short
// expect: 0
