/** Operators on operands that are typed already (C99 6.5.3 to 6.5.15): what they demand, the conversions they bring, the constants they give. */
import { isPoison, type At } from './context';
import { Conversions } from './conversions';
import { exactArithmetic, foldCompare } from './fold';
import type { ArithmeticOperator, CompareOperator, TExpr, UpdateExpr } from './typed';
import {
  INT,
  PTRDIFF,
  VOID,
  isScalar,
  isVolatile,
  pointerTo,
  promoted,
  qualified,
  rangeOf,
  sameType,
  typeText,
  unqualified,
  wrap,
  type CType,
  type IntType,
} from './types';

export class Operators extends Conversions {
  // -------------------------------------------------------------- unary

  /** `!`. */
  protected not(at: At, raw: TExpr): TExpr {
    const operand = this.condition(raw, 'the operand of `!`');
    if (isPoison(operand)) return operand;
    const { id, start, end } = at;
    const folded = operand.folded === undefined ? undefined : operand.folded === 0 ? 1 : 0;
    return { kind: 'unary', id, start, end, type: INT, operator: '!', operand, folded };
  }

  /** `+`, `-` and `~`. */
  protected sign(at: At, operator: '+' | '-' | '~', raw: TExpr): TExpr {
    if (isPoison(raw)) return raw;
    if (raw.type.kind !== 'int') {
      this.report('bad-operand', at, { operator, type: typeText(raw.type) });
      return this.poison(at);
    }
    const operand = this.promote(raw);
    if (operator === '+') return operand;
    const { id, start, end } = at;
    const type = operand.type as IntType;
    const { folded: known } = operand;
    const folded = known === undefined ? undefined : wrap(operator === '-' ? -known : ~known, type) + 0;
    return { kind: 'unary', id, start, end, type, operator, operand, folded };
  }

  protected deref(at: At, pointer: TExpr, operator: string): TExpr {
    if (isPoison(pointer)) return pointer;
    const { id, start, end } = at;
    const { type } = pointer;
    if (type.kind !== 'pointer') {
      this.report('not-a-pointer', at, { operator, type: typeText(type) });
      return this.poison(at);
    }
    // *f of a function pointer is the function again.
    return { kind: 'deref', id, start, end, type: type.to, pointer };
  }

  // -------------------------------------------------------------- arithmetic

  /** `left op right` for the arithmetic operators, on integers and pointers. */
  protected combine(at: At, operator: ArithmeticOperator, left: TExpr, right: TExpr, spelled: string): TExpr {
    if (isPoison(left)) return left;
    if (isPoison(right)) return right;
    const a = left.type;
    const b = right.type;
    if (a.kind === 'int' && b.kind === 'int') return this.integers(at, operator, left, right);
    if (operator === '+' || operator === '-') {
      if (a.kind === 'pointer' && b.kind === 'int') return this.movePointer(at, left, right, operator === '-', false);
      if (operator === '+' && a.kind === 'int' && b.kind === 'pointer')
        return this.movePointer(at, right, left, false, true);
      if (operator === '-' && a.kind === 'pointer' && b.kind === 'pointer')
        return this.pointerDifference(at, left, right);
    }
    this.report('bad-operands', at, { operator: spelled, left: typeText(a), right: typeText(b) });
    return this.poison(at);
  }

  private integers(at: At, operator: ArithmeticOperator, left: TExpr, right: TExpr): TExpr {
    if (operator === '<<' || operator === '>>') {
      const a = this.promote(left);
      const b = this.promote(right);
      const type = a.type as IntType;
      const amount = b.folded;
      if (amount !== undefined && (amount < 0 || amount >= type.sizeBytes * 8) && this.unevaluated === 0) {
        this.report('shift-too-far', at, { type: typeText(type), amount });
      }
      return this.arithmetic(at, operator, a, b, type);
    }
    const { left: a, right: b, type } = this.balance(left, right);
    const result = this.arithmetic(at, operator, a, b, type);
    if (this.unevaluated === 0) this.warnArithmetic(at, operator, a, b, type, result.folded);
    return result;
  }

  private warnArithmetic(
    at: At,
    operator: ArithmeticOperator,
    a: TExpr,
    b: TExpr,
    type: IntType,
    result: number | undefined,
  ): void {
    if ((operator === '/' || operator === '%') && b.folded === 0) {
      this.report('division-by-zero', at, {});
      return;
    }
    if (!type.signed || a.folded === undefined || b.folded === undefined || result === undefined) return;
    const exact = exactArithmetic(operator, a.folded, b.folded, type);
    const { min, max } = rangeOf(type);
    if (exact !== undefined && (exact < min || exact > max)) {
      this.report('constant-overflow', at, { exact, type: typeText(type), result });
    }
  }

  private movePointer(at: At, pointer: TExpr, index: TExpr, negate: boolean, indexFirst: boolean): TExpr {
    const elementSize = this.elementSize(pointer, at);
    if (elementSize === undefined || pointer.type.kind !== 'pointer') return this.poison(at);
    const { id, start, end } = at;
    const moved = this.promote(index);
    const { type } = pointer;
    return { kind: 'pointer-add', id, start, end, type, pointer, index: moved, elementSize, negate, indexFirst };
  }

  private pointerDifference(at: At, left: TExpr, right: TExpr): TExpr {
    const elementSize = this.elementSize(left, at);
    if (elementSize === undefined) return this.poison(at);
    if (left.type.kind === 'pointer' && right.type.kind === 'pointer') {
      if (!sameType(left.type.to, right.type.to, { qualifiers: false })) {
        this.report('compare-mismatch', at, { left: typeText(left.type), right: typeText(right.type) });
      }
    }
    const { id, start, end } = at;
    return { kind: 'pointer-difference', id, start, end, type: PTRDIFF, left, right, elementSize };
  }

  /** `place = old op value`, with every conversion. */
  protected update(
    at: At,
    spelled: string,
    place: TExpr,
    operator: ArithmeticOperator,
    value: TExpr,
    gives: UpdateExpr['gives'],
  ): TExpr {
    const { id, start, end } = at;
    const type = unqualified(place.type);
    const span = { start: place.start, end: place.end };
    const old: TExpr = { kind: 'old-value', id: this.ids.next++, ...span, type };
    const inner = { id: this.ids.next++, start, end };
    const combined = this.combine(inner, operator, old, value, spelled);
    if (isPoison(combined)) return combined;
    const result = this.convert(readingLast(combined, old), type, 'assignment');
    return {
      kind: 'update',
      id,
      start,
      end,
      type,
      operator: spelled,
      place,
      result,
      gives,
      isVolatile: isVolatile(place.type),
    };
  }

  // -------------------------------------------------------------- truth and order

  /** `&&` and `||`. */
  protected logical(at: At, operator: '&&' | '||', left: TExpr, right: TExpr): TExpr {
    const what = `an operand of \`${operator}\``;
    const a = this.condition(left, what);
    const b = this.condition(right, what);
    if (isPoison(a) || isPoison(b)) return this.poison(at);
    const { id, start, end } = at;
    const folded = foldLogical(operator, a.folded, b.folded);
    return { kind: 'logical', id, start, end, type: INT, operator, left: a, right: b, folded };
  }

  protected compare(at: At, operator: CompareOperator, left: TExpr, right: TExpr): TExpr {
    const { id, start, end } = at;
    const a = left.type;
    const b = right.type;
    if (a.kind === 'int' && b.kind === 'int') {
      const { left: x, right: y, type } = this.balance(left, right);
      if (this.unevaluated === 0) this.warnCompare(at, left, right, type);
      const known = x.folded !== undefined && y.folded !== undefined;
      const folded = known ? foldCompare(operator, x.folded as number, y.folded as number) : undefined;
      return { kind: 'compare', id, start, end, type: INT, operator, left: x, right: y, folded };
    }
    if (!isScalar(a) || !isScalar(b)) {
      this.report('bad-operands', at, { operator, left: typeText(a), right: typeText(b) });
      return this.poison(at);
    }
    const { x, y } = this.balancePointers(at, left, right);
    return { kind: 'compare', id, start, end, type: INT, operator, left: x, right: y };
  }

  /** Two scalars, at least one a pointer, to one pointer type. */
  private balancePointers(at: At, left: TExpr, right: TExpr): { x: TExpr; y: TExpr; type: CType } {
    const a = left.type;
    const b = right.type;
    const texts = { left: typeText(a), right: typeText(b) };
    if (a.kind === 'pointer' && b.kind === 'pointer') {
      const either = a.to.kind === 'void' || b.to.kind === 'void' || this.isNull(left) || this.isNull(right);
      if (!either && !sameType(a.to, b.to, { qualifiers: false })) this.report('compare-mismatch', at, texts);
      // The result of ?: has the qualifiers of both targets; void * yields to a null pointer's partner.
      const target = this.isNull(left) ? b : this.isNull(right) ? a : b.to.kind === 'void' ? b : a;
      const type = pointerTo(qualified(target.to, a.to.qualifiers | b.to.qualifiers));
      return { x: this.convert(left, type, 'arithmetic'), y: this.convert(right, type, 'arithmetic'), type };
    }
    const pointer = a.kind === 'pointer' ? left : right;
    const other = pointer === left ? right : left;
    if (!this.isNull(other)) this.report('compare-mismatch', at, texts);
    const converted = this.convert(other, pointer.type, 'arithmetic');
    return pointer === left
      ? { x: left, y: converted, type: pointer.type }
      : { x: converted, y: right, type: pointer.type };
  }

  /** A signed operand that is made unsigned by the other one. */
  private warnCompare(at: At, left: TExpr, right: TExpr, type: IntType): void {
    if (type.signed || left.type.kind !== 'int' || right.type.kind !== 'int') return;
    const [p, q] = [promoted(left.type), promoted(right.type)];
    const signed = p.signed ? left : q.signed ? right : undefined;
    if (!signed || signed.type.kind !== 'int' || !signed.type.signed) return;
    if (signed.folded !== undefined && signed.folded >= 0) return;
    this.report('sign-compare', at, {});
  }

  /** `condition ? a : b`. */
  protected choice(at: At, condition: TExpr, a: TExpr, b: TExpr): TExpr {
    const { id, start, end } = at;
    const make = (type: CType, whenTrue: TExpr, whenFalse: TExpr): TExpr => {
      const folded =
        condition.folded === undefined ? undefined : (condition.folded !== 0 ? whenTrue : whenFalse).folded;
      return { kind: 'conditional', id, start, end, type, condition, whenTrue, whenFalse, folded };
    };
    if (a.type.kind === 'int' && b.type.kind === 'int') {
      const { left, right, type } = this.balance(a, b);
      return make(type, left, right);
    }
    if (a.type.kind === 'void' || b.type.kind === 'void') {
      return make(VOID, this.convert(a, VOID, 'arithmetic'), this.convert(b, VOID, 'arithmetic'));
    }
    if (isScalar(a.type) && isScalar(b.type)) {
      const { x, y, type } = this.balancePointers(at, a, b);
      return make(type, x, y);
    }
    if (a.type.kind === 'record' && b.type.kind === 'record' && a.type.info === b.type.info) return make(a.type, a, b);
    this.report('bad-operands', at, { operator: '?:', left: typeText(a.type), right: typeText(b.type) });
    return this.poison(at);
  }
}

function foldLogical(operator: '&&' | '||', a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return undefined;
  if (operator === '&&' ? a === 0 : a !== 0) return operator === '&&' ? 0 : 1;
  return b === undefined ? undefined : b !== 0 ? 1 : 0;
}

/** The same sum of `old` and another operand, with the other one evaluated before it. */
function readingLast(combined: TExpr, old: TExpr): TExpr {
  if (combined.kind === 'arithmetic') return { ...combined, rightFirst: true };
  return combined.kind === 'pointer-add' && combined.pointer === old ? { ...combined, indexFirst: true } : combined;
}
