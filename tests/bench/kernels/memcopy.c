/* Copies bytes between two buffers, forwards and backwards. */
static unsigned char from[512], to[512];
static void copy(unsigned char *d, const unsigned char *s, unsigned n) {
  while (n--) *d++ = *s++;
}
static void copy_back(unsigned char *d, const unsigned char *s, unsigned n) {
  d += n;
  s += n;
  while (n--) *--d = *--s;
}
unsigned kernel(void) {
  unsigned i, sum = 0;
  for (i = 0; i < 512; i++) from[i] = (unsigned char)(i ^ (i >> 3));
  copy(to, from, 512);
  copy_back(to + 3, to, 500);
  for (i = 0; i < 512; i++) sum = (sum << 1) + to[i] + (sum >> 15);
  return sum;
}
