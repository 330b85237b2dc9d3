/* <cores.h>: several cores, or hardware threads of one core: to a program both are the same, and called cores here.
 *
 * main runs on core 0, and so do interrupt handlers. All cores share memory, and see each other's writes in one order; what several
 * of them use is `volatile`. malloc is core 0's, and printf is one core's at a time. */
#ifndef _CORES_H
#define _CORES_H

#include <machine.h>

#define MAX_CORES 8

/* How many there are, and which one asks: from 0. */
#define core_count() in(CORE_COUNT)
#define core_id() in(CORE_ID)

/* Starts a core that rests: it calls function(argument) on a stack of its own, of so many bytes, and rests again when that
 * returns. A core that does not exist, or is busy, is left alone. */
void core_start(unsigned char core, void (*function)(void *argument), void *argument, void *stack, unsigned bytes);
unsigned char core_busy(unsigned char core);
/* Sleeps until the core rests; for ever, if it is the one that asks. */
void core_join(unsigned char core);
/* Makes IRQ_SOFTWARE pending at another core: it ends wait() there, if irq_enable(IRQ_SOFTWARE) was called there. */
void core_interrupt(unsigned char core);

/* A lock that is 0 when free. A core that has it must not ask again, nor may an interrupt handler on it. */
typedef volatile unsigned char spinlock;
void lock(spinlock *one);
void unlock(spinlock *one);

/* Adds, or puts in a new value, as one step; gives the old value. One lock guards all of these. */
unsigned atomic_add(volatile unsigned *cell, unsigned amount);
unsigned atomic_exchange(volatile unsigned *cell, unsigned value);

/* All of `count` cores wait here for the last one; begin with zeros. */
struct barrier {
  spinlock lock;
  volatile unsigned char waiting;
  volatile unsigned char round;
};
void barrier_wait(struct barrier *barrier, unsigned char count);

#endif
