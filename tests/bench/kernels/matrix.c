/* Product of two 8 x 8 matrices of bytes into words. */
static unsigned char a[8][8], b[8][8];
static unsigned c[8][8];
unsigned kernel(void) {
  unsigned char i, j, k;
  unsigned sum = 0;
  for (i = 0; i < 8; i++)
    for (j = 0; j < 8; j++) {
      a[i][j] = (unsigned char)(i * 3 + j);
      b[i][j] = (unsigned char)(i ^ j);
    }
  for (i = 0; i < 8; i++)
    for (j = 0; j < 8; j++) {
      unsigned s = 0;
      for (k = 0; k < 8; k++) s += a[i][k] * b[k][j];
      c[i][j] = s;
    }
  for (i = 0; i < 8; i++)
    for (j = 0; j < 8; j++) sum = sum * 2 + c[i][j];
  return sum;
}
