/**
 * Machine blocks and the edges between them, made from the blocks of the IR: with the loops that they are in, how often they are executed by
 * estimate, and a block on each critical edge, where copies and spill code can stand.
 */
import { successors, valueKey } from '../4-ir/build';
import { placesOfEdges, type Cfg, type EdgePlaces } from '../4-ir/cfg';
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
      const loop = cfg.loopOf[block.id];
      this.enterLoop(this.of(block), loop && loops.get(loop));
    }
    const places = placesOfEdges(order);
    for (const block of order) {
      mf.blocks.push(this.of(block));
      const split = this.makeEdges(block, places[block.id]);
      for (let i = split.length - 1; i >= 0; i--) mf.blocks.push(split[i] as MBlock);
    }
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

  /**
   * Machine edges; a critical edge gets a block of its own, where phi copies and spill code can stand, and edges that bring the same
   * values to the same block share one. Returns those blocks.
   */
  private makeEdges(block: Block, places: EdgePlaces | undefined): MBlock[] {
    const from = this.of(block);
    const targets = successors(block);
    const made: MBlock[] = [];
    const slots: number[] = [];
    const split = new Map<string, MBlock>();
    const seen = new Map<Block, number>();
    for (const target of targets) {
      const to = this.of(target);
      const own = places?.get(target) ?? [];
      const nth = seen.get(target) ?? 0;
      seen.set(target, nth + 1);
      const slot = own[nth] as number;
      slots.push(slot);
      const isOnlyWay = own.length === target.preds.length && target.instrs[0]?.op !== 'phi';
      if (targets.length === 1 || isOnlyWay) made.push(to);
      else {
        const key = `${target.id} ${inputsAt(target, slot)}`;
        let middle = split.get(key);
        if (!middle) split.set(key, (middle = this.splitBlock(from, to)));
        made.push(middle);
      }
      addEdge(from, made[made.length - 1] as MBlock);
    }
    this.edgeTo[block.id] = made;
    this.slots[block.id] = slots;
    return [...split.values()];
  }

  private splitBlock(from: MBlock, to: MBlock): MBlock {
    const middle = newBlock(this.mf, 'edge', 1);
    this.enterLoop(middle, commonLoop(from.loop, to.loop));
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

/** What the phis of a block take over one edge, as a text: the same text, the same values. */
function inputsAt(target: Block, slot: number): string {
  let text = '';
  for (const phi of target.instrs) {
    if (phi.op !== 'phi') break;
    text += `${valueKey(phi.args[slot] as Value)},`;
  }
  return text;
}

function commonLoop(a: MLoop | undefined, b: MLoop | undefined): MLoop | undefined {
  for (let x = a; x; x = x.parent) for (let y = b; y; y = y.parent) if (x === y) return x;
  return undefined;
}
