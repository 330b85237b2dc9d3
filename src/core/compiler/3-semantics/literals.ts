/** What the literals of a program are (C99 6.4.4, 6.4.5): the types of numbers, characters and strings. */
import type { NumberExpr, StringExpr, WidePrefix } from '../2-parser/ast';
import { CHAR, INT, LONG, UINT, ULONG, arrayOf, type ArrayType, type IntType } from './types';

/** Types of the elements of wide literals: wchar_t, char16_t, char32_t. */
export const UNIT_TYPES: Readonly<Record<WidePrefix, IntType>> = { L: INT, u: UINT, U: ULONG };

/** The array that a string literal is, its end mark included. */
export function stringType({ prefix, bytes }: StringExpr): ArrayType {
  const element = prefix ? UNIT_TYPES[prefix] : CHAR;
  return arrayOf(element, bytes.length / element.sizeBytes + 1);
}

/** C99 6.4.4.1: the first type that holds the value. */
export function literalType({ value, decimal, unsignedSuffix, longSuffix }: NumberExpr): IntType {
  if (!longSuffix) {
    if (!unsignedSuffix && value <= 0x7fff) return INT;
    if ((unsignedSuffix || !decimal) && value <= 0xffff) return UINT;
  }
  if (!unsignedSuffix && value <= 0x7fffffff) return LONG;
  return ULONG;
}
