/* Fibonacci numbers by double recursion. */
static unsigned fib(unsigned char n) { return n < 2 ? n : fib((unsigned char)(n - 1)) + fib((unsigned char)(n - 2)); }
unsigned kernel(void) { return fib(16); }
