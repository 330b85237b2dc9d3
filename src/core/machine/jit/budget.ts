/**
 * Where a piece compares the cycles left with what may pass: at the entry, at loop headers, after calls, and wherever a path without a
 * check would grow long. Near a stop, what is left is interpreted.
 */
import { formAt, type DecodedCode } from '../cpu/decoded';
import { addCosts, cyclesOf, NO_COST, type Cost } from './cost';
import type { GuestBlock, Piece } from './piece';

/** A path this long gets a check of the budget on its way. */
const LONG_PATH_CYCLES = 160;

/** A pair shifted by sixteen. */
const MAX_SHIFT_CYCLES = 32;

export interface Budget {
  /** Most cycles from the start of each block to the next check, if every access hits. */
  readonly bounds: readonly number[];
  /** The same from the end of each block. */
  readonly after: readonly number[];
  /** Blocks for which the cycles left are compared with their bound: at the start, or on each way there where paths meet. */
  readonly hasCheck: readonly boolean[];
}

/** `costs` are those of each block's instructions. */
export function budgetOf(code: DecodedCode, piece: Piece, costs: readonly (readonly Cost[])[]): Budget {
  const bounds = piece.blocks.map(() => 0);
  const after = piece.blocks.map(() => 0);
  const hasCheck = piece.blocks.map((_, b) => b === 0 || (piece.isLoopHeader[b] as boolean));
  piece.blocks.forEach((block, b) => {
    if (block.end.kind === 'call')
      for (const to of piece.successors[b] as readonly number[]) if (to > 0) hasCheck[to] = true;
  });
  for (let b = piece.blocks.length - 1; b >= 0; b--) {
    const block = piece.blocks[b] as GuestBlock;
    // A taken branch, and shifts whose time is not known yet.
    let beyond = 1;
    for (const instr of block.instrs) if (formAt(code, instr.pc).extra?.per === 'bit') beyond += MAX_SHIFT_CYCLES;
    const own = cyclesOf((costs[b] as readonly Cost[]).reduce(addCosts, NO_COST));
    const next = (piece.successors[b] as readonly number[]).filter((to) => to > b);
    for (const to of next) if (own + (bounds[to] as number) > LONG_PATH_CYCLES) hasCheck[to] = true;
    const rest = beyond + Math.max(0, ...next.map((to) => (hasCheck[to] ? 0 : (bounds[to] as number))));
    after[b] = rest;
    bounds[b] = own + rest;
  }
  return { bounds, after, hasCheck };
}
