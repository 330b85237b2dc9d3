/* malloc: a list of free blocks in the order of their addresses, first fit, neighbours joined when a block is freed.
 *
 * A block starts with its size in bytes, header included; a free one then holds the next free block. The heap grows from the end
 * of the program's variables; the machine's stack limit moves along with it, so that a stack that grows into it traps. */
#include <ports.h>
#include <stdlib.h>
#include <string.h>

struct block {
  size_t size;
  struct block *next;
};

#define HEADER sizeof(size_t)
/* Left free below the stack pointer when the heap grows. */
#define STACK_ROOM 128

extern char __heap_start[];

static struct block *free_blocks;
static char *heap_end;

static void set_end(char *end) {
  heap_end = end;
  __builtin_out(STACK_LIMIT, (unsigned char)(unsigned)end);
  __builtin_out(STACK_LIMIT + 1, (unsigned char)((unsigned)end >> 8));
}

static void *grow(size_t size) {
  char here;
  char *start = heap_end ? heap_end : __heap_start;
  char *limit = &here - STACK_ROOM;
  if (limit <= start || (size_t)(limit - start) < size) return NULL;
  set_end(start + size);
  ((struct block *)start)->size = size;
  return start + HEADER;
}

void *malloc(size_t size) {
  struct block **link = &free_blocks;
  struct block *block;
  if (size > 65535u - HEADER) return NULL;
  size += HEADER;
  if (size < sizeof(struct block)) size = sizeof(struct block);
  for (; (block = *link); link = &block->next) {
    size_t rest;
    if (block->size < size) continue;
    rest = block->size - size;
    if (rest < sizeof(struct block)) {
      *link = block->next;
    } else {
      block->size = rest;
      block = (struct block *)((char *)block + rest);
      block->size = size;
    }
    return (char *)block + HEADER;
  }
  return grow(size);
}

void free(void *memory) {
  struct block *block;
  struct block *before = NULL;
  struct block *after = free_blocks;
  struct block **link = &free_blocks;
  if (!memory) return;
  block = (struct block *)((char *)memory - HEADER);
  for (; after && after < block; after = after->next) {
    link = before ? &before->next : &free_blocks;
    before = after;
  }
  block->next = after;
  if (after && (char *)block + block->size == (char *)after) {
    block->size += after->size;
    block->next = after->next;
  }
  if (before && (char *)before + before->size == (char *)block) {
    before->size += block->size;
    before->next = block->next;
    block = before;
  } else {
    link = before ? &before->next : &free_blocks;
    *link = block;
  }
  if ((char *)block + block->size == heap_end) {
    *link = NULL;
    set_end((char *)block);
  }
}

void *calloc(size_t count, size_t size) {
  unsigned long bytes = (unsigned long)count * size;
  void *memory = bytes > 65535u ? NULL : malloc((size_t)bytes);
  if (memory) memset(memory, 0, (size_t)bytes);
  return memory;
}

void *realloc(void *memory, size_t size) {
  size_t old;
  void *moved;
  if (!memory) return malloc(size);
  old = ((struct block *)((char *)memory - HEADER))->size - HEADER;
  if (size <= old) return memory;
  moved = malloc(size);
  if (!moved) return NULL;
  memcpy(moved, memory, old);
  free(memory);
  return moved;
}
