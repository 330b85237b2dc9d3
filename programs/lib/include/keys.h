/* <keys.h>: the keyboard. A key is an ASCII code or KEY_LEFT, KEY_RIGHT, KEY_UP, KEY_DOWN, KEY_ENTER, KEY_ESCAPE. */
#ifndef _KEYS_H
#define _KEYS_H

#include <ports.h>

/* The next event, 0 if none waits; KEY_RELEASED is added when a key is let go. */
#define key_event() __builtin_in(KEY_DATA)
#define key_waiting() __builtin_in(KEY_COUNT)
/* The next key pressed, 0 if none waits; releases are passed over. */
unsigned char key_pressed(void);
/* Sleeps until a key is pressed. */
unsigned char key_wait(void);

#endif
