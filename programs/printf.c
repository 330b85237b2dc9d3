// title: printf, form by form
// group: language
// What printf can do here, a line a feature. In the linker's view, see what one call of it pulls in.
// expect: decimal   42 -42 0 -32768 65535
// expect: hex       2a 2A ffd6 0x2a 052
// expect: width    [   42] [42   ] [00042] [  +42] [-0042]
// expect: long      2147483647 -2147483648 4294967295 deadbeef
// expect: text     [word] [  word] [word  ] [wo] [   wo]
// expect: single    A % Z
// expect: star     [    7] [7    ] [0007] [wor]
// expect: nothing  [] [(null)]
// expect: 17 characters came out
#include <stdio.h>

int main(void) {
  int count;
  printf("decimal   %d %d %i %d %u\n", 42, -42, 0, -32767 - 1, 65535u);
  printf("hex       %x %X %x %#x %#o\n", 42, 42, -42 & 0xffff, 42, 42);
  printf("width    [%5d] [%-5d] [%05d] [%+5d] [%05d]\n", 42, 42, 42, 42, -42);
  printf("long      %ld %ld %lu %lx\n", 2147483647L, -2147483647L - 1, 4294967295ul, 0xdeadbeeful);
  printf("text     [%s] [%6s] [%-6s] [%.2s] [%5.2s]\n", "word", "word", "word", "word", "word");
  printf("single    %c %% %c\n", 'A', 'Z');
  printf("star     [%*d] [%-*d] [%.*d] [%.*s]\n", 5, 7, 5, 7, 4, 7, 3, "words");
  printf("nothing  [%s] [%s]\n", "", (char *)0);
  count = printf("%s", "");
  count += printf("%d characters", 17);
  count += printf(" came");
  printf(" out\n");
  return count == 18 ? 0 : 1;
}
