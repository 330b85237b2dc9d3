/**
 * Value ranges: for every instruction an interval of its value as a signed and as an unsigned number, found by abstract
 * interpretation over intervals with widening and one narrowing sweep (Cousot and Cousot, 1977). At a given block a range may be
 * sharper than in general: branches that lead there compare the value with something (`at`).
 */
import { isBinary, isInstr } from '../4-ir/build';
import type { Cfg } from '../4-ir/cfg';
import { WIDTH, type Block, type CastInstr, type Instr, type PhiInstr, type Value } from '../4-ir/ir';
import { BranchFacts, NO_FACTS, type Fact } from './branch-facts';
import {
  arithmetic,
  constrain,
  equal,
  exact,
  FULL,
  meet,
  only,
  settle,
  signedRange,
  union,
  unsignedRange,
  widen,
  type Range,
} from './range';

interface Chain {
  readonly all: readonly Fact[];
  /** Those that may say something about a value, as long as it extends the same. */
  readonly about: Map<Value, { readonly inner: Value | undefined; readonly facts: readonly Fact[] }>;
}
/** Shorter chains are gone through as they are. */
const CHAIN_TO_SORT = 4;

const isExtension = (value: Value): value is CastInstr => value.op === 'zext' || value.op === 'sext';

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
    const branches = new BranchFacts();
    for (const block of cfg.rpo) {
      this.facts[block.id] = this.noted(branches.into(block));
      if (block.instrs[0]?.op !== 'phi') continue;
      const edges = block.preds.map((pred) => this.noted(branches.onEdge(pred, block)));
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
