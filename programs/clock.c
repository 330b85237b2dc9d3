// title: A clock on interrupts
// group: machine
// The timer interrupts every 100 ms; between two ticks the core sleeps. In the ledger nearly all time is sleep, and a second
// of simulated time passes in a few hundred instructions.
// expect: 0.5 s
// expect: 1.0 s
// expect: 1.5 s
// expect: 2.0 s
// expect: 20 ticks, and the clock agrees: yes
#include <machine.h>
#include <stdio.h>

static volatile unsigned char ticks;

INTERRUPT(IRQ_TIMER) void tick(void) { ticks++; }

int main(void) {
  unsigned char shown = 0;
  unsigned long start = nanos();
  unsigned long elapsed;
  irq_enable(IRQ_TIMER);
  interrupts_on();
  timer_start(100000);
  while (ticks < 20) {
    wait();
    if (ticks >= shown + 5) {
      shown += 5;
      printf("%u.%u s\n", shown / 10, shown % 10);
    }
  }
  timer_stop();
  elapsed = nanos() - start;
  printf("%u ticks, and the clock agrees: %s\n", ticks, elapsed >= 2000000000ul && elapsed < 2010000000ul ? "yes" : "no");
  return 0;
}
