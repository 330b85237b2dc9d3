/* <stdlib.h>: numbers and their texts. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

int errno;

int abs(int value) { return value < 0 ? -value : value; }

long labs(long value) { return value < 0 ? -value : value; }

div_t div(int numerator, int denominator) {
  div_t result;
  result.quot = numerator / denominator;
  result.rem = numerator % denominator;
  return result;
}

ldiv_t ldiv(long numerator, long denominator) {
  ldiv_t result;
  result.quot = numerator / denominator;
  result.rem = numerator % denominator;
  return result;
}

static unsigned char is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int atoi(const char *text) {
  int value = 0;
  unsigned char negative = 0;
  while (is_space(*text)) text++;
  if (*text == '-') {
    negative = 1;
    text++;
  } else if (*text == '+') {
    text++;
  }
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (*text - '0');
  return negative ? -value : value;
}

long atol(const char *text) { return strtol(text, NULL, 10); }

/* The digit that a character stands for in any base, 255 for none. */
static unsigned char digit_of(char c) {
  if (c >= '0' && c <= '9') return (unsigned char)(c - '0');
  c = (char)(c | 32);
  return c >= 'a' && c <= 'z' ? (unsigned char)(c - 'a' + 10) : 255;
}

struct scan {
  unsigned long value;
  unsigned char negative;
  unsigned char overflow;
};

static void scan(struct scan *result, const char *text, char **end, int base) {
  const char *start = text;
  unsigned long value = 0;
  unsigned long limit;
  unsigned char radix = (unsigned char)base;
  unsigned char any = 0;
  result->negative = 0;
  result->overflow = 0;
  while (is_space(*text)) text++;
  if (*text == '-') {
    result->negative = 1;
    text++;
  } else if (*text == '+') {
    text++;
  }
  if ((radix == 0 || radix == 16) && text[0] == '0' && (text[1] | 32) == 'x' && digit_of(text[2]) < 16) {
    text += 2;
    radix = 16;
  }
  if (radix == 0) radix = *text == '0' ? 8 : 10;
  limit = ULONG_MAX / radix;
  for (;; text++) {
    unsigned char digit = digit_of(*text);
    if (digit >= radix) break;
    any = 1;
    if (value > limit) result->overflow = 1;
    value *= radix;
    if (value + digit < value) result->overflow = 1;
    value += digit;
  }
  if (end) *end = (char *)(any ? text : start);
  result->value = value;
}

long strtol(const char *text, char **end, int base) {
  struct scan result;
  scan(&result, text, end, base);
  if (result.overflow || result.value > (unsigned long)LONG_MAX + result.negative) {
    errno = ERANGE;
    return result.negative ? LONG_MIN : LONG_MAX;
  }
  return result.negative ? -(long)result.value : (long)result.value;
}

unsigned long strtoul(const char *text, char **end, int base) {
  struct scan result;
  scan(&result, text, end, base);
  if (result.overflow) {
    errno = ERANGE;
    return ULONG_MAX;
  }
  return result.negative ? -result.value : result.value;
}

static char digit_text(unsigned char digit) { return (char)(digit < 10 ? '0' + digit : 'a' - 10 + digit); }

char *utoa(unsigned value, char *text, int base) {
  char *p = text;
  do {
    *p++ = digit_text((unsigned char)(value % (unsigned)base));
    value /= (unsigned)base;
  } while (value);
  *p = 0;
  return strrev(text);
}

char *itoa(int value, char *text, int base) {
  if (value < 0 && base == 10) {
    *text = '-';
    utoa(-(unsigned)value, text + 1, base);
    return text;
  }
  return utoa((unsigned)value, text, base);
}

char *ultoa(unsigned long value, char *text, int base) {
  char *p = text;
  do {
    *p++ = digit_text((unsigned char)(value % (unsigned)base));
    value /= (unsigned)base;
  } while (value);
  *p = 0;
  return strrev(text);
}

char *ltoa(long value, char *text, int base) {
  if (value < 0 && base == 10) {
    *text = '-';
    ultoa(-(unsigned long)value, text + 1, base);
    return text;
  }
  return ultoa((unsigned long)value, text, base);
}

/* The generator that the C standard gives as its example. */
static unsigned long seed = 1;

int rand(void) {
  seed = seed * 1103515245 + 12345;
  return (int)((unsigned)(seed >> 16) & RAND_MAX);
}

void srand(unsigned start) { seed = start; }
