// title: Plasma on the screen
// group: machine
// Colours from a small sine table, moving over the 64 by 64 pixels at the top of memory: a store to an address is a dot of light.
// Open the screen pane; the cache view shows how 4096 stores sweep through the lines.
// expect: 12 frames
#include <machine.h>
#include <screen.h>
#include <stdio.h>

#define FRAMES 12

/* A quarter of a sine wave, 0 to 63. */
static const unsigned char quarter[16] = {0, 6, 12, 19, 24, 30, 36, 41, 45, 49, 53, 56, 59, 61, 62, 63};
static unsigned char wave[64];
static const unsigned char colours[16] = {0x01, 0x02, 0x03, 0x23, 0x43, 0x63, 0x83, 0xa3,
                                          0xc3, 0xe2, 0xe5, 0xe9, 0xed, 0xf1, 0xf9, 0xfd};

static void make_wave(void) {
  for (unsigned char i = 0; i < 16; i++) {
    wave[i] = 64 + quarter[i];
    wave[31 - i] = 64 + quarter[i];
    wave[32 + i] = 64 - quarter[i];
    wave[63 - i] = 64 - quarter[i];
  }
}

static void draw(unsigned char time) {
  unsigned char *pixel = SCREEN;
  for (unsigned char y = 0; y < SCREEN_HEIGHT; y++) {
    unsigned char row = wave[(y + time) & 63] + wave[(y * 2 - time) & 63];
    for (unsigned char x = 0; x < SCREEN_WIDTH; x++) {
      unsigned char value = (row + wave[(x + time * 2) & 63] + wave[(x + y) & 63]) & 0xff;
      *pixel++ = colours[(value >> 3) & 15];
    }
  }
}

int main(void) {
  make_wave();
  for (unsigned char frame = 0; frame < FRAMES; frame++) {
    draw(frame * 2);
    screen_text(2, 57, "ORRERY", WHITE);
    sleep_ms(40);
  }
  printf("%d frames\n", FRAMES);
  return 0;
}
