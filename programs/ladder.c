// title: The ladder: RAM, SSD, hard disk
// group: disks
// Reads the same 32 KiB, 64 blocks of 512 bytes, from memory, from the solid-state disk and from the hard disk: once in order, once
// at random places of the whole device. Watch the clock: the core sleeps while a disk works. Every rung of the ladder is about a
// hundred times or more below the last, and only on the hard disk does the order make all the difference.
// expect: 64 blocks of 512 bytes, nanoseconds in all and for one:
// expect: RAM  in order   <n>  <n>
// expect: RAM  at random  <n>  <n>
// expect: SSD  in order   <n>  <n>
// expect: SSD  at random  <n>  <n>
// expect: HDD  in order   <n>  <n>
// expect: HDD  at random  <n>  <n>
// expect: at random, RAM < SSD < HDD: yes
#include <disk.h>
#include <machine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS 64

static unsigned char ram[BLOCKS][DISK_BLOCK];
static unsigned char buffer[DISK_BLOCK];
static unsigned long places[BLOCKS];

/* Fills `places` with block numbers below `limit`: 0, 1, 2, … or random ones. */
static void choose(unsigned long limit, int random) {
  for (int i = 0; i < BLOCKS; i++)
    places[i] = random ? ((unsigned long)rand() << 15 | (unsigned)rand()) % limit : (unsigned long)i;
}

static unsigned long read_ram(void) {
  unsigned long start = nanos();
  for (int i = 0; i < BLOCKS; i++) memcpy(buffer, ram[(unsigned)places[i]], DISK_BLOCK);
  return nanos() - start;
}

static unsigned long read_disk(unsigned char device) {
  unsigned long start = nanos();
  for (int i = 0; i < BLOCKS; i++) {
    if (disk_read(device, places[i], buffer, 1)) {
      puts("a disk failed");
      exit(1);
    }
  }
  return nanos() - start;
}

static void report(const char *what, unsigned long ns) { printf("%s  %10lu  %8lu\n", what, ns, ns / BLOCKS); }

int main(void) {
  struct disk_info ssd, hdd;
  unsigned long from_ram, from_ssd, from_hdd;
  disk_info(SSD0, &ssd);
  disk_info(HDD0, &hdd);
  printf("%d blocks of %d bytes, nanoseconds in all and for one:\n", BLOCKS, DISK_BLOCK);

  choose(BLOCKS, 0);
  report("RAM  in order ", read_ram());
  choose(BLOCKS, 1);
  report("RAM  at random", from_ram = read_ram());

  choose(ssd.blocks, 0);
  report("SSD  in order ", read_disk(SSD0));
  choose(ssd.blocks, 1);
  report("SSD  at random", from_ssd = read_disk(SSD0));

  choose(hdd.blocks, 0);
  report("HDD  in order ", read_disk(HDD0));
  choose(hdd.blocks, 1);
  report("HDD  at random", from_hdd = read_disk(HDD0));

  printf("at random, RAM < SSD < HDD: %s\n", from_ram < from_ssd && from_ssd < from_hdd ? "yes" : "no");
  return 0;
}
