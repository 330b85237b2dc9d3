// title: Hello
// group: first
// The smallest program. Follow it through the phases: which tokens, which tree, which instructions, and what the linker took
// from the library for one call of puts.
// expect: Hello from eight bits!
#include <stdio.h>

int main(void) {
  puts("Hello from eight bits!");
  return 0;
}
