/**
 * How pieces are called: by each other, and from JavaScript. A piece is given the depth of calls and the cycles left of the slice. It
 * gives the cycles left in the higher half of 64 bits; in the lower the return address after a guest RET, or STATUS_LEFT when it was
 * left, with PC where to go on.
 */
import { SCRATCH } from './scratch';
import type { TranslationContext } from './translation-context';
import { I32, I64, OP as W, type FunctionBuilder } from './wasm';

/** Translated calls nest at most this deep; the host's stack is finite. */
export const MAX_CALL_DEPTH = 600;

/** (depth, left) -> left and status. */
export const PIECE_TYPE = { params: [I32, I32], results: [I64] } as const;
/** Negative, unlike any address. */
export const STATUS_LEFT = -0x80000000;

/** What a call gives when there is nothing to call: left at once. */
export function buildStub(f: FunctionBuilder): void {
  pushResult(f, 1, () => f.i32(STATUS_LEFT));
}

export function pushResult(f: FunctionBuilder, left: number, pushStatus: () => void): void {
  f.get(left).op(W.i64ExtendI32U).i64(32n).op(W.i64Shl);
  pushStatus();
  f.op(W.i64ExtendI32U).op(W.i64Or);
}

/** (left) -> left; the status goes to SCRATCH.status. A number of 64 bits would be an object in JavaScript. */
export const ENTRY_TYPE = { params: [I32], results: [I32] } as const;

/** The way from JavaScript into the function that `context` is for. */
export function buildEntry(f: FunctionBuilder, { self, scratch }: TranslationContext): void {
  const result = f.local(I64);
  f.i32(0);
  f.i32(0).get(0).call(self).tee(result);
  f.op(W.i32WrapI64).store32(scratch + SCRATCH.status);
  f.get(result).i64(32n).op(W.i64ShrU).op(W.i32WrapI64);
}
