// title: CRC-16
// group: algorithms
// The checksum of disk sectors and radio frames, bit by bit and with a table made at the start. Compare the cycles of the two.
// expect: bit by bit: 29b1
// expect: by table:   29b1
// expect: one bit flipped: 3990
// expect: the table is faster: yes
#include <machine.h>
#include <stdio.h>
#include <string.h>

static unsigned table[256];

/* CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xffff; "123456789" gives 0x29b1. */
static unsigned crc_bits(const char *data, unsigned length) {
  unsigned crc = 0xffff;
  while (length--) {
    crc ^= (unsigned)*data++ << 8;
    for (unsigned char i = 0; i < 8; i++) crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
}

static void make_table(void) {
  for (unsigned i = 0; i < 256; i++) {
    unsigned crc = i << 8;
    for (unsigned char bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
    table[i] = crc & 0xffff;
  }
}

static unsigned crc_table(const char *data, unsigned length) {
  unsigned crc = 0xffff;
  while (length--) crc = (crc << 8 ^ table[(crc >> 8 ^ *data++) & 0xff]) & 0xffff;
  return crc;
}

int main(void) {
  char text[] = "123456789";
  unsigned long start, bits, lookups;
  make_table();
  start = cycles();
  printf("bit by bit: %04x\n", crc_bits(text, strlen(text)));
  start = cycles();
  crc_bits(text, 9);
  bits = cycles() - start;
  printf("by table:   %04x\n", crc_table(text, strlen(text)));
  start = cycles();
  crc_table(text, 9);
  lookups = cycles() - start;
  text[8] ^= 1;
  printf("one bit flipped: %04x\n", crc_bits(text, 9));
  printf("the table is faster: %s\n", lookups < bits ? "yes" : "no");
  return 0;
}
