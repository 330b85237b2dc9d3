// Wide literals and _Generic: element types, concatenation, universal character names, arrays, constants in #if.
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define KIND(x) _Generic((x), char *: "char *", const char *: "const char *", int: "int", long: "long", int *: "int *", struct s: "struct s", int (*)(void): "function", default: "other")
#if L'a' != 97 || L'\0'
#error wide characters in conditions
#endif

struct s { int x; };
static const wchar_t text[] = L"wide", *pointer = L"p\x1234q";
static wchar_t fixed[3] = L"abc", rows[2][4] = {L"ab", {L'c', 'd'}}, joined[] = "one" L" two";
static int f(void) { return 0; }

static int length(const wchar_t *w) { int n = 0; while (w[n]) n++; return n; }

int main(void) {
  printf("%d %u %d %d\n", length(text), (unsigned)(sizeof text / sizeof *text), text[3], text[4]);
  printf("%x %c %d\n", pointer[1], pointer[2], length(pointer));
  printf("%c%c%c %d %d %d\n", fixed[0], fixed[1], fixed[2], (int)sizeof fixed, rows[0][2], rows[1][1]);
  printf("%d %c %d\n", length(joined), joined[4], joined[7]);
  printf("%d %d %d\n", L'z', L'\377', (int)sizeof L'x');
  printf("%d %d\n", length(L""), length(L"\u00e4\u20ac") * 10 + (L"\u20ac"[0] == 0x20ac));
  printf("%u %d\n", (unsigned)strlen("\u00e4\u20ac"), "\u00e4"[1] == 0xa4);
  printf("%u %u\n", (unsigned)sizeof u8"ab", (unsigned)sizeof L"ab" "cd");
  const char *k = "k";
  char *c = 0;
  const int ci = 5;
  struct s s = {1};
  int a[3];
  printf("%s, %s, %s, %s\n", KIND(k), KIND(c), KIND(ci), KIND(2L));
  printf("%s, %s, %s, %s\n", KIND(s), KIND(a), KIND(f), KIND(&c));
  printf("%d %ld\n", _Generic(1u, unsigned: 5, int: 6), _Generic('a', char: 1L, int: 70000));
  int n = 1;
  printf("%d %d\n", _Generic(n++, int: n, default: 7), n);
  return 0;
}
// expect: 4 5 101 0
// expect: 1234 q 3
// expect: abc 6 0 100
// expect: 7 t 0
// expect: 122 255 2
// expect: 0 21
// expect: 5 1
// expect: 3 10
// expect: const char *, char *, int, long
// expect: struct s, int *, function, other
// expect: 5 70000
// expect: 1 1
