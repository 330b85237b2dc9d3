/** Who uses what: users and their number by instruction id, and putting other values in the place of instructions. */
import { assert } from '../../base/assert';
import { isInstr } from './build';
import type { Instr, IrFunction, Value } from './ir';

/** For each instruction id, who uses it (one entry an operand), with or without what only the debugger reads; nothing where nobody does. */
export type Uses = (Instr[] | undefined)[];

const NO_USERS: readonly Instr[] = [];
export const usersIn = (uses: Uses, instr: Instr): readonly Instr[] => uses[instr.id] ?? NO_USERS;

export function collectUses(fn: IrFunction, { debug = true } = {}): Uses {
  const uses = new Array<Instr[] | undefined>(fn.nextInstr);
  for (const block of fn.blocks)
    for (const instr of block.instrs) {
      if (!debug && instr.op === 'dbg') continue;
      for (const arg of instr.args as readonly Value[]) {
        if (!isInstr(arg)) continue;
        const users = uses[arg.id];
        if (users) users.push(instr);
        else uses[arg.id] = [instr];
      }
    }
  return uses;
}

/** For each instruction id, how many operands it is; debug uses do not count. */
export function countUses(fn: IrFunction): Int32Array {
  const counts = new Int32Array(fn.nextInstr);
  for (const block of fn.blocks)
    for (const instr of block.instrs) {
      if (instr.op === 'dbg') continue;
      for (const arg of instr.args) if (isInstr(arg)) counts[arg.id] = (counts[arg.id] as number) + 1;
    }
  return counts;
}

/** Many replacements of instructions by values, applied in one sweep; chains (a by b, b by c) are followed. */
export class Replacements {
  private readonly by: (Value | undefined)[] = [];
  size = 0;

  set(instr: Instr, value: Value): void {
    assert(instr !== value, 'an instruction cannot replace itself');
    if (this.by[instr.id] === undefined) this.size++;
    this.by[instr.id] = value;
  }

  has(instr: Instr): boolean {
    return this.by[instr.id] !== undefined;
  }

  resolve(value: Value): Value {
    let result = value;
    while (isInstr(result)) {
      const next = this.by[result.id];
      if (next === undefined) break;
      result = next;
    }
    // Path compression keeps long chains linear.
    while (value !== result && isInstr(value)) {
      const next = this.by[value.id] as Value;
      this.by[value.id] = result;
      value = next;
    }
    return result;
  }

  /** Rewrites every operand and drops the replaced instructions. Returns whether anything was replaced. */
  apply(fn: IrFunction): boolean {
    if (this.size === 0) return false;
    for (const block of fn.blocks) {
      let kept = 0;
      const { instrs } = block;
      for (const instr of instrs) {
        if (this.by[instr.id] !== undefined) continue;
        const args = instr.args as Value[];
        for (let i = 0; i < args.length; i++) {
          const arg = args[i] as Value;
          if (isInstr(arg) && this.by[arg.id] !== undefined) args[i] = this.resolve(arg);
        }
        instrs[kept++] = instr;
      }
      instrs.length = kept;
    }
    return true;
  }
}

/** Replaces every use of one instruction, which stays where it is. For many, use Replacements. */
export function replaceAllUses(fn: IrFunction, instr: Instr, value: Value): void {
  for (const block of fn.blocks)
    for (const user of block.instrs) {
      const args = user.args as Value[];
      for (let i = 0; i < args.length; i++) if (args[i] === instr) args[i] = value;
    }
}
