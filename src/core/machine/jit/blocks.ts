/**
 * Finds the piece of guest code that is translated as one: the basic blocks that are reachable from an entry, small callees in line, up
 * to the return. Any instruction can be an entry; a piece whose entry is a loop header can be re-entered there.
 */
import { OP } from '../cpu/ops';
import type { DecodedCode } from '../cpu/decoded';
import {
  contextOf,
  pcOf,
  placeOf,
  type BlockEnd,
  type GuestBlock,
  type GuestInstr,
  type Piece,
  type Place,
} from './piece';
import { unrolled } from './unroll';

/** More instructions than this are cut: what lies beyond is a piece of its own. */
export const MAX_PIECE_INSTRUCTIONS = 400;
/** Calls in line nest at most this deep (recursion too); a callee with more instructions is called. */
const MAX_INLINE_DEPTH = 3;
const MAX_INLINE_INSTRUCTIONS = 24;
/** All calls in line of one piece together. */
const MAX_INLINE_TOTAL = 160;

/** Operations that the interpreter must do: ports, interrupts, traps, computed jumps. */
const LEAVES = new Set<number>([
  OP.reti, OP.ei, OP.di, OP.wait, OP.halt, OP.icall, OP.ijmp, OP.setsp, OP.trap, OP.in, OP.out, OP.inp, OP.outp, OP.tas,
]); // prettier-ignore

export interface PieceOptions {
  readonly multiplier: boolean;
  /** Whether small callees are taken in line. */
  readonly inline: boolean;
  /** Whether small loops are unrolled: what is booked a turn is worth it where accesses are counted. */
  readonly unroll: boolean;
  /** Addresses at which the piece ends, the entry aside. */
  isEnd(pc: number): boolean;
}

/** Undefined when the entry itself must be interpreted. */
export function findPiece(code: DecodedCode, entry: number, options: PieceOptions): Piece | undefined {
  const finder = new Finder(code, entry, options);
  const raw = finder.find();
  const first = raw.get(entry);
  if (!first || first.instrs.length === 0) return undefined;
  const piece = arrange(raw, entry);
  const copied = options.unroll ? unrolled(piece) : undefined;
  return copied ? arrange(copied, entry) : piece;
}

const isBranch = (op: number) => op >= OP.branch && op < OP.branch + 14;
const isJump = (op: number) => op === OP.jmp || op === OP.jmpa;
const isCall = (op: number) => op === OP.call || op === OP.calla;

interface Context {
  readonly depth: number;
  /** Where its return goes on; undefined for the piece's own function. */
  readonly returnTo: Place | undefined;
}

class Finder {
  private readonly contexts: Context[] = [{ depth: 0, returnTo: undefined }];
  /** By the place of a call: the context that it opens, or -1 for a call that is not in line. */
  private readonly opened = new Map<Place, number>();
  private readonly sizes = new Map<number, number>();
  private room = MAX_PIECE_INSTRUCTIONS;
  private inlineRoom = MAX_INLINE_TOTAL;

  constructor(
    private readonly code: DecodedCode,
    private readonly entry: number,
    private readonly options: PieceOptions,
  ) {}

  find(): Map<Place, GuestBlock> {
    const leaders = this.findLeaders(this.entry);
    const raw = new Map<Place, GuestBlock>();
    for (const place of leaders) raw.set(place, this.readBlock(place, leaders));
    return raw;
  }

  /** The instruction at `pc`, or undefined when it is for the interpreter. */
  private instrAt(pc: number): GuestInstr | undefined {
    const { code } = this;
    if (pc & 1 || pc < 0x10 || pc + 2 > code.keepEnd) return undefined;
    const packed = code.fill(pc);
    const op = packed & 0xff;
    if (packed < 0 || pc + (code.size[pc] as number) > code.keepEnd) return undefined;
    if (LEAVES.has(op) || code.hasBreakpoint(pc)) return undefined;
    if (pc !== this.entry && this.options.isEnd(pc)) return undefined;
    if (!this.options.multiplier && (op === OP.mul || op === OP.muls)) return undefined;
    return {
      pc,
      op,
      a: code.a[pc] as number,
      b: code.b[pc] as number,
      c: code.c[pc] as number,
      k: code.k[pc] as number,
      size: code.size[pc] as number,
      time: code.time[pc] as number,
    };
  }

  private findLeaders(entry: Place): Set<Place> {
    const leaders = new Set<Place>([entry]);
    const work = [entry];
    const seen = new Set<Place>();
    const lead = (place: Place) => {
      if (leaders.has(place)) return;
      leaders.add(place);
      work.push(place);
    };
    while (work.length > 0 && this.room > 0) {
      const start = work.pop() as Place;
      const context = contextOf(start);
      let pc = pcOf(start);
      while (!seen.has(placeOf(context, pc)) && this.room-- > 0) {
        const here = placeOf(context, pc);
        seen.add(here);
        const instr = this.instrAt(pc);
        if (!instr) break;
        const next = (pc + instr.size) & 0xffff;
        if (instr.op === OP.ret) {
          const { returnTo } = this.contexts[context] as Context;
          if (returnTo !== undefined) lead(returnTo);
          break;
        }
        if (isJump(instr.op)) {
          lead(placeOf(context, instr.k));
          break;
        }
        if (isBranch(instr.op)) lead(placeOf(context, instr.k));
        if (isCall(instr.op)) {
          const inner = this.open(here, instr.k, placeOf(context, next));
          if (inner >= 0) {
            lead(placeOf(inner, instr.k));
            break;
          }
        }
        if (isBranch(instr.op) || isCall(instr.op)) lead(placeOf(context, next));
        pc = next;
      }
    }
    return leaders;
  }

  /** Decides once a call whether it is taken in line. */
  private open(call: Place, target: number, returnTo: Place): number {
    const known = this.opened.get(call);
    if (known !== undefined) return known;
    const depth = (this.contexts[contextOf(call)] as Context).depth + 1;
    const size = this.sizeOf(target);
    const fits =
      this.options.inline && depth <= MAX_INLINE_DEPTH && size <= MAX_INLINE_INSTRUCTIONS && size < this.inlineRoom;
    if (fits) this.inlineRoom -= size;
    const inner = fits ? this.contexts.push({ depth, returnTo }) - 1 : -1;
    this.opened.set(call, inner);
    return inner;
  }

  /** Instructions of a function, counted no further than matters. */
  private sizeOf(entry: number): number {
    const known = this.sizes.get(entry);
    if (known !== undefined) return known;
    const seen = new Set<number>();
    const work = [entry];
    while (work.length > 0 && seen.size <= MAX_INLINE_INSTRUCTIONS) {
      let pc = work.pop() as number;
      while (!seen.has(pc) && seen.size <= MAX_INLINE_INSTRUCTIONS) {
        const instr = this.instrAt(pc);
        if (!instr) break;
        seen.add(pc);
        if (instr.op === OP.ret) break;
        if (isBranch(instr.op)) work.push(instr.k);
        pc = isJump(instr.op) ? instr.k : (pc + instr.size) & 0xffff;
      }
    }
    const size = seen.size === 0 ? Infinity : seen.size;
    this.sizes.set(entry, size);
    return size;
  }

  private readBlock(place: Place, leaders: ReadonlySet<Place>): GuestBlock {
    const context = contextOf(place);
    const instrs: GuestInstr[] = [];
    const block = (end: BlockEnd): GuestBlock => ({ place, instrs, end });
    let pc = pcOf(place);
    for (;;) {
      const instr = instrs.length < MAX_PIECE_INSTRUCTIONS ? this.instrAt(pc) : undefined;
      if (!instr) return block({ kind: 'leave', pc });
      instrs.push(instr);
      const next = (pc + instr.size) & 0xffff;
      if (instr.op === OP.ret) {
        const { returnTo } = this.contexts[context] as Context;
        return block(returnTo === undefined ? { kind: 'return' } : { kind: 'resume', next: returnTo });
      }
      const target = placeOf(context, instr.k);
      if (isJump(instr.op)) return block({ kind: 'jump', target });
      if (isCall(instr.op)) {
        const inner = this.opened.get(placeOf(context, pc)) ?? -1;
        if (inner >= 0) return block({ kind: 'enter', target: placeOf(inner, instr.k), returnTo: next });
        return block({ kind: 'call', target: instr.k, next: placeOf(context, next) });
      }
      if (isBranch(instr.op))
        return block({
          kind: 'branch',
          condition: instr.op - OP.branch,
          target,
          next: placeOf(context, next),
        });
      if (leaders.has(placeOf(context, next))) return block({ kind: 'fall', next: placeOf(context, next) });
      pc = next;
    }
  }
}

function targetsOf(end: BlockEnd): Place[] {
  switch (end.kind) {
    case 'fall':
    case 'call':
    case 'resume':
      return [end.next];
    case 'jump':
    case 'enter':
      return [end.target];
    case 'branch':
      return [end.target, end.next];
    default:
      return [];
  }
}

/** Orders the blocks and finds dominators (Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm"). */
function arrange(raw: ReadonlyMap<Place, GuestBlock>, entry: Place): Piece {
  const usable = (place: Place) => (raw.get(place)?.instrs.length ?? 0) > 0;
  const postorder: GuestBlock[] = [];
  const state = new Set<Place>([entry]);
  const stack: { readonly block: GuestBlock; readonly targets: Place[] }[] = [];
  const enter = (place: Place) => {
    const block = raw.get(place) as GuestBlock;
    stack.push({ block, targets: targetsOf(block.end).filter(usable) });
  };
  enter(entry);
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as { block: GuestBlock; targets: Place[] };
    const target = top.targets.pop();
    if (target === undefined) {
      postorder.push(top.block);
      stack.pop();
    } else if (!state.has(target)) {
      state.add(target);
      enter(target);
    }
  }
  const blocks = postorder.reverse();
  const index = new Map(blocks.map((block, i) => [block.place, i]));
  const targets = blocks.map((block) => targetsOf(block.end).map((place) => index.get(place) ?? -1));
  const predecessors: number[][] = blocks.map(() => []);
  targets.forEach((list, from) => list.forEach((to) => to >= 0 && predecessors[to]?.push(from)));
  const dominator = dominators(predecessors);
  const dominates = (a: number, b: number) => {
    let at = b;
    while (at > a) at = dominator[at] as number;
    return at === a;
  };
  // An edge from below to a block that does not dominate it makes the graph irreducible: it leaves the piece instead.
  const successors = targets.map((list, from) =>
    list.map((to) => (to >= 0 && to <= from && !dominates(to, from) ? -1 : to)),
  );
  const forward = blocks.map(() => 0);
  const isLoopHeader = blocks.map(() => false);
  successors.forEach((list, from) =>
    list.forEach((to) => {
      if (to < 0) return;
      if (to <= from) isLoopHeader[to] = true;
      else (forward[to] as number)++;
    }),
  );
  return { blocks, index, successors, dominator, isLoopHeader, isMerge: forward.map((n) => n > 1) };
}

function dominators(predecessors: readonly (readonly number[])[]): number[] {
  const dominator = predecessors.map((_, i): number => (i === 0 ? 0 : -1));
  const meet = (a: number, b: number) => {
    let x = a;
    let y = b;
    while (x !== y) {
      while (x > y) x = dominator[x] as number;
      while (y > x) y = dominator[y] as number;
    }
    return x;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (let block = 1; block < predecessors.length; block++) {
      let next = -1;
      for (const from of predecessors[block] as readonly number[])
        if ((dominator[from] as number) >= 0) next = next < 0 ? from : meet(from, next);
      if (next !== dominator[block]) {
        dominator[block] = next;
        changed = true;
      }
    }
  }
  return dominator;
}
