// title: Work that nobody needs
// group: optimiser
// Passes dead code and dead stores. The checksum is computed and never used, and the buffer is cleared just before it is filled. Both
// vanish; the instruction count falls to about a third.
// expect: 8128
#include <stdio.h>

static unsigned run(void) {
  unsigned char buffer[128];
  unsigned checksum = 1;
  unsigned sum = 0;
  for (unsigned char i = 0; i < 128; i++) {
    buffer[i] = 0;
    buffer[i] = i;
    checksum = checksum * 31 + i;
  }
  for (unsigned char i = 0; i < 128; i++) sum += buffer[i];
  return sum;
}

int main(void) {
  printf("%u\n", run());
  return 0;
}
