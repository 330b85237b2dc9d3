/**
 * Inlining: a call is replaced by the body of the function. Callees come before callers, so that small functions built from small
 * functions dissolve. What is worth it: bodies about as long as the call itself, short ones where speed counts, and static functions
 * that are called once, whose own copy then goes.
 */
import { constant, create, createBlock, mapTargets, successors, undef } from '../4-ir/build';
import { Replacements } from '../4-ir/uses';
import type { Block, CallInstr, IrFunction, IrModule, PhiInstr, Value } from '../4-ir/ir';
import { cloneInstr } from './ssa-repair';
import { modulePass, type PassContext } from './pass';

/** Instructions of a body that replaces its call. A call costs about this much by itself, its argument moves included. */
const TINY = 5;
const SMALL_FOR_SPEED = 20;
const CALLED_ONCE = 400;
/** A caller is not grown beyond this. */
const CALLER_LIMIT = 1500;

export const inline = modulePass(
  {
    name: 'inline',
    title: 'Inlining',
    summary: 'Puts the body of a small function, or of one that is called only once, in the place of its call.',
  },
  (module, context) => {
    const graph = new CallGraph(module);
    let changed = false;
    for (const fn of graph.calleesFirst()) changed = inlineInto(fn, graph, context) || changed;
    return changed;
  },
);

class CallGraph {
  readonly functions: ReadonlyMap<string, IrFunction>;
  /** Number of places that name a function other than to call it directly, and of direct calls. */
  readonly calls = new Map<string, number>();
  readonly otherUses = new Map<string, number>();
  readonly sizes = new Map<IrFunction, number>();

  constructor(private readonly module: IrModule) {
    this.functions = new Map(module.functions.map((fn) => [fn.name, fn]));
    const bump = (map: Map<string, number>, name: string) => map.set(name, (map.get(name) ?? 0) + 1);
    for (const fn of module.functions) {
      this.sizes.set(fn, sizeOf(fn));
      for (const block of fn.blocks)
        for (const instr of block.instrs)
          instr.args.forEach((arg, i) => {
            if (arg.op === 'symbol') bump(instr.op === 'call' && i === 0 ? this.calls : this.otherUses, arg.symbol);
          });
    }
    for (const global of module.globals) for (const r of global.relocations) bump(this.otherUses, r.symbol);
  }

  calleesFirst(): IrFunction[] {
    const order: IrFunction[] = [];
    const seen = new Set<IrFunction>();
    const visit = (fn: IrFunction) => {
      if (seen.has(fn)) return;
      seen.add(fn);
      for (const callee of this.calleesOf(fn)) visit(callee);
      order.push(fn);
    };
    for (const fn of this.module.functions) visit(fn);
    return order;
  }

  calleesOf(fn: IrFunction): IrFunction[] {
    const found: IrFunction[] = [];
    for (const block of fn.blocks)
      for (const instr of block.instrs) {
        const callee = instr.op === 'call' ? this.target(instr) : undefined;
        if (callee) found.push(callee);
      }
    return found;
  }

  target(call: CallInstr): IrFunction | undefined {
    const callee = call.args[0];
    return callee?.op === 'symbol' && callee.offset === 0 ? this.functions.get(callee.symbol) : undefined;
  }
}

/** What the code generator would make instructions of, roughly. */
function sizeOf(fn: IrFunction): number {
  let size = 0;
  for (const block of fn.blocks)
    for (const instr of block.instrs)
      switch (instr.op) {
        case 'dbg':
        case 'alloca':
        case 'phi':
        case 'trunc':
        case 'br':
          break;
        case 'call':
          size += instr.args.length + 1;
          break;
        default:
          size += instr.type === 'i32' ? 2 : 1;
      }
  return size;
}

function inlineInto(caller: IrFunction, graph: CallGraph, context: PassContext): boolean {
  const replacements = new Replacements();
  let changed = false;
  // Calls in inlined bodies were decided on when their function was the caller.
  const calls = caller.blocks.flatMap((block) => block.instrs.filter((instr) => instr.op === 'call'));
  for (const call of calls) {
    const callee = graph.target(call as CallInstr);
    if (!callee) continue;
    const reason = worthwhile(call as CallInstr, callee, caller, graph, context);
    if (reason === undefined) continue;
    if (context.wantsRemarks) context.remark(caller, call.origin, `${callee.name} is inlined: ${reason}`);
    graph.sizes.set(caller, (graph.sizes.get(caller) ?? 0) + (graph.sizes.get(callee) ?? 0));
    graph.calls.set(callee.name, (graph.calls.get(callee.name) ?? 1) - 1);
    new Inlining(caller, call as CallInstr, callee, replacements).run();
    changed = true;
  }
  replacements.apply(caller);
  return changed;
}

function worthwhile(
  call: CallInstr,
  callee: IrFunction,
  caller: IrFunction,
  graph: CallGraph,
  context: PassContext,
): string | undefined {
  if (callee === caller || callee.variadic || callee.isInterruptHandler || call.variadic) return undefined;
  if (callee.params.length !== call.args.length - 1 || (call.type !== 'void' && call.type !== callee.returns))
    return undefined;
  if (callee.params.some((param, i) => param.type !== call.args[i + 1]?.type)) return undefined;
  if (graph.calleesOf(callee).includes(callee) || hasAsm(callee)) return undefined;
  const size = graph.sizes.get(callee) ?? 0;
  if ((graph.sizes.get(caller) ?? 0) + size > CALLER_LIMIT) return undefined;
  if (size <= TINY + callee.params.length) return 'it is as short as the call';
  const once = callee.isStatic && graph.calls.get(callee.name) === 1 && !graph.otherUses.has(callee.name);
  if (once && size <= CALLED_ONCE) return 'this is the only call of it';
  return context.level === 'O2' && size <= SMALL_FOR_SPEED ? 'it is short' : undefined;
}

const hasAsm = (fn: IrFunction): boolean => fn.blocks.some((block) => block.instrs.some((instr) => instr.op === 'asm'));

class Inlining {
  private readonly values = new Map<Value, Value>();
  private readonly blocks = new Map<Block, Block>();
  private readonly variables = new Map<number, number>();

  constructor(
    private readonly caller: IrFunction,
    private readonly call: CallInstr,
    private readonly callee: IrFunction,
    private readonly replacements: Replacements,
  ) {}

  run(): void {
    const { caller, call, callee } = this;
    callee.params.forEach((param, i) => this.values.set(param, call.args[i + 1] as Value));
    for (const variable of callee.variables) {
      const id = caller.variables.length;
      this.variables.set(variable.id, id);
      caller.variables.push({ ...variable, id, isParameter: false });
    }
    const after = this.splitAtCall();
    for (const block of callee.blocks) this.blocks.set(block, createBlock(caller, block.name));
    const returns: { block: Block; value: Value }[] = [];
    for (const block of callee.blocks) this.copyBlock(block, after, returns);
    this.patch();
    this.enter();
    this.leave(after, returns);
    const at = caller.blocks.indexOf(call.block) + 1;
    caller.blocks.splice(at, 0, ...this.blocks.values());
  }

  /** The call's block keeps what is before the call; a new block takes the rest, with its edges. */
  private splitAtCall(): Block {
    const { caller, call } = this;
    const before = call.block;
    const after = createBlock(caller, 'after');
    const index = before.instrs.indexOf(call);
    after.instrs = before.instrs.splice(index);
    after.instrs.shift();
    for (const instr of after.instrs) instr.block = after;
    for (const target of new Set(successors(after)))
      for (let i = 0; i < target.preds.length; i++) if (target.preds[i] === before) target.preds[i] = after;
    caller.blocks.splice(caller.blocks.indexOf(before) + 1, 0, after);
    return after;
  }

  private copyBlock(block: Block, after: Block, returns: { block: Block; value: Value }[]): void {
    const { caller } = this;
    const copy = this.blocks.get(block) as Block;
    copy.preds = block.preds.map((pred) => this.blocks.get(pred) as Block);
    for (const instr of block.instrs) {
      if (instr.op === 'ret') {
        const value = instr.args[0];
        if (value) returns.push({ block: copy, value });
        else returns.push({ block: copy, value: undef('i16') });
        const jump = create(caller, copy, {
          op: 'br',
          type: 'void',
          args: [],
          targets: [after],
          origin: this.call.origin,
        });
        copy.instrs.push(jump);
        continue;
      }
      const clone = cloneInstr(caller, instr, copy, (value) => value);
      if (clone.op === 'dbg') clone.variable = this.variables.get(clone.variable) ?? clone.variable;
      if (clone.op === 'call') clone.tail = false;
      mapTargets(clone, (target) => this.blocks.get(target) as Block);
      this.values.set(instr, clone);
      copy.instrs.push(clone);
    }
  }

  private mapped(value: Value): Value {
    return this.values.get(value) ?? value;
  }

  private patch(): void {
    for (const copy of this.blocks.values())
      for (const instr of copy.instrs) {
        const args = instr.args as Value[];
        for (let i = 0; i < args.length; i++) args[i] = this.mapped(args[i] as Value);
      }
  }

  /** Locals of the callee become locals of the caller; the call's block goes on in the body. */
  private enter(): void {
    const { caller, call } = this;
    const entry = this.blocks.get(this.callee.blocks[0] as Block) as Block;
    const room = entry.instrs.filter((instr) => instr.op === 'alloca');
    const home = caller.blocks[0] as Block;
    for (const alloca of room) alloca.block = home;
    home.instrs.unshift(...room);
    entry.instrs = entry.instrs.filter((instr) => instr.op !== 'alloca');
    const jump = create(caller, call.block, {
      op: 'br',
      type: 'void',
      args: [],
      targets: [entry],
      origin: call.origin,
    });
    call.block.instrs.push(jump);
    entry.preds.push(call.block);
  }

  private leave(after: Block, returns: readonly { block: Block; value: Value }[]): void {
    const { caller, call } = this;
    after.preds = returns.map(({ block }) => block);
    if (call.type === 'void') return;
    const values = returns.map(({ value }) => this.mapped(value));
    if (values.length === 1) this.replacements.set(call, values[0] as Value);
    else if (values.length === 0) this.replacements.set(call, constant(call.type, 0));
    else {
      const phi = create<PhiInstr>(caller, after, { op: 'phi', type: call.type, args: values, origin: call.origin });
      after.instrs.unshift(phi);
      this.replacements.set(call, phi);
    }
  }
}
