/**
 * What can be said about a stream of line addresses beyond hits and misses: 3C classes (Hill and Smith, 1989), LRU stack distances
 * (Mattson et al., 1970) and Belady's OPT (1966).
 */
import { WideSet } from './wide-set';
import type { LineObserver } from './level';

/**
 * Classes of misses: compulsory when the line was never touched before, capacity when a fully associative LRU cache of the same
 * size and the same write-allocation misses too, conflict otherwise.
 */
export class ThreeC implements LineObserver {
  compulsory = 0;
  capacity = 0;
  conflict = 0;
  private readonly seen = new Set<number>();
  private readonly shadow: WideSet;

  constructor(
    lines: number,
    private readonly allocate: boolean,
  ) {
    this.shadow = new WideSet(lines);
  }

  line(line: number, write: boolean, hit: boolean): void {
    const inShadow = this.shadow.touch(line);
    if (!inShadow && (!write || this.allocate)) this.shadow.insert(line, false);
    if (!hit) {
      if (inShadow) this.conflict++;
      else if (this.seen.has(line)) this.capacity++;
      else this.compulsory++;
    }
    if (!inShadow) this.seen.add(line);
  }
}

/**
 * LRU stack distances: how many different lines were used since the last use of this one, itself included; 1 is the line used last.
 * A Fenwick tree over times marks the last use of each line, so a distance is a sum; times are renumbered when they run out.
 */
export class StackDistances {
  /** First touches. */
  cold = 0;
  readonly histogram = new Map<number, number>();
  private readonly lastUse = new Map<number, number>();
  private tree = new Int32Array(1 << 16);
  private now = 0;

  /** The distance of this use; Infinity for the first of the line. */
  line(line: number): number {
    if (this.now + 1 >= this.tree.length) this.renumber();
    this.now++;
    const last = this.lastUse.get(line);
    let distance = Infinity;
    if (last === undefined) this.cold++;
    else {
      distance = this.lastUse.size - this.sum(last) + 1;
      this.histogram.set(distance, (this.histogram.get(distance) ?? 0) + 1);
      this.add(last, -1);
    }
    this.add(this.now, 1);
    this.lastUse.set(line, this.now);
    return distance;
  }

  /** Misses of a fully associative LRU cache of `lines` lines that allocates on every miss. */
  misses(lines: number): number {
    let misses = this.cold;
    for (const [distance, count] of this.histogram) if (distance > lines) misses += count;
    return misses;
  }

  /** Distances in increasing order. */
  sorted(): [number, number][] {
    return [...this.histogram].sort(([a], [b]) => a - b);
  }

  private sum(to: number): number {
    let total = 0;
    for (let i = to; i > 0; i &= i - 1) total += this.tree[i] as number;
    return total;
  }

  private add(at: number, amount: number): void {
    const { tree } = this;
    for (let i = at; i < tree.length; i += i & -i) (tree[i] as number) += amount;
  }

  private renumber(): void {
    const lines = [...this.lastUse].sort(([, a], [, b]) => a - b);
    const size = Math.max(1 << 16, 4 * lines.length);
    this.tree = new Int32Array(size);
    this.now = 0;
    for (const [line] of lines) {
      this.now++;
      this.lastUse.set(line, this.now);
      this.add(this.now, 1);
    }
  }
}

/** A growing list of line addresses. */
export class LineTrace {
  private lines = new Float64Array(1 << 12);
  length = 0;

  push(line: number): void {
    if (this.length === this.lines.length) {
      const grown = new Float64Array(this.lines.length * 2);
      grown.set(this.lines);
      this.lines = grown;
    }
    this.lines[this.length++] = line;
  }

  view(): Float64Array {
    return this.lines.subarray(0, this.length);
  }
}

/**
 * Misses of Belady's OPT: a fully associative cache that always takes the missing line in and evicts the line whose next use
 * is furthest away. A heap by next use; stale entries are dropped when they come up.
 */
export function optMisses(trace: Float64Array, lines: number): number {
  const nextUse = nextUses(trace);
  const current = new Map<number, number>();
  const heap = new FurthestFirst();
  let misses = 0;
  for (let i = 0; i < trace.length; i++) {
    const line = trace[i] as number;
    if (!current.has(line)) {
      misses++;
      if (current.size >= lines) {
        let furthest = heap.pop();
        while (current.get(furthest.line) !== furthest.next) furthest = heap.pop();
        current.delete(furthest.line);
      }
    }
    const next = nextUse[i] as number;
    current.set(line, next);
    heap.push(next, line);
  }
  return misses;
}

/** For each access the index of the next one to the same line; lines never used again get distinct far values. */
function nextUses(trace: Float64Array): Float64Array {
  const next = new Float64Array(trace.length);
  const seen = new Map<number, number>();
  for (let i = trace.length - 1; i >= 0; i--) {
    const line = trace[i] as number;
    next[i] = seen.get(line) ?? trace.length + i;
    seen.set(line, i);
  }
  return next;
}

class FurthestFirst {
  private next = new Float64Array(1024);
  private line = new Float64Array(1024);
  private size = 0;

  push(next: number, line: number): void {
    if (this.size === this.next.length) this.grow();
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((this.next[parent] as number) >= next) break;
      this.move(parent, i);
      i = parent;
    }
    this.next[i] = next;
    this.line[i] = line;
  }

  pop(): { next: number; line: number } {
    const top = { next: this.next[0] as number, line: this.line[0] as number };
    const last = --this.size;
    const next = this.next[last] as number;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= last) break;
      if (child + 1 < last && (this.next[child + 1] as number) > (this.next[child] as number)) child++;
      if ((this.next[child] as number) <= next) break;
      this.move(child, i);
      i = child;
    }
    this.move(last, i);
    return top;
  }

  private move(from: number, to: number): void {
    this.next[to] = this.next[from] as number;
    this.line[to] = this.line[from] as number;
  }

  private grow(): void {
    const next = new Float64Array(this.next.length * 2);
    const line = new Float64Array(this.next.length * 2);
    next.set(this.next);
    line.set(this.line);
    this.next = next;
    this.line = line;
  }
}
