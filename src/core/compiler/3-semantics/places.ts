/** Expressions that name an object or a function (C99 6.5.1, 6.5.2.1, 6.5.2.3, 6.5.3.2): names, elements, members, and `&` of them. */
import type { Expr, IdentifierExpr, IndexExpr, MemberExpr, UnaryExpr } from '../2-parser/ast';
import { LONG_LONG_TYPE } from '../2-parser/library-types';
import { withoutParentheses } from '../2-parser/walk';
import { counted } from '../messages';
import { similar, suggestion } from '../similar';
import { headerOf } from './builtins';
import { isPoison, type At } from './context';
import { isLvalue } from './conversions';
import { findMember, memberNames } from './members';
import { Operators } from './operators';
import type { TExpr } from './typed';
import { CHAR, arrayOf, pointerTo, qualified, sizeOf, typeText, type ArrayType, type RecordInfo } from './types';

export abstract class Places extends Operators {
  private readonly undeclared = new Set<string>();

  protected abstract expr(expr: Expr): TExpr;

  /** The value of an expression. */
  protected value(expr: Expr): TExpr {
    return this.rvalue(this.expr(expr));
  }

  // -------------------------------------------------------------- names

  protected identifier(expr: IdentifierExpr): TExpr {
    const { name, id, start, end } = expr;
    const symbol = this.lookup(name);
    if (!symbol) return this.unknownName(expr);
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

  private unknownName(expr: IdentifierExpr): TExpr {
    const { name } = expr;
    if ((name === '__func__' || name === '__FUNCTION__') && this.fn)
      return this.functionName(expr, this.fn.symbol.name);
    if (LONG_LONG_TYPE.test(name)) {
      this.report('no-long-long', expr, {});
      return this.poison(expr);
    }
    // Once a function says it all; the same name would be missing everywhere.
    const key = `${this.fn?.symbol.id ?? 0}:${name}`;
    if (this.undeclared.has(key)) return this.poison(expr);
    this.undeclared.add(key);
    const { hint, fix } = suggestion(this.similarName(name), expr);
    const header = headerOf(name);
    const from = hint === '' && header ? `: it comes from <${header}>` : hint;
    this.report('undeclared-name', expr, { name, hint: from }, { fix });
    return this.poison(expr);
  }

  /** `__func__`. */
  private functionName(expr: IdentifierExpr, name: string): TExpr {
    const bytes = Uint8Array.from(name, (c) => c.charCodeAt(0));
    const type = arrayOf(qualified(CHAR, 1), bytes.length + 1);
    return this.stringLiteral(expr, bytes, type);
  }

  /** The object that holds the characters of a literal. */
  protected stringLiteral(at: At, bytes: Uint8Array, type: ArrayType): TExpr {
    const { id, start, end } = at;
    return { kind: 'string', id, start, end, type, symbol: this.stringObject(at, bytes, type) };
  }

  // -------------------------------------------------------------- elements

  protected index(expr: IndexExpr, underAddress: boolean): TExpr {
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
          length: counted(length ?? 0, 'element'),
        });
      }
    }
    const bound = this.unchecked ? undefined : limit;
    return { kind: 'index', id, start, end, type: array.type.of, array, index, bound };
  }

  // -------------------------------------------------------------- members

  protected member(expr: MemberExpr): TExpr {
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
    const { hint, fix } = suggestion(similar(expr.name, memberNames(info)), span);
    this.report(
      'no-member',
      span,
      { type, name: expr.name, hint },
      { ...this.declaredHere(info, 'defined here'), fix },
    );
  }

  // -------------------------------------------------------------- &

  protected address(expr: UnaryExpr): TExpr {
    const { id, start, end } = expr;
    const inner = withoutParentheses(expr.operand);
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
