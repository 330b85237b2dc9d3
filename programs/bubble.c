// title: Bubble sort
// group: algorithms
// Swaps neighbours until nothing is out of order. Put a data breakpoint on values[0] and see the smallest number arrive.
// expect: before: 73 12 250 5 91 44 180 3 66 29 201 118
// expect: after:  3 5 12 29 44 66 73 91 118 180 201 250
// expect: 30 swaps
#include <stdio.h>

#define COUNT 12

static unsigned char values[COUNT] = {73, 12, 250, 5, 91, 44, 180, 3, 66, 29, 201, 118};

static void show(const char *label) {
  printf("%s", label);
  for (int i = 0; i < COUNT; i++) printf(" %d", values[i]);
  putchar('\n');
}

int main(void) {
  int swaps = 0;
  show("before:");
  for (int end = COUNT - 1; end > 0; end--) {
    for (int i = 0; i < end; i++) {
      if (values[i] > values[i + 1]) {
        unsigned char t = values[i];
        values[i] = values[i + 1];
        values[i + 1] = t;
        swaps++;
      }
    }
  }
  show("after: ");
  printf("%d swaps\n", swaps);
  return 0;
}
