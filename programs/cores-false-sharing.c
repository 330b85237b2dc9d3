// title: False sharing
// group: cores
// machine: dual-core
// Two cores count, each in a variable of its own. First the two variables lie side by side, in one line of the cache: with every write
// one core takes the line away from the other, although neither ever reads what the other has written. Then they lie a line apart, and
// the same work takes a fraction of the time. Look at the coherence misses and at the lines that bounce.
// expect: side by side: 1000 and 1000, <n> cycles
// expect: a line apart: 1000 and 1000, <n> cycles
// expect: side by side takes at least a quarter longer: yes
#include <cores.h>
#include <stdio.h>

#define ROUNDS 1000
#define LINE 16
#define STACK 96
/* The first address in a variable at which a line of the cache begins. */
#define LINE_IN(room) ((volatile unsigned *)(((unsigned)(room) + LINE - 1) & ~(LINE - 1)))

static unsigned char side_by_side[2 * LINE];
static unsigned char a_line_apart[3 * LINE];
static unsigned char stack[STACK];

static void count(void *cell) {
  volatile unsigned *counter = cell;
  for (unsigned i = 0; i < ROUNDS; i++) ++*counter;
}

static unsigned long race(volatile unsigned *mine, volatile unsigned *yours) {
  unsigned long start = cycles();
  core_start(1, count, (void *)yours, stack, STACK);
  count((void *)mine);
  core_join(1);
  return cycles() - start;
}

int main(void) {
  volatile unsigned *near = LINE_IN(side_by_side);
  volatile unsigned *far = LINE_IN(a_line_apart);
  unsigned long slow = race(&near[0], &near[1]);
  unsigned long fast = race(&far[0], &far[LINE / sizeof(unsigned)]);
  printf("side by side: %u and %u, %lu cycles\n", near[0], near[1], slow);
  printf("a line apart: %u and %u, %lu cycles\n", far[0], far[LINE / sizeof(unsigned)], fast);
  printf("side by side takes at least a quarter longer: %s\n", 4 * slow > 5 * fast ? "yes" : "no");
  return 0;
}
