/* <net.h>: frames to and from the network card. */
#include <machine.h>
#include <net.h>
#include "internal.h"

static unsigned read16(unsigned char port) {
  unsigned low = in(port);
  return low | (unsigned)in((unsigned char)(port + 1)) << 8;
}

static void write16(unsigned char port, unsigned value) {
  out(port, (unsigned char)value);
  out((unsigned char)(port + 1), (unsigned char)(value >> 8));
}

unsigned net_address(void) { return read16(NET_ADDRESS); }

int net_send(unsigned peer, const void *data, unsigned length) {
  while (in(NET_STATUS) & NET_BUSY)
    ;
  write16(NET_LENGTH, length);
  write16(NET_DMA, (unsigned)data);
  write16(NET_PEER, peer);
  out(NET_COMMAND, NET_SEND);
  return in(NET_STATUS) & NET_ERROR;
}

unsigned net_waiting(void) { return in(NET_STATUS) & NET_FRAME ? read16(NET_LENGTH) : 0; }

unsigned net_recv(void *data, unsigned *peer) {
  unsigned length = net_waiting();
  if (length == 0) return 0;
  *peer = read16(NET_PEER);
  write16(NET_DMA, (unsigned)data);
  out(NET_COMMAND, NET_RECEIVE);
  return length;
}

unsigned net_listen(void *data, unsigned *peer) {
  unsigned length;
  while (!(length = net_recv(data, peer))) _sleep_until(IRQ_NETWORK);
  return length;
}

unsigned net_request(unsigned peer, const void *data, unsigned length, void *answer, unsigned long timeout_us) {
  unsigned long start = micros();
  unsigned from;
  if (net_send(peer, data, length)) return 0;
  do {
    unsigned got = net_recv(answer, &from);
    if (got && from == peer) return got;
  } while (micros() - start < timeout_us);
  return 0;
}
