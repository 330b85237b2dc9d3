/** What branches, switches and bounds checks say about values where they lead: comparisons that hold there. */
import { constant, terminator } from '../4-ir/build';
import { INVERSE, MASK, SWAPPED } from '../4-ir/fold';
import type { Block, CompareInstr, Predicate, SwitchInstr, Value } from '../4-ir/ir';

export interface Fact {
  readonly value: Value;
  readonly predicate: Predicate;
  readonly other: Value;
}

export const NO_FACTS: readonly Fact[] = [];

/** Of one function, as it is while this is in use. */
export class BranchFacts {
  /** For each target of a switch its index, 0 where several cases or the default lead there too. */
  private readonly onlyWays = new Map<SwitchInstr, ReadonlyMap<Block, number>>();

  /** What holds at the start of a block: the branch that alone leads there, and the checks before it. */
  into(block: Block): readonly Fact[] {
    const pred = block.preds[0];
    if (!pred || block.preds.length !== 1) return NO_FACTS;
    // Behind a check its index is in bounds; the fact is placed at the blocks that it dominates.
    const above = checkFacts(pred);
    const facts = this.onEdge(pred, block);
    return above.length === 0 ? facts : [...facts, ...above];
  }

  /** What holds on the edge from `pred` to `block`. */
  onEdge(pred: Block, block: Block): readonly Fact[] {
    const last = terminator(pred);
    if (last.op === 'condbr') {
      const [condition] = last.args;
      if (condition.op !== 'icmp' || last.targets[0] === last.targets[1]) return NO_FACTS;
      return compareFacts(condition, last.targets[0] === block);
    }
    if (last.op !== 'switch') return NO_FACTS;
    const index = this.waysOf(last).get(block) ?? 0;
    if (index < 1) return NO_FACTS;
    const [value] = last.args;
    return [{ value, predicate: 'eq', other: constant(value.type, last.cases[index - 1] as number) }];
  }

  private waysOf(instr: SwitchInstr): ReadonlyMap<Block, number> {
    const known = this.onlyWays.get(instr);
    if (known) return known;
    const ways = new Map<Block, number>();
    instr.targets.forEach((target, index) => ways.set(target, ways.has(target) ? 0 : index));
    this.onlyWays.set(instr, ways);
    return ways;
  }
}

function checkFacts(block: Block): Fact[] {
  const facts: Fact[] = [];
  for (const instr of block.instrs) {
    if (instr.op !== 'check') continue;
    const [value] = instr.args;
    const { type } = value;
    if (instr.bound <= MASK[type]) facts.push({ value, predicate: 'ult', other: constant(type, instr.bound) });
  }
  return facts;
}

function compareFacts(condition: CompareInstr, holds: boolean): Fact[] {
  const predicate = holds ? condition.predicate : INVERSE[condition.predicate];
  const [a, b] = condition.args;
  return [
    { value: a, predicate, other: b },
    { value: b, predicate: SWAPPED[predicate], other: a },
  ];
}
