// title: Constants through branches
// group: optimiser
// Pass SCCP. The mode never changes, so every test of it can be answered at compile time, and the branches that cannot be taken go, the
// calls in them too. Look at the control-flow graph before and after.
// expect: 1240 after 20 rounds
#include <stdio.h>

static int step(int value, int i) {
  int debug = 0;
  int mode = 2;
  int scale;
  if (mode == 1) scale = 10;
  else if (mode == 2) scale = 3;
  else scale = 100;
  if (debug && i > 5) printf("%d\n", value);
  return value + i * (scale - 1) + scale * 14;
}

int main(void) {
  int value = 0;
  int i;
  for (i = 1; i <= 20; i++) value = step(value, i) - 1;
  printf("%d after %d rounds\n", value, i - 1);
  return 0;
}
