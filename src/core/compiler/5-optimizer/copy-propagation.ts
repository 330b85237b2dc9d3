/**
 * Copy propagation. SSA has no copies of its own; what remains of them are phis and selects that can only give one value, and loads
 * of what this block has just stored to the same address. Uses take the value itself.
 */
import { isInstr, sameValue } from '../4-ir/build';
import { Replacements } from '../4-ir/uses';
import type { Block, Instr, IrFunction, PhiInstr, Value } from '../4-ir/ir';
import { mayClobber } from './alias';
import { functionPass, type PassContext } from './pass';

export const copyPropagation = functionPass(
  {
    name: 'copy-propagation',
    title: 'Copy propagation',
    summary:
      'Uses a value itself where a copy of it was used: through phis with one input and through memory just written.',
  },
  (fn, context) => {
    const replacements = new Replacements();
    for (let again = true; again;) {
      again = false;
      for (const block of fn.blocks) for (const instr of block.instrs) again = copyOf(instr, replacements) || again;
    }
    for (const block of fn.blocks) forwardStores(fn, block, replacements, context);
    return replacements.apply(fn);
  },
);

function copyOf(instr: Instr, replacements: Replacements): boolean {
  if (replacements.has(instr)) return false;
  const value =
    instr.op === 'phi'
      ? onlyInput(instr, replacements)
      : instr.op === 'select'
        ? bothSides(instr, replacements)
        : undefined;
  if (value === undefined) return false;
  replacements.set(instr, value);
  return true;
}

/** The value that all inputs of a phi are, itself aside. Undef inputs do not count if the value is a constant or a parameter. */
function onlyInput(phi: PhiInstr, replacements: Replacements): Value | undefined {
  let only: Value | undefined;
  let sawUndef = false;
  for (const arg of phi.args) {
    const input = replacements.resolve(arg);
    if (input === phi) continue;
    if (input.op === 'undef') sawUndef = true;
    else if (only === undefined) only = input;
    else if (!sameValue(only, input)) return undefined;
  }
  if (only === undefined) return sawUndef ? phi.args.find((arg) => arg.op === 'undef') : undefined;
  return sawUndef && isInstr(only) ? undefined : only;
}

function bothSides(select: Instr, replacements: Replacements): Value | undefined {
  const a = replacements.resolve(select.args[1] as Value);
  const b = replacements.resolve(select.args[2] as Value);
  return sameValue(a, b) ? a : undefined;
}

function forwardStores(fn: IrFunction, block: Block, replacements: Replacements, context: PassContext): void {
  let known: { address: Value; value: Value }[] = [];
  for (const instr of block.instrs) {
    if (instr.op === 'store' && !instr.volatile) {
      known = known.filter((entry) => !mayClobber(instr, entry.address, entry.value.type));
      known.push({ address: instr.args[0], value: instr.args[1] });
      if (known.length > KNOWN_LIMIT) known.shift();
    } else if (instr.op === 'load' && !instr.volatile) {
      const entry = known.find((one) => sameValue(one.address, instr.args[0]) && one.value.type === instr.type);
      if (!entry || replacements.has(instr)) continue;
      replacements.set(instr, entry.value);
      if (context.wantsRemarks)
        context.remark(fn, instr.origin, 'reads what was stored just before: the value is used, not memory');
    } else if (known.length > 0) known = known.filter((entry) => !mayClobber(instr, entry.address, entry.value.type));
  }
}
/** Stores remembered at a time: keeps the search linear in long blocks. */
const KNOWN_LIMIT = 16;
