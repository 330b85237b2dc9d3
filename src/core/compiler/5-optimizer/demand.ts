/** Demanded bits: how many low bits of each value anybody needs. A backward analysis over all uses, to its least fixed point. */
import { isInstr } from '../4-ir/build';
import { WIDTH, type Instr, type IrFunction, type Value } from '../4-ir/ir';

/** By instruction id: 0 for a value that nobody needs, up to its width. */
export function demandedBits(fn: IrFunction): Uint8Array {
  const need = new Uint8Array(fn.nextInstr);
  const work: Instr[] = [];
  const raise = (value: Value, bits: number) => {
    if (!isInstr(value) || (need[value.id] as number) >= bits) return;
    need[value.id] = bits;
    work.push(value);
  };
  const visit = (user: Instr) => {
    if (user.op !== 'dbg')
      (user.args as Value[]).forEach((arg, i) => raise(arg, neededOf(user, i, arg, need[user.id] as number)));
  };
  for (let b = fn.blocks.length - 1; b >= 0; b--) {
    const { instrs } = fn.blocks[b] as { instrs: Instr[] };
    for (let i = instrs.length - 1; i >= 0; i--) visit(instrs[i] as Instr);
  }
  while (work.length > 0) visit(work.pop() as Instr);
  return need;
}

/** Low bits of operand `i` that matter if `bits` low bits of the user's result do. */
function neededOf(user: Instr, i: number, arg: Value, bits: number): number {
  const width = WIDTH[arg.type];
  switch (user.op) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'or':
    case 'xor':
    case 'phi':
      return bits;
    case 'and': {
      const other = user.args[1 - i];
      return other?.op === 'const' ? Math.min(bits, bitLength(other.value)) : bits;
    }
    case 'select':
      return i === 0 ? 1 : bits;
    case 'shl': {
      const amount = user.args[1];
      return i === 0 && amount.op === 'const' ? Math.max(0, bits - amount.value) : i === 0 ? bits : width;
    }
    case 'lshr':
    case 'ashr': {
      const amount = user.args[1];
      if (i === 1) return width;
      return bits === 0 ? 0 : Math.min(width, amount.op === 'const' ? bits + amount.value : width);
    }
    case 'zext':
    case 'sext':
    case 'trunc':
      return Math.min(width, bits);
    default:
      return width;
  }
}

export const bitLength = (value: number): number => 32 - Math.clz32(value);
