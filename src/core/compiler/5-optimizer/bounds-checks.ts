/**
 * Bounds-check elimination: a check goes when the range of its index shows that it holds, or when the same index was already checked
 * against the same or a smaller bound. The same ranges decide comparisons, and turn signed operations on values that are never
 * negative into unsigned ones, which cost less.
 */
import { constant, isInstr } from '../4-ir/build';
import { Replacements } from '../4-ir/uses';
import { analyseCfg, type Cfg } from '../4-ir/cfg';
import type { Block, CheckInstr, Instr, IrFunction, Value } from '../4-ir/ir';
import { functionPass, type PassContext } from './pass';
import { decides } from './range';
import { Ranges } from './ranges';

export const boundsChecks = functionPass(
  {
    name: 'bounds-checks',
    title: 'Bounds-check elimination',
    summary: 'Removes array bounds checks, and decides comparisons, that the range of the values proves.',
  },
  (fn, context) => {
    const cfg = analyseCfg(fn);
    const ranges = new Ranges(cfg);
    const replacements = new Replacements();
    let changed = removeChecks(fn, cfg, ranges, context);
    for (const block of cfg.rpo)
      for (const instr of block.instrs) {
        const value = decided(instr, ranges);
        if (value) {
          replacements.set(instr, value);
          if (context.wantsRemarks) context.remark(fn, instr.origin, 'the range of the values decides this');
        } else changed = relax(instr, ranges) || changed;
      }
    return replacements.apply(fn) || changed;
  },
);

function removeChecks(fn: IrFunction, cfg: Cfg, ranges: Ranges, context: PassContext): boolean {
  // For each index value, the checks seen so far on the way down the dominator tree.
  const seen = new Map<Value, CheckInstr[]>();
  let changed = false;
  const visit = (block: Block) => {
    const before = block.instrs.length;
    block.instrs = block.instrs.filter((instr) => {
      if (instr.op !== 'check') return true;
      const [index] = instr.args;
      const range = ranges.at(index, block);
      const inRange = range.uMax < instr.bound;
      const earlier =
        seen.get(index)?.some((one) => one.bound <= instr.bound && cfg.dominates(one.block, block)) === true;
      if (inRange || earlier) {
        if (context.wantsRemarks)
          context.remark(
            fn,
            instr.origin,
            earlier && !inRange
              ? 'this index was checked before'
              : `no check: the index is always ${range.uMin} to ${range.uMax}, the bound is ${instr.bound}`,
          );
        return false;
      }
      const list = seen.get(index);
      if (list) list.push(instr);
      else seen.set(index, [instr]);
      return true;
    });
    changed ||= block.instrs.length !== before;
  };
  for (const block of cfg.rpo) visit(block);
  return changed;
}

function decided(instr: Instr, ranges: Ranges): Value | undefined {
  if (instr.op === 'icmp') {
    const [a, b] = instr.args;
    if (a.op === 'const' && b.op === 'const') return undefined;
    const holds = decides(instr.predicate, ranges.at(a, instr.block), ranges.at(b, instr.block));
    return holds === undefined ? undefined : constant('i1', holds ? 1 : 0);
  }
  if (
    !isInstr(instr) ||
    instr.type === 'void' ||
    instr.op === 'load' ||
    instr.op === 'call' ||
    instr.op === 'intrinsic'
  )
    return undefined;
  const range = ranges.of(instr);
  // A division that may trap must stay; its result is known all the same, but that is rare.
  if (range.uMin !== range.uMax || instr.op === 'alloca' || instr.op.endsWith('div') || instr.op.endsWith('rem'))
    return undefined;
  return constant(instr.type, range.uMin);
}

/** Signed operations on values that are never negative. */
function relax(instr: Instr, ranges: Ranges): boolean {
  const positive = (value: Value) => ranges.at(value, instr.block).sMin >= 0;
  switch (instr.op) {
    case 'sext':
      if (!positive(instr.args[0])) return false;
      instr.op = 'zext';
      return true;
    case 'ashr':
      if (!positive(instr.args[0])) return false;
      instr.op = 'lshr';
      return true;
    case 'sdiv':
    case 'srem':
      if (!positive(instr.args[0]) || !positive(instr.args[1])) return false;
      instr.op = instr.op === 'sdiv' ? 'udiv' : 'urem';
      return true;
    default:
      return false;
  }
}
