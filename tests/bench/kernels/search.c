/* Naive string search: all places of a word in a text. */
static const char text[] =
    "the quick brown fox jumps over the lazy dog while the other dog sleeps and the fox runs on to the thicket behind the house";
static unsigned length(const char *s) {
  const char *p = s;
  while (*p) p++;
  return (unsigned)(p - s);
}
static const char *find(const char *s, const char *word) {
  for (; *s; s++) {
    const char *a = s;
    const char *b = word;
    while (*b && *a == *b) {
      a++;
      b++;
    }
    if (!*b) return s;
  }
  return 0;
}
static unsigned places(const char *word) {
  unsigned sum = 0;
  const char *at = text;
  while ((at = find(at, word)) != 0) {
    sum = sum * 5 + (unsigned)(at - text);
    at++;
  }
  return sum;
}
unsigned kernel(void) { return places("the") + places("dog") + places("house") + length(text); }
