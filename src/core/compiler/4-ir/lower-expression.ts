/**
 * Expressions to IR. Three ways to lower one: `value` (a scalar, or the address of a record), `place` (the address of an lvalue, in
 * lower-place.ts) and `condition` (branches to one of two blocks).
 */
import { unreachable } from '../../base/assert';
import type {
  ArithmeticExpr,
  AssignTExpr,
  CompareExpr,
  ConditionalTExpr,
  ConvertExpr,
  PointerAddExpr,
  PointerDifferenceExpr,
  TExpr,
  UpdateExpr,
} from '../3-semantics/typed';
import { constant, undef } from './build';
import { WIDTH, type BinaryOp, type Block, type IrType, type Predicate, type Value } from './ir';
import { CallLowering } from './lower-call';
import { irType, isSigned } from './lower-types';

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

export abstract class ExpressionLowering extends CallLowering {
  /** The updates around the present expression, innermost last. */
  private readonly pending: PendingUpdate[] = [];

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
      case 'compare':
        return this.b.cast('zext', this.compare(expr), 'i16');
      case 'logical':
        return this.logical(expr);
      case 'pointer-add':
        return this.pointerAdd(expr);
      case 'pointer-difference':
        return this.pointerDifference(expr);
      case 'conditional':
        return this.conditional(expr);
      case 'comma':
        this.effect(expr.left);
        return this.value(expr.right);
      case 'assign':
        return this.assign(expr);
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

  // -------------------------------------------------------------- arithmetic

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

  private pointerAdd(expr: PointerAddExpr): Value {
    const first = this.value(expr.indexFirst ? expr.index : expr.pointer);
    const second = this.value(expr.indexFirst ? expr.pointer : expr.index);
    const [pointer, index] = expr.indexFirst ? [second, first] : [first, second];
    this.at(expr);
    const bytes = this.scaled(this.resize(index, 'i16', isSigned(expr.index.type)), expr.elementSize);
    if (bytes.op === 'const') return this.offset(pointer, expr.negate ? -bytes.value : bytes.value);
    return this.b.binary(expr.negate ? 'sub' : 'add', pointer, bytes);
  }

  private pointerDifference(expr: PointerDifferenceExpr): Value {
    const left = this.value(expr.left);
    const right = this.value(expr.right);
    this.at(expr);
    const bytes = this.b.binary('sub', left, right);
    return expr.elementSize > 1 ? this.b.binary('sdiv', bytes, constant('i16', expr.elementSize)) : bytes;
  }

  // -------------------------------------------------------------- truth

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

  // -------------------------------------------------------------- assignment

  private assign(expr: AssignTExpr): Value {
    const target = this.target(expr);
    const value = this.value(expr.value);
    const place = target();
    this.at(expr);
    this.store(place, expr.type, value, expr.isVolatile);
    return expr.type.kind === 'record' ? place : value;
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
}
