/** Traps by name in IR text: `trap bounds`; a number that the table does not know stays a number. */
import { TRAPS } from '../../isa/traps';

export function trapId(number: number): string {
  return TRAPS.find((trap) => trap.number === number)?.id ?? String(number);
}

export function trapNumberOf(text: string): number {
  return TRAPS.find((trap) => trap.id === text)?.number ?? Number(text);
}
