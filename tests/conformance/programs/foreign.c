// What programs written for other compilers take for granted: macros that say what the machine is, other spellings of keywords, pragmas
// that put macros aside, and arrays of one element at the end of what was allocated.
#include <stdio.h>
#include <stdlib.h>
#include <stddef.h>

#define SIZE 2
#pragma push_macro("SIZE")
#undef SIZE
#define SIZE 3
#pragma push_macro("SIZE")
#define SIZE 3
int three = SIZE;
#pragma pop_macro("SIZE")
#pragma pop_macro("SIZE")
int two = SIZE;

typedef __SIZE_TYPE__ size;
typedef __UINT32_TYPE__ word;
static __const__ word mask = 0x80000001;
int add(int *__restrict__ a, __volatile int *b) { return *a + *b; }

struct blob {
  unsigned char length;
  union {
    short values[1];
    unsigned char bytes[1];
  } u;
};
struct text {
  unsigned char length;
  char data[1];
};

int main(void) {
  printf("%d %d\n", two, three);
  printf("%u %u %u\n", (unsigned)sizeof(size), (unsigned)sizeof(word), (unsigned)(mask >> 31));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && __CHAR_BIT__ == 8 && __SIZEOF_INT__ == 2
  printf("%d %ld %d\n", __INT_MAX__, __LONG_MAX__, __SCHAR_MAX__);
#endif
  int a = 4, b = 5;
  printf("%d\n", add(&a, &b));
  struct blob *blob = malloc(sizeof(struct blob) + 20);
  blob->length = 8;
  for (int i = 0; i < blob->length; i++) blob->u.values[i] = i * i;
  printf("%d %d\n", blob->u.values[7], blob->u.bytes[12]);
  struct text *text = malloc(sizeof(struct text) + 5);
  for (int i = 0; i < 5; i++) text->data[i] = 'a' + i;
  text->data[5] = 0;
  puts(text->data);
  return 0;
}
// expect: 2 3
// expect: 2 4 1
// expect: 32767 2147483647 127
// expect: 9
// expect: 49 36
// expect: abcde
