/**
 * The flash translation layer: a log over erase groups ("blocks") of `pagesPerBlock` mapped pages.
 *
 * Writes and moved pages share one write frontier. When the last free block is taken, a victim is chosen (greedy: fewest valid
 * pages; fifo: oldest; random), its valid pages are moved to the frontier, and it is erased; so exactly one block is kept back.
 * A block is striped over all dies of the drive (see striping.ts); here there is only order and count. Reference: Desnoyers,
 * "Analytic models of SSD write performance", ACM TOS 2014, whose models the specs compare with.
 */
import { assert } from '../../base/assert';
import { exp, log } from '../../base/math';
import { err, ok, type Result } from '../../base/result';
import { Random } from '../../base/random';
import type { GcPolicy } from '../../presets/ssd';
import { type Marks, SharedTable, type TableChunks } from './shared-table';

export interface FtlShape {
  readonly blocks: number;
  readonly pagesPerBlock: number;
  /** (physical - logical) / logical. */
  readonly overProvisioning: number;
  readonly gcPolicy: GcPolicy;
}

/** Told what the flash must do; the timing model hangs here. */
export interface FtlObserver {
  /** A page of the victim is read and will be written again. */
  moved(fromPage: number, toPage: number): void;
  erased(block: number): void;
  /** The frontier moves to another block. */
  opened(block: number): void;
}

/** The frontier and the block that collection needs are never part of the spare space. */
const HELD_BLOCKS = 2;
const NONE = -1;

export interface FtlSnapshot {
  readonly version: number;
  readonly tables: readonly TableChunks[];
  readonly numbers: readonly number[];
  readonly random: readonly [number, number, number, number];
}

/** Logical pages of a shape, or the reason why it cannot work. */
export function logicalPages(shape: FtlShape): Result<number> {
  const { blocks, pagesPerBlock, overProvisioning } = shape;
  if (!Number.isInteger(blocks) || blocks < 4) return err(`blocks must be a whole number of at least 4, not ${blocks}`);
  if (!Number.isInteger(pagesPerBlock) || pagesPerBlock < 1)
    return err(`pagesPerBlock must be a whole number of at least 1, not ${pagesPerBlock}`);
  if (blocks * pagesPerBlock > 2 ** 26)
    return err(`blocks x pagesPerBlock is ${blocks * pagesPerBlock}; at most ${2 ** 26} pages are simulated`);
  if (!(overProvisioning > 0)) return err(`overProvisioning must be above 0, not ${overProvisioning}`);
  const pages = Math.floor((blocks * pagesPerBlock) / (1 + overProvisioning));
  const most = (blocks - HELD_BLOCKS) * pagesPerBlock;
  if (pages > most)
    return err(
      `overProvisioning ${overProvisioning} leaves ${blocks * pagesPerBlock - pages} of ${blocks * pagesPerBlock} pages free, ` +
        `fewer than the ${HELD_BLOCKS} blocks (${HELD_BLOCKS * pagesPerBlock} pages) that collection needs`,
    );
  return pages < 1 ? err('no logical page is left') : ok(pages);
}

export class Ftl {
  readonly logicalPages: number;
  readonly physicalPages: number;
  /** Physical page of a logical one, -1 when it was never written or was trimmed. */
  readonly toPhysical: Int32Array;
  /** Logical page whose data a physical page holds, -1 when it holds none that counts. */
  readonly toLogical: Int32Array;
  readonly wear: Int32Array;
  hostPages = 0;
  movedPages = 0;
  erases = 0;
  /** Raised by every change, so that snapshots can be shared. */
  version = 0;

  private readonly pagesPerBlock: number;
  private readonly blocks: number;
  private readonly valid: Int32Array;
  // Sealed blocks in lists by valid count (greedy) or in one list by age (fifo, random); `next` and `previous` link them.
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  private readonly nextBlock: Int32Array;
  private readonly previousBlock: Int32Array;
  private readonly free: Int32Array;
  private freeCount = 0;
  private least = 0;
  private frontier = NONE;
  private offset = 0;
  private random: Random;
  /** Sealed blocks in any order, for the random policy. */
  private readonly sealed: Int32Array;
  private readonly sealedAt: Int32Array;
  private sealedCount = 0;
  private readonly tables: readonly SharedTable[];
  /** Of toPhysical and toLogical, the large tables. */
  private readonly physicalMarks: Marks;
  private readonly logicalMarks: Marks;

  constructor(
    private readonly shape: FtlShape,
    private readonly observer: FtlObserver,
    seed: number,
  ) {
    const logical = logicalPages(shape);
    assert(logical.ok, logical.ok ? '' : logical.error);
    this.blocks = shape.blocks;
    this.pagesPerBlock = shape.pagesPerBlock;
    this.logicalPages = logical.value;
    this.physicalPages = this.blocks * this.pagesPerBlock;
    this.toPhysical = new Int32Array(this.logicalPages).fill(NONE);
    this.toLogical = new Int32Array(this.physicalPages).fill(NONE);
    this.wear = new Int32Array(this.blocks);
    this.valid = new Int32Array(this.blocks);
    const lists = shape.gcPolicy === 'greedy' ? this.pagesPerBlock + 1 : 1;
    this.heads = new Int32Array(lists).fill(NONE);
    this.tails = new Int32Array(lists).fill(NONE);
    this.nextBlock = new Int32Array(this.blocks).fill(NONE);
    this.previousBlock = new Int32Array(this.blocks).fill(NONE);
    this.free = new Int32Array(this.blocks);
    this.sealed = new Int32Array(this.blocks);
    this.sealedAt = new Int32Array(this.blocks).fill(NONE);
    const physical = new SharedTable(this.toPhysical, { marked: true });
    const logicalTable = new SharedTable(this.toLogical, { marked: true });
    this.physicalMarks = physical.marks as Marks;
    this.logicalMarks = logicalTable.marks as Marks;
    this.tables = [physical, logicalTable, ...this.smallArrays().map((array) => new SharedTable(array))];
    this.random = new Random(seed, 'gc');
    this.reset();
  }

  get freeBlocks(): number {
    return this.freeCount;
  }

  get writeAmplification(): number {
    return this.hostPages === 0 ? 1 : (this.hostPages + this.movedPages) / this.hostPages;
  }

  /** Starts counting afresh, after preconditioning. */
  resetCounters(): void {
    this.hostPages = 0;
    this.movedPages = 0;
    this.erases = 0;
  }

  /** Writes a logical page at the frontier; returns its physical page. */
  write(page: number): number {
    this.version++;
    this.hostPages++;
    this.invalidate(page);
    if (this.offset === this.pagesPerBlock) this.advance();
    return this.place(page);
  }

  trim(page: number): void {
    this.version++;
    this.invalidate(page);
    this.toPhysical[page] = NONE;
    this.physicalMarks.set(page);
  }

  /** Writes every logical page once, in order, without counting: a drive that has been filled. */
  fill(): void {
    for (let page = 0; page < this.logicalPages; page++) this.write(page);
    this.resetCounters();
  }

  /**
   * Brings the drive to the steady state of random writes without simulating its history. Under uniform writes the share of a
   * block's pages that are still valid falls as exp(-age); the ages of sealed blocks are spread evenly up to that of the victim,
   * which solves v = exp(-(1 + overProvisioning)(1 - v)). So blocks are laid out by age, and a bounded number of real writes by
   * `nextPage` lets the policy settle.
   */
  precondition(nextPage: () => number, random: Random): void {
    this.reset();
    this.layOutByAge(random);
    const budget = 3_000_000;
    const writes = Math.min(2 * this.logicalPages, budget);
    for (let i = 0; i < writes && this.hostPages + this.movedPages < budget; i++) this.write(nextPage());
    this.resetCounters();
  }

  snapshot(): FtlSnapshot {
    return {
      version: this.version,
      tables: this.tables.map((table) => table.save()),
      numbers: [
        this.freeCount,
        this.least,
        this.frontier,
        this.offset,
        this.hostPages,
        this.movedPages,
        this.erases,
        this.sealedCount,
      ],
      random: this.random.save(),
    };
  }

  restore(snapshot: FtlSnapshot): void {
    for (const [i, table] of this.tables.entries()) table.load(snapshot.tables[i] as TableChunks);
    const n = snapshot.numbers;
    this.freeCount = n[0] as number;
    this.least = n[1] as number;
    this.frontier = n[2] as number;
    this.offset = n[3] as number;
    this.hostPages = n[4] as number;
    this.movedPages = n[5] as number;
    this.erases = n[6] as number;
    this.sealedCount = n[7] as number;
    this.random.load(snapshot.random);
    this.version = snapshot.version;
  }

  /** Recounts everything the slow way; for specs. */
  check(): void {
    let mapped = 0;
    for (let page = 0; page < this.logicalPages; page++) {
      const at = this.toPhysical[page] as number;
      if (at === NONE) continue;
      mapped++;
      assert(this.toLogical[at] === page, `page ${page} and its place disagree`);
    }
    let valid = 0;
    for (let block = 0; block < this.blocks; block++) {
      let count = 0;
      for (let i = 0; i < this.pagesPerBlock; i++) if (this.toLogical[block * this.pagesPerBlock + i] !== NONE) count++;
      assert(count === this.valid[block], `block ${block} miscounts its valid pages`);
      valid += count;
    }
    assert(valid === mapped, 'every mapped page is valid in exactly one place');
    assert(this.freeCount + this.sealedCount + 1 === this.blocks, 'a block is free, sealed or the frontier');
  }

  private smallArrays(): Int32Array[] {
    return [
      this.wear,
      this.valid,
      this.heads,
      this.tails,
      this.nextBlock,
      this.previousBlock,
      this.free,
      this.sealed,
      this.sealedAt,
    ];
  }

  private reset(): void {
    this.toPhysical.fill(NONE);
    this.toLogical.fill(NONE);
    this.physicalMarks.setAll();
    this.logicalMarks.setAll();
    this.valid.fill(0);
    this.heads.fill(NONE);
    this.tails.fill(NONE);
    this.sealedAt.fill(NONE);
    this.sealedCount = 0;
    this.freeCount = this.blocks;
    for (let i = 0; i < this.blocks; i++) this.free[i] = this.blocks - 1 - i;
    this.least = 0;
    this.open();
    this.version++;
  }

  private invalidate(page: number): void {
    const old = this.toPhysical[page] as number;
    if (old === NONE) return;
    this.toLogical[old] = NONE;
    this.logicalMarks.set(old);
    const block = Math.floor(old / this.pagesPerBlock);
    const count = (this.valid[block] as number) - 1;
    if (this.sealedAt[block] !== NONE && this.shape.gcPolicy === 'greedy') {
      this.unlink(block, count + 1);
      this.valid[block] = count;
      this.link(block, count);
      if (count < this.least) this.least = count;
    } else this.valid[block] = count;
  }

  private place(page: number): number {
    const at = this.frontier * this.pagesPerBlock + this.offset++;
    this.toPhysical[page] = at;
    this.physicalMarks.set(page);
    this.toLogical[at] = page;
    this.logicalMarks.set(at);
    (this.valid[this.frontier] as number)++;
    return at;
  }

  /** Seals the full frontier and opens the next one; collects when that was the last free block. */
  private advance(): void {
    // Each turn frees one block; only victims without an invalid page make no room, and there are fewer of those than blocks.
    for (let turn = 0; turn <= this.blocks; turn++) {
      this.seal();
      this.open();
      if (this.freeCount === 0) this.collect();
      if (this.offset < this.pagesPerBlock) return;
    }
    assert(false, 'collection makes no progress');
  }

  private open(): void {
    assert(this.freeCount > 0, 'a free block');
    this.frontier = this.free[--this.freeCount] as number;
    this.offset = 0;
    this.observer.opened(this.frontier);
  }

  private seal(): void {
    const block = this.frontier;
    this.sealedAt[block] = this.sealedCount;
    this.sealed[this.sealedCount++] = block;
    this.link(block, this.valid[block] as number);
  }

  private collect(): void {
    const victim = this.victim();
    this.unlink(victim, this.valid[victim] as number);
    this.unseal(victim);
    const first = victim * this.pagesPerBlock;
    if ((this.valid[victim] as number) > 0) {
      for (let i = 0; i < this.pagesPerBlock; i++) {
        const page = this.toLogical[first + i] as number;
        if (page === NONE) continue;
        this.toLogical[first + i] = NONE;
        this.logicalMarks.set(first + i);
        this.movedPages++;
        this.observer.moved(first + i, this.place(page));
      }
    }
    this.valid[victim] = 0;
    this.erases++;
    (this.wear[victim] as number)++;
    this.free[this.freeCount++] = victim;
    this.observer.erased(victim);
  }

  private victim(): number {
    switch (this.shape.gcPolicy) {
      case 'greedy':
        while (this.heads[this.least] === NONE) this.least++;
        return this.heads[this.least] as number;
      case 'fifo':
        return this.heads[0] as number;
      case 'random':
        return this.sealed[this.random.below(this.sealedCount)] as number;
    }
  }

  private unseal(block: number): void {
    const at = this.sealedAt[block] as number;
    const last = this.sealed[--this.sealedCount] as number;
    this.sealed[at] = last;
    this.sealedAt[last] = at;
    this.sealedAt[block] = NONE;
  }

  private link(block: number, count: number): void {
    const list = this.shape.gcPolicy === 'greedy' ? count : 0;
    const tail = this.tails[list] as number;
    this.previousBlock[block] = tail;
    this.nextBlock[block] = NONE;
    if (tail === NONE) this.heads[list] = block;
    else this.nextBlock[tail] = block;
    this.tails[list] = block;
    if (list < this.least) this.least = list;
  }

  private unlink(block: number, count: number): void {
    const list = this.shape.gcPolicy === 'greedy' ? count : 0;
    const before = this.previousBlock[block] as number;
    const after = this.nextBlock[block] as number;
    if (before === NONE) this.heads[list] = after;
    else this.nextBlock[before] = after;
    if (after === NONE) this.tails[list] = before;
    else this.previousBlock[after] = before;
  }

  /** Fills blocks, oldest first, each with the share of valid pages that its age leaves. */
  private layOutByAge(random: Random): void {
    const logShare = log(victimShare(this.shape.overProvisioning));
    const pages = shuffled(this.logicalPages, random);
    const used = this.blocks - HELD_BLOCKS;
    let next = 0;
    for (let i = 0; i < used && next < this.logicalPages; i++) {
      // Share at age position x: from the victim's at x = 0 to nearly all at x = 1.
      const x = (i + 0.5) / used;
      const want = Math.round(this.pagesPerBlock * exp(logShare * (1 - x)));
      const left = used - 1 - i;
      // What is left must fit into the blocks that are left.
      const least = this.logicalPages - next - left * this.pagesPerBlock;
      const count = Math.min(this.pagesPerBlock, this.logicalPages - next, Math.max(want, least));
      const skip = this.pagesPerBlock - count;
      for (let k = 0; k < this.pagesPerBlock; k++) {
        if (this.offset === this.pagesPerBlock) {
          this.seal();
          this.open();
        }
        // Spread the holes evenly.
        const hole = Math.floor(((k + 1) * skip) / this.pagesPerBlock) > Math.floor((k * skip) / this.pagesPerBlock);
        if (hole) this.offset++;
        else this.place(pages[next++] as number);
      }
    }
    this.least = 0;
  }
}

/** Share of valid pages in the oldest block under uniform writes: v = exp(-(1 + overProvisioning)(1 - v)), the root below 1. */
export function victimShare(overProvisioning: number): number {
  // Newton on f(v) = v - exp(-a (1 - v)) from 0, where f is below its root and concave: converges in a few steps.
  const a = 1 + overProvisioning;
  let v = 0;
  for (let i = 0; i < 200; i++) {
    const e = exp(-a * (1 - v));
    const step = (v - e) / (1 - a * e);
    v -= step;
    if (Math.abs(step) < 1e-14) break;
  }
  return v;
}

function shuffled(count: number, random: Random): Int32Array {
  const out = new Int32Array(count);
  for (let i = 0; i < count; i++) out[i] = i;
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const swap = out[i] as number;
    out[i] = out[j] as number;
    out[j] = swap;
  }
  return out;
}
