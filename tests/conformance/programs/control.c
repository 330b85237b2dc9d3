// Statements: if, loops, switch with fall-through, Duff's device, goto, break and continue, nested, empty ones.
#include <stdio.h>

static int classify(int x) {
  switch (x) {
    case -1: return 100;
    case 0:
    case 1: x += 10;
    case 2: x += 20; break;
    default: x = -x; break;
    case 'a': { int y = x; x = y / 2; } break;
    case 1000: case 30000: x = 5;
  }
  return x;
}
static int wide(long x) {
  switch (x) { case 100000: return 1; case -5: return 2; case 0x7fffffff: return 3; }
  return 0;
}
static void duff(char *to, const char *from, int count) {
  int n = (count + 7) / 8;
  switch (count % 8) {
    case 0: do { *to++ = *from++;
    case 7: *to++ = *from++;
    case 6: *to++ = *from++;
    case 5: *to++ = *from++;
    case 4: *to++ = *from++;
    case 3: *to++ = *from++;
    case 2: *to++ = *from++;
    case 1: *to++ = *from++;
    } while (--n > 0);
  }
}
static int search(int m[3][3], int want) {
  int i, j;
  for (i = 0; i < 3; i++)
    for (j = 0; j < 3; j++)
      if (m[i][j] == want) goto found;
  return -1;
found:
  return i * 10 + j;
}
static int collatz(unsigned n) {
  int steps = 0;
again:
  if (n == 1) return steps;
  if (n & 1) goto odd;
  n >>= 1;
  steps++;
  goto again;
odd:
  n = 3 * n + 1;
  steps++;
  goto again;
}
static int dense(unsigned char c) {
  switch (c) { case 0: return 5; case 1: return 4; case 2: return 3; case 3: return 2; case 4: return 1; case 5: return 0; case 6: return 9; case 7: return 8; }
  return -1;
}
static int inside(int x) {
  int n = 0;
  switch (x) while (n < 10) { case 3: n += 3; break; case 1: n++; default: n += 2; if (n > 6) continue; }
  return n;
}
static void nothing(void) {}
enum colour { RED, GREEN = 5, BLUE, LAST = BLUE + 2, AGAIN = 0 };
static const char *name(enum colour c) { switch (c) { case RED: return "red"; case GREEN: return "green"; case BLUE: return "blue"; default: return "?"; } }

int main(void) {
  int tests[] = {-1, 0, 1, 2, 3, 'a', 1000, 30000, -30000};
  for (unsigned i = 0; i < sizeof tests / sizeof tests[0]; i++) printf("%d ", classify(tests[i]));
  printf("\n%d %d %d %d\n", wide(100000), wide(-5), wide(0x7fffffff), wide(34464));
  char buffer[30] = {0};
  duff(buffer, "abcdefghijklmnopqrstuvwxyz", 20);
  printf("%s\n", buffer);
  int m[3][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
  printf("%d %d %d\n", search(m, 6), search(m, 1), search(m, 10));
  printf("%d %d\n", collatz(27), collatz(1));
  for (int i = -1; i < 9; i++) printf("%d ", dense(i));
  printf("\n%d %d %d\n", inside(3), inside(1), inside(7));
  int n = 0;
  do n += 3; while (n < 10);
  while (n-- > 5) if (n == 7) continue; else if (n == 6) break;
  printf("%d\n", n);
  for (;;) { if (++n > 20) break; }
  for (int i = 0, j = 10; i < j; i++, j--) n += i * j;
  printf("%d\n", n);
  for (int i = 0; i < 3; i++) for (int i = 0; i < 2; i++) n++;
  printf("%d\n", n);
  ;;; nothing();
  if (n) ; else n = 5;
  if (n > 1) if (n > 1000) n = 1; else n = 2;
  printf("%d\n", n);
  { int n = 99; { int n = 100; printf("%d ", n); } printf("%d ", n); }
  printf("%d\n", n);
  printf("%s %s %s %s %d %d\n", name(RED), name(5), name(BLUE), name(LAST), LAST, AGAIN);
  int x = 5, y = x > 3 ? x < 10 ? 1 : 2 : 3;
  y = (x++, ++x, x * 2);
  printf("%d %d\n", y, x);
  printf("%d %d\n", x && y || 0, 0 || !(x && 0));
  int side = 0;
  (void)(0 && side++), (void)(1 || side++), (void)(1 && side++), (void)(0 || side++);
  printf("%d\n", side);
  goto skip;
  printf("not reached\n");
skip:;
  int later = 3;
  while (later) { switch (later--) { case 2: continue; default: printf("%d ", later); } }
  printf("\n");
  unsigned char byte = 250;
  int rounds = 0;
  do rounds++; while (++byte);
  printf("%d\n", rounds);
  lone: if (rounds-- > 0) goto lone;
  printf("%d\n", rounds);
  return 0;
}
// expect: 100 30 31 22 -3 48 5 5 30000 
// expect: 1 2 3 0
// expect: abcdefghijklmnopqrst
// expect: 12 0 -1
// expect: 111 0
// expect: -1 5 4 3 2 1 0 9 8 -1 
// expect: 3 6 5
// expect: 6
// expect: 91
// expect: 97
// expect: 2
// expect: 100 99 2
// expect: red green blue ? 8 0
// expect: 14 7
// expect: 1 1
// expect: 2
// expect: 2 0 
// expect: 6
// expect: -1
