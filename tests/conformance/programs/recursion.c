// Recursion in the style of small test programs: Ackermann, Hanoi, permutations, queens, mutual recursion, an expression evaluator, a tree, a sort.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ackermann(int m, int n) { return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1)); }
static int moves;
static void hanoi(int n, char from, char to, char via) { if (n == 0) return; hanoi(n - 1, from, via, to); moves++; if (n == 4) printf("%c>%c ", from, to); hanoi(n - 1, via, to, from); }
static void permute(char *s, int from, int *count) {
  if (!s[from]) { if (++*count <= 3) printf("%s ", s); return; }
  for (int i = from; s[i]; i++) { char t = s[from]; s[from] = s[i]; s[i] = t; permute(s, from + 1, count); t = s[from]; s[from] = s[i]; s[i] = t; }
}
static int queens(int n, int row, unsigned char cols, unsigned int down, unsigned int up) {
  if (row == n) return 1;
  int found = 0;
  for (int c = 0; c < n; c++)
    if (!(cols >> c & 1) && !(down >> (row + c) & 1) && !(up >> (row - c + n) & 1))
      found += queens(n, row + 1, cols | 1 << c, down | 1u << (row + c), up | 1u << (row - c + n));
  return found;
}
static const char *at;
static long expression(void);
static long primary(void) {
  while (isspace(*at)) at++;
  if (*at == '(') { at++; long v = expression(); at++; return v; }
  if (*at == '-') { at++; return -primary(); }
  long v = 0;
  while (isdigit(*at)) v = v * 10 + (*at++ - '0');
  return v;
}
static long term(void) { long v = primary(); for (;;) { while (*at == ' ') at++; if (*at == '*') at++, v *= primary(); else if (*at == '/') at++, v /= primary(); else return v; } }
static long expression(void) { long v = term(); for (;;) { while (*at == ' ') at++; if (*at == '+') at++, v += term(); else if (*at == '-') at++, v -= term(); else return v; } }
static long evaluate(const char *text) { at = text; return expression(); }

struct tree { int key; struct tree *child[2]; };
static struct tree *insert(struct tree *t, int key) {
  if (!t) { t = malloc(sizeof *t); t->key = key; t->child[0] = t->child[1] = NULL; return t; }
  t->child[key > t->key] = insert(t->child[key > t->key], key);
  return t;
}
static int height(const struct tree *t) { if (!t) return 0; int l = height(t->child[0]), r = height(t->child[1]); return 1 + (l > r ? l : r); }
static void walk(const struct tree *t, void (*visit)(int)) { if (!t) return; walk(t->child[0], visit); visit(t->key); walk(t->child[1], visit); }
static void show(int key) { printf("%d ", key); }
static void drop(struct tree *t) { if (t) { drop(t->child[0]); drop(t->child[1]); free(t); } }
static void merge_sort(int *a, int n) {
  if (n < 2) return;
  int half = n / 2, copy[16], i = 0, j = half, k = 0;
  merge_sort(a, half);
  merge_sort(a + half, n - half);
  while (i < half || j < n) copy[k++] = j == n || (i < half && a[i] <= a[j]) ? a[i++] : a[j++];
  memcpy(a, copy, n * sizeof *a);
}
static int depth(int n) { char pad[20]; memset(pad, n, sizeof pad); return n ? depth(n - 1) + (pad[19] == (char)n) : 0; }
static void print_binary(unsigned n) { if (n > 1) print_binary(n / 2); putchar('0' + n % 2); }

int main(void) {
  printf("%d %d\n", ackermann(2, 3), ackermann(1, 5));
  hanoi(5, 'A', 'C', 'B');
  printf("%d\n", moves);
  char s[] = "abcd";
  int count = 0;
  permute(s, 0, &count);
  printf("%d %s\n", count, s);
  printf("%d %d\n", queens(6, 0, 0, 0, 0), queens(5, 0, 0, 0, 0));
  printf("%ld %ld %ld\n", evaluate("1 + 2 * 3"), evaluate("(1+2)*(3 - -4) / 2"), evaluate("100000 * 20 - 5"));
  struct tree *root = NULL;
  static const int keys[] = {50, 20, 70, 10, 30, 60, 80, 5, 25};
  for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) root = insert(root, keys[i]);
  walk(root, show);
  printf("%d\n", height(root));
  drop(root);
  int a[] = {9, -2, 7, 7, 0, 15, -8, 3, 1, 12};
  merge_sort(a, 10);
  for (int i = 0; i < 10; i++) printf("%d ", a[i]);
  printf("\n%d\n", depth(60));
  print_binary(1000);
  printf("\n");
  return 0;
}
// expect: 9 7
// expect: A>B B>C 31
// expect: abcd abdc acbd 24 abcd
// expect: 4 10
// expect: 7 10 1999995
// expect: 5 10 20 25 30 50 60 70 80 4
// expect: -8 -2 0 1 3 7 7 9 12 15 
// expect: 60
// expect: 1111101000
