/** The lines of L1I in which instructions lie: a fetch costs something only where another line is entered. */
import { pcOf, type GuestBlock, type GuestInstr, type Piece } from './piece';

export class FetchLines {
  /** log2 of the line; 31 when fetches are free. */
  constructor(private readonly shift: number) {}

  get areFree(): boolean {
    return this.shift >= 31;
  }

  of(address: number): number {
    return address >> this.shift;
  }

  /** Whether an instruction lies in another line than `line`, wholly or in part. */
  areEntered({ pc, size }: GuestInstr, line: number): boolean {
    return !this.areFree && (this.of(pc) !== line || this.of(pc + size - 1) !== line);
  }

  /** Whether an instruction lies in two. */
  areSpanned({ pc, size }: GuestInstr): boolean {
    return !this.areFree && this.of(pc) !== this.of(pc + size - 1);
  }

  /** The line that is current after an instruction. */
  after({ pc, size }: GuestInstr): number {
    return this.of(pc + size - 1);
  }

  /** Where paths meet: the line of the block's first word, if any way there comes from that line; the others enter it on their way. */
  atStart(piece: Piece, b: number): number {
    if (this.areFree || !(piece.isMerge[b] || piece.isLoopHeader[b])) return -1;
    const first = this.of(pcOf((piece.blocks[b] as GuestBlock).place));
    const comesFromIt = piece.blocks.some(
      ({ instrs, end }, from) =>
        end.kind !== 'call' &&
        (piece.successors[from] as readonly number[]).includes(b) &&
        this.after(instrs[instrs.length - 1] as GuestInstr) === first,
    );
    return comesFromIt ? first : -1;
  }
}
