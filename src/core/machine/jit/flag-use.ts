/**
 * Where flags matter: whether what they are at the start of a block can be seen by anything after it. Code that may leave the piece
 * sees them, because the interpreter goes on with them.
 */
import { formAt, type DecodedCode } from '../cpu/decoded';
import { OP } from '../cpu/ops';
import type { GuestBlock, GuestInstr, Piece } from './piece';

/** Rotations through C; what else reads flags says so in the instruction table. */
const ROTATIONS = new Set<number>([OP.rlc, OP.rrc, OP.rlcw, OP.rrcw]);

/** Whether the translation of an instruction of a block may leave the piece before it; `before` is the one before it in its block. */
type MayLeave = (block: number, instr: GuestInstr, before: GuestInstr | undefined) => boolean;

/** By block. */
export function flagsNeeded(code: DecodedCode, piece: Piece, mayLeave: MayLeave): boolean[] {
  const within = piece.blocks.map((block, b) => useIn(code, block, (instr, before) => mayLeave(b, instr, before)));
  const needed = within.map((use) => use === true);
  const isNeededAfter = (b: number) =>
    (piece.successors[b] as readonly number[]).some((to) => to < 0 || (needed[to] as boolean));
  for (let changed = true; changed;) {
    changed = false;
    for (let b = within.length - 1; b >= 0; b--) {
      if (needed[b] || within[b] !== undefined || !isNeededAfter(b)) continue;
      needed[b] = true;
      changed = true;
    }
  }
  return needed;
}

/** True when the block looks at them, false when it sets them all before that, undefined when it does neither. */
function useIn(
  code: DecodedCode,
  { instrs, end }: GuestBlock,
  mayLeave: (instr: GuestInstr, before: GuestInstr | undefined) => boolean,
): boolean | undefined {
  for (const [n, instr] of instrs.entries()) {
    const { flags = '' } = formAt(code, instr.pc);
    if (mayLeave(instr, instrs[n - 1]) || instr.op === OP.set || ROTATIONS.has(instr.op) || flags.includes('z'))
      return true;
    if (flags === 'CZNV') return false;
  }
  return end.kind === 'fall' || end.kind === 'jump' ? undefined : true;
}
