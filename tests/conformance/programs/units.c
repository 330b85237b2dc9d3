// Several source files: extern and static across units, a shared header with guards, the same names in both, tables of another unit.
#include <stdio.h>
#include "units.h"
#include "units.h"

static int counter = 100;
static int bump(void) { return counter++; }
int shared_table[] = {1, 2, 3};
struct shape unit_shape = {3, 4, "unit"};
int tentative_here;
static const char *const local_name = "first";
int call_back(int (*f)(int), int x) { return f(x) + 1; }

int main(void) {
  printf("%d ", bump());
  printf("%d ", other_bump());
  printf("%d\n", bump());
  printf("%d %d\n", counter, other_counter);
  printf("%s %s\n", local_name, other_name());
  other_counter = 50;
  printf("%d\n", other_bump());
  printf("%d %d\n", area(&unit_shape), scaled(unit_shape, 3).height);
  printf("%d ", sum_table());
  printf("%d\n", tentative_here);
  shared_table[1] = 20;
  printf("%d %d\n", sum_table(), LIMIT);
  printf("%s %d\n", names[1], names_count);
  printf("%d\n", uses_call_back(5));
  printf("%ld\n", later_defined);
  return 0;
}
// expect: 100 9 101
// expect: 102 1
// expect: first second
// expect: 550
// expect: 12 12
// expect: 6 1
// expect: 24 21
// expect: one 2
// expect: 14
// expect: 123456
