/* <machine.h>: what the machine has beside memory: ports, counters, interrupts, sleep. */
#ifndef _MACHINE_H
#define _MACHINE_H

#include <ports.h>

#define in(port) __builtin_in(port)
#define out(port, value) __builtin_out(port, value)

/* Clock cycles and nanoseconds since power on, the low 32 bits: nanoseconds wrap after 4.29 s. */
unsigned long cycles(void);
unsigned long nanos(void);
/* Microseconds and milliseconds since power on; they wrap after 71 minutes and 49 days. */
unsigned long micros(void);
unsigned long millis(void);
/* A counter of the machine by its number, COUNT_L1D_READ_MISSES for example. */
unsigned long counter(unsigned char number);

/* Sleeps until an interrupt is pending that the mask lets through, whether interrupts are on or off. */
#define wait() __builtin_wait()
/* Sleeps for a time, to the microsecond, on the timer. */
void sleep_us(unsigned long microseconds);
void sleep_ms(unsigned milliseconds);

/* Stops the machine with an exit code. */
#define halt(code) __builtin_halt(code)

/* A handler is written: INTERRUPT(IRQ_TIMER) void tick(void) { ... }
 * It must be let through (irq_enable) and interrupts must be on. */
#define INTERRUPT(number) __interrupt(number)
void interrupts_on(void);
void interrupts_off(void);
void irq_enable(unsigned char number);
void irq_disable(unsigned char number);

/* The timer raises IRQ_TIMER every so many microseconds. */
void timer_start(unsigned long microseconds);
void timer_stop(void);

/* Reads a byte and sets it to 255 in one step that no other core can come between; 0 means: the lock was free. */
#define test_and_set(address) __builtin_tas(address)

#define random_byte() __builtin_in(RANDOM)
#define leds(bits) __builtin_out(LEDS, bits)
#define switches() __builtin_in(SWITCHES)

#endif
