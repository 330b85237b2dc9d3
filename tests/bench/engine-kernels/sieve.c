/* Sieve of Eratosthenes over 4 KiB of flags; the count of primes. */
#include <stdint.h>
static uint8_t composite[4096];
uint16_t kernel(void) {
  uint16_t i, k, count = 0;
  for (i = 0; i < 4096; i++) composite[i] = 0;
  for (i = 2; i < 4096; i++) {
    if (!composite[i]) {
      count++;
      for (k = i + i; k < 4096; k += i) composite[k] = 1;
    }
  }
  return count;
}
