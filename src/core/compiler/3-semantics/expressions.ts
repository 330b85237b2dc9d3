/**
 * Types of expressions (C99 6.5): each kind of the syntax tree to its node of the typed tree, from the leaves up. An error gives a poisoned
 * node, over which nothing more is said. What is done is in places.ts, calls.ts, operators.ts and conversions.ts.
 */
import type {
  AssignExpr,
  BinaryExpr,
  CastExpr,
  CompoundLiteralExpr,
  ConditionalExpr,
  Expr,
  GenericChoice,
  GenericExpr,
  NumberExpr,
  StringExpr,
  UnaryExpr,
} from '../2-parser/ast';
import { Calls } from './calls';
import { POISON, isPoison, type At } from './context';
import { UNIT_TYPES, literalType, stringType } from './literals';
import type { ArithmeticOperator, TExpr } from './typed';
import { INT, SIZE, isScalar, isVolatile, sameType, sizeOf, typeText, unqualified, wrap, type CType } from './types';

export abstract class Expressions extends Calls {
  protected abstract compoundLiteral(expr: CompoundLiteralExpr): TExpr;

  protected expr(expr: Expr): TExpr {
    switch (expr.kind) {
      case 'identifier':
        return this.identifier(expr);
      case 'number':
        return this.number(expr);
      case 'char':
        return this.constant(expr, expr.value, expr.prefix ? UNIT_TYPES[expr.prefix] : INT);
      case 'string':
        return this.string(expr);
      case 'paren':
        return this.expr(expr.expression);
      case 'unary':
        return this.unary(expr);
      case 'postfix':
        return this.step(expr, expr.operand, expr.operator, 'old');
      case 'binary':
        return this.binary(expr);
      case 'assign':
        return expr.operator === '=' ? this.assign(expr) : this.compoundAssign(expr);
      case 'conditional':
        return this.conditional(expr);
      case 'comma': {
        const left = this.value(expr.left);
        const right = this.value(expr.right);
        const { id, start, end } = expr;
        return { kind: 'comma', id, start, end, type: right.type, left, right };
      }
      case 'call':
        return this.call(expr);
      case 'index':
        return this.index(expr, false);
      case 'member':
        return this.member(expr);
      case 'cast':
        return this.cast(expr);
      case 'sizeof': {
        this.unevaluated++;
        const operand = this.expr(expr.operand);
        this.unevaluated--;
        return this.sizeof(expr, operand.type);
      }
      case 'sizeof-type':
        return this.sizeof(expr, this.resolveTypeName(expr.typeName));
      case 'alignof': {
        const type = this.resolveTypeName(expr.typeName);
        // Everything has alignment 1 on a machine that moves bytes.
        return type === POISON ? this.poison(expr) : this.constant(expr, 1, SIZE);
      }
      case 'generic':
        return this.generic(expr);
      case 'compound-literal':
        return this.compoundLiteral(expr);
      case 'type-builtin':
        return expr.name === '__builtin_va_arg' ? this.vaArg(expr) : this.offsetof(expr);
      case 'error':
        return this.poison(expr);
    }
  }

  // -------------------------------------------------------------- literals

  private number(expr: NumberExpr): TExpr {
    const type = literalType(expr);
    return this.constant(expr, wrap(expr.value, type), type);
  }

  private string(expr: StringExpr): TExpr {
    return this.stringLiteral(expr, expr.bytes, stringType(expr));
  }

  // -------------------------------------------------------------- operators

  private unary(expr: UnaryExpr): TExpr {
    const { operator, operand } = expr;
    switch (operator) {
      case '++':
      case '--':
        return this.step(expr, operand, operator, 'new');
      case '&':
        return this.address(expr);
      case '*':
        return this.deref(expr, this.value(operand), '*');
      case '!':
        return this.not(expr, this.value(operand));
      case '+':
      case '-':
      case '~':
        return this.sign(expr, operator, this.value(operand));
    }
  }

  /** `++` and `--`. */
  private step(at: At, target: Expr, operator: '++' | '--', gives: 'new' | 'old'): TExpr {
    const place = this.expr(target);
    if (!this.modifiable(place, `\`${operator}\``)) return this.poison(at);
    const one = this.constant(at.id === 0 ? at : { start: at.start, end: at.end }, 1, INT);
    return this.update(at, operator, place, operator === '++' ? '+' : '-', one, gives);
  }

  private binary(expr: BinaryExpr): TExpr {
    const { operator } = expr;
    const left = this.value(expr.left);
    const right = this.value(expr.right);
    if (isPoison(left)) return left;
    if (isPoison(right)) return right;
    switch (operator) {
      case '&&':
      case '||':
        return this.logical(expr, operator, left, right);
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.compare(expr, operator, left, right);
      default:
        return this.combine(expr, operator, left, right, operator);
    }
  }

  private assign(expr: AssignExpr): TExpr {
    const place = this.expr(expr.left);
    const raw = this.value(expr.right);
    if (!this.modifiable(place, '`=`')) return this.poison(expr);
    const value = this.assignable(raw, place.type, 'assignment', 'assignment');
    if (isPoison(value)) return value;
    const { id, start, end } = expr;
    const type = unqualified(place.type);
    return { kind: 'assign', id, start, end, type, place, value, isVolatile: isVolatile(place.type) };
  }

  private compoundAssign(expr: AssignExpr): TExpr {
    const place = this.expr(expr.left);
    const value = this.value(expr.right);
    if (!this.modifiable(place, `\`${expr.operator}\``) || isPoison(value)) return this.poison(expr);
    const operator = expr.operator.slice(0, -1) as ArithmeticOperator;
    if (place.type.kind === 'pointer' && value.type.kind !== 'int') {
      this.report('bad-operands', expr, {
        operator: expr.operator,
        left: typeText(place.type),
        right: typeText(value.type),
      });
      return this.poison(expr);
    }
    return this.update(expr, expr.operator, place, operator, value, 'new');
  }

  private conditional(expr: ConditionalExpr): TExpr {
    const condition = this.condition(this.value(expr.condition), 'the condition of `?:`');
    const a = this.value(expr.whenTrue);
    const b = this.value(expr.whenFalse);
    if (isPoison(condition) || isPoison(a) || isPoison(b)) return this.poison(expr);
    return this.choice(expr, condition, a, b);
  }

  // -------------------------------------------------------------- types in expressions

  private cast(expr: CastExpr): TExpr {
    const to = this.resolveTypeName(expr.typeName);
    const operand = this.value(expr.operand);
    if (isPoison(operand) || to === POISON) return this.poison(expr);
    const { id, start, end } = expr;
    const from = operand.type;
    if (to.kind === 'void' || (isScalar(to) && isScalar(from))) {
      return { ...this.convert(operand, to, 'cast', id), start, end };
    }
    if (to.kind === 'record' && from.kind === 'record' && from.info === to.info) return operand;
    this.report('cannot-convert', expr, { what: 'cast', from: typeText(from), to: typeText(to) });
    return this.poison(expr);
  }

  private sizeof(at: At, type: CType): TExpr {
    if (type === POISON) return this.poison(at);
    const size = type.kind === 'void' || type.kind === 'function' ? 1 : sizeOf(type);
    if (size === undefined) {
      this.report('incomplete-type', at, { type: typeText(type), what: 'it has no size' });
      return this.poison(at);
    }
    return this.constant(at, size, SIZE);
  }

  /** The choice whose type is that of the control, which is not evaluated (C11 6.5.1.1). */
  private generic(expr: GenericExpr): TExpr {
    this.unevaluated++;
    const control = this.value(expr.control);
    this.unevaluated--;
    if (isPoison(control)) return control;
    const type = unqualified(control.type);
    let chosen: GenericChoice | undefined;
    for (const choice of expr.choices) {
      const wanted = choice.typeName && this.resolveTypeName(choice.typeName);
      if (wanted ? wanted !== POISON && sameType(wanted, type) : chosen === undefined) {
        if (chosen?.typeName) this.report('generic-twice', choice, { type: typeText(type) });
        else chosen = choice;
      }
    }
    if (!chosen) {
      this.report('generic-none', expr, { type: typeText(type) });
      return this.poison(expr);
    }
    this.unevaluated++;
    for (const choice of expr.choices) if (choice !== chosen) this.expr(choice.value);
    this.unevaluated--;
    return this.expr(chosen.value);
  }
}
