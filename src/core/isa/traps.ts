/** The traps of the machine: number, id and the plain-language reason. `trap N` raises them too, so N is the number. */

export const TRAPS = [
  { number: 1, id: 'undefined-instruction', reason: 'the machine met a word that is no instruction' },
  {
    number: 2,
    id: 'null-access',
    reason: 'the program used a null pointer: the first 16 bytes of memory are not mapped',
  },
  { number: 3, id: 'code-write', reason: 'the program wrote to its own code or constants, which are read-only' },
  { number: 4, id: 'division-by-zero', reason: 'the program divided by zero' },
  { number: 5, id: 'bounds', reason: 'an array index lies outside its array' },
  { number: 6, id: 'stack-overflow', reason: 'the stack grew into the memory below it: is a recursion endless?' },
  { number: 7, id: 'abort', reason: 'the program called abort()' },
  { number: 8, id: 'assert', reason: 'an assertion of the program does not hold' },
  { number: 9, id: 'unaligned-code', reason: 'the program jumped to an odd address' },
  { number: 10, id: 'calling-convention', reason: 'a function changed a register that it must keep' },
  {
    number: 11,
    id: 'unreachable',
    reason: 'the program reached the end of a function that must return a value or must not return',
  },
  {
    number: 12,
    id: 'multiplier-off',
    reason: 'the program multiplies, but this machine has its multiplier switched off',
  },
] as const;

export type TrapId = (typeof TRAPS)[number]['id'];

export function trapNumber(id: TrapId): number {
  return (TRAPS.find((trap) => trap.id === id) as { number: number }).number;
}
