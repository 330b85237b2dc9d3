/**
 * The types of C on this machine: `int` has 16 bits, plain `char` is unsigned, pointers have 16 bits, everything is little-endian
 * and has alignment 1, so a struct has no padding (shared rule: the language page). Types are immutable but for records, which
 * are completed when their members have been read; a record's identity is its `RecordInfo`.
 */
import { CONST, VOLATILE } from '../2-parser/ast';

/** Conversion rank grows with the position: see RANK. */
export type IntName =
  | '_Bool'
  | 'char'
  | 'signed char'
  | 'unsigned char'
  | 'short'
  | 'unsigned short'
  | 'int'
  | 'unsigned int'
  | 'long'
  | 'unsigned long';

export interface VoidType {
  readonly kind: 'void';
  readonly qualifiers: number;
}
export interface IntType {
  readonly kind: 'int';
  readonly name: IntName;
  readonly sizeBytes: 1 | 2 | 4;
  readonly signed: boolean;
  readonly qualifiers: number;
  /** Set when the program wrote `enum tag`: such a type is `int` in every other respect. */
  readonly enumTag?: EnumInfo;
}
export interface PointerType {
  readonly kind: 'pointer';
  readonly to: CType;
  readonly qualifiers: number;
}
export interface ArrayType {
  readonly kind: 'array';
  readonly of: CType;
  /** Undefined while unknown: `extern int a[];`, a flexible array member. */
  readonly length: number | undefined;
  /** Of an array always 0: they belong to the elements. */
  readonly qualifiers: number;
}
export interface FunctionType {
  readonly kind: 'function';
  readonly returns: CType;
  readonly params: readonly CType[];
  readonly variadic: boolean;
  /** Declared with `()`: arguments are not checked, they get the default promotions. */
  readonly unspecified: boolean;
  readonly qualifiers: number;
}
export interface RecordType {
  readonly kind: 'record';
  readonly info: RecordInfo;
  readonly qualifiers: number;
}
export type CType = VoidType | IntType | PointerType | ArrayType | FunctionType | RecordType;

export interface Member {
  /** Null for an anonymous struct or union: its members are found through it. */
  readonly name: string | null;
  readonly type: CType;
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}
export interface RecordInfo {
  readonly isUnion: boolean;
  /** Null for `struct { … }`. */
  readonly tag: string | null;
  /** Unique in the compilation, for the views. */
  readonly number: number;
  /** Undefined while incomplete. */
  members: readonly Member[] | undefined;
  sizeBytes: number;
  /** Where it is defined, else first named. */
  start: number;
  end: number;
  /** For a struct without a tag: the first typedef name that it got. */
  alias: string | null;
}
export interface EnumInfo {
  readonly tag: string | null;
  members: readonly { readonly name: string; readonly value: number }[] | undefined;
  start: number;
  end: number;
}

const integer = (name: IntName, sizeBytes: 1 | 2 | 4, signed: boolean): IntType => ({
  kind: 'int',
  name,
  sizeBytes,
  signed,
  qualifiers: 0,
});
export const VOID: VoidType = { kind: 'void', qualifiers: 0 };
export const BOOL = integer('_Bool', 1, false);
export const CHAR = integer('char', 1, false);
export const SCHAR = integer('signed char', 1, true);
export const UCHAR = integer('unsigned char', 1, false);
export const SHORT = integer('short', 2, true);
export const USHORT = integer('unsigned short', 2, false);
export const INT = integer('int', 2, true);
export const UINT = integer('unsigned int', 2, false);
export const LONG = integer('long', 4, true);
export const ULONG = integer('unsigned long', 4, false);
/** Result of `sizeof`. */
export const SIZE = UINT;
/** Result of subtracting pointers. */
export const PTRDIFF = INT;
export const POINTER_SIZE = 2;

export const RANK: Readonly<Record<IntName, number>> = {
  _Bool: 0,
  char: 1,
  'signed char': 1,
  'unsigned char': 1,
  short: 2,
  'unsigned short': 2,
  int: 3,
  'unsigned int': 3,
  long: 4,
  'unsigned long': 4,
};

export const pointerTo = (to: CType): PointerType => ({ kind: 'pointer', to, qualifiers: 0 });
export const arrayOf = (of: CType, length: number | undefined): ArrayType => ({
  kind: 'array',
  of,
  length,
  qualifiers: 0,
});
export const functionType = (
  returns: CType,
  params: readonly CType[],
  { variadic = false, unspecified = false } = {},
): FunctionType => ({ kind: 'function', returns, params, variadic, unspecified, qualifiers: 0 });

export const VA_LIST: PointerType = pointerTo(UCHAR);

/** Adds qualifiers; on an array they go to the elements (C99 6.7.3 paragraph 8). */
export function qualified<T extends CType>(type: T, qualifiers: number): T {
  if ((type.qualifiers | qualifiers) === type.qualifiers) {
    if (type.kind !== 'array' || qualifiers === 0) return type;
  }
  if (type.kind === 'array') return { ...type, of: qualified(type.of, qualifiers) };
  return { ...type, qualifiers: type.qualifiers | qualifiers };
}
export function unqualified<T extends CType>(type: T): T {
  return type.qualifiers === 0 ? type : { ...type, qualifiers: 0 };
}
export const isConst = (type: CType): boolean =>
  type.kind === 'array' ? isConst(type.of) : (type.qualifiers & CONST) !== 0;
export const isVolatile = (type: CType): boolean =>
  type.kind === 'array' ? isVolatile(type.of) : (type.qualifiers & VOLATILE) !== 0;

export const isScalar = (type: CType): type is IntType | PointerType => type.kind === 'int' || type.kind === 'pointer';

/** Bytes, or undefined for void, functions and incomplete types. */
export function sizeOf(type: CType): number | undefined {
  switch (type.kind) {
    case 'int':
      return type.sizeBytes;
    case 'pointer':
      return POINTER_SIZE;
    case 'array': {
      const size = sizeOf(type.of);
      return size === undefined || type.length === undefined ? undefined : size * type.length;
    }
    case 'record':
      return type.info.members ? type.info.sizeBytes : undefined;
    case 'void':
    case 'function':
      return undefined;
  }
}
export const isComplete = (type: CType): boolean => sizeOf(type) !== undefined;

/** Brings a whole number into the range of an integer type, as conversion does: modulo 2^width, or 0 and 1 for _Bool. */
export function wrap(value: number, type: IntType): number {
  if (type.name === '_Bool') return value === 0 ? 0 : 1;
  switch (type.sizeBytes) {
    case 1:
      return type.signed ? (value << 24) >> 24 : value & 0xff;
    case 2:
      return type.signed ? (value << 16) >> 16 : value & 0xffff;
    case 4:
      return type.signed ? value | 0 : value >>> 0;
  }
}

/** Smallest and largest value of an integer type. */
export function rangeOf(type: IntType): { readonly min: number; readonly max: number } {
  if (type.name === '_Bool') return { min: 0, max: 1 };
  const bits = type.sizeBytes * 8;
  return type.signed ? { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 } : { min: 0, max: 2 ** bits - 1 };
}

/** Integer promotion: what does not exceed `int` becomes int or, if int cannot hold all its values, unsigned int. */
export function promoted(type: IntType): IntType {
  if (RANK[type.name] > RANK.int) return unqualified(type);
  if (type.name === 'unsigned int' || type.name === 'unsigned short') return UINT;
  return INT;
}

/** The usual arithmetic conversions of two integer types. */
export function commonType(a: IntType, b: IntType): IntType {
  const x = promoted(a);
  const y = promoted(b);
  if (x.name === y.name) return x;
  if (x.name === 'unsigned long' || y.name === 'unsigned long') return ULONG;
  if (x.name === 'long' || y.name === 'long') return LONG;
  return UINT;
}

/** Compatible in the sense of C99 6.2.7; with `qualifiers: false` qualifiers at the top level do not count. */
export function sameType(a: CType, b: CType, options: { qualifiers: boolean } = { qualifiers: true }): boolean {
  if (a === b) return true;
  if (options.qualifiers && a.qualifiers !== b.qualifiers) return false;
  switch (a.kind) {
    case 'void':
      return b.kind === 'void';
    case 'int':
      return b.kind === 'int' && a.name === b.name;
    case 'pointer':
      return b.kind === 'pointer' && sameType(a.to, b.to);
    case 'array':
      return (
        b.kind === 'array' &&
        (a.length === undefined || b.length === undefined || a.length === b.length) &&
        sameType(a.of, b.of)
      );
    case 'record':
      return b.kind === 'record' && a.info === b.info;
    case 'function':
      return b.kind === 'function' && sameFunction(a, b);
  }
}

function sameFunction(a: FunctionType, b: FunctionType): boolean {
  if (!sameType(a.returns, b.returns, { qualifiers: false })) return false;
  if (a.unspecified || b.unspecified) return true;
  if (a.variadic !== b.variadic || a.params.length !== b.params.length) return false;
  return a.params.every((param, i) => sameType(param, b.params[i] as CType, { qualifiers: false }));
}

/** Two compatible declarations together say more than one: the length of an array, the parameters of a function. */
export function compositeType(a: CType, b: CType): CType {
  if (a.kind === 'array' && b.kind === 'array') {
    const length = a.length ?? b.length;
    return { ...a, of: compositeType(a.of, b.of), length };
  }
  if (a.kind === 'function' && b.kind === 'function') return a.unspecified ? b : a;
  return a;
}

/** As C writes it; `inner` is the declarator, for example `typeText(arrayOf(INT, 3), 'a')` is `int a[3]`. */
export function typeText(type: CType, inner = ''): string {
  const spaced = (base: string) => (inner === '' ? base : `${base} ${inner}`);
  switch (type.kind) {
    case 'void':
      return spaced(qualifierText(type.qualifiers) + 'void');
    case 'int':
      return spaced(qualifierText(type.qualifiers) + (type.enumTag ? enumText(type.enumTag) : type.name));
    case 'record':
      return spaced(qualifierText(type.qualifiers) + recordText(type.info));
    case 'pointer': {
      const star = `*${qualifierText(type.qualifiers).trimEnd()}`;
      const text = type.qualifiers && inner !== '' ? `${star} ${inner}` : star + inner;
      const wrap = type.to.kind === 'array' || type.to.kind === 'function';
      return typeText(type.to, wrap ? `(${text})` : text);
    }
    case 'array':
      return typeText(type.of, `${inner}[${type.length ?? ''}]`);
    case 'function': {
      const params = type.params.map((param) => typeText(param));
      if (type.variadic) params.push('...');
      const list = params.length > 0 ? params.join(', ') : type.unspecified ? '' : 'void';
      return typeText(type.returns, `${inner}(${list})`);
    }
  }
}

export function recordText(info: RecordInfo): string {
  const keyword = info.isUnion ? 'union' : 'struct';
  if (info.tag !== null) return `${keyword} ${info.tag}`;
  return info.alias ?? `${keyword} {…}`;
}
const enumText = (info: EnumInfo): string => (info.tag === null ? 'enum {…}' : `enum ${info.tag}`);

function qualifierText(qualifiers: number): string {
  return ((qualifiers & CONST) !== 0 ? 'const ' : '') + ((qualifiers & VOLATILE) !== 0 ? 'volatile ' : '');
}
