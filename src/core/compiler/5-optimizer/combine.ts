/**
 * Instruction combining: algebra on one instruction and the ones that feed it. Constants move outward and to the right, so that
 * addresses end as base + displacement; comparisons lose extensions; casts of casts become one. The rules are in combine-rules.ts.
 */
import { shaped } from '../4-ir/shape';
import { isInstr } from '../4-ir/build';
import { countUses, Replacements } from '../4-ir/uses';
import { reversePostorder } from '../4-ir/cfg';
import type { Instr, IrFunction, Value } from '../4-ir/ir';
import { combineInstr } from './combine-rules';
import { functionPass } from './pass';

export const combine = functionPass(
  {
    name: 'combine',
    title: 'Instruction combining',
    summary: 'Simplifies arithmetic, comparisons and conversions by the laws of algebra modulo 2^n.',
  },
  (fn, context) => {
    let changed = false;
    for (let round = 0; round < ROUND_LIMIT; round++) {
      if (!combineOnce(fn)) break;
      changed = true;
    }
    if (changed && context.wantsRemarks) context.remark(fn, fn.origin, 'arithmetic simplified');
    return changed;
  },
);
const ROUND_LIMIT = 4;

/** What the rules may ask and do. */
export interface Combiner {
  readonly fn: IrFunction;
  /** The instruction has one use only, so that its work moves rather than doubles. */
  usedOnce(value: Value): boolean;
  /** Inserts before the present instruction, with its origin. */
  emit<T extends Instr>(draft: Pick<T, 'op' | 'type' | 'args'> & Partial<T>): T;
}

function combineOnce(fn: IrFunction): boolean {
  const uses = countUses(fn);
  const replacements = new Replacements();
  let changed = false;
  let out: Instr[] = [];
  let present: Instr | undefined;
  const combiner: Combiner = {
    fn,
    usedOnce: (value) => isInstr(value) && (uses[value.id] ?? 1) <= 1,
    emit: (draft) => {
      const { block, origin } = present as Instr;
      const instr = shaped(fn.nextInstr++, block, draft.origin ?? origin, draft);
      out.push(instr);
      return instr as never;
    },
  };
  for (const block of reversePostorder(fn)) {
    out = [];
    for (const instr of block.instrs) {
      const args = instr.args as Value[];
      for (let i = 0; i < args.length; i++) {
        const arg = args[i] as Value;
        if (isInstr(arg)) args[i] = replacements.resolve(arg);
      }
      present = instr;
      const value = instr.op === 'phi' ? undefined : combineInstr(instr, combiner);
      if (value === undefined) out.push(instr);
      else {
        changed = true;
        if (value === instr) out.push(instr);
        else {
          if (isInstr(value) && instr.name !== undefined && value.name === undefined) value.name = instr.name;
          replacements.set(instr, value);
        }
      }
    }
    block.instrs = out;
  }
  replacements.apply(fn);
  return changed;
}
