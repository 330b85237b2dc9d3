// The preprocessor: object and function macros, # and ##, variadic macros, rescanning, conditions, predefined names, #line, #include.
#include <stdio.h>
#include <string.h>

#define ONE 1
#define TWO (ONE + ONE)
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define STR(x) #x
#define XSTR(x) STR(x)
#define CAT(a, b) a##b
#define XCAT(a, b) CAT(a, b)
#define EMPTY
#define CALL(f, ...) f(__VA_ARGS__)
#define LOG(format, ...) printf("[" format "]\n", __VA_ARGS__)
#define COUNT(...) COUNT_(__VA_ARGS__, 4, 3, 2, 1, 0)
#define COUNT_(a, b, c, d, n, ...) n
#define SWAP(T, a, b) do { T t = a; a = b; b = t; } while (0)
#define FIELD(name) field_##name
#define DECLARE(type, name) type FIELD(name)
#define self self + 1
#define f(x) g(x)
#define g(x) (x) * 2
#define NOARGS() 42
#define OBJ (x)
#define paren() )
#define LIST X(a, 1) X(b, 2) X(c, 3)
#define X(name, value) name##_value = value,
enum { LIST };
#undef X
#define X(name, value) #name,
static const char *names[] = {LIST 0};
#undef X
#define WRAP(...) {__VA_ARGS__}
#define LONG_MACRO(a) \
  a +              \
  a
#define HASH #
#define mkstr(a) # a
#define in_between(a) mkstr(a)
#define join(c, d) in_between(c hash_hash d)
#define hash_hash # ## #
#define t(x, y, z) x ## y ## z
#define EVAL(x) x
#define DEFER(x) x EMPTY ()
#define AA() BB
#define BB() 7

#if ONE == 1 && defined(TWO) && !defined NOTHING
#define ANSWER "yes"
#elif 1
#define ANSWER "elif"
#else
#define ANSWER "no"
#endif
#if 0
# error never
this is not C: ' unbalanced
#elif (3 > 2 ? 1 : 0) && (0x10 == 16) && ('a' == 97) && (-1 < 0) && (1 << 4 == 16) && (7 % 4 == 3) && (~0 == -1) && (unknown == 0)
#define ARITHMETIC 1
#else
#define ARITHMETIC 0
#endif
#ifdef ONE
# ifndef TWO
#  define NEST "wrong"
# else
#  if 1
#   define NEST "right"
#  endif
# endif
#endif
#if (2 || 1 / 0) && !(0 && 1 / 0)
#define LAZY 1
#endif
#if -1 > 0u
#define UNSIGNED 1
#else
#define UNSIGNED 0
#endif
#define DEFD
#if defined DEFD && (defined(DEFD))
DECLARE(int, x) = 5;
#endif
#
/* comment */ # /* here */ define COMMENTED /* and */ 8 // there
static int (NOARGS)(void) { return 5; }
#undef NOARGS

int main(void) {
  int self_value = 3;
#undef self
  printf("%d %d %d\n", ONE, TWO * 2, MAX(3, 1 + 4));
  printf("%s %s %s\n", STR(ONE), XSTR(ONE), XSTR(TWO));
  printf("%s\n", STR(a  "b\n"   'c' /* x */ \ d));
  printf("%d %d\n", CAT(1, 2), XCAT(ONE, ONE));
  CALL(printf, "%d %s\n", 5, "args");
  LOG("%d-%d", 1, 2);
  printf("%d %d %d\n", COUNT(a), COUNT(a, b), COUNT((a, b), c, d));
  int p = 1, q = 2;
  SWAP(int, p, q);
  printf("%d %d\n", p, q);
  printf("%d %d\n", field_x, f(f(3)));
  printf("%d %d %d %s %s\n", a_value, b_value, c_value, names[0], names[2]);
  int w[] = WRAP(1, 2, 3);
  printf("%d %d\n", w[2], LONG_MACRO(4));
  printf("%s %d %s %d %d\n", ANSWER, ARITHMETIC, NEST, LAZY, UNSIGNED);
  printf("%s\n", join(x, y));
  int j[] = {t(1, 2, 3), t(, 4, 5), t(6, , 7), t(8, 9, ), t(10, , ), t(, 11, ), t(, , 12)};
  printf("%d %d %d %d %d %d %d\n", j[0], j[1], j[2], j[3], j[4], j[5], j[6]);
  printf("%d %d\n", COMMENTED, NOARGS());
  printf("%d\n", EVAL(AA()()));
  printf("%d %d\n", __LINE__,
         __LINE__);
#line 500 "renamed.c"
  printf("%d %s\n", __LINE__, __FILE__);
  printf("%s %d %d\n", __func__, __STDC__, (int)strlen(__DATE__ __TIME__));
  printf("%d\n", EMPTY 5 EMPTY);
  printf("%d\n", MAX(MAX(1, 2), MAX(3, MAX(4, 0))));
  printf("%s\n", STR());
  printf("%s\n", STR(( , )));
  con\
tinue_here:
  printf("%s\n", "spl\
iced");
  if (self_value == 3) { self_value++; goto con\
tinue_here; }
  printf("%s\n", XSTR(OBJ) XSTR(MAX(a, b)));
#pragma something unknown
#ifndef __ORRERY__
#define __ORRERY__ 1
#endif
  printf("%d\n", __ORRERY__ > 0);
  return 0;
}
// expect: 1 4 5
// expect: ONE 1 (1 + 1)
// expect: a "b\n" 'c'  d
// expect: 12 11
// expect: 5 args
// expect: [1-2]
// expect: 1 2 3
// expect: 2 1
// expect: 5 12
// expect: 1 2 3 a c
// expect: 3 8
// expect: yes 1 right 1 1
// expect: x ## y
// expect: 123 45 67 89 10 11 12
// expect: 8 5
// expect: 7
// expect: 112 113
// expect: 500 renamed.c
// expect: main 1 19
// expect: 5
// expect: 4
// expect:
// expect: ( , )
// expect: spliced
// expect: spliced
// expect: (x)((a) > (b) ? (a) : (b))
// expect: 1
