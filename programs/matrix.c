// title: A matrix by rows and by columns
// group: memory
// The same 4096 bytes are added up twice, along the rows and down the columns. The sums agree; the cache does not see them alike. A
// row lies in consecutive bytes, so one miss brings in a whole line; down a column every byte is in another line, and by the time
// the walk comes back, the line is gone. The program reads the miss counters of the first-level data cache before and after.
// expect: by rows:    sum 6656, <n> misses
// expect: by columns: sum 6656, <n> misses
// expect: columns miss more than four times as often: yes
#include <machine.h>
#include <stdio.h>

#define SIZE 64

static unsigned char cells[SIZE][SIZE];

static unsigned sum_rows(void) {
  unsigned sum = 0;
  for (unsigned char row = 0; row < SIZE; row++)
    for (unsigned char column = 0; column < SIZE; column++) sum += cells[row][column];
  return sum;
}

/* The loops are the other way round. -O2 would put them right again (see the pass "loop interchange"), so the walk goes
 * through a pointer that the compiler cannot see through. */
static unsigned sum_columns(volatile unsigned char *from) {
  unsigned sum = 0;
  for (unsigned char column = 0; column < SIZE; column++)
    for (unsigned row = 0; row < SIZE * SIZE; row += SIZE) sum += from[row + column];
  return sum;
}

int main(void) {
  for (unsigned char row = 0; row < SIZE; row++)
    for (unsigned char column = 0; column < SIZE; column++) cells[row][column] = (row + column) & 3 ? 2 : row & 1;

  unsigned long start = counter(COUNT_L1D_READ_MISSES);
  unsigned sum = sum_rows();
  unsigned long rows = counter(COUNT_L1D_READ_MISSES) - start;
  printf("by rows:    sum %u, %lu misses\n", sum, rows);

  start = counter(COUNT_L1D_READ_MISSES);
  sum = sum_columns(&cells[0][0]);
  unsigned long columns = counter(COUNT_L1D_READ_MISSES) - start;
  printf("by columns: sum %u, %lu misses\n", sum, columns);

  printf("columns miss more than four times as often: %s\n", columns > 4 * rows ? "yes" : "no");
  return 0;
}
