/* <disk.h>: the two block devices. A block has 512 bytes and a 32-bit number (LBA).
 *
 * Functions return 0, or one of DISK_ERROR_RANGE, _COMMAND, _ADDRESS, _BUSY. A count is 1 to 128 blocks. */
#ifndef _DISK_H
#define _DISK_H

#include <ports.h>

#define SSD0 0
#define HDD0 1
#define DISK_BLOCK 512

struct disk_info {
  unsigned long blocks;
  unsigned block_bytes;
  char model[32];
};

/* The disk moves the data by itself (DMA) and the core sleeps until it is done. */
int disk_read(unsigned char device, unsigned long lba, void *buffer, unsigned char count);
int disk_write(unsigned char device, unsigned long lba, const void *buffer, unsigned char count);
/* Returns when all that was written is safe from a loss of power. */
int disk_flush(unsigned char device);
int disk_info(unsigned char device, struct disk_info *info);

/* The same by DMA, but the core asks the disk again and again instead of sleeping. */
int disk_read_polled(unsigned char device, unsigned long lba, void *buffer, unsigned char count);
int disk_write_polled(unsigned char device, unsigned long lba, const void *buffer, unsigned char count);
/* The same, but the core moves every byte itself through a port. */
int disk_read_pio(unsigned char device, unsigned long lba, void *buffer, unsigned char count);
int disk_write_pio(unsigned char device, unsigned long lba, const void *buffer, unsigned char count);

/* Starts a command (DISK_READ, DISK_WRITE, DISK_FLUSH) by DMA and returns at once; when it is done the disk raises IRQ_SSD0
 * or IRQ_HDD0. disk_finish waits for the end, clears the interrupt and gives the result. */
void disk_start(unsigned char device, unsigned char command, unsigned long lba, void *buffer, unsigned char count);
unsigned char disk_busy(unsigned char device);
int disk_finish(unsigned char device);

#endif
