// title: Hardware threads hide misses
// group: cores
// machine: threads
// One core with two hardware threads: two sets of registers, one pipeline, one cache. Each thread walks through its own table with a
// stride that misses with every step. Alone, the core waits for memory most of the time. With both, one thread runs while the other
// waits, and twice the work takes little longer. Look at the ledger: what the threads wait for memory overlaps.
// expect: one walk:  sum 768, <n> cycles
// expect: two walks: sum 1536, <n> cycles
// expect: two walks take less than 1.6 times as long as one: yes
#include <cores.h>
#include <stdio.h>

#define SIZE 8192
#define STRIDE 64
#define ROUNDS 6
#define STACK 96

static unsigned char tables[2][SIZE];
static volatile unsigned sums[2];
static unsigned char stack[STACK];

static void walk(void *number) {
  unsigned n = (unsigned)number;
  unsigned sum = 0;
  for (unsigned char round = 0; round < ROUNDS; round++)
    for (const volatile unsigned char *p = tables[n]; p < tables[n] + SIZE; p += STRIDE) sum += *p;
  sums[n] = sum;
}

int main(void) {
  for (unsigned char n = 0; n < 2; n++)
    for (unsigned i = 0; i < SIZE; i += STRIDE) tables[n][i] = 1;
  unsigned long start = cycles();
  walk(0);
  unsigned long one = cycles() - start;
  unsigned alone = sums[0];
  start = cycles();
  core_start(1, walk, (void *)1, stack, STACK);
  walk(0);
  core_join(1);
  unsigned long two = cycles() - start;
  printf("one walk:  sum %u, %lu cycles\n", alone, one);
  printf("two walks: sum %u, %lu cycles\n", sums[0] + sums[1], two);
  printf("two walks take less than 1.6 times as long as one: %s\n", two * 5 < one * 8 ? "yes" : "no");
  return 0;
}
