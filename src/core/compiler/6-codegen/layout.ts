/** Order of the blocks: empty ones are skipped, and each is followed by its likeliest successor where that one is still free. */
import { hasFrame } from './frame';
import { computeEdges, MInst, type MBlock, type MFunction } from './mir';

/** Redirects branches over blocks that only jump on, and drops blocks that nobody reaches. */
export function skipEmptyBlocks(fn: MFunction): void {
  const byId: MBlock[] = [];
  for (const block of fn.blocks) byId[block.id] = block;
  const onlyJump = (block: MBlock): number => {
    const real = block.insts.filter((inst) => inst.form !== 'dbg');
    const target = real.length === 1 && real[0]?.form === 'jmp' ? real[0].ops[0] : undefined;
    return typeof target === 'number' ? target : -1;
  };
  const final = (id: number): number => {
    const seen = new Set<number>();
    for (let at = id; ;) {
      const next = onlyJump(byId[at] as MBlock);
      if (next < 0 || seen.has(at)) return at;
      seen.add(at);
      at = next;
    }
  };
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      const index = inst.form === 'branch' ? 1 : inst.form === 'jmp' ? 0 : -1;
      const target = index < 0 ? undefined : inst.ops[index];
      if (typeof target === 'number') inst.ops[index] = final(target);
    }
    for (const table of fn.tables)
      if (table.owner === block)
        for (let i = 0; i < table.targets.length; i++)
          table.targets[i] = byId[final((table.targets[i] as MBlock).id)] as MBlock;
  }
  dropUnreachable(fn);
}

/**
 * A block that only returns is copied to where it is jumped to: the jump goes. Where size counts, only if that makes no code: a return without
 * an epilogue, that no branch leads to.
 */
export function duplicateReturns(fn: MFunction, forSize: boolean): void {
  if (forSize && hasFrame(fn)) return;
  const byId: MBlock[] = [];
  for (const block of fn.blocks) byId[block.id] = block;
  const limit = forSize ? 1 : RETURN_LIMIT;
  for (const block of fn.blocks) {
    const jump = block.insts[block.insts.length - 1];
    const target = jump?.form === 'jmp' && typeof jump.ops[0] === 'number' ? byId[jump.ops[0]] : undefined;
    if (!target || target === block) continue;
    const real = target.insts.filter((inst) => inst.form !== 'dbg');
    if (real.length > limit || real[real.length - 1]?.form !== 'ret' || real.some((inst) => inst.form === 'label'))
      continue;
    if (forSize && target.preds.some((pred) => !endsInJumpTo(pred, target))) continue;
    block.insts.splice(block.insts.length - 1, 1, ...real.map(copyOf));
  }
  dropUnreachable(fn);
}
/** A result's move and the return. */
const RETURN_LIMIT = 2;

const endsInJumpTo = (block: MBlock, target: MBlock): boolean =>
  block.succs.length === 1 && block.insts[block.insts.length - 1]?.ops[0] === target.id;

function copyOf(inst: MInst): MInst {
  const copy = new MInst(inst.form, [...inst.ops]);
  copy.uses = inst.uses;
  copy.defs = inst.defs;
  copy.ir = inst.ir;
  copy.origin = inst.origin;
  copy.note = inst.note;
  copy.text = inst.text;
  copy.keep = inst.keep;
  return copy;
}

function dropUnreachable(fn: MFunction): void {
  computeEdges(fn);
  const reached = new Set<MBlock>();
  const work = [fn.blocks[0] as MBlock];
  for (let block = work.pop(); block; block = work.pop()) {
    if (reached.has(block)) continue;
    reached.add(block);
    work.push(...block.succs);
  }
  if (reached.size === fn.blocks.length) return;
  fn.blocks = fn.blocks.filter((block) => reached.has(block));
  computeEdges(fn);
}

/** Orders the blocks and removes jumps to what follows. */
export function layOutBlocks(fn: MFunction): void {
  const placed = new Set<MBlock>();
  const order: MBlock[] = [];
  const byId: MBlock[] = [];
  for (const block of fn.blocks) byId[block.id] = block;
  for (const start of fn.blocks) {
    let block: MBlock | undefined = placed.has(start) ? undefined : start;
    while (block) {
      placed.add(block);
      order.push(block);
      block = likeliest(block, byId, placed);
    }
  }
  fn.blocks = order;
  order.forEach((block, i) => closeBlock(block, order[i + 1]));
}

/** The successor that should follow. */
function likeliest(block: MBlock, byId: readonly MBlock[], placed: ReadonlySet<MBlock>): MBlock | undefined {
  const { insts } = block;
  const jump = insts[insts.length - 1];
  if (jump?.form !== 'jmp' || typeof jump.ops[0] !== 'number') return undefined;
  const next = byId[jump.ops[0]] as MBlock;
  const branch = insts[insts.length - 2];
  const other =
    branch?.form === 'branch' && typeof branch.ops[1] === 'number' ? (byId[branch.ops[1]] as MBlock) : undefined;
  const freeNext = !placed.has(next);
  const freeOther = other !== undefined && !placed.has(other);
  if (!freeNext) return freeOther ? other : undefined;
  return freeOther && other.freq > next.freq ? other : next;
}

/** Makes the end of a block fit what follows it: no jump to the next block, and a branch inverted if its target is next. */
function closeBlock(block: MBlock, next: MBlock | undefined): void {
  const { insts } = block;
  const jump = insts[insts.length - 1];
  if (jump?.form !== 'jmp' || typeof jump.ops[0] !== 'number' || !next) return;
  if (jump.ops[0] === next.id) {
    insts.pop();
    return;
  }
  const branch = insts[insts.length - 2];
  if (branch?.form !== 'branch' || branch.ops[1] !== next.id) return;
  branch.ops[0] = (branch.ops[0] as number) ^ 1;
  branch.ops[1] = jump.ops[0];
  insts.pop();
}

/** Blocks whose labels somebody needs: targets of branches and jump tables. */
export function neededLabels(fn: MFunction): Set<number> {
  const needed = new Set<number>();
  const visit = (inst: MInst) => {
    if (inst.form === 'branch' && typeof inst.ops[1] === 'number') needed.add(inst.ops[1]);
    else if (inst.form === 'jmp' && typeof inst.ops[0] === 'number') needed.add(inst.ops[0]);
  };
  for (const block of fn.blocks) block.insts.forEach(visit);
  for (const table of fn.tables) for (const target of table.targets) needed.add(target.id);
  return needed;
}
