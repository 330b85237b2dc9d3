/**
 * Register allocation: live ranges are placed into the sixteen byte registers (a pair takes two neighbours), the most valuable first,
 * with hints that make copies disappear. Before that, copies whose two sides never hold different values at the same time are
 * joined. A range without a place may move others aside or push out cheaper ones; otherwise it is split or made again (spill.ts) and everything
 * is placed anew. [after LLVM's greedy allocator, and Chow and Hennessy's priority-based colouring, TOPLAS 1990]
 */
import { assert } from '../../base/assert';
import { CALLEE_SAVED_PAIRS } from '../../isa/convention';
import { computeLiveness, computeRanges, removeDead, type LiveRanges } from './liveness';
import { BYTE, FIRST_VIRTUAL, PAIR, type MFunction, type MInst } from './mir';
import { INSTRUCTION_LEVEL, spill, type SplitState, type Victim } from './spill';

export interface Decision {
  readonly register: string;
  readonly kind: 'coalesced' | 'assigned' | 'moved' | 'evicted' | 'split' | 'spilled' | 'rematerialised';
  readonly reason: string;
}

export interface Allocation {
  /** By register id: the pair number for a pair, the byte register number for a byte; -1 for none. */
  readonly place: Int16Array;
  readonly ranges: LiveRanges;
  readonly rounds: number;
}

export interface AllocateOptions {
  readonly optimise: boolean;
  /** Takes the decisions, where somebody reads them. */
  readonly decisions?: Decision[] | undefined;
}

const MAX_ROUNDS = 40;
const NOWHERE = -1;
const FIXED = -2;
/** A callee-saved pair is pushed and popped once: as much as two instructions at frequency 1. */
const SAVE_COST = 2;
const FIRST_SAVED = CALLEE_SAVED_PAIRS[0];

export const registerName = (fn: MFunction, id: number): string => {
  if (id < FIRST_VIRTUAL) return `w${id}`;
  const name = fn.names[id];
  return name ? `v${id}.${name}` : `v${id}`;
};

export function allocate(fn: MFunction, options: AllocateOptions): Allocation {
  const state: SplitState = { level: [], slot: [] };
  for (let round = 1; ; round++) {
    assert(round <= MAX_ROUNDS, `register allocation of ${fn.name} does not end`);
    let liveness = computeLiveness(fn);
    if (round === 1 && removeDead(fn, liveness) > 0) liveness = computeLiveness(fn);
    const ranges = computeRanges(fn, liveness);
    const attempt = new Attempt(fn, ranges, state, options.decisions);
    if (options.optimise) attempt.coalesce();
    const victims = attempt.placeAll();
    if (victims.length === 0) return { place: attempt.place, ranges, rounds: round };
    // Coalescing has given registers new names since.
    spill(fn, victims, computeLiveness(fn), state);
  }
}

interface Hint {
  /** Part of this register (0 whole, 1 low, 2 high) that should be where `other` is. */
  readonly part: number;
  readonly other: number;
  readonly weight: number;
}

class Attempt {
  readonly place: Int16Array;
  private readonly parent: Int32Array;
  private readonly segments: number[][];
  private readonly weight: Float64Array;
  private readonly hints: (Hint[] | undefined)[] = [];
  /** Who is where: by byte register, then by position. */
  private readonly occupant: Int32Array;
  private readonly positions: number;
  private readonly savedInUse = new Uint8Array(8);
  private readonly wasEvicted: Uint8Array;
  /** Only where decisions are read; reasons are not even put together otherwise. */
  private readonly note: ((id: number, kind: Decision['kind'], reason: string) => void) | undefined;
  private readonly lengths: Float64Array;

  constructor(
    private readonly fn: MFunction,
    private readonly ranges: LiveRanges,
    private readonly state: SplitState,
    decisions: Decision[] | undefined,
  ) {
    this.note =
      decisions && ((id, kind, reason) => decisions.push({ register: registerName(this.fn, id), kind, reason }));
    const count = fn.classes.length;
    this.place = new Int16Array(count).fill(NOWHERE);
    this.parent = Int32Array.from({ length: count }, (_, i) => i);
    this.segments = ranges.segments;
    this.weight = ranges.weight;
    this.positions = ranges.positions + 2;
    this.occupant = new Int32Array(16 * this.positions);
    this.wasEvicted = new Uint8Array(count);
    this.lengths = new Float64Array(count);
    ranges.fixed.forEach((segments, unit) => {
      for (let i = 0; i < segments.length; i += 2)
        this.occupant.fill(
          FIXED,
          unit * this.positions + (segments[i] as number),
          unit * this.positions + (segments[i + 1] as number),
        );
    });
  }

  // ---------------------------------------------------------------- coalescing

  /** Joins the two sides of copies, the most frequent first. */
  coalesce(): void {
    const copies: { inst: MInst; freq: number }[] = [];
    for (const block of this.fn.blocks)
      for (const inst of block.insts) if (isWholeCopy(this.fn, inst)) copies.push({ inst, freq: block.freq });
    copies.sort((a, b) => b.freq - a.freq);
    let joined = 0;
    for (const { inst, freq } of copies) {
      const a = this.find((inst.ops[0] as number) >> 2);
      const b = this.find((inst.ops[1] as number) >> 2);
      if (a === b) continue;
      if ((this.state.level[a] ?? 0) >= INSTRUCTION_LEVEL || (this.state.level[b] ?? 0) >= INSTRUCTION_LEVEL) continue;
      if (overlaps(this.segments[a] as number[], this.segments[b] as number[])) continue;
      this.join(a, b, freq);
      joined++;
    }
    if (joined > 0) this.rename();
  }

  private find(id: number): number {
    let root = id;
    while (this.parent[root] !== root) root = this.parent[root] as number;
    while (this.parent[id] !== root) {
      const next = this.parent[id] as number;
      this.parent[id] = root;
      id = next;
    }
    return root;
  }

  private join(a: number, b: number, freq: number): void {
    const { names } = this.fn;
    this.note?.(b, 'coalesced', `with ${registerName(this.fn, a)}: their ranges do not overlap`);
    this.parent[b] = a;
    this.segments[a] = merged(this.segments[a] as number[], this.segments[b] as number[]);
    this.segments[b] = [];
    this.weight[a] = (this.weight[a] as number) + (this.weight[b] as number) - 2 * freq;
    this.ranges.defCount[a] = (this.ranges.defCount[a] as number) + (this.ranges.defCount[b] as number) - 1;
    this.ranges.definition[a] ??= this.ranges.definition[b];
    names[a] ??= names[b];
    this.state.level[a] = Math.max(this.state.level[a] ?? 0, this.state.level[b] ?? 0);
    // A slot belongs to one variable, of which other parts may be in use: what was joined with another needs a new one.
    if (this.state.slot[a] !== this.state.slot[b]) this.state.slot[a] = undefined;
  }

  private rename(): void {
    for (const block of this.fn.blocks) {
      let kept = 0;
      for (const inst of block.insts) {
        const { ops } = inst;
        const count = inst.form === 'dbg' ? ops.length : inst.info.roles.length;
        for (let i = 0; i < count; i++) {
          const op = ops[i];
          if (typeof op !== 'number' || (inst.form !== 'dbg' && inst.info.roles[i] === 0)) continue;
          const root = this.find(op >> 2);
          if (root !== op >> 2) ops[i] = (root << 2) | (op & 3);
        }
        kept++;
      }
      assert(kept === block.insts.length, 'renaming keeps instructions');
    }
  }

  // ---------------------------------------------------------------- placing

  placeAll(): Victim[] {
    this.collectHints();
    const order: number[] = [];
    for (let id = FIRST_VIRTUAL; id < this.segments.length; id++) {
      const segments = this.segments[id] as number[];
      if (segments.length === 0) continue;
      this.lengths[id] = length(segments);
      order.push(id);
    }
    const priority = new Float64Array(this.segments.length);
    for (const id of order) priority[id] = this.priority(id);
    order.sort((a, b) => (priority[b] as number) - (priority[a] as number) || a - b);
    const failed: number[] = [];
    for (let i = 0; i < order.length; i++) {
      const id = order[i] as number;
      if (this.tryPlace(id) || this.tryMove(id)) continue;
      const evicted = this.tryEvict(id);
      if (!evicted) failed.push(id);
      else for (const other of evicted) if (!this.tryPlace(other)) failed.push(other);
    }
    return failed.map((id) => this.victim(id));
  }

  private isTiny(id: number): boolean {
    return (this.state.level[id] ?? 0) >= INSTRUCTION_LEVEL;
  }

  private priority(id: number): number {
    if (this.isTiny(id)) return 1e15 - (this.lengths[id] as number);
    return (this.weight[id] as number) / ((this.lengths[id] as number) + 8);
  }

  private collectHints(): void {
    for (const block of this.fn.blocks)
      for (const inst of block.insts) {
        switch (inst.form) {
          case 'copy':
            this.hint(inst.ops[0] as number, inst.ops[1] as number, block.freq);
            break;
          case 'zxt':
          case 'sxt':
            this.hint((inst.ops[0] as number) | 1, inst.ops[1] as number, block.freq / 2);
            break;
          case 'pair':
            if (typeof inst.ops[1] === 'number') this.hint((inst.ops[0] as number) | 1, inst.ops[1], block.freq);
            if (typeof inst.ops[2] === 'number') this.hint((inst.ops[0] as number) | 2, inst.ops[2], block.freq);
            break;
          default:
            break;
        }
      }
  }

  private hint(a: number, b: number, weight: number): void {
    if (a === b) return;
    if (a >> 2 >= FIRST_VIRTUAL) (this.hints[a >> 2] ??= []).push({ part: a & 3, other: b, weight });
    if (b >> 2 >= FIRST_VIRTUAL) (this.hints[b >> 2] ??= []).push({ part: b & 3, other: a, weight });
  }

  /** Where an operand is: a pair number, or a byte register number. */
  private placeOf(operand: number): { isPair: boolean; at: number } | undefined {
    const id = operand >> 2;
    const part = operand & 3;
    if (id < FIRST_VIRTUAL) {
      return part === 0 ? { isPair: true, at: id } : { isPair: false, at: 2 * id + part - 1 };
    }
    const at = this.place[id] as number;
    if (at < 0) return undefined;
    if (this.fn.classes[id] === BYTE) return { isPair: false, at };
    return part === 0 ? { isPair: true, at } : { isPair: false, at: 2 * at + part - 1 };
  }

  /** What each place is worth to a register by its hints; places are pair or byte register numbers. */
  private wishes(id: number, depth = 0): Float64Array | undefined {
    const hints = this.hints[id];
    if (!hints) return undefined;
    const isPair = this.fn.classes[id] === PAIR;
    const wish = new Float64Array(isPair ? 8 : 16);
    for (const { part, other, weight } of hints) {
      const found = this.placeOf(other);
      if (!found) {
        if (depth === 0 && part === 0 && (other & 3) === 0) {
          const further = this.wishes(other >> 2, 1);
          if (further?.length === wish.length)
            for (let i = 0; i < wish.length; i++)
              wish[i] = (wish[i] as number) + Math.min(weight, further[i] as number) / 2;
        }
        continue;
      }
      let at = -1;
      if (!isPair) at = found.isPair ? -1 : found.at;
      else if (part === 0) at = found.isPair ? found.at : -1;
      else if (!found.isPair && (found.at & 1) === part - 1) at = found.at >> 1;
      if (at >= 0) wish[at] = (wish[at] as number) + weight;
    }
    return wish;
  }

  private tryPlace(id: number): boolean {
    const isPair = this.fn.classes[id] === PAIR;
    const wish = this.wishes(id);
    let best = -1;
    let bestScore = -Infinity;
    const count = isPair ? 8 : 16;
    for (let at = 0; at < count; at++) {
      const pair = isPair ? at : at >> 1;
      const mustSave = pair >= FIRST_SAVED && this.savedInUse[pair] === 0;
      let score =
        (wish?.[at] ?? 0) - (mustSave ? SAVE_COST + (pair - FIRST_SAVED) / 64 : pair >= FIRST_SAVED ? 0.02 : 0);
      if (score <= bestScore - 0.5 || !this.isFree(id, at, isPair)) continue;
      if (!isPair) score += 0.4 * this.neighbourShare(id, at);
      if (score > bestScore) {
        best = at;
        bestScore = score;
      }
    }
    if (best < 0) return false;
    if (this.isSaveTooDear(id, isPair ? best : best >> 1)) return false;
    this.put(id, best);
    return true;
  }

  /** Whether a constant is cheaper made again than kept in a register that the function would have to save for it. */
  private isSaveTooDear(id: number, pair: number): boolean {
    if (pair < FIRST_SAVED || this.savedInUse[pair] !== 0 || this.isTiny(id)) return false;
    return this.remakeOf(id) !== undefined && (this.weight[id] as number) - 2 < SAVE_COST;
  }

  private isFree(id: number, at: number, isPair: boolean): boolean {
    const { occupant, positions } = this;
    const segments = this.segments[id] as number[];
    const first = (isPair ? 2 * at : at) * positions;
    for (let s = 0; s < segments.length; s += 2) {
      const to = first + (segments[s + 1] as number);
      for (let p = first + (segments[s] as number); p < to; p++) {
        if (occupant[p] !== 0) return false;
        if (isPair && occupant[p + positions] !== 0) return false;
      }
    }
    return true;
  }

  /** How much of the range the other half of the pair is taken anyway: bytes should share pairs. */
  private neighbourShare(id: number, at: number): number {
    const first = (at ^ 1) * this.positions;
    const segments = this.segments[id] as number[];
    let taken = 0;
    for (let s = 0; s < segments.length; s += 2)
      for (let p = segments[s] as number; p < (segments[s + 1] as number); p++)
        if (this.occupant[first + p] !== 0) taken++;
    return taken / ((this.lengths[id] as number) + 1);
  }

  private mark(id: number, at: number, value: number): void {
    const isPair = this.fn.classes[id] === PAIR;
    const segments = this.segments[id] as number[];
    const first = (isPair ? 2 * at : at) * this.positions;
    for (let s = 0; s < segments.length; s += 2) {
      const from = first + (segments[s] as number);
      const to = first + (segments[s + 1] as number);
      this.occupant.fill(value, from, to);
      if (isPair) this.occupant.fill(value, from + this.positions, to + this.positions);
    }
  }

  private put(id: number, at: number): void {
    this.place[id] = at;
    this.mark(id, at, id);
    this.savedInUse[this.fn.classes[id] === PAIR ? at : at >> 1] = 1;
  }

  private take(id: number): number {
    const at = this.place[id] as number;
    this.mark(id, at, 0);
    this.place[id] = NOWHERE;
    return at;
  }

  /** Registers in the way of `id` at a place, or undefined if something fixed is. */
  private inTheWay(id: number, at: number, limit: number): number[] | undefined {
    const isPair = this.fn.classes[id] === PAIR;
    const segments = this.segments[id] as number[];
    const found: number[] = [];
    for (let half = 0; half < (isPair ? 2 : 1); half++) {
      const first = ((isPair ? 2 * at : at) + half) * this.positions;
      for (let s = 0; s < segments.length; s += 2) {
        const to = first + (segments[s + 1] as number);
        for (let p = first + (segments[s] as number); p < to; p++) {
          const other = this.occupant[p] as number;
          if (other === 0 || found.includes(other)) continue;
          if (other === FIXED || found.length === limit) return undefined;
          found.push(other);
        }
      }
    }
    return found;
  }

  /** Makes room by moving those in the way to other free places. */
  private tryMove(id: number): boolean {
    const count = this.fn.classes[id] === PAIR ? 8 : 16;
    for (let at = 0; at < count; at++) {
      const others = this.inTheWay(id, at, 4);
      if (!others) continue;
      const before = others.map((other) => this.take(other));
      this.put(id, at);
      if (others.every((other) => this.tryPlace(other))) {
        for (const other of others) this.note?.(other, 'moved', `to make room for ${registerName(this.fn, id)}`);
        return true;
      }
      this.take(id);
      others.forEach((other, i) => {
        if (this.place[other] !== NOWHERE) this.take(other);
        void i;
      });
      others.forEach((other, i) => this.put(other, before[i] as number));
    }
    return false;
  }

  /** Takes the place of registers that together are worth less. Returns those that lost theirs. */
  private tryEvict(id: number): number[] | undefined {
    const count = this.fn.classes[id] === PAIR ? 8 : 16;
    let best: number[] | undefined;
    let bestAt = -1;
    let bestCost = this.isTiny(id) ? Infinity : (this.weight[id] as number) * 0.9;
    for (let at = 0; at < count; at++) {
      const others = this.inTheWay(id, at, 12);
      if (!others || others.some((o) => this.isTiny(o) || this.wasEvicted[o] === 1)) continue;
      const cost = others.reduce((sum, o) => sum + (this.weight[o] as number), 0);
      if (cost >= bestCost) continue;
      best = others;
      bestAt = at;
      bestCost = cost;
    }
    if (!best) return undefined;
    for (const other of best) {
      this.take(other);
      this.wasEvicted[other] = 1;
      this.note?.(other, 'evicted', `by ${registerName(this.fn, id)}, which is used more often`);
    }
    this.put(id, bestAt);
    return best;
  }

  // ---------------------------------------------------------------- giving up

  private remakeOf(id: number): MInst | undefined {
    const inst = this.ranges.definition[id];
    if (this.ranges.defCount[id] !== 1 || !inst || inst.ops[0] !== id << 2) return undefined;
    switch (inst.form) {
      case 'ldi':
      case 'ldiw':
      case 'ldiw8':
      case 'leasp':
        return inst;
      default:
        return undefined;
    }
  }

  private victim(id: number): Victim {
    const remake = this.remakeOf(id);
    assert(
      !this.isTiny(id) || remake === undefined || (this.state.level[id] ?? 0) < INSTRUCTION_LEVEL,
      `no register for ${registerName(this.fn, id)} in ${this.fn.name}`,
    );
    assert(!this.isTiny(id), `no register for ${registerName(this.fn, id)} in ${this.fn.name}`);
    const level = this.state.level[id] ?? 0;
    if (remake) this.note?.(id, 'rematerialised', 'no register is free for its whole range; it is cheap to make again');
    else if (level === 0)
      this.note?.(id, 'split', 'no register is free for its whole range: one for each loop or block that uses it');
    else if (level === 1) this.note?.(id, 'split', 'no register is free in the whole loop: one for each block');
    else this.note?.(id, 'spilled', 'no register is free in the block: it stays in memory');
    return { id, remake };
  }
}

function isWholeCopy(fn: MFunction, inst: MInst): boolean {
  if (inst.form !== 'copy') return false;
  const [a, b] = inst.ops as [number, number];
  if (a >> 2 < FIRST_VIRTUAL || b >> 2 < FIRST_VIRTUAL || (a & 3) !== 0 || (b & 3) !== 0) return false;
  return a !== b && fn.classes[a >> 2] === fn.classes[b >> 2];
}

function length(segments: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < segments.length; i += 2) sum += (segments[i + 1] as number) - (segments[i] as number);
  return sum;
}

function overlaps(a: readonly number[], b: readonly number[]): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if ((a[i + 1] as number) <= (b[j] as number)) i += 2;
    else if ((b[j + 1] as number) <= (a[i] as number)) j += 2;
    else return true;
  }
  return false;
}

function merged(a: readonly number[], b: readonly number[]): number[] {
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const takeA = j >= b.length || (i < a.length && (a[i] as number) <= (b[j] as number));
    const from = (takeA ? a[i] : b[j]) as number;
    const to = (takeA ? a[i + 1] : b[j + 1]) as number;
    if (takeA) i += 2;
    else j += 2;
    if (out.length > 0 && out[out.length - 1] === from) out[out.length - 1] = to;
    else out.push(from, to);
  }
  return out;
}
