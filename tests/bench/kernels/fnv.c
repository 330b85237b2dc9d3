/* FNV-1a, 32 bits, over a text. */
static const unsigned char message[] = "The quick brown fox jumps over the lazy dog";
static unsigned long fnv(const unsigned char *p) {
  unsigned long hash = 2166136261ul;
  while (*p) {
    hash ^= *p++;
    hash *= 16777619ul;
  }
  return hash;
}
unsigned kernel(void) {
  unsigned long h = fnv(message);
  return (unsigned)(h ^ (h >> 16));
}
