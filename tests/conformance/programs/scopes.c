// Scopes, linkage and storage: static and extern, tentative definitions, block-scope externs, shadowing, name spaces, incomplete types.
#include <stdio.h>

int tentative;
int tentative;
extern int tentative;
int tentative = 4;
static int hidden(int);
extern int later;
int array[];
int array[3];
struct tree;
typedef struct tree Tree, *TreePtr;
struct tree { TreePtr left, right; int value; };
struct a { struct b *other; };
struct b { struct a *other; int x; };
typedef int number, vector[3], (*unary)(int);
typedef number count;
enum e { E1, E2 };
static int calls(void) { static int n = 10; return n++; }
static int *counter(void) { static int kept; kept += 2; return &kept; }
int shadow = 1;
int name = 5;
static int both(int shadow) { { int shadow = 3; shadow++; } return shadow; }
static int sum_tree(const Tree *t) { return t ? sum_tree(t->left) + t->value + sum_tree(t->right) : 0; }
int declared_in_block(void);
void empty_parameters();
static number twice(number number) { return number * 2; }
int is_even(int), is_odd(int);
int is_even(int n) { return n == 0 || is_odd(n - 1); }
int is_odd(int n) { return n != 0 && is_even(n - 1); }
int (parenthesised)(int (x)) { return x; }
const int constant = 7, *const cp = &constant;
volatile unsigned char port;
static inline int inlined(int x) { return x + 1; }
_Noreturn void never(void);
int in_prototype(struct b *, int n, int v[n > 0 ? 3 : 3]);
long unsigned int unsigned_order = 1;
int typedef after;
short static signed int mixed = 2;

int main(void) {
  extern int later, tentative;
  int declared_in_block(void);
  printf("%d %d %d\n", tentative, later, hidden(2));
  array[2] = 6;
  printf("%d %u\n", array[2], (unsigned)sizeof array);
  printf("%d ", calls());
  printf("%d ", calls());
  printf("%d\n", calls());
  *counter() += 100;
  printf("%d\n", *counter());
  printf("%d %d\n", both(2), shadow);
  Tree l = {0, 0, 1}, r = {0, 0, 2}, t = {&l, &r, 3};
  TreePtr tp = &t;
  printf("%d\n", sum_tree(tp));
  struct name { int name; } name = {8};
  goto name;
name:
  printf("%d\n", name.name);
  { extern int name; printf("%d\n", name); }
  int shadow = shadow = 5;
  { int outer = shadow; int shadow = outer + 1; printf("%d ", shadow); }
  printf("%d\n", shadow);
  { struct e { int x; } e = {E2}; enum { E1 = 20, E3 }; printf("%d %d %d\n", e.x, E1, E3); }
  printf("%d\n", E1);
  vector v = {1, 2, 3};
  unary u = twice;
  count c = u(v[1]);
  printf("%d %d\n", c, declared_in_block());
  empty_parameters(1, 2);
  printf("%d %d\n", is_even(10), is_odd(7));
  printf("%d %d %d\n", parenthesised(3), *cp, inlined(4));
  struct a a;
  struct b b = {&a, 9};
  a.other = &b;
  printf("%d\n", b.other->other->x);
  for (int i = 0; i < 2; i++) { int i = 7; printf("%d ", i); }
  printf("\n");
  typedef char number;
  number small = 300 & 0xff;
  printf("%u %d\n", (unsigned)sizeof(number), small);
  after w = mixed;
  port = 255;
  port++;
  printf("%d %d %lu\n", w, port, unsigned_order);
  if (sizeof(struct inner { int q[4]; }) == 8) { struct inner in = {{1}}; printf("%d\n", in.q[0]); }
  int i = 3;
  for (int i = 0, n = 2; i < n; ++i) ;
  printf("%d\n", i);
  switch (i) { int inside; case 3: inside = 4; printf("%d\n", inside); }
  return 0;
}
int later = 11;
static int hidden(int x) { return x * 3; }
int declared_in_block() { return 33; }
void empty_parameters(int a, int b) { printf("%d\n", a + b); }
// expect: 4 11 6
// expect: 6 6
// expect: 10 11 12
// expect: 104
// expect: 2 1
// expect: 6
// expect: 8
// expect: 5
// expect: 6 5
// expect: 1 20 21
// expect: 0
// expect: 4 33
// expect: 3
// expect: 1 1
// expect: 3 7 5
// expect: 9
// expect: 7 7 
// expect: 1 44
// expect: 2 0 1
// expect: 1
// expect: 3
// expect: 4
