/** The write cache of a disk: extents of sectors that are acknowledged but not yet on the medium, in order, never touching. */

export class DirtyExtents {
  private starts: number[] = [];
  private ends: number[] = [];
  /** Sectors held. */
  sectors = 0;

  get length(): number {
    return this.starts.length;
  }

  /** Sectors that a write of this range would add. */
  growthOf(lba: number, count: number): number {
    let covered = 0;
    for (let i = this.firstEndingAfter(lba); i < this.starts.length; i++) {
      const start = Math.max(this.starts[i] as number, lba);
      const end = Math.min(this.ends[i] as number, lba + count);
      if (start >= end) break;
      covered += end - start;
    }
    return count - covered;
  }

  covers(lba: number, count: number): boolean {
    const i = this.firstEndingAfter(lba);
    return i < this.starts.length && (this.starts[i] as number) <= lba && (this.ends[i] as number) >= lba + count;
  }

  add(lba: number, count: number): void {
    let start = lba;
    let end = lba + count;
    // Extents that overlap or touch become one.
    const from = this.firstEndingAfter(lba - 1);
    let to = from;
    while (to < this.starts.length && (this.starts[to] as number) <= end) {
      start = Math.min(start, this.starts[to] as number);
      end = Math.max(end, this.ends[to] as number);
      this.sectors -= (this.ends[to] as number) - (this.starts[to] as number);
      to++;
    }
    this.sectors += end - start;
    this.starts.splice(from, to - from, start);
    this.ends.splice(from, to - from, end);
  }

  /** The extent to write next, going upwards from `lba` and then round again (C-LOOK), at most `limit` sectors of it. */
  next(lba: number, limit: number): [number, number] | undefined {
    if (this.starts.length === 0) return undefined;
    let i = this.firstEndingAfter(lba);
    let first = lba;
    if (i === this.starts.length) {
      i = 0;
      first = 0;
    }
    first = Math.max(first, this.starts[i] as number);
    return [first, Math.min(limit, (this.ends[i] as number) - first)];
  }

  remove(lba: number, count: number): void {
    const end = lba + count;
    let i = this.firstEndingAfter(lba);
    while (i < this.starts.length && (this.starts[i] as number) < end) {
      const s = this.starts[i] as number;
      const e = this.ends[i] as number;
      const pieces: [number, number][] = [];
      if (s < lba) pieces.push([s, lba]);
      if (e > end) pieces.push([end, e]);
      this.sectors -= Math.min(e, end) - Math.max(s, lba);
      this.starts.splice(i, 1, ...pieces.map((p) => p[0]));
      this.ends.splice(i, 1, ...pieces.map((p) => p[1]));
      i += pieces.length;
    }
  }

  ranges(): [number, number][] {
    return this.starts.map((start, i) => [start, (this.ends[i] as number) - start]);
  }

  clear(): void {
    this.starts = [];
    this.ends = [];
    this.sectors = 0;
  }

  load(ranges: readonly (readonly [number, number])[]): void {
    this.clear();
    for (const [lba, count] of ranges) this.add(lba, count);
  }

  private firstEndingAfter(lba: number): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ends[middle] as number) > lba) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
