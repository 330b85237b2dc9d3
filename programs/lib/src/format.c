/* printf and its kin: one formatter that writes to a sink, the console or a string.
 *
 * Decimal digits come from subtracting powers of ten, which on this machine is faster and smaller than division. */
#include <ports.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* `to` is NULL for the console. A string has room for `room` characters and its final zero. */
struct sink {
  char *to;
  unsigned room;
  unsigned count;
};

#define LEFT 1
#define ZERO 2
#define PLUS 4
#define SPACE 8
#define ALTERNATE 16

static const unsigned long powers[] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10};
#define POWERS (sizeof powers / sizeof powers[0])

static void put(struct sink *sink, char c) {
  sink->count++;
  if (!sink->to) {
    __builtin_out(CONSOLE_DATA, c);
  } else if (sink->room) {
    sink->room--;
    *sink->to++ = c;
  }
}

static void repeat(struct sink *sink, char c, int count) {
  while (--count >= 0) put(sink, c);
}

/* Writes the decimal digits and returns the place behind them. */
static char *decimal(char *at, unsigned long value) {
  const unsigned long *power = powers;
  const unsigned long *end = powers + POWERS;
  while (power < end && value < *power) power++;
  while (power < end) {
    unsigned long p = *power++;
    char digit = '0';
    while (value >= p) {
      value -= p;
      digit++;
    }
    *at++ = digit;
  }
  *at++ = (char)('0' + (unsigned char)value);
  return at;
}

static void format(struct sink *sink, const char *text, va_list arguments) {
  char digits[12];
  char c;
  while ((c = *text++)) {
    unsigned char flags = 0;
    unsigned char size = 1; /* 0 for char, 1 for int, 2 for long */
    unsigned char shift = 0; /* bits a digit; 0 for decimal */
    int width = 0;
    int precision = -1;
    const char *start;
    int length;
    char prefix = 0;
    char letter = 0;
    int zeros;
    if (c != '%') {
      put(sink, c);
      continue;
    }
    for (;; flags |= shift) {
      c = *text++;
      if (c == '-') shift = LEFT;
      else if (c == '0') shift = ZERO;
      else if (c == '+') shift = PLUS;
      else if (c == ' ') shift = SPACE;
      else if (c == '#') shift = ALTERNATE;
      else break;
    }
    shift = 0;
    if (c == '*') {
      width = va_arg(arguments, int);
      if (width < 0) {
        flags |= LEFT;
        width = -width;
      }
      c = *text++;
    } else {
      for (; c >= '0' && c <= '9'; c = *text++) width = width * 10 + (c - '0');
    }
    if (c == '.') {
      precision = 0;
      c = *text++;
      if (c == '*') {
        precision = va_arg(arguments, int);
        c = *text++;
      } else {
        for (; c >= '0' && c <= '9'; c = *text++) precision = precision * 10 + (c - '0');
      }
    }
    for (;; c = *text++) {
      if (c == 'l' || c == 'j') size = 2;
      else if (c == 'h') size = *text == 'h' ? 0 : size;
      else if (c != 'z' && c != 't') break;
    }

    start = digits;
    length = 0;
    zeros = 0;
    if (c == 's' || c == 'c') {
      if (c == 'c') {
        digits[0] = (char)va_arg(arguments, int);
        length = 1;
      } else {
        start = va_arg(arguments, const char *);
        if (!start) start = "(null)";
        while (length != precision && start[length]) length++;
      }
      flags &= ~ZERO;
    } else if (c == 'd' || c == 'i' || c == 'u' || c == 'x' || c == 'X' || c == 'o' || c == 'p') {
      unsigned long value;
      if (c == 'd' || c == 'i') {
        long number = size == 2 ? va_arg(arguments, long) : va_arg(arguments, int);
        if (size == 0) number = (signed char)number;
        if (number < 0) {
          prefix = '-';
          number = -number;
        } else if (flags & PLUS) {
          prefix = '+';
        } else if (flags & SPACE) {
          prefix = ' ';
        }
        value = (unsigned long)number;
      } else {
        value = size == 2 ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned);
        if (size == 0) value = (unsigned char)value;
        if (c == 'p') {
          c = 'x';
          flags |= ALTERNATE;
          if (!value) {
            prefix = '0';
            letter = 'x';
          }
        }
        if (c == 'o') shift = 3;
        else if (c != 'u') shift = 4;
        if (shift == 4 && (flags & ALTERNATE) && value) {
          prefix = '0';
          letter = c;
        }
      }
      if (shift == 0) {
        if (value || precision) length = (int)(decimal(digits, value) - digits);
      } else {
        char *at = digits + sizeof digits;
        unsigned char mask = (unsigned char)((1 << shift) - 1);
        char ten = (char)(c == 'X' ? 'A' - 10 : 'a' - 10);
        while (value) {
          char digit = (char)((unsigned char)value & mask);
          *--at = (char)(digit < 10 ? digit + '0' : digit + ten);
          if (shift == 4) value >>= 4;
          else value >>= 3;
        }
        if (at == digits + sizeof digits && precision) *--at = '0';
        else if (shift == 3 && (flags & ALTERNATE)) *--at = '0';
        start = at;
        length = (int)(digits + sizeof digits - at);
      }
      if (precision >= 0) flags &= ~ZERO;
      zeros = precision - length;
      if (zeros < 0) zeros = 0;
    } else {
      if (!c) return;
      if (c != '%') put(sink, '%');
      put(sink, c);
      continue;
    }

    width -= length + zeros;
    if (prefix) width--;
    if (letter) width--;
    if (!(flags & (LEFT | ZERO))) {
      repeat(sink, ' ', width);
      width = 0;
    }
    if (prefix) put(sink, prefix);
    if (letter) put(sink, letter);
    if ((flags & (LEFT | ZERO)) == ZERO) {
      repeat(sink, '0', width);
      width = 0;
    }
    repeat(sink, '0', zeros);
    while (--length >= 0) put(sink, *start++);
    repeat(sink, ' ', width);
  }
}

int vprintf(const char *text, va_list arguments) {
  struct sink sink = {NULL, 0, 0};
  format(&sink, text, arguments);
  return (int)sink.count;
}

int printf(const char *text, ...) {
  struct sink sink = {NULL, 0, 0};
  va_list arguments;
  va_start(arguments, text);
  format(&sink, text, arguments);
  va_end(arguments);
  return (int)sink.count;
}

int vsnprintf(char *to, size_t size, const char *text, va_list arguments) {
  char nowhere;
  struct sink sink = {to, 0, 0};
  if (size) sink.room = size - 1;
  else sink.to = &nowhere;
  format(&sink, text, arguments);
  *sink.to = 0;
  return (int)sink.count;
}

int snprintf(char *to, size_t size, const char *text, ...) {
  int count;
  va_list arguments;
  va_start(arguments, text);
  count = vsnprintf(to, size, text, arguments);
  va_end(arguments);
  return count;
}

int vsprintf(char *to, const char *text, va_list arguments) {
  return vsnprintf(to, 65535u, text, arguments);
}

int sprintf(char *to, const char *text, ...) {
  int count;
  va_list arguments;
  va_start(arguments, text);
  count = vsnprintf(to, 65535u, text, arguments);
  va_end(arguments);
  return count;
}

int vfprintf(FILE *stream, const char *text, va_list arguments) {
  (void)stream;
  return vprintf(text, arguments);
}

int fprintf(FILE *stream, const char *text, ...) {
  int count;
  va_list arguments;
  (void)stream;
  va_start(arguments, text);
  count = vprintf(text, arguments);
  va_end(arguments);
  return count;
}
