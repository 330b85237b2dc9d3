/**
 * What the translation of one piece works with: the function being written, the guest's registers and flags in its locals.
 *
 * A pair of registers is held whole (one local of 16 bits) or split (two of 8), whichever the piece uses more. All values are
 * kept zero-extended.
 */
import { CORE, CORE_BASE } from '../layout';
import { countsA, countsB, cyclesOf, type Cost } from './cost';
import {
  FLAG_WORD,
  FLAG_WORD_B_MASK,
  FLAG_WORD_CARRY,
  Kind,
  kindAndLogic,
  Logic,
  type Flags,
  type FlagState,
} from './flags';
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
  /** The flag word of flags.ts, where paths join. */
  readonly flagWord: number;
  /** A local of 64 bits for within an instruction. */
  readonly wideTemp: number;
  flags: Flags = 'word';
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
    this.countsA = f.local(I64);
    this.countsB = f.local(I64);
    this.status = f.local();
    this.flagWord = f.local(I64);
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
    f.i32(0)
      .load64(this.scratch + SCRATCH.flags)
      .set(this.flagWord);
    this.flags = 'word';
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

  // Flags.

  /** Arithmetic sets all flags. `a` and `b` are locals that nothing changes later. */
  setArithmetic(kind: Kind, a: number, b: number): void {
    this.flags = { kind, a, b, logic: Logic.none, result: 0 };
  }

  /** Logic sets Z and N, clears V and keeps C. */
  setLogic(logic: 1 | 2, result: number): void {
    const { flags } = this;
    this.flags = flags === 'word' ? { kind: Kind.word, a: -1, b: -1, logic, result } : { ...flags, logic, result };
  }

  /** C from a local that holds 0 or 1, the rest from a result. */
  setCarryAndLogic(carry: number, logic: 1 | 2, result: number): void {
    this.flags = { kind: Kind.carry, a: carry, b: carry, logic, result };
  }

  /** Puts the flags into the local of the flag word. Does not change what this point of the translation knows. */
  keepFlags(): void {
    if (this.flags === 'word') return;
    this.pushFlagWord(this.flags);
    this.f.set(this.flagWord);
  }

  /** Puts the flags where others see them. Does not change what this point of the translation knows. */
  storeFlags(): void {
    const { f, flags, scratch } = this;
    f.i32(0);
    if (flags === 'word') f.get(this.flagWord);
    else this.pushFlagWord(flags);
    f.store64(scratch + SCRATCH.flags);
  }

  private pushFlagWord({ kind, a, b, logic, result }: FlagState): void {
    const { f } = this;
    // What is known first, so that a constant operand becomes one with it.
    f.i64(kindAndLogic(kind === Kind.word ? 0 : kind, logic));
    const add = (local: number, shift: bigint) => {
      f.get(local).op(W.i64ExtendI32U);
      if (shift !== 0n) f.i64(shift).op(W.i64Shl);
      f.op(W.i64Or);
    };
    if (kind === Kind.word) f.get(this.flagWord).i64(FLAG_WORD_CARRY).op(W.i64And).op(W.i64Or);
    else {
      if (kind !== Kind.carry) add(b, FLAG_WORD.b);
      add(a, FLAG_WORD.a);
    }
    if (logic !== Logic.none) add(result, FLAG_WORD.result);
  }

  /** Pushes C as 0 or 1. */
  pushCarry(): void {
    const { f, flags } = this;
    if (flags === 'word') {
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
    const field = (shift: bigint, mask: number) =>
      f.get(this.flagWord).i64(shift).op(W.i64ShrU).op(W.i32WrapI64).i32(mask).op(W.i32And);
    if (flags === 'word' || flags.kind === Kind.word) {
      field(FLAG_WORD.kind, 15);
      field(FLAG_WORD.a, 0xffff);
      field(FLAG_WORD.b, FLAG_WORD_B_MASK);
    } else f.i32(flags.kind).get(flags.a).get(flags.b);
    if (flags === 'word') {
      field(FLAG_WORD.logic, 3);
      field(FLAG_WORD.result, 0xffff);
    } else f.i32(flags.logic).get(flags.logic === Logic.none ? flags.a : flags.result);
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
    if (flags === 'word' || !this.direct(flags, code)) this.fromBits(code);
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
      case Kind.word:
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
