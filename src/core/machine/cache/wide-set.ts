/**
 * One set of very many ways, in order of use or of arrival: a doubly linked list in typed arrays with an index by line. For
 * fully associative caches and for the shadow cache of the 3C classes, where a scan over the ways would be the whole run time.
 */

export class WideSet {
  private readonly slotOf = new Map<number, number>();
  private readonly line: Float64Array;
  private readonly dirtyBit: Uint8Array;
  private readonly older: Int32Array;
  private readonly newer: Int32Array;
  private newest = -1;
  private oldest = -1;
  private used = 0;
  private free: number[] = [];

  constructor(private readonly ways: number) {
    this.line = new Float64Array(ways);
    this.dirtyBit = new Uint8Array(ways);
    this.older = new Int32Array(ways);
    this.newer = new Int32Array(ways);
  }

  has(line: number): boolean {
    return this.slotOf.has(line);
  }

  /** Moves a line to the front. False when it is not there. */
  touch(line: number): boolean {
    const slot = this.slotOf.get(line);
    if (slot === undefined) return false;
    if (slot !== this.newest) {
      this.unlink(slot);
      this.link(slot);
    }
    return true;
  }

  setDirty(line: number): void {
    const slot = this.slotOf.get(line);
    if (slot !== undefined) this.dirtyBit[slot] = 1;
  }

  /** Puts a new line to the front; gives the word (line * 2 + dirty) of the line that had to go, or -1. */
  insert(line: number, dirty: boolean): number {
    let victim = -1;
    let slot = this.free.pop() ?? (this.used < this.ways ? this.used++ : -1);
    if (slot < 0) {
      slot = this.oldest;
      victim = this.wordAt(slot);
      this.slotOf.delete(this.line[slot] as number);
      this.unlink(slot);
    }
    this.line[slot] = line;
    this.dirtyBit[slot] = dirty ? 1 : 0;
    this.slotOf.set(line, slot);
    this.link(slot);
    return victim;
  }

  /** Takes a line out; gives its word, or -1. */
  remove(line: number): number {
    const slot = this.slotOf.get(line);
    if (slot === undefined) return -1;
    this.slotOf.delete(line);
    this.unlink(slot);
    this.free.push(slot);
    return this.wordAt(slot);
  }

  /** Dirty lines, newest first; they are clean afterwards. */
  takeDirty(): number[] {
    const lines: number[] = [];
    for (let slot = this.newest; slot >= 0; slot = this.older[slot] as number) {
      if (!this.dirtyBit[slot]) continue;
      this.dirtyBit[slot] = 0;
      lines.push(this.line[slot] as number);
    }
    return lines;
  }

  private wordAt(slot: number): number {
    return (this.line[slot] as number) * 2 + (this.dirtyBit[slot] as number);
  }

  private link(slot: number): void {
    this.older[slot] = this.newest;
    this.newer[slot] = -1;
    if (this.newest >= 0) this.newer[this.newest] = slot;
    else this.oldest = slot;
    this.newest = slot;
  }

  private unlink(slot: number): void {
    const older = this.older[slot] as number;
    const newer = this.newer[slot] as number;
    if (older >= 0) this.newer[older] = newer;
    else this.oldest = newer;
    if (newer >= 0) this.older[newer] = older;
    else this.newest = older;
  }
}
