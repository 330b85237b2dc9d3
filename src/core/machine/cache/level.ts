/**
 * One level of cache: tags only, exact counts, the time of what lies below. Data are always in RAM; a level says what a real one
 * would have done. State lives in the arrays that it is given (layout.ts describes them), so that snapshots are copies.
 *
 * On a miss: the line is read from below, then a write-through write goes below, then the victim, if dirty, is written below
 * (the order of Dinero IV and gem5). Empty ways are filled first, lowest way first. A write that misses a level without
 * write-allocate goes below by itself and changes nothing here. Prefetches take no time, but change state and traffic.
 */
import type { CacheConfig } from '../../presets/machine';
import { COUNT, STRIDE_ENTRIES, STRIDE_WORDS } from '../layout';
import type { Below, Clock } from '../memory/below';
import { WideSet } from './wide-set';
import { plruTouch, plruVictim, srripVictim, SRRIP_INSERT, xorshift32 } from './policies';

export type Words = Int32Array | Float64Array;

export interface LevelState {
  readonly counts: Float64Array;
  readonly meta: Int32Array;
  /** Int32 where line * 2 + 1 fits, Float64 for traces with wide addresses. */
  readonly words: Words;
}

/** Sees every access to a line, for 3C classes; and, if it wants, what came from above before it was cut into lines, for traces. */
export interface LineObserver {
  line(line: number, write: boolean, hit: boolean): void;
  access?(address: number, bytes: number, write: boolean): void;
}

const EMPTY = -1;
/** Sets with more ways than this are kept as linked lists, where the state's layout does not matter (Float64 words). */
const WIDE_WAYS = 32;

export class CacheLevel implements Below {
  readonly sets: number;
  readonly ways: number;
  readonly counts: Float64Array;
  readonly words: Words;
  readonly meta: Int32Array;
  observer: LineObserver | null = null;
  /** Levels directly above, for back-invalidation by an inclusive level. */
  readonly uppers: CacheLevel[] = [];
  /** Address of the instruction that makes the access, for the stride prefetcher. */
  pc = 0;

  private readonly setMask: number;
  private readonly lineBytes: number;
  private readonly writeBack: boolean;
  /** lru and fifo keep words in order; the others by way. */
  private readonly ordered: boolean;
  private readonly exclusiveBelow: CacheLevel | null;
  private wide: WideSet[] | null = null;

  constructor(
    readonly config: CacheConfig,
    state: LevelState,
    private readonly below: Below,
    private readonly clock: Clock,
    private readonly account: number,
    private readonly seed = 1,
  ) {
    this.counts = state.counts;
    this.words = state.words;
    this.meta = state.meta;
    this.ways = config.ways;
    this.lineBytes = config.lineBytes;
    this.sets = config.sizeBytes / config.lineBytes / config.ways;
    this.setMask = this.sets - 1;
    this.writeBack = config.write === 'back';
    this.ordered = config.policy === 'lru' || config.policy === 'fifo';
    this.exclusiveBelow = below instanceof CacheLevel && below.config.inclusion === 'exclusive' ? below : null;
    if (below instanceof CacheLevel) below.uppers.push(this);
    this.reset();
  }

  reset(): void {
    this.counts.fill(0);
    this.words.fill(EMPTY);
    this.meta.fill(0);
    const isWide = this.ordered && this.ways > WIDE_WAYS && this.words instanceof Float64Array;
    this.wide = isWide ? Array.from({ length: this.sets }, () => new WideSet(this.ways)) : null;
    if (this.config.policy === 'random') this.meta[0] = this.seed | 1;
  }

  /** As the level below another: each line touched takes the hit time. */
  read(address: number, bytes: number): void {
    this.access(address, bytes, false, this.config.hitCycles);
  }

  write(address: number, bytes: number): void {
    this.access(address, bytes, true, this.config.hitCycles);
  }

  /** One access to each line touched. `hitCycles` is booked for each; L1 gives 0, because the core books its own bus time. */
  access(address: number, bytes: number, write: boolean, hitCycles: number): void {
    const { lineBytes } = this;
    this.observer?.access?.(address, bytes, write);
    const first = Math.floor(address / lineBytes);
    const last = Math.floor((address + bytes - 1) / lineBytes);
    for (let line = first; line <= last; line++) {
      const from = line === first ? address : line * lineBytes;
      const to = line === last ? address + bytes : (line + 1) * lineBytes;
      if (hitCycles > 0) this.clock.book(this.account, hitCycles);
      this.touch(line, write, from, to - from);
    }
  }

  /** One access to one line. */
  touch(line: number, write: boolean, address: number, bytes: number): void {
    const { counts } = this;
    (counts[write ? COUNT.writes : COUNT.reads] as number)++;
    const at = this.find(line);
    if (this.observer) this.observer.line(line, write, at >= 0);
    if (at >= 0) this.hit(line, at, write, address, bytes);
    else this.miss(line, write, address, bytes);
    if (this.config.prefetch === 'stride') this.trainStride(address);
  }

  contains(line: number): boolean {
    return this.find(line) >= 0;
  }

  /** A line as a coherence protocol sees it. */
  stateOf(line: number): 'absent' | 'clean' | 'dirty' {
    const at = this.find(line);
    if (at < 0) return 'absent';
    return ((this.words[at] as number) & 1) === 1 ? 'dirty' : 'clean';
  }

  /** The line was written below by somebody else's doing. */
  markClean(line: number): void {
    const at = this.find(line);
    if (at >= 0) this.words[at] = line * 2;
  }

  /** Drops a line. Gives whether it was there and dirty. */
  invalidate(line: number): { readonly present: boolean; readonly dirty: boolean } {
    if (this.wide) {
      const word = (this.wide[line & this.setMask] as WideSet).remove(line);
      return { present: word >= 0, dirty: word >= 0 && (word & 1) === 1 };
    }
    const at = this.find(line);
    if (at < 0) return { present: false, dirty: false };
    const { words } = this;
    const dirty = ((words[at] as number) & 1) === 1;
    if (this.ordered) {
      const end = at - (at % this.ways) + this.ways - 1;
      for (let i = at; i < end; i++) words[i] = words[i + 1] as number;
      words[end] = EMPTY;
    } else words[at] = EMPTY;
    return { present: true, dirty };
  }

  /** Writes every dirty line below, in the order of the words, and leaves it clean. Counted in bytesToNext, not in writebacks. */
  flush(): void {
    const { words, counts, lineBytes } = this;
    for (const set of this.wide ?? [])
      for (const line of set.takeDirty()) {
        (counts[COUNT.bytesToNext] as number) += lineBytes;
        this.below.write(line * lineBytes, lineBytes);
      }
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as number;
      if (word === EMPTY || (word & 1) === 0) continue;
      words[i] = word - 1;
      (counts[COUNT.bytesToNext] as number) += lineBytes;
      this.below.write(((word - 1) / 2) * lineBytes, lineBytes);
    }
  }

  private find(line: number): number {
    const { words, ways } = this;
    if (this.wide) return (this.wide[line & this.setMask] as WideSet).has(line) ? 0 : -1;
    const clean = line * 2;
    const base = (line & this.setMask) * ways;
    for (let i = base; i < base + ways; i++) {
      const word = words[i] as number;
      if (word === clean || word === clean + 1) return i;
    }
    return -1;
  }

  private hit(line: number, at: number, write: boolean, address: number, bytes: number): void {
    const { words, ways } = this;
    const set = line & this.setMask;
    const base = set * ways;
    if (this.wide) {
      this.hitWide(this.wide[set] as WideSet, line, write, address, bytes);
      return;
    }
    const word = words[at] as number;
    const dirty = write && this.writeBack;
    const marked = dirty && (word & 1) === 0 ? word + 1 : word;
    switch (this.config.policy) {
      case 'lru':
        for (let i = at; i > base; i--) words[i] = words[i - 1] as number;
        words[base] = marked;
        break;
      case 'plru':
        words[at] = marked;
        plruTouch(this.meta, set, at - base, ways);
        break;
      case 'srrip':
        words[at] = marked;
        this.meta[at] = 0;
        break;
      default:
        words[at] = marked;
    }
    if (write && !this.writeBack) this.writeThrough(address, bytes);
  }

  private hitWide(set: WideSet, line: number, write: boolean, address: number, bytes: number): void {
    if (this.config.policy === 'lru') set.touch(line);
    if (!write) return;
    if (this.writeBack) set.setDirty(line);
    else this.writeThrough(address, bytes);
  }

  private miss(line: number, write: boolean, address: number, bytes: number): void {
    const { counts } = this;
    (counts[write ? COUNT.writeMisses : COUNT.readMisses] as number)++;
    if (write && !this.config.allocate) {
      this.writeThrough(address, bytes);
      return;
    }
    const dirty = this.fetch(line);
    if (write && !this.writeBack) this.writeThrough(address, bytes);
    this.insert(line, dirty || (write && this.writeBack));
    if (this.config.prefetch === 'next-line') this.prefetch(line + 1);
  }

  private writeThrough(address: number, bytes: number): void {
    (this.counts[COUNT.bytesToNext] as number) += bytes;
    this.below.write(address, bytes);
  }

  /** Brings a line up from below; true when an exclusive level handed it over dirty. */
  private fetch(line: number): boolean {
    (this.counts[COUNT.bytesFromNext] as number) += this.lineBytes;
    if (this.exclusiveBelow) return this.exclusiveBelow.handUp(line);
    this.below.read(line * this.lineBytes, this.lineBytes);
    return false;
  }

  /** An exclusive level gives a line away, or lets it pass by from below. */
  private handUp(line: number): boolean {
    const { counts } = this;
    this.clock.book(this.account, this.config.hitCycles);
    (counts[COUNT.reads] as number)++;
    const { present, dirty } = this.invalidate(line);
    if (this.observer) this.observer.line(line, false, present);
    if (present) return dirty;
    (counts[COUNT.readMisses] as number)++;
    return this.fetch(line);
  }

  /** An exclusive level takes in the victim of the level above; nothing is fetched. */
  private handDown(line: number, dirty: boolean): void {
    const { counts } = this;
    this.clock.book(this.account, this.config.hitCycles);
    (counts[COUNT.writes] as number)++;
    const at = this.find(line);
    if (at >= 0) {
      if (dirty && this.wide) (this.wide[line & this.setMask] as WideSet).setDirty(line);
      else if (dirty) this.words[at] = line * 2 + 1;
      return;
    }
    (counts[COUNT.writeMisses] as number)++;
    this.insert(line, dirty);
  }

  /** Puts a line into its set and deals with the victim. */
  private insert(line: number, dirty: boolean): void {
    const { words, ways } = this;
    const set = line & this.setMask;
    const base = set * ways;
    const word = line * 2 + (dirty ? 1 : 0);
    let victim: number;
    if (this.wide) victim = (this.wide[set] as WideSet).insert(line, dirty);
    else if (this.ordered) {
      const end = base + ways - 1;
      victim = words[end] as number;
      for (let i = end; i > base; i--) words[i] = words[i - 1] as number;
      words[base] = word;
    } else {
      const at = base + this.chooseWay(set, base);
      victim = words[at] as number;
      words[at] = word;
      if (this.config.policy === 'plru') plruTouch(this.meta, set, at - base, ways);
      else if (this.config.policy === 'srrip') this.meta[at] = SRRIP_INSERT;
    }
    if (victim !== EMPTY) this.evict(victim);
  }

  private chooseWay(set: number, base: number): number {
    const { words, ways } = this;
    for (let way = 0; way < ways; way++) if (words[base + way] === EMPTY) return way;
    switch (this.config.policy) {
      case 'plru':
        return plruVictim(this.meta, set, ways);
      case 'srrip':
        return srripVictim(this.meta, base, ways);
      default:
        return xorshift32(this.meta) % ways;
    }
  }

  private evict(word: number): void {
    const { counts, lineBytes } = this;
    let dirty = (word & 1) === 1;
    const line = (word - (word & 1)) / 2;
    if (this.config.inclusion === 'inclusive' && this.invalidateAbove(line)) dirty = true;
    (counts[COUNT.evictions] as number)++;
    if (dirty) (counts[COUNT.writebacks] as number)++;
    if (!dirty && !this.exclusiveBelow) return;
    (counts[COUNT.bytesToNext] as number) += lineBytes;
    if (this.exclusiveBelow) this.exclusiveBelow.handDown(line, dirty);
    else this.below.write(line * lineBytes, lineBytes);
  }

  /** Drops from the levels above what an inclusive level no longer holds; true when some of it was dirty. */
  private invalidateAbove(line: number): boolean {
    let merged = false;
    for (const upper of this.uppers) {
      const first = (line * this.lineBytes) / upper.lineBytes;
      for (let l = first; l < first + this.lineBytes / upper.lineBytes; l++) {
        const { present, dirty: own } = upper.invalidate(l);
        const above = upper.config.inclusion === 'inclusive' && upper.invalidateAbove(l);
        if (!present) continue;
        (upper.counts[COUNT.evictions] as number)++;
        if (!own && !above) continue;
        merged = true;
        (upper.counts[COUNT.writebacks] as number)++;
        (upper.counts[COUNT.bytesToNext] as number) += upper.lineBytes;
      }
    }
    return merged;
  }

  /** Brings a line in beside the demand stream: traffic and state change, the core does not wait. */
  private prefetch(line: number): void {
    if (line < 0 || this.find(line) >= 0) return;
    const { clock } = this;
    clock.pause();
    this.insert(line, this.fetch(line));
    clock.resume();
  }

  /**
   * Reference prediction table (Chen and Baer, 1995), direct-mapped by instruction: after two equal strides in a row the line one
   * stride ahead is prefetched.
   */
  private trainStride(address: number): void {
    const { meta } = this;
    const entry = meta.length - (STRIDE_ENTRIES - ((this.pc >> 1) % STRIDE_ENTRIES)) * STRIDE_WORDS;
    if (meta[entry] !== this.pc + 1) {
      meta[entry] = this.pc + 1;
      meta[entry + 1] = address;
      meta[entry + 2] = 0;
      meta[entry + 3] = 0;
      return;
    }
    const stride = address - (meta[entry + 1] as number);
    const confident = stride !== 0 && stride === meta[entry + 2];
    meta[entry + 1] = address;
    meta[entry + 2] = stride;
    meta[entry + 3] = confident ? 1 : 0;
    if (confident) this.prefetch(Math.floor((address + stride) / this.lineBytes));
  }
}
