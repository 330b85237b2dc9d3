// title: Locals into registers
// group: optimiser
// Pass mem2reg. At -O0 every variable lives in the stack frame and each use is a load or a store. With the pass the loop runs in
// registers alone: switch it off and watch the data cache accesses.
// expect: 45150
#include <stdio.h>

static unsigned sum_to(unsigned n) {
  unsigned sum = 0;
  for (unsigned i = 1; i <= n; i++) sum += i;
  return sum;
}

int main(void) {
  printf("%u\n", sum_to(300));
  return 0;
}
