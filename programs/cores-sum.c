// title: A sum on four cores
// group: cores
// machine: quad-core
// Four cores add up one array, each a quarter of it. The same sum is made once by core 0 alone and once by all of them, and the clock
// is read before and after: four cores take little more than a quarter of the time. They share the second-level cache and the bus, and
// core 0 has to start the others; that is what is missing to four times.
// expect: one core:   sum 61440, <n> cycles
// expect: four cores: sum 61440, <n> cycles
// expect: speed-up more than 2.5: yes
#include <cores.h>
#include <stdio.h>

#define CORES 4
#define COUNT 8192
#define STACK 96

static unsigned char data[COUNT];
static volatile unsigned sums[CORES];
static unsigned char stacks[CORES][STACK];

static unsigned sum(const unsigned char *from, unsigned count) {
  unsigned total = 0;
  while (count--) total += *from++;
  return total;
}

static void quarter(void *number) {
  unsigned n = (unsigned)number;
  sums[n] = sum(data + n * (COUNT / CORES), COUNT / CORES);
}

static unsigned sum_on_all(void) {
  for (unsigned char n = 1; n < CORES; n++) core_start(n, quarter, (void *)(unsigned)n, stacks[n], STACK);
  quarter(0);
  unsigned total = sums[0];
  for (unsigned char n = 1; n < CORES; n++) {
    core_join(n);
    total += sums[n];
  }
  return total;
}

int main(void) {
  for (unsigned i = 0; i < COUNT; i++) data[i] = i & 15;
  unsigned long start = cycles();
  unsigned alone = sum(data, COUNT);
  unsigned long one = cycles() - start;
  start = cycles();
  unsigned together = sum_on_all();
  unsigned long all = cycles() - start;
  printf("one core:   sum %u, %lu cycles\n", alone, one);
  printf("four cores: sum %u, %lu cycles\n", together, all);
  printf("speed-up more than 2.5: %s\n", one * 2 > all * 5 ? "yes" : "no");
  return 0;
}
