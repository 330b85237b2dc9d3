/* CRC-16/XMODEM, bit by bit, over 256 bytes. */
static unsigned char data[256];
static unsigned crc16(const unsigned char *p, unsigned n) {
  unsigned crc = 0;
  while (n--) {
    unsigned char bit;
    crc ^= (unsigned)*p++ << 8;
    for (bit = 0; bit < 8; bit++) {
      if (crc & 0x8000u) crc = (crc << 1) ^ 0x1021u;
      else crc <<= 1;
    }
  }
  return crc;
}
unsigned kernel(void) {
  unsigned i;
  for (i = 0; i < 256; i++) data[i] = (unsigned char)(i * 7 + 3);
  return crc16(data, 256);
}
