/**
 * Dead code: an instruction whose result reaches no effect is removed. Works backward from what has an effect, so that cycles of
 * phis that only feed each other go too. Debug instructions keep nothing alive: theirs lose the value and say `undef`.
 */
import { hasEffect, isInstr, undef } from '../4-ir/build';
import { removeUnreachable } from '../4-ir/cfg';
import type { Instr, IrFunction } from '../4-ir/ir';
import { functionPass, type PassContext } from './pass';

export const deadCode = functionPass(
  {
    name: 'dead-code',
    title: 'Dead code elimination',
    summary: 'Removes computations whose result nobody needs and blocks that no path reaches.',
  },
  (fn, context) => {
    const before = fn.blocks.length;
    const unreachable = removeUnreachable(fn);
    if (unreachable && context.wantsRemarks)
      context.remark(fn, fn.origin, `${before - fn.blocks.length} unreachable block(s) removed`);
    return removeDead(fn, context) || unreachable;
  },
);

export function removeDead(fn: IrFunction, context?: PassContext): boolean {
  const live = new Uint8Array(fn.nextInstr);
  const work: Instr[] = [];
  const mark = (instr: Instr) => {
    if (live[instr.id] === 1) return;
    live[instr.id] = 1;
    work.push(instr);
  };
  for (const block of fn.blocks)
    for (const instr of block.instrs) if (instr.op !== 'dbg' && hasEffect(instr)) mark(instr);
  while (work.length > 0) for (const arg of (work.pop() as Instr).args) if (isInstr(arg)) mark(arg);
  let changed = false;
  for (const block of fn.blocks) {
    let kept = 0;
    for (const instr of block.instrs) {
      if (instr.op === 'dbg') {
        const arg = instr.args[0];
        if (isInstr(arg) && live[arg.id] === 0) {
          if (instr.inMemory === true) continue;
          instr.args[0] = undef(arg.type);
        }
      } else if (live[instr.id] === 0) {
        changed = true;
        if (context?.wantsRemarks === true && instr.op !== 'phi' && instr.origin.node !== 0)
          context.remark(fn, instr.origin, `nobody needs this ${describe(instr)}`);
        continue;
      }
      block.instrs[kept++] = instr;
    }
    block.instrs.length = kept;
  }
  return changed;
}

function describe(instr: Instr): string {
  switch (instr.op) {
    case 'load':
      return 'read of memory';
    case 'alloca':
      return instr.name === undefined ? 'temporary' : `variable, ${instr.name}`;
    case 'icmp':
      return 'comparison';
    case 'zext':
    case 'sext':
    case 'trunc':
      return 'conversion';
    default:
      return `result (${instr.op})`;
  }
}
