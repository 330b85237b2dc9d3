/**
 * Many instructions put between those of a function. Long blocks that are touched become linked lists until `apply`, so that each
 * costs the same however long the block is; their `instrs` stay as they were until then.
 */
import { assert } from '../../base/assert';
import type { Block, Instr } from './ir';

interface Link {
  readonly instr: Instr;
  before: Link | undefined;
  behind: Link | undefined;
}

/** Up to here a list is not worth its while. */
const SHORT = 100;

export class Insertions {
  private readonly heads = new Map<Block, Link>();
  private readonly links = new Map<Instr, Link>();

  before(at: Instr, instr: Instr): void {
    if (this.isShort(at.block)) return insertAt(at.block, at.block.instrs.indexOf(at), instr);
    const link = this.linkOf(at);
    this.join(at.block, link.before, this.add(instr), link);
  }

  behind(at: Instr, instr: Instr): void {
    if (this.isShort(at.block)) return insertAt(at.block, at.block.instrs.indexOf(at) + 1, instr);
    const link = this.linkOf(at);
    this.join(at.block, link, this.add(instr), link.behind);
  }

  /** Behind those at the head of the block that are to be skipped. */
  atStart(block: Block, instr: Instr, skips: (instr: Instr) => boolean): void {
    if (this.isShort(block)) {
      const index = block.instrs.findIndex((one) => !skips(one));
      return insertAt(block, index < 0 ? block.instrs.length : index, instr);
    }
    let before: Link | undefined;
    let behind: Link | undefined = this.headOf(block);
    while (behind && skips(behind.instr)) {
      before = behind;
      behind = behind.behind;
    }
    this.join(block, before, this.add(instr), behind);
  }

  apply(): void {
    for (const [block, head] of this.heads) {
      const instrs: Instr[] = [];
      for (let link: Link | undefined = head; link; link = link.behind) instrs.push(link.instr);
      block.instrs = instrs;
    }
    this.heads.clear();
    this.links.clear();
  }

  private isShort(block: Block): boolean {
    return block.instrs.length < SHORT && !this.heads.has(block);
  }

  private add(instr: Instr): Link {
    const link: Link = { instr, before: undefined, behind: undefined };
    this.links.set(instr, link);
    return link;
  }

  private join(block: Block, before: Link | undefined, link: Link, behind: Link | undefined): void {
    link.instr.block = block;
    link.before = before;
    link.behind = behind;
    if (before) before.behind = link;
    else this.heads.set(block, link);
    if (behind) behind.before = link;
  }

  private linkOf(instr: Instr): Link {
    this.headOf(instr.block);
    const link = this.links.get(instr);
    assert(link, 'an instruction that is in no block');
    return link;
  }

  private headOf(block: Block): Link | undefined {
    const known = this.heads.get(block);
    if (known) return known;
    let last: Link | undefined;
    for (const instr of block.instrs) {
      const link = this.add(instr);
      this.join(block, last, link, undefined);
      last = link;
    }
    return this.heads.get(block);
  }
}

function insertAt(block: Block, index: number, instr: Instr): void {
  instr.block = block;
  block.instrs.splice(index, 0, instr);
}
