/* Sieve of Eratosthenes over 2048 numbers; the count of primes. */
static unsigned char composite[2048];
unsigned kernel(void) {
  unsigned i, k, count = 0;
  for (i = 0; i < 2048; i++) composite[i] = 0;
  for (i = 2; i < 2048; i++) {
    if (!composite[i]) {
      count++;
      for (k = i + i; k < 2048; k += i) composite[k] = 1;
    }
  }
  return count;
}
