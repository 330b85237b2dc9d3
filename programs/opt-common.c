// title: The same sum only once
// group: optimiser
// Pass GVN. The index expression stands four times in the source and is computed once: value numbering sees that equal operands
// give equal results, loads included when nothing was stored between.
// expect: 1162
#include <stdio.h>

static unsigned char grid[12][20];

static unsigned around(unsigned x, unsigned y) {
  return grid[y][x - 1] + grid[y][x + 1] + 2 * grid[y][x] + (grid[y][x] > 10 ? grid[y][x] : 0);
}

int main(void) {
  unsigned sum = 0;
  for (unsigned y = 0; y < 12; y++)
    for (unsigned x = 0; x < 20; x++) grid[y][x] = (x ^ y) & 15;
  for (unsigned y = 0; y < 12; y += 3)
    for (unsigned x = 1; x < 19; x += 2) sum += around(x, y);
  printf("%u\n", sum);
  return 0;
}
