// title: From index to pointer
// group: optimiser
// Pass induction variables. `values[i]` is an address computed anew each time: twice i plus the start. The pass turns it into a pointer
// that walks, and the machine has a load that moves its pointer by itself.
// expect: largest 1007 at 57
#include <stdio.h>

#define COUNT 100

static int values[COUNT];

int main(void) {
  int largest = 0, at = 0;
  for (int i = 0; i < COUNT; i++) values[i] = (int)((i * 389u + 23) % 1009);
  for (int i = 0; i < COUNT; i++) {
    if (values[i] > largest) {
      largest = values[i];
      at = i;
    }
  }
  printf("largest %d at %d\n", largest, at);
  return 0;
}
