/**
 * Expressions to IR. Three ways to lower one: `value` (a scalar, or the address of a record), `place` (the address of an lvalue)
 * and `condition` (branches to one of two blocks). The value of a record is the address of memory that holds it; whoever
 * consumes it copies at once, before anything else is evaluated.
 */
import { fail, unreachable } from '../../base/assert';
import { sizeOf, type CType, type FunctionType, type PointerType } from '../3-semantics/types';
import type {
  ArithmeticExpr,
  BuiltinExpr,
  CallTExpr,
  CompareExpr,
  ConditionalTExpr,
  ConvertExpr,
  AssignTExpr,
  IndexedExpr,
  Initialiser,
  PointerAddExpr,
  TExpr,
  TypedNode,
  UpdateExpr,
  VariableSymbol,
} from '../3-semantics/typed';
import { checksLate } from '../3-semantics/visit';
import { Builder, constant, symbol as symbolValue, undef } from './build';
import {
  WIDTH,
  type AllocaInstr,
  type BinaryOp,
  type Block,
  type IrFunction,
  type IrType,
  type Predicate,
  type Value,
} from './ir';

/** The IR type of a scalar; records are addresses. */
export function irType(type: CType): IrType {
  switch (type.kind) {
    case 'int':
      return type.sizeBytes === 1 ? 'i8' : type.sizeBytes === 2 ? 'i16' : 'i32';
    case 'void':
      return 'void';
    default:
      return 'i16';
  }
}
export const isSigned = (type: CType): boolean => type.kind === 'int' && type.signed;
export const bytesOf = (type: CType): number => sizeOf(type) ?? 0;

const COMPARE: Readonly<Record<CompareExpr['operator'], readonly [unsigned: Predicate, signed: Predicate]>> = {
  '==': ['eq', 'eq'],
  '!=': ['ne', 'ne'],
  '<': ['ult', 'slt'],
  '<=': ['ule', 'sle'],
  '>': ['ugt', 'sgt'],
  '>=': ['uge', 'sge'],
};
const ARITHMETIC: Readonly<Record<ArithmeticExpr['operator'], readonly [unsigned: BinaryOp, signed: BinaryOp]>> = {
  '+': ['add', 'add'],
  '-': ['sub', 'sub'],
  '*': ['mul', 'mul'],
  '/': ['udiv', 'sdiv'],
  '%': ['urem', 'srem'],
  '&': ['and', 'and'],
  '|': ['or', 'or'],
  '^': ['xor', 'xor'],
  '<<': ['shl', 'shl'],
  '>>': ['lshr', 'ashr'],
};

/** An update whose result is being computed; `old` is loaded when it is needed. */
interface PendingUpdate {
  readonly expr: UpdateExpr;
  readonly place: Value;
  old: Value | undefined;
}

export abstract class ExpressionLowering {
  protected readonly b: Builder;
  /** Allocas, which go to the head of the entry block. */
  protected readonly allocas: AllocaInstr[] = [];
  private readonly places = new Map<VariableSymbol, Value>();
  /** The updates around the present expression, innermost last. */
  private readonly pending: PendingUpdate[] = [];

  constructor(protected readonly fn: IrFunction) {
    this.b = new Builder(fn);
  }

  // -------------------------------------------------------------- helpers

  protected at(node: TypedNode): void {
    const { origin } = this.b;
    if (origin.node !== node.id) this.b.origin = { node: node.id, span: { start: node.start, end: node.end } };
  }

  /** Memory in the frame. */
  protected room(sizeBytes: number, name?: string): AllocaInstr {
    const instr = this.b.alloca(Math.max(1, sizeBytes), name);
    this.b.block.instrs.pop();
    this.allocas.push(instr);
    return instr;
  }

  protected setPlace(symbol: VariableSymbol, place: Value): void {
    this.places.set(symbol, place);
  }
  protected placeOf(symbol: VariableSymbol): Value {
    if (symbol.storage === 'static') return symbolValue(symbol.linkName);
    const place = this.places.get(symbol);
    if (!place) fail(`no place for ${symbol.name}`);
    return place;
  }

  /** The rest is not reached: it goes to a block of its own, which is removed in the end. */
  protected startDead(): void {
    this.b.block = this.b.addBlock('dead');
  }

  private offset(base: Value, bytes: number): Value {
    if (bytes === 0) return base;
    if (base.op === 'symbol') return symbolValue(base.symbol, base.offset + bytes);
    return this.b.binary('add', base, constant('i16', bytes));
  }

  private copy(to: Value, from: Value, sizeBytes: number): void {
    if (sizeBytes > 0) this.b.intrinsic('memcpy', [to, from], sizeBytes);
  }

  protected store(place: Value, type: CType, value: Value, isVolatile = false): void {
    if (type.kind === 'record') this.copy(place, value, bytesOf(type));
    else this.b.store(place, value, isVolatile);
  }

  protected zero(place: Value, type: CType): void {
    if (type.kind === 'int' || type.kind === 'pointer') this.b.store(place, constant(irType(type), 0));
    else if (bytesOf(type) > 0) this.b.intrinsic('memset', [place, constant('i8', 0)], bytesOf(type));
  }

  protected initialise(place: Value, type: CType, init: Initialiser): void {
    if (init.zeroFirst) this.zero(place, type);
    for (const step of init.items) {
      if (step.kind === 'copy')
        this.copy(this.offset(place, step.offset), symbolValue(step.from.linkName), step.sizeBytes);
      else {
        const value = this.value(step.value);
        this.store(this.offset(place, step.offset), step.type, value);
      }
    }
  }

  // -------------------------------------------------------------- places

  /** The address of an lvalue or function. */
  protected place(expr: TExpr): Value {
    switch (expr.kind) {
      case 'variable':
        return this.placeOf(expr.symbol);
      case 'function':
        return symbolValue(expr.symbol.linkName);
      case 'string':
        return symbolValue(expr.symbol.linkName);
      case 'deref':
        return this.value(expr.pointer);
      case 'index':
        return this.element(expr);
      case 'member': {
        const object = this.place(expr.object);
        this.at(expr);
        return this.offset(object, expr.offset);
      }
      case 'compound-literal': {
        if (expr.init) this.initialise(this.placeOf(expr.symbol), expr.type, expr.init);
        return this.placeOf(expr.symbol);
      }
      case 'temporary': {
        const value = this.value(expr.value);
        if (expr.value.kind === 'call') return value;
        const room = this.room(bytesOf(expr.type));
        this.at(expr);
        this.copy(room, value, bytesOf(expr.type));
        return room;
      }
      default:
        // A record value names memory already.
        return this.value(expr);
    }
  }

  /** Evaluates what an assignment's left side needs; the place itself follows when the value is there (see `checksLate`). */
  private target({ place, value }: AssignTExpr): () => Value {
    if (place.kind === 'index' && checksLate(place, value)) return this.elementLater(place);
    const now = this.place(place);
    return () => now;
  }

  private element(expr: IndexedExpr): Value {
    return this.elementLater(expr)();
  }

  private elementLater(expr: IndexedExpr): () => Value {
    const base = this.place(expr.array);
    const size = bytesOf(expr.type);
    if (expr.index.kind === 'constant') {
      const { value } = expr.index;
      return () => {
        this.at(expr);
        if (expr.bound !== undefined && (value < 0 || value >= expr.bound))
          this.b.check(constant('i32', value), expr.bound);
        return this.offset(base, value * size);
      };
    }
    const index = this.value(expr.index);
    return () => {
      this.at(expr);
      if (expr.bound !== undefined) this.b.check(index, expr.bound);
      return this.b.binary('add', base, this.scaled(this.resize(index, 'i16', isSigned(expr.index.type)), size));
    };
  }

  private scaled(index: Value, size: number): Value {
    if (size === 1) return index;
    if (index.op === 'const') return constant('i16', index.value * size);
    return this.b.binary('mul', index, constant('i16', size));
  }

  private resize(value: Value, to: IrType, signed: boolean): Value {
    if (value.type === to) return value;
    return this.b.cast(WIDTH[value.type] > WIDTH[to] ? 'trunc' : signed ? 'sext' : 'zext', value, to);
  }

  // -------------------------------------------------------------- values

  /** Evaluates for the effects only. */
  protected effect(expr: TExpr): void {
    if (expr.kind === 'convert' && expr.type.kind === 'void') this.effect(expr.operand);
    else if (expr.kind === 'comma') {
      this.effect(expr.left);
      this.effect(expr.right);
    } else this.value(expr);
  }

  protected value(expr: TExpr): Value {
    switch (expr.kind) {
      case 'constant':
        return constant(irType(expr.type), expr.value);
      case 'load': {
        const place = this.place(expr.place);
        if (expr.type.kind === 'record') return place;
        this.at(expr);
        return this.b.load(irType(expr.type), place, expr.isVolatile);
      }
      case 'address':
      case 'decay':
        return this.place(expr.place);
      case 'convert':
        return this.convert(expr);
      case 'unary':
        return this.unary(expr.operator, expr.operand, expr);
      case 'arithmetic':
        return this.arithmetic(expr);
      case 'compare': {
        const bit = this.compare(expr);
        return this.b.cast('zext', bit, 'i16');
      }
      case 'logical':
        return this.logical(expr);
      case 'pointer-add':
        return this.pointerAdd(expr);
      case 'pointer-difference': {
        const left = this.value(expr.left);
        const right = this.value(expr.right);
        this.at(expr);
        const bytes = this.b.binary('sub', left, right);
        return expr.elementSize > 1 ? this.b.binary('sdiv', bytes, constant('i16', expr.elementSize)) : bytes;
      }
      case 'conditional':
        return this.conditional(expr);
      case 'comma':
        this.effect(expr.left);
        return this.value(expr.right);
      case 'assign': {
        const target = this.target(expr);
        const value = this.value(expr.value);
        const place = target();
        this.at(expr);
        this.store(place, expr.type, value, expr.isVolatile);
        return expr.type.kind === 'record' ? place : value;
      }
      case 'update':
        return this.update(expr);
      case 'old-value':
        return this.oldValue(this.pending[this.pending.length - 1] as PendingUpdate);
      case 'call':
        return this.call(expr);
      case 'builtin':
        return this.builtin(expr);
      case 'variable':
      case 'function':
      case 'string':
      case 'deref':
      case 'index':
      case 'member':
      case 'compound-literal':
      case 'temporary':
        return this.place(expr);
      default:
        return unreachable(expr);
    }
  }

  private convert(expr: ConvertExpr): Value {
    if (expr.type.kind === 'void') {
      this.effect(expr.operand);
      return undef('i16');
    }
    const isBool = expr.type.kind === 'int' && expr.type.name === '_Bool';
    if (isBool) {
      const bit = this.truth(expr.operand);
      this.at(expr);
      return this.b.cast('zext', bit, 'i8');
    }
    const value = this.value(expr.operand);
    this.at(expr);
    return this.resize(value, irType(expr.type), isSigned(expr.operand.type));
  }

  private unary(operator: '-' | '~' | '!', operand: TExpr, expr: TExpr): Value {
    if (operator === '!') {
      const value = this.value(operand);
      this.at(expr);
      return this.b.cast('zext', this.b.compare('eq', value, constant(value.type, 0)), 'i16');
    }
    const value = this.value(operand);
    this.at(expr);
    if (operator === '-') return this.b.binary('sub', constant(value.type, 0), value);
    return this.b.binary('xor', value, constant(value.type, -1));
  }

  private arithmetic(expr: ArithmeticExpr): Value {
    const first = this.value(expr.rightFirst ? expr.right : expr.left);
    const second = this.value(expr.rightFirst ? expr.left : expr.right);
    const [left, right] = expr.rightFirst ? [second, first] : [first, second];
    this.at(expr);
    const op = ARITHMETIC[expr.operator][isSigned(expr.type) ? 1 : 0];
    if (expr.operator !== '<<' && expr.operator !== '>>') return this.b.binary(op, left, right);
    return this.b.binary(op, left, this.shiftAmount(right, left.type));
  }

  /** Brings the amount to the type of the value; an amount too large for it stays too large. */
  private shiftAmount(amount: Value, type: IrType): Value {
    const width = WIDTH[type];
    if (amount.op === 'const') return constant(type, Math.min(amount.value, width));
    if (WIDTH[amount.type] <= width) return this.resize(amount, type, false);
    const small = this.b.compare('ult', amount, constant(amount.type, width));
    return this.b.select(small, this.b.cast('trunc', amount, type), constant(type, width));
  }

  private compare(expr: CompareExpr): Value {
    const left = this.value(expr.left);
    const right = this.value(expr.right);
    this.at(expr);
    return this.b.compare(COMPARE[expr.operator][isSigned(expr.left.type) ? 1 : 0], left, right);
  }

  private logical(expr: TExpr): Value {
    const whenTrue = this.b.addBlock('true');
    const whenFalse = this.b.addBlock('false');
    const join = this.b.addBlock('join');
    this.condition(expr, whenTrue, whenFalse);
    this.at(expr);
    for (const block of [whenTrue, whenFalse]) {
      this.b.block = block;
      this.b.br(join);
    }
    this.b.block = join;
    return this.b.phi('i16', [constant('i16', 1), constant('i16', 0)]);
  }

  /** The truth of a scalar as an i1. */
  protected truth(expr: TExpr): Value {
    if (expr.kind === 'compare') return this.compare(expr);
    const value = this.value(expr);
    this.at(expr);
    return this.b.compare('ne', value, constant(value.type, 0));
  }

  /** Branches by the truth of a scalar; `&&`, `||` and `!` become control flow. */
  protected condition(expr: TExpr, whenTrue: Block, whenFalse: Block): void {
    if (expr.kind === 'unary' && expr.operator === '!') return this.condition(expr.operand, whenFalse, whenTrue);
    if (expr.kind === 'logical') {
      const right = this.b.addBlock(expr.operator === '&&' ? 'and' : 'or');
      if (expr.operator === '&&') this.condition(expr.left, right, whenFalse);
      else this.condition(expr.left, whenTrue, right);
      this.b.block = right;
      return this.condition(expr.right, whenTrue, whenFalse);
    }
    if (expr.kind === 'constant') {
      this.at(expr);
      return this.b.br(expr.value !== 0 ? whenTrue : whenFalse);
    }
    const bit = this.truth(expr);
    this.at(expr);
    this.b.condbr(bit, whenTrue, whenFalse);
  }

  private pointerAdd(expr: PointerAddExpr): Value {
    const first = this.value(expr.indexFirst ? expr.index : expr.pointer);
    const second = this.value(expr.indexFirst ? expr.pointer : expr.index);
    const [pointer, index] = expr.indexFirst ? [second, first] : [first, second];
    this.at(expr);
    const bytes = this.scaled(this.resize(index, 'i16', isSigned(expr.index.type)), expr.elementSize);
    if (bytes.op === 'const') return this.offset(pointer, expr.negate ? -bytes.value : bytes.value);
    return this.b.binary(expr.negate ? 'sub' : 'add', pointer, bytes);
  }

  private conditional(expr: ConditionalTExpr): Value {
    const whenTrue = this.b.addBlock('then');
    const whenFalse = this.b.addBlock('else');
    const join = this.b.addBlock('join');
    const isVoid = expr.type.kind === 'void';
    this.condition(expr.condition, whenTrue, whenFalse);
    const values = (
      [
        [whenTrue, expr.whenTrue],
        [whenFalse, expr.whenFalse],
      ] as const
    ).map(([block, side]) => {
      this.b.block = block;
      const value = isVoid ? undef('i16') : this.value(side);
      if (isVoid) this.effect(side);
      this.at(side);
      this.b.br(join);
      return value;
    });
    this.b.block = join;
    this.at(expr);
    return isVoid ? undef('i16') : this.b.phi(irType(expr.type), values);
  }

  private update(expr: UpdateExpr): Value {
    const place = this.place(expr.place);
    this.at(expr);
    const update: PendingUpdate = { expr, place, old: undefined };
    this.pending.push(update);
    const value = this.value(expr.result);
    this.pending.pop();
    this.at(expr);
    const old = this.oldValue(update);
    this.b.store(place, value, expr.isVolatile);
    return expr.gives === 'new' ? value : old;
  }

  private oldValue(update: PendingUpdate): Value {
    const { expr, place } = update;
    this.at(expr);
    return (update.old ??= this.b.load(irType(expr.type), place, expr.isVolatile));
  }

  // -------------------------------------------------------------- calls

  private call(expr: CallTExpr): Value {
    const direct = expr.callee.kind === 'function' ? expr.callee.symbol : undefined;
    const callee = direct ? symbolValue(direct.linkName) : this.value(expr.callee);
    const type = direct ? direct.type : ((expr.callee.type as PointerType).to as FunctionType);
    const args: Value[] = [];
    const returnsRecord = type.returns.kind === 'record';
    if (returnsRecord) args.push(this.room(bytesOf(type.returns)));
    for (const arg of expr.args) args.push(this.argument(arg));
    this.at(expr);
    const fixed = expr.fixedArgs + (returnsRecord ? 1 : 0);
    const result = this.b.call(irType(type.returns), callee, args, expr.variadic ? fixed : undefined);
    if (direct?.isNoreturn === true) {
      this.b.unreachable();
      this.startDead();
    }
    return returnsRecord ? (args[0] as Value) : result;
  }

  /** A record travels as the address of a copy that belongs to the callee. */
  private argument(arg: TExpr): Value {
    const value = this.value(arg);
    if (arg.type.kind !== 'record' || arg.kind === 'call') return value;
    const room = this.room(bytesOf(arg.type));
    this.at(arg);
    this.copy(room, value, bytesOf(arg.type));
    return room;
  }

  private builtin(expr: BuiltinExpr): Value {
    const args = expr.args.map((arg) => this.value(arg));
    // These arguments are constants, whatever conversion stands around them.
    const size = (i: number) => expr.args[i]?.folded ?? 0;
    this.at(expr);
    switch (expr.name) {
      case 'trap':
        this.b.trap(size(0));
        this.startDead();
        return undef('i16');
      case 'halt':
        this.b.intrinsic('halt', args);
        this.b.unreachable();
        this.startDead();
        return undef('i16');
      case 'va-start':
        return this.b.intrinsic('vastart', []);
      case 'memcpy':
      case 'memset': {
        const bytes = size(2);
        if (bytes > 0) this.b.intrinsic(expr.name, args.slice(0, 2), bytes);
        return args[0] as Value;
      }
      default:
        return this.b.intrinsic(expr.name, args);
    }
  }
}
