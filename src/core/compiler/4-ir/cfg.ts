/**
 * The control-flow graph: reverse postorder, dominators (Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", 2001)
 * and natural loops. A `Cfg` is a photograph: after edges change, take a new one. Blocks are numbered by their place in
 * reverse postorder; unreachable blocks have number -1.
 */
import { successors } from './build';
import type { Block, IrFunction } from './ir';

export interface Loop {
  readonly header: Block;
  readonly parent: Loop | undefined;
  /** 1 for an outermost loop. */
  readonly depth: number;
  /** Header first; blocks of inner loops too. */
  readonly blocks: readonly Block[];
  /** Blocks in the loop that branch to the header. */
  readonly latches: readonly Block[];
  readonly children: readonly Loop[];
  contains(block: Block): boolean;
}

export interface Cfg {
  readonly fn: IrFunction;
  /** Reachable blocks in reverse postorder; the entry is first. */
  readonly rpo: readonly Block[];
  /** Number of a block in `rpo` by block id, -1 if unreachable. */
  readonly number: Int32Array;
  /** Number of the immediate dominator by number; the entry is its own. */
  readonly idom: Int32Array;
  /** Children in the dominator tree, by number. */
  readonly dominated: readonly (readonly Block[])[];
  dominates(a: Block, b: Block): boolean;
  /** All loops, inner before outer. */
  readonly loops: readonly Loop[];
  /** Innermost loop of a block, by block id. */
  readonly loopOf: readonly (Loop | undefined)[];
}

/** The last photograph of a function, and what it was taken of. */
interface Taken {
  readonly cfg: Cfg;
  readonly edges: Edges;
}
const taken = new WeakMap<IrFunction, Taken>();

/** Most passes leave the edges as they are: then the last photograph still shows them. */
export function analyseCfg(fn: IrFunction): Cfg {
  const last = taken.get(fn);
  if (last && isPresent(last.edges, fn)) return last.cfg;
  const rpo = orderBlocks(fn);
  const number = new Int32Array(fn.nextBlock).fill(-1);
  rpo.forEach((block, i) => (number[block.id] = i));
  const idom = dominators(rpo, number);
  const dominated: Block[][] = rpo.map(() => []);
  for (let i = 1; i < rpo.length; i++) (dominated[idom[i] as number] as Block[]).push(rpo[i] as Block);
  const { enter, leave } = treeTimes(rpo, number, dominated);
  const dominates = (a: Block, b: Block): boolean => {
    const x = number[a.id] as number;
    const y = number[b.id] as number;
    if (x < 0 || y < 0) return false;
    return (enter[x] as number) <= (enter[y] as number) && (leave[y] as number) <= (leave[x] as number);
  };
  const { loops, loopOf } = findLoops(fn, rpo, number, dominates);
  const cfg = { fn, rpo, number, idom, dominated, dominates, loops, loopOf };
  taken.set(fn, { cfg, edges: edgesOf(fn, rpo) });
  return cfg;
}

/** All edges of the blocks that are reached, both ways: what a photograph depends on. */
interface Edges {
  readonly rpo: readonly Block[];
  readonly nextBlock: number;
  /** For each block in `rpo` its targets, then its predecessors, each list ended by undefined. */
  readonly ends: readonly (Block | undefined)[];
}

function edgesOf(fn: IrFunction, rpo: readonly Block[]): Edges {
  const ends: (Block | undefined)[] = [];
  for (const block of rpo) {
    // One by one: a switch may have more targets than a call takes arguments.
    for (const target of successors(block)) ends.push(target);
    ends.push(undefined);
    for (const pred of block.preds) ends.push(pred);
    ends.push(undefined);
  }
  return { rpo, nextBlock: fn.nextBlock, ends };
}

function isPresent({ rpo, nextBlock, ends }: Edges, fn: IrFunction): boolean {
  if (fn.nextBlock !== nextBlock || fn.blocks[0] !== rpo[0]) return false;
  let next = 0;
  for (const block of rpo) {
    for (const target of successors(block)) if (ends[next++] !== target) return false;
    if (ends[next++] !== undefined) return false;
    for (const pred of block.preds) if (ends[next++] !== pred) return false;
    if (ends[next++] !== undefined) return false;
  }
  return true;
}

/**
 * Reachable blocks. Successors are visited last first, so the first successor of a block comes right behind it where possible: the order
 * is a good layout too.
 */
export function reversePostorder(fn: IrFunction): readonly Block[] {
  const last = taken.get(fn);
  return last && isPresent(last.edges, fn) ? last.cfg.rpo : orderBlocks(fn);
}

function orderBlocks(fn: IrFunction): Block[] {
  const entry = fn.blocks[0];
  if (!entry) return [];
  const seen = new Uint8Array(fn.nextBlock);
  const order: Block[] = [];
  // The way down to the present block, and for each block on it how many targets are still to be visited.
  const way: Block[] = [entry];
  const left: number[] = [successors(entry).length];
  seen[entry.id] = 1;
  while (way.length > 0) {
    const top = way.length - 1;
    const block = way[top] as Block;
    const next = (left[top] as number) - 1;
    if (next < 0) {
      order.push(block);
      way.pop();
      left.pop();
      continue;
    }
    left[top] = next;
    const target = successors(block)[next] as Block;
    if (seen[target.id] === 1) continue;
    seen[target.id] = 1;
    way.push(target);
    left.push(successors(target).length);
  }
  return order.reverse();
}

function dominators(rpo: readonly Block[], number: Int32Array): Int32Array {
  const idom = new Int32Array(rpo.length).fill(-1);
  if (rpo.length > 0) idom[0] = 0;
  const meet = (a: number, b: number): number => {
    while (a !== b) {
      while (a > b) a = idom[a] as number;
      while (b > a) b = idom[b] as number;
    }
    return a;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 1; i < rpo.length; i++) {
      let next = -1;
      for (const pred of (rpo[i] as Block).preds) {
        const p = number[pred.id] as number;
        if (p < 0 || (idom[p] as number) < 0) continue;
        next = next < 0 ? p : meet(next, p);
      }
      if (next !== idom[i]) {
        idom[i] = next;
        changed = true;
      }
    }
  }
  return idom;
}

/** Entry and exit times of a walk over the dominator tree: dominance is interval inclusion. */
function treeTimes(rpo: readonly Block[], number: Int32Array, dominated: readonly (readonly Block[])[]) {
  const enter = new Int32Array(rpo.length);
  const leave = new Int32Array(rpo.length);
  const next = new Int32Array(rpo.length);
  let time = 0;
  const stack = rpo.length > 0 ? [0] : [];
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as number;
    if (next[top] === 0) enter[top] = time++;
    const child = dominated[top]?.[next[top] as number];
    next[top] = (next[top] as number) + 1;
    if (child === undefined) {
      leave[top] = time++;
      stack.pop();
    } else stack.push(number[child.id] as number);
  }
  return { enter, leave };
}

interface MutableLoop extends Loop {
  parent: Loop | undefined;
  depth: number;
  blocks: Block[];
  latches: Block[];
  children: Loop[];
}

/** Back edges to a dominating header make a loop; those that share a header make one loop. */
function findLoops(
  fn: IrFunction,
  rpo: readonly Block[],
  number: Int32Array,
  dominates: (a: Block, b: Block) => boolean,
): { loops: Loop[]; loopOf: (Loop | undefined)[] } {
  const loopOf: (MutableLoop | undefined)[] = new Array<MutableLoop | undefined>(fn.nextBlock);
  const loops: MutableLoop[] = [];
  // Later headers first, so inner loops are found before those around them.
  for (let i = rpo.length - 1; i >= 0; i--) {
    const header = rpo[i] as Block;
    const latches = header.preds.filter((pred) => (number[pred.id] as number) >= 0 && dominates(header, pred));
    if (latches.length === 0) continue;
    const loop = newLoop(header, [...new Set(latches)], fn.nextBlock);
    const work = [...loop.latches];
    while (work.length > 0) claim(work.pop() as Block, loop, loopOf, number, work);
    claim(header, loop, loopOf, number, []);
    loops.push(loop);
  }
  for (const block of rpo)
    for (let loop = loopOf[block.id]; loop; loop = loop.parent as MutableLoop | undefined) addTo(loop, block);
  for (let i = loops.length - 1; i >= 0; i--) {
    const loop = loops[i] as MutableLoop;
    loop.depth = (loop.parent?.depth ?? 0) + 1;
    (loop.parent as MutableLoop | undefined)?.children.push(loop);
  }
  return { loops, loopOf };
}

function newLoop(header: Block, latches: Block[], blockIds: number): MutableLoop {
  const member = new Uint8Array(blockIds);
  const loop = {
    header,
    latches,
    parent: undefined,
    depth: 0,
    blocks: [],
    children: [],
    member,
    contains: (block: Block) => member[block.id] === 1,
  };
  return loop;
}

function addTo(loop: MutableLoop, block: Block): void {
  (loop as MutableLoop & { member: Uint8Array }).member[block.id] = 1;
  loop.blocks.push(block);
}

/** Puts a block, or the outermost loop that it is in already, into `loop`; its predecessors go on the work list. */
function claim(
  block: Block,
  loop: MutableLoop,
  loopOf: (MutableLoop | undefined)[],
  number: Int32Array,
  work: Block[],
): void {
  let inner = loopOf[block.id];
  if (inner === undefined) {
    loopOf[block.id] = loop;
    if (block !== loop.header) addReached(block.preds, number, work);
    return;
  }
  while (inner.parent !== undefined) inner = inner.parent as MutableLoop;
  if (inner === loop) return;
  inner.parent = loop;
  addReached(inner.header.preds, number, work);
}

function addReached(blocks: readonly Block[], number: Int32Array, work: Block[]): void {
  for (const block of blocks) if ((number[block.id] as number) >= 0) work.push(block);
}

/** Of the edges from one block: for each target, their places among its preds. The k-th of several edges to one target has the k-th. */
export type EdgePlaces = ReadonlyMap<Block, readonly number[]>;

/** By the id of the block that the edges come from: all edges to `blocks`, in one go. */
export function placesOfEdges(blocks: readonly Block[]): readonly (EdgePlaces | undefined)[] {
  const all: (Map<Block, number[]> | undefined)[] = [];
  for (const target of blocks)
    target.preds.forEach((pred, place) => {
      const from = (all[pred.id] ??= new Map<Block, number[]>());
      const places = from.get(target);
      if (places) places.push(place);
      else from.set(target, [place]);
    });
  return all;
}

/** Removes blocks that no path reaches, with their edges. Returns whether there were any. */
export function removeUnreachable(fn: IrFunction): boolean {
  const rpo = reversePostorder(fn);
  if (rpo.length === fn.blocks.length) return false;
  const reachable = new Uint8Array(fn.nextBlock);
  for (const block of rpo) reachable[block.id] = 1;
  for (const block of rpo)
    for (let i = block.preds.length - 1; i >= 0; i--)
      if (reachable[(block.preds[i] as Block).id] === 0) {
        block.preds.splice(i, 1);
        for (const instr of block.instrs) {
          if (instr.op !== 'phi') break;
          instr.args.splice(i, 1);
        }
      }
  fn.blocks = fn.blocks.filter((block) => reachable[block.id] === 1);
  return true;
}
