/* <net.h>: the network card. Every card has a 16-bit address; a frame has at most 256 bytes. */
#ifndef _NET_H
#define _NET_H

#include <ports.h>

#define NET_FRAME_BYTES 256

unsigned net_address(void);
/* Sends a frame and returns when the card has taken it; 0, or NET_ERROR. */
int net_send(unsigned peer, const void *data, unsigned length);
/* Length of the oldest frame that waits, 0 if none. */
unsigned net_waiting(void);
/* Takes the oldest frame: its length, or 0 if none waits. `*peer` becomes its sender. `data` has room for NET_FRAME_BYTES. */
unsigned net_recv(void *data, unsigned *peer);
/* Sleeps until a frame arrives, then takes it. */
unsigned net_listen(void *data, unsigned *peer);
/* Sends a request and sleeps until its peer answers, for at most `timeout_us`; the answer's length, or 0. */
unsigned net_request(unsigned peer, const void *data, unsigned length, void *answer, unsigned long timeout_us);

#endif
