/**
 * Dead stores: a store that a later one overwrites before anybody can read, and stores to locals that nobody reads any more. Looks
 * backward through each block.
 */
import { isInstr, sameValue, terminator } from '../4-ir/build';
import type { Instr, IrFunction, Value } from '../4-ir/ir';
import { bytesOfType, isPrivateAlloca, markPrivateAllocas, mayRead, rootOf } from './alias';
import { functionPass } from './pass';

export const deadStores = functionPass(
  {
    name: 'dead-stores',
    title: 'Dead store elimination',
    summary: 'Removes writes to memory that are overwritten, or forgotten, before anything reads them.',
  },
  (fn, context) => {
    markPrivateAllocas(fn);
    const unread = neverRead(fn);
    let changed = false;
    for (const block of fn.blocks) {
      const dead = deadIn(block.instrs, terminator(block).op === 'ret', unread);
      if (dead.size === 0) continue;
      changed = true;
      if (context.wantsRemarks)
        for (const instr of dead) context.remark(fn, instr.origin, 'nothing reads what is stored here');
      block.instrs = block.instrs.filter((instr) => !dead.has(instr));
    }
    return changed;
  },
);

interface Overwritten {
  readonly address: Value;
  readonly sizeBytes: number;
}
const LIMIT = 16;

function deadIn(instrs: readonly Instr[], returns: boolean, unread: ReadonlySet<Value>): Set<Instr> {
  const dead = new Set<Instr>();
  let later: Overwritten[] = [];
  // Locals that are read between here and the return; null while the block does not end in one.
  const readLocals = returns ? new Set<Value>() : null;
  for (let i = instrs.length - 1; i >= 0; i--) {
    const instr = instrs[i] as Instr;
    const write = writeOf(instr);
    if (write) {
      const { base } = rootOf(write.address);
      const local = typeof base !== 'string' && isPrivateAlloca(base) ? base : undefined;
      const covered = later.some((one) => one.sizeBytes >= write.sizeBytes && sameValue(one.address, write.address));
      if (covered || (local && (unread.has(local) || readLocals?.has(local) === false))) {
        dead.add(instr);
        continue;
      }
    }
    later = later.filter((one) => !mayRead(instr, one.address, one.sizeBytes));
    if (readLocals) noteReads(instr, readLocals);
    // A copy that may read what it writes has not overwritten it yet.
    const copiesItself = write && mayRead(instr, write.address, write.sizeBytes);
    if (write && !copiesItself) {
      later.push(write);
      if (later.length > LIMIT) later.shift();
    }
  }
  return dead;
}

function writeOf(instr: Instr): Overwritten | undefined {
  if (instr.op === 'store' && !instr.volatile)
    return { address: instr.args[0], sizeBytes: bytesOfType(instr.args[1].type) };
  if (instr.op === 'intrinsic' && (instr.intrinsic === 'memset' || instr.intrinsic === 'memcpy'))
    return { address: instr.args[0] as Value, sizeBytes: instr.sizeBytes };
  return undefined;
}

function noteReads(instr: Instr, locals: Set<Value>): void {
  const address =
    instr.op === 'load'
      ? instr.args[0]
      : instr.op === 'intrinsic' && instr.intrinsic === 'memcpy'
        ? instr.args[1]
        : undefined;
  if (address === undefined) return;
  const { base } = rootOf(address);
  if (typeof base !== 'string' && isInstr(base)) locals.add(base);
}

/** Private allocas that no load and no memcpy reads. */
function neverRead(fn: IrFunction): Set<Value> {
  const read = new Set<Value>();
  const all: Value[] = [];
  for (const block of fn.blocks)
    for (const instr of block.instrs) {
      if (instr.op === 'alloca') all.push(instr);
      noteReads(instr, read);
    }
  return new Set(all.filter((alloca) => isPrivateAlloca(alloca) && !read.has(alloca)));
}
