/**
 * Value ranges: for every instruction an interval of its value as a signed and as an unsigned number, found by abstract
 * interpretation over intervals with widening and one narrowing sweep (Cousot and Cousot, 1977). At a given block a range may be
 * sharper than in general: branches that lead there compare the value with something (`at`).
 */
import { constant, isBinary, isInstr, successors, terminator } from '../4-ir/build';
import type { Cfg } from '../4-ir/cfg';
import { INVERSE, MASK, signed, SWAPPED } from '../4-ir/fold';
import {
  WIDTH,
  type BinaryInstr,
  type Block,
  type CastInstr,
  type CompareInstr,
  type ConstValue,
  type Instr,
  type IrType,
  type PhiInstr,
  type Predicate,
  type Value,
} from '../4-ir/ir';

/** Both views of one value; empty never occurs, an impossible place keeps the wider range. */
export interface Range {
  readonly uMin: number;
  readonly uMax: number;
  readonly sMin: number;
  readonly sMax: number;
}

const full = (type: IrType): Range => {
  const top = 2 ** (WIDTH[type] - 1);
  return { uMin: 0, uMax: MASK[type], sMin: -top, sMax: top - 1 };
};
const FULL: Readonly<Record<IrType, Range>> = {
  i1: { uMin: 0, uMax: 1, sMin: -1, sMax: 0 },
  i8: full('i8'),
  i16: full('i16'),
  i32: full('i32'),
  void: { uMin: 0, uMax: 0, sMin: 0, sMax: 0 },
};

/** Makes each view as sharp as the other allows. */
function settle(type: IrType, uMin: number, uMax: number, sMin: number, sMax: number): Range {
  const size = MASK[type] + 1;
  const top = size / 2;
  if (uMax < top) {
    sMin = Math.max(sMin, uMin);
    sMax = Math.min(sMax, uMax);
  } else if (uMin >= top) {
    sMin = Math.max(sMin, uMin - size);
    sMax = Math.min(sMax, uMax - size);
  }
  if (sMin >= 0) {
    uMin = Math.max(uMin, sMin);
    uMax = Math.min(uMax, sMax);
  } else if (sMax < 0) {
    uMin = Math.max(uMin, sMin + size);
    uMax = Math.min(uMax, sMax + size);
  }
  return uMin > uMax || sMin > sMax ? FULL[type] : { uMin, uMax, sMin, sMax };
}

const unsignedRange = (type: IrType, min: number, max: number): Range =>
  settle(type, min, max, FULL[type].sMin, FULL[type].sMax);
const signedRange = (type: IrType, min: number, max: number): Range =>
  settle(type, FULL[type].uMin, FULL[type].uMax, min, max);

/** From exact results, which may not fit the type: a view that does not fit is unknown. */
function exact(type: IrType, uMin: number, uMax: number, sMin: number, sMax: number): Range {
  const all = FULL[type];
  const uFits = uMin >= 0 && uMax <= all.uMax;
  const sFits = sMin >= all.sMin && sMax <= all.sMax;
  return settle(type, uFits ? uMin : 0, uFits ? uMax : all.uMax, sFits ? sMin : all.sMin, sFits ? sMax : all.sMax);
}

const union = (a: Range, b: Range): Range => ({
  uMin: Math.min(a.uMin, b.uMin),
  uMax: Math.max(a.uMax, b.uMax),
  sMin: Math.min(a.sMin, b.sMin),
  sMax: Math.max(a.sMax, b.sMax),
});
const equal = (a: Range, b: Range): boolean =>
  a.uMin === b.uMin && a.uMax === b.uMax && a.sMin === b.sMin && a.sMax === b.sMax;

/** Bounds that widening stops at on its way to the end of the type. */
const U_STEPS = [0, 1, 7, 15, 31, 63, 127, 128, 255, 256, 511, 1023, 4095, 32767, 65535];
const S_STEPS = [-32768, -129, -128, -1, 0, 1, 7, 15, 31, 63, 127, 255, 256, 1023, 4095, 32767, 65535];

function widen(type: IrType, before: Range, now: Range): Range {
  const all = FULL[type];
  const up = (steps: readonly number[], value: number, end: number) =>
    Math.min(end, steps.find((step) => step >= value) ?? end);
  const down = (steps: readonly number[], value: number, end: number) => {
    for (let i = steps.length - 1; i >= 0; i--)
      if ((steps[i] as number) <= value) return Math.max(end, steps[i] as number);
    return end;
  };
  return {
    uMin: now.uMin < before.uMin ? down(U_STEPS, now.uMin, 0) : before.uMin,
    uMax: now.uMax > before.uMax ? up(U_STEPS, now.uMax, all.uMax) : before.uMax,
    sMin: now.sMin < before.sMin ? down(S_STEPS, now.sMin, all.sMin) : before.sMin,
    sMax: now.sMax > before.sMax ? up(S_STEPS, now.sMax, all.sMax) : before.sMax,
  };
}

interface Fact {
  readonly value: Value;
  readonly predicate: Predicate;
  readonly other: Value;
}

const NO_FACTS: readonly Fact[] = [];

interface Chain {
  readonly all: readonly Fact[];
  /** Those that may say something about a value, as long as it extends the same. */
  readonly about: Map<Value, { readonly inner: Value | undefined; readonly facts: readonly Fact[] }>;
}
/** Shorter chains are gone through as they are. */
const CHAIN_TO_SORT = 4;

const isExtension = (value: Value): value is CastInstr => value.op === 'zext' || value.op === 'sext';

/** The one value that a constant has. */
function only({ type, value }: ConstValue): Range {
  const known = value < KNOWN_CONSTANTS ? CONSTANTS[type][value] : undefined;
  if (known) return known;
  const asSigned = signed(type, value);
  const range = { uMin: value, uMax: value, sMin: asSigned, sMax: asSigned };
  if (value < KNOWN_CONSTANTS) CONSTANTS[type][value] = range;
  return range;
}
const KNOWN_CONSTANTS = 256;
const CONSTANTS: Readonly<Record<IrType, (Range | undefined)[]>> = { i1: [], i8: [], i16: [], i32: [], void: [] };

/** Some fact may say more than `of`: what is compared, and what a compared extension extends. */
const COMPARED = 1;
/** What some fact is about or compares with: when its range changes, facts may say more. */
const IN_FACTS = 2;

export class Ranges {
  private readonly ranges: (Range | undefined)[];
  /** Comparisons that hold at the start of a block, by block id; the chain goes on at the dominator. */
  private readonly facts: (readonly Fact[])[];
  /** Those of a block and of the dominators that are asked, nearest first, by block id; made on the first question. */
  private readonly chains: (Chain | undefined)[];
  /** Comparisons that hold on each way into a block with phis, by block id; undefined where there are none. */
  private readonly edgeFacts: (readonly (readonly Fact[])[] | undefined)[];
  /** COMPARED and IN_FACTS by instruction id. */
  private readonly flags: Uint8Array;
  private readonly comparedParams: Uint8Array;
  /** The tick of the last change of a range, and of the last evaluation of an instruction, by id. */
  private readonly changedAt: Int32Array;
  private readonly evaluatedAt: Int32Array;
  private tick = 1;
  private factsChangedAt = 0;

  constructor(private readonly cfg: Cfg) {
    const { nextInstr, nextBlock } = cfg.fn;
    // Filled with what they will hold, so that the engine sees one kind of array.
    this.ranges = new Array<Range | undefined>(nextInstr).fill(undefined);
    this.facts = new Array<readonly Fact[]>(nextBlock).fill(NO_FACTS);
    this.chains = new Array<Chain | undefined>(nextBlock).fill(undefined);
    this.edgeFacts = new Array<(readonly Fact[])[] | undefined>(nextBlock).fill(undefined);
    this.flags = new Uint8Array(nextInstr);
    this.comparedParams = new Uint8Array(cfg.fn.params.length);
    this.changedAt = new Int32Array(nextInstr);
    this.evaluatedAt = new Int32Array(nextInstr);
    for (const block of cfg.rpo) {
      this.facts[block.id] = this.noted(factsInto(block));
      if (block.instrs[0]?.op !== 'phi') continue;
      const edges = block.preds.map((pred) => this.noted(factsOnEdge(pred, block)));
      if (edges.some((facts) => facts.length > 0)) this.edgeFacts[block.id] = edges;
    }
    this.solve();
  }

  private noted(facts: readonly Fact[]): readonly Fact[] {
    for (const { value, other } of facts) {
      this.note(value);
      // An extension of the sign may become one with zeros while somebody asks.
      if (isExtension(value)) this.note(value.args[0]);
      if (isInstr(value)) this.mark(value, IN_FACTS);
      if (isInstr(other)) this.mark(other, IN_FACTS);
    }
    return facts;
  }
  private note(value: Value): void {
    if (isInstr(value)) this.mark(value, COMPARED);
    else if (value.op === 'param') this.comparedParams[value.index] = 1;
  }

  private mark(instr: Instr, flag: number): void {
    this.flags[instr.id] = (this.flags[instr.id] as number) | flag;
  }

  /** The range of a value wherever it is. */
  of(value: Value): Range {
    switch (value.op) {
      case 'const':
        return only(value);
      case 'symbol':
        return FULL.i16;
      case 'param':
      case 'undef':
        return FULL[value.type];
      default:
        return this.ranges[value.id] ?? FULL[value.type];
    }
  }

  /** The range of a value where `block` is executed: branches that lead there have compared it. */
  at(value: Value, block: Block): Range {
    let range = this.of(value);
    if (!this.mayBeCompared(value)) return range;
    for (const fact of this.factsAbout(value, block)) range = this.refine(range, value, fact);
    return range;
  }

  /** False if no fact says anything about a value. Of what was made later it is not known. */
  private mayBeCompared(value: Value): boolean {
    if (value.op === 'const') return false;
    if (value.op === 'param') return this.comparedParams[value.index] === 1;
    if (!isInstr(value)) return true;
    const flags = this.flags[value.id];
    if (flags === undefined || (flags & COMPARED) !== 0) return true;
    return value.op === 'zext' && this.mayBeCompared(value.args[0]);
  }

  /** What the chain of a block may say about a value; `refine` looks closer. */
  private factsAbout(value: Value, block: Block): readonly Fact[] {
    const chain = this.chain(block);
    if (chain.all.length < CHAIN_TO_SORT) return chain.all;
    const inner = isExtension(value) ? value.args[0] : undefined;
    const known = chain.about.get(value);
    if (known && known.inner === inner) return known.facts;
    const facts = chain.all.filter((fact) => fact.value === value || fact.value === inner || isExtension(fact.value));
    chain.about.set(value, { inner, facts });
    return facts;
  }

  private chain(block: Block): Chain {
    const known = this.chains[block.id];
    if (known) return known;
    const all: Fact[] = [];
    let number = this.cfg.number[block.id] as number;
    for (let depth = 0; depth < FACT_DEPTH && number >= 0; depth++) {
      const here = this.cfg.rpo[number] as Block;
      for (const fact of this.facts[here.id] ?? NO_FACTS) all.push(fact);
      if (number === 0) break;
      number = this.cfg.idom[number] as number;
    }
    return (this.chains[block.id] = { all, about: new Map() });
  }

  private refine(range: Range, value: Value, fact: Fact): Range {
    if (fact.value === value) return constrain(range, value.type, fact.predicate, this.of(fact.other));
    // A fact about an extension says something about what was extended, and the other way round.
    if (isInstr(fact.value) && fact.value.op === 'zext' && fact.value.args[0] === value) {
      const wide = constrain(this.of(fact.value), fact.value.type, fact.predicate, this.of(fact.other));
      return settle(
        value.type,
        Math.max(range.uMin, wide.uMin),
        Math.min(range.uMax, wide.uMax),
        range.sMin,
        range.sMax,
      );
    }
    if (isInstr(value) && value.op === 'zext' && value.args[0] === fact.value) {
      const narrow = constrain(this.of(fact.value), fact.value.type, fact.predicate, this.of(fact.other));
      return settle(
        value.type,
        Math.max(range.uMin, narrow.uMin),
        Math.min(range.uMax, narrow.uMax),
        range.sMin,
        range.sMax,
      );
    }
    return range;
  }

  private solve(): void {
    const { rpo } = this.cfg;
    for (let round = 0; round < ROUND_LIMIT; round++) {
      let changed = false;
      for (const block of rpo)
        for (const instr of block.instrs)
          if (this.isDue(instr)) changed = this.update(instr, round >= WIDEN_AFTER) || changed;
      if (!changed) break;
      // Not settled in time: nothing is known.
      if (round === ROUND_LIMIT - 1)
        for (const block of rpo) for (const instr of block.instrs) this.set(instr, FULL[instr.type]);
    }
    for (const block of rpo) for (const instr of block.instrs) if (WIDTH[instr.type] > 0) this.sharpen(instr);
    for (const block of rpo) for (const instr of block.instrs) if (this.isDue(instr)) this.sharpen(instr);
  }

  /** Whether evaluating an instruction again may give something new. */
  private isDue(instr: Instr): boolean {
    if (WIDTH[instr.type] === 0) return false;
    const since = this.evaluatedAt[instr.id] as number;
    if (since === 0 || (this.changedAt[instr.id] as number) > since) return true;
    const factsChanged = this.factsChangedAt > since;
    if (factsChanged && instr.op === 'phi' && this.edgeFacts[instr.block.id]) return true;
    for (const arg of instr.args as readonly Value[]) {
      if (arg.op === 'const') continue;
      if (isInstr(arg) && (this.changedAt[arg.id] as number) > since) return true;
      if (factsChanged && this.mayBeCompared(arg)) return true;
    }
    return false;
  }

  private set(instr: Instr, range: Range): void {
    this.ranges[instr.id] = range;
    this.changedAt[instr.id] = ++this.tick;
    if (((this.flags[instr.id] as number) & IN_FACTS) !== 0) this.factsChangedAt = this.tick;
  }

  private sharpen(instr: Instr): void {
    const before = this.of(instr);
    this.evaluatedAt[instr.id] = this.tick;
    const next = meet(instr.type, before, this.evaluate(instr));
    if (!equal(before, next)) this.set(instr, next);
  }

  private update(instr: Instr, widening: boolean): boolean {
    const before = this.ranges[instr.id];
    this.evaluatedAt[instr.id] = this.tick;
    let next = this.evaluate(instr);
    if (before) {
      next = union(before, next);
      if (widening && instr.op === 'phi') next = widen(instr.type, before, next);
      if (equal(before, next)) return false;
    }
    this.set(instr, next);
    return true;
  }

  private evaluate(instr: Instr): Range {
    const { type } = instr;
    switch (instr.op) {
      case 'phi':
        return this.phi(instr);
      case 'zext': {
        const a = this.at(instr.args[0], instr.block);
        return unsignedRange(type, a.uMin, a.uMax);
      }
      case 'sext': {
        const a = this.at(instr.args[0], instr.block);
        return signedRange(type, a.sMin, a.sMax);
      }
      case 'trunc': {
        const a = this.at(instr.args[0], instr.block);
        return exact(type, a.uMin, a.uMax, a.sMin, a.sMax);
      }
      case 'select':
        return union(this.of(instr.args[1]), this.of(instr.args[2]));
      default:
        return isBinary(instr)
          ? arithmetic(instr, this.at(instr.args[0], instr.block), this.at(instr.args[1], instr.block))
          : FULL[type];
    }
  }

  private phi(phi: PhiInstr): Range {
    const edges = this.edgeFacts[phi.block.id];
    let range: Range | undefined;
    for (let i = 0; i < phi.args.length; i++) {
      const arg = phi.args[i] as Value;
      if (isInstr(arg) && this.ranges[arg.id] === undefined) continue;
      const pred = phi.block.preds[i] as Block;
      if ((this.cfg.number[pred.id] as number) < 0) continue;
      // What holds at the end of the predecessor, and on the edge.
      let input = this.at(arg, pred);
      for (const fact of edges?.[i] ?? NO_FACTS) input = this.refine(input, arg, fact);
      range = range ? union(range, input) : input;
    }
    return range ?? FULL[phi.type];
  }
}

/** For passes that may not need them: ranges of the function as it is when the first one is asked for. */
export class RangesOnDemand implements Pick<Ranges, 'at'> {
  private known: Ranges | undefined;
  constructor(private readonly cfg: Cfg) {}

  at(value: Value, block: Block): Range {
    return (this.known ??= new Ranges(this.cfg)).at(value, block);
  }
}

const ROUND_LIMIT = 40;
const WIDEN_AFTER = 2;
/** Dominators that are asked for facts. */
const FACT_DEPTH = 12;

function meet(type: IrType, a: Range, b: Range): Range {
  return settle(
    type,
    Math.max(a.uMin, b.uMin),
    Math.min(a.uMax, b.uMax),
    Math.max(a.sMin, b.sMin),
    Math.min(a.sMax, b.sMax),
  );
}

// ---------------------------------------------------------------- facts from branches

function factsInto(block: Block): readonly Fact[] {
  const pred = block.preds[0];
  if (!pred || block.preds.length !== 1) return NO_FACTS;
  // Behind a check its index is in bounds; the fact is placed at the blocks that it dominates.
  const above = checkFacts(pred);
  const facts = factsOnEdge(pred, block);
  return above.length === 0 ? facts : [...facts, ...above];
}

function checkFacts(block: Block): Fact[] {
  const facts: Fact[] = [];
  for (const instr of block.instrs) {
    if (instr.op !== 'check') continue;
    const [value] = instr.args;
    const { type } = value;
    if (instr.bound <= MASK[type]) facts.push({ value, predicate: 'ult', other: constant(type, instr.bound) });
  }
  return facts;
}

function factsOnEdge(pred: Block, block: Block): Fact[] {
  const last = terminator(pred);
  if (last.op === 'condbr') {
    const [condition] = last.args;
    if (condition.op !== 'icmp' || last.targets[0] === last.targets[1]) return [];
    return compareFacts(condition, last.targets[0] === block);
  }
  if (last.op !== 'switch') return [];
  const ways = successors(pred).filter((target) => target === block).length;
  const index = last.targets.indexOf(block);
  if (ways !== 1 || index < 1) return [];
  const [value] = last.args;
  return [{ value, predicate: 'eq', other: constant(value.type, last.cases[index - 1] as number) }];
}

function compareFacts(condition: CompareInstr, holds: boolean): Fact[] {
  const predicate = holds ? condition.predicate : INVERSE[condition.predicate];
  const [a, b] = condition.args;
  return [
    { value: a, predicate, other: b },
    { value: b, predicate: SWAPPED[predicate], other: a },
  ];
}

/** The part of `range` for which `value PREDICATE other` can hold. */
function constrain(range: Range, type: IrType, predicate: Predicate, other: Range): Range {
  const { uMin, uMax, sMin, sMax } = range;
  switch (predicate) {
    case 'eq':
      return meet(type, range, other);
    case 'ne':
      if (other.uMin !== other.uMax) return range;
      return settle(
        type,
        uMin === other.uMin ? uMin + 1 : uMin,
        uMax === other.uMin ? uMax - 1 : uMax,
        sMin === other.sMin ? sMin + 1 : sMin,
        sMax === other.sMin ? sMax - 1 : sMax,
      );
    case 'ult':
      return settle(type, uMin, Math.min(uMax, other.uMax - 1), sMin, sMax);
    case 'ule':
      return settle(type, uMin, Math.min(uMax, other.uMax), sMin, sMax);
    case 'ugt':
      return settle(type, Math.max(uMin, other.uMin + 1), uMax, sMin, sMax);
    case 'uge':
      return settle(type, Math.max(uMin, other.uMin), uMax, sMin, sMax);
    case 'slt':
      return settle(type, uMin, uMax, sMin, Math.min(sMax, other.sMax - 1));
    case 'sle':
      return settle(type, uMin, uMax, sMin, Math.min(sMax, other.sMax));
    case 'sgt':
      return settle(type, uMin, uMax, Math.max(sMin, other.sMin + 1), sMax);
    case 'sge':
      return settle(type, uMin, uMax, Math.max(sMin, other.sMin), sMax);
  }
}

/** Whether a comparison of values in two ranges is decided; undefined if not. */
export function decides(predicate: Predicate, a: Range, b: Range): boolean | undefined {
  switch (predicate) {
    case 'eq':
      if (a.uMin === a.uMax && b.uMin === b.uMax && a.uMin === b.uMin) return true;
      return a.uMax < b.uMin || a.uMin > b.uMax || a.sMax < b.sMin || a.sMin > b.sMax ? false : undefined;
    case 'ne': {
      const same = decides('eq', a, b);
      return same === undefined ? undefined : !same;
    }
    case 'ult':
      return a.uMax < b.uMin ? true : a.uMin >= b.uMax ? false : undefined;
    case 'ule':
      return a.uMax <= b.uMin ? true : a.uMin > b.uMax ? false : undefined;
    case 'slt':
      return a.sMax < b.sMin ? true : a.sMin >= b.sMax ? false : undefined;
    case 'sle':
      return a.sMax <= b.sMin ? true : a.sMin > b.sMax ? false : undefined;
    default:
      return decides(SWAPPED[predicate], b, a);
  }
}

// ---------------------------------------------------------------- arithmetic on ranges

function arithmetic(instr: BinaryInstr, a: Range, b: Range): Range {
  const { op, type } = instr;
  switch (op) {
    case 'add':
      return exact(type, a.uMin + b.uMin, a.uMax + b.uMax, a.sMin + b.sMin, a.sMax + b.sMax);
    case 'sub':
      return exact(type, a.uMin - b.uMax, a.uMax - b.uMin, a.sMin - b.sMax, a.sMax - b.sMin);
    case 'mul':
      return multiply(type, a, b);
    case 'and':
      return and(type, a, b);
    case 'or':
      return unsignedRange(type, Math.max(a.uMin, b.uMin), onesUpTo(Math.max(a.uMax, b.uMax)));
    case 'xor':
      return unsignedRange(type, 0, onesUpTo(Math.max(a.uMax, b.uMax)));
    case 'shl': {
      if (b.uMin !== b.uMax || b.uMax >= WIDTH[type]) return FULL[type];
      const factor = 2 ** b.uMax;
      return exact(type, a.uMin * factor, a.uMax * factor, a.sMin * factor, a.sMax * factor);
    }
    case 'lshr':
      return unsignedRange(type, shifted(a.uMin, b.uMax), shifted(a.uMax, b.uMin));
    case 'ashr': {
      if (a.sMin >= 0) return unsignedRange(type, shifted(a.uMin, b.uMax), shifted(a.uMax, b.uMin));
      if (b.uMin !== b.uMax) return signedRange(type, Math.min(a.sMin, 0), Math.max(a.sMax, 0));
      const amount = Math.min(b.uMin, 31);
      return signedRange(type, a.sMin >> amount, a.sMax >> amount);
    }
    case 'udiv':
      return b.uMin === 0
        ? unsignedRange(type, 0, a.uMax)
        : unsignedRange(type, Math.floor(a.uMin / b.uMax), Math.floor(a.uMax / b.uMin));
    case 'urem':
      return unsignedRange(type, 0, Math.max(0, Math.min(a.uMax, b.uMax - 1)));
    case 'sdiv':
      if (a.sMin >= 0 && b.sMin > 0)
        return unsignedRange(type, Math.floor(a.sMin / b.sMax), Math.floor(a.sMax / b.sMin));
      return FULL[type];
    case 'srem': {
      const size = Math.max(Math.abs(b.sMin), Math.abs(b.sMax));
      const limit = Math.max(0, size - 1);
      return signedRange(type, a.sMin >= 0 ? 0 : Math.max(a.sMin, -limit), a.sMax <= 0 ? 0 : Math.min(a.sMax, limit));
    }
  }
}

const shifted = (value: number, amount: number): number => (amount > 31 ? 0 : value >>> amount);

/** The smallest 2^n - 1 that is not below a value. */
function onesUpTo(value: number): number {
  let ones = 0;
  while (ones < value) ones = ones * 2 + 1;
  return ones;
}

function and(type: IrType, a: Range, b: Range): Range {
  const uMax = Math.min(a.uMax, b.uMax);
  return unsignedRange(type, 0, uMax);
}

function multiply(type: IrType, a: Range, b: Range): Range {
  const corners = [a.sMin * b.sMin, a.sMin * b.sMax, a.sMax * b.sMin, a.sMax * b.sMax];
  return exact(type, a.uMin * b.uMin, a.uMax * b.uMax, Math.min(...corners), Math.max(...corners));
}
