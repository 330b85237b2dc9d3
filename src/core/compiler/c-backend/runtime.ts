/**
 * What the printed C needs around it: memory, the arithmetic that C leaves open, traps, the console, and the library functions that are
 * written in assembly. Portable C99: no shift by the width, no signed overflow, no access but to bytes of one array.
 */
import { CODE_BASE, NULL_LIMIT, STACK_TOP } from '../../isa/convention';
import { PORT_CONSTANTS, portOf } from '../../isa/ports';
import { TRAPS } from '../../isa/traps';

export const TRAP_STATUS = 70;

/** `protectedEnd`: writes below it trap; `heapStart`: the stack may not grow below it. */
export function runtimeText({ protectedEnd, heapStart }: { protectedEnd: number; heapStart: number }): string {
  return `#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;

enum { NULL_LIMIT = ${NULL_LIMIT}, CODE_BASE = ${CODE_BASE}, PROTECTED_END = ${protectedEnd}, HEAP_START = ${heapStart}, STACK_TOP = ${STACK_TOP} };

static u8 memory[65536];
static u16 sp = STACK_TOP;

static void finish(int status) {
  fflush(stdout);
  exit(status);
}
static const char *const trap_names[] = {${trapNames()}};
static void trap(int number) {
  fflush(stdout);
  fprintf(stderr, "trap: %s\\n", trap_names[number]);
  exit(${TRAP_STATUS});
}
enum { ${TRAPS.map(({ number, id }) => `TRAP_${constantName(id)} = ${number}`).join(', ')} };

/* Memory: little-endian; the null page traps, code and constants are read-only. */
static u16 readable(u16 at) { if (at < NULL_LIMIT) trap(TRAP_NULL_ACCESS); return at; }
static u16 writable(u16 at) {
  if (readable(at) < PROTECTED_END) trap(TRAP_CODE_WRITE);
  return at;
}
static u8 load8(u16 at) { return memory[readable(at)]; }
static u16 load16(u16 at) { u16 low = load8(at); return (u16)(low | (u16)memory[(u16)(at + 1)] << 8); }
static u32 load32(u16 at) {
  u32 low = load16(at);
  return low | (u32)memory[(u16)(at + 2)] << 16 | (u32)memory[(u16)(at + 3)] << 24;
}
static void store8(u16 at, u8 v) { memory[writable(at)] = v; }
static void store16(u16 at, u16 v) { store8(at, (u8)v); memory[(u16)(at + 1)] = (u8)(v >> 8); }
static void store32(u16 at, u32 v) {
  store16(at, (u16)v);
  memory[(u16)(at + 2)] = (u8)(v >> 16);
  memory[(u16)(at + 3)] = (u8)(v >> 24);
}
static void copy(u16 to, u16 from, u16 size) {
  u16 i;
  for (i = 0; i < size; i++) store8((u16)(to + i), load8((u16)(from + i)));
}
static void fill(u16 to, u8 value, u16 size) {
  u16 i;
  for (i = 0; i < size; i++) store8((u16)(to + i), value);
}
static u16 push(u16 size) {
  if (sp - (int)size < HEAP_START) trap(TRAP_STACK_OVERFLOW);
  return sp = (u16)(sp - size);
}
static u8 test_and_set(u16 at) {
  u8 was = memory[writable(at)];
  memory[at] = 0xff;
  return was;
}

/* Shifts by any amount; division that traps on zero and wraps on MIN / -1. */
${[8, 16, 32].map(arithmetic).join('')}
static void check(u32 index, u32 bound) { if (index >= bound) trap(TRAP_BOUNDS); }

/* The console and the random source; no other device is there. */
static int waiting = -2;
static int peek(void) { return waiting == -2 ? waiting = getchar() : waiting; }
static u32 ticks;
static u32 chance = 1;
static u8 port_in(u8 port) {
  switch (port) {
    case ${portOf('CONSOLE_DATA')}: { int c = peek(); waiting = c == EOF ? EOF : -2; return (u8)(c == EOF ? 0 : c); }
    case ${portOf('CONSOLE_STATUS')}: return peek() == EOF ? ${PORT_CONSTANTS.CONSOLE_END} : ${PORT_CONSTANTS.CONSOLE_READY};
    case ${portOf('RANDOM')}: chance = (chance * 1103515245u + 12345u) & 0x7fffffffu; return (u8)(chance >> 16);
    case ${portOf('CORE_COUNT')}: return 1;
    case ${portOf('CYCLES')}: case ${portOf('NANOS')}: return (u8)++ticks;
    default: return 0;
  }
}
static void port_out(u8 port, u8 value) {
  if (port == ${portOf('CONSOLE_DATA')}) putchar(value);
  else if (port == ${portOf('POWER')} && value == ${PORT_CONSTANTS.POWER_OFF}) finish(0);
  else if (port == ${portOf('RANDOM')}) chance = value;
}
`;
}

const constantName = (id: string): string => id.toUpperCase().replaceAll('-', '_');

function trapNames(): string {
  const names: string[] = [];
  for (const { number, id } of TRAPS) names[number] = id;
  return Array.from(names, (name) => `"${name ?? 'unknown'}"`).join(', ');
}

function arithmetic(bits: number): string {
  const t = `u${bits}`;
  const top = `((${t})1 << ${bits - 1})`;
  return `static ${t} shl${bits}(${t} a, ${t} n) { return (${t})(n > ${bits - 1} ? 0 : (u32)a << n); }
static ${t} lshr${bits}(${t} a, ${t} n) { return (${t})(n > ${bits - 1} ? 0 : a >> n); }
static ${t} ashr${bits}(${t} a, ${t} n) {
  if (n > ${bits - 1}) n = ${bits - 1};
  return (${t})(a & ${top} ? ~((${t})~a >> n) : a >> n);
}
static ${t} udiv${bits}(${t} a, ${t} b) { if (b == 0) trap(TRAP_DIVISION_BY_ZERO); return (${t})(a / b); }
static ${t} urem${bits}(${t} a, ${t} b) { if (b == 0) trap(TRAP_DIVISION_BY_ZERO); return (${t})(a % b); }
static ${t} size${bits}(${t} a) { return (${t})(a & ${top} ? 0u - a : a); }
static ${t} sdiv${bits}(${t} a, ${t} b) {
  ${t} q = udiv${bits}(size${bits}(a), size${bits}(b));
  return (${t})((a ^ b) & ${top} ? 0u - q : q);
}
static ${t} srem${bits}(${t} a, ${t} b) {
  ${t} r = urem${bits}(size${bits}(a), size${bits}(b));
  return (${t})(a & ${top} ? 0u - r : r);
}
`;
}

/** Library functions that have no IR, by name. */
export const NATIVE_TEXTS: Readonly<Record<string, { readonly returns: string; readonly text: string }>> = {
  memcpy: native('u16', 'u16 to, u16 from, u16 size', 'copy_any(to, from, size); return to;'),
  memmove: native('u16', 'u16 to, u16 from, u16 size', 'copy_any(to, from, size); return to;'),
  memset: native('u16', 'u16 to, u16 value, u16 size', 'fill(to, (u8)value, size); return to;'),
  strlen: native('u16', 'u16 text', 'u16 n = 0; while (load8((u16)(text + n))) n++; return n;'),
  strcpy: native(
    'u16',
    'u16 to, u16 from',
    'u16 i = 0; do store8((u16)(to + i), load8((u16)(from + i))); while (load8((u16)(from + i++))); return to;',
  ),
  strcmp: native(
    'u16',
    'u16 a, u16 b',
    'for (;; a++, b++) { u8 x = load8(a), y = load8(b); if (x != y || !x) return (u16)(x - y); }',
  ),
  exit: native('void', 'u16 code', 'finish((u8)code);'),
  _Exit: native('void', 'u16 code', 'finish((u8)code);'),
  abort: native('void', 'void', 'trap(TRAP_ABORT);'),
  cycles: native('u32', 'void', 'return ++ticks;'),
  nanos: native('u32', 'void', 'return ++ticks;'),
  counter: native('u32', 'u8 number', '(void)number; return ++ticks;'),
};

function native(returns: string, params: string, body: string): { returns: string; text: string } {
  return { returns, text: `(${params}) { ${body} }` };
}

/** For memcpy and memmove: the whole source is read first. */
export const COPY_ANY = `static void copy_any(u16 to, u16 from, u16 size) {
  static u8 bytes[65536];
  u16 i;
  for (i = 0; i < size; i++) bytes[i] = load8((u16)(from + i));
  for (i = 0; i < size; i++) store8((u16)(to + i), bytes[i]);
}
`;
