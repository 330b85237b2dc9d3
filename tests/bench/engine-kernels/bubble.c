/* Bubble sort of 64 words from a linear congruential generator. */
#include <stdint.h>
static int16_t values[64];
uint16_t kernel(void) {
  static uint16_t seed = 12345;
  uint8_t i, n;
  for (i = 0; i < 64; i++) {
    seed = (uint16_t)(seed * 25173u + 13849u);
    values[i] = (int16_t)seed;
  }
  for (n = 63; n > 0; n--)
    for (i = 0; i < n; i++)
      if (values[i] > values[i + 1]) {
        int16_t held = values[i];
        values[i] = values[i + 1];
        values[i + 1] = held;
      }
  return (uint16_t)values[seed & 63];
}
