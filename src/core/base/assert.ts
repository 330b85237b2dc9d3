/** Assertions guard against our own mistakes. A user's mistake is a Diagnostic or a Result, never a throw. */

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) fail(message);
}

/** A broken assertion: where code runs very often, behind a test of its own, so that the message is made only when it is needed. */
export function fail(message: string): never {
  throw new Error(`internal error: ${message}`);
}

/** Marks a point that the types prove unreachable. */
export function unreachable(value: never): never {
  throw new Error(`internal error: unexpected ${String(value)}`);
}

/** Reads an element that the caller knows to exist (noUncheckedIndexedAccess). */
export function at<T>(items: ArrayLike<T>, index: number): T {
  const item = items[index];
  if (item === undefined) fail(`index ${index} outside 0..${items.length - 1}`);
  return item;
}
