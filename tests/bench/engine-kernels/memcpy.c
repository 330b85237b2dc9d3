/* Copies 1 KiB byte by byte. */
#include <stdint.h>
uint8_t copy_from[1024], copy_to[1024];
static void copy(uint8_t *to, const uint8_t *from, uint16_t n) {
  while (n--) *to++ = *from++;
}
uint16_t kernel(void) {
  copy_from[0]++;
  copy(copy_to, copy_from, 1024);
  return copy_to[0];
}
