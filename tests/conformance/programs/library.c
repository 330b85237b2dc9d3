// The library: <string.h>, <ctype.h>, <stdlib.h>, with the corner cases that programs rely on.
#include <assert.h>
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int sign(int x) { return (x > 0) - (x < 0); }
static int ascending(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
struct item { char name[6]; long key; };
static int by_key(const void *a, const void *b) {
  const struct item *x = a, *y = b;
  return x->key < y->key ? -1 : x->key > y->key;
}

int main(void) {
  char a[20] = "hello", b[20];
  printf("%u %u %u\n", (unsigned)strlen(a), (unsigned)strlen(""), (unsigned)sizeof a);
  printf("%s ", strcpy(b, a));
  printf("%s\n", strcat(a, " you"));
  memset(b, '#', 10);
  strncpy(b, "ab", 4);
  printf("%d %d %d %c\n", b[1], b[2], b[3], b[4]);
  strncpy(b, "abcdef", 3);
  printf("%.5s\n", b);
  strcpy(b, "12");
  printf("%s %s\n", strncat(b, "3456", 2), a);
  printf("%d %d %d %d\n", sign(strcmp("a", "b")), sign(strcmp("b", "a")), strcmp("ab", "ab"), sign(strcmp("ab", "abc")));
  printf("%d %d %d\n", strncmp("abc", "abd", 2), sign(strncmp("abc", "abd", 3)), strncmp("x", "y", 0));
  printf("%s %s %d %s\n", strchr("abcabc", 'b'), strrchr("abcabc", 'b'), strchr("abc", 'z') == NULL, strchr("abc", 0) - 1);
  printf("%s %d [%s]\n", strstr("a needle here", "needle"), strstr("abc", "d") == NULL, strstr("abc", ""));
  printf("%u %u %s\n", (unsigned)strspn("aabbc", "ab"), (unsigned)strcspn("aabbc", "c"), strpbrk("hello", "lo"));
  char list[] = ",a,,bc,d";
  for (char *t = strtok(list, ","); t; t = strtok(NULL, ",")) printf("<%s>", t);
  printf("\n");
  char move[] = "0123456789";
  memmove(move + 2, move, 5);
  printf("%s ", move);
  memmove(move, move + 3, 6);
  printf("%s ", move);
  memcpy(move, "abc", 3);
  printf("%s %d %d\n", move, sign(memcmp("abc", "abd", 3)), memcmp("abc", "abd", 2));
  printf("%s %d\n", (char *)memchr("find me", 'm', 7), memchr("find", 'm', 4) == NULL);
  int fill[3];
  memset(fill, 0xff, sizeof fill);
  printf("%d %d\n", fill[0], fill[2]);

  for (int c = 0; c < 128; c += 1)
    if (ispunct(c) && c < 0x30) putchar(c);
  printf("\n%d%d%d%d%d%d%d%d%d%d%d\n", !!isalpha('a'), !!isalpha('1'), !!isdigit('9'), !!isalnum('_'), !!isspace('\t'), !!isupper('A'),
         !!islower('A'), !!isxdigit('f'), !!isxdigit('g'), !!isprint('\n'), !!iscntrl('\n'));
  for (const char *s = "Hello World 9"; *s; s++) putchar(isupper(*s) ? tolower(*s) : toupper(*s));
  printf("\n");

  printf("%d %d %d %d %d\n", atoi("42"), atoi("  -17x"), atoi("+8"), atoi("abc"), atoi(""));
  printf("%ld %ld\n", atol("123456"), atol("-99999"));
  char *rest;
  printf("%ld ", strtol("0x1fz", &rest, 16));
  printf("%s\n", rest);
  printf("%ld ", strtol("  077 8", &rest, 0));
  printf("%s\n", rest);
  printf("%ld %ld %ld\n", strtol("0xff", NULL, 0), strtol("-zz", NULL, 36), strtol("101", NULL, 2));
  printf("%ld ", strtol("none", &rest, 10));
  printf("%s\n", rest);
  printf("%ld %ld %lu\n", strtol("99999999999", NULL, 10), strtol("-99999999999", NULL, 10), strtoul("4294967295", NULL, 10));
  printf("%d %ld %d\n", abs(-5), labs(-100000L), abs(5));
  div_t d = div(-17, 5);
  ldiv_t l = ldiv(1000000L, 7);
  printf("%d %d %ld %ld\n", d.quot, d.rem, l.quot, l.rem);

  int numbers[] = {5, -3, 99, 0, 12, -3, 7};
  size_t n = sizeof numbers / sizeof *numbers;
  qsort(numbers, n, sizeof *numbers, ascending);
  for (size_t i = 0; i < n; i++) printf("%d ", numbers[i]);
  int key = 12, missing = 13;
  int *found = bsearch(&key, numbers, n, sizeof *numbers, ascending);
  printf("%d %d\n", (int)(found - numbers), bsearch(&missing, numbers, n, sizeof *numbers, ascending) == NULL);
  const char *names[] = {"pear", "apple", "fig"};
  qsort(names, 3, sizeof *names, by_name);
  printf("%s %s %s\n", names[0], names[1], names[2]);
  struct item items[] = {{"c", 300000}, {"a", -5}, {"b", 70000}};
  qsort(items, 3, sizeof *items, by_key);
  printf("%s %s %s\n", items[0].name, items[1].name, items[2].name);

  int *p = malloc(10 * sizeof *p), *z = calloc(10, sizeof *z), sum = 0;
  for (int i = 0; i < 10; i++) p[i] = i, sum += z[i];
  p = realloc(p, 50 * sizeof *p);
  for (int i = 0; i < 10; i++) sum += p[i];
  printf("%d\n", sum);
  free(z);
  free(p);
  free(NULL);
  int ok = 1;
  for (int round = 0; round < 200; round++) {
    char *blocks[8];
    for (int i = 0; i < 8; i++) {
      blocks[i] = malloc(20 + i * 13);
      memset(blocks[i], i, 20 + i * 13);
    }
    for (int i = 7; i >= 0; i -= 2) free(blocks[i]);
    for (int i = 0; i < 8; i += 2) {
      for (int j = 0; j < 20 + i * 13; j++) ok &= blocks[i][j] == i;
      free(blocks[i]);
    }
  }
  printf("%d %d\n", ok, malloc(60000u) == NULL);
  srand(7);
  int first = rand();
  srand(7);
  printf("%d ", first == rand());
  printf("%d\n", first >= 0);
  assert(first >= 0);
  bool flag = 1 > 0;
  printf("%d %d %d\n", flag, true, false);
  printf("%ld %lu %d\n", (long)INT32_MAX, (unsigned long)UINT32_MAX, INT16_MIN == INT_MIN);
  exit(0);
}
// expect: 5 0 20
// expect: hello hello you
// expect: 98 0 0 #
// expect: abc
// expect: 1234 hello you
// expect: -1 1 0 -1
// expect: 0 -1 0
// expect: bcabc bc 1 c
// expect: needle here 1 [abc]
// expect: 4 4 llo
// expect: <a><bc><d>
// expect: 0101234789 1234784789 abc4784789 -1 0
// expect: me 1
// expect: -1 -1
// expect: !"#$%&'()*+,-./
// expect: 10101101001
// expect: hELLO wORLD 9
// expect: 42 -17 8 0 0
// expect: 123456 -99999
// expect: 31 z
// expect: 63  8
// expect: 255 -1295 5
// expect: 0 none
// expect: 2147483647 -2147483648 4294967295
// expect: 5 100000 5
// expect: -3 -2 142857 1
// expect: -3 -3 0 5 7 12 99 5 1
// expect: apple fig pear
// expect: a b c
// expect: 45
// expect: 1 1
// expect: 1 1
// expect: 1 1 0
// expect: 2147483647 4294967295 1
