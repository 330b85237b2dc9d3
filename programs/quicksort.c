// title: Quicksort
// group: algorithms
// Sorts 500 random numbers in place. Watch the stack's depth in the memory heat map, and set a conditional breakpoint on low == 0.
// expect: sorted: yes
// expect: smallest <n>, largest <n>
// expect: the sum is unchanged: yes
#include <stdio.h>
#include <stdlib.h>

#define COUNT 500

static int values[COUNT];

static void sort(int *low, int *high) {
  while (low < high) {
    int pivot = low[(high - low) / 2];
    int *i = low;
    int *j = high;
    while (i <= j) {
      while (*i < pivot) i++;
      while (*j > pivot) j--;
      if (i <= j) {
        int t = *i;
        *i++ = *j;
        *j-- = t;
      }
    }
    /* The smaller part by recursion, the larger by going round again: the stack stays shallow. */
    if (j - low < high - i) {
      sort(low, j);
      low = i;
    } else {
      sort(i, high);
      high = j;
    }
  }
}

static long total(void) {
  long sum = 0;
  for (int i = 0; i < COUNT; i++) sum += values[i];
  return sum;
}

int main(void) {
  long before;
  int ordered = 1;
  srand(2024);
  for (int i = 0; i < COUNT; i++) values[i] = rand() - 16384;
  before = total();
  sort(values, values + COUNT - 1);
  for (int i = 1; i < COUNT; i++)
    if (values[i - 1] > values[i]) ordered = 0;
  printf("sorted: %s\n", ordered ? "yes" : "no");
  printf("smallest %d, largest %d\n", values[0], values[COUNT - 1]);
  printf("the sum is unchanged: %s\n", before == total() ? "yes" : "no");
  return 0;
}
