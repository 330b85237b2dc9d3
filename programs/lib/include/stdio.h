/* <stdio.h>: the console, and text made from values.
 *
 * Formats: %d %i %u %x %X %o %c %s %p %%, with flags - 0 + space #, width and precision (a number or *), and
 * the lengths hh h l z t j. There is one stream to write to, the console; stdout and stderr both mean it. */
#ifndef _STDIO_H
#define _STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)
#define BUFSIZ 256

typedef struct _file FILE;
#define stdin ((FILE *)0)
#define stdout ((FILE *)1)
#define stderr ((FILE *)2)

int putchar(int c);
/* The next character of the input, or EOF; sleeps until one arrives. */
int getchar(void);
int puts(const char *text);

int printf(const char *format, ...);
int vprintf(const char *format, va_list arguments);
int sprintf(char *to, const char *format, ...);
int vsprintf(char *to, const char *format, va_list arguments);
int snprintf(char *to, size_t size, const char *format, ...);
int vsnprintf(char *to, size_t size, const char *format, va_list arguments);

int fprintf(FILE *stream, const char *format, ...);
int vfprintf(FILE *stream, const char *format, va_list arguments);
int fputc(int c, FILE *stream);
int fputs(const char *text, FILE *stream);
int fgetc(FILE *stream);
char *fgets(char *to, int size, FILE *stream);
int fflush(FILE *stream);
#define putc(c, stream) fputc(c, stream)
#define getc(stream) fgetc(stream)

#endif
