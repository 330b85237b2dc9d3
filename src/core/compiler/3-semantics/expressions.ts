/** Types of expressions (C99 6.5). Builds the typed tree from the leaves up; an error gives a poisoned node, over which nothing more is said. */
import type {
  AssignExpr,
  BinaryExpr,
  CallExpr,
  CastExpr,
  CompoundLiteralExpr,
  ConditionalExpr,
  Expr,
  GenericChoice,
  GenericExpr,
  IdentifierExpr,
  IndexExpr,
  MemberExpr,
  NumberExpr,
  StringExpr,
  TypeBuiltinExpr,
  TypeName,
  UnaryExpr,
  WidePrefix,
} from '../2-parser/ast';
import { LONG_LONG_TYPE } from '../2-parser/declarations';
import { BUILTINS, absenceOf, headerOf, implicitFunctionType } from './builtins';
import { similar } from '../similar';
import { POISON, isPoison } from './context';
import { Conversions, isLvalue } from './conversions';
import { exactArithmetic, foldCompare } from './fold';
import type { ArithmeticOperator, CompareOperator, FunctionSymbol, TExpr, UpdateExpr } from './typed';
import {
  CHAR,
  INT,
  LONG,
  PTRDIFF,
  SIZE,
  UINT,
  ULONG,
  VA_LIST,
  VOID,
  arrayOf,
  commonType,
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
  type ArrayType,
  type CType,
  type FunctionType,
  type IntType,
  type Member,
  type RecordInfo,
} from './types';

type At = { readonly id: number; readonly start: number; readonly end: number };

export abstract class Expressions extends Conversions {
  protected abstract resolveTypeName(name: TypeName): CType;
  protected abstract compoundLiteral(expr: CompoundLiteralExpr): TExpr;
  protected abstract declareImplicit(name: string, at: Expr, type: FunctionType): FunctionSymbol;
  /** Names of the functions that this unit defines somewhere. */
  protected abstract definesFunction(name: string): boolean;

  private readonly undeclared = new Set<string>();

  /** The value of an expression. */
  protected value(expr: Expr): TExpr {
    return this.rvalue(this.expr(expr));
  }

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

  // -------------------------------------------------------------- primary

  private number(expr: NumberExpr): TExpr {
    return this.constant(expr, wrap(expr.value, literalType(expr)), literalType(expr));
  }

  private string(expr: StringExpr): TExpr {
    const type = stringType(expr);
    const symbol = this.stringObject(expr, expr.bytes, type);
    return { kind: 'string', id: expr.id, start: expr.start, end: expr.end, type, symbol };
  }

  private identifier(expr: IdentifierExpr): TExpr {
    const { name, id, start, end } = expr;
    const symbol = this.lookup(name);
    if (!symbol) {
      if ((name === '__func__' || name === '__FUNCTION__') && this.fn) return this.functionName(expr);
      // Once a function says it all; the same name would be missing everywhere.
      if (LONG_LONG_TYPE.test(name)) {
        this.report('no-long-long', expr, {});
        return this.poison(expr);
      }
      const key = `${this.fn?.symbol.id ?? 0}:${name}`;
      if (this.undeclared.has(key)) return this.poison(expr);
      this.undeclared.add(key);
      const hint = this.similarName(name);
      const span = { start, end };
      const fix = hint === undefined ? undefined : { title: `Change to \`${hint}\``, edits: [{ span, text: hint }] };
      const header = headerOf(name);
      const text = hint !== undefined ? `: did you mean \`${hint}\`?` : header ? `: it comes from <${header}>` : '';
      this.report('undeclared-name', expr, { name, hint: text }, { fix });
      return this.poison(expr);
    }
    symbol.uses.push({ start, end });
    switch (symbol.kind) {
      case 'enum-constant':
        return this.constant(expr, symbol.value, symbol.type);
      case 'variable':
        return { kind: 'variable', id, start, end, type: symbol.type, symbol };
      case 'function':
        return { kind: 'function', id, start, end, type: symbol.type, symbol };
      case 'typedef':
        this.report('expected-expression', expr, { found: `the type \`${name}\`` });
        return this.poison(expr);
    }
  }

  private functionName(expr: IdentifierExpr): TExpr {
    const name = this.fn?.symbol.name ?? '';
    const bytes = Uint8Array.from(name, (c) => c.charCodeAt(0));
    const type = arrayOf(qualified(CHAR, 1), bytes.length + 1);
    const symbol = this.stringObject(expr, bytes, type);
    return { kind: 'string', id: expr.id, start: expr.start, end: expr.end, type, symbol };
  }

  // -------------------------------------------------------------- unary

  private unary(expr: UnaryExpr): TExpr {
    const { id, start, end, operator } = expr;
    switch (operator) {
      case '++':
      case '--':
        return this.step(expr, expr.operand, operator, 'new');
      case '&':
        return this.address(expr);
      case '*': {
        const pointer = this.value(expr.operand);
        return this.deref({ id, start, end }, pointer, '*');
      }
      case '!': {
        const operand = this.condition(this.value(expr.operand), 'the operand of `!`');
        const folded = operand.folded === undefined ? undefined : operand.folded === 0 ? 1 : 0;
        return isPoison(operand) ? operand : { kind: 'unary', id, start, end, type: INT, operator, operand, folded };
      }
      case '+':
      case '-':
      case '~': {
        const raw = this.value(expr.operand);
        if (isPoison(raw)) return raw;
        if (raw.type.kind !== 'int') {
          this.report('bad-operand', expr, { operator, type: typeText(raw.type) });
          return this.poison(expr);
        }
        const operand = this.promote(raw);
        if (operator === '+') return operand;
        const type = operand.type as IntType;
        const { folded: known } = operand;
        const folded = known === undefined ? undefined : wrap(operator === '-' ? -known : ~known, type) + 0;
        return { kind: 'unary', id, start, end, type, operator, operand, folded };
      }
    }
  }

  private address(expr: UnaryExpr): TExpr {
    const { id, start, end } = expr;
    let inner = expr.operand;
    while (inner.kind === 'paren') inner = inner.expression;
    const place = inner.kind === 'index' ? this.index(inner, true) : this.expr(inner);
    if (isPoison(place)) return place;
    if (place.type.kind !== 'function' && (!isLvalue(place) || place.kind === 'temporary')) {
      this.report('not-lvalue', expr, { what: '`&`' });
      return this.poison(expr);
    }
    this.takeAddress(place);
    const type = pointerTo(place.type);
    // &*p is p, also for a null pointer (C99 6.5.3.2 paragraph 3).
    if (place.kind === 'deref') return this.convert(place.pointer, type, 'cast', id);
    const folded = place.kind === 'member' ? nullOffset(place) : undefined;
    return { kind: 'address', id, start, end, type, place, folded };
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

  /** `++` and `--`. */
  private step(at: At, target: Expr, operator: '++' | '--', gives: 'new' | 'old'): TExpr {
    const place = this.expr(target);
    if (!this.modifiable(place, `\`${operator}\``)) return this.poison(at);
    const one = this.constant(at.id === 0 ? at : { start: at.start, end: at.end }, 1, INT);
    return this.update(at, operator, place, operator === '++' ? '+' : '-', one, gives);
  }

  /** `place = old op value`, with every conversion. */
  private update(
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

  // -------------------------------------------------------------- binary

  private binary(expr: BinaryExpr): TExpr {
    const { operator, id, start, end } = expr;
    const left = this.value(expr.left);
    const right = this.value(expr.right);
    if (isPoison(left)) return left;
    if (isPoison(right)) return right;
    switch (operator) {
      case '&&':
      case '||': {
        const what = `an operand of \`${operator}\``;
        const a = this.condition(left, what);
        const b = this.condition(right, what);
        if (isPoison(a) || isPoison(b)) return this.poison(expr);
        const folded = foldLogical(operator, a.folded, b.folded);
        return { kind: 'logical', id, start, end, type: INT, operator, left: a, right: b, folded };
      }
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

  /** `left op right` for the arithmetic operators, on integers and pointers. */
  private combine(at: At, operator: ArithmeticOperator, left: TExpr, right: TExpr, spelled: string): TExpr {
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

  private compare(at: At, operator: CompareOperator, left: TExpr, right: TExpr): TExpr {
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
    if (commonType(p, q).sizeBytes > signed.type.sizeBytes && !signed.type.signed) return;
    this.report('sign-compare', at, {});
  }

  // -------------------------------------------------------------- assignment, ?:

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
    const { id, start, end } = expr;
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
      const { x, y, type } = this.balancePointers(expr, a, b);
      return make(type, x, y);
    }
    if (a.type.kind === 'record' && b.type.kind === 'record' && a.type.info === b.type.info) return make(a.type, a, b);
    this.report('bad-operands', expr, { operator: '?:', left: typeText(a.type), right: typeText(b.type) });
    return this.poison(expr);
  }

  // -------------------------------------------------------------- postfix

  private index(expr: IndexExpr, underAddress: boolean): TExpr {
    const object = this.expr(expr.object);
    const index = this.expr(expr.index);
    if (isPoison(object) || isPoison(index)) return this.poison(expr);
    const { id, start, end } = expr;
    if (object.type.kind === 'array') return this.element(expr, object, this.rvalue(index), underAddress);
    if (index.type.kind === 'array') return this.element(expr, index, this.rvalue(object), underAddress);
    const left = this.rvalue(object);
    const right = this.rvalue(index);
    const pointers = [left, right].filter((side) => side.type.kind === 'pointer').length;
    if (pointers !== 1) {
      const found = typeText((left.type.kind === 'int' ? left : right).type);
      this.report('not-a-pointer', expr, { operator: '[]', type: pointers === 2 ? typeText(right.type) : found });
      return this.poison(expr);
    }
    const sum = this.combine({ id: this.ids.next++, start, end }, '+', left, right, '[]');
    return this.deref({ id, start, end }, sum, '[]');
  }

  /** An element of an array that is named directly: checked against the array's length. */
  private element(at: At, array: TExpr, rawIndex: TExpr, underAddress: boolean): TExpr {
    if (array.type.kind !== 'array') return this.poison(at);
    if (rawIndex.type.kind !== 'int') {
      this.report('not-integer', rawIndex, { what: 'an index', type: typeText(rawIndex.type) });
      return this.poison(at);
    }
    if (sizeOf(array.type.of) === undefined) {
      this.report('incomplete-type', at, { type: typeText(array.type.of), what: 'its elements have no place' });
      return this.poison(at);
    }
    this.takeAddress(array);
    const { id, start, end } = at;
    const index = this.promote(rawIndex);
    const { length } = array.type;
    const known = length !== undefined && !isTrailingArray(array);
    const limit = known ? length + (underAddress ? 1 : 0) : undefined;
    if (limit !== undefined && index.folded !== undefined && this.unevaluated === 0) {
      if (index.folded < 0 || index.folded >= limit) {
        this.report('index-outside', rawIndex, {
          index: index.folded,
          length: length === 1 ? '1 element' : `${length ?? 0} elements`,
        });
      }
    }
    const bound = this.unchecked ? undefined : limit;
    return { kind: 'index', id, start, end, type: array.type.of, array, index, bound };
  }

  private member(expr: MemberExpr): TExpr {
    const raw = this.expr(expr.object);
    const object = expr.arrow ? this.rvalue(raw) : raw;
    if (isPoison(object)) return object;
    const { id, start, end, name } = expr;
    const record = expr.arrow && object.type.kind === 'pointer' ? object.type.to : object.type;
    if (record.kind !== 'record' || (expr.arrow && object.type.kind !== 'pointer')) {
      const operator = expr.arrow ? '->' : '.';
      const fits = !expr.arrow && object.type.kind === 'pointer' && object.type.to.kind === 'record';
      const operatorAt = { start: Math.max(expr.nameStart - 1, expr.object.end), end: expr.nameStart };
      const fix = fits ? { title: 'Change to `->`', edits: [{ span: operatorAt, text: '->' }] } : undefined;
      this.report(
        'not-a-record',
        { start: expr.object.start, end: expr.nameEnd },
        { operator, pointer: expr.arrow ? ' behind a pointer' : '', type: typeText(object.type) },
        { fix },
      );
      return this.poison(expr);
    }
    const found = record.info.members ? findMember(record.info, name) : undefined;
    if (!found) {
      this.noMember(expr, record.info);
      return this.poison(expr);
    }
    let place = object;
    if (expr.arrow) {
      place = this.deref({ id: this.ids.next++, start: object.start, end: object.end }, object, '->');
    } else if (!isLvalue(object)) {
      const span = { start: object.start, end: object.end };
      place = { kind: 'temporary', id: this.ids.next++, ...span, type: object.type, value: object };
    }
    const type = this.memberType(record, found.member.type);
    return { kind: 'member', id, start, end, type, object: place, member: found.member, offset: found.offset };
  }

  private noMember(expr: MemberExpr, info: RecordInfo): void {
    const span = { start: expr.nameStart, end: expr.nameEnd };
    const type = typeText({ kind: 'record', info, qualifiers: 0 });
    if (!info.members) {
      this.report('incomplete-type', expr, { type, what: 'its members are not known' });
      return;
    }
    const hint = similar(expr.name, memberNames(info));
    const fix = hint === undefined ? undefined : { title: `Change to \`${hint}\``, edits: [{ span, text: hint }] };
    const text = hint === undefined ? '' : `: did you mean \`${hint}\`?`;
    const notes =
      info.end > info.start ? [{ message: 'defined here', span: { start: info.start, end: info.end } }] : [];
    this.report('no-member', span, { type, name: expr.name, hint: text }, { notes, fix });
  }

  private call(expr: CallExpr): TExpr {
    let target = expr.callee;
    while (target.kind === 'paren') target = target.expression;
    if (target.kind === 'identifier' && !this.lookup(target.name)) {
      if (Object.hasOwn(BUILTINS, target.name)) return this.builtin(expr, target.name);
      const implicit = this.implicitFunction(target);
      if (!implicit) {
        for (const arg of expr.args) this.value(arg);
        return this.poison(expr);
      }
    }
    const designator = this.expr(target);
    const args = expr.args.map((arg) => this.value(arg));
    if (isPoison(designator)) return designator;
    // A direct call keeps the function itself; everything else is a pointer value.
    const callee = designator.kind === 'function' ? designator : this.rvalue(designator);
    const type =
      callee.type.kind === 'function'
        ? callee.type
        : callee.type.kind === 'pointer' && callee.type.to.kind === 'function'
          ? callee.type.to
          : undefined;
    if (!type) {
      this.report('not-a-function', expr.callee, { type: typeText(designator.type) });
      return this.poison(expr);
    }
    return this.finishCall(expr, callee, type, args);
  }

  private finishCall(expr: CallExpr, callee: TExpr, type: FunctionType, args: readonly TExpr[]): TExpr {
    const name = callee.kind === 'function' ? `\`${callee.symbol.name}\`` : 'the function';
    if (
      !type.unspecified &&
      (args.length < type.params.length || (args.length > type.params.length && !type.variadic))
    ) {
      const plural = (n: number) => (n === 1 ? '1 argument' : `${n} arguments`);
      const expected = (type.variadic ? 'at least ' : '') + plural(type.params.length);
      const extra = callee.kind === 'function' ? this.declaredHere(callee.symbol) : {};
      this.report('argument-count', expr, { callee: name, expected, given: args.length }, extra);
      return this.poison(expr);
    }
    let failed = false;
    const converted = args.map((arg, i) => {
      const param = type.unspecified ? undefined : type.params[i];
      const value = param
        ? this.assignable(arg, param, 'argument', `argument ${i + 1} of ${name}`)
        : this.promoteArgument(arg);
      if (value.type.kind === 'void')
        this.report('cannot-convert', arg, { what: `argument ${i + 1} of ${name}`, from: 'void', to: 'a value' });
      failed ||= isPoison(value) || value.type.kind === 'void';
      return value;
    });
    const { returns } = type;
    if (failed) return this.poison(expr);
    if (returns.kind !== 'void' && sizeOf(returns) === undefined) {
      this.report('incomplete-type', expr, { type: typeText(returns), what: 'a function cannot return it' });
      return this.poison(expr);
    }
    const { id, start, end } = expr;
    const fixedArgs = type.variadic ? type.params.length : args.length;
    return {
      kind: 'call',
      id,
      start,
      end,
      type: unqualified(returns),
      callee,
      args: converted,
      fixedArgs,
      variadic: type.variadic,
    };
  }

  /** A call of a function that no declaration announces: known ones of the library and later ones of the file pass with a warning. */
  private implicitFunction(target: IdentifierExpr): FunctionSymbol | undefined {
    const { name } = target;
    const type = implicitFunctionType(name) ?? (this.definesFunction(name) ? { ...IMPLICIT } : undefined);
    const header = headerOf(name);
    const absent = type ? undefined : absenceOf(name);
    if (absent !== undefined) {
      this.report('not-in-library', target, { name, why: absent });
      return undefined;
    }
    const similarTo = type ? undefined : this.similarName(name, (symbol) => symbol.kind === 'function');
    const hint = header
      ? `: include <${header}>`
      : type
        ? ' before this call: write its prototype above'
        : similarTo !== undefined
          ? `: did you mean \`${similarTo}\`?`
          : '';
    const span = { start: target.start, end: target.end };
    const { start } = this.unit;
    const fix = header
      ? { title: `Add #include <${header}>`, edits: [{ span: { start, end: start }, text: `#include <${header}>\n` }] }
      : similarTo !== undefined
        ? { title: `Change to \`${similarTo}\``, edits: [{ span, text: similarTo }] }
        : undefined;
    if (!type) {
      this.report('undeclared-function', target, { name, hint }, { fix });
      return undefined;
    }
    this.report('implicit-function', target, { name, hint }, { fix });
    return this.declareImplicit(name, target, type);
  }

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

  // -------------------------------------------------------------- built-ins

  private builtin(expr: CallExpr, name: string): TExpr {
    const row = BUILTINS[name];
    if (!row) return this.poison(expr);
    if (name.startsWith('__builtin_va_')) return this.vaBuiltin(expr, name);
    const args = expr.args.map((arg) => this.value(arg));
    if (args.length !== row.params.length) {
      this.report('builtin-arguments', expr, {
        name,
        expected: row.params.length === 1 ? '1 argument' : `${row.params.length} arguments`,
      });
      return this.poison(expr);
    }
    const converted = args.map((arg, i) =>
      this.assignable(arg, row.params[i] as CType, 'builtin', `argument ${i + 1} of \`${name}\``),
    );
    if (converted.some(isPoison)) return this.poison(expr);
    const { constantArg } = row;
    if (constantArg !== undefined && converted[constantArg]?.folded === undefined) {
      this.report('not-constant', expr.args[constantArg] ?? expr, { what: 'this argument' });
      return this.poison(expr);
    }
    const { id, start, end } = expr;
    return { kind: 'builtin', id, start, end, type: row.returns, name: row.name, args: converted };
  }

  private vaBuiltin(expr: CallExpr, name: string): TExpr {
    const { id, start, end } = expr;
    const wanted = name === '__builtin_va_end' ? 1 : 2;
    const list = expr.args[0] && this.expr(expr.args[0]);
    if (expr.args.length !== wanted || !list) {
      if (!(name === '__builtin_va_start' && expr.args.length === 1)) {
        this.report('builtin-arguments', expr, { name, expected: wanted === 1 ? '1 argument' : '2 arguments' });
        return this.poison(expr);
      }
    }
    if (!list || isPoison(list)) return this.poison(expr);
    if (!isLvalue(list) || list.type.kind !== 'pointer') {
      this.report('builtin-arguments', expr, { name, expected: 'a va_list' });
      return this.poison(expr);
    }
    let value: TExpr;
    if (name === '__builtin_va_end') {
      // Only what its argument does beside naming the list.
      const address: TExpr = { kind: 'address', id, start, end, type: pointerTo(list.type), place: list };
      return this.convert(address, VOID, 'cast');
    } else if (name === '__builtin_va_copy') {
      value = this.value(expr.args[1] as Expr);
    } else {
      if (!this.fn?.type.variadic) {
        this.report('va-start-outside', expr, {});
        return this.poison(expr);
      }
      if (expr.args[1]) this.expr(expr.args[1]);
      value = { kind: 'builtin', id: this.ids.next++, start, end, type: VA_LIST, name: 'va-start', args: [] };
    }
    const type = unqualified(list.type);
    const assigned: TExpr = { kind: 'assign', id, start, end, type, place: list, value, isVolatile: false };
    return this.convert(assigned, VOID, 'cast');
  }

  /** `va_arg(list, type)`: the argument lies where `list` points; then `list` moves on by whole pairs. */
  private vaArg(expr: TypeBuiltinExpr): TExpr {
    const list = this.expr(expr.operand);
    const type = this.resolveTypeName(expr.typeName);
    if (isPoison(list) || type === POISON) return this.poison(expr);
    if (!isLvalue(list) || list.type.kind !== 'pointer') {
      this.report('builtin-arguments', expr, { name: 'va_arg', expected: 'a va_list' });
      return this.poison(expr);
    }
    const size = sizeOf(type);
    if (size === undefined || type.kind === 'array') {
      this.report('incomplete-type', expr, { type: typeText(type), what: 'it is no type of an argument' });
      return this.poison(expr);
    }
    const { id, start, end } = expr;
    const slot = type.kind === 'record' ? 2 : size > 2 ? 4 : 2;
    const at = () => ({ id: this.ids.next++, start, end });
    const pointer = unqualified(list.type);
    const old: TExpr = { kind: 'old-value', ...at(), type: pointer };
    const step = this.constant({ start, end }, slot, INT);
    const result: TExpr = {
      kind: 'pointer-add',
      ...at(),
      type: VA_LIST,
      pointer: old,
      index: step,
      elementSize: 1,
      negate: false,
      indexFirst: false,
    };
    const moved: TExpr = {
      kind: 'update',
      ...at(),
      type: pointer,
      operator: '+=',
      place: list,
      result: this.convert(result, pointer, 'assignment'),
      gives: 'old',
      isVolatile: false,
    };
    const target = type.kind === 'record' ? pointerTo(pointerTo(type)) : pointerTo(type);
    const place = this.deref(at(), this.convert(moved, target, 'builtin'), 'va_arg');
    const value = this.rvalue(place);
    if (type.kind === 'record') return this.rvalue(this.deref({ id, start, end }, value, 'va_arg'));
    return { ...value, id };
  }

  private offsetof(expr: TypeBuiltinExpr): TExpr {
    const type = this.resolveTypeName(expr.typeName);
    const offset = this.designate(expr.operand, type);
    return offset === undefined ? this.poison(expr) : this.constant(expr, offset.at, SIZE);
  }

  private designate(expr: Expr, type: CType): { at: number; type: CType } | undefined {
    let base: { at: number; type: CType } | undefined = { at: 0, type };
    if (expr.kind === 'index' || expr.kind === 'member') base = this.designate(expr.object, type);
    if (!base) return undefined;
    if (expr.kind === 'index' && base.type.kind === 'array') {
      const index = this.value(expr.index).folded;
      const size = sizeOf(base.type.of);
      if (index !== undefined && size !== undefined) return { at: base.at + index * size, type: base.type.of };
    }
    if (expr.kind === 'identifier' || expr.kind === 'member') {
      const found = base.type.kind === 'record' ? findMember(base.type.info, expr.name) : undefined;
      if (found) return { at: base.at + found.offset, type: found.member.type };
      this.report('no-member', expr, { type: typeText(base.type), name: expr.name, hint: '' });
      return undefined;
    }
    this.report('not-constant', expr, { what: 'the member of offsetof' });
    return undefined;
  }
}

/** The type of a function that is called without a declaration: int f(). */
const IMPLICIT: FunctionType = {
  kind: 'function',
  returns: INT,
  params: [],
  variadic: false,
  unspecified: true,
  qualifiers: 0,
};

/** Types of the elements of wide literals: wchar_t, char16_t, char32_t. */
const UNIT_TYPES: Readonly<Record<WidePrefix, IntType>> = { L: INT, u: UINT, U: ULONG };

/** The array that a string literal is, its end mark included. */
export function stringType({ prefix, bytes }: StringExpr): ArrayType {
  const element = prefix ? UNIT_TYPES[prefix] : CHAR;
  return arrayOf(element, bytes.length / element.sizeBytes + 1);
}

/** C99 6.4.4.1: the first type that holds the value. */
function literalType({ value, decimal, unsignedSuffix, longSuffix }: NumberExpr): IntType {
  if (!longSuffix) {
    if (!unsignedSuffix && value <= 0x7fff) return INT;
    if ((unsignedSuffix || !decimal) && value <= 0xffff) return UINT;
  }
  if (!unsignedSuffix && value <= 0x7fffffff) return LONG;
  return ULONG;
}

function foldLogical(operator: '&&' | '||', a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return undefined;
  if (operator === '&&' ? a === 0 : a !== 0) return operator === '&&' ? 0 : 1;
  return b === undefined ? undefined : b !== 0 ? 1 : 0;
}

/** `&((struct s *)0)->m`, the old way to write offsetof. */
function nullOffset(place: TExpr): number | undefined {
  if (place.kind !== 'member') return undefined;
  const { object } = place;
  const base = object.kind === 'deref' ? object.pointer.folded : nullOffset(object);
  return base === undefined ? undefined : base + place.offset;
}

/** `char data[1]` or `data[]` at the end of a struct behind a pointer stands for as much as was allocated. */
function isTrailingArray(array: TExpr): boolean {
  return array.kind === 'member' && array.type.kind === 'array' && (array.type.length ?? 0) <= 1 && endsObject(array);
}

/** Whether it lies at the end of what a pointer points to. */
function endsObject(place: TExpr): boolean {
  if (place.kind === 'deref') return true;
  if (place.kind !== 'member' || place.object.type.kind !== 'record') return false;
  const { isUnion, members } = place.object.type.info;
  return (isUnion || members?.at(-1) === place.member) && endsObject(place.object);
}

/** The same sum of `old` and another operand, with the other one evaluated before it. */
function readingLast(combined: TExpr, old: TExpr): TExpr {
  if (combined.kind === 'arithmetic') return { ...combined, rightFirst: true };
  return combined.kind === 'pointer-add' && combined.pointer === old ? { ...combined, indexFirst: true } : combined;
}

/** Finds a member by name, through anonymous structs and unions; `offset` counts from the outer record. */
export function findMember(info: RecordInfo, name: string): { member: Member; offset: number } | undefined {
  for (const member of info.members ?? []) {
    if (member.name === name) return { member, offset: member.offset };
    if (member.name !== null || member.type.kind !== 'record') continue;
    const inner = findMember(member.type.info, name);
    if (inner) return { member: inner.member, offset: member.offset + inner.offset };
  }
  return undefined;
}

export function memberNames(info: RecordInfo): string[] {
  return (info.members ?? []).flatMap(({ name, type }) => {
    if (name !== null) return [name];
    return type.kind === 'record' ? memberNames(type.info) : [];
  });
}
