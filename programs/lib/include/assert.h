/* <assert.h>: a condition that must hold. The machine stops with the trap "assert", which names the source line. */
#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) ((void)((condition) || (__builtin_trap(8), 0)))
#endif
#ifndef static_assert
#define static_assert _Static_assert
#endif
