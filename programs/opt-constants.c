// title: Constants through branches
// group: optimiser
// Pass SCCP. The mode never changes, though the loop has a line that could change it: the pass assumes the best, finds its assumption
// confirmed, and the branches that cannot be taken go, the call in one of them too. Look at the control-flow graph before and after.
// expect: 700 after 20 rounds
#include <stdio.h>

int main(void) {
  int value = 0;
  int mode = 2, step = 10;
  int i;
  for (i = 1; i <= 20; i++) {
    if (mode == 1) printf("%d\n", value);
    value += i * mode + (step + 4);
    if (mode > 2) mode = value & 3;
  }
  printf("%d after %d rounds\n", value, i - 1);
  return 0;
}
