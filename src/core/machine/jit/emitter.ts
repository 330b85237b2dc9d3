/**
 * What the translation of one piece works with: the function being written, the guest's registers and flags in its locals.
 *
 * A pair of registers is held whole (one local of 16 bits) or split (two of 8), whichever the piece uses more. All values are
 * kept zero-extended.
 */
import { CORE, CORE_BASE } from '../layout';
import { countsA, countsB, cyclesOf, type Cost } from './cost';
import { Kind, Logic, type FlagLocals, type Flags, type FlagState } from './flags';
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

const FLAG_WORDS = ['kind', 'a', 'b', 'logic', 'result'] as const;

export class Emitter {
  readonly sp: number;
  readonly left: number;
  readonly countsA: number;
  readonly countsB: number;
  readonly fetchLine: number;
  readonly status: number;
  /** A local of 64 bits for within an instruction. */
  readonly wideTemp: number;
  readonly flagLocals: FlagLocals;
  flags: Flags = 'memory';
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
    readonly flagBitsFunction: number,
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
    this.left = f.local();
    this.countsA = f.local(I64);
    this.countsB = f.local(I64);
    this.fetchLine = f.local();
    this.status = f.local();
    this.wideTemp = f.local(I64);
    this.flagLocals = { kind: f.local(), a: f.local(), b: f.local(), logic: f.local(), result: f.local() };
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
      if (this.isFlagSource(this.flags, local) || this.kept.some((flags) => this.isFlagSource(flags, local))) continue;
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

  private isFlagSource(flags: Flags, local: number): boolean {
    return typeof flags === 'object' && (flags.a === local || flags.b === local || flags.result === local);
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
    if (this.counted.fetches)
      f.i32(0)
        .load32(CORE_BASE + CORE.fetchLine)
        .set(this.fetchLine);
    f.i32(0)
      .load32(this.scratch + SCRATCH.left)
      .set(this.left);
    this.flags = 'memory';
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
    if (this.counted.fetches)
      f.i32(0)
        .get(this.fetchLine)
        .store32(CORE_BASE + CORE.fetchLine);
    f.i32(0)
      .get(this.left)
      .store32(this.scratch + SCRATCH.left);
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

  // Flags.

  /** Arithmetic sets all flags. `a` and `b` are locals that nothing changes later. */
  setArithmetic(kind: Kind, a: number, b: number): void {
    this.flags = { kind, a, b, logic: Logic.none, result: 0 };
  }

  /** Logic sets Z and N, clears V and keeps C. */
  setLogic(logic: 1 | 2, result: number): void {
    if (this.flags === 'memory') this.canonicalFlags();
    if (this.flags === 'canonical' || this.flags === 'memory') {
      const { a, b } = this.flagLocals;
      this.flags = { kind: Kind.canonical, a, b, logic, result };
    } else this.flags = { ...this.flags, logic, result };
  }

  /** C from a local that holds 0 or 1, the rest from a result. */
  setCarryAndLogic(carry: number, logic: 1 | 2, result: number): void {
    this.flags = { kind: Kind.carry, a: carry, b: carry, logic, result };
  }

  /** Puts the flags into the canonical locals. Does not change what this point of the translation knows. */
  canonicalFlags(): void {
    const { flags, f } = this;
    if (flags === 'canonical') return;
    const to = this.flagLocals;
    if (flags === 'memory') {
      for (const name of FLAG_WORDS)
        f.i32(0)
          .load32(this.scratch + SCRATCH[name])
          .set(to[name]);
      return;
    }
    if (flags.kind !== Kind.canonical) f.i32(flags.kind).set(to.kind).get(flags.a).set(to.a).get(flags.b).set(to.b);
    f.i32(flags.logic).set(to.logic);
    if (flags.logic !== Logic.none) f.get(flags.result).set(to.result);
  }

  /** Puts the flags where others see them. Does not change what this point of the translation knows. */
  storeFlags(): void {
    const { flags } = this;
    const { kind, logic } = this.storeFlagOperands();
    if (flags === 'memory' || flags === 'canonical') return;
    if (kind !== undefined) this.putFlagWord('kind', () => this.f.i32(kind));
    this.putFlagWord('logic', () => this.f.i32(logic as number));
  }

  /** Stores what is not known now, and gives what is: the constants that belong to the stored words. */
  storeFlagOperands(): { readonly kind?: number; readonly logic?: number } {
    const { flags, f } = this;
    if (flags === 'memory') return {};
    if (flags === 'canonical') {
      for (const name of FLAG_WORDS) this.putFlagWord(name, () => f.get(this.flagLocals[name]));
      return {};
    }
    this.putFlagWord('a', () => f.get(flags.a));
    this.putFlagWord('b', () => f.get(flags.b));
    if (flags.logic !== Logic.none) this.putFlagWord('result', () => f.get(flags.result));
    if (flags.kind !== Kind.canonical) return { kind: flags.kind, logic: flags.logic };
    this.putFlagWord('kind', () => f.get(this.flagLocals.kind));
    return { logic: flags.logic };
  }

  private putFlagWord(name: (typeof FLAG_WORDS)[number], push: () => void): void {
    this.f.i32(0);
    push();
    this.f.store32(this.scratch + SCRATCH[name]);
  }

  /** Pushes C as 0 or 1. */
  pushCarry(): void {
    const { f, flags } = this;
    if (flags === 'canonical' || flags === 'memory') {
      this.pushAllFlags();
      f.i32(1).op(W.i32And);
      return;
    }
    this.carryOf(flags);
  }

  /** Pushes Z as 0 or 1. */
  pushZero(): void {
    this.pushCondition(0);
  }

  /** Pushes the flag bits. */
  pushAllFlags(): void {
    const { f, flags } = this;
    const { kind, a, b, logic, result } = this.flagLocals;
    if (flags === 'canonical') f.get(kind).get(a).get(b).get(logic).get(result);
    else if (flags === 'memory') for (const name of FLAG_WORDS) f.i32(0).load32(this.scratch + SCRATCH[name]);
    else {
      if (flags.kind === Kind.canonical) f.get(kind);
      else f.i32(flags.kind);
      f.get(flags.a).get(flags.b).i32(flags.logic);
      f.get(flags.logic === Logic.none ? flags.a : flags.result);
    }
    f.call(this.flagBitsFunction);
  }

  /** Pushes whether condition `code` (index in CONDITIONS) holds, as 0 or 1. */
  pushCondition(code: number): void {
    const { f, flags } = this;
    if (code & 1) {
      this.pushCondition(code - 1);
      f.op(W.i32Eqz);
      return;
    }
    if (flags === 'canonical' || flags === 'memory' || !this.direct(flags, code)) this.fromBits(code);
  }

  private fromBits(code: number): void {
    const { f } = this;
    const bits = this.temp();
    this.pushAllFlags();
    f.set(bits);
    const bit = (shift: number) => f.get(bits).i32(shift).op(W.i32ShrU).i32(1).op(W.i32And);
    const less = () => {
      bit(2);
      bit(3);
      f.op(W.i32Xor);
    };
    switch (code) {
      case 0:
        bit(1);
        break;
      case 2:
        bit(0);
        break;
      case 4:
        bit(0);
        bit(1);
        f.op(W.i32Or);
        break;
      case 6:
        less();
        break;
      case 8:
        less();
        bit(1);
        f.op(W.i32Or);
        break;
      case 10:
        bit(2);
        break;
      default:
        bit(3);
    }
  }

  private carryOf({ kind, a, b }: FlagState): void {
    const { f } = this;
    switch (kind) {
      case Kind.canonical:
        this.pushAllFlags();
        f.i32(1).op(W.i32And);
        break;
      case Kind.explicit:
      case Kind.carry:
        f.get(a).i32(1).op(W.i32And);
        break;
      case Kind.add8:
      case Kind.add16:
        f.get(a)
          .get(b)
          .op(W.i32Add)
          .i32(kind === Kind.add8 ? 8 : 16)
          .op(W.i32ShrU);
        break;
      case Kind.sub8:
      case Kind.sub16:
        f.get(a).get(b).op(W.i32LtU);
        break;
      default: {
        const chained = () =>
          f.get(b).i32(0xffff).op(W.i32And).get(b).i32(16).op(W.i32ShrU).i32(1).op(W.i32And).op(W.i32Add);
        if (kind === Kind.adc8 || kind === Kind.adc16) {
          f.get(a);
          chained();
          f.op(W.i32Add)
            .i32(kind === Kind.adc8 ? 8 : 16)
            .op(W.i32ShrU);
        } else {
          f.get(a);
          chained();
          f.op(W.i32LtU);
        }
      }
    }
  }

  /** The condition straight from the operands, where that is short; false when it is not. Even codes only. */
  private direct(flags: FlagState, code: number): boolean {
    if (flags.logic !== Logic.none) return this.directLogic(flags, code);
    switch (flags.kind) {
      case Kind.sub8:
      case Kind.sub16:
        return this.directCompare(flags.a, flags.b, flags.kind === Kind.sub8, code);
      case Kind.add8:
      case Kind.add16:
        return this.directAdd(flags, code);
      case Kind.sbc8:
      case Kind.sbc16:
      case Kind.adc8:
      case Kind.adc16:
        return this.directChain(flags, code);
      default:
        return false;
    }
  }

  private directLogic(flags: FlagState, code: number): boolean {
    const { f } = this;
    const negative = () =>
      f
        .get(flags.result)
        .i32(flags.logic === Logic.byte ? 7 : 15)
        .op(W.i32ShrU);
    switch (code) {
      case 0:
        f.get(flags.result).op(W.i32Eqz);
        return true;
      case 2:
        this.carryOf(flags);
        return true;
      case 6:
      case 10:
        negative();
        return true;
      case 8:
        negative();
        f.get(flags.result).op(W.i32Eqz).op(W.i32Or);
        return true;
      default:
        return false;
    }
  }

  private signed(local: number, byte: boolean): void {
    this.f.get(local).op(byte ? W.i32Extend8S : W.i32Extend16S);
  }

  private directCompare(a: number, b: number, byte: boolean, code: number): boolean {
    const { f } = this;
    switch (code) {
      case 0:
        f.get(a).get(b).op(W.i32Eq);
        return true;
      case 2:
        f.get(a).get(b).op(W.i32LtU);
        return true;
      case 4:
        f.get(a).get(b).op(W.i32LeU);
        return true;
      case 6:
      case 8:
        this.signed(a, byte);
        this.signed(b, byte);
        f.op(code === 6 ? W.i32LtS : W.i32LeS);
        return true;
      case 10:
        f.get(a)
          .get(b)
          .op(W.i32Sub)
          .i32(byte ? 7 : 15)
          .op(W.i32ShrU)
          .i32(1)
          .op(W.i32And);
        return true;
      default:
        return false;
    }
  }

  private directAdd(flags: FlagState, code: number): boolean {
    const { f } = this;
    const byte = flags.kind === Kind.add8;
    switch (code) {
      case 0:
        f.get(flags.a)
          .get(flags.b)
          .op(W.i32Add)
          .i32(byte ? 0xff : 0xffff)
          .op(W.i32And)
          .op(W.i32Eqz);
        return true;
      case 2:
        this.carryOf(flags);
        return true;
      case 6:
        this.signed(flags.a, byte);
        this.signed(flags.b, byte);
        f.op(W.i32Add).i32(0).op(W.i32LtS);
        return true;
      case 10:
        f.get(flags.a)
          .get(flags.b)
          .op(W.i32Add)
          .i32(byte ? 7 : 15)
          .op(W.i32ShrU)
          .i32(1)
          .op(W.i32And);
        return true;
      default:
        return false;
    }
  }

  private directChain(flags: FlagState, code: number): boolean {
    const { f } = this;
    const { a, b, kind } = flags;
    const byte = kind === Kind.adc8 || kind === Kind.sbc8;
    const subtract = kind === Kind.sbc8 || kind === Kind.sbc16;
    const carryIn = () => f.get(b).i32(16).op(W.i32ShrU).i32(1).op(W.i32And);
    const combine = subtract ? W.i32Sub : W.i32Add;
    switch (code) {
      case 0:
        f.get(a).get(b).op(combine);
        carryIn();
        f.op(combine)
          .i32(byte ? 0xff : 0xffff)
          .op(W.i32And)
          .op(W.i32Eqz);
        f.get(b).i32(17).op(W.i32ShrU).op(W.i32And);
        return true;
      case 2:
        this.carryOf(flags);
        return true;
      case 6:
        this.signed(a, byte);
        this.signed(b, byte);
        f.op(combine);
        carryIn();
        f.op(combine).i32(0).op(W.i32LtS);
        return true;
      default:
        return false;
    }
  }
}
