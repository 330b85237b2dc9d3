/**
 * The syntax tree, as the parser builds it: nothing is resolved and nothing has a type yet. Shapes follow the C99 grammar (ISO/IEC
 * 9899:1999, annex A); GRAMMAR names the rule behind each kind of node.
 *
 * Every node has an id that is unique in the compilation and never 0, and a half-open range [start, end) in the position space
 * of the compilation's SourceMap. For tokens that come out of a macro, a position is the place of the macro's use in the file
 * that the reader sees; the tokens themselves keep where they were spelled (1-lexer/tokens.ts).
 *
 * Depth is bounded by LIMITS (compiler/limits.ts), so that later phases may walk the tree recursively.
 */
import type { BINARY_OPERATORS } from '../../base/operators';

export interface Node {
  readonly kind: string;
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

// ---------------------------------------------------------------- expressions

export type UnaryOperator = '&' | '*' | '+' | '-' | '~' | '!' | '++' | '--';
export type BinaryOperator = (typeof BINARY_OPERATORS)[number][number];
export type AssignOperator = '=' | '*=' | '/=' | '%=' | '+=' | '-=' | '<<=' | '>>=' | '&=' | '^=' | '|=';

export interface IdentifierExpr extends Node {
  readonly kind: 'identifier';
  readonly name: string;
}
export interface NumberExpr extends Node {
  readonly kind: 'number';
  /** Unsigned 32-bit value. */
  readonly value: number;
  /** Decimal constants never become unsigned by themselves; octal and hexadecimal ones may. */
  readonly decimal: boolean;
  readonly unsignedSuffix: boolean;
  readonly longSuffix: boolean;
}
export type WidePrefix = 'L' | 'u' | 'U';
export interface CharExpr extends Node {
  readonly kind: 'char';
  readonly value: number;
  /** Of a wide constant: L, u or U. */
  readonly prefix?: WidePrefix;
}
export interface StringExpr extends Node {
  readonly kind: 'string';
  /** Adjacent literals joined, escapes decoded, without the final NUL; elements of several bytes have the low one first. */
  readonly bytes: Uint8Array;
  /** Of a wide literal: L, u or U. */
  readonly prefix?: WidePrefix;
}
export interface ParenExpr extends Node {
  readonly kind: 'paren';
  readonly expression: Expr;
}
export interface UnaryExpr extends Node {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expr;
}
export interface PostfixExpr extends Node {
  readonly kind: 'postfix';
  readonly operator: '++' | '--';
  readonly operand: Expr;
}
export interface BinaryExpr extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  /** Position of the operator. */
  readonly operatorAt: number;
}
export interface AssignExpr extends Node {
  readonly kind: 'assign';
  readonly operator: AssignOperator;
  readonly left: Expr;
  readonly right: Expr;
  readonly operatorAt: number;
}
export interface ConditionalExpr extends Node {
  readonly kind: 'conditional';
  readonly condition: Expr;
  readonly whenTrue: Expr;
  readonly whenFalse: Expr;
}
export interface CommaExpr extends Node {
  readonly kind: 'comma';
  readonly left: Expr;
  readonly right: Expr;
}
export interface CallExpr extends Node {
  readonly kind: 'call';
  readonly callee: Expr;
  readonly args: readonly Expr[];
}
export interface IndexExpr extends Node {
  readonly kind: 'index';
  readonly object: Expr;
  readonly index: Expr;
}
export interface MemberExpr extends Node {
  readonly kind: 'member';
  readonly object: Expr;
  readonly arrow: boolean;
  readonly name: string;
  readonly nameStart: number;
  readonly nameEnd: number;
}
export interface CastExpr extends Node {
  readonly kind: 'cast';
  readonly typeName: TypeName;
  readonly operand: Expr;
}
export interface SizeofExpr extends Node {
  readonly kind: 'sizeof';
  readonly operand: Expr;
}
export interface SizeofTypeExpr extends Node {
  readonly kind: 'sizeof-type';
  readonly typeName: TypeName;
}
export interface AlignofExpr extends Node {
  readonly kind: 'alignof';
  readonly typeName: TypeName;
}
/** `_Generic(control, type: value, default: value)` of C11. */
export interface GenericExpr extends Node {
  readonly kind: 'generic';
  readonly control: Expr;
  readonly choices: readonly GenericChoice[];
}
export interface GenericChoice extends Node {
  readonly kind: 'generic-choice';
  /** Null for `default`. */
  readonly typeName: TypeName | null;
  readonly value: Expr;
}
export interface CompoundLiteralExpr extends Node {
  readonly kind: 'compound-literal';
  readonly typeName: TypeName;
  readonly initialiser: InitList;
}
/** `__builtin_va_arg(list, type)`, `__builtin_offsetof(type, member)`: built-ins that take a type. */
export interface TypeBuiltinExpr extends Node {
  readonly kind: 'type-builtin';
  readonly name: '__builtin_va_arg' | '__builtin_offsetof';
  readonly typeName: TypeName;
  /** The list of va_arg; for offsetof a chain of member and index expressions over an identifier. */
  readonly operand: Expr;
}
/** Stands where no expression could be read; a diagnostic was given. */
export interface ErrorExpr extends Node {
  readonly kind: 'error';
}

export type Expr =
  | IdentifierExpr
  | NumberExpr
  | CharExpr
  | StringExpr
  | ParenExpr
  | UnaryExpr
  | PostfixExpr
  | BinaryExpr
  | AssignExpr
  | ConditionalExpr
  | CommaExpr
  | CallExpr
  | IndexExpr
  | MemberExpr
  | CastExpr
  | SizeofExpr
  | SizeofTypeExpr
  | AlignofExpr
  | GenericExpr
  | CompoundLiteralExpr
  | TypeBuiltinExpr
  | ErrorExpr;

// ---------------------------------------------------------------- declarations

export type Storage = 'typedef' | 'extern' | 'static' | 'auto' | 'register';

/** Bits of `qualifiers`. */
export const CONST = 1;
export const VOLATILE = 2;
export const RESTRICT = 4;

/** Words of a basic type, e.g. `unsigned long int`; counted, so that `long long` is seen. */
export interface BasicTypeSpecifier extends Node {
  readonly kind: 'basic-type';
  readonly base: 'void' | 'char' | 'int' | '_Bool' | 'implicit-int' | 'error';
  readonly sign: 'signed' | 'unsigned' | null;
  readonly size: 'short' | 'long' | null;
}
export interface RecordSpecifier extends Node {
  readonly kind: 'record-type';
  readonly isUnion: boolean;
  readonly tag: string | null;
  readonly tagStart: number;
  /** Null for a mere reference: `struct point p`. */
  readonly members: readonly MemberDeclaration[] | null;
}
export interface EnumSpecifier extends Node {
  readonly kind: 'enum-type';
  readonly tag: string | null;
  readonly tagStart: number;
  readonly members: readonly EnumMember[] | null;
}
export interface TypedefNameSpecifier extends Node {
  readonly kind: 'typedef-name';
  readonly name: string;
}
/** `typeof (expression)` and `typeof (type)` are not in the language; `__builtin_va_list` is a basic spelling of a pointer. */
export interface VaListSpecifier extends Node {
  readonly kind: 'va-list-type';
}
export type TypeSpecifier =
  BasicTypeSpecifier | RecordSpecifier | EnumSpecifier | TypedefNameSpecifier | VaListSpecifier;

export interface MemberDeclaration extends Node {
  readonly kind: 'member-declaration';
  readonly specifiers: Specifiers;
  /** Empty for an anonymous struct or union. */
  readonly declarators: readonly Declarator[];
}
export interface EnumMember extends Node {
  readonly kind: 'enum-member';
  readonly name: string;
  readonly value: Expr | null;
}

export interface Specifiers extends Node {
  readonly kind: 'specifiers';
  readonly storage: Storage | null;
  readonly isInline: boolean;
  readonly isNoreturn: boolean;
  /** `__interrupt(N)`: the handler of vector N. */
  readonly interrupt: Expr | null;
  readonly qualifiers: number;
  readonly type: TypeSpecifier;
}

/**
 * A declarator reads from the name outward: `int *a[3]` is pointer(array(name a)) in C's syntax, "a is an array of 3 pointers".
 * `inner` is what it wraps; the innermost is a name (null for an abstract declarator).
 */
export interface NameDeclarator extends Node {
  readonly kind: 'name-declarator';
  readonly name: string | null;
}
export interface PointerDeclarator extends Node {
  readonly kind: 'pointer-declarator';
  readonly qualifiers: number;
  readonly inner: Declarator;
}
export interface ArrayDeclarator extends Node {
  readonly kind: 'array-declarator';
  readonly inner: Declarator;
  readonly size: Expr | null;
}
export interface FunctionDeclarator extends Node {
  readonly kind: 'function-declarator';
  readonly inner: Declarator;
  readonly params: readonly Parameter[];
  readonly variadic: boolean;
  /** `()`: says nothing about the parameters. */
  readonly unspecified: boolean;
}
export type Declarator = NameDeclarator | PointerDeclarator | ArrayDeclarator | FunctionDeclarator;

export interface Parameter extends Node {
  readonly kind: 'parameter';
  readonly specifiers: Specifiers;
  readonly declarator: Declarator;
}
export interface TypeName extends Node {
  readonly kind: 'type-name';
  readonly specifiers: Specifiers;
  readonly declarator: Declarator;
}

export interface FieldDesignator extends Node {
  readonly kind: 'field-designator';
  readonly name: string;
}
export interface IndexDesignator extends Node {
  readonly kind: 'index-designator';
  readonly index: Expr;
}
export type Designator = FieldDesignator | IndexDesignator;
export interface InitItem extends Node {
  readonly kind: 'init-item';
  readonly designators: readonly Designator[];
  readonly value: Expr | InitList;
}
export interface InitList extends Node {
  readonly kind: 'init-list';
  readonly items: readonly InitItem[];
}

export interface InitDeclarator extends Node {
  readonly kind: 'init-declarator';
  readonly declarator: Declarator;
  readonly initialiser: Expr | InitList | null;
}
export interface Declaration extends Node {
  readonly kind: 'declaration';
  readonly specifiers: Specifiers;
  readonly declarators: readonly InitDeclarator[];
}
export interface StaticAssert extends Node {
  readonly kind: 'static-assert';
  readonly condition: Expr;
  readonly message: string | null;
}
export interface FunctionDefinition extends Node {
  readonly kind: 'function-definition';
  readonly specifiers: Specifiers;
  readonly declarator: Declarator;
  readonly body: CompoundStatement;
}
/** `asm("...");` at file scope. */
export interface FileAsm extends Node {
  readonly kind: 'file-asm';
  readonly text: string;
}
export type ExternalDeclaration = FunctionDefinition | Declaration | StaticAssert | FileAsm;

export interface TranslationUnit extends Node {
  readonly kind: 'translation-unit';
  readonly items: readonly ExternalDeclaration[];
}

// ---------------------------------------------------------------- statements

export interface CompoundStatement extends Node {
  readonly kind: 'compound';
  readonly items: readonly Stmt[];
}
export interface ExpressionStatement extends Node {
  readonly kind: 'expression';
  readonly expression: Expr;
}
export interface EmptyStatement extends Node {
  readonly kind: 'empty';
}
export interface IfStatement extends Node {
  readonly kind: 'if';
  readonly condition: Expr;
  readonly whenTrue: Stmt;
  readonly whenFalse: Stmt | null;
}
export interface WhileStatement extends Node {
  readonly kind: 'while';
  readonly condition: Expr;
  readonly body: Stmt;
}
export interface DoStatement extends Node {
  readonly kind: 'do';
  readonly body: Stmt;
  readonly condition: Expr;
}
export interface ForStatement extends Node {
  readonly kind: 'for';
  readonly init: Declaration | Expr | null;
  readonly condition: Expr | null;
  readonly step: Expr | null;
  readonly body: Stmt;
}
export interface SwitchStatement extends Node {
  readonly kind: 'switch';
  readonly value: Expr;
  readonly body: Stmt;
}
/** `case value:`, or `default:` when value is null. */
export interface CaseStatement extends Node {
  readonly kind: 'case';
  readonly value: Expr | null;
  readonly body: Stmt;
}
export interface LabelStatement extends Node {
  readonly kind: 'label';
  readonly name: string;
  readonly nameEnd: number;
  readonly body: Stmt;
}
export interface GotoStatement extends Node {
  readonly kind: 'goto';
  readonly name: string;
  readonly nameStart: number;
}
export interface BreakStatement extends Node {
  readonly kind: 'break';
}
export interface ContinueStatement extends Node {
  readonly kind: 'continue';
}
export interface ReturnStatement extends Node {
  readonly kind: 'return';
  readonly value: Expr | null;
}
export interface AsmStatement extends Node {
  readonly kind: 'asm';
  readonly text: string;
}
export type Stmt =
  | CompoundStatement
  | ExpressionStatement
  | EmptyStatement
  | IfStatement
  | WhileStatement
  | DoStatement
  | ForStatement
  | SwitchStatement
  | CaseStatement
  | LabelStatement
  | GotoStatement
  | BreakStatement
  | ContinueStatement
  | ReturnStatement
  | AsmStatement
  | Declaration
  | StaticAssert;

export type AnyNode =
  | TranslationUnit
  | FunctionDefinition
  | FileAsm
  | Stmt
  | Expr
  | Specifiers
  | TypeSpecifier
  | MemberDeclaration
  | EnumMember
  | Declarator
  | Parameter
  | TypeName
  | Designator
  | GenericChoice
  | InitItem
  | InitList
  | InitDeclarator;
