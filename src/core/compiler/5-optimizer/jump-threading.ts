/**
 * Jump threading: where a branch decides on a value that one of the ways into its block already fixes, that way goes straight to the
 * target. `while (!done)` with `done = 1` in the body becomes a jump out of the loop.
 */
import { constant, isInstr, mapTargets, phis, removePred, splitEdge, successors, terminator } from '../4-ir/build';
import { collectUses, usersIn } from '../4-ir/uses';
import { analyseCfg, removeUnreachable, type Cfg } from '../4-ir/cfg';
import { foldCompare } from '../4-ir/fold';
import type { Block, Instr, IrFunction, Value } from '../4-ir/ir';
import { functionPass } from './pass';
import { repairUses } from './ssa-repair';

export const jumpThreading = functionPass(
  {
    name: 'jump-threading',
    title: 'Jump threading',
    summary: 'Skips a branch on the ways that already know how it will go.',
  },
  (fn, context) => {
    let changed = false;
    for (let round = 0; round < ROUND_LIMIT; round++) {
      const cfg = analyseCfg(fn);
      const threads = fn.blocks.filter((block) => canThread(block, cfg)).flatMap((block) => threadable(block));
      let done = 0;
      for (const { block, pred, target } of threads) {
        if (!thread(fn, block, pred, target)) continue;
        done++;
        if (context.wantsRemarks)
          context.remark(fn, terminator(block).origin, 'this test is skipped on a way that knows its result');
      }
      if (done === 0) break;
      removeUnreachable(fn);
      changed = true;
    }
    return changed;
  },
);
const ROUND_LIMIT = 3;

/** Only phis, debug notes, and one comparison that nothing else uses, may stand before the branch: they need no copy. */
function canThread(block: Block, cfg: Cfg): boolean {
  const number = cfg.number[block.id] as number;
  if (number < 0 || block.preds.length < 2) return false;
  const loop = cfg.loopOf[block.id];
  if (loop?.header === block) return false;
  const last = terminator(block);
  if (last.op !== 'condbr' && last.op !== 'switch') return false;
  const [condition] = last.args;
  return block.instrs.every(
    (instr) =>
      instr.op === 'phi' || instr.op === 'dbg' || instr === last || (instr === condition && instr.op === 'icmp'),
  );
}

interface Thread {
  readonly block: Block;
  readonly pred: Block;
  readonly target: Block;
}

function threadable(block: Block): Thread[] {
  return block.preds.flatMap((pred, way) => {
    const index = outcome(block, way);
    const target = index === undefined ? undefined : successors(block)[index];
    return target && target !== block && pred !== block ? [{ block, pred, target }] : [];
  });
}

/** Which target the branch takes when the block is entered over one edge. */
function outcome(block: Block, way: number): number | undefined {
  const last = terminator(block);
  const entering = (value: Value): Value =>
    isInstr(value) && value.op === 'phi' && value.block === block ? (value.args[way] as Value) : value;
  if (last.op === 'switch') {
    const value = entering(last.args[0]);
    return value.op === 'const' ? last.cases.indexOf(value.value) + 1 : undefined;
  }
  if (last.op !== 'condbr') return undefined;
  let [condition] = last.args;
  if (condition.op === 'icmp' && condition.block === block) {
    const [a, b] = condition.args.map(entering) as [Value, Value];
    if (a.op !== 'const' || b.op !== 'const') return undefined;
    condition = constant('i1', foldCompare(condition.predicate, a.type, a.value, b.value) ? 1 : 0);
  } else condition = entering(condition);
  return condition.op === 'const' ? 1 - condition.value : undefined;
}

function thread(fn: IrFunction, block: Block, pred: Block, target: Block): boolean {
  let way = block.preds.indexOf(pred);
  if (way < 0 || block.preds.filter((one) => one === pred).length > 1) return false;
  // A block of its own on the edge, so that the new edge has a start that leads nowhere else.
  let from = pred;
  if (successors(pred).length > 1) {
    from = splitEdge(fn, pred, successors(pred).indexOf(block));
    way = block.preds.indexOf(from);
  }
  const uses = collectUses(fn);
  const mine = block.instrs.filter((instr): instr is Instr => instr.type !== 'void');
  const entering = new Map<Instr, Value>();
  for (const instr of mine) {
    if (instr.op === 'phi') entering.set(instr, instr.args[way] as Value);
    else if (instr.op === 'icmp') {
      if (usersIn(uses, instr).some((user) => user !== terminator(block) && user.op !== 'dbg')) return false;
    }
  }
  const slot = target.preds.indexOf(block);
  const inputs = phis(target).map((phi) => {
    const value = phi.args[slot] as Value;
    return (isInstr(value) && entering.get(value)) || value;
  });
  mapTargets(terminator(from), () => target);
  removePred(block, way);
  target.preds.push(from);
  phis(target).forEach((phi, i) => phi.args.push(inputs[i] as Value));
  for (const instr of phis(block)) {
    const users = usersIn(uses, instr).filter((user) => user.block !== block || user.op === 'phi');
    if (users.length > 0) repairUses(fn, instr, users, new Map([[from, entering.get(instr) as Value]]));
  }
  return true;
}
