/**
 * The flags at the point of emission: what set them, if that is known while translating, or the local of the flag word. Here they are
 * set, asked for, and put where others see them; flags.ts says how they are kept.
 */
import { Code, pushCarryOf, pushDirectly } from './condition-code';
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
import { SCRATCH } from './scratch';
import { OP as W, type FunctionBuilder } from './wasm';

/** Where bits stand that buildFlagBits gives. */
const BIT = { carry: 0, zero: 1, negative: 2, overflow: 3 } as const;

export class LazyFlags {
  /** What is known of them here. */
  source: Flags = 'word';

  constructor(
    private readonly f: FunctionBuilder,
    /** Byte offset of the words of scratch.ts. */
    private readonly scratch: number,
    /** Index of buildFlagBits's function. */
    private readonly flagBits: number,
    /** The local of the flag word of flags.ts, where paths join. */
    private readonly word: number,
    private readonly temp: () => number,
  ) {}

  /** Arithmetic sets all flags. `a` and `b` are locals that nothing changes later. */
  setArithmetic(kind: Kind, a: number, b: number): void {
    this.source = { kind, a, b, logic: Logic.none, result: 0 };
  }

  /** Logic sets Z and N, clears V and keeps C. */
  setLogic(logic: 1 | 2, result: number): void {
    const { source } = this;
    this.source = source === 'word' ? { kind: Kind.word, a: -1, b: -1, logic, result } : { ...source, logic, result };
  }

  /** C from a local that holds 0 or 1, the rest from a result. */
  setCarryAndLogic(carry: number, logic: 1 | 2, result: number): void {
    this.source = { kind: Kind.carry, a: carry, b: carry, logic, result };
  }

  /** From where others see them. */
  load(): void {
    this.f
      .i32(0)
      .load64(this.scratch + SCRATCH.flags)
      .set(this.word);
    this.source = 'word';
  }

  /** Puts the flags into the local of the flag word. Does not change what this point of the translation knows. */
  keep(): void {
    if (this.source === 'word') return;
    this.pushWord(this.source);
    this.f.set(this.word);
  }

  /** Puts the flags where others see them. Does not change what this point of the translation knows. */
  store(): void {
    const { f, source, scratch } = this;
    f.i32(0);
    if (source === 'word') f.get(this.word);
    else this.pushWord(source);
    f.store64(scratch + SCRATCH.flags);
  }

  /** Pushes C as 0 or 1. */
  pushCarry(): void {
    const { f, source } = this;
    if (source !== 'word' && source.kind !== Kind.word) {
      pushCarryOf(f, source);
      return;
    }
    this.pushBits();
    f.i32(1).op(W.i32And);
  }

  /** Pushes Z as 0 or 1. */
  pushZero(): void {
    this.pushCondition(Code.zero);
  }

  /** Pushes whether condition `code` (index in CONDITIONS) holds, as 0 or 1. */
  pushCondition(code: number): void {
    const { f, source } = this;
    if (code & 1) {
      this.pushCondition(code - 1);
      f.op(W.i32Eqz);
    } else if (source === 'word') this.fromBits(code);
    else if (code === Code.carry) this.pushCarry();
    else if (!pushDirectly(f, source, code)) this.fromBits(code);
  }

  private fromBits(code: number): void {
    const { f } = this;
    const bits = this.temp();
    this.pushBits();
    f.set(bits);
    const bit = (place: number) => f.get(bits).i32(place).op(W.i32ShrU).i32(1).op(W.i32And);
    const less = () => {
      bit(BIT.negative);
      bit(BIT.overflow);
      f.op(W.i32Xor);
    };
    switch (code) {
      case Code.zero:
        bit(BIT.zero);
        break;
      case Code.carry:
        bit(BIT.carry);
        break;
      case Code.belowOrSame:
        bit(BIT.carry);
        bit(BIT.zero);
        f.op(W.i32Or);
        break;
      case Code.less:
        less();
        break;
      case Code.lessOrEqual:
        less();
        bit(BIT.zero);
        f.op(W.i32Or);
        break;
      case Code.negative:
        bit(BIT.negative);
        break;
      default:
        bit(BIT.overflow);
    }
  }

  /** Pushes the flag bits. */
  private pushBits(): void {
    const { f, source } = this;
    const field = (shift: bigint, mask: number) =>
      f.get(this.word).i64(shift).op(W.i64ShrU).op(W.i32WrapI64).i32(mask).op(W.i32And);
    if (source === 'word' || source.kind === Kind.word) {
      field(FLAG_WORD.kind, 15);
      field(FLAG_WORD.a, 0xffff);
      field(FLAG_WORD.b, FLAG_WORD_B_MASK);
    } else f.i32(source.kind).get(source.a).get(source.b);
    if (source === 'word') {
      field(FLAG_WORD.logic, 3);
      field(FLAG_WORD.result, 0xffff);
    } else f.i32(source.logic).get(source.logic === Logic.none ? source.a : source.result);
    f.call(this.flagBits);
  }

  /** Pushes a flag word. */
  private pushWord({ kind, a, b, logic, result }: FlagState): void {
    const { f } = this;
    // What is known first, so that a constant operand becomes one with it.
    f.i64(kindAndLogic(kind === Kind.word ? 0 : kind, logic));
    const add = (local: number, shift: bigint) => {
      f.get(local).op(W.i64ExtendI32U);
      if (shift !== 0n) f.i64(shift).op(W.i64Shl);
      f.op(W.i64Or);
    };
    if (kind === Kind.word) f.get(this.word).i64(FLAG_WORD_CARRY).op(W.i64And).op(W.i64Or);
    else {
      if (kind !== Kind.carry) add(b, FLAG_WORD.b);
      add(a, FLAG_WORD.a);
    }
    if (logic !== Logic.none) add(result, FLAG_WORD.result);
  }
}

/** Whether flags come from a local. */
export function comesFrom(flags: Flags, local: number): boolean {
  return typeof flags === 'object' && (flags.a === local || flags.b === local || flags.result === local);
}
