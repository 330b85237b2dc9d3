// title: Structs and unions
// group: language
// How members lie in memory: no padding, the low byte first. The semantics view draws the layouts; the memory view shows the same bytes.
// expect: sizes: point 4, rect 9, value 4
// expect: offsets in rect: 0 4 8
// expect: area 200, moved to 13 24
// expect: bytes of 0x12345678: 78 56 34 12
// expect: copies are independent: 1 100
// expect: by name: 3 0 7
#include <stddef.h>
#include <stdio.h>

struct point {
  int x, y;
};
struct rect {
  struct point at;
  struct point size;
  unsigned char colour;
};
union value {
  unsigned long whole;
  unsigned char bytes[4];
};

static int area(struct rect r) {
  r.at.x = 1000; /* the caller's copy stays as it is */
  return r.size.x * r.size.y;
}

static struct rect moved(struct rect r, int dx, int dy) {
  r.at.x += dx;
  r.at.y += dy;
  return r;
}

int main(void) {
  struct rect r = {{3, 4}, {10, 20}, 5};
  struct rect m;
  union value v;
  struct point a = {1, 2}, b = a;
  struct {
    int first, second, third;
  } named = {.third = 7, .first = 3};
  printf("sizes: point %u, rect %u, value %u\n", (unsigned)sizeof(struct point), (unsigned)sizeof(struct rect),
         (unsigned)sizeof(union value));
  printf("offsets in rect: %u %u %u\n", (unsigned)offsetof(struct rect, at), (unsigned)offsetof(struct rect, size),
         (unsigned)offsetof(struct rect, colour));
  m = moved(r, 10, 20);
  printf("area %d, moved to %d %d\n", area(r), m.at.x, m.at.y);
  v.whole = 0x12345678;
  printf("bytes of 0x12345678: %02x %02x %02x %02x\n", v.bytes[0], v.bytes[1], v.bytes[2], v.bytes[3]);
  b.x = 100;
  printf("copies are independent: %d %d\n", a.x, b.x);
  printf("by name: %d %d %d\n", named.first, named.second, named.third);
  return 0;
}
