/* Insertion sort of 64 words from a linear congruence; a checksum by position. */
static int values[64];
static void sort(int *a, unsigned char n) {
  unsigned char i;
  for (i = 1; i < n; i++) {
    int v = a[i];
    unsigned char j = i;
    while (j > 0 && a[j - 1] > v) {
      a[j] = a[j - 1];
      j--;
    }
    a[j] = v;
  }
}
unsigned kernel(void) {
  unsigned seed = 12345, sum = 0;
  unsigned char i;
  for (i = 0; i < 64; i++) {
    seed = seed * 25173u + 13849u;
    values[i] = (int)seed;
  }
  sort(values, 64);
  for (i = 0; i < 64; i++) sum = sum * 3 + (unsigned)values[i];
  return sum;
}
