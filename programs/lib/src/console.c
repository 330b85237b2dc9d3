/* The console, character by character. All output streams are the console. */
#include <ports.h>
#include <stdio.h>
#include "internal.h"

int putchar(int c) {
  __builtin_out(CONSOLE_DATA, (unsigned char)c);
  return (unsigned char)c;
}

static void put_text(const char *text) {
  char c;
  while ((c = *text++)) __builtin_out(CONSOLE_DATA, c);
}

int puts(const char *text) {
  put_text(text);
  __builtin_out(CONSOLE_DATA, '\n');
  return 1;
}

int getchar(void) {
  unsigned char status;
  while (!((status = __builtin_in(CONSOLE_STATUS)) & CONSOLE_READY)) {
    if (status & CONSOLE_END) return EOF;
    _sleep_until(IRQ_CONSOLE);
  }
  return __builtin_in(CONSOLE_DATA);
}

int fputc(int c, FILE *stream) {
  (void)stream;
  return putchar(c);
}

int fputs(const char *text, FILE *stream) {
  (void)stream;
  put_text(text);
  return 1;
}

int fgetc(FILE *stream) {
  (void)stream;
  return getchar();
}

char *fgets(char *to, int size, FILE *stream) {
  char *at = to;
  int c = EOF;
  (void)stream;
  while (--size > 0 && (c = getchar()) != EOF) {
    *at++ = (char)c;
    if (c == '\n') break;
  }
  if (c == EOF && at == to) return NULL;
  *at = 0;
  return to;
}

int fflush(FILE *stream) {
  (void)stream;
  return 0;
}
