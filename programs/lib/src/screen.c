/* <screen.h>: drawing into the frame buffer. */
#include <screen.h>

/* Characters 32 to 90, 3 by 5 pixels: bit 14 is the top left pixel, rows follow each other. */
static const unsigned font[59] = {
    0x0000, 0x2482, 0x5a00, 0x5f7d, 0x3cf2, 0x52a5, 0x2aab, 0x2400, 0x1491, 0x4494,
    0x55d5, 0x05d0, 0x0014, 0x01c0, 0x0002, 0x12a4, 0x7b6f, 0x2c97, 0x73e7, 0x73cf,
    0x5bc9, 0x79cf, 0x79ef, 0x7292, 0x7bef, 0x7bcf, 0x0410, 0x0414, 0x1511, 0x0e38,
    0x4454, 0x72c2, 0x7be7, 0x2bed, 0x6bae, 0x3923, 0x6b6e, 0x79a7, 0x79a4, 0x396b,
    0x5bed, 0x7497, 0x126a, 0x5bad, 0x4927, 0x5fed, 0x6b6d, 0x2b6a, 0x6ba4, 0x2b7b,
    0x6bad, 0x388e, 0x7492, 0x5b6f, 0x5b6a, 0x5bfd, 0x5aad, 0x5a92, 0x72a7,
};

void screen_clear(unsigned char colour) {
  unsigned char *p = SCREEN;
  unsigned count = SCREEN_WIDTH * SCREEN_HEIGHT;
  do *p++ = colour;
  while (--count);
}

void screen_set(unsigned char x, unsigned char y, unsigned char colour) {
  if (x < SCREEN_WIDTH && y < SCREEN_HEIGHT) SCREEN[((unsigned)y << 6) + x] = colour;
}

unsigned char screen_get(unsigned char x, unsigned char y) {
  return x < SCREEN_WIDTH && y < SCREEN_HEIGHT ? SCREEN[((unsigned)y << 6) + x] : 0;
}

void screen_fill(unsigned char x, unsigned char y, unsigned char width, unsigned char height, unsigned char colour) {
  unsigned char *row;
  if (x >= SCREEN_WIDTH || y >= SCREEN_HEIGHT) return;
  if (width > SCREEN_WIDTH - x) width = (unsigned char)(SCREEN_WIDTH - x);
  if (height > SCREEN_HEIGHT - y) height = (unsigned char)(SCREEN_HEIGHT - y);
  for (row = SCREEN + ((unsigned)y << 6) + x; height; height--, row += SCREEN_WIDTH) {
    unsigned char *p = row;
    unsigned char i;
    for (i = width; i; i--) *p++ = colour;
  }
}

/* Bresenham's line: the error term tells when to step aside. */
void screen_line(int x0, int y0, int x1, int y1, unsigned char colour) {
  int dx = x1 > x0 ? x1 - x0 : x0 - x1;
  int dy = y1 > y0 ? y0 - y1 : y1 - y0;
  int sx = x0 < x1 ? 1 : -1;
  int sy = y0 < y1 ? 1 : -1;
  int error = dx + dy;
  for (;;) {
    int twice = 2 * error;
    if (x0 >= 0 && y0 >= 0 && x0 < SCREEN_WIDTH && y0 < SCREEN_HEIGHT)
      screen_set((unsigned char)x0, (unsigned char)y0, colour);
    if (x0 == x1 && y0 == y1) return;
    if (twice >= dy) {
      error += dy;
      x0 += sx;
    }
    if (twice <= dx) {
      error += dx;
      y0 += sy;
    }
  }
}

unsigned char screen_text(unsigned char x, unsigned char y, const char *text, unsigned char colour) {
  char c;
  for (; (c = *text); text++, x += 4) {
    unsigned bits;
    unsigned char row, column;
    if (c >= 'a' && c <= 'z') c = (char)(c - 32);
    if (c < ' ' || c > 'Z') continue;
    bits = font[c - ' '] << 1;
    for (row = 0; row < 5; row++)
      for (column = 0; column < 3; column++, bits <<= 1)
        if (bits & 0x8000) screen_set((unsigned char)(x + column), (unsigned char)(y + row), colour);
  }
  return x;
}
