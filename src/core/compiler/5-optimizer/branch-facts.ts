/** What branches, switches and bounds checks say about values where they lead: comparisons that hold there. */
import { constant, successors, terminator } from '../4-ir/build';
import { INVERSE, MASK, SWAPPED } from '../4-ir/fold';
import type { Block, CompareInstr, Predicate, Value } from '../4-ir/ir';

export interface Fact {
  readonly value: Value;
  readonly predicate: Predicate;
  readonly other: Value;
}

export const NO_FACTS: readonly Fact[] = [];

/** What holds at the start of a block: the branch that alone leads there, and the checks before it. */
export function factsInto(block: Block): readonly Fact[] {
  const pred = block.preds[0];
  if (!pred || block.preds.length !== 1) return NO_FACTS;
  // Behind a check its index is in bounds; the fact is placed at the blocks that it dominates.
  const above = checkFacts(pred);
  const facts = factsOnEdge(pred, block);
  return above.length === 0 ? facts : [...facts, ...above];
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

/** What holds on the edge from `pred` to `block`. */
export function factsOnEdge(pred: Block, block: Block): Fact[] {
  const last = terminator(pred);
  if (last.op === 'condbr') {
    const [condition] = last.args;
    if (condition.op !== 'icmp' || last.targets[0] === last.targets[1]) return [];
    return compareFacts(condition, last.targets[0] === block);
  }
  if (last.op !== 'switch') return [];
  const ways = successors(pred).filter((target) => target === block).length;
  const index = last.targets.indexOf(block);
  if (ways !== 1 || index < 1) return [];
  const [value] = last.args;
  return [{ value, predicate: 'eq', other: constant(value.type, last.cases[index - 1] as number) }];
}

function compareFacts(condition: CompareInstr, holds: boolean): Fact[] {
  const predicate = holds ? condition.predicate : INVERSE[condition.predicate];
  const [a, b] = condition.args;
  return [
    { value: a, predicate, other: b },
    { value: b, predicate: SWAPPED[predicate], other: a },
  ];
}
