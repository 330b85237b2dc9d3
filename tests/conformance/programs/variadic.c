// Variadic functions: all types of arguments, va_list handed on, va_copy, pointers to variadic functions.
#include <stdarg.h>
#include <stdio.h>

struct pair { int a, b; };
static long sum(int n, ...) { long s = 0; va_list v; va_start(v, n); while (n--) s += va_arg(v, int); va_end(v); return s; }
static void kinds(const char *k, ...) {
  va_list v;
  va_start(v, k);
  for (; *k; k++)
    switch (*k) {
      case 'c': printf("%c ", va_arg(v, int)); break;
      case 'i': printf("%d ", va_arg(v, int)); break;
      case 'u': printf("%u ", va_arg(v, unsigned)); break;
      case 'l': printf("%ld ", va_arg(v, long)); break;
      case 's': printf("%s ", va_arg(v, char *)); break;
      case 'f': printf("%d ", va_arg(v, int (*)(int))(4)); break;
      case 'p': { struct pair p = va_arg(v, struct pair); printf("%d/%d ", p.a, p.b); break; }
    }
  va_end(v);
  printf("\n");
}
static int take(va_list *v) { return va_arg(*v, int); }
static int rest(va_list v) { int s = 0, x; while ((x = va_arg(v, int)) != 0) s += x; return s; }
static int both(int first, ...) {
  va_list v, w;
  va_start(v, first);
  int x = take(&v), y = take(&v);
  va_copy(w, v);
  int r = rest(v) * 10 + rest(w);
  va_end(v);
  va_end(w);
  return first + x + y + r;
}
static int square(int x) { return x * x; }
static int max(int n, ...) {
  va_list ap;
  va_start(ap, n);
  int best = n;
  while (n != -1) { if (n > best) best = n; n = va_arg(ap, int); }
  va_end(ap);
  return best;
}

int main(void) {
  unsigned char c = 200;
  signed char s = -7;
  short h = -300;
  printf("%ld %ld %ld\n", sum(0), sum(1, 5), sum(5, 1, 2, 3, 4, 30000));
  printf("%ld\n", sum(3, c, s, h));
  kinds("ciulsfp", 'x', -5, 60000u, -100000L, "str", square, (struct pair){3, 4});
  kinds("lilsc", 1L, 2, 3L, "x", 'y');
  printf("%d\n", both(1, 2, 3, 4, 5, 0));
  int (*p)(int, ...) = max;
  printf("%d %d\n", p(3, 9, 2, -1), max(-1));
  printf("%d %s %ld %c %u\n", 1, "two", 3L, '4', 5u);
  return 0;
}
// expect: 0 5 30010
// expect: -107
// expect: x -5 60000 -100000 str 16 3/4 
// expect: 1 2 3 x y 
// expect: 105
// expect: 9 -1
// expect: 1 two 3 4 5
