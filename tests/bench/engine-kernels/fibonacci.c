/* The sixteenth Fibonacci number by double recursion. */
#include <stdint.h>
volatile uint8_t which = 16;
static uint16_t fib(uint8_t n) { return n < 2 ? n : (uint16_t)(fib(n - 1) + fib(n - 2)); }
uint16_t kernel(void) { return fib(which); }
