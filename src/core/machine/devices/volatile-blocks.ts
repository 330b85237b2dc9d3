/**
 * The versions of a disk's blocks that may still be in its cache: what a block was when it was last clean, and every write since with
 * its running number. When the power goes, the storage model says which write of a block had reached the medium.
 */

/** A block with writes that may not have reached the medium. */
interface Pending {
  /** What the block was when nothing of it was in the cache. */
  readonly clean: Uint8Array;
  readonly versions: readonly { readonly write: number; readonly bytes: Uint8Array }[];
}

export interface VolatileState {
  readonly pending: ReadonlyMap<number, Pending>;
  readonly writes: number;
}

/** With more blocks than this, those that have become durable are looked for and forgotten. */
const MANY_BLOCKS = 1024;

export class VolatileBlocks {
  /** Replaced, not changed, so that saved states can share it. */
  private pending: ReadonlyMap<number, Pending> = new Map();
  /** Write commands handed to the drive since power on. */
  private writes = 0;

  has(lba: number): boolean {
    return this.pending.has(lba);
  }

  blocks(): readonly number[] {
    return [...this.pending.keys()];
  }

  /**
   * Before a write goes to the drive. `durable` gives, of a block, the number of the last write that is on the medium; Infinity when
   * all are.
   */
  writing(lba: number, count: number, block: (lba: number) => Uint8Array, durable: (lba: number) => number): void {
    this.writes++;
    const next = new Map(this.pending.size > MANY_BLOCKS ? this.stillPending(durable) : this.pending);
    for (let at = lba; at < lba + count; at++) {
      const old = next.get(at);
      const last = durable(at);
      if (!old || last === Infinity) next.set(at, { clean: block(at), versions: [] });
      else if (last > 0) {
        const from = Math.max(0, lastUpTo(old, last));
        next.set(at, { ...old, versions: old.versions.slice(from) });
      }
    }
    this.pending = next;
  }

  /** The write has been answered, and the blocks are what it said. */
  written(lba: number, count: number, block: (lba: number) => Uint8Array): void {
    const next = new Map(this.pending);
    for (let at = lba; at < lba + count; at++) {
      const old = next.get(at);
      if (old) next.set(at, { ...old, versions: [...old.versions, { write: this.writes, bytes: block(at) }] });
    }
    this.pending = next;
  }

  /** What the medium holds of a block whose write number `last` has reached it; undefined when it holds all. */
  durable(lba: number, last: number): Uint8Array | undefined {
    const pending = this.pending.get(lba);
    if (!pending || last === Infinity) return undefined;
    const at = lastUpTo(pending, last);
    return at < 0 ? pending.clean : pending.versions[at]?.bytes;
  }

  /** All is on the medium. */
  flushed(): void {
    this.pending = new Map();
  }

  /** Power on: the drive counts its writes from 1. */
  reset(): void {
    this.flushed();
    this.writes = 0;
  }

  save(): VolatileState {
    return { pending: this.pending, writes: this.writes };
  }

  load({ pending, writes }: VolatileState): void {
    this.pending = pending;
    this.writes = writes;
  }

  private stillPending(durable: (lba: number) => number): [number, Pending][] {
    return [...this.pending].filter(([lba]) => durable(lba) !== Infinity);
  }
}

/** Index of the newest version that is not newer than `write`, -1 when there is none. */
function lastUpTo({ versions }: Pending, write: number): number {
  for (let i = versions.length - 1; i >= 0; i--) if ((versions[i] as { write: number }).write <= write) return i;
  return -1;
}
