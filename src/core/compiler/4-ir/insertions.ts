/**
 * Many instructions put between those of a function. A short block takes them at once; of a long one they are noted beside the instructions
 * that they stand by, so that each costs the same however long the block is, and its `instrs` stay as they were until `apply`.
 */
import type { Block, Instr } from './ir';

/** Up to here looking for a place costs less than a note of it. */
const SHORT = 100;

/** What stands directly before and behind an instruction, each in its order; all of it may have neighbours of its own. */
interface Neighbours {
  readonly before: Instr[];
  readonly behind: Instr[];
}

export class Insertions {
  private readonly neighbours = new Map<Instr, Neighbours>();
  private readonly blocks = new Set<Block>();

  before(at: Instr, instr: Instr): void {
    if (this.isShort(at.block)) insertAt(at.block, at.block.instrs.indexOf(at), instr);
    else this.of(at, instr).before.push(instr);
  }

  behind(at: Instr, instr: Instr): void {
    if (this.isShort(at.block)) insertAt(at.block, at.block.instrs.indexOf(at) + 1, instr);
    else this.of(at, instr).behind.unshift(instr);
  }

  /** Behind those at the head of the block that are to be skipped; its terminator is not. */
  atStart(block: Block, instr: Instr, skips: (instr: Instr) => boolean): void {
    let first: Instr | undefined;
    const look = (one: Instr): boolean => {
      if (!skips(one)) first = one;
      return first !== undefined;
    };
    for (const one of block.instrs) if (this.walk(one, look)) break;
    if (first) this.before(first, instr);
  }

  apply(): void {
    for (const block of this.blocks) {
      const instrs: Instr[] = [];
      for (const instr of block.instrs) this.walk(instr, (one) => instrs.push(one) === 0);
      block.instrs = instrs;
    }
    this.blocks.clear();
    this.neighbours.clear();
  }

  /** Visits an instruction and what stands by it, in order, until `visit` says that it is enough. */
  private walk(instr: Instr, visit: (instr: Instr) => boolean): boolean {
    const near = this.neighbours.get(instr);
    if (!near) return visit(instr);
    return (
      near.before.some((one) => this.walk(one, visit)) ||
      visit(instr) ||
      near.behind.some((one) => this.walk(one, visit))
    );
  }

  private isShort(block: Block): boolean {
    return block.instrs.length < SHORT && !this.blocks.has(block);
  }

  private of(at: Instr, instr: Instr): Neighbours {
    instr.block = at.block;
    this.blocks.add(at.block);
    let near = this.neighbours.get(at);
    if (!near) this.neighbours.set(at, (near = { before: [], behind: [] }));
    return near;
  }
}

function insertAt(block: Block, index: number, instr: Instr): void {
  instr.block = block;
  block.instrs.splice(index, 0, instr);
}
