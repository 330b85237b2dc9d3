// title: Loops unrolled
// group: optimiser
// Pass loop unrolling. Eight rounds of a shift and a test are worth more as straight code: no counter, no branch back. The code grows, the
// cycles fall; at -Os the pass stays away.
// expect: 1024 bits in 256 bytes
#include <stdio.h>

static unsigned char ones(unsigned char byte) {
  unsigned char count = 0;
  for (unsigned char i = 0; i < 8; i++) {
    count += byte & 1;
    byte >>= 1;
  }
  return count;
}

int main(void) {
  unsigned sum = 0;
  unsigned char byte = 0;
  do sum += ones(byte);
  while (++byte);
  printf("%u bits in 256 bytes\n", sum);
  return 0;
}
