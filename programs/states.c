// title: A state machine
// group: language
// Reads numbers, names and operators out of a line, a character at a time, with one switch inside another. See how the compiler turns a
// switch into a table of jumps or a chain of comparisons.
// expect: name speed
// expect: operator =
// expect: number 3
// expect: operator *
// expect: name x1
// expect: operator +
// expect: number 0x2f
// expect: operator ;
// expect: 8 tokens
#include <ctype.h>
#include <stdio.h>

enum state { START, NUMBER, NAME };

static const char *const source = "speed = 3*x1 + 0x2f;";

int main(void) {
  enum state state = START;
  char word[12];
  unsigned char length = 0;
  int tokens = 0;
  const char *p = source;
  for (;;) {
    char c = *p;
    switch (state) {
      case START:
        if (c == 0) {
          printf("%d tokens\n", tokens);
          return 0;
        }
        p++;
        switch (c) {
          case ' ':
          case '\t':
          case '\n':
            break;
          case '+':
          case '-':
          case '*':
          case '/':
          case '=':
          case ';':
            printf("operator %c\n", c);
            tokens++;
            break;
          default:
            length = 0;
            word[length++] = c;
            state = isdigit(c) ? NUMBER : NAME;
        }
        break;
      case NUMBER:
      case NAME:
        if (isalnum(c) && length < sizeof word - 1) {
          word[length++] = c;
          p++;
          break;
        }
        word[length] = 0;
        printf("%s %s\n", state == NUMBER ? "number" : "name", word);
        tokens++;
        state = START;
        break;
    }
  }
}
