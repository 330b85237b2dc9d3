// title: Back to eight bits
// group: optimiser
// Pass narrowing. C computes with at least an int, here 16 bits, even when all values are bytes. The pass proves that only the low eight
// bits matter, and the code shrinks to single registers: switch it off and count the instructions.
// expect: 2d
#include <stdio.h>

static unsigned char mix(const unsigned char *data, unsigned char count) {
  unsigned char a = 1, b = 0;
  while (count--) {
    a = (a + *data++) ^ (b << 1);
    b = (b + a) & 0x7f;
  }
  return a ^ b;
}

int main(void) {
  unsigned char data[200];
  for (unsigned char i = 0; i < 200; i++) data[i] = i * 3 + 1;
  printf("%02x\n", mix(data, 200));
  return 0;
}
