/**
 * Loop interchange: two counted loops, one directly in the other, change places where the inner one then walks along memory instead of across
 * it, and a cache line that was fetched is used up. Legal if no two accesses to one cell, one of them a store, swap their order: that
 * is decided by looking for two turns that meet, one later outside and earlier inside. Sums that only accumulate do not mind the order,
 * for addition modulo 2^n is associative. [Allen and Kennedy, "Automatic loop interchange", 1984]
 */
import { hasEffect, insertAtStart, isInstr, phiCount, phis, terminator } from '../4-ir/build';
import { collectUses, usersIn, type Uses } from '../4-ir/uses';
import { analyseCfg, type Cfg, type Loop } from '../4-ir/cfg';
import { INVERSE, signed } from '../4-ir/fold';
import type { Block, Instr, IrFunction, LoadInstr, PhiInstr, StoreInstr, Value } from '../4-ir/ir';
import { AffineForms, sameTerms, wrap16, type Term } from './affine';
import { bytesOfType, markPrivateAllocas, mayOverlap } from './alias';
import { exitTest, turnsOf, type ExitTest } from './exit-test';
import { exitsOf, inductions, isInvariant, loopsWithPreheaders, preheaderOf, type Induction } from './loops';
import { functionPass, type PassContext } from './pass';
import { RangesOnDemand } from './ranges';

export const interchange = functionPass(
  {
    name: 'interchange',
    title: 'Loop interchange',
    summary:
      'Swaps two nested loops where that provably changes nothing but the order, so that memory is walked along its rows.',
  },
  (fn, context) => {
    if (fn.blocks.length < 2) return false;
    if (!analyseCfg(fn).loops.some((loop) => loop.parent)) return false;
    const { cfg, made } = loopsWithPreheaders(fn);
    markPrivateAllocas(fn);
    let changed = made;
    for (const inner of cfg.loops) {
      const nest = nestOf(fn, cfg, inner);
      if (!nest || !isBetterSwapped(nest) || !isLegal(nest)) continue;
      swap(fn, nest, context);
      changed = true;
    }
    return changed;
  },
);

/** A loop of the nest: its counter, its test, its turns. */
interface Level {
  readonly induction: Induction;
  readonly test: ExitTest;
  readonly turns: number;
}

interface Access {
  readonly instr: LoadInstr | StoreInstr;
  /** Bytes from one turn to the next. */
  readonly outerStride: number;
  readonly innerStride: number;
  /** What else the address consists of. */
  readonly rest: readonly Term[];
  readonly offset: number;
  readonly sizeBytes: number;
}

interface Nest {
  readonly outerLoop: Loop;
  readonly innerLoop: Loop;
  readonly outer: Level;
  readonly inner: Level;
  readonly accesses: readonly Access[];
}

// ---------------------------------------------------------------- recognition

function nestOf(fn: IrFunction, cfg: Cfg, innerLoop: Loop): Nest | undefined {
  const outerLoop = innerLoop.parent;
  if (!outerLoop || innerLoop.children.length > 0 || outerLoop.children.length !== 1) return undefined;
  const [latch] = outerLoop.latches;
  const preheader = preheaderOf(outerLoop);
  if (!latch || outerLoop.latches.length !== 1 || !preheader) return undefined;
  // Nothing but the inner loop, what leads to it, and the step of the outer one.
  if (preheaderOf(innerLoop) !== outerLoop.header || innerLoop.contains(latch)) return undefined;
  if (outerLoop.blocks.length !== innerLoop.blocks.length + 2) return undefined;
  if ([innerLoop, outerLoop].some((loop) => exitsOf(loop).some((block) => block !== loop.latches[0]))) return undefined;
  const uses = collectUses(fn);
  const ranges = new RangesOnDemand(cfg);
  const outer = levelOf(outerLoop, ranges, uses);
  const inner = levelOf(innerLoop, ranges, uses);
  if (!outer || !inner || outer.induction.phi.type !== inner.induction.phi.type) return undefined;
  if (!isOnlyStep(latch, outer) || !isPureHeader(outerLoop.header)) return undefined;
  if (!otherPhisAccumulate(outerLoop, innerLoop, outer, inner, uses)) return undefined;
  if (!staysInside(outerLoop, [outer, inner], uses)) return undefined;
  const accesses = accessesOf(outerLoop, outer, inner, ranges);
  return accesses && { outerLoop, innerLoop, outer, inner, accesses };
}

function levelOf(loop: Loop, ranges: RangesOnDemand, uses: Uses): Level | undefined {
  const [latch] = loop.latches;
  const preheader = preheaderOf(loop);
  if (!latch || !preheader) return undefined;
  for (const induction of inductions(loop)) {
    const test = exitTest(loop, latch, induction, uses);
    if (!test || induction.start.op !== 'const' || test.bound.op !== 'const') continue;
    const turns = turnsOf(induction, test, ranges, preheader);
    if (typeof turns !== 'number' || !staysInByte(induction, turns)) continue;
    // The step must have no other user: behind the swap it would not be computed yet.
    const onlyOwn = usersIn(uses, induction.next).every(
      (user) => user.op === 'dbg' || user === induction.phi || user === test.compare,
    );
    if (onlyOwn) return { induction, test, turns };
  }
  return undefined;
}

/** A byte counter that does not wrap on the way, so that its extension grows by the same steps. */
function staysInByte({ phi, start, step }: Induction, turns: number): boolean {
  if (phi.type !== 'i8' || start.op !== 'const') return phi.type === 'i16';
  const last = start.value + (turns - 1) * signed('i8', step);
  return last >= 0 && last <= 255;
}

const isOnlyStep = (latch: Block, { induction, test }: Level): boolean =>
  latch.instrs.every(
    (instr) => instr === induction.next || instr === test.compare || instr.op === 'dbg' || instr === terminator(latch),
  );

const isPureHeader = (header: Block): boolean =>
  header.instrs.every(
    (instr) =>
      instr.op === 'phi' ||
      instr.op === 'dbg' ||
      instr === terminator(header) ||
      (instr.op !== 'load' && !hasEffect(instr)),
  );

const ACCUMULATING = new Set(['add', 'xor', 'or', 'and', 'mul']);

/** Every other value that goes from turn to turn is an accumulator, through both loops, that nobody looks at on the way. */
function otherPhisAccumulate(outerLoop: Loop, innerLoop: Loop, outer: Level, inner: Level, uses: Uses): boolean {
  const [outerLatch, innerLatch] = [outerLoop.latches[0] as Block, innerLoop.latches[0] as Block];
  const real = (value: Instr) => usersIn(uses, value).filter((user) => user.op !== 'dbg');
  const input = (phi: PhiInstr, from: Block) => phi.args[phi.block.preds.indexOf(from)] as Value;
  const outerPhis = phis(outerLoop.header).filter((phi) => phi !== outer.induction.phi);
  const innerPhis = phis(innerLoop.header).filter((phi) => phi !== inner.induction.phi);
  if (outerPhis.length !== innerPhis.length) return false;
  return innerPhis.every((phi) => {
    const around = input(phi, outerLoop.header);
    const next = input(phi, innerLatch);
    if (!isInstr(around) || around.op !== 'phi' || !outerPhis.includes(around)) return false;
    if (!isInstr(next) || !ACCUMULATING.has(next.op) || input(around, outerLatch) !== next) return false;
    if (!innerLoop.contains(next.block) || (next.args as Value[]).filter((arg) => arg === phi).length !== 1)
      return false;
    return (
      real(phi).every((user) => user === next) &&
      real(around).every((user) => user === phi) &&
      real(next).every((user) => user === phi || user === around || !outerLoop.contains(user.block))
    );
  });
}

/** The counters are not looked at behind the loops. */
const staysInside = (loop: Loop, levels: readonly Level[], uses: Uses): boolean =>
  levels.every(({ induction }) =>
    [induction.phi, induction.next].every((value) =>
      usersIn(uses, value).every((user) => user.op === 'dbg' || loop.contains(user.block)),
    ),
  );

/** All accesses as strides and offsets; undefined if there is one that is not of that form, or anything else that could be seen. */
function accessesOf(loop: Loop, outer: Level, inner: Level, ranges: RangesOnDemand): Access[] | undefined {
  const forms = new AffineForms(ranges, (value) => (isInstr(value) && value.op === 'phi') || isInvariant(value, loop));
  const accesses: Access[] = [];
  for (const block of loop.blocks)
    for (const instr of block.instrs) {
      if (instr.op === 'dbg' || instr === terminator(block)) continue;
      if (instr.op !== 'load' && instr.op !== 'store') {
        if (hasEffect(instr)) return undefined;
        continue;
      }
      const access = instr.volatile ? undefined : accessOf(instr, forms, loop, outer, inner);
      if (!access) return undefined;
      accesses.push(access);
    }
  return accesses;
}

function accessOf(
  instr: LoadInstr | StoreInstr,
  forms: AffineForms,
  loop: Loop,
  outer: Level,
  inner: Level,
): Access | undefined {
  const { terms, constant } = forms.of(instr.args[0]);
  const strideOf = ({ induction: { phi, step } }: Level) =>
    wrap16((terms.find((term) => term.value === phi)?.factor ?? 0) * signed(phi.type, step));
  const rest = terms.filter(({ value }) => value !== outer.induction.phi && value !== inner.induction.phi);
  if (!rest.every(({ value }) => isInvariant(value, loop))) return undefined;
  return {
    instr,
    outerStride: strideOf(outer),
    innerStride: strideOf(inner),
    rest,
    offset: constant,
    sizeBytes: bytesOfType(instr.op === 'store' ? instr.args[1].type : instr.type),
  };
}

// ---------------------------------------------------------------- decision

/** Steps beyond a cache line are all equally bad. */
const LINE_BYTES = 32;

function isBetterSwapped({ accesses }: Nest): boolean {
  const cost = (stride: number) => Math.min(Math.abs(stride), LINE_BYTES);
  const now = accesses.reduce((sum, access) => sum + cost(access.innerStride), 0);
  const swapped = accesses.reduce((sum, access) => sum + cost(access.outerStride), 0);
  return swapped < now;
}

function isLegal({ accesses, outer, inner }: Nest): boolean {
  return accesses.every((store) => {
    if (store.instr.op !== 'store') return true;
    return accesses.every((other) => !swapsOrder(store, other, outer.turns, inner.turns));
  });
}

/** Whether two accesses may meet in turns of which one comes first in the one order and second in the other. */
function swapsOrder(a: Access, b: Access, outerTurns: number, innerTurns: number): boolean {
  const [at, bt] = [a.instr.args[0], b.instr.args[0]];
  if (!sameTerms(a.rest, b.rest)) return mayOverlap(at, 0xffff, bt, 0xffff);
  if (a.outerStride !== b.outerStride || a.innerStride !== b.innerStride) return true;
  if (outerTurns > TURNS_LIMIT || innerTurns > TURNS_LIMIT) return true;
  for (let outer = 1; outer < outerTurns; outer++)
    for (let inner = 1; inner < innerTurns; inner++) {
      // One turn is `outer` later outside and `inner` earlier inside than the other.
      const apart = outer * a.outerStride - inner * a.innerStride;
      const [forth, back] = [wrap16(a.offset - b.offset + apart), wrap16(a.offset - b.offset - apart)];
      if (meets(forth, a, b) || meets(back, a, b)) return true;
    }
  return false;
}
const TURNS_LIMIT = 512;

const meets = (distance: number, a: Access, b: Access): boolean => distance < b.sizeBytes && -distance < a.sizeBytes;

// ---------------------------------------------------------------- the swap

function swap(fn: IrFunction, nest: Nest, context: PassContext): void {
  const { outerLoop, innerLoop, outer, inner } = nest;
  if (context.wantsRemarks) {
    const [one] = nest.accesses.filter((access) => Math.abs(access.outerStride) < Math.abs(access.innerStride));
    if (one)
      context.remark(
        fn,
        one.instr.origin,
        `the loops change places: this access steps by ${one.outerStride} instead of ${one.innerStride} bytes`,
      );
  }
  sinkHeader(outerLoop.header, innerLoop.header);
  const [o, i] = [outer.induction.phi, inner.induction.phi];
  const own = new Set<Instr>([
    o,
    i,
    outer.induction.next,
    inner.induction.next,
    outer.test.compare,
    inner.test.compare,
  ]);
  for (const block of outerLoop.blocks)
    block.instrs = block.instrs.filter((instr) => {
      if (own.has(instr)) return true;
      const args = instr.args as Value[];
      // Notes for the debugger about a counter belong where that counter is now.
      if (instr.op === 'dbg' && (args[0] === outer.induction.next || args[0] === inner.induction.next)) return false;
      if (instr.op === 'dbg' && args[0] === o && !innerLoop.contains(block)) return false;
      for (let n = 0; n < args.length; n++) args[n] = args[n] === o ? i : args[n] === i ? o : (args[n] as Value);
      return true;
    });
  exchangeLevels(outer, inner);
}

/** What the outer header computed is computed in the inner loop; loop-invariant motion takes out again what may go. */
function sinkHeader(from: Block, to: Block): void {
  const count = phiCount(from);
  const moved = from.instrs.slice(count, -1);
  from.instrs.splice(count, moved.length);
  for (const instr of moved.reverse()) insertAtStart(to, instr);
}

/** Start, step, bound and predicate go to the other loop. */
function exchangeLevels(a: Level, b: Level): void {
  const startAt = ({ induction: { phi, next } }: Level) => (phi.args[0] === next ? 1 : 0);
  const [startA, startB] = [a.induction.start, b.induction.start];
  a.induction.phi.args[startAt(a)] = startB;
  b.induction.phi.args[startAt(b)] = startA;
  const [stepA, stepB] = [a.induction.next.args[1], b.induction.next.args[1]];
  a.induction.next.args[1] = stepB;
  b.induction.next.args[1] = stepA;
  const name = a.induction.phi.name;
  rename(a.induction.phi, b.induction.phi.name);
  rename(b.induction.phi, name);
  const tests = [a, b].map(({ test, induction }) => ({
    test,
    induction,
    predicate: test.predicate,
    bound: test.bound,
  }));
  const [x, y] = tests as [(typeof tests)[number], (typeof tests)[number]];
  setTest(x.test, x.induction, y.predicate, y.bound);
  setTest(y.test, y.induction, x.predicate, x.bound);
}

function rename(phi: PhiInstr, name: string | undefined): void {
  if (name === undefined) delete phi.name;
  else phi.name = name;
}

function setTest(test: ExitTest, { next }: Induction, predicate: ExitTest['predicate'], bound: Value): void {
  test.compare.args = [next, bound];
  test.compare.predicate = test.goesOnWhenTrue ? predicate : INVERSE[predicate];
}
