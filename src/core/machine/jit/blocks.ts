/**
 * Finds the piece of guest code that is translated as one: the basic blocks that are reachable from an entry without passing a
 * call's callee or a return. Any instruction can be an entry; a piece whose entry is a loop header can be re-entered there.
 */
import { OP } from '../cpu/ops';
import type { DecodedCode } from '../cpu/decoded';

export interface GuestInstr {
  readonly pc: number;
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly k: number;
  readonly size: number;
  readonly time: number;
}

export type BlockEnd =
  /** Runs on into the next block. */
  | { readonly kind: 'fall'; readonly next: number }
  | { readonly kind: 'jump'; readonly target: number }
  | { readonly kind: 'branch'; readonly condition: number; readonly target: number; readonly next: number }
  | { readonly kind: 'call'; readonly target: number; readonly next: number }
  | { readonly kind: 'return' }
  /** The instruction at `pc` is left to the interpreter. */
  | { readonly kind: 'leave'; readonly pc: number };

export interface GuestBlock {
  readonly pc: number;
  /** All that is executed here; the last one is the jump, branch, call or return, if the end is one. */
  readonly instrs: readonly GuestInstr[];
  readonly end: BlockEnd;
}

export interface Piece {
  /** In reverse postorder; the entry is first. */
  readonly blocks: readonly GuestBlock[];
  readonly index: ReadonlyMap<number, number>;
  /** Block indices an edge, in the order target, next; -1 where the edge leaves the piece. */
  readonly successors: readonly (readonly number[])[];
  /** Immediate dominator of each block; the entry is its own. */
  readonly dominator: readonly number[];
  /** Blocks that an edge from below leads to. */
  readonly isLoopHeader: readonly boolean[];
  /** Blocks with two or more edges from above. */
  readonly isMerge: readonly boolean[];
}

/** More instructions than this are cut: what lies beyond is a piece of its own. */
export const MAX_PIECE_INSTRUCTIONS = 600;

/** Operations that the interpreter must do: ports, interrupts, traps, computed jumps. */
const LEAVES = new Set<number>([
  OP.reti, OP.ei, OP.di, OP.wait, OP.halt, OP.icall, OP.ijmp, OP.setsp, OP.trap, OP.in, OP.out, OP.inp, OP.outp, OP.tas,
]); // prettier-ignore

/** Undefined when the entry itself must be interpreted. */
export function findPiece(code: DecodedCode, entry: number, multiplier: boolean): Piece | undefined {
  const leaders = findLeaders(code, entry, multiplier);
  const raw = new Map<number, GuestBlock>();
  for (const pc of leaders) raw.set(pc, readBlock(code, pc, leaders, multiplier));
  const first = raw.get(entry);
  if (!first || first.instrs.length === 0) return undefined;
  return arrange(raw, entry);
}

/** The instruction at `pc`, or undefined when it is for the interpreter. */
function instrAt(code: DecodedCode, pc: number, multiplier: boolean): GuestInstr | undefined {
  if (pc & 1 || pc < 0x10 || pc + 4 > code.keepEnd) return undefined;
  const op = code.fill(pc);
  if (op < 0 || LEAVES.has(op) || code.hasBreakpoint(pc)) return undefined;
  if (!multiplier && (op === OP.mul || op === OP.muls)) return undefined;
  const w = pc;
  return {
    pc,
    op,
    a: code.a[w] as number,
    b: code.b[w] as number,
    c: code.c[w] as number,
    k: code.k[w] as number,
    size: code.size[w] as number,
    time: code.time[w] as number,
  };
}

const isBranch = (op: number) => op >= OP.branch && op < OP.branch + 14;
const isJump = (op: number) => op === OP.jmp || op === OP.jmpa;
const isCall = (op: number) => op === OP.call || op === OP.calla;

function findLeaders(code: DecodedCode, entry: number, multiplier: boolean): Set<number> {
  const leaders = new Set<number>([entry]);
  const work = [entry];
  const seen = new Set<number>();
  let room = MAX_PIECE_INSTRUCTIONS;
  const lead = (pc: number) => {
    if (!leaders.has(pc)) {
      leaders.add(pc);
      work.push(pc);
    }
  };
  while (work.length > 0 && room > 0) {
    let pc = work.pop() as number;
    while (!seen.has(pc) && room-- > 0) {
      seen.add(pc);
      const instr = instrAt(code, pc, multiplier);
      if (!instr || instr.op === OP.ret) break;
      const next = (pc + instr.size) & 0xffff;
      if (isJump(instr.op)) {
        lead(instr.k);
        break;
      }
      if (isBranch(instr.op)) lead(instr.k);
      if (isBranch(instr.op) || isCall(instr.op)) lead(next);
      pc = next;
    }
  }
  return leaders;
}

function readBlock(code: DecodedCode, start: number, leaders: ReadonlySet<number>, multiplier: boolean): GuestBlock {
  const instrs: GuestInstr[] = [];
  let pc = start;
  for (;;) {
    const instr = instrs.length < MAX_PIECE_INSTRUCTIONS ? instrAt(code, pc, multiplier) : undefined;
    if (!instr) return { pc: start, instrs, end: { kind: 'leave', pc } };
    instrs.push(instr);
    const next = (pc + instr.size) & 0xffff;
    if (instr.op === OP.ret) return { pc: start, instrs, end: { kind: 'return' } };
    if (isJump(instr.op)) return { pc: start, instrs, end: { kind: 'jump', target: instr.k } };
    if (isCall(instr.op)) return { pc: start, instrs, end: { kind: 'call', target: instr.k, next } };
    if (isBranch(instr.op))
      return { pc: start, instrs, end: { kind: 'branch', condition: instr.op - OP.branch, target: instr.k, next } };
    if (leaders.has(next)) return { pc: start, instrs, end: { kind: 'fall', next } };
    pc = next;
  }
}

function targetsOf(end: BlockEnd): number[] {
  switch (end.kind) {
    case 'fall':
      return [end.next];
    case 'jump':
      return [end.target];
    case 'branch':
      return [end.target, end.next];
    case 'call':
      return [end.next];
    default:
      return [];
  }
}

/** Orders the blocks and finds dominators (Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm"). */
function arrange(raw: ReadonlyMap<number, GuestBlock>, entry: number): Piece {
  const usable = (pc: number) => (raw.get(pc)?.instrs.length ?? 0) > 0;
  const postorder: GuestBlock[] = [];
  const state = new Set<number>([entry]);
  const stack: { readonly block: GuestBlock; readonly targets: number[] }[] = [];
  const enter = (pc: number) => {
    const block = raw.get(pc) as GuestBlock;
    stack.push({ block, targets: targetsOf(block.end).filter(usable) });
  };
  enter(entry);
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as { block: GuestBlock; targets: number[] };
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
  const index = new Map(blocks.map((block, i) => [block.pc, i]));
  const targets = blocks.map((block) => targetsOf(block.end).map((pc) => index.get(pc) ?? -1));
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
