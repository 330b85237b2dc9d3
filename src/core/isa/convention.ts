/**
 * The calling convention, in one place.
 *
 * Arguments: each scalar takes whole pairs, from w0 upward: an 8-bit value the low register of one pair (the high register is
 * undefined), 16 bits one pair, 32 bits two consecutive pairs, low half first. Pairs w0 to w3 carry arguments; an argument that does
 * not fit, and all after it, go on the stack, in order, each padded to whole pairs, the first at the lowest address. Variadic
 * arguments (those after the fixed ones) always go on the stack. The caller removes them.
 * Results: r0, w0, or w1:w0. A struct or union is passed as a pointer to a copy that the caller makes, and is returned through a
 * hidden first argument that points to room in the caller; the callee returns that pointer.
 * Caller-saved: w0 to w3 and the flags. Callee-saved: w4 to w7 and SP. w7 is the frame pair where a function keeps one.
 * The stack grows down; SP points at the last byte pushed. At a function's entry [SP] holds the return address (2 bytes) and stack
 * arguments start at SP + 2.
 */
export const ARGUMENT_PAIRS = [0, 1, 2, 3] as const;
export const CALLER_SAVED_PAIRS = [0, 1, 2, 3] as const;
export const CALLEE_SAVED_PAIRS = [4, 5, 6, 7] as const;
export const FRAME_PAIR = 7;

/** The address space. */
export const MEMORY_SIZE_BYTES = 0x10000;
/** Below this nothing is mapped: an access traps. */
export const NULL_LIMIT = 0x0010;
/** Sixteen interrupt vectors of two bytes: address of the handler, or 0. */
export const VECTOR_BASE = 0x0010;
export const VECTOR_COUNT = 16;
/** Code starts here; text and constants are read-only up to the image's `protectedEnd`. */
export const CODE_BASE = 0x0030;
/** The pixel screen's frame buffer, 64 x 64 bytes, is the top of memory; the stack starts below it. */
export const SCREEN_BASE = 0xf000;
export const STACK_TOP = 0xf000;
