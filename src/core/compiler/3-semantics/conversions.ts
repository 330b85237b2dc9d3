/** Conversions of C99 6.3, each as a node of the typed tree, and the small builders that expressions are made with. */
import type { Span } from '../../base/source';
import { CONST, VOLATILE } from '../2-parser/ast';
import { Context, POISON, isPoison, type At } from './context';
import { baseVariable, foldArithmetic } from './fold';
import type { ArithmeticOperator, ConversionReason, TExpr } from './typed';
import {
  INT,
  RANK,
  commonType,
  isConst,
  isScalar,
  isVolatile,
  pointerTo,
  promoted,
  qualified,
  rangeOf,
  sameType,
  sizeOf,
  typeText,
  unqualified,
  wrap,
  type CType,
  type IntType,
  type PointerType,
  type RecordType,
} from './types';

/** Operators and conditions read it. */
export type IntExpr = TExpr & { readonly type: IntType };

const LVALUES: ReadonlySet<TExpr['kind']> = new Set([
  'variable',
  'deref',
  'index',
  'member',
  'string',
  'compound-literal',
  'temporary',
]);
export const isLvalue = (expr: TExpr): boolean => LVALUES.has(expr.kind) && expr.type.kind !== 'function';

export class Conversions extends Context {
  protected constant(at: Span & Partial<At>, value: number, type: IntType): TExpr {
    const id = at.id ?? this.ids.next++;
    return { kind: 'constant', id, start: at.start, end: at.end, type, value, folded: value };
  }

  /** Lvalue-to-rvalue, array and function decay: the value of what was read. */
  protected rvalue(expr: TExpr): TExpr {
    const { type, start, end } = expr;
    if (type.kind === 'function') {
      return { kind: 'decay', id: this.ids.next++, start, end, type: pointerTo(type), place: expr };
    }
    if (!LVALUES.has(expr.kind)) return expr;
    if (type.kind === 'array') {
      this.takeAddress(expr);
      return { kind: 'decay', id: this.ids.next++, start, end, type: pointerTo(type.of), place: expr };
    }
    if (type.kind === 'void') return expr;
    if (type.kind === 'record' && !type.info.members) {
      this.report('incomplete-type', expr, { type: typeText(type), what: 'its value cannot be used' });
      return this.poison(expr);
    }
    const volatile = isVolatile(type);
    return {
      kind: 'load',
      id: this.ids.next++,
      start,
      end,
      type: unqualified(type),
      place: expr,
      isVolatile: volatile,
    };
  }

  /** The object at the bottom of a place needs memory from now on. */
  protected takeAddress(place: TExpr): void {
    const variable = baseVariable(place);
    if (variable && this.unevaluated === 0) variable.addressTaken = true;
  }

  /** A conversion without questions asked; none if the types are the same. */
  protected convert(operand: TExpr, to: CType, reason: ConversionReason, id?: number): TExpr {
    const from = operand.type;
    if (from === POISON || to === POISON) return operand;
    const type = unqualified(to);
    if (reason !== 'cast' && sameType(from, type, { qualifiers: false })) return operand;
    const { start, end } = operand;
    const node = { kind: 'convert', id: id ?? this.ids.next++, start, end, type, operand, reason } as const;
    if (type.kind !== 'int' || operand.folded === undefined || !isScalar(from)) {
      // A null pointer constant keeps its value: addresses of static initialisers need it.
      return type.kind === 'pointer' && operand.folded !== undefined
        ? { ...node, folded: operand.folded & 0xffff }
        : node;
    }
    return { ...node, folded: wrap(operand.folded, type) };
  }

  protected promote(expr: TExpr): TExpr {
    return expr.type.kind === 'int' && expr.type !== POISON
      ? this.convert(expr, promoted(expr.type), 'promotion')
      : expr;
  }

  /** Default argument promotions: for variadic arguments and functions without a prototype. */
  protected promoteArgument(expr: TExpr): TExpr {
    return this.promote(expr);
  }

  /** The usual arithmetic conversions, shown as promotion and then conversion to the common type. */
  protected balance(left: TExpr, right: TExpr): { left: TExpr; right: TExpr; type: IntType } {
    if (left.type.kind !== 'int' || right.type.kind !== 'int') return { left, right, type: POISON };
    const type = commonType(left.type, right.type);
    return { left: this.toCommon(left, type), right: this.toCommon(right, type), type };
  }

  private toCommon(expr: TExpr, type: IntType): TExpr {
    const small = expr.type.kind === 'int' && RANK[expr.type.name] < RANK.int;
    return this.convert(expr, type, small ? 'promotion' : 'arithmetic');
  }

  protected arithmetic(at: At, operator: ArithmeticOperator, left: TExpr, right: TExpr, type: IntType): TExpr {
    const known = left.folded !== undefined && right.folded !== undefined;
    const folded = known ? foldArithmetic(operator, left.folded as number, right.folded as number, type) : undefined;
    const { id, start, end } = at;
    return { kind: 'arithmetic', id, start, end, type, operator, left, right, folded };
  }

  // -------------------------------------------------------------- as if by assignment

  /**
   * Converts a value as an assignment does (C99 6.5.16.1) and reports what does not fit. `what` begins the message, for example
   * "argument 1 of f".
   */
  protected assignable(value: TExpr, to: CType, reason: ConversionReason, what: string): TExpr {
    const from = value.type;
    if (from === POISON || to === POISON) return value;
    const target = unqualified(to);
    switch (target.kind) {
      case 'int':
        if (from.kind === 'int') {
          this.warnNarrowing(value, target);
          return this.convert(value, target, reason);
        }
        if (from.kind === 'pointer') {
          if (target.name !== '_Bool') {
            this.report('pointer-to-int', value, { what, from: typeText(from), to: typeText(to) });
          }
          return this.convert(value, target, reason);
        }
        break;
      case 'pointer':
        return this.toPointer(value, target, reason, what);
      case 'record':
        if (from.kind === 'record' && from.info === target.info) return value;
        break;
      case 'void':
      case 'array':
      case 'function':
        break;
    }
    this.report('cannot-convert', value, { what, from: typeText(from), to: typeText(to) });
    return this.poison(value);
  }

  private toPointer(value: TExpr, to: PointerType, reason: ConversionReason, what: string): TExpr {
    const from = value.type;
    const texts = { what, from: typeText(from), to: typeText(to) };
    if (from.kind === 'int') {
      if (!this.isNull(value)) this.report('int-to-pointer', value, texts);
      return this.convert(value, to, reason);
    }
    if (from.kind !== 'pointer') {
      this.report('cannot-convert', value, texts);
      return this.poison(value);
    }
    const lost = from.to.qualifiers & ~to.to.qualifiers & (CONST | VOLATILE);
    const either = from.to.kind === 'void' || to.to.kind === 'void';
    if (!either && !sameType(from.to, to.to, { qualifiers: false }) && !bothBytes(from.to, to.to)) {
      this.report('pointer-mismatch', value, texts);
    } else if (lost !== 0 && !this.isNull(value)) {
      this.report('drops-qualifier', value, { ...texts, qualifier: (lost & CONST) !== 0 ? 'const' : 'volatile' });
    }
    return this.convert(value, to, reason);
  }

  /** 0, or 0 cast to void *. */
  protected isNull(expr: TExpr): boolean {
    if (expr.folded !== 0) return false;
    if (expr.type.kind === 'int') return true;
    return expr.type.kind === 'pointer' && expr.type.to.kind === 'void';
  }

  /** A constant that its new type cannot hold; -1 for an unsigned type and 255 for a signed one are usual and pass. */
  private warnNarrowing(value: TExpr, to: IntType): void {
    if (value.folded === undefined || value.type.kind !== 'int' || to.name === '_Bool' || this.unevaluated > 0) return;
    const bits = to.sizeBytes * 8;
    if (value.folded >= -(2 ** (bits - 1)) && value.folded < 2 ** bits) return;
    const result = wrap(value.folded, to);
    this.report('value-changes', value, { value: value.folded, type: typeText(to), result });
  }

  // -------------------------------------------------------------- demands

  /** A condition: any scalar. */
  protected condition(expr: TExpr, what: string): TExpr {
    if (!isScalar(expr.type)) {
      this.report('not-scalar', expr, { what, type: typeText(expr.type) });
      return this.poison(expr);
    }
    return expr;
  }

  protected modifiable(place: TExpr, what: string): boolean {
    if (isPoison(place)) return false;
    const { type } = place;
    if (!isLvalue(place) || place.kind === 'temporary') {
      this.report('not-lvalue', place, { what });
      return false;
    }
    if (type.kind === 'array') {
      this.report('assign-array', place, {});
      return false;
    }
    if (!isScalar(type) && type.kind !== 'record') {
      this.report('not-lvalue', place, { what });
      return false;
    }
    if (isConst(type) || (type.kind === 'record' && hasConstMember(type))) {
      const variable = baseVariable(place);
      this.report('assign-const', place, {}, variable ? this.declaredHere(variable) : {});
      return false;
    }
    if (sizeOf(type) === undefined) {
      this.report('incomplete-type', place, { type: typeText(type), what: 'it cannot be assigned to' });
      return false;
    }
    return true;
  }

  /** The type of what a pointer points to, demanded complete because of its size. */
  protected elementSize(pointer: TExpr, span: Span): number | undefined {
    const { type } = pointer;
    if (type.kind !== 'pointer') return undefined;
    // As in other compilers, arithmetic on void * and on function pointers counts bytes.
    if (type.to.kind === 'void' || type.to.kind === 'function') return 1;
    const size = sizeOf(type.to);
    if (size === undefined) {
      this.report('incomplete-type', span, { type: typeText(type.to), what: 'a pointer to it cannot be moved' });
    }
    return size;
  }

  /** Type of the member of an object: it is const if the object is. */
  protected memberType(object: RecordType, member: CType): CType {
    return qualified(member, object.qualifiers & (CONST | VOLATILE));
  }

  protected readonly int: IntType = INT;
}

/** Pointers to char types of different sign are exchanged all the time; nothing goes wrong. */
const bothBytes = (a: CType, b: CType): boolean =>
  a.kind === 'int' &&
  b.kind === 'int' &&
  a.sizeBytes === b.sizeBytes &&
  a.name !== '_Bool' &&
  b.name !== '_Bool' &&
  rangeOf(a).max - rangeOf(a).min === rangeOf(b).max - rangeOf(b).min;

function hasConstMember(type: RecordType): boolean {
  return (type.info.members ?? []).some(
    ({ type: member }) => isConst(member) || (member.kind === 'record' && hasConstMember(member)),
  );
}
