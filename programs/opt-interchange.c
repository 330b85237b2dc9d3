// title: Loops the other way round
// group: optimiser
// Pass loop interchange. The source walks down the columns and misses the cache at nearly every step; the pass proves that the order does
// not matter to the result, and walks along the rows. Switch it off and look at the hit rate of the data cache.
// expect: 30720
#include <stdio.h>

#define SIZE 64

static unsigned char cells[SIZE][SIZE];

int main(void) {
  unsigned sum = 0;
  for (unsigned char x = 0; x < SIZE; x++)
    for (unsigned char y = 0; y < SIZE; y++) cells[y][x] = (x + y) & 15;
  for (unsigned char x = 0; x < SIZE; x++)
    for (unsigned char y = 0; y < SIZE; y++) sum += cells[y][x];
  printf("%u\n", sum);
  return 0;
}
