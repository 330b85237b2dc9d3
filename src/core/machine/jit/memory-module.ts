/**
 * The memory hierarchy as a WebAssembly module: what cache/level.ts, memory/dram.ts and memory/system.ts do for one configuration, on the
 * same words of the same memory, so that an access that misses never leaves translated code. Both can serve the same state in turn.
 * Counts and time of the caches are kept as events (miss-events.ts) until the piece is left.
 *
 * Covers any number of levels with LRU, FIFO, PLRU or random replacement, both write policies, with and without write-allocate. An
 * exclusive level, one whose evictions reach into the levels above, SRRIP and prefetching are left to the plain model.
 */
import type { CacheConfig, MachineConfig } from '../../presets/machine';
import { canEvict } from '../cache/geometry';
import { DRAM_COUNT, layoutOf, type LevelLayout, type MachineLayout } from '../layout';
import { DramCode } from './dram-code';
import {
  constant,
  EMPTY,
  levelCode,
  local,
  push,
  pushAddress,
  type Lookup,
  type LevelCode,
  type Operand,
  type Target,
} from './level-code';
import { EVENT, eventOffset, type LevelName } from './miss-events';
import { SCRATCH } from './scratch';
import { FunctionBuilder, I32, ModuleBuilder, OP as W } from './wasm';

/** The last parameter is the cycles left of the slice; what is left afterwards is the result. */
export const DATA_TYPE = { params: [I32, I32, I32], results: [I32] } as const;
export const FETCH_TYPE = { params: [I32, I32], results: [I32] } as const;
export const MISS_TYPE = FETCH_TYPE;

/** Whether the module can stand for the model of this configuration. */
export function isCovered(config: MachineConfig): boolean {
  const { l1i, l1d, l2, l3, dram } = config;
  const levels = [l1i, l1d, l2, l3].filter((level) => level !== null);
  const below = [l2, l3].filter((level) => level !== null);
  const shortest = Math.min(...below.map((level) => level.lineBytes));
  // A line of a level above lies within one line of each level below it.
  const nested =
    [l1i, l1d].every((level) => !level || level.lineBytes <= shortest) && (!l2 || !l3 || l2.lineBytes <= l3.lineBytes);
  const plain = (level: CacheConfig) => level.policy !== 'srrip' && level.prefetch === 'none';
  const separate = (level: CacheConfig) =>
    level.inclusion === 'non-inclusive' || (level.inclusion === 'inclusive' && !canEvict(level));
  return dram !== null && nested && levels.every(plain) && below.every(separate);
}

/** Whether L1D's misses have entries of their own: a caller that looks at both ways of a set itself knows a miss before it asks. */
export function hasMissEntries({ l1d }: MachineConfig): boolean {
  return l1d !== null && l1d.policy === 'lru' && l1d.ways === 2 && l1d.write === 'back' && l1d.allocate;
}

/** Exports `data` and `fetch` under the names that it gives: see AccessPlan.slow and MemorySystem.fetch. `orders` as for levelCode. */
export function memoryModule(
  config: MachineConfig,
  orders: number | undefined,
): {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly data: string;
  readonly fetch: string;
  /** With hasMissEntries: a read or write of a line that is not there: (its dirty word, cycles left) -> cycles left afterwards. */
  readonly readMiss: string;
  readonly writeMiss: string;
} {
  const builder = new ModuleBuilder([]);
  const layout = layoutOf(config);
  const hierarchy = new Hierarchy(config, layout, builder, orders);
  const { data, fetch, readMiss, writeMiss } = hierarchy.build();
  const name = (index: number) => `f${index}`;
  return {
    bytes: builder.encode(),
    data: name(data),
    fetch: name(fetch),
    readMiss: name(readMiss),
    writeMiss: name(writeMiss),
  };
}

/** An access to one line, or to memory. */
interface Request {
  readonly write: Operand;
  readonly target: Target;
  readonly bytes: Operand;
  /** Local: cycles left of the slice; what the access takes is subtracted. */
  readonly left: number;
}

/** The locals of a request. */
type LocalRequest = Readonly<Record<'write' | 'address' | 'bytes' | 'left', number>>;

/** How a level is reached from above: writes the code of an access. */
type Port = (f: FunctionBuilder, request: Request) => void;

/** What belongs to one level. */
interface Level {
  readonly name: LevelName;
  readonly cache: CacheConfig;
  readonly code: LevelCode;
  readonly below: Port;
}

/** (write, address, bytes, cycles left) -> cycles left afterwards. */
const LEVEL_TYPE = { params: [I32, I32, I32, I32], results: [I32] } as const;
const LEVEL_REQUEST: Request = { write: local(0), target: { address: local(1) }, bytes: local(2), left: 3 };

class Hierarchy {
  private readonly scratch: number;

  constructor(
    private readonly config: MachineConfig,
    private readonly layout: MachineLayout,
    private readonly builder: ModuleBuilder,
    private readonly orders: number | undefined,
  ) {
    this.scratch = layout.stateBytes;
  }

  build(): { data: number; fetch: number; readMiss: number; writeMiss: number } {
    const { l3, l2 } = this.config;
    let below = this.dram();
    let lower: Level | null = null;
    for (const [name, cache] of [
      ['l3', l3],
      ['l2', l2],
    ] as const) {
      if (!cache) continue;
      lower = this.level(name, cache, below);
      below = this.lowerLevel(lower);
    }
    const data = this.dataPort(below);
    const fetch = this.fetchPort(below);
    const misses = hasMissEntries(this.config) ? this.missEntries(below, lower) : { readMiss: fetch, writeMiss: fetch };
    return { data, fetch, ...misses };
  }

  private level(name: LevelName, cache: CacheConfig, below: Port): Level {
    return { name, cache, below, code: levelCode(cache, this.layout[name] as LevelLayout, this.orders) };
  }

  // Counting.

  /** Adds to an event of a level. */
  private count(f: FunctionBuilder, level: LevelName, event: number, by = constant(1)): void {
    const at = this.scratch + SCRATCH.missEvents + eventOffset(level, event);
    f.i32(0).i32(0).load32(at);
    push(f, by);
    f.op(W.i32Add).store32(at);
  }

  /** Counts a read event, or the write event behind it. */
  private countEither(f: FunctionBuilder, level: LevelName, event: number, write: Operand): void {
    if ('constant' in write) {
      this.count(f, level, event + write.constant);
      return;
    }
    const at = this.scratch + SCRATCH.missEvents + eventOffset(level, event);
    const slot = f.local();
    f.get(write.local).i32(2).op(W.i32Shl).tee(slot);
    f.get(slot).load32(at).i32(1).op(W.i32Add).store32(at);
  }

  private take(f: FunctionBuilder, left: number, cycles: number): void {
    if (cycles !== 0) f.get(left).i32(cycles).op(W.i32Sub).set(left);
  }

  // DRAM

  private dram(): Port {
    const code = new DramCode(this.config, this.layout, this.scratch);
    const access = this.builder.add(code.access());
    return (f, { write, target, bytes, left }) => {
      this.ifWrite(
        f,
        write,
        () => code.count(f, DRAM_COUNT.writes),
        () => code.count(f, DRAM_COUNT.reads),
      );
      pushAddress(f, target);
      push(f, bytes);
      f.get(left).call(access).set(left);
    };
  }

  // Caches

  /** A level below L1: each access takes the hit time. A hit stands where the access is made, a miss is a call. */
  private lowerLevel(level: Level): Port {
    const { cache } = level;
    const miss = new FunctionBuilder(LEVEL_TYPE);
    this.miss(miss, level, LEVEL_REQUEST, level.code.lookup(miss, LEVEL_REQUEST.target));
    miss.get(LEVEL_REQUEST.left);
    const missIndex = this.builder.add(miss);
    return (f, request) => {
      this.take(f, request.left, cache.hitCycles);
      const at = level.code.lookup(f, request.target);
      f.get(at.found).if();
      this.hit(f, level, request, at);
      f.else();
      push(f, request.write);
      pushAddress(f, request.target);
      push(f, request.bytes);
      f.get(request.left).call(missIndex).set(request.left);
      f.end();
    };
  }

  /** One access to one line of L1. */
  private touch(f: FunctionBuilder, level: Level, request: Request): void {
    const at = level.code.lookup(f, request.target);
    f.get(at.found).if();
    this.hit(f, level, request, at);
    f.else();
    this.miss(f, level, request, at);
    f.end();
  }

  private hit(f: FunctionBuilder, level: Level, request: Request, at: Lookup): void {
    level.code.hit(f, at, this.marks(level, request));
    this.throughIf(f, level, request);
  }

  /** Whether the line becomes dirty. */
  private marks({ cache }: Level, { write }: Request): Operand {
    return cache.write === 'back' ? write : constant(0);
  }

  private miss(f: FunctionBuilder, level: Level, request: Request, at: Lookup): void {
    const { name, cache } = level;
    this.countEither(f, name, EVENT.readMisses, request.write);
    const fill = () => this.fill(f, level, request, at);
    if (cache.allocate) fill();
    else this.ifWrite(f, request.write, () => this.through(f, level, request), fill);
  }

  /** Brings a line in, and sends the victim down. */
  private fill(f: FunctionBuilder, level: Level, request: Request, at: Lookup): void {
    const { cache, code, below } = level;
    const { left } = request;
    const shift = Math.log2(cache.lineBytes);
    const victim = f.local();
    const bytes = constant(cache.lineBytes);
    below(f, { write: constant(0), target: { word: at.wanted, shift }, bytes, left });
    this.throughIf(f, level, request);
    code.insert(f, at, this.marks(level, request), victim);
    this.evict(f, level, victim, () => below(f, { write: constant(1), target: { word: victim, shift }, bytes, left }));
  }

  /** Counts what had to go: a local with its word, or EMPTY; `writeBack` is for a dirty line. */
  private evict(f: FunctionBuilder, { name, cache }: Level, victim: number, writeBack: () => void): void {
    const countEmpty = () => this.count(f, name, EVENT.emptyFills);
    if (cache.write === 'through') {
      f.get(victim).i32(EMPTY).op(W.i32Eq).if();
      countEmpty();
      f.end();
      return;
    }
    // Empty words have the bit of dirty ones set.
    f.get(victim).i32(1).op(W.i32And).if();
    f.get(victim).i32(EMPTY).op(W.i32Eq).if();
    countEmpty();
    f.else();
    writeBack();
    f.end();
    f.else();
    this.count(f, name, EVENT.cleanVictims);
    f.end();
  }

  /** Where writes go through: the write, if it is one, to the next level. */
  private throughIf(f: FunctionBuilder, level: Level, request: Request): void {
    if (level.cache.write === 'through') this.ifWrite(f, request.write, () => this.through(f, level, request));
  }

  private through(f: FunctionBuilder, { name, below }: Level, request: Request): void {
    this.count(f, name, EVENT.throughWrites);
    this.count(f, name, EVENT.throughBytes, request.bytes);
    below(f, { ...request, write: constant(1) });
  }

  private ifWrite(f: FunctionBuilder, write: Operand, then: () => void, otherwise?: () => void): void {
    if ('constant' in write) {
      (write.constant ? then : otherwise)?.();
      return;
    }
    f.get(write.local).if();
    then();
    if (otherwise) {
      f.else();
      otherwise();
    }
    f.end();
  }

  // Entries

  private dataPort(below: Port): number {
    const { l1d, l2, l3 } = this.config;
    if (l1d) {
      const level = this.level('l1d', l1d, below);
      return this.dataEntry(l1d, 1, (f, request) => this.touch(f, level, request));
    }
    return this.dataEntry(l2 ?? l3, 0, (f, request) => {
      this.countEither(f, 'l1d', EVENT.reads, request.write);
      below(f, request);
    });
  }

  /** The data entry; `one` accesses one line of `cache`, and the caller has counted so many lookups of an access. */
  private dataEntry(cache: CacheConfig | null, counted: 0 | 1, one: Port): number {
    const f = new FunctionBuilder(DATA_TYPE);
    const [address, info, left] = [0, 1, 2];
    const bytes = f.local();
    const write = f.local();
    f.get(info).i32(3).op(W.i32And).set(bytes);
    f.get(info).i32(2).op(W.i32ShrU).i32(1).op(W.i32And).set(write);
    if (cache) this.firstLine(f, cache, { write, address, bytes, left }, one, counted);
    one(f, { write: local(write), target: { address: local(address) }, bytes: local(bytes), left });
    f.get(left);
    return this.builder.add(f);
  }

  /**
   * If the access reaches into a second line, accesses the first by a call of its own, and leaves the rest in the locals of
   * `request`.
   */
  private firstLine(f: FunctionBuilder, cache: CacheConfig, request: LocalRequest, one: Port, counted: 0 | 1): void {
    const shift = Math.log2(cache.lineBytes);
    const { write, address, bytes, left } = request;
    const cut = f.local();
    f.get(address).get(bytes).op(W.i32Add).i32(1).op(W.i32Sub).i32(shift).op(W.i32ShrU).i32(shift).op(W.i32Shl);
    f.tee(cut).get(address).op(W.i32GtU).if();
    if (counted) this.countEither(f, 'l1d', EVENT.reads, local(write));
    f.get(write).get(address).get(cut).get(address).op(W.i32Sub).get(left).call(this.asFunction(one)).set(left);
    f.get(bytes).get(cut).get(address).op(W.i32Sub).op(W.i32Sub).set(bytes);
    f.get(cut).set(address);
    f.end();
  }

  private asFunction(one: Port): number {
    const f = new FunctionBuilder(LEVEL_TYPE);
    one(f, LEVEL_REQUEST);
    f.get(LEVEL_REQUEST.left);
    return this.builder.add(f);
  }

  /** Entries for misses of L1D that are known to be some, and lie within a line. */
  private missEntries(below: Port, lower: Level | null): { readMiss: number; writeMiss: number } {
    const l1d = this.level('l1d', this.config.l1d as CacheConfig, below);
    if (!lower) return { readMiss: this.plainMiss(l1d, 0), writeMiss: this.plainMiss(l1d, 1) };
    const lowerAccess = this.asFunction(below);
    return {
      readMiss: this.quickMiss(l1d, lower, lowerAccess, 0),
      writeMiss: this.quickMiss(l1d, lower, lowerAccess, 1),
    };
  }

  private plainMiss(level: Level, write: 0 | 1): number {
    const f = new FunctionBuilder(MISS_TYPE);
    const request = this.missRequest(level, write);
    this.miss(f, level, request, level.code.lookup(f, request.target));
    f.get(request.left);
    return this.builder.add(f);
  }

  private missRequest({ cache }: Level, write: 0 | 1) {
    const [word, left] = [0, 1];
    const target = { word, shift: Math.log2(cache.lineBytes) };
    // What is written is only asked for by levels that write through.
    return { write: constant(write), target, bytes: constant(0), left };
  }

  /**
   * Where the next level has the line, and the victim is clean, or lies there first and dirty already, nothing is called. All
   * else ends with a call, so that nothing has to be kept over one.
   */
  private quickMiss(level: Level, lower: Level, lowerAccess: number, write: 0 | 1): number {
    const plain = this.plainMiss(level, write);
    const f = new FunctionBuilder(MISS_TYPE);
    const { cache } = level;
    const request = this.missRequest(level, write);
    const { target, left } = request;
    const at = lower.code.lookup(f, target);
    f.get(at.found).op(W.i32Eqz).if();
    f.get(target.word).get(left).call(plain).op(W.return);
    f.end();
    this.take(f, left, lower.cache.hitCycles);
    lower.code.hit(f, at, constant(0));
    this.count(f, level.name, EVENT.readMisses + write);
    const victim = f.local();
    level.code.insert(f, level.code.lookup(f, target), constant(write), victim);
    this.evict(f, level, victim, () => {
      const evicted = { word: victim, shift: target.shift };
      if (lower.cache.write === 'back' && lower.code.isFirstAndDirty) {
        lower.code.isFirstAndDirty(f, evicted);
        f.if();
        f.get(left).i32(lower.cache.hitCycles).op(W.i32Sub).op(W.return);
        f.end();
      }
      f.i32(1);
      pushAddress(f, evicted);
      f.i32(cache.lineBytes).get(left).call(lowerAccess).op(W.return);
    });
    f.get(left);
    return this.builder.add(f);
  }

  private fetchPort(below: Port): number {
    const { l1i } = this.config;
    const f = new FunctionBuilder(FETCH_TYPE);
    const [pc, left] = [0, 1];
    const request = { write: constant(0), target: { address: local(pc) }, bytes: constant(2), left };
    // The caller asks only when another line is entered, and counts the words itself.
    if (!l1i || l1i.hitCycles > 1) this.count(f, 'l1i', EVENT.reads);
    if (l1i) {
      this.take(f, left, l1i.hitCycles - 1);
      this.touch(f, this.level('l1i', l1i, below), request);
    } else below(f, request);
    f.get(left);
    return this.builder.add(f);
  }
}
