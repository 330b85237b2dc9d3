/**
 * The intermediate representation: functions of basic blocks in SSA form over four integer types. Pointers are i16. Values that
 * instructions use are objects, not names: an operand is the defining instruction itself, a parameter, a constant, the address
 * of a global, or undef. Types wrap in two's complement; a shift by the width or more gives 0 (ashr: the sign).
 *
 * Invariants (checked by verify.ts): one terminator, last in its block; phis first, one input a predecessor, in the order of
 * `block.preds` (edges that join the same two blocks have equal inputs); definitions dominate uses; operand types as verify.ts says.
 */
import type { Span } from '../../base/source';

export type IrType = 'i1' | 'i8' | 'i16' | 'i32' | 'void';

export const WIDTH: Readonly<Record<IrType, number>> = { i1: 1, i8: 8, i16: 16, i32: 32, void: 0 };

/** Where something came from. Passes keep it: a replacement takes the origin of what it replaces. */
export interface Origin {
  /** Id of the AST node whose evaluation this is part of; 0 for none. */
  readonly node: number;
  /** Characters of the source, in the position space of the compilation's SourceMap. */
  readonly span: Span;
}

/** Two-operand arithmetic; both operands and the result share one type. */
export type BinaryOp =
  'add' | 'sub' | 'mul' | 'udiv' | 'sdiv' | 'urem' | 'srem' | 'and' | 'or' | 'xor' | 'shl' | 'lshr' | 'ashr';
/** For shl, lshr and ashr the amount has the type of the value and counts as unsigned. */

export type Predicate = 'eq' | 'ne' | 'ult' | 'ule' | 'ugt' | 'uge' | 'slt' | 'sle' | 'sgt' | 'sge';

export type Intrinsic =
  | 'in' // (port i8) -> i8
  | 'out' // (port i8, value i8)
  | 'wait' // ()
  | 'halt' // (code i8), does not return
  | 'ei' // ()
  | 'di' // ()
  | 'tas' // (address i16) -> i8
  | 'vastart' // () -> i16: address of the first variadic argument
  | 'memcpy' // (to i16, from i16), `size` bytes; regions equal or disjoint
  | 'memset'; // (to i16, value i8), `size` bytes

interface Base {
  /** Unique within the function, never reused: the id that the views and debug information show. */
  readonly id: number;
  type: IrType;
  block: Block;
  origin: Origin;
  /** Name of the variable it holds, if any: for readers only. */
  name?: string;
}

export interface BinaryInstr extends Base {
  op: BinaryOp;
  args: [Value, Value];
}
export interface CompareInstr extends Base {
  op: 'icmp';
  predicate: Predicate;
  args: [Value, Value];
}
export interface CastInstr extends Base {
  op: 'zext' | 'sext' | 'trunc';
  args: [Value];
}
export interface SelectInstr extends Base {
  op: 'select';
  args: [condition: Value, whenTrue: Value, whenFalse: Value];
}
export interface PhiInstr extends Base {
  op: 'phi';
  args: Value[];
}
export interface AllocaInstr extends Base {
  op: 'alloca';
  args: [];
  sizeBytes: number;
}
export interface LoadInstr extends Base {
  op: 'load';
  args: [address: Value];
  volatile: boolean;
}
export interface StoreInstr extends Base {
  op: 'store';
  args: [address: Value, value: Value];
  volatile: boolean;
}
export interface CallInstr extends Base {
  op: 'call';
  /** First the callee (a SymbolValue for a direct call), then the arguments. */
  args: Value[];
  /** Number of fixed arguments; those after it go on the stack. Equal to args.length - 1 unless variadic. */
  fixedArgs: number;
  variadic: boolean;
  /** Followed by a ret of its result (or ret void) and safe to turn into a jump; set by the tail-call pass. */
  tail: boolean;
}
export interface IntrinsicInstr extends Base {
  op: 'intrinsic';
  intrinsic: Intrinsic;
  args: Value[];
  sizeBytes: number;
}
/** Trap "bounds" unless index < bound, unsigned; bound is a constant. */
export interface CheckInstr extends Base {
  op: 'check';
  args: [index: Value];
  bound: number;
}
/** An asm statement: opaque, reads and writes all memory, clobbers the caller-saved registers. */
export interface AsmInstrIr extends Base {
  op: 'asm';
  args: [];
  text: string;
}
/** "From here variable v is this value": for the debugger only; never keeps a value alive. */
export interface DebugInstr extends Base {
  op: 'dbg';
  args: [Value];
  variable: number;
  /** The operand is the address of the memory that holds the variable, from here on and until the next dbg of it. */
  inMemory?: boolean;
}
export interface BranchInstr extends Base {
  op: 'br';
  args: [];
  targets: [Block];
}
export interface CondBranchInstr extends Base {
  op: 'condbr';
  args: [condition: Value];
  targets: [whenTrue: Block, whenFalse: Block];
}
export interface SwitchInstr extends Base {
  op: 'switch';
  args: [value: Value];
  /** cases[i] goes to targets[i + 1]; targets[0] is the default. Case values are unsigned in the type's range, distinct. */
  cases: number[];
  targets: Block[];
}
export interface RetInstr extends Base {
  op: 'ret';
  args: [] | [Value];
}
export interface TrapInstr extends Base {
  op: 'trap';
  args: [];
  /** Trap number, see isa/traps.ts. */
  trap: number;
}
export interface UnreachableInstr extends Base {
  op: 'unreachable';
  args: [];
}

export type Terminator = BranchInstr | CondBranchInstr | SwitchInstr | RetInstr | TrapInstr | UnreachableInstr;
export type Instr =
  | BinaryInstr
  | CompareInstr
  | CastInstr
  | SelectInstr
  | PhiInstr
  | AllocaInstr
  | LoadInstr
  | StoreInstr
  | CallInstr
  | IntrinsicInstr
  | CheckInstr
  | AsmInstrIr
  | DebugInstr
  | Terminator;

export interface ConstValue {
  readonly op: 'const';
  readonly type: IrType;
  /** Unsigned in the type's range: 0 .. 2^width - 1. */
  readonly value: number;
}
export interface SymbolValue {
  readonly op: 'symbol';
  readonly type: 'i16';
  readonly symbol: string;
  readonly offset: number;
}
export interface UndefValue {
  readonly op: 'undef';
  readonly type: IrType;
}
export interface ParamValue {
  readonly op: 'param';
  readonly type: IrType;
  readonly index: number;
  readonly name: string;
}
export type Value = Instr | ConstValue | SymbolValue | UndefValue | ParamValue;

export interface Block {
  /** Unique within the function, never reused. */
  readonly id: number;
  /** For readers: `loop`, `then`, ... */
  name: string;
  /** Phis first, the terminator last. */
  instrs: Instr[];
  /** Predecessors, one entry an edge; phi inputs follow this order. */
  preds: Block[];
}

export interface DebugVariable {
  readonly id: number;
  readonly name: string;
  /** As C writes it, for example `unsigned char *`. */
  readonly type: string;
  readonly sizeBytes: number;
  readonly signed: boolean;
  readonly span: Span;
  readonly isParameter: boolean;
}

export interface IrFunction {
  readonly name: string;
  readonly params: ParamValue[];
  readonly returns: IrType;
  readonly variadic: boolean;
  /** Not visible to other files. */
  readonly isStatic: boolean;
  readonly isInterruptHandler: boolean;
  /** For a handler: the vector (0..15) that its address goes to; the code generator emits the section `.vector.N`. */
  readonly interruptVector?: number;
  /** In layout order; blocks[0] is the entry and has no predecessors. */
  blocks: Block[];
  variables: DebugVariable[];
  origin: Origin;
  /** Next free ids, for new instructions and blocks. */
  nextInstr: number;
  nextBlock: number;
}

/** A global's bytes; the address of a symbol plus addend stands, little-endian, at each relocation's offset. */
export interface IrGlobal {
  readonly name: string;
  readonly sizeBytes: number;
  /** Undefined: all zero (bss). */
  readonly bytes?: Uint8Array;
  readonly relocations: readonly { readonly offset: number; readonly symbol: string; readonly addend: number }[];
  readonly readOnly: boolean;
  readonly isStatic: boolean;
  /** Declared here, defined elsewhere. */
  readonly isExtern: boolean;
  readonly isVolatile: boolean;
  readonly type: string;
  readonly origin: Origin;
}

export interface IrModule {
  readonly name: string;
  functions: IrFunction[];
  globals: IrGlobal[];
  /** `asm` at file scope, in order. */
  fileAsm?: readonly { readonly text: string; readonly origin: Origin }[];
}
