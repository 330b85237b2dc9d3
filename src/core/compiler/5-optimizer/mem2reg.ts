/**
 * Memory to registers: a local whose address never escapes becomes SSA values. Phis are placed on the iterated dominance frontier of
 * its stores where it is live (Cytron et al., "Efficiently Computing Static Single Assignment Form", 1991), then a walk over the
 * dominator tree renames.
 */
import { constant, create, isInstr, undef } from '../4-ir/build';
import { Replacements } from '../4-ir/uses';
import { analyseCfg, placesOfEdges, removeUnreachable, type Cfg, type EdgePlaces } from '../4-ir/cfg';
import type { AllocaInstr, Block, DebugInstr, Instr, IrFunction, IrType, Origin, PhiInstr, Value } from '../4-ir/ir';
import { counted, functionPass, type PassContext } from './pass';

export const mem2reg = functionPass(
  {
    name: 'mem2reg',
    title: 'Memory to registers',
    summary: 'Local variables whose address nobody takes become values, so that they can live in registers.',
  },
  (fn, context) => {
    const variables = promotable(fn);
    if (variables.length === 0) return false;
    removeUnreachable(fn);
    new Promotion(fn, variables).run();
    if (context.wantsRemarks) report(fn, variables, context);
    return true;
  },
);

interface Variable {
  readonly index: number;
  readonly alloca: AllocaInstr;
  type: IrType;
  /** The source variable, from its dbg; -1 if it has none. */
  debug: number;
  readonly stores: Block[];
  readonly loads: Block[];
}

const SIZE: Readonly<Record<IrType, number>> = { i1: 0, i8: 1, i16: 2, i32: 4, void: 0 };

function report(fn: IrFunction, variables: readonly Variable[], context: PassContext): void {
  for (const { alloca, loads, stores } of variables) {
    if (alloca.name === undefined) continue;
    const memory = `${counted(stores.length, 'store')} and ${counted(loads.length, 'load')}`;
    context.remark(fn, debugOrigin(fn, alloca), `${alloca.name} lives in a register: ${memory} are gone`);
  }
}

function debugOrigin(fn: IrFunction, alloca: AllocaInstr): Origin {
  const variable = fn.variables.find((known) => known.name === alloca.name);
  return variable ? { node: alloca.origin.node, span: variable.span } : alloca.origin;
}

/** Allocas that are only loaded and stored as a whole, always with one type. */
function promotable(fn: IrFunction): Variable[] {
  const variables: (Variable | undefined)[] = [];
  for (const block of fn.blocks)
    for (const instr of block.instrs)
      if (instr.op === 'alloca' && instr.sizeBytes <= 4)
        variables[instr.id] = { index: 0, alloca: instr, type: 'void', debug: -1, stores: [], loads: [] };
  for (const block of fn.blocks)
    for (const instr of block.instrs)
      instr.args.forEach((arg, operand) => {
        const variable = isInstr(arg) ? variables[arg.id] : undefined;
        if (variable && !note(variable, instr, operand, block)) variables[variable.alloca.id] = undefined;
      });
  const kept = variables.filter((variable) => variable !== undefined && variable.alloca.block === fn.blocks[0]);
  return kept.map((variable, index) => ({ ...(variable as Variable), index }));
}

/** Takes note of one use; false if it stands against promotion. */
function note(variable: Variable, user: Instr, operand: number, block: Block): boolean {
  if (user.op === 'dbg') {
    if (user.inMemory === true) variable.debug = user.variable;
    return user.inMemory === true;
  }
  const type = user.op === 'load' ? user.type : user.op === 'store' && operand === 0 ? user.args[1].type : 'void';
  if (type === 'void' || (user.op !== 'load' && user.op !== 'store') || user.volatile) return false;
  if (SIZE[type] !== variable.alloca.sizeBytes || (variable.type !== 'void' && variable.type !== type)) return false;
  variable.type = type;
  (user.op === 'load' ? variable.loads : variable.stores).push(block);
  return true;
}

class Promotion {
  private readonly cfg: Cfg;
  private readonly edges: readonly (EdgePlaces | undefined)[];
  private readonly byAlloca: (Variable | undefined)[] = [];
  private readonly phiVariable: (Variable | undefined)[] = [];
  private readonly replacements = new Replacements();

  constructor(
    private readonly fn: IrFunction,
    private readonly variables: readonly Variable[],
  ) {
    this.cfg = analyseCfg(fn);
    this.edges = placesOfEdges(this.cfg.rpo);
    for (const variable of variables) this.byAlloca[variable.alloca.id] = variable;
  }

  run(): void {
    const frontier = dominanceFrontiers(this.cfg);
    for (const variable of this.variables) if (variable.type !== 'void') this.placePhis(variable, frontier);
    this.rename();
    for (const variable of this.variables) this.replacements.set(variable.alloca, constant('i16', 0));
    this.replacements.apply(this.fn);
  }

  private placePhis(variable: Variable, frontier: readonly (readonly Block[])[]): void {
    const live = this.liveIn(variable);
    const placed = new Set<Block>();
    const work = [...new Set(variable.stores)];
    while (work.length > 0) {
      const block = work.pop() as Block;
      for (const join of frontier[block.id] ?? []) {
        if (placed.has(join) || live[join.id] === 0) continue;
        placed.add(join);
        work.push(join);
        const phi = create<PhiInstr>(this.fn, join, {
          op: 'phi',
          type: variable.type,
          args: join.preds.map(() => undef(variable.type)),
          origin: join.instrs[0]?.origin ?? variable.alloca.origin,
          ...(variable.alloca.name === undefined ? {} : { name: variable.alloca.name }),
        });
        this.phiVariable[phi.id] = variable;
        join.instrs.unshift(phi);
      }
    }
  }

  /** Blocks at whose start the variable may still be read, by id. */
  private liveIn(variable: Variable): Uint8Array {
    const live = new Uint8Array(this.fn.nextBlock);
    const storesIn = new Set(variable.stores);
    const work = variable.loads.filter((block) => !storesIn.has(block) || this.readsFirst(variable, block));
    while (work.length > 0) {
      const block = work.pop() as Block;
      if (live[block.id] === 1) continue;
      live[block.id] = 1;
      for (const pred of block.preds) if (!storesIn.has(pred)) work.push(pred);
    }
    return live;
  }

  private readsFirst(variable: Variable, block: Block): boolean {
    for (const instr of block.instrs)
      if ((instr.op === 'load' || instr.op === 'store') && instr.args[0] === variable.alloca)
        return instr.op === 'load';
    return false;
  }

  /** Walks the dominator tree with the present value of each variable. */
  private rename(): void {
    const entry = this.fn.blocks[0] as Block;
    const start: Value[] = this.variables.map((variable) => undef(variable.type === 'void' ? 'i8' : variable.type));
    const work: { block: Block; values: Value[] }[] = [{ block: entry, values: start }];
    while (work.length > 0) {
      const { block, values } = work.pop() as (typeof work)[number];
      this.renameBlock(block, values);
      const children = this.cfg.dominated[this.cfg.number[block.id] as number] ?? [];
      children.forEach((child, i) => work.push({ block: child, values: i === 0 ? values : values.slice() }));
    }
  }

  private renameBlock(block: Block, values: Value[]): void {
    const kept: Instr[] = [];
    const debug: Instr[] = [];
    for (const instr of block.instrs) {
      if (instr.op === 'phi') {
        const variable = this.phiVariable[instr.id];
        kept.push(instr);
        if (!variable) continue;
        values[variable.index] = instr;
        this.debug(variable, instr, instr, block, debug);
        continue;
      }
      if (debug.length > 0) kept.push(...debug.splice(0));
      const variable = this.variableOf(instr);
      if (!variable) kept.push(instr);
      else if (instr.op === 'load') this.replacements.set(instr, values[variable.index] as Value);
      else if (instr.op === 'store') {
        const value = this.replacements.resolve(instr.args[1]);
        values[variable.index] = value;
        this.debug(variable, value, instr, block, kept);
      }
    }
    block.instrs = kept;
    for (const [target, places] of this.edges[block.id] ?? [])
      for (const phi of target.instrs) {
        if (phi.op !== 'phi') break;
        const variable = this.phiVariable[phi.id];
        if (variable) for (const place of places) phi.args[place] = values[variable.index] as Value;
      }
  }

  private variableOf(instr: Instr): Variable | undefined {
    if (instr.op !== 'load' && instr.op !== 'store' && instr.op !== 'dbg') return undefined;
    const address = instr.args[0];
    return isInstr(address) ? this.byAlloca[address.id] : undefined;
  }

  private debug(variable: Variable, value: Value, at: Instr, block: Block, into: Instr[]): void {
    if (variable.debug < 0) return;
    into.push(
      create<DebugInstr>(this.fn, block, {
        op: 'dbg',
        type: 'void',
        args: [value],
        variable: variable.debug,
        origin: at.origin,
      }),
    );
    if (isInstr(value) && value.name === undefined && variable.alloca.name !== undefined)
      value.name = variable.alloca.name;
  }
}

/** By block id (Cooper, Harvey and Kennedy, figure 5). */
function dominanceFrontiers(cfg: Cfg): Block[][] {
  const frontier: Block[][] = Array.from({ length: cfg.fn.nextBlock }, () => []);
  cfg.rpo.forEach((block, number) => {
    if (block.preds.length < 2) return;
    for (const pred of block.preds) {
      let runner = cfg.number[pred.id] as number;
      while (runner >= 0 && runner !== cfg.idom[number]) {
        const list = frontier[(cfg.rpo[runner] as Block).id] as Block[];
        if (list[list.length - 1] !== block) list.push(block);
        if (runner === 0) break;
        runner = cfg.idom[runner] as number;
      }
    }
  });
  return frontier;
}
