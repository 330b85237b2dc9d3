/* <disk.h>: block devices by DMA with sleep, by DMA with polling, and byte by byte. */
#include <disk.h>
#include <stddef.h>
#include "internal.h"

/* Registers of a disk, as offsets from its first port; both disks have the same. */
#define COMMAND (SSD0_COMMAND - SSD0_COMMAND)
#define STATUS (SSD0_STATUS - SSD0_COMMAND)
#define ERROR (SSD0_ERROR - SSD0_COMMAND)
#define CONTROL (SSD0_CONTROL - SSD0_COMMAND)
#define LBA (SSD0_LBA - SSD0_COMMAND)
#define COUNT (SSD0_COUNT - SSD0_COMMAND)
#define DMA (SSD0_DMA - SSD0_COMMAND)
#define DATA (SSD0_DATA - SSD0_COMMAND)

static unsigned char base_of(unsigned char device) { return device == SSD0 ? SSD0_COMMAND : HDD0_COMMAND; }

/* Fills in the registers and starts the command. */
static void issue(unsigned char base, unsigned char command, unsigned char control, unsigned long lba, const void *buffer,
                  unsigned char count) {
  __builtin_out(base + STATUS, 0);
  __builtin_out(base + CONTROL, control);
  __builtin_out(base + LBA, (unsigned char)lba);
  __builtin_out(base + LBA + 1, (unsigned char)(lba >> 8));
  __builtin_out(base + LBA + 2, (unsigned char)(lba >> 16));
  __builtin_out(base + LBA + 3, (unsigned char)(lba >> 24));
  __builtin_out(base + COUNT, count);
  __builtin_out(base + DMA, (unsigned char)(unsigned)buffer);
  __builtin_out(base + DMA + 1, (unsigned char)((unsigned)buffer >> 8));
  __builtin_out(base + COMMAND, command);
}

static int result(unsigned char base) {
  unsigned char failed = __builtin_in(base + STATUS) & DISK_ERROR;
  int error = failed ? __builtin_in(base + ERROR) : 0;
  __builtin_out(base + STATUS, 0);
  return error;
}

static int sleep_through(unsigned char device, unsigned char command, unsigned long lba, const void *buffer,
                         unsigned char count) {
  disk_start(device, command, lba, (void *)buffer, count);
  return disk_finish(device);
}

static int poll_through(unsigned char device, unsigned char command, unsigned long lba, const void *buffer,
                        unsigned char count) {
  unsigned char base = base_of(device);
  issue(base, command, DISK_DMA, lba, buffer, count);
  while (__builtin_in(base + STATUS) & DISK_BUSY)
    ;
  return result(base);
}

/* Waits for the block buffer; 0 when the command has failed. */
static unsigned char data_ready(unsigned char base) {
  unsigned char status;
  do status = __builtin_in(base + STATUS);
  while (!(status & (DISK_DATA | DISK_ERROR)));
  return status & DISK_DATA;
}

int disk_read(unsigned char device, unsigned long lba, void *buffer, unsigned char count) {
  return sleep_through(device, DISK_READ, lba, buffer, count);
}

int disk_write(unsigned char device, unsigned long lba, const void *buffer, unsigned char count) {
  return sleep_through(device, DISK_WRITE, lba, buffer, count);
}

int disk_flush(unsigned char device) { return sleep_through(device, DISK_FLUSH, 0, NULL, 1); }

int disk_read_polled(unsigned char device, unsigned long lba, void *buffer, unsigned char count) {
  return poll_through(device, DISK_READ, lba, buffer, count);
}

int disk_write_polled(unsigned char device, unsigned long lba, const void *buffer, unsigned char count) {
  return poll_through(device, DISK_WRITE, lba, buffer, count);
}

int disk_read_pio(unsigned char device, unsigned long lba, void *buffer, unsigned char count) {
  unsigned char base = base_of(device);
  unsigned char *to = buffer;
  issue(base, DISK_READ, 0, lba, NULL, count);
  for (; count; count--) {
    unsigned char *end = to + DISK_BLOCK;
    if (!data_ready(base)) break;
    while (to != end) *to++ = __builtin_in(base + DATA);
  }
  while (__builtin_in(base + STATUS) & DISK_BUSY)
    ;
  return result(base);
}

int disk_write_pio(unsigned char device, unsigned long lba, const void *buffer, unsigned char count) {
  unsigned char base = base_of(device);
  const unsigned char *from = buffer;
  issue(base, DISK_WRITE, 0, lba, NULL, count);
  for (; count; count--) {
    const unsigned char *end = from + DISK_BLOCK;
    if (!data_ready(base)) break;
    while (from != end) __builtin_out(base + DATA, *from++);
  }
  while (__builtin_in(base + STATUS) & DISK_BUSY)
    ;
  return result(base);
}

int disk_info(unsigned char device, struct disk_info *info) {
  unsigned char base = base_of(device);
  unsigned char *to = (unsigned char *)info;
  unsigned i;
  issue(base, DISK_IDENTIFY, 0, 0, NULL, 1);
  if (data_ready(base)) {
    for (i = 0; i < DISK_BLOCK; i++) {
      unsigned char c = __builtin_in(base + DATA);
      if (i < sizeof *info) *to++ = c;
    }
    info->model[sizeof info->model - 1] = 0;
  }
  while (__builtin_in(base + STATUS) & DISK_BUSY)
    ;
  return result(base);
}

void disk_start(unsigned char device, unsigned char command, unsigned long lba, void *buffer, unsigned char count) {
  issue(base_of(device), command, DISK_DMA | DISK_IRQ, lba, buffer, count);
}

unsigned char disk_busy(unsigned char device) { return __builtin_in(base_of(device) + STATUS) & DISK_BUSY; }

int disk_finish(unsigned char device) {
  unsigned char base = base_of(device);
  unsigned char number = device == SSD0 ? IRQ_SSD0 : IRQ_HDD0;
  while (__builtin_in(base + STATUS) & DISK_BUSY) _sleep_until(number);
  return result(base);
}
