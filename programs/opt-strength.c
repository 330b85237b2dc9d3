// title: Multiplication and division by constants
// group: optimiser
// Pass strength reduction. Times ten becomes shifts and an addition, divided by eight a shift, modulo sixteen a mask; and a division by ten
// becomes a multiplication by its reciprocal. Switch the machine's multiplier off and compare.
// expect: 7770 6216 97 9 3 77
#include <stdio.h>

int main(void) {
  unsigned a = 0, b = 0, c = 0, d = 0, e = 0, f = 0;
  for (unsigned n = 1; n <= 777; n++) {
    a = n * 10;
    b = n * 8;
    c = n / 8;
    d = n % 16;
    e = n % 9;
    f = n / 10;
  }
  printf("%u %u %u %u %u %u\n", a, b, c, d, e, f);
  return 0;
}
