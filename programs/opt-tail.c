// title: Calls that become jumps
// group: optimiser
// Pass tail calls. The last thing each function does is a call, so its frame is no longer needed: the call becomes a jump, and 3000 steps
// of recursion run in the stack of one. At -O0 the same program overflows its stack if you raise the number far enough.
// expect: 111 steps from 27, the highest value is 9232
// expect: 3000 is even: 1
#include <stdio.h>

static unsigned long highest;

static unsigned collatz(unsigned long n, unsigned steps) {
  if (n > highest) highest = n;
  if (n == 1) return steps;
  if (n & 1) return collatz(3 * n + 1, steps + 1);
  return collatz(n >> 1, steps + 1);
}

static int is_odd(unsigned n);
static int is_even(unsigned n) { return n == 0 ? 1 : is_odd(n - 1); }
static int is_odd(unsigned n) { return n == 0 ? 0 : is_even(n - 1); }

int main(void) {
  unsigned steps = collatz(27, 0);
  printf("%u steps from 27, the highest value is %lu\n", steps, highest);
  printf("3000 is even: %d\n", is_even(3000));
  return 0;
}
