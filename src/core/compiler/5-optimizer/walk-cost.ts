/** What pointers that walk are worth in a loop: instructions saved in each turn, or words of code. */
import { usersIn, type Uses } from '../4-ir/uses';
import type { Cfg } from '../4-ir/cfg';
import { WIDTH, type Block, type Instr, type Value } from '../4-ir/ir';
import type { Term } from './affine';
import type { Induction } from './loops';

/** Values that differ by constants only: one pointer serves them. */
export interface Group {
  readonly terms: readonly Term[];
  /** Added each turn. */
  readonly stride: number;
  readonly roots: { readonly instr: Instr; readonly offset: number }[];
}

export interface Walk {
  readonly induction: Induction;
  readonly groups: readonly Group[];
  /** What nobody needs any more once there are pointers. */
  readonly dying: ReadonlySet<Instr>;
}

export interface Circumstances {
  /** Groups that a loop inside steps. */
  readonly chained: ReadonlySet<Group>;
  readonly uses: Uses;
  readonly latch: Block;
  readonly cfg: Cfg;
  /** The counter itself becomes unnecessary. */
  readonly counterDies: boolean;
  readonly forSize: boolean;
}

/** An instruction that is not executed in every turn counts so much. */
const SOMETIMES = 0.5;
/** Memory operands with two registers take a cycle more than plain ones. */
const INDEX_CYCLE = 0.5;
/** A 16-bit product is done by three multiplications and as many moves. */
const PRODUCT = 4;

export const realUses = (uses: Uses, instr: Instr): Instr[] => usersIn(uses, instr).filter((user) => user.op !== 'dbg');

export function pointerGain({ groups, dying, induction }: Walk, at: Circumstances): number {
  const usersOf = (instr: Instr) => realUses(at.uses, instr);
  let gain = 0;
  for (const instr of dying) {
    const saved = costOf(instr, usersOf(instr), dying, induction);
    gain += at.forSize || at.cfg.dominates(instr.block, at.latch) ? saved : saved * SOMETIMES;
  }
  for (const group of groups) {
    gain -= (at.chained.has(group) ? 0 : stepCost(group, usersOf)) + (at.forSize ? startWords(group) : 0);
    // [p + symbol] is a word longer than [p].
    if (at.forSize)
      for (const { instr } of group.roots) if (foldsSymbol(instr, usersOf(instr))) gain += usersOf(instr).length;
  }
  return at.counterDies ? gain + 1 : gain;
}

const isAccess = (user: Instr, address: Instr): boolean =>
  (user.op === 'load' && user.args[0] === address) ||
  (user.op === 'store' && user.args[0] === address && user.args[1] !== address);

const foldsSymbol = (instr: Instr, users: readonly Instr[]): boolean =>
  instr.op === 'add' &&
  (instr.args[1].op === 'symbol' || instr.args[1].op === 'const') &&
  users.every((user) => isAccess(user, instr));

/** Instructions that one member of the walk takes, addressing modes considered. */
function costOf(instr: Instr, users: readonly Instr[], dying: ReadonlySet<Instr>, { phi, next }: Induction): number {
  // A two-operand instruction overwrites its first operand: what lives on is copied before.
  const stays = (value: Value): boolean => value === phi || value === next || !dying.has(value as Instr);
  switch (instr.op) {
    case 'zext':
    case 'sext':
      return 1;
    case 'add': {
      if (foldsSymbol(instr, users)) return 0;
      const isAddress = users.every((user) => isAccess(user, instr) && bytesOf(user) <= 2);
      if (isAddress && users.length <= 3 && instr.args[1].op !== 'symbol') return INDEX_CYCLE;
      return instr.args.every(stays) ? 2 : 1;
    }
    case 'mul':
      return PRODUCT;
    default:
      return stays((instr.args as Value[])[0] as Value) ? 2 : 1;
  }
}

const bytesOf = (access: Instr): number =>
  Math.max(1, WIDTH[access.op === 'store' ? access.args[1].type : access.type] >> 3);

/** Nothing where the last access takes the step along. */
function stepCost(group: Group, usersOf: (instr: Instr) => Instr[]): number {
  const accesses = group.roots.flatMap(({ instr }) => usersOf(instr).map((user) => ({ user, instr })));
  const sameOffset = group.roots.every((root) => root.offset === group.roots[0]?.offset);
  const fits = accesses.every(({ user, instr }) => isAccess(user, instr) && bytesOf(user) === Math.abs(group.stride));
  return sameOffset && fits ? 0 : 1;
}

const startWords = (group: Group): number => 2 + Math.max(0, group.terms.length - 2);
