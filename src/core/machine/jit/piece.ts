/** A piece of guest code: its basic blocks, and how they hang together. blocks.ts finds them. */

export interface GuestInstr {
  readonly pc: number;
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly k: number;
  readonly size: number;
  readonly time: number;
}

/**
 * A place in a piece: a call's context and an address. The piece's own function is context 0; each call that is taken in line opens a
 * context of its own, so that its callee's blocks exist once a call and know where they return to.
 */
export type Place = number;

const CONTEXT_STEP = 0x10000;
export const placeOf = (context: number, pc: number): Place => context * CONTEXT_STEP + pc;
export const contextOf = (place: Place): number => Math.floor(place / CONTEXT_STEP);
export const pcOf = (place: Place): number => place % CONTEXT_STEP;

export type BlockEnd =
  /** Runs on into the next block. */
  | { readonly kind: 'fall'; readonly next: Place }
  | { readonly kind: 'jump'; readonly target: Place }
  | { readonly kind: 'branch'; readonly condition: number; readonly target: Place; readonly next: Place }
  /** A call of another piece. */
  | { readonly kind: 'call'; readonly target: number; readonly next: Place }
  /** A call in line: goes on at `target`; pushes `returnTo`. */
  | { readonly kind: 'enter'; readonly target: Place; readonly returnTo: number }
  | { readonly kind: 'return' }
  /** The return of a call in line: goes on at `next`, if that is what lies on the stack. */
  | { readonly kind: 'resume'; readonly next: Place }
  /** The instruction at `pc` is left to the interpreter. */
  | { readonly kind: 'leave'; readonly pc: number };

export interface GuestBlock {
  readonly place: Place;
  /** All that is executed here; the last one is the jump, branch, call or return, if the end is one. */
  readonly instrs: readonly GuestInstr[];
  readonly end: BlockEnd;
}

export interface Piece {
  /** In reverse postorder; the entry is first. */
  readonly blocks: readonly GuestBlock[];
  readonly index: ReadonlyMap<Place, number>;
  /** Block indices an edge, in the order target, next; -1 where the edge leaves the piece. */
  readonly successors: readonly (readonly number[])[];
  /** Immediate dominator of each block; the entry is its own. */
  readonly dominator: readonly number[];
  /** Blocks that an edge from below leads to. */
  readonly isLoopHeader: readonly boolean[];
  /** Blocks with two or more edges from above. */
  readonly isMerge: readonly boolean[];
}

/** A copy of a block at another place, with other targets. */
export function copiedBlock(block: GuestBlock, place: Place, target: (old: Place) => Place): GuestBlock {
  const { end } = block;
  // What is known about an instruction is kept by its object.
  const instrs = block.instrs.map((instr) => ({ ...instr }));
  switch (end.kind) {
    case 'fall':
    case 'call':
    case 'resume':
      return { instrs, place, end: { ...end, next: target(end.next) } };
    case 'jump':
    case 'enter':
      return { instrs, place, end: { ...end, target: target(end.target) } };
    case 'branch':
      return { instrs, place, end: { ...end, target: target(end.target), next: target(end.next) } };
    default:
      return { instrs, place, end };
  }
}
