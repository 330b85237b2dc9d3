// judge: gcc
// printf: every conversion with flags, width and precision, and the value that it returns.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int trace(char *to, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int n = vsprintf(to, format, arguments);
  va_end(arguments);
  char other[80];
  int m = vsnprintf(other, sizeof other, format, again);
  va_end(again);
  return n == m && strcmp(to, other) == 0 ? n : -1;
}

int main(void) {
  char to[80];
  printf("[%d][%5d][%-5d][%05d][%+d][% d][%+5d]\n", 42, 42, 42, 42, 42, 42, 42);
  printf("[%d][%5d][%-5d][%05d][%+d][% d]\n", -42, -42, -42, -42, -42, -42);
  printf("[%i][%.3d][%6.3d][%-6.3d][%.0d][%3.0d]\n", 7, 7, 7, 7, 0, 0);
  printf("[%d][%d][%u][%u]\n", -32767 - 1, 32767, 65535u, 0u);
  printf("[%x][%X][%#x][%#X][%04x][%-6x][%6x]\n", 0xabcu, 0xabcu, 0xabcu, 0xabcu, 0xau, 0xau, 0xau);
  printf("[%o][%#o][%05o]\n", 8u, 8u, 8u);
  printf("[%ld][%ld][%12ld][%-12ld][%012ld]\n", 2147483647L, -2147483647L, 123456L, 123456L, -123456L);
  printf("[%lu][%lx][%lX][%08lx][%lo]\n", 3000000000ul, 0xdeadbeeful, 0xcafeul, 0xbeeful, 01234567ul);
  printf("[%hd][%hu][%hhd][%hhu][%hhx]\n", (short)-5, (unsigned short)65535, (signed char)-1, (unsigned char)200, 0xab);
  printf("[%c][%3c][%-3c]|[%c]\n", 'a', 'b', 'c', 65);
  printf("[%s][%6s][%-6s][%.2s][%6.2s][%-6.1s][%.0s]\n", "abc", "abc", "abc", "abc", "abc", "abc", "abc");
  printf("[%*d][%-*d][%.*d][%*.*s]\n", 5, 42, 5, 42, 4, 42, 6, 2, "abc");
  printf("[%*d]\n", -6, 42);
  printf("100%%\n");
  printf("%s%s%s", "", "x", "\n");
  printf("[%zu][%td]\n", sizeof to, &to[5] - &to[2]);
  printf(" %d\n", printf("four"));
  printf("%d\n", sprintf(to, "%d-%s", 12, "ab"));
  puts(to);
  printf("%d %s\n", snprintf(to, 5, "%s", "truncated"), to);
  printf("%d\n", snprintf(to, sizeof to, "%c%c", 'h', 'i'));
  printf("%d ", snprintf(to, 1, "abc"));
  printf("%d\n", to[0]);
  printf("%d\n", trace(to, "%c %d %ld %s %x", 'q', -3, 70000L, "str", 255));
  puts(to);
  printf("%.10s|%10.3s|\n", "abcdefghijklmnop", "abcdef");
  printf("%+ld % ld %+.3ld\n", 5L, 5L, 5L);
  char c = 'z';
  signed char s = -100;
  unsigned char u = 200;
  short h = -300;
  printf("%c %d %d %d %u\n", c, s, u, h, u);
  putchar('o');
  putchar('k');
  putchar('\n');
  fprintf(stdout, "%s\n", "to a stream");
  fputs("and fputs\n", stdout);
  fputc('!', stdout);
  putc('\n', stdout);
  fflush(stdout);
  return 0;
}
// expect: [42][   42][42   ][00042][+42][ 42][  +42]
// expect: [-42][  -42][-42  ][-0042][-42][-42]
// expect: [7][007][   007][007   ][][   ]
// expect: [-32768][32767][65535][0]
// expect: [abc][ABC][0xabc][0XABC][000a][a     ][     a]
// expect: [10][010][00010]
// expect: [2147483647][-2147483647][      123456][123456      ][-00000123456]
// expect: [3000000000][deadbeef][CAFE][0000beef][1234567]
// expect: [-5][65535][-1][200][ab]
// expect: [a][  b][c  ]|[A]
// expect: [abc][   abc][abc   ][ab][    ab][a     ][]
// expect: [   42][42   ][0042][    ab]
// expect: [42    ]
// expect: 100%
// expect: x
// expect: [80][3]
// expect: four 4
// expect: 5
// expect: 12-ab
// expect: 9 trun
// expect: 2
// expect: 3 0
// expect: 17
// expect: q -3 70000 str ff
// expect: abcdefghij|       abc|
// expect: +5  5 +005
// expect: z -100 200 -300 200
// expect: ok
// expect: to a stream
// expect: and fputs
// expect: !
