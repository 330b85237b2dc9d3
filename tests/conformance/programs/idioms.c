// Idioms of small programs: state machines, ring buffers, bit sets, tables of commands, generic lists, object-like structs, string builders.
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#define BIT(n) (1u << (n))
#define foreach(item, list) for (struct link *item = (list)->next; item != (list); item = item->next)
#define unless(x) if (!(x))
#define TRY(x) do { if ((x) != 0) goto fail; } while (0)

typedef enum { IDLE, NUMBER, WORD, STATES } State;
typedef struct { uint8_t data[8]; uint8_t head, tail; } Ring;
typedef struct shape Shape;
struct shape { const struct vtable { int (*area)(const Shape *); const char *name; } *vt; int a, b; };
struct link { struct link *next, *prev; };
struct job { int id; struct link link; char title[8]; };
struct builder { char *text; size_t length, room; };
typedef struct { const char *name; int (*run)(int argc, char **argv); unsigned min_args; } Command;

static bool ring_put(Ring *r, uint8_t x) { uint8_t next = (r->head + 1) & 7; if (next == r->tail) return false; r->data[r->head] = x; r->head = next; return true; }
static int ring_get(Ring *r) { if (r->head == r->tail) return -1; uint8_t x = r->data[r->tail++]; r->tail &= 7; return x; }
static int rect_area(const Shape *s) { return s->a * s->b; }
static int tri_area(const Shape *s) { return s->a * s->b / 2; }
static const struct vtable rect = {rect_area, "rect"}, tri = {.name = "tri", .area = tri_area};
static void push(struct link *list, struct link *l) { l->prev = list->prev; l->next = list; list->prev->next = l; list->prev = l; }
static void append(struct builder *b, const char *s) {
  size_t n = strlen(s);
  if (b->length + n + 1 > b->room) { b->room = (b->length + n + 1) * 2; b->text = realloc(b->text, b->room); }
  memcpy(b->text + b->length, s, n + 1);
  b->length += n;
}
static int add(int argc, char **argv) { int s = 0; for (int i = 1; i < argc; i++) s += atoi(argv[i]); return s; }
static int len(int argc, char *argv[]) { return argc > 1 ? (int)strlen(argv[1]) : 0; }
static const Command commands[] = {{"add", add, 2}, {"len", len, 1}};
static int execute(char *line) {
  char *argv[8];
  int argc = 0;
  for (char *t = strtok(line, " "); t && argc < 8; t = strtok(NULL, " ")) argv[argc++] = t;
  for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
    if (strcmp(commands[i].name, argv[0]) == 0) return (unsigned)argc > commands[i].min_args ? commands[i].run(argc, argv) : -2;
  return -1;
}
static State classify(State s, char c) {
  static const State next[STATES][3] = {[IDLE] = {IDLE, NUMBER, WORD}, [NUMBER] = {IDLE, NUMBER, WORD}, [WORD] = {IDLE, WORD, WORD}};
  return next[s][c == ' ' ? 0 : c >= '0' && c <= '9' ? 1 : 2];
}
static int steps(int fail_at) {
  int done = 0;
  TRY(fail_at == 1);
  done++;
  TRY(fail_at == 2);
  done++;
  return done;
fail:
  return -done - 1;
}
static int compare(const void *a, const void *b) { const struct job *x = *(struct job *const *)a, *y = *(struct job *const *)b; return strcmp(x->title, y->title); }
static uint16_t crc(const void *data, size_t n) {
  const uint8_t *p = data;
  uint16_t c = 0xffff;
  while (n--) { c ^= (uint16_t)*p++ << 8; for (int i = 0; i < 8; i++) c = c & 0x8000 ? c << 1 ^ 0x1021 : c << 1; }
  return c;
}

int main(void) {
  Ring r = {0};
  int put = 0;
  for (int i = 0; i < 10; i++) put += ring_put(&r, i * 30);
  printf("%d %d %d", put, ring_get(&r), r.head);
  while (ring_get(&r) >= 0) put--;
  printf(" %d %d\n", put, ring_get(&r));
  Shape shapes[] = {{&rect, 3, 4}, {&tri, 3, 4}};
  for (Shape *s = shapes; s < shapes + ARRAY_SIZE(shapes); s++) printf("%s %d ", s->vt->name, s->vt->area(s));
  printf("\n");
  struct link list = {&list, &list};
  struct job jobs[3] = {{.id = 1, .title = "one"}, {2, {0}, "two"}, {.id = 3, .title = "three"}};
  for (int i = 0; i < 3; i++) push(&list, &jobs[i].link);
  foreach (l, &list) printf("%d:%s ", container_of(l, struct job, link)->id, container_of(l, struct job, link)->title);
  printf("\n");
  struct job *sorted[3];
  for (int i = 0; i < 3; i++) sorted[i] = jobs + i;
  qsort(sorted, 3, sizeof *sorted, compare);
  printf("%s %s %s\n", sorted[0]->title, sorted[1]->title, sorted[2]->title);
  struct builder b = {0};
  for (int i = 0; i < 5; i++) { char n[8]; sprintf(n, "%d,", i * i); append(&b, n); }
  printf("%s %u\n", b.text, (unsigned)b.length);
  free(b.text);
  char l1[] = "add 1 2 39", l2[] = "len hello", l3[] = "what", l4[] = "add";
  printf("%d %d %d %d\n", execute(l1), execute(l2), execute(l3), execute(l4));
  State s = IDLE;
  int words = 0;
  for (const char *c = "12 ab3  x 4"; *c; c++) { State n = classify(s, *c); if (n == WORD && s != WORD) words++; s = n; }
  printf("%d %d\n", words, s);
  printf("%d %d %d\n", steps(0), steps(1), steps(2));
  unsigned set = 0;
  set |= BIT(3) | BIT(15);
  set &= ~BIT(3);
  set ^= BIT(0);
  printf("%x %d %d\n", set, !!(set & BIT(15)), MIN(set & 7, 5));
  unless (set == 0) printf("%x\n", crc("123456789", 9));
  assert(set && "never fails");
  union { uint32_t word; uint8_t bytes[4]; } u = {.word = 0x01020304};
  printf("%d%d%d%d\n", u.bytes[0], u.bytes[1], u.bytes[2], u.bytes[3]);
  int matrix[3][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, product[3][3] = {{0}};
  for (int i = 0; i < 3; i++) for (int j = 0; j < 3; j++) for (int k = 0; k < 3; k++) product[i][j] += matrix[i][k] * matrix[k][j];
  printf("%d %d %d\n", product[0][0], product[1][2], product[2][2]);
  for (int n = 2, found = 0; found < 10; n++) { bool prime = true; for (int d = 2; d * d <= n && prime; d++) prime = n % d; if (prime) found++, printf("%d ", n); }
  printf("\n");
  return 0;
}
// expect: 7 0 7 1 -1
// expect: rect 12 tri 6 
// expect: 1:one 2:two 3:three 
// expect: one three two
// expect: 0,1,4,9,16, 11
// expect: 42 5 -1 -2
// expect: 2 1
// expect: 2 -1 -2
// expect: 8001 1 1
// expect: 29b1
// expect: 4321
// expect: 30 96 150
// expect: 2 3 5 7 11 13 17 19 23 29 
