/** What selection can tell about a value's range without a data-flow analysis: is its high part zero? */
import type { Value } from '../4-ir/ir';

const DEPTH_LIMIT = 4;

/** Whether a value (i8, i16 or i32) certainly is below 2^bits, as an unsigned number. */
export function fitsBits(value: Value, bits: number, depth = DEPTH_LIMIT): boolean {
  const width = value.type === 'i32' ? 32 : value.type === 'i16' ? 16 : value.type === 'i8' ? 8 : 1;
  if (width <= bits) return true;
  if (depth === 0) return false;
  switch (value.op) {
    case 'const':
      return value.value < 2 ** bits;
    case 'zext':
      return fitsBits(value.args[0], bits, depth - 1);
    case 'trunc':
      return fitsBits(value.args[0], bits, depth - 1);
    case 'and':
      return fitsBits(value.args[0], bits, depth - 1) || fitsBits(value.args[1], bits, depth - 1);
    case 'or':
    case 'xor':
      return fitsBits(value.args[0], bits, depth - 1) && fitsBits(value.args[1], bits, depth - 1);
    case 'lshr':
      if (value.args[1].op === 'const' && width - value.args[1].value <= bits) return true;
      return fitsBits(value.args[0], bits, depth - 1);
    case 'udiv':
      return fitsBits(value.args[0], bits, depth - 1);
    case 'urem':
      return fitsBits(value.args[0], bits, depth - 1) || fitsBits(value.args[1], bits, depth - 1);
    case 'select':
      return fitsBits(value.args[1], bits, depth - 1) && fitsBits(value.args[2], bits, depth - 1);
    default:
      return false;
  }
}

/** Whether an i16 value is one that fits a byte. */
export const isByteRange = (value: Value): boolean => fitsBits(value, 8);
