/**
 * Induction variables: an address (or any 16-bit sum) that grows by a constant each turn becomes a variable of its own that is stepped, so
 * that `a[i]` is a pointer that walks, which the machine's post-increment takes along for nothing. Where the counter is needed for nothing
 * but the exit test then, the test looks at the pointer, or the counter counts down to zero. [Cooper, Simpson and Vick, "Operator strength
 * reduction", TOPLAS 2001; the exit test: linear-function test replacement, Allen and Cocke]
 */
import { constant, create, hasEffect, insertAtStart, insertBeforeTerminator, isInstr, symbol } from '../4-ir/build';
import { collectUses, usersIn, type Uses } from '../4-ir/uses';
import type { Cfg, Loop } from '../4-ir/cfg';
import { signed } from '../4-ir/fold';
import type {
  BinaryInstr,
  Block,
  CastInstr,
  CompareInstr,
  Instr,
  IrFunction,
  Origin,
  PhiInstr,
  Value,
} from '../4-ir/ir';
import { AffineForms, build, sameTerms, wrap16, type Affine, type Emitter } from './affine';
import { removeDead } from './dead-code';
import { exitTest, turnsOf, type ExitTest } from './exit-test';
import {
  exitsOf,
  inductions,
  isInvariant,
  loopsWithPreheaders,
  preheaderOf,
  pressureOf,
  type Induction,
} from './loops';
import { functionPass, type PassContext } from './pass';
import { RangesOnDemand } from './ranges';
import { pointerGain, realUses, type Group, type Walk } from './walk-cost';

export const inductionVariables = functionPass(
  {
    name: 'induction-variables',
    title: 'Induction variables',
    summary: 'Turns indexing in loops into pointers that walk, and lets counters that only count run down to zero.',
  },
  (fn, context) => {
    if (fn.blocks.length < 2) return false;
    const { cfg, made } = loopsWithPreheaders(fn);
    if (cfg.loops.length === 0) return false;
    const ranges = new RangesOnDemand(cfg);
    const finished = new Map<PhiInstr, FinishedWalk>();
    let changed = made;
    for (const loop of cfg.loops)
      if (preheaderOf(loop) && loop.latches.length === 1)
        if (new LoopWalker(fn, cfg, loop, ranges, finished, context).run()) {
          // What is dead now would look like a use to the loops around.
          removeDead(fn);
          changed = true;
        }
    return changed;
  },
);

/** Pairs that may live through a loop, pointers included. */
const PRESSURE_LIMIT = 7;

/** A pointer of an inner loop that turns a known number of times and ends at its latch only. */
interface FinishedWalk {
  readonly latch: Block;
  readonly next: Value;
  /** From the first turn to behind the last. */
  readonly distance: number;
}

class LoopWalker {
  private readonly latch: Block;
  private readonly preheader: Block;
  private readonly forms: AffineForms;
  private uses: Uses = [];

  constructor(
    private readonly fn: IrFunction,
    private readonly cfg: Cfg,
    private readonly loop: Loop,
    private readonly ranges: RangesOnDemand,
    private readonly finished: Map<PhiInstr, FinishedWalk>,
    private readonly context: PassContext,
  ) {
    this.latch = loop.latches[0] as Block;
    this.preheader = preheaderOf(loop) as Block;
    this.forms = new AffineForms(ranges, (value) => (isInstr(value) && value.op === 'phi') || isInvariant(value, loop));
  }

  run(): boolean {
    let changed = false;
    let isStale = true;
    for (const induction of inductions(this.loop)) {
      if (induction.phi.type === 'i32' || induction.step === 0) continue;
      if (isStale) this.uses = collectUses(this.fn);
      isStale = this.improve(induction);
      changed ||= isStale;
    }
    return changed;
  }

  private improve(induction: Induction): boolean {
    const test = exitTest(this.loop, this.latch, induction, this.uses);
    const walk = this.find(induction);
    if (walk && this.isWorthIt(walk, test)) {
      this.walk(walk, test);
      return true;
    }
    return test !== undefined && this.onlyCounts(induction, test, () => false) && this.countDown(induction, test);
  }

  // ---------------------------------------------------------------- what grows with the counter

  /** What the counter adds each turn if its value, extended to 16 bits, never wraps. */
  private wideStep({ phi, step }: Induction): number | undefined {
    if (phi.type === 'i16') return wrap16(step);
    const by = signed('i8', step);
    const range = this.ranges.at(phi, this.latch);
    return range.uMin + by >= 0 && range.uMax + by <= 255 ? by : undefined;
  }

  private find(induction: Induction): Walk | undefined {
    const step = this.wideStep(induction);
    if (step === undefined) return undefined;
    const members = new Map<Instr, Affine>();
    for (const block of this.loop.blocks) {
      if (this.cfg.loopOf[block.id] !== this.loop) continue;
      for (const instr of block.instrs) {
        const form = this.growing(instr, induction);
        if (form) members.set(instr, form);
      }
    }
    const groups: Group[] = [];
    for (const [instr, form] of members) {
      if (realUses(this.uses, instr).every((user) => members.has(user)) || isPlain(form, instr, induction)) continue;
      const factor = form.terms.find((term) => term.value === induction.phi)?.factor as number;
      const stride = wrap16(factor * step);
      // Modulo 2^16 it stands still: no pointer, and least of all one whose end a test could wait for.
      if (stride === 0) continue;
      const group = groups.find((one) => sameTerms(one.terms, form.terms));
      if (group) group.roots.push({ instr, offset: form.constant });
      else groups.push({ terms: form.terms, stride, roots: [{ instr, offset: form.constant }] });
    }
    return groups.length === 0 ? undefined : { induction, groups, dying: this.dying(groups, members) };
  }

  /** What nobody needs once the roots of the groups are pointers: users come before what they use. */
  private dying(groups: readonly Group[], members: ReadonlyMap<Instr, Affine>): Set<Instr> {
    const roots = new Set(groups.flatMap((group) => group.roots.map((root) => root.instr)));
    const dying = new Set<Instr>();
    for (const instr of [...members.keys()].reverse())
      if (roots.has(instr) || realUses(this.uses, instr).every((user) => dying.has(user) || this.isBehind(instr)(user)))
        dying.add(instr);
    return dying;
  }

  /** An extension that is used behind the loop too can be made there, if that is in one place. */
  private isBehind(instr: Instr): (user: Instr) => boolean {
    if (instr.op !== 'zext') return () => false;
    const outside = realUses(this.uses, instr).filter((user) => !this.loop.contains(user.block));
    const together = outside.every((user) => user.op !== 'phi' && user.block === outside[0]?.block);
    return (user) => together && outside.includes(user);
  }

  /** Makes extensions behind the loop that nobody in it needs any more. */
  private sinkExtensions(dying: ReadonlySet<Instr>): void {
    this.uses = collectUses(this.fn);
    for (const instr of dying) {
      const users = realUses(this.uses, instr);
      const [first] = users;
      if (instr.op !== 'zext' || !first || users.some((user) => this.loop.contains(user.block) || user.op === 'phi'))
        continue;
      if (users.some((user) => user.block !== first.block)) continue;
      instr.block.instrs.splice(instr.block.instrs.indexOf(instr), 1);
      insertAtStart(first.block, instr);
    }
  }

  /** The form of a sum of the counter and of what does not change in the loop. */
  private growing(instr: Instr, { phi, next }: Induction): Affine | undefined {
    if (instr.type !== 'i16' || instr === phi || instr === next || instr.op === 'phi') return undefined;
    const form = this.forms.of(instr);
    let counters = 0;
    for (const { value } of form.terms) {
      if (value === phi) counters++;
      else if (value === instr || !isInvariant(value, this.loop)) return undefined;
    }
    return counters === 1 ? form : undefined;
  }

  private isWorthIt(walk: Walk, test: ExitTest | undefined): boolean {
    const { phi } = walk.induction;
    const dies = test !== undefined && this.onlyCounts(walk.induction, test, (user) => walk.dying.has(user));
    const turns = dies ? turnsOf(walk.induction, test, this.ranges, this.preheader) : undefined;
    const chained = new Set(walk.groups.filter((group) => this.innerWalk(group)));
    const gain = pointerGain(walk, {
      chained,
      uses: this.uses,
      latch: this.latch,
      cfg: this.cfg,
      counterDies: turns !== undefined,
      forSize: !this.context.forSpeed,
    });
    if (gain <= 0) return false;
    const counter = turns === undefined ? 0 : phi.type === 'i8' ? 0.5 : 1;
    return pressureOf(this.loop) + walk.groups.length - chained.size - counter <= PRESSURE_LIMIT;
  }

  /** Whether nobody looks at the counter but its own step, the test, and those in `others`. */
  private onlyCounts({ phi, next }: Induction, test: ExitTest, others: (user: Instr) => boolean): boolean {
    const isOwn = (user: Instr): boolean => user === next || user === phi || user === test.compare;
    return [phi, next].every((value) => realUses(this.uses, value).every((user) => isOwn(user) || others(user)));
  }

  // ---------------------------------------------------------------- rewriting

  /** Makes instructions before the loop, or before the outermost loop around it in which the values do not change. */
  private emitter(values: readonly Value[], origin: Origin): Emitter {
    let place = this.preheader;
    for (let outer = this.loop.parent; outer; outer = outer.parent) {
      const before = preheaderOf(outer);
      if (!before || !values.every((value) => isInvariant(value, outer as Loop))) break;
      place = before;
    }
    const put = <T extends Instr>(instr: T): T => {
      insertBeforeTerminator(place, instr);
      return instr;
    };
    return {
      binary: (op, a, b) => put(create<BinaryInstr>(this.fn, place, { op, type: 'i16', args: [a, b], origin })),
      extend: (a) =>
        a.op === 'const'
          ? constant('i16', a.value)
          : put(create<CastInstr>(this.fn, place, { op: 'zext', type: 'i16', args: [a], origin })),
    };
  }

  /** A pointer of a loop inside that starts at this group's value and ends where the group's next value is. */
  private innerWalk(group: Group): FinishedWalk | undefined {
    const [root, ...more] = group.roots;
    const [user, ...others] = root ? realUses(this.uses, root.instr) : [];
    if (more.length > 0 || others.length > 0 || user?.op !== 'phi') return undefined;
    const inner = this.finished.get(user);
    if (!inner || wrap16(inner.distance - group.stride) !== 0) return undefined;
    return this.cfg.dominates(inner.latch, this.latch) ? inner : undefined;
  }

  private walk(walk: Walk, test: ExitTest | undefined): void {
    const { induction, groups } = walk;
    const turns = test && turnsOf(induction, test, this.ranges, this.preheader);
    const pointers = groups.map((group) => this.pointer(group, walk));
    removeDead(this.fn);
    this.sinkExtensions(walk.dying);
    if (typeof turns === 'number' && exitsOf(this.loop).every((block) => block === this.latch))
      pointers.forEach(({ phi, next }, i) => {
        if (!isPlaced(phi)) return;
        const { stride } = groups[i] as Group;
        this.finished.set(phi, { latch: this.latch, next, distance: turns * stride });
      });
    this.uses = collectUses(this.fn);
    if (!test || turns === undefined || !this.onlyCounts(induction, test, (user) => this.isUnused(user))) return;
    // A test against a constant address needs no register of its own.
    const fixed = pointers.findIndex(
      ({ phi, start }, i) => isPlaced(phi) && isFixed(start) && reaches(turns, (groups[i] as Group).stride),
    );
    if (fixed < 0 || typeof turns !== 'number') {
      this.countDown(induction, test);
      return;
    }
    const { start, next } = pointers[fixed] as Pointer;
    const end = further(start, turns * (groups[fixed] as Group).stride);
    this.replaceTest(test, next, end);
  }

  /** Nothing but other unused members of the walk looks at it: dead code removes it. */
  private isUnused(instr: Instr): boolean {
    return instr.op !== 'phi' && !hasEffect(instr) && realUses(this.uses, instr).every((user) => this.isUnused(user));
  }

  private pointer(group: Group, { induction: { phi, start }, dying }: Walk): Pointer {
    const lowest = Math.min(...group.roots.map((root) => root.offset));
    const { origin, name } = (group.roots[0] as Group['roots'][number]).instr;
    const terms = group.terms.map((term) => (term.value === phi ? { ...term, value: start } : term));
    const first = build(
      normal({ terms, constant: lowest }),
      this.emitter(
        terms.map((term) => term.value),
        origin,
      ),
    );
    const pointer = create<PhiInstr>(this.fn, this.loop.header, {
      op: 'phi',
      type: 'i16',
      args: [first, first],
      origin,
      ...(name === undefined ? {} : { name }),
    });
    this.loop.header.instrs.unshift(pointer);
    const next = this.innerWalk(group)?.next ?? this.step(group, pointer, dying);
    pointer.args[this.loop.header.preds.indexOf(this.latch)] = next;
    for (const { instr, offset } of group.roots) this.replace(instr, pointer, offset - lowest);
    if (this.context.wantsRemarks)
      this.context.remark(this.fn, origin, `this address grows by ${group.stride} each turn: a pointer walks instead`);
    return { phi: pointer, start: first, next };
  }

  /** Behind the only access, where both become one instruction, if that is executed in every turn; or else at the end of the turn. */
  private step(group: Group, pointer: PhiInstr, dying: ReadonlySet<Instr>): Value {
    const { origin } = pointer;
    const args: [Value, Value] = [pointer, constant('i16', group.stride)];
    const next = create<BinaryInstr>(this.fn, this.latch, { op: 'add', type: 'i16', args, origin });
    const users = group.roots.flatMap(({ instr }) => realUses(this.uses, instr)).filter((user) => !dying.has(user));
    const block = users[0]?.block;
    const isTogether =
      block !== undefined &&
      users.every((user) => user.block === block && user.op !== 'phi') &&
      this.cfg.loopOf[block.id] === this.loop &&
      this.cfg.dominates(block, this.latch);
    const last = isTogether ? Math.max(...users.map((user) => block.instrs.indexOf(user))) : -1;
    if (!isTogether || last === block.instrs.length - 1)
      insertBeforeTerminator(block && isTogether ? block : this.latch, next);
    else {
      next.block = block;
      block.instrs.splice(last + 1, 0, next);
    }
    return next;
  }

  /** All uses of `instr` take the pointer, `offset` bytes further. */
  private replace(instr: Instr, pointer: Value, offset: number): void {
    let value = pointer;
    if (offset !== 0) {
      const sum = create<BinaryInstr>(this.fn, instr.block, {
        op: 'add',
        type: 'i16',
        args: [pointer, constant('i16', offset)],
        origin: instr.origin,
      });
      instr.block.instrs.splice(instr.block.instrs.indexOf(instr), 0, sum);
      value = sum;
    }
    for (const user of usersIn(this.uses, instr)) {
      const args = user.args as Value[];
      for (let i = 0; i < args.length; i++) if (args[i] === instr) args[i] = value;
    }
  }

  /** Counts the turns that are left instead: the flags of the step decide. */
  private countDown(induction: Induction, test: ExitTest): boolean {
    const turns = turnsOf(induction, test, this.ranges, this.preheader);
    if (turns === undefined || test.countsDown) return false;
    const { phi } = induction;
    const { origin } = test.compare;
    let type = phi.type;
    let count: Value;
    if (typeof turns === 'number') {
      if (turns > 65536) return false;
      type = turns <= 256 ? 'i8' : 'i16';
      count = constant(type, turns);
    } else {
      const { bound, start, sign } = turns;
      const [more, less] = sign > 0 ? [bound, start] : [start, bound];
      if (less.op === 'const' && less.value === 0) count = more;
      else {
        // Worth it only if the loop turns often: one instruction before it for one less in each turn.
        const difference = create<BinaryInstr>(this.fn, this.preheader, {
          op: 'sub',
          type,
          args: [more, less],
          origin,
        });
        insertBeforeTerminator(this.preheader, difference);
        count = difference;
      }
    }
    const counter = create<PhiInstr>(this.fn, this.loop.header, { op: 'phi', type, args: [count, count], origin });
    const next = create<BinaryInstr>(this.fn, this.latch, {
      op: 'add',
      type,
      args: [counter, constant(type, -1)],
      origin,
    });
    counter.args[this.loop.header.preds.indexOf(this.latch)] = next;
    this.loop.header.instrs.unshift(counter);
    insertBeforeTerminator(this.latch, next);
    this.replaceTest(test, next, constant(type, 0));
    if (this.context.wantsRemarks)
      this.context.remark(this.fn, origin, 'only counts turns: counts down to zero, which needs no comparison');
    return true;
  }

  private replaceTest(test: ExitTest, value: Value, end: Value): void {
    const compare = create<CompareInstr>(this.fn, this.latch, {
      op: 'icmp',
      type: 'i1',
      predicate: test.goesOnWhenTrue ? 'ne' : 'eq',
      args: [value, end],
      origin: test.compare.origin,
    });
    insertBeforeTerminator(this.latch, compare);
    const last = this.latch.instrs[this.latch.instrs.length - 1] as Instr;
    (last.args as Value[])[0] = compare;
  }
}

interface Pointer {
  readonly phi: PhiInstr;
  readonly start: Value;
  readonly next: Value;
}

/** i + constant, i itself extended: nothing is gained by a variable of its own. */
function isPlain(form: Affine, instr: Instr, { phi }: Induction): boolean {
  const [only] = form.terms;
  if (form.terms.length !== 1 || only?.value !== phi || only.factor !== 1) return false;
  return phi.type === 'i16' || instr.op === 'zext' || instr.op === 'sext';
}

/** A pointer whose only users were dead, such as a load that nobody needs, has gone with them. */
const isPlaced = (instr: Instr): boolean => instr.block.instrs.includes(instr);

const isFixed = (value: Value): boolean => value.op === 'symbol' || value.op === 'const';

/** The pointer meets its end once only. */
const reaches = (turns: unknown, stride: number): boolean =>
  typeof turns === 'number' && turns * Math.abs(stride) < 0x10000;

const further = (value: Value, bytes: number): Value =>
  value.op === 'symbol'
    ? symbol(value.symbol, value.offset + bytes)
    : constant('i16', (value as { value: number }).value + bytes);

/** Constant terms become part of the constant. */
function normal({ terms, constant: offset }: Affine): Affine {
  let rest = offset;
  const kept = terms.filter(({ value, factor }) => {
    if (value.op !== 'const') return true;
    rest += Math.imul(value.value, factor);
    return false;
  });
  return { terms: kept, constant: wrap16(rest) };
}
