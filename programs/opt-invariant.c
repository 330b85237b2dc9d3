// title: Out of the loop
// group: optimiser
// Pass loop-invariant motion. The product and the address of the row do not change while the inner loop runs, so they are computed once
// before it. On a machine where a 16-bit product takes three multiplications this shows.
// expect: 3810
#include <stdio.h>

static unsigned char cells[256];

static unsigned weigh(unsigned width, unsigned height, unsigned scale) {
  unsigned sum = 0;
  for (unsigned y = 0; y < height; y++)
    for (unsigned x = 0; x < width; x++) sum += cells[y * width + x] * ((scale * 3 + 1) & 7);
  return sum;
}

int main(void) {
  for (unsigned i = 0; i < 256; i++) cells[i] = i % 7;
  printf("%u\n", weigh(16, 16, 4));
  return 0;
}
