/**
 * What the translation of one piece works with: the function being written, the guest's registers, flags (lazy-flags.ts) and counts in
 * its locals.
 *
 * A pair of registers is held whole (one local of 16 bits) or split (two of 8), whichever the piece uses more. All values are
 * kept zero-extended.
 */
import { CORE, CORE_BASE } from '../layout';
import { countsA, countsB, cyclesOf, type Cost } from './cost';
import type { Flags } from './flags';
import { comesFrom, LazyFlags } from './lazy-flags';
import type { PathProfile, PathStep } from './path-profile';
import { SCRATCH } from './scratch';
import { I32, I64, OP as W, type FunctionBuilder } from './wasm';

/** What has to be counted beside time. */
export interface Counted {
  /** Words fetched by line, and the line fetched last. */
  readonly fetches: boolean;
  /** Loads and stores. */
  readonly accesses: boolean;
}

export class Emitter {
  readonly sp: number;
  /** Parameters: depth of translated calls, cycles left. */
  readonly depth = 0;
  readonly left = 1;
  readonly countsA: number;
  readonly countsB: number;
  readonly status: number;
  /** A local of 64 bits for within an instruction. */
  readonly wideTemp: number;
  readonly flags: LazyFlags;
  private readonly free: number[] = [];
  private readonly taken = new Set<number>();
  private readonly kept: Flags[] = [];
  private readonly low: number[] = [];
  private readonly high: number[] = [];
  private readonly whole: number[] = [];

  constructor(
    readonly f: FunctionBuilder,
    /** Byte offset of the words of scratch.ts. */
    private readonly scratch: number,
    private readonly counted: Counted,
    private readonly profile: PathProfile | null,
    flagBits: number,
    /** Pairs that the piece touches, and those that it changes. */
    readonly usedPairs: readonly number[],
    readonly changedPairs: readonly number[],
    isSplit: readonly boolean[],
  ) {
    for (const p of usedPairs) {
      if (isSplit[p]) {
        this.low[p] = f.local();
        this.high[p] = f.local();
      } else this.whole[p] = f.local();
    }
    this.sp = f.local();
    this.countsA = f.local(I64);
    this.countsB = f.local(I64);
    this.status = f.local();
    this.flags = new LazyFlags(f, scratch, flagBits, f.local(I64), () => this.temp());
    this.wideTemp = f.local(I64);
  }

  /** A local for the instruction at hand; it lives on as long as the flags come from it. Few locals keep compiling quick. */
  temp(): number {
    const local = this.free.pop() ?? this.f.local(I32);
    this.taken.add(local);
    return local;
  }

  /** Between two instructions: gives back what the flags do not need. */
  releaseTemps(): void {
    for (const local of this.taken) {
      if (comesFrom(this.flags.source, local) || this.kept.some((flags) => comesFrom(flags, local))) continue;
      this.taken.delete(local);
      this.free.push(local);
    }
  }

  /** While `body` is emitted, what these flags come from stays untouched. */
  keeping(flags: Flags, body: () => void): void {
    this.kept.push(flags);
    body();
    this.kept.pop();
  }

  // Registers: `get` pushes the value, `set` pops it; a set value must be within 8 or 16 bits.

  getByte(r: number): void {
    const { f } = this;
    const pair = r >> 1;
    const whole = this.whole[pair];
    if (whole === undefined) f.get((r & 1 ? this.high : this.low)[pair] as number);
    else if (r & 1) f.get(whole).i32(8).op(W.i32ShrU);
    else f.get(whole).i32(0xff).op(W.i32And);
  }

  setByte(r: number): void {
    const { f } = this;
    const pair = r >> 1;
    const whole = this.whole[pair];
    if (whole === undefined) {
      f.set((r & 1 ? this.high : this.low)[pair] as number);
      return;
    }
    if (r & 1) f.i32(8).op(W.i32Shl).get(whole).i32(0xff).op(W.i32And);
    else f.get(whole).i32(0xff00).op(W.i32And);
    f.op(W.i32Or).set(whole);
  }

  getPair(p: number): void {
    const { f } = this;
    const whole = this.whole[p];
    if (whole !== undefined) f.get(whole);
    else
      f.get(this.high[p] as number)
        .i32(8)
        .op(W.i32Shl)
        .get(this.low[p] as number)
        .op(W.i32Or);
  }

  setPair(p: number): void {
    const { f } = this;
    const whole = this.whole[p];
    if (whole !== undefined) {
      f.set(whole);
      return;
    }
    f.tee(this.high[p] as number)
      .i32(0xff)
      .op(W.i32And)
      .set(this.low[p] as number);
    f.get(this.high[p] as number)
      .i32(8)
      .op(W.i32ShrU)
      .set(this.high[p] as number);
  }

  /** Registers of the core's block into locals. */
  loadRegisters(): void {
    const { f } = this;
    const base = CORE_BASE + CORE.registers;
    for (const p of this.usedPairs) {
      const whole = this.whole[p];
      if (whole !== undefined)
        f.i32(0)
          .load16u(base + 2 * p)
          .set(whole);
      else {
        f.i32(0)
          .load8u(base + 2 * p)
          .set(this.low[p] as number);
        f.i32(0)
          .load8u(base + 2 * p + 1)
          .set(this.high[p] as number);
      }
    }
    f.i32(0)
      .load32(CORE_BASE + CORE.sp)
      .set(this.sp);
    this.flags.load();
  }

  /** Locals back to where others see them, but for flags and counts. */
  storeRegisters(): void {
    const { f } = this;
    const base = CORE_BASE + CORE.registers;
    for (const p of this.changedPairs) {
      const whole = this.whole[p];
      if (whole !== undefined)
        f.i32(0)
          .get(whole)
          .store16(base + 2 * p);
      else {
        f.i32(0)
          .get(this.low[p] as number)
          .store8(base + 2 * p);
        f.i32(0)
          .get(this.high[p] as number)
          .store8(base + 2 * p + 1);
      }
    }
    f.i32(0)
      .get(this.sp)
      .store32(CORE_BASE + CORE.sp);
  }

  /** Pushes the lowest address that a push may write to. */
  pushFloor(): void {
    this.f.i32(0).load32(this.scratch + SCRATCH.pushFloor);
  }

  /** Adds the counts of this function to those of the slice. */
  storeCounts(): void {
    const { f, counted, scratch } = this;
    const add = (local: number, offset: number) =>
      f
        .i32(0)
        .i32(0)
        .load64(scratch + offset)
        .get(local)
        .op(W.i64Add)
        .store64(scratch + offset);
    add(this.countsA, SCRATCH.countsA);
    if (counted.accesses) add(this.countsB, SCRATCH.countsB);
  }

  get hasProfile(): boolean {
    return this.profile !== null;
  }

  /** Adds the cycles in a local to what the profile holds against the instruction at `pc`. */
  profileCycles(pc: number, kind: 'stall' | 'extra', cycles: number): void {
    const { profile, f } = this;
    if (!profile) return;
    const offset = kind === 'stall' ? profile.stallOffset(pc) : profile.extraOffset(pc);
    f.i32(0).i32(0).loadF64(offset).get(cycles).op(W.f64ConvertI32S).op(W.f64Add).storeF64(offset);
  }

  /** Counts a path. */
  profilePath(path: readonly PathStep[]): void {
    const { profile, f } = this;
    if (!profile || path.length === 0) return;
    const offset = profile.counterOffset(path);
    f.i32(0).i32(0).load32(offset).i32(1).op(W.i32Add).store32(offset);
  }

  /** Books a cost. */
  charge(cost: Cost): void {
    const { f, counted } = this;
    const cycles = cyclesOf(cost);
    if (cycles !== 0) f.get(this.left).i32(cycles).op(W.i32Sub).set(this.left);
    const a = countsA(cost);
    if (a !== 0n) f.get(this.countsA).i64(a).op(W.i64Add).set(this.countsA);
    const b = countsB(cost);
    if (counted.accesses && b !== 0n) f.get(this.countsB).i64(b).op(W.i64Add).set(this.countsB);
  }
}
