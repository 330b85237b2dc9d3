#include "units.h"
static int counter = 7;
int other_counter = 1;
static int bump(void) { return counter += 2; }
int other_bump(void) { return bump() * other_counter; }
static const char *const local_name = "second";
const char *other_name(void) { return local_name; }
int area(const struct shape *s) { return s->width * s->height; }
struct shape scaled(struct shape s, int by) {
  s.width *= by;
  s.height *= by;
  return s;
}
int sum_table(void) {
  int s = 0;
  tentative_here++;
  for (int i = 0; i < 3; i++) s += shared_table[i];
  return s;
}
const char *names[] = {"zero", "one"};
const int names_count = sizeof names / sizeof *names;
static int helper(int x) { return header_helper(x) + 3; }
int uses_call_back(int x) { return call_back(helper, x); }
long later_defined = 123456L;
