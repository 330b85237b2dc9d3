/**
 * Loop-invariant motion: what gives the same result in every turn is computed once, before the loop. Pure arithmetic always may move;
 * a load may if nothing in the loop can change its memory and it either cannot trap or would have been executed anyway. With eight
 * pairs of registers, cheap things stay when many values live through the loop already.
 */
import { hasEffect, insertBeforeTerminator, isBinary, phiCount } from '../4-ir/build';
import type { Loop } from '../4-ir/cfg';
import { WIDTH, type Block, type Instr, type IrFunction, type LoadInstr, type Value } from '../4-ir/ir';
import { markPrivateAllocas, mayClobber, rootOf } from './alias';
import { isInvariant, loopsWithPreheaders, preheaderOf, pressureOf } from './loops';
import { functionPass, type PassContext } from './pass';

export const licm = functionPass(
  {
    name: 'licm',
    title: 'Loop-invariant motion',
    summary: 'Computes before a loop what is the same in each of its turns.',
  },
  (fn, context) => {
    if (fn.blocks.length < 2) return false;
    const { cfg, made } = loopsWithPreheaders(fn);
    markPrivateAllocas(fn);
    let changed = made;
    for (const loop of cfg.loops) changed = hoistFrom(fn, loop, context) || changed;
    return changed;
  },
);

/** Pairs that may be taken by values living through a loop before cheap things stay inside. */
const PRESSURE_LIMIT = 6;

function hoistFrom(fn: IrFunction, loop: Loop, context: PassContext): boolean {
  const preheader = preheaderOf(loop);
  if (!preheader) return false;
  const writers = loop.blocks.flatMap((block) => block.instrs.filter(writesMemory));
  let pressure = pressureOf(loop);
  let changed = false;
  for (const block of loop.blocks) {
    let kept = 0;
    for (const instr of block.instrs) {
      if (!canHoist(instr, loop, block, writers) || (isCheap(instr) && pressure >= PRESSURE_LIMIT)) {
        block.instrs[kept++] = instr;
        continue;
      }
      insertBeforeTerminator(preheader, instr);
      pressure += WIDTH[instr.type] === 32 ? 2 : 1;
      changed = true;
      if (context.wantsRemarks && instr.origin.node !== 0)
        context.remark(
          fn,
          instr.origin,
          instr.op === 'load'
            ? 'read once before the loop: nothing in it changes this'
            : 'the same in each turn: computed once before the loop',
        );
    }
    block.instrs.length = kept;
  }
  return changed;
}

const writesMemory = (instr: Instr): boolean =>
  instr.op === 'store' ||
  instr.op === 'call' ||
  instr.op === 'asm' ||
  (instr.op === 'intrinsic' && instr.intrinsic !== 'vastart');

function canHoist(instr: Instr, loop: Loop, block: Block, writers: readonly Instr[]): boolean {
  if (instr.op === 'load') return canHoistLoad(instr, loop, block, writers);
  if (instr.op !== 'icmp' && instr.op !== 'zext' && instr.op !== 'sext' && instr.op !== 'select' && !isBinary(instr))
    return false;
  // A comparison belongs to its branch: apart from it, its result would need a register and a second test.
  if (instr.op === 'icmp' || hasEffect(instr)) return false;
  return instr.args.every((arg) => isInvariant(arg, loop));
}

function canHoistLoad(load: LoadInstr, loop: Loop, block: Block, writers: readonly Instr[]): boolean {
  const [address] = load.args;
  if (load.volatile || !isInvariant(address, loop)) return false;
  if (!cannotTrap(address) && !(block === loop.header && reachedFirst(load, block))) return false;
  return !writers.some((writer) => mayClobber(writer, address, load.type));
}

function cannotTrap(address: Value): boolean {
  const { base, offset } = rootOf(address);
  return offset !== undefined && (typeof base === 'string' || base.op === 'alloca');
}

/** Nothing that could be seen happens in the header before the load. */
function reachedFirst(load: Instr, header: Block): boolean {
  for (let i = phiCount(header); i < header.instrs.length; i++) {
    const instr = header.instrs[i] as Instr;
    if (instr === load) return true;
    if (instr.op !== 'dbg' && hasEffect(instr)) return false;
  }
  return false;
}

/** Arithmetic of one or two instructions: computing it again is no worse than keeping it in memory. */
function isCheap(instr: Instr): boolean {
  switch (instr.op) {
    case 'mul':
    case 'udiv':
    case 'sdiv':
    case 'urem':
    case 'srem':
    case 'load':
      return false;
    default:
      return true;
  }
}
