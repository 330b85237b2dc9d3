// title: String search
// group: algorithms
// The same word is looked for at every place, and with a table that tells how far a mismatch lets the search jump (Horspool 1980).
// expect: plain: at 67, 77 comparisons
// expect: jumps: at 67, 17 comparisons
#include <stdio.h>
#include <string.h>

static const char text[] = "a small machine can be understood whole, and what is understood is remembered";
static const char word[] = "remember";
static unsigned comparisons;

static int plain(const char *in, unsigned length, const char *find, unsigned size) {
  for (unsigned at = 0; at + size <= length; at++) {
    unsigned i = 0;
    while (i < size && (comparisons++, in[at + i] == find[i])) i++;
    if (i == size) return (int)at;
  }
  return -1;
}

static int horspool(const char *in, unsigned length, const char *find, unsigned size) {
  unsigned char jump[256];
  memset(jump, (int)size, sizeof jump);
  for (unsigned i = 0; i + 1 < size; i++) jump[(unsigned char)find[i]] = (unsigned char)(size - 1 - i);
  for (unsigned at = 0; at + size <= length; at += jump[(unsigned char)in[at + size - 1]]) {
    unsigned i = size;
    while (i && (comparisons++, in[at + i - 1] == find[i - 1])) i--;
    if (i == 0) return (int)at;
  }
  return -1;
}

int main(void) {
  unsigned length = strlen(text);
  unsigned size = strlen(word);
  int at = plain(text, length, word, size);
  printf("plain: at %d, %u comparisons\n", at, comparisons);
  comparisons = 0;
  at = horspool(text, length, word, size);
  printf("jumps: at %d, %u comparisons\n", at, comparisons);
  return 0;
}
