// A compound assignment reads its left side once, after the right side is done: nothing comes between the load and the store.
#include <stdio.h>
#include <stdarg.h>
#include <stdlib.h>

int n = 1;
int set(int value) { n = value; return 5; }
int items[3] = { 1, 2, 3 };
int move(void) { items[1] = 20; return 4; }
int *p = items;
int push(void) { p = items + 1; return 1; }
long wide = 100000;
long widen(void) { wide += 7; return wide; }
unsigned char small = 250;
int grow(void) { small += 3; return 1; }

int depth(int left) {
  static int calls;
  if (left == 0) return 0;
  calls += depth(left - 1) + 1;
  return calls;
}

int total(const char *format, ...) {
  va_list lists[2], *list = lists;
  va_start(*list, format);
  int sum = 0;
  while (*format) sum += *format++ == 'l' ? (int)va_arg(*list, long) : va_arg(*list, int);
  va_end(*list++);
  return sum * 10 + (int)(list - lists);
}

int left = 3;
int last(int i) {
  if (i == left) {
    puts("done");
    exit(0);
  }
  return i * i;
}

int main(void) {
  n += set(10);
  printf("%d\n", n);
  items[1] += move();
  printf("%d %d %d\n", items[0], items[1], items[2]);
  p += push();
  printf("%d\n", (int)(p - items));
  n <<= set(3) - 3;
  printf("%d\n", n);
  n -= n += 2;
  printf("%d\n", n);
  wide ^= widen();
  printf("%ld\n", wide);
  small *= grow();
  printf("%d\n", small);
  printf("%d\n", depth(6));
  printf("%d\n", total("ilil", 1, 20L, 300, 4000L));
  // The element behind the last is named, and nothing is stored there.
  for (int i = 0;; i++) items[i] = last(i);
}
// expect: 15
// expect: 1 24 3
// expect: 2
// expect: 12
// expect: 0
// expect: 0
// expect: 253
// expect: 63
// expect: -22325
// expect: done
