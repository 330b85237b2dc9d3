// Structs and unions: members, nesting, assignment, by value in and out of functions, arrays of them, pointers to them, anonymous ones.
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct point { int x, y; };
struct rect { struct point from, to; char name[4]; };
union value { long l; unsigned char bytes[4]; struct { unsigned low, high; } halves; };
typedef struct node Node;
struct node { int value; Node *next; };
struct { int a; char b; } unnamed = {7, 'z'};
struct big { int data[20]; };
struct tagged { int kind; union { int i; char *s; }; struct { char c, d; } inner; struct { int deep; }; };
typedef struct { unsigned char r, g, b; } Colour;
struct empty_later;
struct empty_later *opaque;
struct empty_later { long stamp; };

static struct point make(int x, int y) { struct point p = {x, y}; return p; }
static struct point add(struct point a, struct point b) { a.x += b.x; a.y += b.y; return a; }
static struct rect grow(struct rect r, int by) { r.to.x += by; r.to.y += by; r.name[0] = 'G'; return r; }
static struct big fill(int from) { struct big b; for (int i = 0; i < 20; i++) b.data[i] = from + i; return b; }
static long total(struct big b) { long sum = 0; for (int i = 0; i < 20; i++) sum += b.data[i]; b.data[0] = 99; return sum; }
static Colour mix(Colour a, Colour b) { return (Colour){(a.r + b.r) / 2, (a.g + b.g) / 2, (a.b + b.b) / 2}; }
static int depth(struct rect *r) { return r->to.x - r->from.x; }
static union value flip(union value v) { unsigned t = v.halves.low; v.halves.low = v.halves.high; v.halves.high = t; return v; }
static struct point many(char a, struct point b, long c, struct point d, int e) { return make(a + b.x + d.x + e, (int)c + b.y + d.y); }

static struct point table[] = {{1, 2}, {3, 4}, {5, 6}};
static struct rect nested = {{1, 2}, {3, 4}, "ab"};
static struct rect flat = {1, 2, 3, 4, 'x', 'y'};

int main(void) {
  struct point p = make(3, 4), q;
  q = p;
  q.x = 10;
  printf("%d %d %d %d\n", p.x, p.y, q.x, q.y);
  p = add(p, add(q, make(1, 1)));
  printf("%d %d\n", p.x, p.y);
  printf("%d\n", add(p, q).x + make(5, 6).y);
  struct rect r = nested, s;
  s = grow(r, 5);
  printf("%s %s %d %d %d\n", r.name, s.name, depth(&r), depth(&s), s.to.y);
  printf("%s %d %d\n", grow(flat, 1).name, flat.from.y, flat.to.x);
  struct big b = fill(100);
  long t = total(b);
  printf("%ld %d %d\n", t, b.data[0], b.data[19]);
  printf("%ld %d\n", total(fill(1)), fill(7).data[3]);
  union value v = {0x12345678};
  printf("%x %x %x\n", v.bytes[0], v.halves.high, flip(v).halves.high);
  Node c = {3, NULL}, d = {2, &c}, e = {1, &d};
  for (Node *n = &e; n; n = n->next) printf("%d ", n->value);
  printf("%d\n", e.next->next->value);
  printf("%d %c %u\n", unnamed.a, unnamed.b, (unsigned)sizeof unnamed);
  struct tagged g = {.kind = 1, .i = 5, .inner = {'p', 'q'}, .deep = 8};
  printf("%d %d %c %d ", g.kind, g.i, g.inner.d, g.deep);
  g.s = "text";
  printf("%s\n", g.s);
  Colour m = mix((Colour){255, 0, 10}, (Colour){1, 100, 20});
  printf("%d %d %d\n", m.r, m.g, m.b);
  struct empty_later o = {123456};
  opaque = &o;
  printf("%ld\n", opaque->stamp);
  struct point *at = table + 1;
  at++;
  printf("%d %d %d %d\n", at->x, at[-1].y, (int)(at - table), (*table).y);
  struct point (*row)[3] = &table;
  printf("%d %u\n", (*row)[2].y, (unsigned)(sizeof *row / sizeof **row));
  struct point grid[2][3] = {{{1, 2}, {3, 4}}, {[2] = {9, 9}}};
  grid[1][0] = grid[0][1];
  grid[0][2] = make(grid[1][0].y, 5);
  for (int i = 0; i < 2; i++) for (int j = 0; j < 3; j++) printf("%d,%d ", grid[i][j].x, grid[i][j].y);
  printf("\n");
  printf("%d %d\n", many(1, p, 1000, q, 2).x, many(1, p, 1000, q, 2).y);
  printf("%u %u %u\n", (unsigned)offsetof(struct rect, to), (unsigned)offsetof(struct rect, name), (unsigned)sizeof(struct rect));
  struct rect *heap = &s, copy = *heap;
  copy.from = copy.to;
  heap->from.x = -1;
  printf("%d %d %d\n", copy.from.x, heap->from.x, memcmp(&r, &nested, sizeof r));
  struct point chosen = p.x > q.x ? p : q;
  printf("%d\n", chosen.x);
  struct { struct point *ps[2]; int (*get)(struct rect *); } ref = {{&p, &q}, depth};
  printf("%d %d\n", ref.ps[1]->x, ref.get(&r));
  (ref.ps[0])->x = 77;
  printf("%d\n", p.x);
  p = q = make(8, 9);
  printf("%d %d\n", p.y, q.x);
  return 0;
}
// expect: 3 4 10 4
// expect: 14 9
// expect: 30
// expect: ab Gb 2 7 9
// expect: Gy 2 3
// expect: 2190 100 119
// expect: 210 10
// expect: 78 1234 5678
// expect: 1 2 3 3
// expect: 7 z 3
// expect: 1 5 q 8 text
// expect: 128 50 15
// expect: 123456
// expect: 5 4 2 2
// expect: 6 3
// expect: 1,2 3,4 4,5 3,4 0,0 9,9 
// expect: 27 1013
// expect: 4 8 12
// expect: 8 -1 0
// expect: 14
// expect: 10 2
// expect: 77
// expect: 9 8
