// title: Fewer jumps
// group: optimiser
// Pass jump threading. A flag is set in one place and tested in the next: the path that set it knows the answer and can jump straight
// to where the test would lead.
// expect: 67 of 200
#include <stdio.h>

static int is_wanted(unsigned char n) {
  int found = 0;
  if (n % 3 == 0) found = 1;
  if (found) return 1;
  return 0;
}

int main(void) {
  int count = 0;
  for (unsigned char n = 0; n < 200; n++) {
    int wanted = is_wanted(n) && n != 255;
    if (wanted) count++;
  }
  printf("%d of 200\n", count);
  return 0;
}
