/**
 * Loop unrolling: an innermost loop whose turns are known and whose body is short is written out, as a whole or several turns at a
 * time. The tests in between go, counters become constants or displacements. Only where speed counts: the code grows.
 */
import { create, createBlock, isInstr, keepOnlyEdge, mapTargets, phis, successors, terminator } from '../4-ir/build';
import { collectUses } from '../4-ir/uses';
import { analyseCfg, type Cfg, type Loop } from '../4-ir/cfg';
import type { Block, Instr, IrFunction, Value } from '../4-ir/ir';
import { exitTest, turnsOf } from './exit-test';
import { ensurePreheader, exitsOf, inductions, preheaderOf } from './loops';
import { functionPass } from './pass';
import { RangesOnDemand } from './ranges';
import { cloneInstr } from './ssa-repair';

/** Instructions of a loop that is written out as a whole. */
const WHOLE_LIMIT = 60;
/** Instructions of several turns together. */
const PART_LIMIT = 32;
/** Turns at a time, the most first. */
const FACTORS = [8, 4, 2];
/** A call of a library routine: next to its loop the test of this one is nothing. */
const DIVISION = 20;
/** A function is not grown beyond this. */
const FUNCTION_LIMIT = 1200;

export const unroll = functionPass(
  {
    name: 'unroll',
    title: 'Loop unrolling',
    summary: 'Writes out short loops whose number of turns is known, as a whole or several turns at a time.',
  },
  (fn, context) => {
    let changed = false;
    const done = new Set<Block>();
    for (let cfg = analyseCfg(fn); ; cfg = analyseCfg(fn)) {
      const loop = cfg.loops.find((one) => !done.has(one.header) && isSimple(one));
      if (!loop) return changed;
      done.add(loop.header);
      if (ensurePreheader(fn, loop)) {
        changed = true;
        done.delete(loop.header);
        continue;
      }
      const turns = turnsIn(fn, cfg, loop);
      const factor = turns === undefined ? 1 : factorFor(fn, loop, turns, context.forSpeed);
      if (turns === undefined || (factor === 1 && turns > 1)) continue;
      const { origin } = terminator(loop.latches[0] as Block);
      new Unrolling(fn, loop, factor).run(factor === turns);
      changed = true;
      if (context.wantsRemarks)
        context.remark(
          fn,
          origin,
          factor === turns
            ? `the loop turns ${turns} time${turns === 1 ? '' : 's'}: it is written out`
            : `${factor} of the ${turns} turns of the loop are written out, with one test for them`,
        );
    }
  },
);

/** Innermost, left at its latch only, without calls and inline assembly. */
function isSimple(loop: Loop): boolean {
  const [latch] = loop.latches;
  if (loop.children.length > 0 || loop.latches.length !== 1 || !latch) return false;
  if (exitsOf(loop).some((block) => block !== latch) || terminator(latch).op !== 'condbr') return false;
  return loop.blocks.every((block) =>
    block.instrs.every((instr) => instr.op !== 'call' && instr.op !== 'asm' && instr.op !== 'alloca'),
  );
}

function turnsIn(fn: IrFunction, cfg: Cfg, loop: Loop): number | undefined {
  const preheader = preheaderOf(loop);
  const [latch] = loop.latches;
  if (!preheader || !latch) return undefined;
  const counters = inductions(loop);
  if (counters.length === 0) return undefined;
  const uses = collectUses(fn);
  const ranges = new RangesOnDemand(cfg);
  for (const induction of counters) {
    const test = exitTest(loop, latch, induction, uses);
    const turns = test && turnsOf(induction, test, ranges, preheader);
    if (typeof turns === 'number') return turns;
  }
  return undefined;
}

/** How many turns are written out. */
function factorFor(fn: IrFunction, loop: Loop, turns: number, forSpeed: boolean): number {
  if (turns === 1 || !forSpeed) return 1;
  const size = sizeOf(loop.blocks);
  if (sizeOf(fn.blocks) + turns * size <= FUNCTION_LIMIT && turns * size <= WHOLE_LIMIT) return turns;
  if (sizeOf(fn.blocks) + PART_LIMIT > FUNCTION_LIMIT) return 1;
  return FACTORS.find((factor) => turns % factor === 0 && factor * size <= PART_LIMIT) ?? 1;
}

/** What becomes instructions, roughly: extensions mostly vanish with narrowing, the test with unrolling. */
function sizeOf(blocks: readonly Block[]): number {
  let size = 0;
  for (const block of blocks)
    for (const instr of block.instrs)
      switch (instr.op) {
        case 'phi':
        case 'dbg':
        case 'br':
        case 'trunc':
        case 'zext':
          break;
        case 'udiv':
        case 'sdiv':
        case 'urem':
        case 'srem':
          size += DIVISION;
          break;
        default:
          size += instr.type === 'i32' ? (instr.op === 'mul' ? DIVISION : 2) : 1;
      }
  return size;
}

class Unrolling {
  private readonly latch: Block;
  private readonly exit: Block;

  constructor(
    private readonly fn: IrFunction,
    private readonly loop: Loop,
    private readonly factor: number,
  ) {
    this.latch = loop.latches[0] as Block;
    this.exit = successors(this.latch).find((target) => !loop.contains(target)) as Block;
  }

  /** With `isWhole` the last copy does not go back. */
  run(isWhole: boolean): void {
    const { fn } = this;
    const { header } = this.loop;
    const joints: { latch: Block; head: Block }[] = [];
    const back = header.preds.indexOf(this.latch);
    const outside = this.outsideUsers();
    // What the header's phis are in the next turn, seen from the present copy.
    let values = new Map<Value, Value>();
    let last = this.latch;
    const present = (value: Value): Value => values.get(value) ?? value;
    for (let copy = 1; copy < this.factor; copy++) {
      const entering = new Map(phis(header).map((phi) => [phi as Value, present(phi.args[back] as Value)] as const));
      const made = this.copyBody(entering);
      joints.push({ latch: last, head: made.head });
      fn.blocks.splice(fn.blocks.indexOf(last) + 1, 0, ...made.blocks);
      last = made.latch;
      values = made.values;
    }
    if (last !== this.latch) {
      header.preds[back] = last;
      for (const phi of phis(header)) phi.args[back] = present(phi.args[back] as Value);
      this.exit.preds = this.exit.preds.map((pred) => (pred === this.latch ? last : pred));
      for (const user of outside) {
        const args = user.args as Value[];
        for (let i = 0; i < args.length; i++) args[i] = present(args[i] as Value);
      }
    }
    // Only now: the copies were made from the loop as it was.
    for (const { latch, head } of joints) this.jumpTo(latch, head);
    if (isWhole) keepOnlyEdge(fn, last, successors(last).indexOf(this.exit));
  }

  /** Instructions behind the loop that use its values: they want those of the last copy. */
  private outsideUsers(): Instr[] {
    const { loop } = this;
    return this.fn.blocks
      .filter((block) => !loop.contains(block))
      .flatMap((block) =>
        block.instrs.filter((instr) => (instr.args as Value[]).some((arg) => isInstr(arg) && loop.contains(arg.block))),
      );
  }

  private copyBody(entering: ReadonlyMap<Value, Value>) {
    const { fn, loop } = this;
    const values = new Map(entering);
    const blocks = new Map(loop.blocks.map((block) => [block, createBlock(fn, block.name)] as const));
    const map = (value: Value): Value => values.get(value) ?? value;
    for (const [block, copy] of blocks) {
      if (block !== loop.header) copy.preds = block.preds.map((pred) => blocks.get(pred) as Block);
      for (const instr of block.instrs) {
        if (instr.op === 'phi' && block === loop.header) continue;
        const made = cloneInstr(fn, instr, copy, map);
        if (block !== this.latch) mapTargets(made, (target) => blocks.get(target) as Block);
        values.set(instr, made);
        copy.instrs.push(made);
      }
    }
    const latch = blocks.get(this.latch) as Block;
    return { blocks: [...blocks.values()], head: blocks.get(loop.header) as Block, latch, values };
  }

  /** The latch of one copy goes on to the next without a test. */
  private jumpTo(latch: Block, head: Block): void {
    const { origin } = terminator(latch);
    latch.instrs[latch.instrs.length - 1] = create(this.fn, latch, {
      op: 'br',
      type: 'void',
      args: [],
      targets: [head],
      origin,
    });
    head.preds = [latch];
  }
}
