// title: 32-bit arithmetic
// group: language
// A long takes four registers, and adding two takes a chain of instructions that hand the carry on. Multiplication and division are
// calls into the library: look at __mulsi3 and __udivmodsi4 in the linker's view.
// expect: 12! = 479001600
// expect: 2^31 - 1 = 2147483647
// expect: 100000 * 21474 = 2147400000
// expect: 1000000007 / 9973 = 100270, remainder 7297
// expect: -7 / 2 = -3, remainder -1
// expect: gcd(1071000, 462000) = 21000
// expect: square root of 2000000000 is 44721
// expect: fib(46) = 1836311903
#include <stdio.h>

static unsigned long gcd(unsigned long a, unsigned long b) {
  while (b) {
    unsigned long r = a % b;
    a = b;
    b = r;
  }
  return a;
}

static unsigned root(unsigned long n) {
  unsigned long low = 0;
  unsigned long high = 65536;
  while (low + 1 < high) {
    unsigned long middle = (low + high) / 2;
    if (middle * middle <= n) low = middle;
    else high = middle;
  }
  return (unsigned)low;
}

int main(void) {
  unsigned long factorial = 1;
  unsigned long a = 0, b = 1;
  long seven = -7;
  for (unsigned char i = 2; i <= 12; i++) factorial *= i;
  printf("12! = %lu\n", factorial);
  printf("2^31 - 1 = %ld\n", (long)((1ul << 31) - 1));
  printf("100000 * 21474 = %ld\n", 100000L * 21474);
  printf("1000000007 / 9973 = %ld, remainder %ld\n", 1000000007L / 9973, 1000000007L % 9973);
  printf("-7 / 2 = %ld, remainder %ld\n", seven / 2, seven % 2);
  printf("gcd(1071000, 462000) = %lu\n", gcd(1071000ul, 462000ul));
  printf("square root of 2000000000 is %u\n", root(2000000000ul));
  for (unsigned char i = 0; i < 46; i++) {
    unsigned long next = a + b;
    a = b;
    b = next;
  }
  printf("fib(46) = %lu\n", a);
  return 0;
}
