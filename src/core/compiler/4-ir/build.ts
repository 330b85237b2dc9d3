/**
 * Making and changing IR: constants, instructions, blocks and edges. `Builder` appends at the end of a block (lowering, tests);
 * the free functions change what is there (passes). All of them keep `block.preds` and the phi inputs in step with the edges.
 */
import { assert, fail } from '../../base/assert';
import { NOWHERE } from '../../base/source';
import { canonical } from './fold';
import { leaf, shaped } from './shape';
import type {
  AllocaInstr,
  BinaryInstr,
  BinaryOp,
  Block,
  CallInstr,
  CastInstr,
  CheckInstr,
  CompareInstr,
  ConstValue,
  DebugInstr,
  Instr,
  Intrinsic,
  IntrinsicInstr,
  IrFunction,
  IrType,
  LoadInstr,
  Origin,
  ParamValue,
  PhiInstr,
  Predicate,
  SelectInstr,
  StoreInstr,
  SymbolValue,
  SwitchInstr,
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
/** The same where the builder knows the origin. */
type Fresh<T extends Instr> = T extends Instr ? Omit<T, 'id' | 'block' | 'origin'> : never;

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

// ---------------------------------------------------------------- uses

/** For each instruction id, who uses it (one entry an operand), with or without what only the debugger reads; nothing where nobody does. */
export type Uses = (Instr[] | undefined)[];

const NO_USERS: readonly Instr[] = [];
export const usersIn = (uses: Uses, instr: Instr): readonly Instr[] => uses[instr.id] ?? NO_USERS;

export function collectUses(fn: IrFunction, { debug = true } = {}): Uses {
  const uses = new Array<Instr[] | undefined>(fn.nextInstr);
  for (const block of fn.blocks)
    for (const instr of block.instrs) {
      if (!debug && instr.op === 'dbg') continue;
      for (const arg of instr.args as readonly Value[]) {
        if (!isInstr(arg)) continue;
        const users = uses[arg.id];
        if (users) users.push(instr);
        else uses[arg.id] = [instr];
      }
    }
  return uses;
}

/** For each instruction id, how many operands it is; debug uses do not count. */
export function countUses(fn: IrFunction): Int32Array {
  const counts = new Int32Array(fn.nextInstr);
  for (const block of fn.blocks)
    for (const instr of block.instrs) {
      if (instr.op === 'dbg') continue;
      for (const arg of instr.args) if (isInstr(arg)) counts[arg.id] = (counts[arg.id] as number) + 1;
    }
  return counts;
}

/** Many replacements of instructions by values, applied in one sweep; chains (a by b, b by c) are followed. */
export class Replacements {
  private readonly by: (Value | undefined)[] = [];
  size = 0;

  set(instr: Instr, value: Value): void {
    assert(instr !== value, 'an instruction cannot replace itself');
    if (this.by[instr.id] === undefined) this.size++;
    this.by[instr.id] = value;
  }

  has(instr: Instr): boolean {
    return this.by[instr.id] !== undefined;
  }

  resolve(value: Value): Value {
    let result = value;
    while (isInstr(result)) {
      const next = this.by[result.id];
      if (next === undefined) break;
      result = next;
    }
    // Path compression keeps long chains linear.
    while (value !== result && isInstr(value)) {
      const next = this.by[value.id] as Value;
      this.by[value.id] = result;
      value = next;
    }
    return result;
  }

  /** Rewrites every operand and drops the replaced instructions. Returns whether anything was replaced. */
  apply(fn: IrFunction): boolean {
    if (this.size === 0) return false;
    for (const block of fn.blocks) {
      let kept = 0;
      const { instrs } = block;
      for (const instr of instrs) {
        if (this.by[instr.id] !== undefined) continue;
        const args = instr.args as Value[];
        for (let i = 0; i < args.length; i++) {
          const arg = args[i] as Value;
          if (isInstr(arg) && this.by[arg.id] !== undefined) args[i] = this.resolve(arg);
        }
        instrs[kept++] = instr;
      }
      instrs.length = kept;
    }
    return true;
  }
}

/** Replaces every use of one instruction, which stays where it is. For many, use Replacements. */
export function replaceAllUses(fn: IrFunction, instr: Instr, value: Value): void {
  for (const block of fn.blocks)
    for (const user of block.instrs) {
      const args = user.args as Value[];
      for (let i = 0; i < args.length; i++) if (args[i] === instr) args[i] = value;
    }
}

// ---------------------------------------------------------------- appending

export class Builder {
  block: Block;
  origin: Origin = NO_ORIGIN;

  constructor(
    readonly fn: IrFunction,
    block?: Block,
  ) {
    this.block = block ?? this.addBlock('entry');
  }

  /** Creates a block at the end of the layout; does not move there. */
  addBlock(name: string): Block {
    const block = createBlock(this.fn, name);
    this.fn.blocks.push(block);
    return block;
  }

  /** Whether the present block still lacks its terminator. */
  get isOpen(): boolean {
    const { instrs } = this.block;
    const last = instrs[instrs.length - 1];
    return last === undefined || !isTerminator(last);
  }

  append<T extends Instr = Instr>(draft: Fresh<T>): T {
    const instr = shaped(this.fn.nextInstr++, this.block, this.origin, draft) as T;
    this.block.instrs.push(instr);
    return instr;
  }

  binary(op: BinaryOp, a: Value, b: Value): BinaryInstr {
    return this.append<BinaryInstr>({ op, type: a.type, args: [a, b] });
  }
  compare(predicate: Predicate, a: Value, b: Value): CompareInstr {
    return this.append<CompareInstr>({ op: 'icmp', type: 'i1', predicate, args: [a, b] });
  }
  cast(op: 'zext' | 'sext' | 'trunc', value: Value, type: IrType): CastInstr {
    return this.append<CastInstr>({ op, type, args: [value] });
  }
  select(condition: Value, whenTrue: Value, whenFalse: Value): SelectInstr {
    return this.append<SelectInstr>({ op: 'select', type: whenTrue.type, args: [condition, whenTrue, whenFalse] });
  }
  /** Must come before anything else in its block; inputs in the order of preds, also of edges that are still to come. */
  phi(type: IrType, args: Value[]): PhiInstr {
    return this.append<PhiInstr>({ op: 'phi', type, args });
  }
  alloca(sizeBytes: number, name?: string): AllocaInstr {
    return this.append<AllocaInstr>({
      op: 'alloca',
      type: 'i16',
      args: [],
      sizeBytes,
      ...(name === undefined ? {} : { name }),
    });
  }
  load(type: IrType, address: Value, isVolatile = false): LoadInstr {
    return this.append<LoadInstr>({ op: 'load', type, args: [address], volatile: isVolatile });
  }
  store(address: Value, value: Value, isVolatile = false): StoreInstr {
    return this.append<StoreInstr>({ op: 'store', type: 'void', args: [address, value], volatile: isVolatile });
  }
  call(type: IrType, callee: Value, args: Value[], variadicFrom?: number): CallInstr {
    return this.append<CallInstr>({
      op: 'call',
      type,
      args: [callee, ...args],
      fixedArgs: variadicFrom ?? args.length,
      variadic: variadicFrom !== undefined,
      tail: false,
    });
  }
  intrinsic(intrinsic: Intrinsic, args: Value[], sizeBytes = 0): IntrinsicInstr {
    const type = intrinsicType(intrinsic);
    return this.append<IntrinsicInstr>({ op: 'intrinsic', type, intrinsic, args, sizeBytes });
  }
  check(index: Value, bound: number): CheckInstr {
    return this.append<CheckInstr>({ op: 'check', type: 'void', args: [index], bound });
  }
  debug(value: Value, variable: number, inMemory = false): DebugInstr {
    return this.append<DebugInstr>({
      op: 'dbg',
      type: 'void',
      args: [value],
      variable,
      ...(inMemory ? { inMemory } : {}),
    });
  }

  br(target: Block): void {
    this.append({ op: 'br', type: 'void', args: [], targets: [target] });
    target.preds.push(this.block);
  }
  condbr(condition: Value, whenTrue: Block, whenFalse: Block): void {
    this.append({ op: 'condbr', type: 'void', args: [condition], targets: [whenTrue, whenFalse] });
    whenTrue.preds.push(this.block);
    whenFalse.preds.push(this.block);
  }
  switch(value: Value, cases: number[], targets: Block[]): void {
    this.append<SwitchInstr>({ op: 'switch', type: 'void', args: [value], cases, targets });
    for (const target of targets) target.preds.push(this.block);
  }
  ret(value?: Value): void {
    this.append({ op: 'ret', type: 'void', args: value === undefined ? [] : [value] });
  }
  trap(trap: number): void {
    this.append({ op: 'trap', type: 'void', args: [], trap });
  }
  unreachable(): void {
    this.append({ op: 'unreachable', type: 'void', args: [] });
  }
}
