/* What the library's own files share; not for programs. */
#ifndef _INTERNAL_H
#define _INTERNAL_H

/* Sleeps until interrupt `number`, or another one that is let through, is pending. Handlers run, except that of `number`. */
void _sleep_until(unsigned char number);

#endif
