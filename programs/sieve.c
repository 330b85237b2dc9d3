// title: Sieve of Eratosthenes
// group: algorithms
// Marks the multiples of every prime in an array of 4 KiB. The array is larger than the first-level cache of the teaching machine:
// compare the hit rate of the first pass over it with that of the short steps.
// expect: 564 primes below 4096
// expect: the largest is 4093
#include <stdio.h>

#define SIZE 4096

static unsigned char composite[SIZE];

int main(void) {
  int count = 0;
  int largest = 0;
  for (int i = 2; i < SIZE; i++) {
    if (composite[i]) continue;
    count++;
    largest = i;
    for (unsigned j = i + i; j < SIZE; j += i) composite[j] = 1;
  }
  printf("%d primes below %d\n", count, SIZE);
  printf("the largest is %d\n", largest);
  return 0;
}
