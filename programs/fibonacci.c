// title: Fibonacci, recursive
// group: first
// A function that calls itself twice. Watch the stack grow and shrink as it runs, and step over and out of the calls.
// expect: fib(0) = 0
// expect: fib(1) = 1
// expect: fib(2) = 1
// expect: fib(3) = 2
// expect: fib(4) = 3
// expect: fib(5) = 5
// expect: fib(6) = 8
// expect: fib(7) = 13
// expect: fib(8) = 21
// expect: fib(9) = 34
// expect: fib(10) = 55
// expect: fib(18) = 2584
#include <stdio.h>

static int fib(int n) {
  if (n < 2) return n;
  return fib(n - 1) + fib(n - 2);
}

int main(void) {
  for (int i = 0; i <= 10; i++) printf("fib(%d) = %d\n", i, fib(i));
  printf("fib(18) = %d\n", fib(18));
  return 0;
}
