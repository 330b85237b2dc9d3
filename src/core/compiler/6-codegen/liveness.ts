/**
 * Liveness by backward data flow over bit sets, removal of instructions whose results nobody reads, and live ranges.
 *
 * Instruction k (in layout order) reads at position 2k and writes at 2k + 1, so that a register that dies at an instruction and one
 * that is born there may share a place. A live range is a list of half-open segments [from, to), flat and ascending.
 */
import { DEF, FIRST_VIRTUAL, USE, type MBlock, type MFunction, type MInst } from './mir';

export interface Liveness {
  readonly words: number;
  /** By block index in layout order. */
  readonly liveIn: readonly Uint32Array[];
  readonly liveOut: readonly Uint32Array[];
  readonly indexOf: ReadonlyMap<MBlock, number>;
}

export const isLive = (set: Uint32Array, id: number): boolean => ((set[id >> 5] as number) & (1 << (id & 31))) !== 0;
const add = (set: Uint32Array, id: number): void => {
  set[id >> 5] = (set[id >> 5] as number) | (1 << (id & 31));
};
const remove = (set: Uint32Array, id: number): void => {
  set[id >> 5] = (set[id >> 5] as number) & ~(1 << (id & 31));
};

/** A write of one half keeps the other, so it reads the register too. */
const isPartial = (operand: number): boolean => (operand & 3) !== 0;

export function computeLiveness(fn: MFunction): Liveness {
  const words = (fn.classes.length + 31) >> 5;
  const { blocks } = fn;
  const indexOf = new Map<MBlock, number>();
  blocks.forEach((block, i) => indexOf.set(block, i));
  const used: Uint32Array[] = [];
  const defined: Uint32Array[] = [];
  for (const block of blocks) {
    const use = new Uint32Array(words);
    const def = new Uint32Array(words);
    for (const inst of block.insts) localSets(inst, use, def);
    used.push(use);
    defined.push(def);
  }
  const liveIn = used.map((set) => set.slice());
  const liveOut = blocks.map(() => new Uint32Array(words));
  for (let changed = true; changed;) {
    changed = false;
    for (let b = blocks.length - 1; b >= 0; b--) {
      const out = liveOut[b] as Uint32Array;
      for (const succ of (blocks[b] as MBlock).succs) {
        const from = liveIn[indexOf.get(succ) as number] as Uint32Array;
        for (let w = 0; w < words; w++) out[w] = (out[w] as number) | (from[w] as number);
      }
      const into = liveIn[b] as Uint32Array;
      const def = defined[b] as Uint32Array;
      for (let w = 0; w < words; w++) {
        const next = ((into[w] as number) | ((out[w] as number) & ~(def[w] as number))) >>> 0;
        if (next !== into[w]) {
          into[w] = next;
          changed = true;
        }
      }
    }
  }
  return { words, liveIn, liveOut, indexOf };
}

function localSets(inst: MInst, use: Uint32Array, def: Uint32Array): void {
  const { ops } = inst;
  const { roles } = inst.info;
  for (let i = 0; i < roles.length; i++) {
    const op = ops[i];
    if (roles[i] === 0 || typeof op !== 'number' || op >> 2 < FIRST_VIRTUAL) continue;
    const reads = ((roles[i] as number) & USE) !== 0 || isPartial(op);
    if (reads && !isLive(def, op >> 2)) add(use, op >> 2);
  }
  for (let i = 0; i < roles.length; i++) {
    const op = ops[i];
    if (((roles[i] as number) & DEF) !== 0 && typeof op === 'number' && op >> 2 >= FIRST_VIRTUAL) add(def, op >> 2);
  }
}

/** Removes what has no effect and whose results (flags too) are not read. Returns the number of instructions removed. */
export function removeDead(fn: MFunction, liveness: Liveness): number {
  let removed = 0;
  fn.blocks.forEach((block, b) => {
    const live = (liveness.liveOut[b] as Uint32Array).slice();
    let flagsLive = false;
    const { insts } = block;
    let kept = insts.length;
    for (let i = insts.length - 1; i >= 0; i--) {
      const inst = insts[i] as MInst;
      if (isDead(inst, live, flagsLive)) {
        removed++;
        continue;
      }
      if (inst.info.writesFlags) flagsLive = false;
      if (inst.info.readsFlags) flagsLive = true;
      updateLive(inst, live);
      insts[--kept] = inst;
    }
    if (kept > 0) insts.splice(0, kept);
  });
  return removed;
}

function isDead(inst: MInst, live: Uint32Array, flagsLive: boolean): boolean {
  if (inst.info.hasEffect || inst.keep || inst.defs) return false;
  if (inst.info.writesFlags && flagsLive) return false;
  const { roles } = inst.info;
  for (let i = 0; i < roles.length; i++) {
    const op = inst.ops[i];
    if (((roles[i] as number) & DEF) === 0 || typeof op !== 'number') continue;
    if (op >> 2 < FIRST_VIRTUAL || isLive(live, op >> 2)) return false;
  }
  return true;
}

/** Steps a set of live registers backward over one instruction. */
export function updateLive(inst: MInst, live: Uint32Array): void {
  const { roles } = inst.info;
  for (let i = 0; i < roles.length; i++) {
    const op = inst.ops[i];
    if (roles[i] === DEF && typeof op === 'number' && !isPartial(op) && op >> 2 >= FIRST_VIRTUAL) remove(live, op >> 2);
  }
  for (let i = 0; i < roles.length; i++) {
    const op = inst.ops[i];
    if (roles[i] === 0 || typeof op !== 'number' || op >> 2 < FIRST_VIRTUAL) continue;
    if (((roles[i] as number) & USE) !== 0 || isPartial(op)) add(live, op >> 2);
  }
}

export interface LiveRanges {
  /** Segments by register id. */
  readonly segments: number[][];
  /** Segments of the machine's byte registers r0..r15, as fixed by calls, arguments and results. */
  readonly fixed: number[][];
  /** Reads and writes, weighted by frequency. */
  readonly weight: Float64Array;
  readonly defCount: Uint16Array;
  /** The last definition seen, for rematerialisation. */
  readonly definition: (MInst | undefined)[];
  readonly positions: number;
  readonly blockStart: Int32Array;
}

/** Live ranges from liveness: a backward scan over the blocks in layout order. */
export function computeRanges(fn: MFunction, liveness: Liveness): LiveRanges {
  const count = fn.classes.length;
  const builder = new RangeBuilder(count);
  const blockStart = new Int32Array(fn.blocks.length + 1);
  let total = 0;
  fn.blocks.forEach((block, b) => {
    blockStart[b] = total;
    total += 2 * block.insts.length + 2;
  });
  blockStart[fn.blocks.length] = total;
  for (let b = fn.blocks.length - 1; b >= 0; b--) {
    const block = fn.blocks[b] as MBlock;
    builder.freq = block.freq;
    const start = blockStart[b] as number;
    builder.openAll(liveness.liveOut[b] as Uint32Array, blockStart[b + 1] as number);
    for (let i = block.insts.length - 1; i >= 0; i--) builder.visit(block.insts[i] as MInst, start + 2 * i + 2);
    builder.closeAll(start);
  }
  return { ...builder.finish(), positions: total, blockStart };
}

class RangeBuilder {
  freq = 1;
  private readonly reversed: number[][];
  private readonly fixedReversed: number[][] = Array.from({ length: 16 }, () => []);
  /** End of the open segment, or -1. */
  private readonly end: Int32Array;
  private readonly fixedEnd = new Int32Array(16).fill(-1);
  private open: number[] = [];
  private readonly weight: Float64Array;
  private readonly defCount: Uint16Array;
  private readonly definition: (MInst | undefined)[] = [];

  constructor(count: number) {
    this.reversed = Array.from({ length: count }, () => []);
    this.end = new Int32Array(count).fill(-1);
    this.weight = new Float64Array(count);
    this.defCount = new Uint16Array(count);
  }

  openAll(set: Uint32Array, at: number): void {
    for (let w = 0; w < set.length; w++) {
      let bits = set[w] as number;
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        this.start(w * 32 + bit, at);
      }
    }
  }

  private start(id: number, at: number): void {
    if ((this.end[id] as number) >= 0) return;
    this.end[id] = at;
    this.open.push(id);
  }

  private stop(id: number, at: number): void {
    const end = this.end[id] as number;
    const list = this.reversed[id] as number[];
    // Joined to the segment that follows, if they touch.
    if (list.length > 0 && list[list.length - 1] === end) list[list.length - 1] = at;
    else list.push(end, at);
    this.end[id] = -1;
  }

  closeAll(at: number): void {
    for (const id of this.open) if ((this.end[id] as number) >= 0) this.stop(id, at);
    this.open = [];
    for (let unit = 0; unit < 16; unit++) if ((this.fixedEnd[unit] as number) >= 0) this.stopFixed(unit, at);
  }

  /** `at` is the position where the instruction reads; it writes at the next one. */
  visit(inst: MInst, at: number): void {
    const { roles } = inst.info;
    for (let i = 0; i < roles.length; i++) {
      const op = inst.ops[i];
      if (((roles[i] as number) & DEF) === 0 || typeof op !== 'number') continue;
      if (op >> 2 < FIRST_VIRTUAL) this.defineFixed(op, at + 1, roles[i] === DEF);
      else this.define(op, at + 1, roles[i] === DEF && !isPartial(op), inst);
    }
    if (inst.defs) for (const op of inst.defs) this.defineFixed(op, at + 1, true);
    for (let i = 0; i < roles.length; i++) {
      const op = inst.ops[i];
      if (roles[i] === 0 || typeof op !== 'number') continue;
      const reads = ((roles[i] as number) & USE) !== 0;
      if (op >> 2 < FIRST_VIRTUAL) {
        if (reads) this.useFixed(op, at + 1);
      } else if (reads || isPartial(op)) {
        if (reads) this.weight[op >> 2] = (this.weight[op >> 2] as number) + this.freq;
        this.start(op >> 2, at + 1);
      }
    }
    if (inst.uses) for (const op of inst.uses) this.useFixed(op, at + 1);
  }

  private define(op: number, at: number, whole: boolean, inst: MInst): void {
    const id = op >> 2;
    this.weight[id] = (this.weight[id] as number) + this.freq;
    this.defCount[id] = (this.defCount[id] as number) + 1;
    this.definition[id] = inst;
    if ((this.end[id] as number) < 0) this.start(id, at + 1);
    if (whole) this.stop(id, at);
  }

  private units(op: number): [number, number] {
    const first = (op >> 2) * 2;
    const part = op & 3;
    return part === 0 ? [first, first + 1] : part === 1 ? [first, first] : [first + 1, first + 1];
  }

  private defineFixed(op: number, at: number, whole: boolean): void {
    const [from, to] = this.units(op);
    for (let unit = from; unit <= to; unit++) {
      if ((this.fixedEnd[unit] as number) < 0) this.fixedEnd[unit] = at + 1;
      if (whole) this.stopFixed(unit, at);
    }
  }

  private useFixed(op: number, at: number): void {
    const [from, to] = this.units(op);
    for (let unit = from; unit <= to; unit++) if ((this.fixedEnd[unit] as number) < 0) this.fixedEnd[unit] = at;
  }

  private stopFixed(unit: number, at: number): void {
    (this.fixedReversed[unit] as number[]).push(this.fixedEnd[unit] as number, at);
    this.fixedEnd[unit] = -1;
  }

  finish() {
    return {
      segments: this.reversed.map((list) => list.reverse()),
      fixed: this.fixedReversed.map((list) => list.reverse()),
      weight: this.weight,
      defCount: this.defCount,
      definition: this.definition,
    };
  }
}
