/**
 * Narrowing: C computes in 16 bits what this machine could do in 8. An operation is done in fewer bits when nobody needs the
 * upper bits of its result (demanded bits), or when its range shows that they are always zeros or copies of the sign. Operations
 * that feed each other are decided together: the web is narrowed if that saves more than the extensions it needs, weighed by loop depth.
 */
import { shaped } from '../4-ir/shape';
import { constant, create, isInstr, undef } from '../4-ir/build';
import { collectUses, usersIn, type Uses } from '../4-ir/uses';
import { analyseCfg, type Cfg } from '../4-ir/cfg';
import { MASK } from '../4-ir/fold';
import { Insertions } from '../4-ir/insertions';
import {
  WIDTH,
  type BinaryInstr,
  type CastInstr,
  type CompareInstr,
  type Instr,
  type IrFunction,
  type Predicate,
  type Value,
} from '../4-ir/ir';
import { demandedBits } from './demand';
import { functionPass, type PassContext } from './pass';
import { Ranges } from './ranges';

export const narrowing = functionPass(
  {
    name: 'narrowing',
    title: 'Narrowing to 8 bits',
    summary: 'Does arithmetic that C promotes to 16 bits in 8 bits, where the result is provably the same.',
  },
  (fn, context) => {
    const byte = hasWiderThan(fn, 8) && new Narrowing(fn, context, 'i8').run();
    return (hasWiderThan(fn, 16) && new Narrowing(fn, context, 'i16').run()) || byte;
  },
);

/** Whether anything could be narrowed to this width at all. */
const hasWiderThan = (fn: IrFunction, width: number): boolean =>
  fn.blocks.some((block) => block.instrs.some((instr) => WIDTH[instr.type] > width));

/** How the wide value comes back from the narrow one; `low` means that the upper bits do not matter. */
type Kind = 'low' | 'zext' | 'sext';

interface Candidate {
  readonly instr: Instr;
  readonly kind: Kind;
  web: number;
}

class Narrowing {
  private readonly cfg: Cfg;
  private readonly uses: Uses;
  private readonly need: Uint8Array;
  private readonly ranges: Ranges;
  private readonly width: number;
  private readonly candidates: (Candidate | undefined)[] = [];
  private readonly list: Candidate[] = [];
  private readonly parents: number[] = [];
  private readonly narrowed: (Value | undefined)[] = [];
  private readonly truncated = new Map<Value, Value>();
  private readonly insertions = new Insertions();

  constructor(
    private readonly fn: IrFunction,
    private readonly context: PassContext,
    private readonly to: 'i8' | 'i16',
  ) {
    this.width = WIDTH[to];
    this.cfg = analyseCfg(fn);
    this.uses = collectUses(fn);
    this.need = demandedBits(fn);
    this.ranges = new Ranges(this.cfg);
  }

  run(): boolean {
    for (const block of this.cfg.rpo)
      for (const instr of block.instrs) {
        const kind = WIDTH[instr.type] > this.width ? this.kindOf(instr) : undefined;
        if (kind === undefined) continue;
        const candidate: Candidate = { instr, kind, web: this.list.length };
        this.parents.push(candidate.web);
        this.list.push(candidate);
        this.candidates[instr.id] = candidate;
      }
    this.formWebs();
    const chosen = this.choose();
    if (chosen.length > 0) this.rewrite(chosen);
    const users = this.narrowUsers();
    this.insertions.apply();
    return users || chosen.length > 0;
  }

  // -------------------------------------------------------------- which operations can be narrow

  private fitsUnsigned(value: Value, at: Instr): boolean {
    return this.ranges.at(value, at.block).uMax <= MASK[this.to];
  }
  private fitsSigned(value: Value, at: Instr): boolean {
    const { sMin, sMax } = this.ranges.at(value, at.block);
    const top = 2 ** (this.width - 1);
    return sMin >= -top && sMax < top;
  }

  private kindOf(instr: Instr): Kind | undefined {
    const low = (this.need[instr.id] as number) <= this.width;
    switch (instr.op) {
      case 'add':
      case 'sub':
      case 'mul':
      case 'and':
      case 'or':
      case 'xor':
      case 'select':
      case 'phi':
        return low ? 'low' : this.kindByRange(instr);
      case 'shl':
        if (!this.fitsUnsigned(instr.args[1], instr)) return undefined;
        return low ? 'low' : this.kindByRange(instr);
      case 'lshr':
      case 'udiv':
      case 'urem':
        return this.operandsFit(instr) ? 'zext' : undefined;
      case 'ashr':
        if (!this.fitsUnsigned(instr.args[1], instr)) return undefined;
        return this.fitsUnsigned(instr.args[0], instr)
          ? 'zext'
          : this.fitsSigned(instr.args[0], instr)
            ? 'sext'
            : undefined;
      case 'sdiv':
      case 'srem':
        if (this.operandsFit(instr)) return 'zext';
        return this.fitsSigned(instr.args[0], instr) &&
          this.fitsSigned(instr.args[1], instr) &&
          this.ranges.at(instr.args[1], instr.block).sMin > 0
          ? 'sext'
          : undefined;
      case 'load':
        return low && !instr.volatile && this.need[instr.id] !== 0 ? 'low' : undefined;
      default:
        return undefined;
    }
  }

  private operandsFit(instr: BinaryInstr): boolean {
    return this.fitsUnsigned(instr.args[0], instr) && this.fitsUnsigned(instr.args[1], instr);
  }

  private kindByRange(instr: Instr): Kind | undefined {
    const range = this.ranges.of(instr);
    if (range.uMax <= MASK[this.to]) return 'zext';
    const top = 2 ** (this.width - 1);
    return range.sMin >= -top && range.sMax < top ? 'sext' : undefined;
  }

  // -------------------------------------------------------------- which webs should be

  private find(web: number): number {
    let root = web;
    while (this.parents[root] !== root) root = this.parents[root] as number;
    while (this.parents[web] !== root) {
      const next = this.parents[web] as number;
      this.parents[web] = root;
      web = next;
    }
    return root;
  }

  private candidateOf(value: Value): Candidate | undefined {
    return isInstr(value) ? this.candidates[value.id] : undefined;
  }

  private formWebs(): void {
    for (const candidate of this.list)
      for (const arg of dataArgs(candidate.instr)) {
        const other = this.candidateOf(arg);
        if (other) this.parents[this.find(other.web)] = this.find(candidate.web);
      }
  }

  private choose(): Candidate[] {
    const gain = new Float64Array(this.list.length);
    for (const candidate of this.list) {
      const web = this.find(candidate.web);
      gain[web] = (gain[web] as number) + this.gainOf(candidate);
    }
    return this.list.filter((candidate) => (gain[this.find(candidate.web)] as number) > 0);
  }

  private frequency(instr: Instr): number {
    return 8 ** Math.min(4, this.cfg.loopOf[instr.block.id]?.depth ?? 0);
  }

  /** Instructions saved by narrowing one operation, less what its extension costs. */
  private gainOf({ instr, kind }: Candidate): number {
    let gain = operationGain(instr, this.width) * this.frequency(instr);
    for (const arg of dataArgs(instr))
      if (isInstr(arg) && (arg.op === 'zext' || arg.op === 'sext') && this.onlyCandidates(arg))
        gain += this.frequency(arg) / this.candidateUses(arg);
    const wide = this.wideUses(instr);
    if (wide.length === 0) return gain;
    const cost = kind === 'sext' ? 1.5 : 1;
    const dearest = Math.min(this.frequency(instr), Math.max(...wide.map((user) => this.frequency(user))));
    return gain - cost * dearest;
  }

  private onlyCandidates(arg: Instr): boolean {
    return usersIn(this.uses, arg).every(
      (user) => user.op === 'dbg' || this.candidates[user.id] !== undefined || this.takesNarrow(user),
    );
  }
  private candidateUses(arg: Instr): number {
    return Math.max(1, usersIn(this.uses, arg).filter((user) => this.candidates[user.id] !== undefined).length);
  }

  /** Users that would need the wide value back. */
  private wideUses(instr: Instr): Instr[] {
    return usersIn(this.uses, instr).filter(
      (user) =>
        user.op !== 'dbg' &&
        !(user.op === 'trunc' && WIDTH[user.type] <= this.width) &&
        !this.takesNarrow(user) &&
        !(this.candidates[user.id] && dataArgs(user).includes(instr)),
    );
  }

  /** Comparisons, checks and switches that can look at narrow values. */
  private takesNarrow(user: Instr): boolean {
    switch (user.op) {
      case 'icmp':
        return this.compareKind(user) !== undefined;
      case 'check':
        return user.bound <= MASK[this.to] && this.fitsUnsigned(user.args[0], user);
      case 'switch':
        return this.fitsUnsigned(user.args[0], user) && user.cases.every((k) => k <= MASK[this.to]);
      default:
        return false;
    }
  }

  private compareKind(compare: CompareInstr): Kind | undefined {
    const [a, b] = compare.args;
    if (WIDTH[a.type] <= this.width) return undefined;
    if (this.fitsUnsigned(a, compare) && this.fitsUnsigned(b, compare)) return 'zext';
    return this.fitsSigned(a, compare) && this.fitsSigned(b, compare) ? 'sext' : undefined;
  }

  // -------------------------------------------------------------- rewriting

  private rewrite(chosen: readonly Candidate[]): void {
    for (const candidate of chosen) this.narrowed[candidate.instr.id] = this.skeleton(candidate);
    for (const { instr } of chosen) this.fill(instr, this.narrowed[instr.id] as Instr);
    for (const candidate of chosen) this.serveUsers(candidate);
    this.report(chosen);
  }

  /** The narrow instruction, before its operands; it stands just before the wide one, which dies later. */
  private skeleton({ instr, kind }: Candidate): Instr {
    const narrow = shaped(this.fn.nextInstr++, instr.block, instr.origin, instr);
    narrow.type = this.to;
    narrow.args = [...instr.args] as never;
    if (kind === 'zext') {
      if (instr.op === 'sdiv') narrow.op = 'udiv';
      if (instr.op === 'srem') narrow.op = 'urem';
      if (instr.op === 'ashr') narrow.op = 'lshr';
    }
    this.insertions.before(instr, narrow);
    return narrow;
  }

  private fill(instr: Instr, narrow: Instr): void {
    if (instr.op === 'load') return;
    const args = narrow.args as Value[];
    for (let i = instr.op === 'select' ? 1 : 0; i < args.length; i++) args[i] = this.narrowValue(args[i] as Value);
    const amount = args[1];
    if (
      (instr.op === 'shl' || instr.op === 'lshr' || instr.op === 'ashr') &&
      amount?.op === 'const' &&
      instr.args[1].op === 'const'
    )
      args[1] = constant(this.to, Math.min(instr.args[1].value, this.width));
  }

  private narrowValue(value: Value): Value {
    if (WIDTH[value.type] === this.width) return value;
    if (value.op === 'const') return constant(this.to, value.value & MASK[this.to]);
    if (value.op === 'undef') return undef(this.to);
    const known = (isInstr(value) && this.narrowed[value.id]) || this.truncated.get(value);
    if (known) return known;
    if (isInstr(value) && (value.op === 'zext' || value.op === 'sext') && WIDTH[value.args[0].type] === this.width)
      return this.unwrapped(value.args[0]);
    const source = isInstr(value) && (value.op === 'zext' || value.op === 'sext') ? value.args[0] : value;
    const op = WIDTH[source.type] < this.width ? (value.op as 'zext' | 'sext') : 'trunc';
    const cast = this.after(value, { op, type: this.to, args: [source] });
    this.truncated.set(value, cast);
    return cast;
  }

  /** The narrow instruction itself where a value is the low part of a wide one that is being narrowed. */
  private unwrapped(value: Value): Value {
    if (!isInstr(value) || value.op !== 'trunc') return value;
    const source = value.args[0];
    return (isInstr(source) && this.narrowed[source.id]) || value;
  }

  /** Inserts a cast right behind the definition of a value. */
  private after(value: Value, draft: Pick<CastInstr, 'op' | 'type' | 'args'>): CastInstr {
    const entry = this.fn.blocks[0] as Instr['block'];
    const block = isInstr(value) ? value.block : entry;
    const origin = isInstr(value) ? value.origin : this.fn.origin;
    const cast = create<CastInstr>(this.fn, block, { ...draft, origin });
    // Parameters: behind the allocas.
    if (!isInstr(value)) this.insertions.atStart(block, cast, (instr) => instr.op === 'alloca');
    else if (value.op === 'phi') this.insertions.atStart(block, cast, (instr) => instr.op === 'phi');
    else this.insertions.behind(value, cast);
    return cast;
  }

  /** Users that stay wide get one extension; the others the narrow value. */
  private serveUsers({ instr, kind }: Candidate): void {
    const narrow = this.narrowed[instr.id] as Instr;
    const wide = this.wideUses(instr).filter(
      (user) => this.narrowed[user.id] === undefined || !dataArgs(user).includes(instr),
    );
    for (const user of usersIn(this.uses, instr)) {
      if (user.op !== 'trunc' || WIDTH[user.type] > this.width) continue;
      if (user.type === this.to) this.replace(user, narrow);
      else user.args[0] = narrow;
    }
    // Comparisons and the like are rewritten by narrowUsers; until then they need the wide value too.
    const rest = [...wide, ...usersIn(this.uses, instr).filter((user) => user.op === 'dbg' || this.takesNarrow(user))];
    if (rest.length === 0) return;
    const ext = this.after(narrow, { op: kind === 'sext' ? 'sext' : 'zext', type: instr.type, args: [narrow] });
    for (const user of rest) {
      const args = user.args as Value[];
      for (let i = 0; i < args.length; i++) if (args[i] === instr) args[i] = user.op === 'dbg' ? narrow : ext;
    }
    this.uses[ext.id] = rest;
  }

  private replace(cast: Instr, by: Value): void {
    for (const user of usersIn(this.uses, cast)) {
      const args = user.args as Value[];
      for (let i = 0; i < args.length; i++) if (args[i] === cast) args[i] = by;
      const narrow = this.narrowed[user.id];
      if (narrow && isInstr(narrow)) {
        const own = narrow.args as Value[];
        for (let i = 0; i < own.length; i++) if (own[i] === cast) own[i] = by;
      }
    }
    if (isInstr(by)) this.uses[by.id] = [...usersIn(this.uses, by), ...usersIn(this.uses, cast)];
  }

  /** Comparisons, checks and switches of extended values look at the narrow ones. */
  private narrowUsers(): boolean {
    let changed = false;
    for (const block of this.cfg.rpo)
      for (const instr of block.instrs) {
        if ((instr.op !== 'icmp' && instr.op !== 'check' && instr.op !== 'switch') || !this.takesNarrow(instr))
          continue;
        if (
          !(instr.args as Value[]).some((arg) => isExtended(arg, this.width)) ||
          !(instr.args as Value[]).every((arg) => isCheap(arg, this.width))
        )
          continue;
        if (instr.op === 'icmp') {
          const kind = this.compareKind(instr);
          if (kind === 'zext') instr.predicate = UNSIGNED[instr.predicate];
        }
        const args = instr.args as Value[];
        for (let i = 0; i < args.length; i++) args[i] = this.narrowValue(args[i] as Value);
        changed = true;
      }
    return changed;
  }

  private report(chosen: readonly Candidate[]): void {
    if (!this.context.wantsRemarks) return;
    for (const { instr, kind } of chosen) {
      const range = this.ranges.of(instr);
      const name = instr.name === undefined ? 'this' : instr.name;
      const why =
        kind === 'low'
          ? `only the low ${this.width} bits are needed`
          : `it is always ${kind === 'zext' ? `${range.uMin} to ${range.uMax}` : `${range.sMin} to ${range.sMax}`}`;
      this.context.remark(this.fn, instr.origin, `${name}: ${WIDTH[instr.type]} bits became ${this.width}, ${why}`);
    }
  }
}

/** Operands that are narrowed with the operation: not the condition of a select, not the address of a load. */
function dataArgs(instr: Instr): readonly Value[] {
  if (instr.op === 'load') return [];
  return instr.op === 'select' ? instr.args.slice(1) : instr.args;
}

/** What an operation gains, in instructions: 32-bit work comes in halves, products and quotients are routines. */
function operationGain(instr: Instr, width: number): number {
  const from = WIDTH[instr.type];
  const halves = from === 32 ? (width === 8 ? 1.25 : 1) : 0.25;
  switch (instr.op) {
    case 'mul':
      return from === 32
        ? 20
        : (instr.args as Value[]).every((arg) => arg.op === 'zext' || arg.op === 'const')
          ? 0.25
          : 4;
    case 'udiv':
    case 'sdiv':
    case 'urem':
    case 'srem':
      return 20;
    case 'shl':
    case 'lshr':
    case 'ashr':
      return halves + 0.5;
    case 'phi':
      return from === 32 ? 1.25 : 0.5;
    default:
      return halves;
  }
}

const isExtended = (value: Value, width: number): boolean =>
  (value.op === 'zext' || value.op === 'sext') && WIDTH[value.args[0].type] <= width && value.args[0].type !== 'i1';
const isCheap = (value: Value, width: number): boolean => value.op === 'const' || isExtended(value, width);

const UNSIGNED: Readonly<Record<Predicate, Predicate>> = {
  eq: 'eq',
  ne: 'ne',
  ult: 'ult',
  ule: 'ule',
  ugt: 'ugt',
  uge: 'uge',
  slt: 'ult',
  sle: 'ule',
  sgt: 'ugt',
  sge: 'uge',
};
