/** Constant folding: what only constants go into is computed now. One sweep in dominance order settles whole trees. */
import { constant, isInstr, keepOnlyEdge, symbol, terminator } from '../4-ir/build';
import { Replacements } from '../4-ir/uses';
import { removeUnreachable, reversePostorder } from '../4-ir/cfg';
import { foldBinary, foldCast, foldCompare } from '../4-ir/fold';
import type { BinaryOp, Block, Instr, IrFunction, Value } from '../4-ir/ir';
import { functionPass, type PassContext } from './pass';

export const constantFolding = functionPass(
  {
    name: 'constant-folding',
    title: 'Constant folding',
    summary: 'Computes at compile time what only constants go into, and decides branches on constants.',
  },
  (fn, context) => {
    const replacements = new Replacements();
    const order = reversePostorder(fn);
    for (const block of order)
      for (const instr of block.instrs) {
        const args = instr.args as Value[];
        for (let i = 0; i < args.length; i++) {
          const arg = args[i] as Value;
          if (isInstr(arg)) args[i] = replacements.resolve(arg);
        }
        const value = foldInstr(instr);
        if (value === undefined) continue;
        replacements.set(instr, value);
        if (context.wantsRemarks && value.op === 'const')
          context.remark(fn, instr.origin, `computed at compile time: ${signedText(value.type, value.value)}`);
      }
    const replaced = replacements.apply(fn);
    return foldBranches(fn, order, context) || replaced;
  },
);

export function signedText(type: string, value: number): string {
  if (type === 'i1') return value === 1 ? 'true' : 'false';
  const width = type === 'i8' ? 8 : type === 'i16' ? 16 : 32;
  return value >= 2 ** (width - 1) ? `${value} (as signed: ${value - 2 ** width})` : String(value);
}

/** The constant (or address, or operand) that an instruction always gives, if its operands say so. */
export function foldInstr(instr: Instr): Value | undefined {
  switch (instr.op) {
    case 'icmp': {
      const [a, b] = instr.args;
      if (a.op === 'const' && b.op === 'const')
        return constant('i1', foldCompare(instr.predicate, a.type, a.value, b.value) ? 1 : 0);
      return undefined;
    }
    case 'zext':
    case 'sext':
    case 'trunc': {
      const [a] = instr.args;
      return a.op === 'const' ? constant(instr.type, foldCast(instr.op, a.type, instr.type, a.value)) : undefined;
    }
    case 'select': {
      const [condition, whenTrue, whenFalse] = instr.args;
      return condition.op === 'const' ? (condition.value === 1 ? whenTrue : whenFalse) : undefined;
    }
    case 'add':
    case 'sub':
    case 'mul':
    case 'udiv':
    case 'sdiv':
    case 'urem':
    case 'srem':
    case 'and':
    case 'or':
    case 'xor':
    case 'shl':
    case 'lshr':
    case 'ashr':
      return foldArithmetic(instr.op, instr.args[0], instr.args[1]);
    default:
      return undefined;
  }
}

export function foldArithmetic(op: BinaryOp, a: Value, b: Value): Value | undefined {
  if (b.op === 'const') {
    if (a.op === 'const') {
      const value = foldBinary(op, a.type, a.value, b.value);
      return value === undefined ? undefined : constant(a.type, value);
    }
    if (a.op === 'symbol' && op === 'add') return symbol(a.symbol, a.offset + b.value);
    if (a.op === 'symbol' && op === 'sub') return symbol(a.symbol, a.offset - b.value);
  }
  if (b.op !== 'symbol') return undefined;
  if (a.op === 'const' && op === 'add') return symbol(b.symbol, b.offset + a.value);
  if (a.op === 'symbol' && op === 'sub' && a.symbol === b.symbol) return constant('i16', a.offset - b.offset);
  return undefined;
}

/** Branches and checks whose condition is a constant. */
export function foldBranches(fn: IrFunction, blocks: readonly Block[], context?: PassContext): boolean {
  let changed = false;
  for (const block of blocks) {
    const last = terminator(block);
    if (last.op !== 'condbr' && last.op !== 'switch') continue;
    const value = last.args[0];
    if (value.op !== 'const') continue;
    const index = last.op === 'condbr' ? (value.value === 1 ? 0 : 1) : last.cases.indexOf(value.value) + 1;
    if (context?.wantsRemarks === true) {
      const what =
        last.op === 'condbr'
          ? `this condition is always ${value.value === 1 ? 'true' : 'false'}`
          : `this switch always sees ${value.value}`;
      context.remark(fn, last.origin, what);
    }
    keepOnlyEdge(fn, block, index);
    changed = true;
  }
  if (changed) removeUnreachable(fn);
  return changed;
}
