/* A chain of 16-bit multiplications: a linear congruential generator, 1000 steps. */
#include <stdint.h>
uint16_t seed = 12345;
uint16_t kernel(void) {
  uint16_t i, x = seed, sum = 0;
  for (i = 0; i < 1000; i++) {
    x = (uint16_t)(x * 25173u + 13849u);
    sum ^= x;
  }
  seed = x;
  return sum;
}
