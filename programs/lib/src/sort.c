/* qsort as a heap sort: n log n at worst, no recursion and no memory of its own, which suits a small stack. */
#include <stdlib.h>

typedef int (*comparison)(const void *, const void *);

static void swap(char *a, char *b, size_t size) {
  do {
    char c = *a;
    *a++ = *b;
    *b++ = c;
  } while (--size);
}

/* Lets the element at byte offset `root` sink to its place in the heap of `end` bytes; `half` is where leaves begin. */
static void sink(char *base, size_t root, size_t half, size_t end, size_t size, comparison compare) {
  while (root < half) {
    size_t child = root + root + size;
    if (child + size < end && compare(base + child, base + child + size) < 0) child += size;
    if (compare(base + root, base + child) >= 0) return;
    swap(base + root, base + child, size);
    root = child;
  }
}

void qsort(void *array, size_t count, size_t size, comparison compare) {
  char *base = array;
  size_t half = count / 2 * size;
  size_t end = count * size;
  size_t root;
  if (count < 2 || size == 0) return;
  for (root = half; root;) {
    root -= size;
    sink(base, root, half, end, size, compare);
  }
  while (--count) {
    end -= size;
    swap(base, base + end, size);
    sink(base, 0, count / 2 * size, end, size, compare);
  }
}

void *bsearch(const void *key, const void *array, size_t count, size_t size, comparison compare) {
  const char *base = array;
  while (count) {
    size_t half = count / 2;
    const char *middle = base + half * size;
    int order = compare(key, middle);
    if (order == 0) return (void *)middle;
    if (order > 0) {
      base = middle + size;
      half = count - half - 1;
    }
    count = half;
  }
  return NULL;
}
