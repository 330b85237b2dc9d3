/**
 * Output in pieces of some lines. A piece stays as it is while the output grows, so that what was laid out of it stays too: as one text, all
 * of it would be laid out anew in every frame.
 */
export interface OutputPiece {
  /** Where it begins in all that the program has printed. */
  readonly at: number;
  /** Without the end of its last line, but at the end of the output. */
  readonly text: string;
}

/** Characters, about: a piece ends with the line that reaches a multiple of this. */
export const PIECE_CHARACTERS = 4096;

/** `start` is what was printed before `text`. */
export function outputPieces(text: string, start: number): OutputPiece[] {
  const pieces: OutputPiece[] = [];
  let from = 0;
  while (from < text.length) {
    const multiple = (Math.floor((start + from) / PIECE_CHARACTERS) + 1) * PIECE_CHARACTERS;
    const end = text.indexOf('\n', multiple - start - 1);
    const isLast = end < 0 || end === text.length - 1;
    pieces.push({ at: start + from, text: isLast ? text.slice(from) : text.slice(from, end) });
    if (isLast) break;
    from = end + 1;
  }
  return pieces;
}
