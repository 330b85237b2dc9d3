/** The order in which the instructions of a block are selected. */
import { isInstr } from '../4-ir/build';
import { usersIn, type Uses } from '../4-ir/uses';
import type { Block, Instr, Value } from '../4-ir/ir';

/**
 * Moves `next = i + constant` behind the last use of i in the block, if that is possible, so that both can have one register and
 * an access through i can take the step along (post-increment).
 */
export function sinkSteps(block: Block, users: Uses): Instr[] {
  const order = block.instrs.slice();
  for (let i = order.length - 2; i >= 0; i--) {
    const step = order[i] as Instr;
    if ((step.op !== 'add' && step.op !== 'sub') || step.args[1].op !== 'const') continue;
    const base = step.args[0];
    if (!isInstr(base) || base.op !== 'phi') continue;
    let place = i;
    let lastUse = i;
    for (let j = i + 1; j < order.length - 1; j++) {
      const other = order[j] as Instr;
      const args = other.args as Value[];
      if (other.op !== 'dbg' && args.includes(step)) break;
      if (other.op !== 'dbg' && args.includes(base)) lastUse = j;
      place = j;
    }
    if (lastUse === i || place === i || usersIn(users, step).length === 0) continue;
    order.splice(i, 1);
    order.splice(lastUse, 0, step);
  }
  return order;
}
