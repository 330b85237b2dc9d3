/**
 * The IR's invariants (ir.ts), checked: structure of blocks and edges, types of operands, dominance of definitions over uses,
 * calls against the functions of the module. Returns what is wrong, in words; an empty list is good news.
 */
import { isInstr, isTerminator, sameValue, successors } from './build';
import { analyseCfg, type Cfg } from './cfg';
import {
  WIDTH,
  type Block,
  type CallInstr,
  type Instr,
  type IrFunction,
  type IrModule,
  type IrType,
  type PhiInstr,
  type Value,
} from './ir';
import { blockName, valueText } from './print';

export function verifyModule(module: IrModule): string[] {
  return module.functions.flatMap((fn) => verifyFunction(fn, module).map((problem) => `${fn.name}: ${problem}`));
}

export function verifyFunction(fn: IrFunction, module: IrModule): string[] {
  const problems: string[] = [];
  const report = (text: string) => {
    if (problems.length < 20) problems.push(text);
  };
  checkBlocks(fn, report);
  if (problems.length > 0) return problems;
  checkEdges(fn, report);
  if (problems.length > 0) return problems;
  const byName = new Map(module.functions.map((other) => [other.name, other]));
  for (const block of fn.blocks)
    for (const instr of block.instrs) checkInstr(instr, fn, byName, (text) => report(`${where(instr)}: ${text}`));
  if (problems.length === 0) checkDominance(fn, report);
  return problems;
}

type Report = (text: string) => void;
const where = (instr: Instr): string => `${blockName(instr.block)}, %${instr.id} = ${instr.op}`;

function checkBlocks(fn: IrFunction, report: Report): void {
  const ids = new Set<number>();
  const blockIds = new Set<number>();
  if (fn.blocks.length === 0) report('no blocks');
  for (const block of fn.blocks) {
    if (blockIds.has(block.id) || block.id >= fn.nextBlock) report(`${blockName(block)}: block id not unique`);
    blockIds.add(block.id);
    if (block.instrs.length === 0) report(`${blockName(block)}: empty`);
    let inPhis = true;
    block.instrs.forEach((instr, i) => {
      if (instr.block !== block) report(`${where(instr)}: belongs to another block than the one that lists it`);
      if (ids.has(instr.id) || instr.id >= fn.nextInstr) report(`${where(instr)}: instruction id not unique`);
      ids.add(instr.id);
      if (isTerminator(instr) !== (i === block.instrs.length - 1)) report(`${where(instr)}: a terminator must be last`);
      if (instr.op !== 'phi') inPhis = false;
      else if (!inPhis) report(`${where(instr)}: phis must be first`);
    });
  }
}

function checkEdges(fn: IrFunction, report: Report): void {
  const listed = new Set(fn.blocks);
  const edges = new Map<Block, Block[]>(fn.blocks.map((block) => [block, []]));
  for (const block of fn.blocks)
    for (const target of successors(block)) {
      if (listed.has(target)) edges.get(target)?.push(block);
      else report(`${blockName(block)}: branches to a block that is not in the function`);
    }
  if (fn.blocks[0] && fn.blocks[0].preds.length > 0) report('the entry block has predecessors');
  const ids = (blocks: readonly Block[]) =>
    blocks
      .map((block) => block.id)
      .sort((a, b) => a - b)
      .join();
  for (const block of fn.blocks) {
    if (ids(block.preds) !== ids(edges.get(block) ?? [])) report(`${blockName(block)}: preds do not match the edges`);
    for (const instr of block.instrs) if (instr.op === 'phi') checkPhi(instr, block, report);
  }
}

function checkPhi(phi: PhiInstr, block: Block, report: Report): void {
  if (phi.args.length !== block.preds.length) {
    report(`${where(phi)}: ${phi.args.length} inputs for ${block.preds.length} predecessors`);
    return;
  }
  const byPred = new Map<Block, Value>();
  block.preds.forEach((pred, i) => {
    const input = phi.args[i] as Value;
    const other = byPred.get(pred);
    if (other !== undefined && !sameValue(other, input)) report(`${where(phi)}: two edges from one block differ`);
    byPred.set(pred, input);
  });
}

function checkInstr(instr: Instr, fn: IrFunction, functions: Map<string, IrFunction>, report: Report): void {
  checkOperands(instr, fn, report);
  const types = instr.args.map((arg) => arg?.type);
  const expect = (i: number, type: IrType) => {
    if (types[i] !== type) report(`operand ${i} is ${types[i]}, expected ${type}`);
  };
  const result = (type: IrType) => {
    if (instr.type !== type) report(`gives ${instr.type}, expected ${type}`);
  };
  switch (instr.op) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'udiv':
    case 'sdiv':
    case 'urem':
    case 'srem':
    case 'and':
    case 'or':
    case 'xor':
    case 'shl':
    case 'lshr':
    case 'ashr':
      expect(0, instr.type);
      expect(1, instr.type);
      break;
    case 'icmp':
      result('i1');
      expect(1, types[0] as IrType);
      break;
    case 'zext':
    case 'sext':
      if (WIDTH[types[0] as IrType] >= WIDTH[instr.type]) report('must widen');
      break;
    case 'trunc':
      if (WIDTH[types[0] as IrType] <= WIDTH[instr.type]) report('must narrow');
      break;
    case 'select':
      expect(0, 'i1');
      expect(1, instr.type);
      expect(2, instr.type);
      break;
    case 'phi':
      types.forEach((_, i) => expect(i, instr.type));
      break;
    case 'alloca':
      result('i16');
      break;
    case 'load':
      expect(0, 'i16');
      if (instr.type === 'void' || instr.type === 'i1') report('loads no value');
      break;
    case 'store':
      expect(0, 'i16');
      if (types[1] === 'i1') report('stores an i1');
      break;
    case 'call':
      checkCall(instr, functions, report);
      break;
    case 'check':
      if (instr.bound < 0 || instr.bound > 0x10000) report('bound out of range');
      break;
    case 'condbr':
      expect(0, 'i1');
      break;
    case 'switch':
      if (instr.targets.length !== instr.cases.length + 1) report('one target a case and a default');
      if (new Set(instr.cases).size !== instr.cases.length) report('a case occurs twice');
      break;
    case 'ret':
      if (fn.returns === 'void' ? instr.args.length > 0 : types[0] !== fn.returns)
        report(`the function gives ${fn.returns}`);
      break;
    case 'intrinsic':
    case 'asm':
    case 'dbg':
    case 'br':
    case 'trap':
    case 'unreachable':
      break;
  }
}

function checkOperands(instr: Instr, fn: IrFunction, report: Report): void {
  instr.args.forEach((arg, i) => {
    if (arg === undefined) report(`operand ${i} is missing`);
    else if (arg.type === 'void') report(`operand ${i} has no value`);
    else if (arg.op === 'param' && fn.params[arg.index] !== arg)
      report(`operand ${i} is a parameter of another function`);
    else if (arg.op === 'const' && (arg.value < 0 || arg.value >= 2 ** WIDTH[arg.type]))
      report(`operand ${i} out of range`);
  });
}

function checkCall(call: CallInstr, functions: Map<string, IrFunction>, report: Report): void {
  const callee = call.args[0];
  if (callee?.type !== 'i16') report('the callee is no address');
  if (call.fixedArgs > call.args.length - 1) report('fewer arguments than fixedArgs');
  if (!call.variadic && call.fixedArgs !== call.args.length - 1) report('fixedArgs must count all arguments');
  if (callee?.op !== 'symbol') return;
  const target = functions.get(callee.symbol);
  if (!target || target.variadic !== call.variadic) return;
  if (target.params.length !== call.fixedArgs) report(`${target.name} takes ${target.params.length} arguments`);
  if (call.type !== 'void' && target.returns !== call.type) report(`${target.name} gives ${target.returns}`);
  target.params.forEach((param, i) => {
    const arg = call.args[i + 1];
    if (arg && arg.type !== param.type) report(`argument ${i} is ${arg.type}, ${target.name} takes ${param.type}`);
  });
}

function checkDominance(fn: IrFunction, report: Report): void {
  const cfg = analyseCfg(fn);
  const position = new Int32Array(fn.nextInstr).fill(-1);
  for (const block of fn.blocks) block.instrs.forEach((instr, i) => (position[instr.id] = i));
  for (const block of cfg.rpo)
    for (const instr of block.instrs)
      instr.args.forEach((arg, i) => {
        if (arg && isInstr(arg) && !reaches(arg, instr, i, cfg, position))
          report(`${where(instr)}: ${valueText(arg)} does not dominate this use`);
      });
}

function reaches(definition: Instr, user: Instr, operand: number, cfg: Cfg, position: Int32Array): boolean {
  if ((position[definition.id] as number) < 0) return false;
  if (user.op === 'phi') {
    const pred = user.block.preds[operand] as Block;
    return (cfg.number[pred.id] as number) < 0 || cfg.dominates(definition.block, pred);
  }
  if (definition.block !== user.block) return cfg.dominates(definition.block, user.block);
  return (position[definition.id] as number) < (position[user.id] as number);
}
