// title: Checks that prove themselves
// group: optimiser
// Pass bounds-check elimination. Every access through an array's name is checked. In the first loop the check cannot fail, because the
// loop's own test says so, and it goes; in the second the index comes from data, and it stays.
// expect: 4950 and 1671
#include <stdio.h>

#define COUNT 100

static unsigned char values[COUNT];
static unsigned char order[COUNT];

int main(void) {
  unsigned sum = 0, part = 0;
  for (unsigned char i = 0; i < COUNT; i++) {
    values[i] = i;
    order[i] = (unsigned char)(i * 37 % COUNT);
  }
  for (unsigned char i = 0; i < COUNT; i++) sum += values[i];
  for (unsigned char i = 0; i < COUNT; i += 3) part += values[order[i]];
  printf("%u and %u\n", sum, part);
  return 0;
}
