// title: Two kinds of spinlock
// group: cores
// machine: quad-core
// Four cores add to one counter, each addition under a lock. The simple lock does test-and-set until it succeeds: every try takes the
// line away from whoever has it, the owner of the lock included, and keeps the bus busy. The other lock reads until the lock
// looks free and only then tries (test and test-and-set): the waiting cores read their own copies, without any traffic. Both count to
// the same number; compare the traffic on the bus. The time gains less here: whoever has the lock works in its own cache.
// expect: test-and-set:          counter 400, <n> cycles, core 0 took lines away <n> times
// expect: test and test-and-set: counter 400, <n> cycles, core 0 took lines away <n> times
// expect: the second makes less than a quarter of the traffic: yes
#include <cores.h>
#include <stdio.h>

#define CORES 4
#define ROUNDS 100
#define STACK 96
/* What is done under the lock and outside it. */
#define WORK 40

/* The lock and what it guards, each in a line of its own. */
struct shared {
  spinlock guard;
  unsigned char apart[16];
  volatile unsigned counter;
  unsigned char alone[16];
};
static struct shared first, second;
static unsigned char stacks[CORES][STACK];

static void work(void) {
  for (volatile unsigned char i = WORK; i; i--);
}

static void simple(void *argument) {
  struct shared *one = argument;
  for (unsigned char i = 0; i < ROUNDS; i++) {
    while (test_and_set((unsigned char *)&one->guard));
    work();
    one->counter++;
    one->guard = 0;
    work();
  }
}

static void polite(void *argument) {
  struct shared *one = argument;
  for (unsigned char i = 0; i < ROUNDS; i++) {
    lock(&one->guard);
    work();
    one->counter++;
    unlock(&one->guard);
    work();
  }
}

struct result {
  unsigned long cycles, taken;
};

static struct result race(void (*count)(void *), struct shared *one) {
  unsigned long start = cycles();
  unsigned long before = counter(COUNT_BUS_READ_EXCLUSIVES);
  struct result result;
  for (unsigned char n = 1; n < CORES; n++) core_start(n, count, one, stacks[n], STACK);
  count(one);
  for (unsigned char n = 1; n < CORES; n++) core_join(n);
  result.cycles = cycles() - start;
  result.taken = counter(COUNT_BUS_READ_EXCLUSIVES) - before;
  return result;
}

static void print(const char *name, unsigned counter, struct result result) {
  printf("%s counter %u, %lu cycles, core 0 took lines away %lu times\n", name, counter, result.cycles, result.taken);
}

int main(void) {
  struct result rude = race(simple, &first);
  struct result better = race(polite, &second);
  print("test-and-set:         ", first.counter, rude);
  print("test and test-and-set:", second.counter, better);
  printf("the second makes less than a quarter of the traffic: %s\n", 4 * better.taken < rude.taken ? "yes" : "no");
  return 0;
}
