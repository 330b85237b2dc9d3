/**
 * Tail calls: a call whose result is returned at once needs no frame of its own. A function that calls itself so becomes a loop, also
 * where the result is only added to something (the sum is carried along); other calls become jumps where the code generator can.
 */
import { ARGUMENT_PAIRS } from '../../isa/convention';
import { constant, create, createBlock, isInstr, removePred, terminator } from '../4-ir/build';
import { removeUnreachable } from '../4-ir/cfg';
import {
  WIDTH,
  type BinaryInstr,
  type Block,
  type CallInstr,
  type Instr,
  type IrFunction,
  type PhiInstr,
  type Value,
} from '../4-ir/ir';
import { functionPass, type PassContext } from './pass';

export const tailCalls = functionPass(
  {
    name: 'tail-calls',
    title: 'Tail calls',
    summary: 'Turns a call at the end of a function into a jump, and recursion at the end into a loop.',
  },
  (fn, context) => {
    if (fn.isInterruptHandler || fn.variadic || fn.blocks.some((block) => block.instrs.some(needsFrame))) return false;
    const returned = returnAtCalls(fn);
    const recursions = fn.blocks.flatMap((block) => recursionAt(fn, block) ?? []);
    const looped = recursions.length > 0 && makeLoop(fn, recursions, context);
    return markTails(fn, context) || looped || returned;
  },
);

/** A call, or what is added to its result, is followed by a jump to a block that only returns it: the return comes to the call. */
function returnAtCalls(fn: IrFunction): boolean {
  let changed = false;
  for (const block of fn.blocks) {
    const last = terminator(block);
    if (last.op !== 'br') continue;
    const [target] = last.targets;
    const ret = terminator(target);
    if (ret.op !== 'ret' || target.instrs.some((i) => i !== ret && i.op !== 'phi' && i.op !== 'dbg')) continue;
    const before = block.instrs.filter((instr) => instr.op !== 'dbg').slice(-3, -1);
    const result = before.at(-1);
    if (result?.op !== 'call' && !(result?.op === 'add' && before[0]?.op === 'call')) continue;
    const way = target.preds.indexOf(block);
    const args = ret.args.map((value) =>
      isInstr(value) && value.op === 'phi' && value.block === target ? (value.args[way] as Value) : value,
    ) as [] | [Value];
    if (args[0] !== undefined && args[0] !== result) continue;
    removePred(target, way);
    block.instrs[block.instrs.length - 1] = create(fn, block, { op: 'ret', type: 'void', args, origin: ret.origin });
    changed = true;
  }
  return removeUnreachable(fn) || changed;
}

const needsFrame = (instr: Instr): boolean => instr.op === 'alloca' || instr.op === 'asm';

interface Recursion {
  readonly call: CallInstr;
  /** What is added to the call's result before it is returned. */
  readonly addend: Value | undefined;
}

/** A block that ends in `ret self(...)` or `ret self(...) + x`. */
function recursionAt(fn: IrFunction, block: Block): Recursion | undefined {
  const last = terminator(block);
  if (last.op !== 'ret') return undefined;
  const rest = block.instrs.filter((instr) => instr.op !== 'dbg' && instr !== last);
  let tail = rest.pop();
  let addend: Value | undefined;
  const result = last.args[0];
  if (tail?.op === 'add' && tail === result) {
    const call = rest.pop();
    if (call?.op !== 'call') return undefined;
    const [a, b] = tail.args;
    addend = a === call ? b : b === call ? a : undefined;
    if (addend === undefined || addend === call) return undefined;
    tail = call;
  } else if (tail?.op !== 'call' || (result !== undefined && tail !== result)) return undefined;
  return isSelf(fn, tail) ? { call: tail, addend } : undefined;
}

function isSelf(fn: IrFunction, call: CallInstr): boolean {
  const callee = call.args[0];
  return (
    callee?.op === 'symbol' &&
    callee.symbol === fn.name &&
    callee.offset === 0 &&
    call.args.length === fn.params.length + 1 &&
    call.type === fn.returns
  );
}

function makeLoop(fn: IrFunction, recursions: readonly Recursion[], context: PassContext): boolean {
  const body = fn.blocks[0] as Block;
  const entry = createBlock(fn, 'entry');
  entry.instrs.push(create(fn, entry, { op: 'br', type: 'void', args: [], targets: [body], origin: fn.origin }));
  body.name = body.name === 'entry' ? 'again' : body.name;
  body.preds.push(entry);
  fn.blocks.unshift(entry);
  const params = fn.params.map((param) =>
    create<PhiInstr>(fn, body, { op: 'phi', type: param.type, args: [param], origin: fn.origin, name: param.name }),
  );
  const carries = recursions.some(({ addend }) => addend !== undefined) && fn.returns !== 'void';
  const sum = carries
    ? create<PhiInstr>(fn, body, { op: 'phi', type: fn.returns, args: [constant(fn.returns, 0)], origin: fn.origin })
    : undefined;
  replaceParams(fn, params);
  if (sum) addToReturns(fn, sum, new Set(recursions.map(({ call }) => call.block)));

  for (const { call, addend } of recursions) {
    const { block } = call;
    block.instrs.length = block.instrs.indexOf(call);
    params.forEach((phi, i) => phi.args.push(call.args[i + 1] as Value));
    const own = addend?.op === 'param' ? params[addend.index] : addend;
    if (sum) sum.args.push(own === undefined ? sum : carry(fn, block, sum, own, call));
    block.instrs.push(create(fn, block, { op: 'br', type: 'void', args: [], targets: [body], origin: call.origin }));
    body.preds.push(block);
    if (context.wantsRemarks) context.remark(fn, call.origin, `${fn.name} calls itself at its end: that is a loop now`);
  }
  body.instrs.unshift(...params, ...(sum ? [sum] : []));

  return true;
}

function carry(fn: IrFunction, block: Block, sum: PhiInstr, addend: Value, call: CallInstr): Value {
  const next = create<BinaryInstr>(fn, block, { op: 'add', type: sum.type, args: [sum, addend], origin: call.origin });
  block.instrs.push(next);
  return next;
}

function replaceParams(fn: IrFunction, phis: readonly PhiInstr[]): void {
  for (const block of fn.blocks)
    for (const instr of block.instrs) {
      const args = instr.args as Value[];
      for (let i = 0; i < args.length; i++) {
        const arg = args[i] as Value;
        if (arg.op === 'param') args[i] = phis[arg.index] as Value;
      }
    }
}

function addToReturns(fn: IrFunction, sum: PhiInstr, except: ReadonlySet<Block>): void {
  for (const block of fn.blocks) {
    const last = terminator(block);
    if (last.op !== 'ret' || except.has(block) || last.args[0] === undefined) continue;
    const total = create<BinaryInstr>(fn, block, {
      op: 'add',
      type: sum.type,
      args: [last.args[0], sum],
      origin: last.origin,
    });
    block.instrs.splice(block.instrs.length - 1, 0, total);
    last.args = [total];
  }
}

/** Marks calls that may become jumps: same result, arguments in registers. */
function markTails(fn: IrFunction, context: PassContext): boolean {
  let changed = false;
  for (const block of fn.blocks) {
    const last = terminator(block);
    const call = block.instrs.filter((instr) => instr.op !== 'dbg').at(-2);
    if (last.op !== 'ret' || call?.op !== 'call' || call.tail || call.variadic) continue;
    const result = last.args[0];
    if (result !== undefined && result !== call) continue;
    if (result === undefined && fn.returns !== 'void') continue;
    let pairs = 0;
    for (const arg of call.args.slice(1)) pairs += WIDTH[arg.type] === 32 ? 2 : 1;
    if (pairs > ARGUMENT_PAIRS.length) continue;
    call.tail = true;
    changed = true;
    if (context.wantsRemarks) context.remark(fn, call.origin, 'the last thing that happens is this call: it is a jump');
  }
  return changed;
}
