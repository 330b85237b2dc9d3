/** Writes IR from beginning to end, as lowering and tests do: instructions go to the end of the present block. */
import { createBlock, intrinsicType, isTerminator, NO_ORIGIN } from './build';
import type {
  AllocaInstr,
  BinaryInstr,
  BinaryOp,
  Block,
  CallInstr,
  CastInstr,
  CheckInstr,
  CompareInstr,
  DebugInstr,
  Instr,
  Intrinsic,
  IntrinsicInstr,
  IrFunction,
  IrType,
  LoadInstr,
  Origin,
  PhiInstr,
  Predicate,
  SelectInstr,
  StoreInstr,
  SwitchInstr,
  Value,
} from './ir';
import { shaped } from './shape';

/** An instruction without what the builder knows. */
type Fresh<T extends Instr> = T extends Instr ? Omit<T, 'id' | 'block' | 'origin'> : never;

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
