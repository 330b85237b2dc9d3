/**
 * The words of one cache level as WebAssembly: looking a line up, and what the replacement policy does on a hit and on a miss. They are
 * the words of layout.ts, and what happens to them is what cache/level.ts does.
 */
import type { CacheConfig } from '../../presets/machine';
import { treeWords } from '../cache/policies';
import type { LevelLayout } from '../layout';
import { OP as W, V128, VECTOR_OP as V, type FunctionBuilder } from './wasm';

/** Something that is pushed: a local, or known while writing the code. */
export type Operand = { readonly local: number } | { readonly constant: number };

export const local = (index: number): Operand => ({ local: index });
export const constant = (value: number): Operand => ({ constant: value });

export function push(f: FunctionBuilder, operand: Operand): void {
  if ('local' in operand) f.get(operand.local);
  else f.i32(operand.constant);
}

/** An empty word. Its lowest bit is set, as that of a dirty one. */
export const EMPTY = -1;

/**
 * Where an access goes: an address, or the dirty word of a line of 1 << `shift` bytes, in a local. Between levels with lines of one
 * size a word is looked up as it is.
 */
export type Target = { readonly address: Operand } | { readonly word: number; readonly shift: number };

export function pushAddress(f: FunctionBuilder, target: Target): void {
  if ('address' in target) push(f, target.address);
  else f.get(target.word).i32(1).op(W.i32ShrU).i32(target.shift).op(W.i32Shl);
}

/** The dirty word of the target's line in a cache, pushed. */
function pushDirtyWord(f: FunctionBuilder, target: Target, { lineBytes }: CacheConfig): void {
  const shift = Math.log2(lineBytes);
  if ('address' in target) {
    push(f, target.address);
    shiftDown(f, shift - 1);
  } else {
    f.get(target.word);
    if (target.shift === shift) return;
    shiftDown(f, shift - target.shift);
  }
  f.i32(1).op(W.i32Or);
}

/** Shifts what is pushed by `by` bits to the right, to the left if it is negative. */
export function shiftDown(f: FunctionBuilder, by: number): void {
  if (by !== 0) f.i32(Math.abs(by)).op(by > 0 ? W.i32ShrU : W.i32Shl);
}

/** A line's word, from its dirty one. */
function pushWord(f: FunctionBuilder, dirtyWord: number, marks: Operand): void {
  f.get(dirtyWord);
  if ('constant' in marks && marks.constant === 1) return;
  f.i32(1).op(W.i32Xor);
  if ('constant' in marks) return;
  push(f, marks);
  f.op(W.i32Or);
}

/** What is known about a line after `lookup`, in locals; a line's code between `lookup` and `insert` must not touch the level. */
export interface Lookup {
  /** Local: the line's dirty word. */
  readonly wanted: number;
  /** Local: not 0 when the line is there. */
  readonly found: number;
}

/** Writes the code for one level. `marks` tells whether the word becomes dirty, as 0 or 1. */
export interface LevelCode<L extends Lookup = Lookup> {
  lookup(f: FunctionBuilder, target: Target): L;
  hit(f: FunctionBuilder, at: L, marks: Operand): void;
  /** Puts the line in; the local `victim` gets the word that had to go, or EMPTY. */
  insert(f: FunctionBuilder, at: L, marks: Operand, victim: number): void;
  /** Pushes whether the line is one that a write changes nothing of; undefined where that is not quickly seen. */
  isFirstAndDirty?(f: FunctionBuilder, target: Target): void;
}

/** `orders` is the byte offset of moveToFrontOrders(), undefined where the host has no vectors. */
export function levelCode(cache: CacheConfig, at: LevelLayout, orders: number | undefined): LevelCode {
  if (cache.policy !== 'lru' || cache.ways > FEW_WAYS) return new AnyLevel(cache, at);
  return cache.ways === 4 && orders !== undefined ? new FourWaysLru(cache, at, orders) : new FewWaysLru(cache, at);
}

/** Up to here a set is handled without loops. */
const FEW_WAYS = 4;

/** Number of the line's set times `scale`, pushed. */
function pushSet(
  f: FunctionBuilder,
  { sizeBytes, lineBytes, ways }: CacheConfig,
  wanted: number,
  scale = 4 * ways,
): void {
  const mask = sizeBytes / lineBytes / ways - 1;
  const shift = Math.log2(scale) - 1;
  f.get(wanted);
  if (Number.isInteger(shift))
    f.i32(shift)
      .op(W.i32Shl)
      .i32(mask * scale)
      .op(W.i32And);
  else f.i32(1).op(W.i32ShrU).i32(mask).op(W.i32And).i32(scale).op(W.i32Mul);
}

/** Pushes whether the target's line is the first of its set, and dirty. */
function pushIsFirstAndDirty(f: FunctionBuilder, target: Target, cache: CacheConfig, at: LevelLayout): void {
  const wanted = f.local();
  pushDirtyWord(f, target, cache);
  f.set(wanted);
  pushSet(f, cache, wanted);
  f.load32(at.words).get(wanted).op(W.i32Eq);
}

interface FourWaysLookup extends Lookup {
  /** Locals: byte offset of the set; its words as one vector; ones where the line is. `found` has the bit of the way. */
  readonly base: number;
  readonly words: number;
  readonly equal: number;
}

/** Four ways in order of use as one vector of 128 bits. */
class FourWaysLru implements LevelCode<FourWaysLookup> {
  constructor(
    private readonly cache: CacheConfig,
    private readonly at: LevelLayout,
    private readonly orders: number,
  ) {}

  lookup(f: FunctionBuilder, target: Target): FourWaysLookup {
    const wanted = f.local();
    const base = f.local();
    const words = f.local(V128);
    const equal = f.local(V128);
    const found = f.local();
    pushDirtyWord(f, target, this.cache);
    f.set(wanted);
    pushSet(f, this.cache, wanted);
    f.tee(base).load128(this.at.words).tee(words).i32(1).vector(V.i32x4ShrU);
    f.get(wanted).i32(1).op(W.i32ShrU).vector(V.i32x4Splat);
    f.vector(V.i32x4Eq).tee(equal).vector(V.i32x4Bitmask).set(found);
    return { wanted, base, words, equal, found };
  }

  hit(f: FunctionBuilder, { base, words, equal, found }: FourWaysLookup, marks: Operand): void {
    f.get(base);
    f.get(words);
    if (!('constant' in marks)) {
      f.get(equal);
      push(f, marks);
      f.vector(V.i32x4Splat).vector(V.and).vector(V.or);
    } else if (marks.constant === 1) f.get(equal).i32(31).vector(V.i32x4ShrU).vector(V.or);
    f.get(found).i32(4).op(W.i32Shl).load128(this.orders).vector(V.i8x16Swizzle).store128(this.at.words);
  }

  isFirstAndDirty(f: FunctionBuilder, target: Target): void {
    pushIsFirstAndDirty(f, target, this.cache, this.at);
  }

  insert(f: FunctionBuilder, { wanted, base, words }: FourWaysLookup, marks: Operand, victim: number): void {
    f.get(base);
    f.get(words)
      .get(words)
      .vector(V.i8x16Shuffle, ...lanes([0, 0, 1, 2]));
    pushWord(f, wanted, marks);
    f.vector(V.i32x4ReplaceLane, 0).store128(this.at.words);
    f.get(words).vector(V.i32x4ExtractLane, 3).set(victim);
  }
}

/** The bytes of 32-bit lanes in this order. */
const lanes = (order: readonly number[]): number[] => order.flatMap((lane) => [0, 1, 2, 3].map((n) => 4 * lane + n));

export const ORDERS_BYTES = 16 * 9;

/** For the bit of a way: the order of bytes that puts this of four words first, 16 bytes at 16 times the bit. */
export function moveToFrontOrders(): Uint8Array {
  const bytes = new Uint8Array(ORDERS_BYTES);
  for (let way = 0; way < 4; way++)
    bytes.set(lanes([way, ...[0, 1, 2, 3].filter((other) => other !== way)]), 16 << way);
  return bytes;
}

interface FewWaysLookup extends Lookup {
  /** Locals: byte offset of the set; its words; whether the line is in this way or one before it. */
  readonly base: number;
  readonly words: readonly number[];
  readonly upTo: readonly number[];
  /** Local: 1 when the line is there and dirty. */
  readonly dirty: number;
}

/** A few ways in order of use. Without branches, because which way holds a line cannot be predicted. */
class FewWaysLru implements LevelCode<FewWaysLookup> {
  constructor(
    private readonly cache: CacheConfig,
    private readonly at: LevelLayout,
  ) {}

  lookup(f: FunctionBuilder, target: Target): FewWaysLookup {
    const base = f.local();
    const wanted = f.local();
    const equal = f.local();
    const dirty = f.local();
    const words = this.ways(() => f.local());
    const upTo = this.ways(() => f.local());
    pushDirtyWord(f, target, this.cache);
    f.set(wanted);
    pushSet(f, this.cache, wanted);
    f.set(base);
    words.forEach((word, way) => {
      f.get(base)
        .load32(this.at.words + 4 * way)
        .tee(word);
      f.i32(1).op(W.i32Or).get(wanted).op(W.i32Eq).tee(equal);
      if (way > 0) f.get(upTo[way - 1] as number).op(W.i32Or);
      f.set(upTo[way] as number);
      f.get(word).get(equal).op(W.i32And);
      if (way > 0) f.get(dirty).op(W.i32Or);
      f.set(dirty);
    });
    return { wanted, base, words, upTo, dirty, found: upTo[words.length - 1] as number };
  }

  hit(f: FunctionBuilder, { wanted, base, words, upTo, dirty }: FewWaysLookup, marks: Operand): void {
    f.get(base);
    pushWord(f, wanted, marks);
    f.get(dirty).op(W.i32Or).store32(this.at.words);
    for (let way = 1; way < words.length; way++)
      f.get(base)
        .get(words[way] as number)
        .get(words[way - 1] as number)
        .get(upTo[way - 1] as number)
        .op(W.select)
        .store32(this.at.words + 4 * way);
  }

  isFirstAndDirty(f: FunctionBuilder, target: Target): void {
    pushIsFirstAndDirty(f, target, this.cache, this.at);
  }

  insert(f: FunctionBuilder, { wanted, base, words }: FewWaysLookup, marks: Operand, victim: number): void {
    f.get(base);
    pushWord(f, wanted, marks);
    f.store32(this.at.words);
    for (let way = 1; way < words.length; way++)
      f.get(base)
        .get(words[way - 1] as number)
        .store32(this.at.words + 4 * way);
    f.get(words[words.length - 1] as number).set(victim);
  }

  private ways(make: () => number): number[] {
    return Array.from({ length: this.cache.ways }, make);
  }
}

interface AnyLookup extends Lookup {
  /** Local: byte offset of the set. `found` is the byte offset of the line's word + 1. */
  readonly base: number;
}

/** Any policy and number of ways, with loops. */
class AnyLevel implements LevelCode<AnyLookup> {
  constructor(
    private readonly cache: CacheConfig,
    private readonly at: LevelLayout,
  ) {}

  lookup(f: FunctionBuilder, target: Target): AnyLookup {
    const base = f.local();
    const found = f.local();
    const wanted = f.local();
    const at = f.local();
    const end = f.local();
    pushDirtyWord(f, target, this.cache);
    f.set(wanted);
    pushSet(f, this.cache, wanted);
    f.set(base);
    this.startWays(f, base, at, end);
    f.i32(0).set(found);
    f.block(OUT).loop(AGAIN);
    f.get(at).load32(this.at.words).i32(1).op(W.i32Or).get(wanted).op(W.i32Eq).if();
    f.get(at).i32(1).op(W.i32Add).set(found).br(OUT);
    f.end();
    f.get(at).i32(4).op(W.i32Add).tee(at).get(end).op(W.i32LtU).brIf(AGAIN);
    f.end().end();
    return { wanted, base, found };
  }

  hit(f: FunctionBuilder, { wanted, base, found }: AnyLookup, marks: Operand): void {
    const at = f.local();
    const word = f.local();
    f.get(found).i32(1).op(W.i32Sub).tee(at).load32(this.at.words);
    push(f, marks);
    f.op(W.i32Or).set(word);
    if (this.cache.policy === 'lru') {
      this.moveDown(f, base, at);
      f.get(base).get(word).store32(this.at.words);
      return;
    }
    f.get(at).get(word).store32(this.at.words);
    if (this.cache.policy === 'plru') this.plruTouch(f, wanted, base, at);
  }

  insert(f: FunctionBuilder, { wanted, base }: AnyLookup, marks: Operand, victim: number): void {
    const { policy, ways } = this.cache;
    const { words } = this.at;
    const at = f.local();
    const isOrdered = policy === 'lru' || policy === 'fifo';
    if (isOrdered)
      f.get(base)
        .i32(4 * (ways - 1))
        .op(W.i32Add)
        .set(at);
    else this.chooseWay(f, wanted, base, at);
    f.get(at).load32(words).set(victim);
    if (isOrdered) this.moveDown(f, base, at);
    f.get(isOrdered ? base : at);
    pushWord(f, wanted, marks);
    f.store32(words);
    if (policy === 'plru') this.plruTouch(f, wanted, base, at);
  }

  /** `at` to the first way of a set, `end` behind its last. */
  private startWays(f: FunctionBuilder, base: number, at: number, end: number): void {
    f.get(base)
      .tee(at)
      .i32(4 * this.cache.ways)
      .op(W.i32Add)
      .set(end);
  }

  /** Words from `base` to before `at` move one place on. */
  private moveDown(f: FunctionBuilder, base: number, at: number): void {
    const { words } = this.at;
    const to = f.local();
    f.get(at).set(to);
    f.block(OUT).loop(AGAIN);
    f.get(to).get(base).op(W.i32LeU).brIf(OUT);
    f.get(to).get(to).i32(4).op(W.i32Sub).load32(words).store32(words);
    f.get(to).i32(4).op(W.i32Sub).set(to).br(AGAIN);
    f.end().end();
  }

  /** `at`: the lowest empty way, or the policy's choice. */
  private chooseWay(f: FunctionBuilder, wanted: number, base: number, at: number): void {
    const { policy } = this.cache;
    const end = f.local();
    this.startWays(f, base, at, end);
    f.block(OUT).loop(AGAIN);
    f.get(at).load32(this.at.words).i32(EMPTY).op(W.i32Eq).brIf(OUT);
    f.get(at).i32(4).op(W.i32Add).tee(at).get(end).op(W.i32LtU).brIf(AGAIN);
    f.end();
    if (policy === 'plru') this.plruVictim(f, wanted, base, at);
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
  private tree(f: FunctionBuilder, wanted: number, tree: number): void {
    pushSet(f, this.cache, wanted, 4 * treeWords(this.cache.ways));
    f.set(tree);
  }

  /** Byte offset of the word that holds a node, into `word`; the node's bit, into `bit`. */
  private node(f: FunctionBuilder, tree: number, node: number, word: number, bit: number): void {
    f.get(tree).get(node).i32(5).op(W.i32ShrU).i32(2).op(W.i32Shl).op(W.i32Add).set(word);
    f.i32(1).get(node).i32(31).op(W.i32And).op(W.i32Shl).set(bit);
  }

  private plruTouch(f: FunctionBuilder, wanted: number, base: number, at: number): void {
    const { meta } = this.at;
    const tree = f.local();
    const way = f.local();
    const node = f.local();
    const word = f.local();
    const bit = f.local();
    const right = f.local();
    this.tree(f, wanted, tree);
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

  private plruVictim(f: FunctionBuilder, wanted: number, base: number, at: number): void {
    const tree = f.local();
    const node = f.local();
    const word = f.local();
    const bit = f.local();
    this.tree(f, wanted, tree);
    f.i32(1).set(node);
    for (let way = 1; way < this.cache.ways; way *= 2) {
      this.node(f, tree, node, word, bit);
      f.get(node).i32(1).op(W.i32Shl);
      f.get(word).load32(this.at.meta).get(bit).op(W.i32And).i32(0).op(W.i32Ne).op(W.i32Or).set(node);
    }
    f.get(node).i32(this.cache.ways).op(W.i32Sub).i32(2).op(W.i32Shl).get(base).op(W.i32Add).set(at);
  }
}

const OUT = 1;
const AGAIN = 2;
