// title: Function pointers
// group: language
// A table of functions, a callback, and a function that is chosen at run time. In the code view a call through a pointer is `icall`.
// expect: 7 + 3 = 10
// expect: 7 - 3 = 4
// expect: 7 * 3 = 21
// expect: 7 / 3 = 2
// expect: doubled: 2 4 6 8 10
// expect: squared: 4 16 36 64 100
// expect: sorted by last digit: 60 41 12 33 75 28
#include <stdio.h>
#include <stdlib.h>

static int add(int a, int b) { return a + b; }
static int subtract(int a, int b) { return a - b; }
static int multiply(int a, int b) { return a * b; }
static int divide(int a, int b) { return a / b; }

static const struct {
  char sign;
  int (*apply)(int, int);
} operations[] = {{'+', add}, {'-', subtract}, {'*', multiply}, {'/', divide}};

static int twice(int x) { return 2 * x; }
static int square(int x) { return x * x; }

static void map(int *values, int count, int (*function)(int)) {
  while (count--) {
    *values = function(*values);
    values++;
  }
}

static void show(const char *title, const int *values, int count) {
  printf("%s:", title);
  while (count--) printf(" %d", *values++);
  putchar('\n');
}

static int by_last_digit(const void *a, const void *b) { return *(const int *)a % 10 - *(const int *)b % 10; }

int main(void) {
  int values[] = {1, 2, 3, 4, 5};
  int numbers[] = {75, 41, 28, 12, 33, 60};
  for (unsigned i = 0; i < sizeof operations / sizeof operations[0]; i++)
    printf("7 %c 3 = %d\n", operations[i].sign, operations[i].apply(7, 3));
  map(values, 5, twice);
  show("doubled", values, 5);
  map(values, 5, square);
  show("squared", values, 5);
  qsort(numbers, 6, sizeof numbers[0], by_last_digit);
  show("sorted by last digit", numbers, 6);
  return 0;
}
