/* 32-bit arithmetic: xorshift, sums, shifts and comparisons. */
unsigned kernel(void) {
  unsigned long x = 2463534242ul, sum = 0;
  unsigned i, above = 0;
  for (i = 0; i < 200; i++) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    sum += x;
    if (x > 0x80000000ul) above++;
  }
  return (unsigned)(sum ^ (sum >> 16)) + above;
}
