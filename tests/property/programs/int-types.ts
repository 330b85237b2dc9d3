/** The integer types of the language, with C's arithmetic conversions for a 16-bit `int`. */
import type { Random } from '../../../src/core/base/random';

export type IntType = 'bool' | 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32';

export const INT_TYPES: readonly IntType[] = ['bool', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32'];
export const BYTES: Readonly<Record<IntType, number>> = { bool: 1, i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4 };
export const isSigned = (type: IntType): boolean => type.startsWith('i');

const SPELLINGS: Readonly<Record<IntType, readonly string[]>> = {
  bool: ['_Bool'],
  i8: ['signed char'],
  u8: ['unsigned char', 'char'],
  i16: ['int', 'short', 'int'],
  u16: ['unsigned', 'unsigned short', 'unsigned int'],
  i32: ['long'],
  u32: ['unsigned long'],
};

/** One of the ways to write a type. */
export function spelled(type: IntType, random: Random): string {
  const ways = SPELLINGS[type];
  return ways[random.below(ways.length)] as string;
}
/** Always the same way: for types that must be written twice alike. */
export const spelling = (type: IntType): string => SPELLINGS[type][0] as string;

export function promoted(type: IntType): IntType {
  return BYTES[type] === 1 ? 'i16' : type;
}

/** The usual arithmetic conversions. */
export function common(a: IntType, b: IntType): IntType {
  const x = promoted(a);
  const y = promoted(b);
  if (x === 'u32' || y === 'u32') return 'u32';
  if (x === 'i32' || y === 'i32') return 'i32';
  return x === 'u16' || y === 'u16' ? 'u16' : 'i16';
}

/** A literal of a promoted type; it has exactly that type in C. */
export function literal(type: IntType, value: number, random: Random): { text: string; type: IntType } {
  const wide = promoted(type);
  const suffix = { i16: '', u16: 'u', i32: 'L', u32: 'UL' }[wide as 'i16'];
  const bits = 8 * BYTES[wide];
  const min = -(2 ** (bits - 1));
  if (isSigned(wide)) {
    if (value === min) return { text: `(-${-(min + 1)}${suffix} - 1)`, type: wide };
    if (value < 0) return { text: `(-${-value}${suffix})`, type: wide };
  }
  const hex = random.below(4) === 0;
  return { text: `${hex ? `0x${value.toString(16)}` : value}${suffix}`, type: wide };
}

const EDGES = [0, 1, 2, 3, 4, 5, 7, 8, 10, 15, 16, 31, 100, 127, 128, 200, 255, 256, 257, 1000];
const WIDE_EDGES = [
  0x7fff,
  0x8000,
  0xffff,
  0x10000,
  0x12345,
  65535 * 3,
  0x7fffffff,
  0x80000000,
  0xffffffff,
  0x01020304,
];

/** A value that a type can hold, near the edges more often than not. */
export function interesting(type: IntType, random: Random): number {
  if (type === 'bool') return random.below(2);
  const bits = 8 * BYTES[type];
  const choice = random.below(10);
  let value: number;
  if (choice < 6) value = EDGES[random.below(EDGES.length)] as number;
  else if (choice < 8) value = WIDE_EDGES[random.below(WIDE_EDGES.length)] as number;
  else value = random.uint32();
  if (random.below(3) === 0) value = -value;
  const wrapped = ((value % 2 ** bits) + 2 ** bits) % 2 ** bits;
  return isSigned(type) && wrapped >= 2 ** (bits - 1) ? wrapped - 2 ** bits : wrapped;
}
