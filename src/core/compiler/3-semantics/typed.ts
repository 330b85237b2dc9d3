/**
 * The typed tree: what the semantic phase makes of the syntax tree and what the lowering to IR and the interpreter read. Names are
 * resolved to symbol objects, every expression has a C type, every implicit conversion is a node, constants that C demands are
 * folded (array sizes, case labels, enumerators, static initialisers, sizeof), member accesses have byte offsets.
 *
 * Ids: a node made from a syntax node has the id of that node, so that selections carry over; a node that this phase inserts
 * has an id of its own from the same counter. Units with errors are not lowered, so there is no error node here.
 *
 * Order of evaluation, everywhere: operands from left to right, each completely. For `a = b` the address of `a` is computed,
 * then `b`, then the store happens. For `a += b` the address of `a` is computed, `a` is loaded, then `b` is computed, then the store
 * happens. For a call the callee (if it is computed), then the arguments from left to right.
 *
 * Expressions divide into lvalues, which name a place (variable, deref, index, member, string, compound-literal, temporary), function designators
 * (function, deref of a function pointer) and values (the rest). A value is read from a place only by a `load` node; arrays and functions
 * become pointers only by `decay` nodes.
 *
 * A value of record type (struct or union) occurs as: `load` of an lvalue of record type, `call`, `assign`, `conditional`, `comma`. Consumers
 * are: assign, an argument, return, an initialiser's store, `temporary`, a discarded expression. How it is passed is the lowering's matter (isa/convention.ts).
 */
import type { IntType, CType, FunctionType, Member, PointerType, RecordInfo, EnumInfo } from './types';

// ---------------------------------------------------------------- symbols

interface SymbolBase {
  readonly name: string;
  /** Unique in the compilation. */
  readonly id: number;
  /** Range of the name where it is declared (the definition, once there is one). */
  start: number;
  end: number;
  /** Every place that names it, in source order, declarations included: for references and rename. */
  readonly uses: { readonly start: number; readonly end: number }[];
}

/** An object: local, parameter, global, static local, string literal or static compound literal. */
export interface VariableSymbol extends SymbolBase {
  readonly kind: 'variable';
  type: CType;
  readonly storage: 'local' | 'parameter' | 'static';
  /** For storage 'static': the name for the linker, unique in the unit. Locals have the plain name. */
  readonly linkName: string;
  /** Not visible to other units (static, string literals). Only for storage 'static'. */
  readonly isInternal: boolean;
  /** For storage 'static': a definition (maybe tentative) has been seen; otherwise another unit defines it. */
  isDefined: boolean;
  /** A string literal or a constant: may live in read-only memory. */
  readonly isReadOnly: boolean;
  /** Locals and parameters: its address is taken (by &, decay, or because it is an array or record), so it needs memory. */
  addressTaken: boolean;
  /** Locals: control can come into its scope past its declaration (switch, goto), so it must be made zero at function entry. */
  zeroAtEntry: boolean;
  /** Position in the parameter list, -1 for others. */
  readonly parameterIndex: number;
}

export interface FunctionSymbol extends SymbolBase {
  readonly kind: 'function';
  type: FunctionType;
  readonly linkName: string;
  /** `static`. */
  isInternal: boolean;
  isDefined: boolean;
  isNoreturn: boolean;
  isInline: boolean;
  /** `__interrupt(N)`: its address goes into vector N (0..15). Undefined for ordinary functions. */
  interruptVector: number | undefined;
}

export interface TypedefSymbol extends SymbolBase {
  readonly kind: 'typedef';
  readonly type: CType;
}
export interface EnumConstantSymbol extends SymbolBase {
  readonly kind: 'enum-constant';
  readonly type: IntType;
  readonly value: number;
}
export type CSymbol = VariableSymbol | FunctionSymbol | TypedefSymbol | EnumConstantSymbol;

export interface TagSymbol {
  readonly kind: 'record' | 'enum';
  readonly name: string;
  readonly record?: RecordInfo;
  readonly enumeration?: EnumInfo;
  readonly start: number;
  readonly end: number;
}

/** A scope, for name lookup and for the views. */
export interface Scope {
  readonly kind: 'file' | 'function' | 'block' | 'prototype';
  readonly parent: Scope | null;
  readonly start: number;
  end: number;
  readonly symbols: Map<string, CSymbol>;
  readonly tags: Map<string, TagSymbol>;
  readonly children: Scope[];
}

// ---------------------------------------------------------------- expressions

export interface TypedNode {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}
interface ExprBase extends TypedNode {
  readonly type: CType;
  /**
   * Value of an integer expression that is known and has no side effects, in the range of its type. The tree below it stays as
   * it is, so that the optimiser has something to show; where C demands a constant, this is it.
   */
  readonly folded?: number | undefined;
}

/** A number. `value` is in the range of `type` (signed types negative where they are); pointers (null) count as unsigned. */
export interface ConstantExpr extends ExprBase {
  readonly kind: 'constant';
  readonly type: IntType | PointerType;
  readonly value: number;
}
/** Lvalue: the object that a name means. */
export interface VariableExpr extends ExprBase {
  readonly kind: 'variable';
  readonly symbol: VariableSymbol;
}
/** Function designator. */
export interface FunctionExpr extends ExprBase {
  readonly kind: 'function';
  readonly symbol: FunctionSymbol;
}
/** Lvalue of array type: a string literal; `symbol` is its anonymous read-only object. */
export interface StringLiteralExpr extends ExprBase {
  readonly kind: 'string';
  readonly symbol: VariableSymbol;
}
/** Lvalue (or function designator) that a pointer points to. */
export interface DerefExpr extends ExprBase {
  readonly kind: 'deref';
  readonly pointer: TExpr;
}
/**
 * Lvalue: element of an array that is named directly (not through a pointer): address of `array` + index * sizeof element.
 * `index` has a promoted integer type (int, unsigned int, long or unsigned long). If `bound` is given, an index outside
 * 0 .. bound-1 (as an unsigned number in its own width) traps with "bounds"; it is array length + 1 under `&`.
 */
export interface IndexedExpr extends ExprBase {
  readonly kind: 'index';
  readonly array: TExpr;
  readonly index: TExpr;
  readonly bound: number | undefined;
}
/** Lvalue: member of the record lvalue `object`, `offset` bytes in. */
export interface MemberAccessExpr extends ExprBase {
  readonly kind: 'member';
  readonly object: TExpr;
  readonly member: Member;
  readonly offset: number;
}
/** Lvalue: an unnamed object. Local: its initialiser runs at each evaluation. Static: initialised before the start, `init` is empty. */
export interface CompoundLiteral extends ExprBase {
  readonly kind: 'compound-literal';
  readonly symbol: VariableSymbol;
  readonly init: Initialiser | undefined;
}
/** Lvalue: a record value put into an unnamed local object, as for `f().x`. */
export interface TemporaryExpr extends ExprBase {
  readonly kind: 'temporary';
  readonly value: TExpr;
}

/** Reads an lvalue of scalar or record type. `isVolatile` says that the read must happen. */
export interface LoadExpr extends ExprBase {
  readonly kind: 'load';
  readonly place: TExpr;
  readonly isVolatile: boolean;
}
/** The address of an lvalue or function: `&x`. */
export interface AddressExpr extends ExprBase {
  readonly kind: 'address';
  readonly place: TExpr;
}
/** Array lvalue to pointer to its first element, function designator to pointer. Implicit; the value is the address of `place`. */
export interface DecayExpr extends ExprBase {
  readonly kind: 'decay';
  readonly place: TExpr;
}

/** Why a conversion is there; `cast` is the only explicit one. */
export type ConversionReason =
  'promotion' | 'arithmetic' | 'assignment' | 'argument' | 'return' | 'initialiser' | 'cast' | 'builtin';
/**
 * Converts `operand` to `type`. By the kinds of the two types: int to int (truncate, or extend by the signedness of the source), int to
 * _Bool and pointer to _Bool (is it not 0), int to pointer and back (as unsigned 16 bits; from a long truncated), pointer to pointer (no code), anything to
 * void (evaluate and discard).
 */
export interface ConvertExpr extends ExprBase {
  readonly kind: 'convert';
  readonly operand: TExpr;
  readonly reason: ConversionReason;
}

/** `-` negate, `~` complement: operand of the promoted type. `!`: operand scalar, result int. */
export interface UnaryTExpr extends ExprBase {
  readonly kind: 'unary';
  readonly operator: '-' | '~' | '!';
  readonly operand: TExpr;
}
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';
/**
 * Integer arithmetic that wraps. Both operands have the node's type, except that the amount of a shift has its own promoted
 * type: it counts as unsigned in its own width, and an amount >= the width of the left operand gives 0 (-1 for >> of a negative value).
 */
export interface ArithmeticExpr extends ExprBase {
  readonly kind: 'arithmetic';
  readonly type: IntType;
  readonly operator: ArithmeticOperator;
  readonly left: TExpr;
  readonly right: TExpr;
  /** The right operand is evaluated before the left: in a compound assignment, whose left side is read last. */
  readonly rightFirst?: boolean;
}
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
/** Operands of one common type (its signedness decides; pointers are unsigned); the result is an int, 0 or 1. */
export interface CompareExpr extends ExprBase {
  readonly kind: 'compare';
  readonly operator: CompareOperator;
  readonly left: TExpr;
  readonly right: TExpr;
}
/** Operands are scalars, each tested against 0; the result is an int, 0 or 1. */
export interface LogicalExpr extends ExprBase {
  readonly kind: 'logical';
  readonly operator: '&&' | '||';
  readonly left: TExpr;
  readonly right: TExpr;
}
/**
 * Address arithmetic: pointer + index * elementSize, or minus if `negate`, modulo 65536. `indexFirst` says that the source wrote
 * `i + p`: then the index is evaluated first.
 */
export interface PointerAddExpr extends ExprBase {
  readonly kind: 'pointer-add';
  readonly type: PointerType;
  readonly pointer: TExpr;
  readonly index: TExpr;
  readonly elementSize: number;
  readonly negate: boolean;
  readonly indexFirst: boolean;
}
/** (left - right) / elementSize, as a signed int. */
export interface PointerDifferenceExpr extends ExprBase {
  readonly kind: 'pointer-difference';
  readonly left: TExpr;
  readonly right: TExpr;
  readonly elementSize: number;
}
export interface ConditionalTExpr extends ExprBase {
  readonly kind: 'conditional';
  readonly condition: TExpr;
  /** Both of the node's type. */
  readonly whenTrue: TExpr;
  readonly whenFalse: TExpr;
}
export interface CommaTExpr extends ExprBase {
  readonly kind: 'comma';
  readonly left: TExpr;
  readonly right: TExpr;
}
/** Stores `value` (already converted) in `place`; the value of the node is `value`. Scalars and records. */
export interface AssignTExpr extends ExprBase {
  readonly kind: 'assign';
  readonly place: TExpr;
  readonly value: TExpr;
  readonly isVolatile: boolean;
}
/**
 * `a op= b`, `++a`, `a++`: computes the address of `place` once, evaluates `result`, in which the leaf `old-value` loads what is there, and
 * stores that. The other operand comes first: between the load and the store nothing else happens, no call either (C11 6.5.16.2
 * paragraph 3). `result` has the type of the place. The node's value is the new or the old one. Inside `result` an `old-value` belongs
 * to the nearest enclosing update; only the leftmost leaf of `result` is one.
 */
export interface UpdateExpr extends ExprBase {
  readonly kind: 'update';
  readonly operator: string;
  readonly place: TExpr;
  readonly result: TExpr;
  readonly gives: 'new' | 'old';
  readonly isVolatile: boolean;
}
export interface OldValueExpr extends ExprBase {
  readonly kind: 'old-value';
}
/** `callee` is a function node (direct call) or a value of type pointer to function. Arguments are converted. */
export interface CallTExpr extends ExprBase {
  readonly kind: 'call';
  readonly callee: TExpr;
  readonly args: readonly TExpr[];
  /** How many are fixed; the rest is variadic. */
  readonly fixedArgs: number;
  readonly variadic: boolean;
}
/**
 * Built-in functions, which <machine.h> and <stdarg.h> use. Operands have exactly these types:
 *   __builtin_in(unsigned char port) -> unsigned char          __builtin_out(unsigned char port, unsigned char value) -> void
 *   __builtin_wait(void) -> void                               __builtin_halt(unsigned char code) -> void, does not return
 *   __builtin_ei(void), __builtin_di(void) -> void             __builtin_tas(unsigned char *address) -> unsigned char
 *   __builtin_trap(constant number) -> void, does not return   __builtin_va_start_address(void) -> unsigned char *: first variadic argument
 *   __builtin_memcpy(void *to, const void *from, constant size), __builtin_memset(void *to, unsigned char value, constant size) -> void
 * In the source `va_start(ap, last)` is __builtin_va_start(ap, last), and becomes an assignment of the address; __builtin_va_arg(ap, type)
 * becomes loads and pointer arithmetic on ap (each argument takes whole pairs: 2 bytes, or 4 for a long; a record takes 2, the address of
 * its copy); __builtin_va_end(ap) nothing, __builtin_va_copy(to, from) an assignment. `va_list` is __builtin_va_list, an unsigned char *.
 */
export interface BuiltinExpr extends ExprBase {
  readonly kind: 'builtin';
  readonly name: BuiltinName;
  readonly args: readonly TExpr[];
}
export type BuiltinName =
  'in' | 'out' | 'wait' | 'halt' | 'ei' | 'di' | 'tas' | 'trap' | 'va-start' | 'memcpy' | 'memset';

export type TExpr =
  | ConstantExpr
  | VariableExpr
  | FunctionExpr
  | StringLiteralExpr
  | DerefExpr
  | IndexedExpr
  | MemberAccessExpr
  | CompoundLiteral
  | TemporaryExpr
  | LoadExpr
  | AddressExpr
  | DecayExpr
  | ConvertExpr
  | UnaryTExpr
  | ArithmeticExpr
  | CompareExpr
  | LogicalExpr
  | PointerAddExpr
  | PointerDifferenceExpr
  | ConditionalTExpr
  | CommaTExpr
  | AssignTExpr
  | UpdateExpr
  | OldValueExpr
  | CallTExpr
  | BuiltinExpr;

// ---------------------------------------------------------------- initialisers

/** How a local object or compound literal gets its value, in order: all bytes zero if `zeroFirst`, then the items. */
export interface Initialiser {
  readonly zeroFirst: boolean;
  readonly items: readonly InitStep[];
}
export type InitStep =
  /** Store a value of scalar or record type at an offset of the object. */
  | { readonly kind: 'store'; readonly offset: number; readonly type: CType; readonly value: TExpr }
  /** Copy the first `sizeBytes` bytes of a static object: string literals, constant aggregates. */
  | { readonly kind: 'copy'; readonly offset: number; readonly from: VariableSymbol; readonly sizeBytes: number };

/** The address of a symbol (a linkName) plus addend, 16 bits little-endian. */
export interface Relocation {
  readonly offset: number;
  readonly symbol: string;
  readonly addend: number;
}
/** A static object that this unit defines. */
export interface StaticObject extends TypedNode {
  readonly symbol: VariableSymbol;
  readonly sizeBytes: number;
  /** Undefined: all zero. */
  readonly bytes: Uint8Array | undefined;
  readonly relocations: readonly Relocation[];
}

// ---------------------------------------------------------------- statements

export interface TBlock extends TypedNode {
  readonly kind: 'block';
  readonly items: readonly TStmt[];
}
export interface TExpression extends TypedNode {
  readonly kind: 'expression';
  /** Its value is discarded. */
  readonly expression: TExpr;
}
/** The declaration of a local comes into force. Without `init` the object becomes all zero (the language says so). */
export interface TDeclare extends TypedNode {
  readonly kind: 'declare';
  readonly symbol: VariableSymbol;
  readonly init: Initialiser | undefined;
}
/** Conditions are scalars, tested against 0. */
export interface TIf extends TypedNode {
  readonly kind: 'if';
  readonly condition: TExpr;
  readonly whenTrue: TStmt;
  readonly whenFalse: TStmt | undefined;
}
export interface TWhile extends TypedNode {
  readonly kind: 'while';
  readonly condition: TExpr;
  readonly body: TStmt;
}
export interface TDo extends TypedNode {
  readonly kind: 'do';
  readonly body: TStmt;
  readonly condition: TExpr;
}
export interface TFor extends TypedNode {
  readonly kind: 'for';
  /** Declarations or one expression statement. */
  readonly init: readonly TStmt[];
  /** Undefined: forever. */
  readonly condition: TExpr | undefined;
  readonly step: TExpr | undefined;
  readonly body: TStmt;
}
/** Jumps to the case with the value, else to the default, else behind. Case nodes lie anywhere inside `body` (Duff's device). */
export interface TSwitch extends TypedNode {
  readonly kind: 'switch';
  /** Of promoted type. */
  readonly value: TExpr;
  readonly body: TStmt;
  readonly cases: readonly TCase[];
  readonly defaultCase: TCase | undefined;
}
export interface TCase extends TypedNode {
  readonly kind: 'case';
  /** In the range of the switch value's type; undefined for `default`. */
  readonly value: number | undefined;
  readonly body: TStmt;
}
export interface Label {
  readonly name: string;
  /** Unique in the function. */
  readonly number: number;
  start: number;
  end: number;
}
export interface TLabelled extends TypedNode {
  readonly kind: 'label';
  readonly label: Label;
  readonly body: TStmt;
}
export interface TGoto extends TypedNode {
  readonly kind: 'goto';
  readonly label: Label;
}
/** Leaves the nearest enclosing loop or switch. */
export interface TBreak extends TypedNode {
  readonly kind: 'break';
}
/** Goes on with the nearest enclosing loop. */
export interface TContinue extends TypedNode {
  readonly kind: 'continue';
}
/** `value` has the function's return type. */
export interface TReturn extends TypedNode {
  readonly kind: 'return';
  readonly value: TExpr | undefined;
}
export interface TAsm extends TypedNode {
  readonly kind: 'asm';
  readonly text: string;
}
export type TStmt =
  | TBlock
  | TExpression
  | TDeclare
  | TIf
  | TWhile
  | TDo
  | TFor
  | TSwitch
  | TCase
  | TLabelled
  | TGoto
  | TBreak
  | TContinue
  | TReturn
  | TAsm;

// ---------------------------------------------------------------- units

export interface TFunction extends TypedNode {
  readonly symbol: FunctionSymbol;
  readonly params: readonly VariableSymbol[];
  /** All locals of all blocks, in order of declaration; compound literals too. */
  readonly locals: readonly VariableSymbol[];
  readonly body: TBlock;
  readonly scope: Scope;
  /**
   * Control may reach the closing brace. A function that returns a value then returns 0 (with a warning, unless it is main), a
   * noreturn function traps with "unreachable".
   */
  readonly canFallOff: boolean;
}

export interface TypedUnit {
  /** File name of the `.c` file. */
  readonly name: string;
  readonly functions: readonly TFunction[];
  /** Static objects that this unit defines, string literals included. */
  readonly objects: readonly StaticObject[];
  /** Objects and functions that are used here and defined elsewhere. */
  readonly externals: readonly (VariableSymbol | FunctionSymbol)[];
  /** `asm` at file scope. */
  readonly fileAsm: readonly {
    readonly text: string;
    readonly id: number;
    readonly start: number;
    readonly end: number;
  }[];
  readonly scope: Scope;
  /** All records and enums, also those of inner scopes: for the layout views. */
  readonly records: readonly RecordInfo[];
  readonly enums: readonly EnumInfo[];
}
