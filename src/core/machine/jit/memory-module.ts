/**
 * The memory hierarchy as a WebAssembly module: what cache/level.ts, memory/dram.ts and memory/system.ts do for one configuration, on the
 * same words of the same memory, so that an access that misses never leaves translated code. Both can serve the same state in turn.
 *
 * Covers any number of levels with LRU, FIFO, PLRU or random replacement, both write policies, with and without write-allocate. An
 * exclusive level, one whose evictions reach into the levels above, SRRIP and prefetching are left to the plain model.
 */
import type { CacheConfig, MachineConfig } from '../../presets/machine';
import { canEvict } from '../cache/geometry';
import { treeWords } from '../cache/policies';
import { ACCOUNT, CORE, CORE_BASE, COUNT, DRAM_COUNT, layoutOf, type LevelLayout, type MachineLayout } from '../layout';
import { dramCycles } from '../memory/dram';
import { SCRATCH } from './scratch';
import { F64, FunctionBuilder, I32, ModuleBuilder, OP as W } from './wasm';

export const DATA_TYPE = { params: [I32, I32, I32], results: [I32] } as const;
export const FETCH_TYPE = { params: [I32, I32], results: [I32] } as const;

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

/** Exports `data` and `fetch` under the names that `names` gives: see AccessPlan.slow and MemorySystem.fetch. */
export function memoryModule(config: MachineConfig): {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly data: string;
  readonly fetch: string;
} {
  const builder = new ModuleBuilder([]);
  const layout = layoutOf(config);
  const hierarchy = new Hierarchy(config, layout, builder);
  const { data, fetch } = hierarchy.build();
  return { bytes: builder.encode(), data: `f${data}`, fetch: `f${fetch}` };
}

/** Indices of the functions by which a level is reached from above. */
interface Port {
  readonly read: number;
  readonly write: number;
}

const EMPTY = -1;
/** (address, bytes, cycles since the access began) -> those cycles afterwards. */
const PORT_TYPE = { params: [I32, I32, I32], results: [I32] } as const;
/** (line, write, address, bytes, cycles) -> cycles. */
const TOUCH_TYPE = { params: [I32, I32, I32, I32, I32], results: [I32] } as const;

class Hierarchy {
  private readonly scratch: number;

  constructor(
    private readonly config: MachineConfig,
    private readonly layout: MachineLayout,
    private readonly builder: ModuleBuilder,
  ) {
    this.scratch = layout.stateBytes;
  }

  build(): { data: number; fetch: number } {
    const { config, layout } = this;
    let below = this.dram();
    const add = (cache: CacheConfig | null, at: LevelLayout | null, account: number) => {
      if (cache && at) below = this.lowerLevel(cache, at, account, below);
    };
    add(config.l3, layout.l3, ACCOUNT.l3);
    add(config.l2, layout.l2, ACCOUNT.l2);
    return { data: this.dataPort(below), fetch: this.fetchPort(below) };
  }

  // What every function needs.

  private count(f: FunctionBuilder, counts: number, index: number, by = 1): void {
    f.i32(0)
      .i32(0)
      .loadF64(counts + 8 * index)
      .f64(by)
      .op(W.f64Add)
      .storeF64(counts + 8 * index);
  }

  /** Books as many cycles as the local holds, and adds them to `stall`. */
  private book(f: FunctionBuilder, account: number, cycles: number, stall: number): void {
    f.get(stall).get(cycles).op(W.i32Add).set(stall);
    const at = CORE_BASE + CORE.ledger + 8 * account;
    f.i32(0).i32(0).loadF64(at).get(cycles).op(W.f64ConvertI32S).op(W.f64Add).storeF64(at);
  }

  private bookConstant(f: FunctionBuilder, account: number, cycles: number, stall: number): void {
    if (cycles === 0) return;
    f.get(stall).i32(cycles).op(W.i32Add).set(stall);
    const at = CORE_BASE + CORE.ledger + 8 * account;
    f.i32(0).i32(0).loadF64(at).f64(cycles).op(W.f64Add).storeF64(at);
  }

  // DRAM

  private dram(): Port {
    const access = this.builder.add(this.dramAccess());
    const port = (which: number) => {
      const f = new FunctionBuilder(PORT_TYPE);
      this.count(f, (this.layout.dram as NonNullable<MachineLayout['dram']>).counts, which);
      f.get(0).get(1).get(2).call(access);
      return this.builder.add(f);
    };
    return { read: port(DRAM_COUNT.reads), write: port(DRAM_COUNT.writes) };
  }

  private dramAccess(): FunctionBuilder {
    const dram = this.config.dram as NonNullable<MachineConfig['dram']>;
    const at = this.layout.dram as NonNullable<MachineLayout['dram']>;
    const cycles = dramCycles(dram, this.config.cyclePs);
    const f = new FunctionBuilder(PORT_TYPE);
    const [address, bytes, stall] = [0, 1, 2];
    const took = f.local();
    const row = f.local();
    const slot = f.local();
    const open = f.local();
    this.refresh(f, took, stall);
    f.get(address)
      .i32(Math.log2(dram.rowBytes))
      .op(W.i32ShrU)
      .tee(row)
      .i32(dram.banks - 1)
      .op(W.i32And)
      .i32(2)
      .op(W.i32Shl)
      .tee(slot)
      .load32(at.rows)
      .tee(open)
      .get(row)
      .op(W.i32Eq)
      .if();
    const outcome = (which: number, by: number) => {
      this.count(f, at.counts, which);
      f.get(took).i32(by).op(W.i32Add).set(took);
    };
    outcome(DRAM_COUNT.rowHits, cycles.hit);
    f.else();
    f.get(open).i32(0).op(W.i32LtS).if();
    outcome(DRAM_COUNT.rowMisses, cycles.closed);
    f.else();
    outcome(DRAM_COUNT.rowConflicts, cycles.conflict);
    f.end();
    f.get(slot).get(row).store32(at.rows);
    f.end();
    // Further bursts: (ceil(bytes / burst) - 1) of them.
    const burst = dram.burstLength * dram.busBytes;
    f.get(took)
      .get(bytes)
      .i32(burst - 1)
      .op(W.i32Add)
      .i32(burst)
      .op(W.i32DivU)
      .i32(1)
      .op(W.i32Sub)
      .i32(cycles.burst)
      .op(W.i32Mul)
      .op(W.i32Add)
      .set(took);
    this.book(f, ACCOUNT.ram, took, stall);
    f.get(stall);
    return f;
  }

  /** Catches up with the refreshes that fell due; the wait for the end of the last goes to `took`. */
  private refresh(f: FunctionBuilder, took: number, stall: number): void {
    const dram = this.config.dram as NonNullable<MachineConfig['dram']>;
    const at = this.layout.dram as NonNullable<MachineLayout['dram']>;
    const { refresh, refreshInterval } = dramCycles(dram, this.config.cyclePs);
    const now = f.local(F64);
    const due = f.local(F64);
    const wait = f.local(F64);
    f.i32(0)
      .loadF64(this.scratch + SCRATCH.accessStart)
      .get(stall)
      .op(W.f64ConvertI32S)
      .op(W.f64Add)
      .tee(now)
      .f64(refreshInterval)
      .op(W.f64Div)
      .op(W.f64Floor)
      .set(due);
    f.get(due).i32(0).loadF64(at.lastRefresh).op(W.f64Gt).if();
    f.i32(0)
      .i32(0)
      .loadF64(at.counts + 8 * DRAM_COUNT.refreshes)
      .get(due)
      .op(W.f64Add)
      .i32(0)
      .loadF64(at.lastRefresh)
      .op(W.f64Sub)
      .storeF64(at.counts + 8 * DRAM_COUNT.refreshes);
    f.i32(0).get(due).storeF64(at.lastRefresh);
    for (let bank = 0; bank < dram.banks; bank++)
      f.i32(0)
        .i32(-1)
        .store32(at.rows + 4 * bank);
    f.end();
    f.get(due).f64(0).op(W.f64Gt).if();
    f.get(due)
      .f64(refreshInterval)
      .op(W.f64Mul)
      .f64(refresh)
      .op(W.f64Add)
      .get(now)
      .op(W.f64Sub)
      .tee(wait)
      .f64(0)
      .op(W.f64Gt)
      .if();
    f.get(wait).op(W.i32TruncF64S).set(took);
    f.end();
    f.end();
  }

  // Caches

  /** A level below L1: each access takes the hit time. */
  private lowerLevel(cache: CacheConfig, at: LevelLayout, account: number, below: Port): Port {
    const touch = this.touch(cache, at, below);
    const port = (write: boolean) => {
      const f = new FunctionBuilder(PORT_TYPE);
      this.bookConstant(f, account, cache.hitCycles, 2);
      f.get(0)
        .i32(Math.log2(cache.lineBytes))
        .op(W.i32ShrU)
        .i32(write ? 1 : 0)
        .get(0)
        .get(1)
        .get(2)
        .call(touch);
      return this.builder.add(f);
    };
    return { read: port(false), write: port(true) };
  }

  /** One access to one line: (line, write, address, bytes). */
  private touch(cache: CacheConfig, at: LevelLayout, below: Port): number {
    const level = new LevelCode(cache, at);
    const f = new FunctionBuilder(TOUCH_TYPE);
    const [line, write, address, bytes, stall] = [0, 1, 2, 3, 4];
    const base = f.local();
    const found = f.local();
    f.get(write).if();
    this.count(f, at.counts, COUNT.writes);
    f.else();
    this.count(f, at.counts, COUNT.reads);
    f.end();
    level.setBase(f, line, base);
    level.find(f, line, base, found);
    const through = () => {
      f.i32(0)
        .i32(0)
        .loadF64(at.counts + 8 * COUNT.bytesToNext)
        .get(bytes)
        .op(W.f64ConvertI32S)
        .op(W.f64Add)
        .storeF64(at.counts + 8 * COUNT.bytesToNext);
      f.get(address).get(bytes).get(stall).call(below.write).set(stall);
    };
    f.get(found).if();
    level.hit(f, line, base, found, cache.write === 'back' ? write : -1);
    if (cache.write === 'through') {
      f.get(write).if();
      through();
      f.end();
    }
    f.get(stall).op(W.return);
    f.end();
    f.get(write).if();
    this.count(f, at.counts, COUNT.writeMisses);
    if (!cache.allocate) {
      through();
      f.get(stall).op(W.return);
    }
    f.else();
    this.count(f, at.counts, COUNT.readMisses);
    f.end();
    this.count(f, at.counts, COUNT.bytesFromNext, cache.lineBytes);
    const shift = Math.log2(cache.lineBytes);
    f.get(line).i32(shift).op(W.i32Shl).i32(cache.lineBytes).get(stall).call(below.read).set(stall);
    if (cache.write === 'through') {
      f.get(write).if();
      through();
      f.end();
    }
    const victim = f.local();
    level.insert(f, line, base, victim, cache.write === 'back' ? write : -1);
    f.get(victim).i32(EMPTY).op(W.i32Ne).if();
    this.count(f, at.counts, COUNT.evictions);
    f.get(victim).i32(1).op(W.i32And).if();
    this.count(f, at.counts, COUNT.writebacks);
    this.count(f, at.counts, COUNT.bytesToNext, cache.lineBytes);
    f.get(victim)
      .i32(1)
      .op(W.i32ShrU)
      .i32(shift)
      .op(W.i32Shl)
      .i32(cache.lineBytes)
      .get(stall)
      .call(below.write)
      .set(stall);
    f.end();
    f.end();
    f.get(stall);
    return this.builder.add(f);
  }

  // Entries

  /** Sets the clock: sliceEnd - left, nothing stalled. */
  private begin(f: FunctionBuilder, left: number): void {
    const { scratch } = this;
    f.i32(0)
      .i32(0)
      .loadF64(scratch + SCRATCH.sliceEnd)
      .get(left)
      .op(W.f64ConvertI32S)
      .op(W.f64Sub)
      .storeF64(scratch + SCRATCH.accessStart);
  }

  private dataPort(below: Port): number {
    const { l1d } = this.config;
    const f = new FunctionBuilder(DATA_TYPE);
    const [address, info, left] = [0, 1, 2];
    const bytes = f.local();
    const write = f.local();
    f.get(info).i32(3).op(W.i32And).set(bytes);
    f.get(info).i32(2).op(W.i32ShrU).i32(1).op(W.i32And).set(write);
    this.begin(f, left);
    if (l1d && this.layout.l1d)
      this.dataLines(f, l1d, this.touch(l1d, this.layout.l1d, below), { address, bytes, write });
    else {
      f.get(write).if(I32);
      f.get(address).get(bytes).i32(0).call(below.write);
      f.else();
      f.get(address).get(bytes).i32(0).call(below.read);
      f.end();
    }
    return this.builder.add(f);
  }

  /** One or two lines of L1D. */
  private dataLines(
    f: FunctionBuilder,
    l1d: CacheConfig,
    touch: number,
    { address, bytes, write }: { readonly address: number; readonly bytes: number; readonly write: number },
  ): void {
    const shift = Math.log2(l1d.lineBytes);
    const line = f.local();
    const last = f.local();
    f.get(address).i32(shift).op(W.i32ShrU).set(line);
    f.get(address).get(bytes).op(W.i32Add).i32(1).op(W.i32Sub).i32(shift).op(W.i32ShrU).set(last);
    f.get(line).get(last).op(W.i32Eq).if(I32);
    f.get(line).get(write).get(address).get(bytes).i32(0).call(touch);
    f.else();
    const end = () => f.get(last).i32(shift).op(W.i32Shl);
    const stall = f.local();
    f.get(line).get(write).get(address);
    end();
    f.get(address).op(W.i32Sub).i32(0).call(touch).set(stall);
    f.get(last).get(write);
    end();
    f.get(address).get(bytes).op(W.i32Add);
    end();
    f.op(W.i32Sub).get(stall).call(touch);
    f.end();
  }

  private fetchPort(below: Port): number {
    const { l1i } = this.config;
    const f = new FunctionBuilder(FETCH_TYPE);
    const [pc, left] = [0, 1];
    const stall = f.local();
    this.begin(f, left);
    if (l1i && this.layout.l1i) {
      // The caller asks only when another line is entered, and counts the words itself.
      this.bookConstant(f, ACCOUNT.l1i, l1i.hitCycles - 1, stall);
      this.count(f, this.layout.l1i.counts, COUNT.reads, -1);
      const shift = Math.log2(l1i.lineBytes);
      const touch = this.touch(l1i, this.layout.l1i, below);
      f.get(pc).i32(shift).op(W.i32ShrU).i32(0).get(pc).i32(2).get(stall).call(touch);
    } else f.get(pc).i32(2).get(stall).call(below.read);
    return this.builder.add(f);
  }
}

/** The words of one level: finding a line, and what the replacement policy does on a hit and on a miss. Words are line * 2 + dirty. */
class LevelCode {
  private readonly sets: number;

  constructor(
    private readonly cache: CacheConfig,
    private readonly at: LevelLayout,
  ) {
    this.sets = cache.sizeBytes / cache.lineBytes / cache.ways;
  }

  /** Byte offset of the line's set. */
  setBase(f: FunctionBuilder, line: number, base: number): void {
    f.get(line)
      .i32(this.sets - 1)
      .op(W.i32And)
      .i32(this.cache.ways * 4)
      .op(W.i32Mul)
      .set(base);
  }

  /** `found`: byte offset of the line's word + 1, 0 when it is not there. */
  find(f: FunctionBuilder, line: number, base: number, found: number): void {
    const { ways } = this.cache;
    const wanted = f.local();
    f.get(line).i32(1).op(W.i32Shl).i32(1).op(W.i32Or).set(wanted);
    if (ways <= FEW_WAYS) {
      // Without branches: which way holds a line cannot be predicted.
      f.i32(0).set(found);
      for (let way = ways - 1; way >= 0; way--)
        f.get(base)
          .i32(4 * way + 1)
          .op(W.i32Add)
          .get(found)
          .get(base)
          .load32(this.at.words + 4 * way)
          .i32(1)
          .op(W.i32Or)
          .get(wanted)
          .op(W.i32Eq)
          .op(W.select)
          .set(found);
      return;
    }
    const at = f.local();
    const end = f.local();
    f.get(base).set(at);
    f.get(base)
      .i32(4 * ways)
      .op(W.i32Add)
      .set(end);
    f.i32(0).set(found);
    f.block(OUT).loop(AGAIN);
    f.get(at).load32(this.at.words).i32(1).op(W.i32Or).get(wanted).op(W.i32Eq).if();
    f.get(at).i32(1).op(W.i32Add).set(found).br(OUT);
    f.end();
    f.get(at).i32(4).op(W.i32Add).tee(at).get(end).op(W.i32LtU).brIf(AGAIN);
    f.end().end();
  }

  /** `write` is a local that says whether the word becomes dirty, -1 when it never does. */
  hit(f: FunctionBuilder, line: number, base: number, found: number, write: number): void {
    const at = f.local();
    const word = f.local();
    f.get(found).i32(1).op(W.i32Sub).tee(at).load32(this.at.words).set(word);
    if (write >= 0) f.get(word).get(write).op(W.i32Or).set(word);
    switch (this.cache.policy) {
      case 'lru':
        this.shiftDown(f, base, at);
        f.get(base).get(word).store32(this.at.words);
        break;
      case 'plru':
        f.get(at).get(word).store32(this.at.words);
        this.plruTouch(f, line, base, at);
        break;
      default:
        f.get(at).get(word).store32(this.at.words);
    }
  }

  /** Puts the line in; `victim` gets the word that had to go, or EMPTY. */
  insert(f: FunctionBuilder, line: number, base: number, victim: number, write: number): void {
    const { policy, ways } = this.cache;
    const { words } = this.at;
    const at = f.local();
    const word = () => {
      f.get(line).i32(1).op(W.i32Shl);
      if (write >= 0) f.get(write).op(W.i32Or);
    };
    if (policy === 'lru' || policy === 'fifo') {
      f.get(base)
        .i32(4 * (ways - 1))
        .op(W.i32Add)
        .tee(at)
        .load32(words)
        .set(victim);
      this.shiftDown(f, base, at);
      f.get(base);
      word();
      f.store32(words);
      return;
    }
    this.chooseWay(f, line, base, at);
    f.get(at).load32(words).set(victim);
    f.get(at);
    word();
    f.store32(words);
    if (policy === 'plru') this.plruTouch(f, line, base, at);
  }

  /** Words from `base` to before `at` move one place on. */
  private shiftDown(f: FunctionBuilder, base: number, at: number): void {
    const { words } = this.at;
    const { ways } = this.cache;
    if (ways <= FEW_WAYS) {
      const held = Array.from({ length: ways }, () => f.local());
      held.forEach((local, way) =>
        f
          .get(base)
          .load32(words + 4 * way)
          .set(local),
      );
      for (let way = 1; way < ways; way++)
        f.get(base)
          .get(held[way - 1] as number)
          .get(held[way] as number)
          .get(at)
          .get(base)
          .op(W.i32Sub)
          .i32(4 * way)
          .op(W.i32GeU)
          .op(W.select)
          .store32(words + 4 * way);
      return;
    }
    const to = f.local();
    f.get(at).set(to);
    f.block(OUT).loop(AGAIN);
    f.get(to).get(base).op(W.i32LeU).brIf(OUT);
    f.get(to).get(to).i32(4).op(W.i32Sub).load32(words).store32(words);
    f.get(to).i32(4).op(W.i32Sub).set(to).br(AGAIN);
    f.end().end();
  }

  /** `at`: the lowest empty way, or the policy's choice. */
  private chooseWay(f: FunctionBuilder, line: number, base: number, at: number): void {
    const { policy, ways } = this.cache;
    const end = f.local();
    f.get(base).set(at);
    f.get(base)
      .i32(4 * ways)
      .op(W.i32Add)
      .set(end);
    f.block(OUT).loop(AGAIN);
    f.get(at).load32(this.at.words).i32(EMPTY).op(W.i32Eq).brIf(OUT);
    f.get(at).i32(4).op(W.i32Add).tee(at).get(end).op(W.i32LtU).brIf(AGAIN);
    f.end();
    if (policy === 'plru') this.plruVictim(f, line, base, at);
    else this.randomVictim(f, base, at);
    f.end();
  }

  /** Marsaglia's xorshift32, as in cache/policies.ts. */
  private randomVictim(f: FunctionBuilder, base: number, at: number): void {
    const x = f.local();
    f.i32(0).load32(this.at.meta).set(x);
    const mix = (shift: number, by: number) => f.get(x).get(x).i32(by).op(shift).op(W.i32Xor).set(x);
    mix(W.i32Shl, 13);
    mix(W.i32ShrU, 17);
    mix(W.i32Shl, 5);
    f.i32(0).get(x).store32(this.at.meta);
    f.get(x).i32(this.cache.ways).op(W.i32RemU).i32(2).op(W.i32Shl).get(base).op(W.i32Add).set(at);
  }

  /** Byte offset, from the start of meta, of the first word of the set's tree. */
  private tree(f: FunctionBuilder, line: number, tree: number): void {
    f.get(line)
      .i32(this.sets - 1)
      .op(W.i32And)
      .i32(4 * treeWords(this.cache.ways))
      .op(W.i32Mul)
      .set(tree);
  }

  /** Byte offset of the word that holds a node, into `word`; the node's bit, into `bit`. */
  private node(f: FunctionBuilder, tree: number, node: number, word: number, bit: number): void {
    f.get(tree).get(node).i32(5).op(W.i32ShrU).i32(2).op(W.i32Shl).op(W.i32Add).set(word);
    f.i32(1).get(node).i32(31).op(W.i32And).op(W.i32Shl).set(bit);
  }

  private plruTouch(f: FunctionBuilder, line: number, base: number, at: number): void {
    const { meta } = this.at;
    const tree = f.local();
    const way = f.local();
    const node = f.local();
    const word = f.local();
    const bit = f.local();
    const right = f.local();
    this.tree(f, line, tree);
    f.get(at).get(base).op(W.i32Sub).i32(2).op(W.i32ShrU).set(way);
    f.i32(1).set(node);
    for (let half = this.cache.ways >> 1; half > 0; half >>= 1) {
      this.node(f, tree, node, word, bit);
      f.get(way).i32(half).op(W.i32And).i32(0).op(W.i32Ne).tee(right).if();
      f.get(word).get(word).load32(meta).get(bit).i32(-1).op(W.i32Xor).op(W.i32And).store32(meta);
      f.else();
      f.get(word).get(word).load32(meta).get(bit).op(W.i32Or).store32(meta);
      f.end();
      f.get(node).i32(1).op(W.i32Shl).get(right).op(W.i32Or).set(node);
    }
  }

  private plruVictim(f: FunctionBuilder, line: number, base: number, at: number): void {
    const tree = f.local();
    const node = f.local();
    const word = f.local();
    const bit = f.local();
    this.tree(f, line, tree);
    f.i32(1).set(node);
    for (let way = 1; way < this.cache.ways; way *= 2) {
      this.node(f, tree, node, word, bit);
      f.get(node).i32(1).op(W.i32Shl);
      f.get(word).load32(this.at.meta).get(bit).op(W.i32And).i32(0).op(W.i32Ne).op(W.i32Or).set(node);
    }
    f.get(node).i32(this.cache.ways).op(W.i32Sub).i32(2).op(W.i32Shl).get(base).op(W.i32Add).set(at);
  }
}

/** Up to here a set is handled without loops. */
const FEW_WAYS = 4;

const OUT = 1;
const AGAIN = 2;
