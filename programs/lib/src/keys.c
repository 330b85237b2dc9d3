/* <keys.h>: the keyboard. */
#include <keys.h>
#include "internal.h"

unsigned char key_pressed(void) {
  unsigned char key;
  while ((key = __builtin_in(KEY_DATA)) & KEY_RELEASED)
    ;
  return key;
}

unsigned char key_wait(void) {
  unsigned char key;
  while (!(key = key_pressed())) _sleep_until(IRQ_KEYBOARD);
  return key;
}
