/**
 * Making and changing IR: constants, instructions, blocks and edges. All functions keep `block.preds` and the phi inputs in step with the
 * edges. To write IR from beginning to end there is the Builder (builder.ts).
 */
import { assert, fail } from '../../base/assert';
import { NOWHERE } from '../../base/source';
import { canonical } from './fold';
import { leaf, shaped } from './shape';
import type {
  BinaryInstr,
  BinaryOp,
  Block,
  ConstValue,
  Instr,
  Intrinsic,
  IrFunction,
  IrType,
  Origin,
  ParamValue,
  PhiInstr,
  SymbolValue,
  Terminator,
  UndefValue,
  Value,
} from './ir';

export const NO_ORIGIN: Origin = { node: 0, span: NOWHERE };

// ---------------------------------------------------------------- operands without an instruction

const smallConstants = new Map<IrType, ConstValue[]>();
for (const type of ['i1', 'i8', 'i16', 'i32'] as const) {
  const count = type === 'i1' ? 2 : 256;
  smallConstants.set(
    type,
    Array.from({ length: count }, (_, value) => leaf<ConstValue>({ op: 'const', type, value })),
  );
}

/** A constant; any whole number is brought into the range of the type. Compare constants by value, not by identity. */
export function constant(type: IrType, value: number): ConstValue {
  const bits = canonical(type, value);
  return smallConstants.get(type)?.[bits] ?? leaf<ConstValue>({ op: 'const', type, value: bits });
}
export const TRUE = constant('i1', 1);
export const FALSE = constant('i1', 0);

export function symbol(name: string, offset = 0): SymbolValue {
  return leaf<SymbolValue>({ op: 'symbol', type: 'i16', symbol: name, offset: signedOffset(offset) });
}
/** Offsets are kept in -32768 .. 32767, so that equal addresses look equal. */
const signedOffset = (offset: number): number => (offset << 16) >> 16;

const undefs = new Map<IrType, UndefValue>(
  (['i1', 'i8', 'i16', 'i32', 'void'] as const).map((type) => [type, leaf<UndefValue>({ op: 'undef', type })]),
);
export const undef = (type: IrType): UndefValue => undefs.get(type) as UndefValue;

export function isInstr(value: Value): value is Instr {
  switch (value.op) {
    case 'const':
    case 'symbol':
    case 'undef':
    case 'param':
      return false;
    default:
      return true;
  }
}
export const isConst = (value: Value, number?: number): value is ConstValue =>
  value.op === 'const' && (number === undefined || value.value === number);

/** The same value for certain: the same instruction or parameter, or equal constants or addresses. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.op === 'const') return b.op === 'const' && a.type === b.type && a.value === b.value;
  if (a.op === 'symbol') return b.op === 'symbol' && a.symbol === b.symbol && a.offset === b.offset;
  return false;
}

/** A text that two operands of one type share if and only if they are the same value for certain. */
export function valueKey(value: Value): string {
  switch (value.op) {
    case 'const':
      return `${value.value}`;
    case 'symbol':
      return `@${value.symbol}+${value.offset}`;
    case 'param':
      return `p${value.index}`;
    case 'undef':
      return 'u';
    default:
      return `%${value.id}`;
  }
}

// ---------------------------------------------------------------- properties of instructions

export function isTerminator(instr: Instr): instr is Terminator {
  switch (instr.op) {
    case 'br':
    case 'condbr':
    case 'switch':
    case 'ret':
    case 'trap':
    case 'unreachable':
      return true;
    default:
      return false;
  }
}

export const intrinsicType = (intrinsic: Intrinsic): IrType =>
  intrinsic === 'in' || intrinsic === 'tas' ? 'i8' : intrinsic === 'vastart' ? 'i16' : 'void';

/** Must stay even if nobody uses its result. Divisions must: they trap on zero, unless the divisor is a constant other than 0. */
export function hasEffect(instr: Instr): boolean {
  switch (instr.op) {
    case 'store':
    case 'call':
    case 'intrinsic':
    case 'check':
    case 'asm':
    case 'dbg':
      return true;
    case 'load':
      return instr.volatile;
    case 'udiv':
    case 'sdiv':
    case 'urem':
    case 'srem': {
      const divisor = instr.args[1];
      return !(divisor.op === 'const' && divisor.value !== 0);
    }
    default:
      return isTerminator(instr);
  }
}

export function isBinary(instr: Value): instr is BinaryInstr {
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
      return true;
    default:
      return false;
  }
}

export function isCommutative(op: BinaryOp): boolean {
  return op === 'add' || op === 'mul' || op === 'and' || op === 'or' || op === 'xor';
}

export function terminator(block: Block): Terminator {
  const last = block.instrs[block.instrs.length - 1];
  if (last === undefined || !isTerminator(last)) fail(`block ${block.name} has no terminator`);
  return last;
}

const NO_TARGETS: readonly Block[] = [];
/** Where a terminator may go, one an edge; nowhere for any other instruction. */
export const targetsOf = (instr: Instr): readonly Block[] =>
  (instr as { targets?: readonly Block[] }).targets ?? NO_TARGETS;
/** Sends a terminator elsewhere; predecessors and phis stay as they are. Nothing for any other instruction. */
export function mapTargets(instr: Instr, map: (target: Block) => Block): void {
  const own = instr as { targets?: Block[] };
  if (own.targets) own.targets = own.targets.map(map);
}
/** Targets of the terminator of a block. */
export function successors(block: Block): readonly Block[] {
  const last = terminator(block);
  return targetsOf(last);
}

// ---------------------------------------------------------------- functions, blocks, instructions

/** An instruction without what `create` fills in. */
type Draft<T extends Instr> = T extends Instr ? Omit<T, 'id' | 'block'> : never;

/** Makes an instruction that belongs to `block` but is not in its list yet. */
export function create<T extends Instr = Instr>(fn: IrFunction, block: Block, draft: Draft<T>): T {
  return shaped(fn.nextInstr++, block, draft.origin, draft) as T;
}

export function createFunction(
  name: string,
  params: readonly { readonly name: string; readonly type: IrType }[],
  returns: IrType,
  options: { variadic?: boolean; isStatic?: boolean; interruptVector?: number | undefined; origin?: Origin } = {},
): IrFunction {
  return {
    name,
    params: params.map(({ name, type }, index) => leaf<ParamValue>({ op: 'param', type, index, name })),
    returns,
    variadic: options.variadic ?? false,
    isStatic: options.isStatic ?? false,
    isInterruptHandler: options.interruptVector !== undefined,
    ...(options.interruptVector === undefined ? {} : { interruptVector: options.interruptVector }),
    blocks: [],
    variables: [],
    origin: options.origin ?? NO_ORIGIN,
    nextInstr: 0,
    nextBlock: 0,
  };
}

/** A block that is not in `fn.blocks` yet. */
export function createBlock(fn: IrFunction, name: string): Block {
  return { id: fn.nextBlock++, name, instrs: [], preds: [] };
}

/** Number of phis at the head of a block. */
export function phiCount(block: Block): number {
  let count = 0;
  while (block.instrs[count]?.op === 'phi') count++;
  return count;
}

export function phis(block: Block): PhiInstr[] {
  return block.instrs.slice(0, phiCount(block)) as PhiInstr[];
}

export function insertBeforeTerminator(block: Block, instr: Instr): void {
  instr.block = block;
  block.instrs.splice(block.instrs.length - 1, 0, instr);
}

/** Inserts behind the phis. */
export function insertAtStart(block: Block, instr: Instr): void {
  instr.block = block;
  block.instrs.splice(phiCount(block), 0, instr);
}

// ---------------------------------------------------------------- edges

/** Takes input `index` out of the block's preds and phis: the edge is gone. */
export function removePred(block: Block, index: number): void {
  block.preds.splice(index, 1);
  for (const instr of block.instrs) {
    if (instr.op !== 'phi') break;
    instr.args.splice(index, 1);
  }
}

/** Removes one edge from `from` to `to` on the side of `to`. */
export function removeEdge(from: Block, to: Block): void {
  const index = to.preds.indexOf(from);
  assert(index >= 0, `no edge from ${from.name} to ${to.name}`);
  removePred(to, index);
}

/** Puts `next` in the place of the terminator of `block`; edges that are gone are removed, new ones are added (without phi inputs). */
export function replaceTerminator(block: Block, next: Terminator): void {
  for (const target of successors(block)) removeEdge(block, target);
  block.instrs[block.instrs.length - 1] = next;
  next.block = block;
  for (const target of successors(block)) {
    assert(target.instrs[0]?.op !== 'phi', 'a new edge to a block with phis needs inputs');
    target.preds.push(block);
  }
}

/** Makes the terminator an unconditional branch to one of its present targets. */
export function keepOnlyEdge(fn: IrFunction, block: Block, index: number): void {
  const last = terminator(block);
  const targets = successors(block);
  const kept = targets[index] as Block;
  // Edges that join the same two blocks have equal phi inputs, so it does not matter which entries go.
  targets.forEach((target, i) => {
    if (i !== index) removeEdge(block, target);
  });
  block.instrs[block.instrs.length - 1] = create(fn, block, {
    op: 'br',
    type: 'void',
    args: [],
    targets: [kept],
    origin: last.origin,
  });
}

/** Puts a new empty block on the edge `from` -> successors(from)[index] and returns it; phis keep their inputs. */
export function splitEdge(fn: IrFunction, from: Block, index: number): Block {
  const last = terminator(from);
  const to = successors(from)[index] as Block;
  const middle = createBlock(fn, 'edge');
  // Several edges may join the same two blocks: the k-th of them is the k-th entry in preds.
  let nth = 0;
  for (let i = 0; i < index; i++) if (successors(from)[i] === to) nth++;
  let slot = -1;
  for (let i = 0; i < to.preds.length; i++) if (to.preds[i] === from && nth-- === 0) slot = i;
  assert(slot >= 0, 'edge without an entry in preds');
  to.preds[slot] = middle;
  (last as unknown as { targets: Block[] }).targets[index] = middle;
  middle.preds.push(from);
  middle.instrs.push(create(fn, middle, { op: 'br', type: 'void', args: [], targets: [to], origin: last.origin }));
  fn.blocks.splice(fn.blocks.indexOf(to), 0, middle);
  return middle;
}
