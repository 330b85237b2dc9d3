/**
 * Sparse conditional constant propagation (Wegman and Zadeck, 1991): assumes that everything is constant and nothing is reached until
 * the contrary is shown, so that it sees constants around loops and through branches that constants decide.
 */
import { constant, isInstr, sameValue, successors, terminator } from '../4-ir/build';
import { collectUses, Replacements, usersIn, type Uses } from '../4-ir/uses';
import { foldBranches, foldInstr, signedText } from './constant-folding';
import type { Block, Instr, IrFunction, Value } from '../4-ir/ir';
import { functionPass } from './pass';

export const sccp = functionPass(
  {
    name: 'sccp',
    title: 'Conditional constant propagation',
    summary: 'Finds values that are the same constant on every path that can really be taken, also around loops.',
  },
  (fn, context) => {
    const solver = new Solver(fn);
    solver.solve();
    const replacements = new Replacements();
    for (const block of fn.blocks)
      for (const instr of block.instrs) {
        const value = solver.valueOf(instr);
        if (value === undefined || value === VARIES || value.op === 'undef') continue;
        replacements.set(instr, value);
        if (context.wantsRemarks && value.op === 'const')
          context.remark(
            fn,
            instr.origin,
            `always ${signedText(value.type, value.value)}${instr.name === undefined ? '' : ` (${instr.name})`}`,
          );
      }
    const replaced = replacements.apply(fn);
    return foldBranches(fn, fn.blocks, context) || replaced;
  },
);

const VARIES = Symbol('varies');
type Lattice = Value | typeof VARIES;

class Solver {
  /** By instruction id: undefined while nothing is known, then a constant or address, then VARIES. */
  private readonly values: (Lattice | undefined)[] = [];
  private readonly reached = new Set<Block>();
  /** Edges seen, as `from * n + index in the target's preds`. */
  private readonly edges = new Set<string>();
  private readonly blockWork: Block[] = [];
  private readonly valueWork: Instr[] = [];
  private readonly uses: Uses;

  constructor(private readonly fn: IrFunction) {
    this.uses = collectUses(fn);
  }

  valueOf(instr: Instr): Lattice | undefined {
    return this.reached.has(instr.block) ? this.values[instr.id] : undefined;
  }

  solve(): void {
    this.reach(this.fn.blocks[0] as Block);
    for (;;) {
      const instr = this.valueWork.pop();
      if (instr) {
        for (const user of usersIn(this.uses, instr)) if (this.reached.has(user.block)) this.visit(user);
        continue;
      }
      const block = this.blockWork.pop();
      if (!block) return;
      for (const one of block.instrs) this.visit(one);
    }
  }

  private reach(block: Block): void {
    if (this.reached.has(block)) return;
    this.reached.add(block);
    this.blockWork.push(block);
  }

  private takeEdge(from: Block, to: Block): void {
    const key = `${from.id}>${to.id}`;
    if (this.edges.has(key)) return;
    this.edges.add(key);
    if (!this.reached.has(to)) this.reach(to);
    else
      for (const instr of to.instrs) {
        if (instr.op !== 'phi') break;
        this.visit(instr);
      }
  }

  private known(value: Value): Lattice | undefined {
    return isInstr(value) ? this.values[value.id] : value.op === 'const' || value.op === 'symbol' ? value : VARIES;
  }

  private visit(instr: Instr): void {
    if (instr === terminator(instr.block)) this.visitTerminator(instr);
    if (instr.type === 'void' || this.values[instr.id] === VARIES) return;
    const next = instr.op === 'phi' ? this.phi(instr) : this.evaluate(instr);
    const before = this.values[instr.id];
    if (next === undefined || (before !== undefined && before !== VARIES && next !== VARIES && sameValue(before, next)))
      return;
    this.values[instr.id] = before === undefined ? next : VARIES;
    this.valueWork.push(instr);
  }

  private phi(instr: Extract<Instr, { op: 'phi' }>): Lattice | undefined {
    let result: Lattice | undefined;
    for (let i = 0; i < instr.args.length; i++) {
      const pred = instr.block.preds[i] as Block;
      if (!this.edges.has(`${pred.id}>${instr.block.id}`)) continue;
      const arg = this.known(instr.args[i] as Value);
      if (arg === undefined) continue;
      if (arg === VARIES) return VARIES;
      if (result === undefined || result === VARIES) result = arg;
      else if (!sameValue(result, arg)) return VARIES;
    }
    return result;
  }

  private evaluate(instr: Instr): Lattice | undefined {
    switch (instr.op) {
      case 'load':
      case 'call':
      case 'intrinsic':
      case 'alloca':
        return VARIES;
      default:
    }
    let unknown = false;
    const args = (instr.args as Value[]).map((arg) => {
      const value = this.known(arg);
      if (value === undefined) unknown = true;
      return value === undefined || value === VARIES ? arg : value;
    });
    if (unknown && instr.op !== 'select') return undefined;
    const value = foldInstr({ ...instr, args } as Instr);
    if (value === undefined) return absorbed(instr.op, args) ?? VARIES;
    return isInstr(value) || value.op === 'param' || value.op === 'undef' ? (this.known(value) ?? undefined) : value;
  }

  private visitTerminator(instr: Instr): void {
    const targets = successors(instr.block);
    if (instr.op === 'condbr' || instr.op === 'switch') {
      const value = this.known(instr.args[0]);
      if (value === undefined) return;
      if (value !== VARIES && value.op === 'const') {
        const index = instr.op === 'condbr' ? 1 - value.value : instr.cases.indexOf(value.value) + 1;
        this.takeEdge(instr.block, targets[index] as Block);
        return;
      }
    }
    for (const target of targets) this.takeEdge(instr.block, target);
  }
}

/** x & 0 and x * 0 are 0 whatever x is. */
function absorbed(op: Instr['op'], args: readonly Value[]): Value | undefined {
  if (op !== 'and' && op !== 'mul') return undefined;
  const zero = args.find((arg) => arg.op === 'const' && arg.value === 0);
  return zero && constant(zero.type, 0);
}
