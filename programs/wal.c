// title: A store that survives power loss
// group: disks
// Eight accounts lie in two blocks of the SSD, and every transfer changes both. Before it touches them, the program writes what it is
// about to do into a log block and flushes it; only then the accounts. Cut the power at any moment and start again: the log is read
// first, an unfinished transfer is finished, and the total is always 800. Compare with "A store that does not".
// expect: a new disk: 8 accounts with 100 each
// expect: 24 transfers, total 800: consistent
#include <disk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNTS 8
#define TRANSFERS 24
#define MAGIC 0x4f52
#define LOG_BLOCK 8ul

/* One block of the disk: half of the accounts. */
struct half {
  unsigned magic;
  unsigned done; /* transfers that it contains */
  int balance[ACCOUNTS / 2];
};

/* What the log holds: the accounts as they will be, with a checksum to tell a whole record from a torn one. */
struct record {
  unsigned magic;
  struct half halves[2];
  unsigned checksum;
};

static union {
  unsigned char block[DISK_BLOCK];
  struct half half;
  struct record record;
} buffer;

static struct half halves[2];

static void check(int error) {
  if (error) {
    printf("the disk failed with error %d\n", error);
    exit(1);
  }
}

static unsigned checksum(const struct record *record) {
  const unsigned char *p = (const unsigned char *)record;
  unsigned sum = 0xace1;
  for (unsigned i = 0; i < offsetof(struct record, checksum); i++) sum = (sum << 3 | sum >> 13) ^ p[i];
  return sum;
}

static void write_halves(void) {
  for (unsigned char i = 0; i < 2; i++) {
    memset(&buffer, 0, sizeof buffer);
    buffer.half = halves[i];
    check(disk_write(SSD0, i, &buffer, 1));
  }
  check(disk_flush(SSD0));
}

static void write_log(void) {
  memset(&buffer, 0, sizeof buffer);
  buffer.record.magic = MAGIC;
  memcpy(buffer.record.halves, halves, sizeof halves);
  buffer.record.checksum = checksum(&buffer.record);
  check(disk_write(SSD0, LOG_BLOCK, &buffer, 1));
  check(disk_flush(SSD0));
}

static int total(void) {
  int sum = 0;
  for (unsigned char i = 0; i < 2; i++)
    for (unsigned char j = 0; j < ACCOUNTS / 2; j++) sum += halves[i].balance[j];
  return sum;
}

/* Reads the log and, if it holds a whole record, brings the accounts up to it. 0 on a new disk. */
static int recover(void) {
  check(disk_read(SSD0, LOG_BLOCK, &buffer, 1));
  if (buffer.record.magic != MAGIC || buffer.record.checksum != checksum(&buffer.record)) {
    /* No whole record: the transfer never began, and the accounts are as the one before left them. */
    for (unsigned char i = 0; i < 2; i++) {
      check(disk_read(SSD0, i, &buffer, 1));
      if (buffer.half.magic != MAGIC) return 0;
      halves[i] = buffer.half;
    }
    return 1;
  }
  memcpy(halves, buffer.record.halves, sizeof halves);
  write_halves();
  return 1;
}

static void transfer(unsigned char from, unsigned char to, int amount) {
  halves[0].balance[from] -= amount;
  halves[1].balance[to] += amount;
  halves[0].done++;
  halves[1].done++;
  write_log();
  write_halves();
}

int main(void) {
  if (recover()) {
    printf("after %u transfers the power went; total %d: %s\n", halves[0].done, total(),
           total() == 800 && halves[0].done == halves[1].done ? "consistent" : "BROKEN");
  } else {
    for (unsigned char i = 0; i < 2; i++) {
      halves[i].magic = MAGIC;
      halves[i].done = 0;
      for (unsigned char j = 0; j < ACCOUNTS / 2; j++) halves[i].balance[j] = 100;
    }
    write_log();
    write_halves();
    printf("a new disk: %d accounts with 100 each\n", ACCOUNTS);
  }
  while (halves[0].done < TRANSFERS) {
    unsigned n = halves[0].done;
    transfer(n & 3, (n >> 2) & 3, (int)(n * 7 % 50) + 1);
  }
  printf("%u transfers, total %d: %s\n", halves[0].done, total(), total() == 800 ? "consistent" : "BROKEN");
  return 0;
}
