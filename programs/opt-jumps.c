// title: Fewer jumps
// group: optimiser
// Pass jump threading. A flag is set where the search ends and tested behind the loop: both ways out of the loop know the answer, and
// jump straight to where the test would lead. The flag itself is gone then.
// expect: 33 found after 528 steps, 67 missing
#include <stdio.h>

static unsigned char table[50];

int main(void) {
  unsigned found = 0, missing = 0, steps = 0;
  for (unsigned char i = 0; i < 50; i++) table[i] = (unsigned char)(i * 3 + 1);
  for (unsigned char wanted = 0; wanted < 100; wanted++) {
    unsigned char is_there = 0;
    unsigned char i;
    for (i = 0; i < 50; i++)
      if (table[i] == wanted) {
        is_there = 1;
        break;
      }
    if (is_there) {
      found++;
      steps += i;
    } else missing++;
  }
  printf("%u found after %u steps, %u missing\n", found, steps, missing);
  return 0;
}
