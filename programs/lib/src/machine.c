/* <machine.h>: interrupts, the timer and the longer clocks. */
#include <machine.h>
#include "internal.h"

/* Whether the program has interrupts on; the core does not tell. */
static volatile unsigned char enabled;

void interrupts_on(void) {
  enabled = 1;
  __builtin_ei();
}

void interrupts_off(void) {
  __builtin_di();
  enabled = 0;
}

void irq_enable(unsigned char number) {
  unsigned char port = (unsigned char)(IRQ_MASK + (number >> 3));
  out(port, in(port) | 1 << (number & 7));
}

void irq_disable(unsigned char number) {
  unsigned char port = (unsigned char)(IRQ_MASK + (number >> 3));
  out(port, in(port) & ~(1 << (number & 7)));
}

/* With interrupts off no handler can come between the caller's look at the device and WAIT, which an interrupt that is
 * pending already ends at once. Then the others' handlers get their turn. */
void _sleep_until(unsigned char number) {
  unsigned char port = (unsigned char)(IRQ_MASK + (number >> 3));
  unsigned char mask;
  __builtin_di();
  mask = in(port);
  out(port, mask | 1 << (number & 7));
  __builtin_wait();
  out(port, mask);
  out(IRQ_PENDING + (number >> 3), 1 << (number & 7));
  if (enabled) __builtin_ei();
}

static void set_period(unsigned long microseconds) {
  out(TIMER_PERIOD, (unsigned char)microseconds);
  out(TIMER_PERIOD + 1, (unsigned char)(microseconds >> 8));
  out(TIMER_PERIOD + 2, (unsigned char)(microseconds >> 16));
  out(TIMER_PERIOD + 3, (unsigned char)(microseconds >> 24));
}

void timer_start(unsigned long microseconds) {
  set_period(microseconds);
  out(TIMER_CONTROL, TIMER_RUN | TIMER_REPEAT);
}

void timer_stop(void) { out(TIMER_CONTROL, 0); }

void sleep_us(unsigned long microseconds) {
  if (microseconds == 0) return;
  set_period(microseconds);
  in(TIMER_STATUS);
  out(TIMER_CONTROL, TIMER_RUN);
  while (in(TIMER_STATUS) == 0) _sleep_until(IRQ_TIMER);
}

void sleep_ms(unsigned milliseconds) { sleep_us(milliseconds * 1000ul); }

/* The 64-bit nanosecond counter divided by 1000 `times` times, low 32 bits; long division in words of 16 bits. */
static unsigned long scaled(unsigned char times) {
  unsigned words[4];
  unsigned char i;
  for (i = 0; i < 4; i++) {
    unsigned low = in((unsigned char)(NANOS + 2 * i));
    words[i] = low | (unsigned)in((unsigned char)(NANOS + 1 + 2 * i)) << 8;
  }
  for (; times; times--) {
    unsigned long rest = 0;
    for (i = 4; i--;) {
      rest = rest << 16 | words[i];
      words[i] = (unsigned)(rest / 1000);
      rest %= 1000;
    }
  }
  return (unsigned long)words[1] << 16 | words[0];
}

unsigned long micros(void) { return scaled(1); }

unsigned long millis(void) { return scaled(2); }
