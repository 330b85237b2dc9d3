// title: Functions without calls
// group: optimiser
// Pass inlining. Small functions are copied into their callers: no call, no return, no registers saved; and what was an argument
// becomes a constant that other passes can use.
// expect: 24 of 90 are coprime to 30, largest gap 6
#include <stdio.h>

static unsigned char divides(unsigned char d, unsigned char n) { return n % d == 0; }
static unsigned char max(unsigned char a, unsigned char b) { return a > b ? a : b; }
static unsigned char coprime(unsigned char n) { return !divides(2, n) && !divides(3, n) && !divides(5, n); }

int main(void) {
  unsigned char count = 0, gap = 0, last = 1;
  for (unsigned char n = 1; n <= 90; n++) {
    if (!coprime(n)) continue;
    count++;
    gap = max(gap, n - last);
    last = n;
  }
  printf("%u of 90 are coprime to 30, largest gap %u\n", count, gap);
  return 0;
}
