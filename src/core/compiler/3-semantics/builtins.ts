/** Built-in functions of the compiler, and which header announces which function of the library. */
import type { BuiltinName } from './typed';
import {
  CHAR,
  INT,
  LONG,
  UCHAR,
  UINT,
  VOID,
  functionType,
  pointerTo,
  qualified,
  type CType,
  type FunctionType,
} from './types';

interface BuiltinRow {
  readonly name: BuiltinName;
  readonly params: readonly CType[];
  readonly returns: CType;
  /** Index of an argument that must be a constant. */
  readonly constantArg?: number;
}

const VOID_POINTER = pointerTo(VOID);
const CONST_VOID_POINTER = pointerTo(qualified(VOID, 1));

/** By the name in the source. The va_ ones are taken apart by the semantic phase and do not reach the lowering, but for va-start. */
export const BUILTINS: Readonly<Record<string, BuiltinRow | undefined>> = {
  __builtin_in: { name: 'in', params: [UCHAR], returns: UCHAR },
  __builtin_out: { name: 'out', params: [UCHAR, UCHAR], returns: VOID },
  __builtin_wait: { name: 'wait', params: [], returns: VOID },
  __builtin_halt: { name: 'halt', params: [UCHAR], returns: VOID },
  __builtin_ei: { name: 'ei', params: [], returns: VOID },
  __builtin_di: { name: 'di', params: [], returns: VOID },
  __builtin_tas: { name: 'tas', params: [pointerTo(UCHAR)], returns: UCHAR },
  __builtin_trap: { name: 'trap', params: [UCHAR], returns: VOID, constantArg: 0 },
  __builtin_memcpy: { name: 'memcpy', params: [VOID_POINTER, CONST_VOID_POINTER, UINT], returns: VOID, constantArg: 2 },
  __builtin_memset: { name: 'memset', params: [VOID_POINTER, UCHAR, UINT], returns: VOID, constantArg: 2 },
  __builtin_va_start: { name: 'va-start', params: [], returns: VOID },
  __builtin_va_end: { name: 'va-start', params: [], returns: VOID },
  __builtin_va_copy: { name: 'va-start', params: [], returns: VOID },
};

/** Built-ins after which control does not go on. */
export const NORETURN_BUILTINS: ReadonlySet<BuiltinName> = new Set<BuiltinName>(['halt', 'trap']);

const TEXT = pointerTo(qualified(CHAR, 1));
const BUFFER = pointerTo(CHAR);
const LIBRARY: Readonly<Record<string, { readonly header: string; readonly type?: FunctionType }>> = {
  printf: { header: 'stdio.h', type: functionType(INT, [TEXT], { variadic: true }) },
  sprintf: { header: 'stdio.h', type: functionType(INT, [BUFFER, TEXT], { variadic: true }) },
  snprintf: { header: 'stdio.h', type: functionType(INT, [BUFFER, UINT, TEXT], { variadic: true }) },
  puts: { header: 'stdio.h', type: functionType(INT, [TEXT]) },
  putchar: { header: 'stdio.h', type: functionType(INT, [INT]) },
  getchar: { header: 'stdio.h', type: functionType(INT, []) },
  malloc: { header: 'stdlib.h', type: functionType(VOID_POINTER, [UINT]) },
  calloc: { header: 'stdlib.h', type: functionType(VOID_POINTER, [UINT, UINT]) },
  realloc: { header: 'stdlib.h', type: functionType(VOID_POINTER, [VOID_POINTER, UINT]) },
  free: { header: 'stdlib.h', type: functionType(VOID, [VOID_POINTER]) },
  exit: { header: 'stdlib.h', type: functionType(VOID, [INT]) },
  abort: { header: 'stdlib.h', type: functionType(VOID, []) },
  rand: { header: 'stdlib.h', type: functionType(INT, []) },
  srand: { header: 'stdlib.h', type: functionType(VOID, [UINT]) },
  abs: { header: 'stdlib.h', type: functionType(INT, [INT]) },
  labs: { header: 'stdlib.h', type: functionType(LONG, [LONG]) },
  atoi: { header: 'stdlib.h', type: functionType(INT, [TEXT]) },
  atol: { header: 'stdlib.h', type: functionType(LONG, [TEXT]) },
  strlen: { header: 'string.h', type: functionType(UINT, [TEXT]) },
  strcmp: { header: 'string.h', type: functionType(INT, [TEXT, TEXT]) },
  strncmp: { header: 'string.h', type: functionType(INT, [TEXT, TEXT, UINT]) },
  strcpy: { header: 'string.h', type: functionType(BUFFER, [BUFFER, TEXT]) },
  strncpy: { header: 'string.h', type: functionType(BUFFER, [BUFFER, TEXT, UINT]) },
  strcat: { header: 'string.h', type: functionType(BUFFER, [BUFFER, TEXT]) },
  strncat: { header: 'string.h', type: functionType(BUFFER, [BUFFER, TEXT, UINT]) },
  strstr: { header: 'string.h', type: functionType(BUFFER, [TEXT, TEXT]) },
  strdup: { header: 'string.h', type: functionType(BUFFER, [TEXT]) },
  strchr: { header: 'string.h', type: functionType(BUFFER, [TEXT, INT]) },
  strrchr: { header: 'string.h', type: functionType(BUFFER, [TEXT, INT]) },
  memcpy: { header: 'string.h', type: functionType(VOID_POINTER, [VOID_POINTER, CONST_VOID_POINTER, UINT]) },
  memmove: { header: 'string.h', type: functionType(VOID_POINTER, [VOID_POINTER, CONST_VOID_POINTER, UINT]) },
  memset: { header: 'string.h', type: functionType(VOID_POINTER, [VOID_POINTER, INT, UINT]) },
  memcmp: { header: 'string.h', type: functionType(INT, [CONST_VOID_POINTER, CONST_VOID_POINTER, UINT]) },
  memchr: { header: 'string.h', type: functionType(VOID_POINTER, [CONST_VOID_POINTER, INT, UINT]) },
  isdigit: { header: 'ctype.h', type: functionType(INT, [INT]) },
  isalpha: { header: 'ctype.h', type: functionType(INT, [INT]) },
  isalnum: { header: 'ctype.h', type: functionType(INT, [INT]) },
  isspace: { header: 'ctype.h', type: functionType(INT, [INT]) },
  isblank: { header: 'ctype.h', type: functionType(INT, [INT]) },
  iscntrl: { header: 'ctype.h', type: functionType(INT, [INT]) },
  isgraph: { header: 'ctype.h', type: functionType(INT, [INT]) },
  isprint: { header: 'ctype.h', type: functionType(INT, [INT]) },
  ispunct: { header: 'ctype.h', type: functionType(INT, [INT]) },
  isxdigit: { header: 'ctype.h', type: functionType(INT, [INT]) },
  isupper: { header: 'ctype.h', type: functionType(INT, [INT]) },
  islower: { header: 'ctype.h', type: functionType(INT, [INT]) },
  toupper: { header: 'ctype.h', type: functionType(INT, [INT]) },
  tolower: { header: 'ctype.h', type: functionType(INT, [INT]) },
  assert: { header: 'assert.h' },
  va_start: { header: 'stdarg.h' },
  va_arg: { header: 'stdarg.h' },
  va_end: { header: 'stdarg.h' },
  offsetof: { header: 'stddef.h' },
  NULL: { header: 'stddef.h' },
  true: { header: 'stdbool.h' },
  false: { header: 'stdbool.h' },
  EOF: { header: 'stdio.h' },
  INT_MAX: { header: 'limits.h' },
  INT_MIN: { header: 'limits.h' },
  UINT_MAX: { header: 'limits.h' },
  in: { header: 'machine.h' },
  out: { header: 'machine.h' },
  wait: { header: 'machine.h' },
  halt: { header: 'machine.h' },
  cycles: { header: 'machine.h' },
  nanos: { header: 'machine.h' },
  disk_read: { header: 'disk.h' },
  disk_write: { header: 'disk.h' },
};

const NO_FILES = 'this machine has no files; blocks of a disk are read with <disk.h>';
const NO_FLOATS = 'there is no floating point';
const NO_CALENDAR = 'there is no calendar; <machine.h> has cycles() and nanos()';
const NO_SYSTEM = 'there is no operating system';
/** Functions of other C libraries that are missing here by design, and why. */
const ABSENT: readonly (readonly [why: string, names: string])[] = [
  [
    NO_FILES,
    'fopen freopen fclose fread fwrite fseek ftell rewind feof ferror remove rename tmpfile perror open close read write',
  ],
  ['input is read with getchar() or fgets(), numbers with atoi() or strtol()', 'scanf fscanf sscanf gets ungetc'],
  [
    NO_FLOATS,
    'sqrt pow sin cos tan asin acos atan atan2 exp log log10 floor ceil fabs fmod round atof strtod sqrtf powf',
  ],
  [NO_CALENDAR, 'time clock difftime localtime gmtime mktime strftime ctime asctime gettimeofday'],
  [NO_SYSTEM, 'system getenv signal raise atexit fork exec pthread_create sleep usleep'],
  ['setjmp is left out of this language', 'setjmp longjmp'],
  ['an array has a fixed size here; take memory from malloc()', 'alloca __builtin_alloca'],
  ['there is no 64-bit type', 'llabs lldiv atoll strtoll strtoull'],
];
const ABSENT_WHY = new Map(ABSENT.flatMap(([why, names]) => names.split(' ').map((name) => [name, why] as const)));

/** Why a function that other C libraries have is missing here; undefined for all other names. */
export const absenceOf = (name: string): string | undefined => ABSENT_WHY.get(name);

export function headerOf(name: string): string | undefined {
  return Object.hasOwn(LIBRARY, name) ? LIBRARY[name]?.header : undefined;
}
/** What a library function that is called without its header is taken for. */
export function implicitFunctionType(name: string): FunctionType | undefined {
  return Object.hasOwn(LIBRARY, name) ? LIBRARY[name]?.type : undefined;
}
