/**
 * Loop rotation: a loop that tests at the top (while, for) is made to test at the bottom, behind a guard that tests once before
 * it. Each turn saves a jump, the guard often folds away, and everything in the body is then known to be executed.
 */
import { create, hasEffect, isInstr, isTerminator, removePred, splitEdge, successors, terminator } from '../4-ir/build';
import { collectUses, usersIn } from '../4-ir/uses';
import { analyseCfg, type Loop } from '../4-ir/cfg';
import { foldInstr } from './constant-folding';
import type { Block, Instr, IrFunction, PhiInstr, Value } from '../4-ir/ir';
import { ensurePreheader, outsidePreds } from './loops';
import { functionPass } from './pass';
import { cloneInstr, repairUses } from './ssa-repair';

/** A longer test is not worth a second copy. */
const TEST_LIMIT = 8;

export const loopRotation = functionPass(
  {
    name: 'loop-rotation',
    title: 'Loop rotation',
    summary:
      'Moves the test of a loop to its end, so that a turn needs one jump less; a copy of the test guards the entry.',
  },
  (fn, context) => {
    let changed = false;
    const done = new Set<Block>();
    for (let cfg = analyseCfg(fn); ; cfg = analyseCfg(fn)) {
      const loop = cfg.loops.find((one) => !done.has(one.header) && hasTestAtTop(fn, one));
      if (!loop) return changed;
      done.add(loop.header);
      changed = ensurePreheader(fn, loop) || changed;
      if (!context.forSpeed && !guardFolds(fn, loop, outsidePreds(loop)[0] as Block)) continue;
      rotate(fn, loop);
      changed = true;
      if (context.wantsRemarks)
        context.remark(fn, terminator(loop.header).origin, 'the loop tests at its end: one jump less each turn');
    }
  },
);

function hasTestAtTop(fn: IrFunction, loop: Loop): boolean {
  const { header } = loop;
  const last = terminator(header);
  if (last.op !== 'condbr' || header === fn.blocks[0]) return false;
  const insideFirst = loop.contains(last.targets[0]);
  if (insideFirst === loop.contains(last.targets[1])) return false;
  const inside = insideFirst ? last.targets[0] : last.targets[1];
  if (inside === header || loop.latches.length !== 1 || loop.latches[0] === header) return false;
  // A latch that already decides about leaving gains nothing.
  if (successors(loop.latches[0] as Block).length > 1) return false;
  let size = 0;
  for (const instr of header.instrs) {
    if (instr.op === 'phi' || instr.op === 'dbg' || instr === last) continue;
    if (hasEffect(instr) || instr.op === 'alloca') return false;
    size++;
  }
  return size <= TEST_LIMIT;
}

/** Whether the test before the first turn has a known result: then the guard costs nothing. */
function guardFolds(fn: IrFunction, loop: Loop, entry: Block): boolean {
  const { map } = copyTest(fn, loop.header, entry);
  const [condition] = terminator(loop.header).args;
  return condition !== undefined && map(condition).op === 'const';
}

/** Copies of the header's instructions as they are on the way in, folded where possible. */
function copyTest(fn: IrFunction, header: Block, entry: Block) {
  const way = header.preds.indexOf(entry);
  const values = new Map<Value, Value>();
  const map = (value: Value): Value => values.get(value) ?? value;
  const copies: Instr[] = [];
  for (const instr of header.instrs) {
    if (instr.op === 'phi') values.set(instr, instr.args[way] as Value);
    else if (isTerminator(instr)) break;
    else {
      const copy = cloneInstr(fn, instr, entry, map);
      const folded = foldInstr(copy);
      if (folded) values.set(instr, folded);
      else {
        values.set(instr, copy);
        copies.push(copy);
      }
    }
  }
  return { map, copies };
}

function rotate(fn: IrFunction, loop: Loop): void {
  const { header } = loop;
  const entry = outsidePreds(loop)[0] as Block;
  // Blocks of their own on both ways out of the test: there the two copies meet.
  for (const i of [0, 1]) {
    const target = successors(header)[i] as Block;
    if (target.preds.length > 1 || target.instrs[0]?.op === 'phi') splitEdge(fn, header, i);
  }
  const last = terminator(header);
  const { map, copies } = copyTest(fn, header, entry);
  const defined = header.instrs.filter((instr) => instr.type !== 'void');
  const uses = collectUses(fn);
  entry.instrs.pop();
  entry.instrs.push(...copies);
  const condition = map(last.args[0] as Value);
  const targets = successors(header) as [Block, Block];
  entry.instrs.push(
    create(fn, entry, {
      op: 'condbr',
      type: 'void',
      args: [condition],
      targets: [targets[0], targets[1]],
      origin: last.origin,
    }),
  );
  for (const target of targets) target.preds.push(entry);
  const values = new Map(defined.map((instr) => [instr, map(instr)] as const));
  removePred(header, header.preds.indexOf(entry));
  for (const instr of defined)
    repairUses(fn, instr, usersIn(uses, instr), new Map([[entry, values.get(instr) as Value]]));
  foldSinglePhis(header);
}

/** With one way in, the phis of the old header are copies; uses inside the header take the input. */
function foldSinglePhis(header: Block): void {
  if (header.preds.length !== 1) return;
  const inputs = new Map<Value, Value>();
  for (const instr of header.instrs) {
    if (instr.op !== 'phi') break;
    inputs.set(instr, (instr as PhiInstr).args[0] as Value);
  }
  for (const instr of header.instrs) {
    if (instr.op === 'phi') continue;
    const args = instr.args as Value[];
    args.forEach((arg, i) => {
      if (isInstr(arg)) args[i] = inputs.get(arg) ?? arg;
    });
  }
}
