// Initialisers: partial, nested, without inner braces, designated, strings, compound literals, of static and automatic objects.
#include <stdio.h>
#include <string.h>

struct pair { int a, b; };
struct deep { struct pair p[2]; char tag[3]; union { int i; char c; } u; };
static int a1[5] = {1, 2}, a2[] = {1, 2, 3,}, a3[10] = {[3] = 3, 4, [8] = 8, [1] = 1};
static int m1[2][3] = {1, 2, 3, 4}, m2[][2] = {{1}, {2, 3}, 4, 5}, m3[2][2][2] = {{{1, 2}, {3}}, {[1] = {7, 8}}};
static struct pair sp[] = {1, 2, {3}, {.b = 4}, [5] = {.b = 5, .a = 6}};
static struct deep d1 = {{{1, 2}, {3, 4}}, "ab", {5}}, d2 = {1, 2, 3, 4, 'x', 'y', 'z', 6}, d3 = {.p[1].b = 9, .tag = {[1] = 'q'}, .u.c = 'u'};
static char s1[] = "abc", s2[3] = "abc", s3[10] = "abc", s4[] = {'a', 'b', 0}, s5[] = {"braced"}, s6[2][4] = {"abc", "de"};
static const char *words[] = {"zero", [2] = "two", "three"}, *empty = "";
static int *address = &a2[1], (*fn)(const char *, ...) = printf;
static struct { struct pair *to; const char *text; } links[] = {{sp + 1, "first"}, {&sp[2], "second"}};
static char escaped[] = "a\tb\n\x41\101\\\"\'\?\0z\a";
static int chained = 2 + 3 * 4 - (8 >> 1) + sizeof(struct pair), negative = -5, ch = 'A' + 1;
static long lv = 1L << 20, lw = -100000;
static int *literal = (int[]){11, 22, 33};
static struct pair *plit = &(struct pair){44, 55};
enum { COUNT = sizeof a3 / sizeof a3[0], MASK = COUNT & ~1 };
static char counted[COUNT + MASK];

static void show(const char *name, const int *p, int n) { printf("%s:", name); while (n--) printf(" %d", *p++); printf("\n"); }
static int sum(struct pair p) { return p.a + p.b; }
static int sum3(const int *p) { return p[0] + p[1] + p[2]; }

int main(void) {
  show("a1", a1, 5); show("a2", a2, sizeof a2 / sizeof *a2); show("a3", a3, 10);
  show("m1", &m1[0][0], 6); show("m2", m2[0], sizeof m2 / sizeof(int)); show("m3", **m3, 8);
  show("sp", &sp[0].a, sizeof sp / sizeof(int));
  show("d1", &d1.p[0].a, 4); printf("%s %d\n", d1.tag, d1.u.i);
  show("d2", &d2.p[0].a, 4); printf("%c%c%c %d\n", d2.tag[0], d2.tag[1], d2.tag[2], d2.u.i);
  show("d3", &d3.p[0].a, 4); printf("%d%c%d %c\n", d3.tag[0], d3.tag[1], d3.tag[2], d3.u.c);
  printf("%s %.3s %s %s %s %s %s\n", s1, s2, s3, s4, s5, s6[0], s6[1]);
  printf("%u %u %u %u %u %d\n", (unsigned)sizeof s1, (unsigned)sizeof s2, (unsigned)sizeof s3, (unsigned)sizeof s4, (unsigned)sizeof s5, s3[9]);
  printf("%s %d %s %s [%s] %u\n", words[0], words[1] == 0, words[2], words[3], empty, (unsigned)(sizeof words / sizeof *words));
  printf("%d %s %s %d\n", *address, links[0].text, links[1].text, links[1].to->b);
  for (unsigned i = 0; i < sizeof escaped; i++) printf("%d ", escaped[i]);
  printf("\n%d %d %d %ld %ld\n", chained, negative, ch, lv, lw);
  printf("%d %d %d\n", literal[2], plit->b, (int)sizeof counted);
  fn("%s\n", "through a pointer");
  int l1[4] = {1, 2}, l2[] = {[2] = 5, 6}, l3[2][2] = {{1}, {2}};
  show("l1", l1, 4); show("l2", l2, 4); show("l3", l3[0], 4);
  int x = 3, y = x * 2;
  int run[3] = {x, y, x + y}, more[] = {run[2], sum3(run)};
  show("run", run, 3); show("more", more, 2);
  struct pair lp = {y, x}, lq = lp, arr[2] = {lp, {1, 2}};
  struct deep ld = {.p = {lp, lq}, .tag = "t"};
  printf("%d %d %d %d %d %s\n", lq.a, arr[0].b, arr[1].b, ld.p[1].a, ld.u.i, ld.tag);
  char text[] = "local", fixed[8] = "x";
  text[0] = 'L';
  printf("%s %s %d\n", text, fixed, fixed[7]);
  printf("%d %d\n", sum((struct pair){.b = x, .a = 10}), sum3((int[]){x, y, 1}));
  struct pair *q = &(struct pair){x, 1};
  q->a++;
  printf("%d\n", q->a);
  for (int i = 0; i < 3; i++) { int fresh[3] = {i}; fresh[1] += 5; static int kept[2] = {10}; kept[0]++; kept[1] += i; printf("%d %d %d %d; ", fresh[0], fresh[1], kept[0], kept[1]); }
  printf("\n");
  const char *joined = "one " "two"
                       " three";
  printf("%s %u\n", joined, (unsigned)sizeof "ab" "cd");
  int zero[100] = {0}, total = 0;
  for (int i = 0; i < 100; i++) total += zero[i];
  printf("%d %d\n", total, ((int){5}) + 1);
  struct { int n; struct pair p; } anon = {1, {2, 3}}, other = anon;
  printf("%d %d\n", other.p.b, (&other)->n);
  struct pair over = {.a = 1, .b = 2, .a = 3};
  printf("%d %d\n", over.a, over.b);
  return 0;
}
// expect: a1: 1 2 0 0 0
// expect: a2: 1 2 3
// expect: a3: 0 1 0 3 4 0 0 0 8 0
// expect: m1: 1 2 3 4 0 0
// expect: m2: 1 0 2 3 4 5
// expect: m3: 1 2 3 0 0 0 7 8
// expect: sp: 1 2 3 0 0 4 0 0 0 0 6 5
// expect: d1: 1 2 3 4
// expect: ab 5
// expect: d2: 1 2 3 4
// expect: xyz 6
// expect: d3: 0 0 0 9
// expect: 0q0 u
// expect: abc abc abc ab braced abc de
// expect: 4 3 10 3 7 0
// expect: zero 1 two three [] 4
// expect: 2 first second 4
// expect: 97 9 98 10 65 65 92 34 39 63 0 122 7 0 
// expect: 14 -5 66 1048576 -100000
// expect: 33 55 20
// expect: through a pointer
// expect: l1: 1 2 0 0
// expect: l2: 0 0 5 6
// expect: l3: 1 0 2 0
// expect: run: 3 6 9
// expect: more: 9 18
// expect: 6 3 2 6 0 t
// expect: Local x 0
// expect: 13 10
// expect: 4
// expect: 0 5 11 0; 1 5 12 1; 2 5 13 3; 
// expect: one two three 5
// expect: 0 6
// expect: 3 1
// expect: 3 2
