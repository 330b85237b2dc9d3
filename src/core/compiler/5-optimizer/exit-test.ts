/** The test at the end of a loop that compares a counter with a bound, and how many turns it lets through. */
import { isInstr, terminator } from '../4-ir/build';
import { usersIn, type Uses } from '../4-ir/uses';
import type { Loop } from '../4-ir/cfg';
import { foldBinary, foldCompare, INVERSE, signed, SWAPPED } from '../4-ir/fold';
import type { Block, CompareInstr, Predicate, Value } from '../4-ir/ir';
import { isInvariant, type Induction } from './loops';
import type { Ranges } from './ranges';

export interface ExitTest {
  readonly compare: CompareInstr;
  /** The loop goes on while `next PREDICATE bound`. */
  readonly predicate: Predicate;
  readonly bound: Value;
  readonly goesOnWhenTrue: boolean;
  /** It compares with zero for being different already. */
  readonly countsDown: boolean;
}

/** The test of `induction.next` in the latch, if its result decides about another turn and about nothing else. */
export function exitTest(loop: Loop, latch: Block, { next }: Induction, uses: Uses): ExitTest | undefined {
  const last = terminator(latch);
  if (last.op !== 'condbr' || last.args[0].op !== 'icmp') return undefined;
  const compare = last.args[0];
  const goesOnWhenTrue = last.targets[0] === loop.header;
  if (goesOnWhenTrue === loop.contains(last.targets[1])) return undefined;
  if (usersIn(uses, compare).some((user) => user !== last && user.op !== 'dbg')) return undefined;
  for (const side of [0, 1] as const) {
    const bound = compare.args[1 - side] as Value;
    if (compare.args[side] !== next || !isInvariant(bound, loop) || (isInstr(bound) && bound === next)) continue;
    const straight = side === 0 ? compare.predicate : SWAPPED[compare.predicate];
    const predicate = goesOnWhenTrue ? straight : INVERSE[straight];
    const countsDown = predicate === 'ne' && bound.op === 'const' && bound.value === 0;
    return { compare, predicate, bound, goesOnWhenTrue, countsDown };
  }
  return undefined;
}

/** The turns of a loop: their number, or `sign * (bound - start)` with values that are known to the machine only. */
export type Turns = number | { readonly bound: Value; readonly start: Value; readonly sign: 1 | -1 };

/** More turns are not counted one by one. */
const SIMULATION_LIMIT = 70_000;

export function turnsOf(
  { phi, start, step }: Induction,
  { predicate, bound }: ExitTest,
  ranges: Pick<Ranges, 'at'>,
  preheader: Block,
): Turns | undefined {
  const numbers = asNumbers(start, bound, predicate);
  if (numbers) {
    let [value] = numbers;
    for (let turns = 1; turns <= SIMULATION_LIMIT; turns++) {
      value = foldBinary('add', phi.type, value, step) as number;
      if (!foldCompare(predicate, phi.type, value, numbers[1])) return turns;
    }
    return undefined;
  }
  const by = signed(phi.type, step);
  if (by !== 1 && by !== -1) return undefined;
  const turns = { bound, start, sign: by } as const;
  if (predicate === 'ne') return turns;
  if (start.op !== 'const' && bound.op !== 'const') return undefined;
  // With an order, the first turn is special: the count is right only if the bound has not been passed before it.
  const first = ranges.at(start, preheader);
  const end = ranges.at(bound, preheader);
  switch (predicate) {
    case 'ult':
      return by === 1 && first.uMax < end.uMin ? turns : undefined;
    case 'slt':
      return by === 1 && first.sMax < end.sMin ? turns : undefined;
    case 'ugt':
      return by === -1 && first.uMin > end.uMax ? turns : undefined;
    case 'sgt':
      return by === -1 && first.sMin > end.sMax ? turns : undefined;
    default:
      return undefined;
  }
}

/** Start and bound as numbers: constants, or for a test for equality two places in one object. */
function asNumbers(start: Value, bound: Value, predicate: Predicate): [number, number] | undefined {
  if (start.op === 'const' && bound.op === 'const') return [start.value, bound.value];
  if (start.op !== 'symbol' || bound.op !== 'symbol' || start.symbol !== bound.symbol || predicate !== 'ne')
    return undefined;
  return [start.offset & 0xffff, bound.offset & 0xffff];
}
