// title: A store that does not
// group: disks
// The same eight accounts, written block by block without a log and without a flush. It is shorter and it is faster. Cut the power
// while it runs, start it again, and see what the accounts add up to. Compare with "A store that survives power loss".
// expect: a new disk: 8 accounts with 100 each
// expect: 24 transfers, total 800: consistent
#include <disk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNTS 8
#define TRANSFERS 24
#define MAGIC 0x4f53
#define FIRST_BLOCK 16ul

struct half {
  unsigned magic;
  unsigned done;
  int balance[ACCOUNTS / 2];
};

static union {
  unsigned char block[DISK_BLOCK];
  struct half half;
} buffer;

static struct half halves[2];

static void check(int error) {
  if (error) {
    printf("the disk failed with error %d\n", error);
    exit(1);
  }
}

static void write_half(unsigned char i) {
  memset(&buffer, 0, sizeof buffer);
  buffer.half = halves[i];
  check(disk_write(SSD0, FIRST_BLOCK + i, &buffer, 1));
}

static int load(void) {
  for (unsigned char i = 0; i < 2; i++) {
    check(disk_read(SSD0, FIRST_BLOCK + i, &buffer, 1));
    if (buffer.half.magic != MAGIC) return 0;
    halves[i] = buffer.half;
  }
  return 1;
}

static int total(void) {
  int sum = 0;
  for (unsigned char i = 0; i < 2; i++)
    for (unsigned char j = 0; j < ACCOUNTS / 2; j++) sum += halves[i].balance[j];
  return sum;
}

static void transfer(unsigned char from, unsigned char to, int amount) {
  halves[0].balance[from] -= amount;
  halves[0].done++;
  write_half(0);
  /* If the power goes here, the amount has left one account and never reached the other. */
  halves[1].balance[to] += amount;
  halves[1].done++;
  write_half(1);
}

int main(void) {
  if (load()) {
    printf("after %u transfers the power went; total %d: %s\n", halves[0].done, total(),
           total() == 800 && halves[0].done == halves[1].done ? "consistent" : "BROKEN");
  } else {
    for (unsigned char i = 0; i < 2; i++) {
      halves[i].magic = MAGIC;
      halves[i].done = 0;
      for (unsigned char j = 0; j < ACCOUNTS / 2; j++) halves[i].balance[j] = 100;
      write_half(i);
    }
    printf("a new disk: %d accounts with 100 each\n", ACCOUNTS);
  }
  while (halves[0].done < TRANSFERS) {
    unsigned n = halves[0].done;
    transfer(n & 3, (n >> 2) & 3, (int)(n * 7 % 50) + 1);
  }
  printf("%u transfers, total %d: %s\n", halves[0].done, total(), total() == 800 ? "consistent" : "BROKEN");
  return 0;
}
