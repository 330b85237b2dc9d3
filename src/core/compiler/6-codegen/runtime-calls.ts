/**
 * The routines that compiled code calls for what no instruction does: the contract between the code generator and the library,
 * which implements them in assembly (programs/lib). They are leaf routines with registers of their own: a routine changes the pairs
 * in `clobbers` and the flags, and nothing else, so that callers can keep values in the other caller-saved pairs.
 *
 * Places are pairs (w0..w7); an 8-bit value is in the low register of its pair (the high one is undefined on the way in and out). 32
 * bits are two consecutive pairs, low half first. Division truncates toward zero, MIN / -1 wraps, MIN % -1 is 0, and a zero divisor
 * raises trap 4. Shift amounts are a byte, 0 to 255; an amount of 32 or more gives 0 (or the sign).
 */

export interface RuntimePlace {
  readonly pair: number;
  readonly bits: 8 | 16 | 32;
}

export interface RuntimeRoutine {
  readonly name: string;
  readonly meaning: string;
  readonly args: readonly RuntimePlace[];
  readonly results: readonly RuntimePlace[];
  /** All pairs that may change, results included. */
  readonly clobbers: readonly number[];
}

const byte = (pair: number): RuntimePlace => ({ pair, bits: 8 });
const word = (pair: number): RuntimePlace => ({ pair, bits: 16 });
const long = (pair: number): RuntimePlace => ({ pair, bits: 32 });

const routine = (
  name: string,
  meaning: string,
  args: readonly RuntimePlace[],
  results: readonly RuntimePlace[],
  clobbers: readonly number[],
): RuntimeRoutine => ({ name, meaning, args, results, clobbers });

export const RUNTIME = {
  /** Only called when the machine has no multiplier. */
  mul8: routine('__mulqi3', 'r0 * r2, low 8 bits', [byte(0), byte(1)], [byte(0)], [0, 1]),
  /** Only called when the machine has no multiplier; with one it is three MULs in place. */
  mul16: routine('__mulhi3', 'w0 * w1, low 16 bits', [word(0), word(1)], [word(0)], [0, 1, 2]),
  mul32: routine('__mulsi3', 'w1:w0 * w3:w2, low 32 bits', [long(0), long(2)], [long(0)], [0, 1, 2, 3]),
  /** Both factors fit 16 bits. Only called when the machine has its multiplier. */
  mulwide16: routine('__umulhisi3', 'w0 * w1, all 32 bits', [word(0), word(1)], [long(0)], [0, 1, 2, 3]),
  udivmod8: routine('__udivmodqi4', 'r0 / r2 and r0 % r2', [byte(0), byte(1)], [byte(0), byte(1)], [0, 1]),
  sdivmod8: routine('__divmodqi4', 'r0 / r2 and r0 % r2, signed', [byte(0), byte(1)], [byte(0), byte(1)], [0, 1]),
  udivmod16: routine('__udivmodhi4', 'w0 / w1 and w0 % w1', [word(0), word(1)], [word(0), word(1)], [0, 1, 2, 3]),
  sdivmod16: routine(
    '__divmodhi4',
    'w0 / w1 and w0 % w1, signed',
    [word(0), word(1)],
    [word(0), word(1)],
    [0, 1, 2, 3],
  ),
  udivmod32: routine(
    '__udivmodsi4',
    'w1:w0 / w3:w2 and w1:w0 % w3:w2',
    [long(0), long(2)],
    [long(0), long(2)],
    [0, 1, 2, 3],
  ),
  sdivmod32: routine(
    '__divmodsi4',
    'w1:w0 / w3:w2 and w1:w0 % w3:w2, signed',
    [long(0), long(2)],
    [long(0), long(2)],
    [0, 1, 2, 3],
  ),
  shl32: routine('__ashlsi3', 'w1:w0 << r4', [long(0), byte(2)], [long(0)], [0, 1, 2]),
  lshr32: routine('__lshrsi3', 'w1:w0 >> r4, zero fill', [long(0), byte(2)], [long(0)], [0, 1, 2]),
  ashr32: routine('__ashrsi3', 'w1:w0 >> r4, sign fill', [long(0), byte(2)], [long(0)], [0, 1, 2]),
  /** The C functions memcpy and memset take and return the same registers; here the result is not used. */
  memcpy: routine('__memcpy', 'w2 bytes from w1 to w0', [word(0), word(1), word(2)], [], [0, 1, 2, 3]),
  memset: routine('__memset', 'r2 to w2 bytes at w0', [word(0), byte(1), word(2)], [], [0, 1, 2, 3]),
} as const satisfies Record<string, RuntimeRoutine>;

export type RuntimeName = keyof typeof RUNTIME;
