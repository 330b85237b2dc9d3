/**
 * Control-flow cleaning: branches with one way to go, empty blocks, chains of blocks, switches with few cases. A choice between
 * 1 and 0 becomes the condition itself; other choices stay branches, for on this machine a select is a branch around a move.
 */
import {
  constant,
  create,
  insertAtStart,
  isInstr,
  keepOnlyEdge,
  phiCount,
  phis,
  removeEdge,
  sameValue,
  successors,
  terminator,
  undef,
} from '../4-ir/build';
import { collectUses, Replacements, usersIn, type Uses } from '../4-ir/uses';
import { analyseCfg, removeUnreachable, reversePostorder } from '../4-ir/cfg';
import type { BinaryInstr, Block, CastInstr, CompareInstr, IrFunction, PhiInstr, Value } from '../4-ir/ir';
import { functionPass, type PassContext } from './pass';

export const simplifyCfg = functionPass(
  {
    name: 'simplify-cfg',
    title: 'Block merging',
    summary:
      'Joins blocks, removes empty ones and branches that decide nothing; a choice between 1 and 0 becomes the condition.',
  },
  (fn, context) => {
    let changed = removeUnreachable(fn);
    for (let round = 0; round < ROUND_LIMIT; round++) {
      const again = oneRound(fn, context);
      changed = again || changed;
      if (!again) break;
    }
    if (changed) fn.blocks = [...reversePostorder(fn)];
    return changed;
  },
);
/** Each round opens chances for the next; more than this never happened to matter. */
const ROUND_LIMIT = 8;

function oneRound(fn: IrFunction, context: PassContext): boolean {
  let changed = false;
  for (const block of fn.blocks) changed = simplifyTerminator(fn, block) || changed;
  if (changed) removeUnreachable(fn);
  changed = boolPhis(fn, context) || changed;
  changed = skipEmpty(fn) || changed;
  if (changed) removeUnreachable(fn);
  return mergeChains(fn, context) || changed;
}

// ---------------------------------------------------------------- terminators

function simplifyTerminator(fn: IrFunction, block: Block): boolean {
  const last = terminator(block);
  if (last.op === 'condbr') {
    const [condition] = last.args;
    if (last.targets[0] === last.targets[1]) {
      keepOnlyEdge(fn, block, 0);
      return true;
    }
    if (condition.op === 'const') {
      keepOnlyEdge(fn, block, condition.value === 1 ? 0 : 1);
      return true;
    }
    // Leads to certain nonsense on one side: the other side is taken.
    if (condition.op === 'xor' && condition.args[1].op === 'const' && condition.args[1].value === 1) {
      last.args[0] = condition.args[0];
      last.targets = [last.targets[1], last.targets[0]];
      return true;
    }
    return false;
  }
  if (last.op !== 'switch') return false;
  if (last.args[0].op === 'const') {
    keepOnlyEdge(fn, block, last.cases.indexOf(last.args[0].value) + 1);
    return true;
  }
  let changed = false;
  for (let i = last.cases.length - 1; i >= 0; i--)
    if (last.targets[i + 1] === last.targets[0]) {
      removeEdge(block, last.targets[0] as Block);
      last.targets.splice(i + 1, 1);
      last.cases.splice(i, 1);
      changed = true;
    }
  const [fallback, only] = last.targets;
  if (last.cases.length === 0) {
    keepOnlyEdge(fn, block, 0);
    return true;
  }
  if (last.cases.length > 1 || !only || !fallback) return changed;
  const [value] = last.args;
  const test = create<CompareInstr>(fn, block, {
    op: 'icmp',
    type: 'i1',
    predicate: 'eq',
    args: [value, constant(value.type, last.cases[0] as number)],
    origin: last.origin,
  });
  const branch = create(fn, block, {
    op: 'condbr',
    type: 'void',
    args: [test],
    targets: [only, fallback],
    origin: last.origin,
  });
  block.instrs.splice(block.instrs.length - 1, 1, test, branch);
  return true;
}

// ---------------------------------------------------------------- choices between 1 and 0

/** phi [1, then] [0, else] below a branch on c is zext c. Such a phi dies if the block has nothing else to choose. */
function boolPhis(fn: IrFunction, context: PassContext): boolean {
  const replacements = new Replacements();
  for (const block of fn.blocks) {
    if (block.preds.length !== 2 || phiCount(block) === 0) continue;
    const choice = choiceAbove(block);
    if (!choice) continue;
    for (const phi of phis(block)) {
      const value = chosenBit(fn, block, phi, choice, context);
      if (value) replacements.set(phi, value);
    }
  }
  return replacements.apply(fn);
}

interface Choice {
  readonly condition: Value;
  /** Index in preds of the edge taken when the condition holds. */
  readonly whenTrue: number;
}

/** The branch that alone decides over which of two edges a block is entered. */
function choiceAbove(block: Block): Choice | undefined {
  const [a, b] = block.preds as [Block, Block];
  const above = (side: Block): Block | undefined =>
    side.preds.length === 1 && successors(side).length === 1 ? side.preds[0] : undefined;
  const head =
    above(a) === b ? b : above(b) === a ? a : above(a) !== undefined && above(a) === above(b) ? above(a) : undefined;
  if (!head || head === block) return undefined;
  const last = terminator(head);
  if (last.op !== 'condbr' || last.targets[0] === last.targets[1]) return undefined;
  const trueSide = last.targets[0] === block ? head : last.targets[0];
  const index = block.preds.indexOf(trueSide);
  return index < 0 ? undefined : { condition: last.args[0], whenTrue: index };
}

function chosenBit(
  fn: IrFunction,
  block: Block,
  phi: PhiInstr,
  choice: Choice,
  context: PassContext,
): Value | undefined {
  const whenTrue = phi.args[choice.whenTrue] as Value;
  const whenFalse = phi.args[1 - choice.whenTrue] as Value;
  if (whenTrue.op !== 'const' || whenFalse.op !== 'const') return undefined;
  const straight = whenTrue.value === 1 && whenFalse.value === 0;
  const inverse = whenTrue.value === 0 && whenFalse.value === 1;
  if (!straight && !inverse) return undefined;
  let bit = choice.condition;
  const { origin } = phi;
  if (phi.type !== 'i1') {
    const wide = create<CastInstr>(fn, block, { op: 'zext', type: phi.type, args: [bit], origin });
    insertAtStart(block, wide);
    bit = wide;
  }
  if (inverse) {
    const flip = create<BinaryInstr>(fn, block, {
      op: 'xor',
      type: phi.type,
      args: [bit, constant(phi.type, 1)],
      origin,
    });
    block.instrs.splice(isInstr(bit) && bit.block === block ? block.instrs.indexOf(bit) + 1 : phiCount(block), 0, flip);
    bit = flip;
  }
  if (context.wantsRemarks) context.remark(fn, origin, 'the result of the condition is used as a number: no branch');
  return bit;
}

// ---------------------------------------------------------------- empty blocks

/** A block that only branches on: its predecessors go to its target at once. */
function skipEmpty(fn: IrFunction): boolean {
  let changed = false;
  const usedPhis = new PhiUses(fn);
  let headers: ReadonlySet<Block> | undefined;
  // From the end on, so that the ways into a chain of empty blocks move once each, to where it ends.
  for (const block of [...fn.blocks].reverse()) {
    if (block === fn.blocks[0] || block.preds.length === 0) continue;
    const last = terminator(block);
    if (last.op !== 'br' || last.targets[0] === block) continue;
    const count = phiCount(block);
    if (block.instrs.slice(count, -1).some((instr) => instr.op !== 'dbg')) continue;
    if (count > 0 && !usedPhis.onlyIn(phis(block), last.targets[0])) continue;
    // The header of a loop stays apart from that of the loop in it: together they would be one loop with two ways back.
    if (count > 0) {
      headers ??= new Set(analyseCfg(fn).loops.map((loop) => loop.header));
      if (headers.has(block) && headers.has(last.targets[0])) continue;
    }
    const skipped = phis(block);
    if (!redirectPreds(block, last.targets[0])) continue;
    changed = true;
    usedPhis.forgetIn(skipped, block);
  }
  return changed;
}

/** Who uses phis; gathered on the first question only. */
class PhiUses {
  private uses: Uses | undefined;
  constructor(private readonly fn: IrFunction) {}

  onlyIn(list: readonly PhiInstr[], target: Block): boolean {
    const uses = (this.uses ??= collectUses(this.fn));
    return list.every((phi) =>
      usersIn(uses, phi).every(
        (user) =>
          user.op === 'dbg' ||
          (user.op === 'phi' &&
            user.block === target &&
            user.args.every((arg, i) => arg !== phi || target.preds[i] === phi.block)),
      ),
    );
  }

  /** The phis no longer dominate what comes after their block: there the debugger does not know the variable. */
  forgetIn(list: readonly PhiInstr[], block: Block): void {
    for (const phi of list)
      for (const user of this.uses?.[phi.id] ?? [])
        if (user.op === 'dbg' && user.block !== block) user.args[0] = undef(phi.type);
  }
}

function redirectPreds(block: Block, target: Block): boolean {
  const slot = target.preds.indexOf(block);
  const targetPhis = phis(target);
  // What a phi of the target gets over a given way into `block`.
  const inputs = (way: number) =>
    targetPhis.map((phi) => {
      const value = phi.args[slot] as Value;
      return isInstr(value) && value.op === 'phi' && value.block === block ? (value.args[way] as Value) : value;
    });
  let changed = false;
  for (let way = block.preds.length - 1; way >= 0; way--) {
    const pred = block.preds[way] as Block;
    const incoming = inputs(way);
    const existing = target.preds.indexOf(pred);
    if (existing >= 0 && !targetPhis.every((phi, i) => sameValue(phi.args[existing] as Value, incoming[i] as Value)))
      continue;
    // Several edges from one block stay together, so all of them can move.
    const targets = successors(pred) as Block[];
    const index = targets.indexOf(block);
    if (index < 0) continue;
    targets[index] = target;
    target.preds.push(pred);
    targetPhis.forEach((phi, i) => phi.args.push(incoming[i] as Value));
    block.preds.splice(way, 1);
    for (const phi of phis(block)) phi.args.splice(way, 1);
    changed = true;
  }
  return changed;
}

// ---------------------------------------------------------------- chains

/** Appends a block to its only predecessor if that has no other successor. */
function mergeChains(fn: IrFunction, context: PassContext): boolean {
  const replacements = new Replacements();
  const gone = new Set<Block>();
  for (const first of fn.blocks) {
    if (gone.has(first)) continue;
    for (;;) {
      const last = terminator(first);
      if (last.op !== 'br') break;
      const next = last.targets[0];
      if (next === first || next.preds.length !== 1 || next === fn.blocks[0]) break;
      first.instrs.pop();
      for (const instr of next.instrs) {
        if (instr.op === 'phi') {
          replacements.set(instr, instr.args[0] as Value);
          continue;
        }
        instr.block = first;
        first.instrs.push(instr);
      }
      for (const target of new Set(successors(first)))
        for (let i = 0; i < target.preds.length; i++) if (target.preds[i] === next) target.preds[i] = first;
      gone.add(next);
    }
  }
  if (gone.size === 0) return false;
  if (context.wantsRemarks) context.remark(fn, fn.origin, `${gone.size} block(s) joined to the block before`);
  fn.blocks = fn.blocks.filter((block) => !gone.has(block));
  replacements.apply(fn);
  return true;
}
