/* <cores.h>: starting, joining, locks. */
#include <cores.h>

static void put(unsigned char port, unsigned value) {
  out(port, (unsigned char)value);
  out(port + 1, (unsigned char)(value >> 8));
}

/* Where a core's function returns to. The next start sets PC and SP anew. */
static void rest(void) {
  for (;;) out(CORE_CONTROL, CORE_PARK);
}

void core_start(unsigned char core, void (*function)(void *), void *argument, void *stack, unsigned bytes) {
  unsigned top = (unsigned)stack + bytes - 2;
  *(volatile unsigned *)top = (unsigned)rest;
  out(CORE_SELECT, core);
  put(CORE_PC, (unsigned)function);
  put(CORE_SP, top);
  put(CORE_STACK_LIMIT, (unsigned)stack);
  put(CORE_ARGUMENT, (unsigned)argument);
  out(CORE_CONTROL, CORE_START);
}

unsigned char core_busy(unsigned char core) {
  out(CORE_SELECT, core);
  return in(CORE_STATE) == CORE_BUSY;
}

/* An interrupt may end the sleep early. */
void core_join(unsigned char core) {
  while (core_busy(core)) out(CORE_CONTROL, CORE_JOIN);
}

void core_interrupt(unsigned char core) {
  out(CORE_SELECT, core);
  out(CORE_CONTROL, CORE_INTERRUPT);
}

/* Test and test-and-set: while the lock is taken, each waiting core reads its own copy of the line, and the bus is quiet. */
void lock(spinlock *one) {
  while (test_and_set((unsigned char *)one))
    while (*one);
}

void unlock(spinlock *one) { *one = 0; }

static spinlock atomics;

unsigned atomic_add(volatile unsigned *cell, unsigned amount) {
  unsigned old;
  lock(&atomics);
  old = *cell;
  *cell = old + amount;
  unlock(&atomics);
  return old;
}

unsigned atomic_exchange(volatile unsigned *cell, unsigned value) {
  unsigned old;
  lock(&atomics);
  old = *cell;
  *cell = value;
  unlock(&atomics);
  return old;
}

void barrier_wait(struct barrier *barrier, unsigned char count) {
  unsigned char round = barrier->round;
  lock(&barrier->lock);
  if (++barrier->waiting == count) {
    barrier->waiting = 0;
    barrier->round = round + 1;
    unlock(&barrier->lock);
    return;
  }
  unlock(&barrier->lock);
  while (barrier->round == round);
}
