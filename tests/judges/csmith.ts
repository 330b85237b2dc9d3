/**
 * Programs that we did not write, judged by a compiler that we did not write: csmith generates them for an `int` of 16 bits (Yang, Chen, Eide
 * and Regehr, "Finding and understanding bugs in C compilers", PLDI 2011), avr-gcc says what each must print. They are free of undefined
 * behaviour by construction: their arithmetic goes through functions that csmith brings along.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Random } from '../../src/core/base/random';
import { ensureInstalled, inDirectory, tool, versionOf } from './tools';

const SAFE_MATH = '/usr/include/csmith/safe_math.h';
const PLATFORM = 'integer size = 2\npointer size = 2\n';
const LEFT_OUT = ['longlong', 'float', 'bitfields', 'packed-struct', 'math64', 'builtins', 'argc'];

export function csmithUnavailable(): string | undefined {
  const missing = ensureInstalled(['csmith'], ['csmith', 'libcsmith-dev']);
  return (
    missing ?? (existsSync(SAFE_MATH) ? undefined : `${SAFE_MATH} not found: install the Debian package libcsmith-dev`)
  );
}

export const csmithText = (): string => versionOf('csmith');

/** A program without a prelude whose `main` gives a checksum of all its globals to `put4`. `random` chooses its size. */
export function csmithProgram(seed: number, random: Random): string {
  const pick = (values: readonly number[]): string => String(values[random.below(values.length)]);
  const sizes = {
    'max-funcs': pick([2, 3, 4, 6]),
    'max-array-dim': '2',
    'max-array-len-per-dim': pick([3, 5, 8]),
    'max-block-size': '3',
    'max-block-depth': pick([2, 3]),
    'max-expr-complexity': pick([4, 6, 8]),
  };
  const options = [
    ...['--concise', '--seed', String(seed), ...LEFT_OUT.map((name) => `--no-${name}`)],
    ...Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, value]),
    ...(random.below(3) === 0 ? ['--no-volatiles'] : []),
  ];
  const text = inDirectory({ 'platform.info': PLATFORM }, (directory) => tool(directory, 'csmith', options).toString());
  return plain(PRELUDE + safeMath(text) + body(text));
}

/** Our own names for the types of fixed width: with headers of other compilers theirs are there already. */
const plain = (text: string): string =>
  text.replace(/\b(u?)int(8|16|32)_t\b/g, '$1i$2').replace(/\b(U?INT(?:8|16|32)_M(?:IN|AX))\b/g, 'CS_$1');

function body(text: string): string {
  return text
    .replace(/^#(?:include|define).*$/gm, '')
    .replace(/^.*(?:print_hash_value\)|strcmp\(|int print_hash_value|platform_main_begin|crc32_gentab).*$/gm, (line) =>
      line.includes('transparent_crc') ? line : '',
    )
    .replace(/int main \(.*\)/, 'int main(void)')
    .replace(/^.*platform_main_end\(.*$/m, '')
    .replace(/transparent_crc\((.*), ".*", print_hash_value\)/g, 'checksum($1)')
    .replace(/return 0;\s*\}\s*$/, 'put4(crc);\n    return 0;\n}\n');
}

/** The functions of csmith's header that the program calls. */
function safeMath(text: string): string {
  const used = new Set([...text.matchAll(/\bsafe_(\w+)\(/g)].map(([, name]) => name));
  const functions = readFileSync(SAFE_MATH, 'utf8').split(/^(?=STATIC )/m);
  return functions
    .filter((part) => used.has(/FUNC_NAME\((\w+)\)/.exec(part)?.[1]))
    .map((part) => part.slice(0, part.indexOf('\n}') + 3))
    .join('');
}

const PRELUDE = `typedef signed char int8_t; typedef unsigned char uint8_t; typedef int int16_t; typedef unsigned uint16_t;
typedef long int32_t; typedef unsigned long uint32_t;
#define INT8_MIN (-128)
#define INT8_MAX 127
#define UINT8_MAX 255
#define INT16_MIN (-32767 - 1)
#define INT16_MAX 32767
#define UINT16_MAX 65535U
#define INT32_MIN (-2147483647L - 1)
#define INT32_MAX 2147483647L
#define UINT32_MAX 4294967295UL
#undef INT_MAX
#define INT_MAX 32767
#undef CHAR_BIT
#define CHAR_BIT 8
#define STATIC static
#define UNDEFINED(value) (value)
#define LOG_INDEX
#define LOG_EXEC
#define FUNC_NAME(x) (safe_##x)
static uint32_t crc = 0xFFFFFFFFUL;
static void crc_byte(uint8_t byte) {
  uint8_t i;
  crc ^= byte;
  for (i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0xEDB88320UL : crc >> 1;
}
static void checksum(uint32_t value) {
  crc_byte(value); crc_byte(value >> 8); crc_byte(value >> 16); crc_byte(value >> 24);
}
`;
