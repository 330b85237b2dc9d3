/* Conway's Life on a 16 x 16 torus, ten generations. */
static unsigned char board[256], next[256];
static unsigned char neighbours(unsigned char x, unsigned char y) {
  unsigned char n = 0, i, j;
  for (i = 0; i < 3; i++)
    for (j = 0; j < 3; j++)
      if (i != 1 || j != 1) n += board[(((y + i - 1) & 15) << 4) + ((x + j - 1) & 15)];
  return n;
}
static void step(void) {
  unsigned char x, y;
  unsigned i;
  for (y = 0; y < 16; y++)
    for (x = 0; x < 16; x++) {
      unsigned char n = neighbours(x, y);
      next[(y << 4) + x] = n == 3 || (n == 2 && board[(y << 4) + x]);
    }
  for (i = 0; i < 256; i++) board[i] = next[i];
}
unsigned kernel(void) {
  unsigned i, sum = 0;
  for (i = 0; i < 256; i++) board[i] = (unsigned char)((i * 29 + (i >> 2)) % 7 < 3);
  for (i = 0; i < 10; i++) step();
  for (i = 0; i < 256; i++) sum = sum * 3 + board[i];
  return sum;
}
