/* <string.h>, apart from what memory.s and strings.s hold. */
#include <stdlib.h>
#include <string.h>

int memcmp(const void *a, const void *b, size_t count) {
  const unsigned char *p = a;
  const unsigned char *q = b;
  for (; count; count--, p++, q++)
    if (*p != *q) return *p - *q;
  return 0;
}

void *memchr(const void *block, int value, size_t count) {
  const unsigned char *p = block;
  unsigned char wanted = (unsigned char)value;
  for (; count; count--, p++)
    if (*p == wanted) return (void *)p;
  return NULL;
}

size_t strnlen(const char *text, size_t limit) {
  const char *p = text;
  for (; limit && *p; limit--) p++;
  return (size_t)(p - text);
}

char *strncpy(char *to, const char *from, size_t count) {
  char *p = to;
  for (; count && *from; count--) *p++ = *from++;
  for (; count; count--) *p++ = 0;
  return to;
}

char *strcat(char *to, const char *from) {
  strcpy(to + strlen(to), from);
  return to;
}

char *strncat(char *to, const char *from, size_t count) {
  char *p = to + strlen(to);
  for (; count && *from; count--) *p++ = *from++;
  *p = 0;
  return to;
}

int strncmp(const char *a, const char *b, size_t count) {
  for (; count; count--, a++, b++) {
    if (*a != *b) return (unsigned char)*a - (unsigned char)*b;
    if (!*a) break;
  }
  return 0;
}

static char lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c); }

int strcasecmp(const char *a, const char *b) {
  char c, d;
  do {
    c = lower(*a++);
    d = lower(*b++);
  } while (c == d && c);
  return (unsigned char)c - (unsigned char)d;
}

int strcoll(const char *a, const char *b) { return strcmp(a, b); }

char *strchr(const char *text, int c) {
  char wanted = (char)c;
  for (;; text++) {
    if (*text == wanted) return (char *)text;
    if (!*text) return NULL;
  }
}

char *strrchr(const char *text, int c) {
  char wanted = (char)c;
  const char *found = NULL;
  do {
    if (*text == wanted) found = text;
  } while (*text++);
  return (char *)found;
}

char *strstr(const char *text, const char *part) {
  for (;; text++) {
    const char *p = text;
    const char *q = part;
    while (*q && *p == *q) p++, q++;
    if (!*q) return (char *)text;
    if (!*p) return NULL;
  }
}

size_t strspn(const char *text, const char *set) {
  const char *p = text;
  while (*p && strchr(set, *p)) p++;
  return (size_t)(p - text);
}

size_t strcspn(const char *text, const char *set) {
  const char *p = text;
  while (*p && !strchr(set, *p)) p++;
  return (size_t)(p - text);
}

char *strpbrk(const char *text, const char *set) {
  text += strcspn(text, set);
  return *text ? (char *)text : NULL;
}

char *strtok_r(char *text, const char *separators, char **rest) {
  char *end;
  if (!text) text = *rest;
  if (!text) return NULL;
  text += strspn(text, separators);
  if (!*text) {
    *rest = NULL;
    return NULL;
  }
  end = text + strcspn(text, separators);
  if (*end) *end++ = 0;
  else end = NULL;
  *rest = end;
  return text;
}

char *strtok(char *text, const char *separators) {
  static char *rest;
  return strtok_r(text, separators, &rest);
}

char *strndup(const char *text, size_t limit) {
  size_t length = strnlen(text, limit);
  char *copy = malloc(length + 1);
  if (copy) {
    memcpy(copy, text, length);
    copy[length] = 0;
  }
  return copy;
}

char *strdup(const char *text) { return strndup(text, 65535u); }

char *strrev(char *text) {
  char *p = text;
  char *q = text + strlen(text);
  while (p < q) {
    char c = *p;
    *p++ = *--q;
    *q = c;
  }
  return text;
}

char *strerror(int number) {
  (void)number;
  return "error";
}
