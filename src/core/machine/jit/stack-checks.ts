/**
 * Which pushes and pops of a piece have to look whether there is room. How high SP stands relative to the piece's start is mostly known while
 * translating, and a check covers what comes after it: what has been pushed can be popped, and the first of several pushes asks for all
 * that are sure to follow. A check that asks for too much only leaves the piece early.
 */
import { OP } from '../cpu/ops';
import type { GuestBlock, GuestInstr, Piece } from './piece';

/** Bytes to ask for, by instruction: below SP for a push or call, above it for a pop or return; 0 where room is known to be. */
export type StackChecks = ReadonlyMap<GuestInstr, number>;

/** What is known at a place. Heights are bytes relative to SP at `base`. */
interface Known {
  /** The start of the piece, or an instruction after which SP is not known relative to what it was. */
  readonly base: GuestInstr | null;
  readonly height: number;
  /** From this height on memory may be pushed to. */
  readonly floor: number;
  /** From this height on memory may be read; never above `floor`. */
  readonly bottom: number;
  /** SP may rise to this height without running over the end of memory. */
  readonly top: number;
}

const AT_START: Known = { base: null, height: 0, floor: Infinity, bottom: Infinity, top: 0 };

/** Bytes by which SP rises. */
function rise({ op, k }: GuestInstr): number {
  switch (op) {
    case OP.push:
      return -1;
    case OP.pushw:
    case OP.call:
    case OP.calla:
      return -2;
    case OP.pop:
      return 1;
    case OP.popw:
    case OP.ret:
      return 2;
    case OP.addsp:
      return k;
    default:
      return 0;
  }
}

export function stackChecks(piece: Piece): StackChecks {
  const starts = knownAtStarts(piece);
  const checks = new Map<GuestInstr, number>();
  piece.blocks.forEach((_, b) => pass(piece, b, starts[b] as Known, checks));
  return checks;
}

/** Until nothing changes: what all ways to a block agree on. */
function knownAtStarts(piece: Piece): Known[] {
  const starts: (Known | undefined)[] = piece.blocks.map((_, b) => (b === 0 ? AT_START : undefined));
  for (let changed = true; changed;) {
    changed = false;
    piece.blocks.forEach((block, b) => {
      const start = starts[b];
      if (!start) return;
      const end = pass(piece, b, start);
      for (const to of piece.successors[b] as readonly number[]) {
        if (to < 0) continue;
        const before = starts[to];
        const joined = before ? join(before, end, (piece.blocks[to]?.instrs[0] ?? block.instrs[0]) as GuestInstr) : end;
        if (before && isSame(before, joined)) continue;
        starts[to] = joined;
        changed = true;
      }
    });
  }
  return starts as Known[];
}

/** Where ways meet at `place` on which SP stands at different heights, nothing is known. */
function join(a: Known, b: Known, place: GuestInstr): Known {
  if (a.base !== b.base || a.height !== b.height) return { ...AT_START, base: place };
  return {
    base: a.base,
    height: a.height,
    floor: Math.max(a.floor, b.floor),
    bottom: Math.max(a.bottom, b.bottom),
    top: Math.min(a.top, b.top),
  };
}

const isSame = (a: Known, b: Known) =>
  a.base === b.base && a.height === b.height && a.floor === b.floor && a.bottom === b.bottom && a.top === b.top;

/** What is known after block `b`; notes its checks. */
function pass(piece: Piece, b: number, start: Known, checks?: Map<GuestInstr, number>): Known {
  const block = piece.blocks[b] as GuestBlock;
  let known = start;
  block.instrs.forEach((instr, n) => {
    const by = rise(instr);
    if (by === 0) return;
    const height = known.height + by;
    if (instr.op === OP.addsp) {
      // Upwards SP may have run over the end of memory.
      known = by < 0 || height <= known.top ? { ...known, height } : { ...AT_START, base: instr };
      return;
    }
    const isKnown = by < 0 ? height >= known.floor : known.height >= known.bottom && height <= known.top;
    const bytes = isKnown ? 0 : demand(piece, b, n, by < 0 ? -1 : 1);
    checks?.set(instr, bytes);
    const { floor, bottom, top } = known;
    if (by < 0) {
      const reached = isKnown ? floor : known.height - bytes;
      known = {
        ...known,
        height,
        floor: Math.min(floor, reached),
        bottom: Math.min(bottom, reached),
        top: Math.max(top, known.height),
      };
    } else
      known = {
        ...known,
        height,
        bottom: Math.min(bottom, known.height),
        top: isKnown ? top : known.height + bytes,
      };
  });
  // Where a call returned to with another SP, the piece is left.
  return block.end.kind === 'call' ? { ...known, height: known.height + 2 } : known;
}

/** Longest look ahead, in instructions. */
const LOOK_AHEAD = 40;

/** How far SP is sure to fall (`direction` -1) or rise (1) from before instruction `n` of block `b`, if the piece is not left. */
function demand(piece: Piece, b: number, n: number, direction: -1 | 1): number {
  let height = 0;
  let furthest = 0;
  let block = b;
  let at = n;
  for (let steps = 0; steps < LOOK_AHEAD; steps++) {
    const { instrs = [], end } = piece.blocks[block] ?? {};
    const instr = instrs[at++];
    if (!instr) {
      const [next = -1, other] = piece.successors[block] as readonly number[];
      if (next <= block || other !== undefined || end?.kind === 'call') break;
      block = next;
      at = 0;
      continue;
    }
    if (instr.op === OP.addsp) break;
    height += direction * rise(instr);
    furthest = Math.max(furthest, height);
  }
  return furthest;
}
