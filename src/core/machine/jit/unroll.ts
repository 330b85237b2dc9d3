/**
 * Small innermost loops are unrolled: their blocks exist several times, one turn after the other, so that what a turn costs is booked, and
 * compared with the cycles left, once for several.
 */
import type { GuestBlock, Piece, Place } from './piece';
import { contextOf, copiedBlock, pcOf, placeOf } from './piece';

/** A loop with more instructions is left as it is. */
const MAX_LOOP_INSTRUCTIONS = 20;
/** Instructions of all turns of one loop together. */
const MAX_UNROLLED_INSTRUCTIONS = 64;
const MAX_TURNS = 4;
/** Instructions that unrolling adds to a piece. */
const MAX_ADDED_INSTRUCTIONS = 200;

/** The blocks with all small loops unrolled; undefined when there are none. */
export function unrolled(piece: Piece): Map<Place, GuestBlock> | undefined {
  const raw = new Map(piece.blocks.map((block) => [block.place, block]));
  let context = Math.max(...piece.blocks.map((block) => contextOf(block.place)));
  let room = MAX_ADDED_INSTRUCTIONS;
  piece.blocks.forEach((header, h) => {
    const body = piece.isLoopHeader[h] ? innermostLoop(piece, h) : undefined;
    if (!body) return;
    const size = body.reduce((sum, b) => sum + (piece.blocks[b] as GuestBlock).instrs.length, 0);
    const turns = Math.min(MAX_TURNS, Math.floor(MAX_UNROLLED_INSTRUCTIONS / size), 1 + Math.floor(room / size));
    if (size > MAX_LOOP_INSTRUCTIONS || turns < 2) return;
    room -= (turns - 1) * size;
    const blocks = body.map((b) => piece.blocks[b] as GuestBlock);
    const places = new Set(blocks.map((block) => block.place));
    /** By turn: where a place of the loop lies in it. The first turn is the loop as it was. */
    const contexts = Array.from({ length: turns }, () => new Map<number, number>());
    const inTurn = (turn: number, place: Place): Place => {
      if (turn === 0) return place;
      const own = contexts[turn] as Map<number, number>;
      const from = contextOf(place);
      if (!own.has(from)) own.set(from, ++context);
      return placeOf(own.get(from) as number, pcOf(place));
    };
    for (let turn = 0; turn < turns; turn++)
      for (const block of blocks) {
        const moved = copiedBlock(block, inTurn(turn, block.place), (target) =>
          target === header.place
            ? inTurn((turn + 1) % turns, target)
            : places.has(target)
              ? inTurn(turn, target)
              : target,
        );
        raw.set(moved.place, moved);
      }
  });
  return room < MAX_ADDED_INSTRUCTIONS ? raw : undefined;
}

/** The blocks of the loop with this header, the header first; undefined when it has a loop inside, or a call. */
function innermostLoop(piece: Piece, header: number): number[] | undefined {
  const inside = new Set([header]);
  const work: number[] = [];
  const reach = (b: number) => {
    if (inside.has(b)) return;
    inside.add(b);
    work.push(b);
  };
  const from = (to: number) =>
    piece.successors.flatMap((list, b) => (list.includes(to) ? [b] : [])).filter((b) => to !== header || b >= header);
  from(header).forEach(reach);
  while (work.length > 0) from(work.pop() as number).forEach(reach);
  const body = [...inside].sort((a, b) => a - b);
  const isPlain = (b: number) =>
    (b === header || !piece.isLoopHeader[b]) && (piece.blocks[b] as GuestBlock).end.kind !== 'call';
  return body.every(isPlain) ? body : undefined;
}
