// title: Reverse a string
// group: first
// Two pointers walk towards each other. In the code view, see how a pointer lives in a pair of registers, and how the walk becomes
// a load that moves its address.
// expect: stressed
// expect: desserts
#include <stdio.h>

static void reverse(char *text) {
  char *end = text;
  while (*end) end++;
  while (text < end) {
    end--;
    char c = *text;
    *text++ = *end;
    *end = c;
  }
}

int main(void) {
  char word[] = "stressed";
  puts(word);
  reverse(word);
  puts(word);
  return 0;
}
