// Pointers: arithmetic, comparison, to pointers, to arrays, to functions, const, void, strings, function pointers in tables and structs.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int (*operation)(int, int);
typedef void action(char *);
static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }
static int mul(int a, int b) { return a * b; }
static void upper(char *s) { for (; *s; s++) if (*s >= 'a' && *s <= 'z') *s -= 32; }
static operation choose(char c) { return c == '+' ? add : c == '-' ? sub : mul; }
static int (*direct(int which))(int, int) { return which ? &add : &sub; }
static int apply(int f(int, int), int a, int b) { return f(a, b); }
static int each(const int *from, const int *to, int (*f)(int)) { int sum = 0; while (from != to) sum += f(*from++); return sum; }
static int twice(int x) { return 2 * x; }
static void swap(int *a, int *b) { int t = *a; *a = *b; *b = t; }
static void set(char **where, char *text) { *where = text; }
static int sum(int (*m)[3], int rows) { int s = 0; for (int i = 0; i < rows; i++) for (int j = 0; j < 3; j++) s += m[i][j]; return s; }
static int length(const char *s) { const char *p = s; while (*p) ++p; return p - s; }
static void *same(void *p) { return p; }

struct machine { char name; operation op; struct machine *next; };
static const operation table[] = {add, sub, mul};
static const char *const names[] = {"add", "sub", "mul", 0};
static struct machine second = {'s', sub, 0}, first = {'f', add, &second};
static int numbers[5] = {10, 20, 30, 40, 50};
static int *middle = &numbers[2], *end = numbers + 5;
static char *word = "static" + 3;

int main(int argc, char **argv) {
  int a = 1, b = 2, *p = &a, **pp = &p, ***ppp = &pp;
  swap(&a, &b);
  ***ppp += 40;
  printf("%d %d %d\n", a, b, **pp);
  *pp = &b;
  *p = 9;
  printf("%d %d\n", a, b);
  printf("%d %d %s %d\n", *middle, middle[-1], word, (int)(end - middle));
  p = numbers;
  printf("%d ", *p++);
  printf("%d ", *++p);
  printf("%d ", ++*p);
  printf("%d ", (*p)++);
  printf("%d %d\n", *p, *(p + 1));
  printf("%d %d %d\n", p > numbers, p == &numbers[2], p < end);
  for (int i = 0; names[i]; i++) printf("%s %d; ", names[i], table[i](7, 3));
  printf("\n%d %d %d\n", choose('+')(1, 2), (*choose('-'))(1, 2), (**table[2])(4, 5));
  printf("%d %d %d\n", direct(1)(5, 6), direct(0)(5, 6), apply(mul, 6, 7));
  for (struct machine *m = &first; m; m = m->next) printf("%c%d ", m->name, m->op(10, 4));
  printf("%d\n", each(numbers, end, twice));
  int m[2][3] = {{1, 2, 3}, {4, 5, 6}};
  printf("%d %d %d\n", sum(m, 2), *(*(m + 1) + 2), (int)(m[1] - m[0]));
  char text[] = "pointer", *at = text + 2;
  action *act = upper;
  act(at);
  printf("%s %c %d %d\n", text, 2[text], length(at), *at);
  set(&at, "changed");
  printf("%s\n", at);
  char *list[] = {"one", "two", "three"};
  char **l = list;
  printf("%s %c\n", *l, **(l + 1)), l++;
  printf("%s %c\n", *l, (*l)[1]);
  void *v = numbers;
  printf("%d %d\n", *(int *)v, ((int *)same(v))[1]);
  unsigned char *bytes = (unsigned char *)&numbers[1];
  printf("%d %d\n", bytes[0], bytes[1]);
  operation op = NULL;
  printf("%d ", op == 0);
  op = mul;
  if (op) printf("%d %d\n", op != add, op == mul);
  int (*pa)[5] = &numbers;
  printf("%d %u\n", (*pa)[4], (unsigned)sizeof *pa);
  int (*(*pf)[3])(int, int) = (int (*(*)[3])(int, int)) & table;
  printf("%d\n", (*pf)[0](3, 4));
  const char *k = "const";
  k += 2;
  printf("%s %d\n", k, k[0] == 'n');
  int *heap = malloc(4 * sizeof *heap);
  for (int i = 0; i < 4; i++) heap[i] = i * i;
  printf("%d %d\n", heap[3], *(heap + 2));
  free(heap);
  char copy[8];
  char *d = copy;
  const char *s = "hello";
  while ((*d++ = *s++)) ;
  printf("%s %d\n", copy, (int)(d - copy));
  long wide = 0x01020304, *w = &wide;
  *w += 1;
  printf("%lx %d\n", *w, *((char *)w + 3));
  return 0;
}
// expect: 42 1 42
// expect: 42 9
// expect: 30 20 tic 3
// expect: 10 30 31 31 32 40
// expect: 1 1 1
// expect: add 10; sub 4; mul 21; 
// expect: 3 -1 20
// expect: 11 -1 42
// expect: f14 s6 304
// expect: 21 6 3
// expect: poINTER I 5 73
// expect: changed
// expect: one t
// expect: two w
// expect: 10 20
// expect: 20 0
// expect: 1 1 1
// expect: 50 10
// expect: 7
// expect: nst 1
// expect: 9 4
// expect: hello 6
// expect: 1020305 1
