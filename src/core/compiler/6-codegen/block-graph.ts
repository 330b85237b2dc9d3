/**
 * Machine blocks and the edges between them, made from the blocks of the IR: with the loops that they are in, how often they are executed by
 * estimate, and a block on each critical edge, where copies and spill code can stand.
 */
import { sameValue, successors } from '../4-ir/build';
import type { Cfg } from '../4-ir/cfg';
import type { Block, IrFunction, Value } from '../4-ir/ir';
import { addEdge, newBlock, type MBlock, type MFunction, type MLoop } from './mir';

/** An edge into a loop's body counts this often; deeper nests multiply, up to MAX_FREQUENCY. */
const LOOP_FREQUENCY = 8;
const MAX_FREQUENCY = 8 ** 6;

export class BlockGraph {
  /** By IR block id. */
  private readonly made: MBlock[] = [];
  /** Where one IR edge leads: by predecessor id, then by index among its targets. */
  private readonly edgeTo: MBlock[][] = [];
  private readonly slots: number[][] = [];

  constructor(
    private readonly fn: IrFunction,
    private readonly cfg: Cfg,
    private readonly mf: MFunction,
  ) {
    const loops = new Map<object, MLoop>();
    const order = fn.blocks.filter((b) => (cfg.number[b.id] as number) >= 0);
    // Outer loops come after inner ones in cfg.loops.
    for (let i = cfg.loops.length - 1; i >= 0; i--) {
      const loop = cfg.loops[i] as Cfg['loops'][number];
      const header = this.of(loop.header);
      loops.set(loop, {
        header,
        parent: loop.parent && loops.get(loop.parent),
        depth: loop.depth,
        blocks: new Set(),
      });
    }
    for (const block of order) {
      const made = this.of(block);
      const loop = cfg.loopOf[block.id];
      this.enterLoop(made, loop && loops.get(loop));
      mf.blocks.push(made);
    }
    for (const block of order) this.makeEdges(block);
  }

  /** The machine block of an IR block. */
  of(block: Block): MBlock {
    return (this.made[block.id] ??= newBlock(this.mf, block.name, 1));
  }

  enterLoop(block: MBlock, loop: MLoop | undefined): void {
    block.loop = loop;
    block.freq = Math.min(MAX_FREQUENCY, LOOP_FREQUENCY ** (loop?.depth ?? 0));
    for (let l = loop; l; l = l.parent) l.blocks.add(block);
  }

  /** Machine edges; a critical edge gets a block of its own, where phi copies and spill code can stand. */
  private makeEdges(block: Block): void {
    const from = this.of(block);
    const targets = successors(block);
    const made: MBlock[] = [];
    targets.forEach((target, index) => {
      const to = this.of(target);
      const slot = predSlot(targets, index, block);
      const isPlain = targets.length === 1 || (new Set(target.preds).size === 1 && target.instrs[0]?.op !== 'phi');
      const same = isPlain
        ? -1
        : targets.findIndex((t, j) => j < index && t === target && sameInputs(targets, j, index, block));
      if (same >= 0) made.push(made[same] as MBlock);
      else made.push(isPlain ? to : this.splitBlock(from, to));
      addEdge(from, made[index] as MBlock);
      (this.slots[block.id] ??= []).push(slot);
    });
    this.edgeTo[block.id] = made;
  }

  private splitBlock(from: MBlock, to: MBlock): MBlock {
    const middle = newBlock(this.mf, 'edge', 1);
    this.enterLoop(middle, commonLoop(from.loop, to.loop));
    this.mf.blocks.splice(this.mf.blocks.indexOf(from) + 1, 0, middle);
    addEdge(middle, to);
    return middle;
  }

  /** The machine block to which edge `index` of an IR block leads. */
  edge(block: Block, index: number): MBlock {
    return this.edgeTo[block.id]?.[index] as MBlock;
  }

  /** The place of that edge among the preds of its target. */
  slot(block: Block, index: number): number {
    return this.slots[block.id]?.[index] as number;
  }
}

/** Which entry of the target's preds belongs to edge `index`: the k-th of several edges to one target is the k-th entry. */
function predSlot(targets: readonly Block[], index: number, from: Block): number {
  const target = targets[index] as Block;
  let nth = 0;
  for (let i = 0; i < index; i++) if (targets[i] === target) nth++;
  return target.preds.findIndex((pred) => pred === from && nth-- === 0);
}

function sameInputs(targets: readonly Block[], a: number, b: number, from: Block): boolean {
  const x = predSlot(targets, a, from);
  const y = predSlot(targets, b, from);
  for (const phi of (targets[a] as Block).instrs) {
    if (phi.op !== 'phi') return true;
    if (!sameValue(phi.args[x] as Value, phi.args[y] as Value)) return false;
  }
  return true;
}

function commonLoop(a: MLoop | undefined, b: MLoop | undefined): MLoop | undefined {
  for (let x = a; x; x = x.parent) for (let y = b; y; y = y.parent) if (x === y) return x;
  return undefined;
}
