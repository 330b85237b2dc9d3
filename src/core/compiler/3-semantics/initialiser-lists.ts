/**
 * The walk through initialisers (C99 6.7.8): braces, left-out braces, designators, strings. An initialiser becomes a flat list of entries
 * (offset, value) in source order.
 */
import type { Expr, InitItem, InitList, StringExpr } from '../2-parser/ast';
import { LIMITS } from '../limits';
import { isPoison } from './context';
import { Expressions } from './expressions';
import { stringType } from './literals';
import { findMember } from './members';
import type { TExpr } from './typed';
import { sizeOf, typeText, type ArrayType, type CType, type Member, type RecordType } from './types';

export interface Entry {
  readonly offset: number;
  readonly type: CType;
  /** A value, or the bytes of a string that initialises an array. */
  readonly value: TExpr | Uint8Array;
}
interface Cursor {
  readonly items: readonly InitItem[];
  next: number;
  /** Index of the item whose designators have been followed already, -1 for none. */
  followed: number;
  /** The value of the next item, once it has been asked for: to ask again would count its names twice. */
  seen: TExpr | undefined;
}
interface Sink {
  readonly entries: Entry[];
  /** Bytes that some array of unknown length needs: grows with the highest element. */
  length: number;
}

export abstract class InitialiserLists extends Expressions {
  /** Initialises an object of `type`; gives the type back, completed if it was an array of unknown length. */
  protected collect(type: CType, init: Expr | InitList): { type: CType; entries: Entry[] } {
    const sink: Sink = { entries: [], length: 0 };
    if (type.kind === 'array' && type.length === undefined) {
      const element = sizeOf(type.of);
      if (element === undefined) return { type, entries: [] };
      this.object(type, 0, init, sink);
      // Elements of an empty struct take no room: their initialisers are counted.
      const items = init.kind === 'init-list' ? init.items.length : 0;
      const length = element === 0 ? items : Math.ceil(sink.length / element);
      return { type: { ...type, length }, entries: sink.entries };
    }
    this.object(type, 0, init, sink);
    return { type, entries: sink.entries };
  }

  /** One object from one initialiser, whose value may be known (`seen`). */
  private object(type: CType, offset: number, init: Expr | InitList, sink: Sink, seen?: TExpr): void {
    const text = type.kind === 'array' ? stringOf(init, type) : undefined;
    if (text && type.kind === 'array') {
      this.text(type, offset, text, sink);
      return;
    }
    if (init.kind === 'init-list') {
      this.braced(type, offset, init, sink);
      return;
    }
    if (type.kind === 'array') {
      const value = this.expr(init);
      if (isPoison(value)) return;
      // `int a[] = (int[]){1, 2}`: not C99, but its meaning is clear and other compilers take it.
      if (value.kind === 'compound-literal' && value.type.kind === 'array') {
        this.report('not-in-language', init, { feature: 'an array initialised by another array' });
        return;
      }
      this.report('bad-initialiser', init, { type: typeText(type) });
      return;
    }
    const value = this.assignable(seen ?? this.value(init), type, 'initialiser', 'initial value');
    if (!isPoison(value)) sink.entries.push({ offset, type, value });
  }

  private braced(type: CType, offset: number, list: InitList, sink: Sink): void {
    if (type.kind === 'array' || type.kind === 'record') {
      const cursor: Cursor = { items: list.items, next: 0, followed: -1, seen: undefined };
      this.members(type, offset, cursor, 0, true, sink);
      const rest = list.items[cursor.next];
      if (rest) this.report('too-many-initialisers', rest, { what: `\`${typeText(type)}\`` });
      return;
    }
    const [first, second] = list.items;
    if (!first) {
      const zero = this.convert(this.constant({ start: list.start, end: list.end }, 0, this.int), type, 'initialiser');
      sink.entries.push({ offset, type, value: zero });
      return;
    }
    if (second) this.report('too-many-initialisers', second, { what: `\`${typeText(type)}\`` });
    if (first.designators.length > 0) {
      this.report('bad-designator', first, {
        designator: this.sourceMap.text(first).slice(0, 20),
        type: typeText(type),
      });
      return;
    }
    this.object(type, offset, first.value, sink);
  }

  /**
   * Members or elements from `index` on. In a list of its own (`braced`) designators select; where braces are left out the walk
   * ends when the object is full or a designator comes.
   */
  private members(
    type: ArrayType | RecordType,
    offset: number,
    cursor: Cursor,
    index: number,
    braced: boolean,
    sink: Sink,
  ): void {
    let i = index;
    while (cursor.next < cursor.items.length) {
      const item = cursor.items[cursor.next] as InitItem;
      if (item.designators.length > 0 && cursor.followed !== cursor.next) {
        if (!braced) return;
        const after = this.designated(type, offset, item, 0, cursor, sink);
        if (after === undefined) {
          pass(cursor);
          continue;
        }
        i = after;
        continue;
      }
      const part = this.part(type, i);
      if (!part) return;
      this.item(part.type, offset + part.offset, cursor, sink);
      sink.length = Math.max(sink.length, offset + part.offset + (sizeOf(part.type) ?? 0));
      i = type.kind === 'record' && type.info.isUnion ? Number.MAX_SAFE_INTEGER : i + 1;
    }
  }

  /** Element i of an array, or member i of a record. */
  private part(type: ArrayType | RecordType, i: number): { type: CType; offset: number } | undefined {
    if (type.kind === 'array') {
      const size = sizeOf(type.of);
      if (size === undefined || (type.length !== undefined && i >= type.length)) return undefined;
      if (type.length === undefined && i * size > LIMITS.objectBytes) return undefined;
      return { type: type.of, offset: i * size };
    }
    const member = namedMembers(type)[i];
    if (!member) return undefined;
    return { type: this.memberType(type, member.type), offset: member.offset };
  }

  /** The next item for one object: a list of its own, a value, or as many items as it takes. */
  private item(type: CType, offset: number, cursor: Cursor, sink: Sink): void {
    const item = cursor.items[cursor.next] as InitItem;
    const { value } = item;
    if (value.kind === 'init-list' || (type.kind !== 'array' && type.kind !== 'record')) {
      const { seen } = cursor;
      pass(cursor);
      this.object(type, offset, value, sink, seen);
      return;
    }
    if (type.kind === 'array') {
      if (stringOf(value, type)) {
        pass(cursor);
        this.object(type, offset, value, sink);
        return;
      }
      if (type.length === undefined) {
        pass(cursor);
        this.report('bad-initialiser', value, { type: typeText(type) });
        return;
      }
    } else if (this.mayBeRecord(value)) {
      const whole = (cursor.seen ??= this.value(value));
      if (isPoison(whole) || (whole.type.kind === 'record' && whole.type.info === type.info)) {
        pass(cursor);
        if (!isPoison(whole)) sink.entries.push({ offset, type, value: whole });
        return;
      }
      // A record, but of another type: it belongs to the first member of that type further in.
    }
    const before = cursor.next;
    this.members(type, offset, cursor, 0, false, sink);
    // An empty struct takes nothing: do not stay here for ever.
    if (cursor.next === before) pass(cursor);
  }

  /** Could this expression be a struct or union? Literals and arithmetic cannot, and are looked at only once that way. */
  private mayBeRecord(expr: Expr): boolean {
    switch (expr.kind) {
      case 'paren':
        return this.mayBeRecord(expr.expression);
      case 'identifier': {
        const symbol = this.lookup(expr.name);
        return symbol?.kind === 'variable' && symbol.type.kind === 'record';
      }
      case 'call':
      case 'member':
      case 'index':
      case 'assign':
      case 'conditional':
      case 'compound-literal':
      case 'comma':
        return true;
      case 'unary':
        return expr.operator === '*';
      default:
        return false;
    }
  }

  /** An item with designators, from the k-th on; gives the index of the part after the designated one. */
  private designated(
    type: CType,
    offset: number,
    item: InitItem,
    k: number,
    cursor: Cursor,
    sink: Sink,
  ): number | undefined {
    const designator = item.designators[k];
    if (!designator) return undefined;
    const bad = () => {
      this.report('bad-designator', designator, {
        designator: this.sourceMap.text(designator).slice(0, 30),
        type: typeText(type),
      });
      return undefined;
    };
    let part: { type: CType; offset: number } | undefined;
    let index = 0;
    if (designator.kind === 'index-designator') {
      const value = this.value(designator.index);
      if (type.kind !== 'array') return bad();
      if (value.folded === undefined) {
        this.report('not-constant', designator, { what: 'an index in an initialiser' });
        return undefined;
      }
      index = value.folded;
      part = index < 0 ? undefined : this.part(type, index);
      if (!part) return bad();
    } else {
      if (type.kind !== 'record') return bad();
      const found = findMember(type.info, designator.name);
      if (!found) return bad();
      index = namedMembers(type).findIndex((member) => holds(member, found.member));
      part = { type: this.memberType(type, found.member.type), offset: found.offset };
    }
    const at = offset + part.offset;
    if (k + 1 < item.designators.length) {
      const next = this.designated(part.type, at, item, k + 1, cursor, sink);
      if (next === undefined) return undefined;
      // Items without designators go on inside the part before they go on behind it.
      const follows = cursor.items[cursor.next];
      const inner = part.type;
      if (
        follows &&
        follows.designators.length === 0 &&
        (inner.kind === 'array' || (inner.kind === 'record' && !inner.info.isUnion))
      ) {
        this.members(inner, at, cursor, next, false, sink);
      }
    } else {
      cursor.followed = cursor.next;
      this.item(part.type, at, cursor, sink);
    }
    sink.length = Math.max(sink.length, at + (sizeOf(part.type) ?? 0));
    return type.kind === 'record' && type.info.isUnion ? Number.MAX_SAFE_INTEGER : index + 1;
  }

  private text(type: ArrayType, offset: number, literal: StringExpr, sink: Sink): void {
    const { bytes } = literal;
    const given = stringType(literal);
    const unit = sizeOf(given.of) ?? 1;
    const size = bytes.length + unit;
    const room = type.length === undefined ? size : type.length * unit;
    if (bytes.length > room) {
      this.report('string-too-long', literal, { given: given.length ?? 0, length: type.length ?? 0 });
      return;
    }
    const whole = new Uint8Array(Math.min(size, room));
    whole.set(bytes);
    sink.length = Math.max(sink.length, offset + whole.length);
    sink.entries.push({ offset, type, value: whole });
  }
}

function pass(cursor: Cursor): void {
  cursor.next++;
  cursor.seen = undefined;
}

/** A string literal, perhaps in brackets or braces, for an array of characters of its width. */
function stringOf(init: Expr | InitList, type: ArrayType): StringExpr | undefined {
  if (type.of.kind !== 'int') return undefined;
  if (init.kind === 'string') return sizeOf(stringType(init).of) === type.of.sizeBytes ? init : undefined;
  if (init.kind === 'paren') return stringOf(init.expression, type);
  const only = init.kind === 'init-list' && init.items.length === 1 ? init.items[0] : undefined;
  return only && only.designators.length === 0 && only.value.kind !== 'init-list'
    ? stringOf(only.value, type)
    : undefined;
}

/** Members that take part in initialisation; of a union only the first does without a designator. */
const namedMembers = (type: RecordType): readonly Member[] => type.info.members ?? [];

const holds = (member: Member, wanted: Member): boolean =>
  member === wanted ||
  (member.name === null &&
    member.type.kind === 'record' &&
    (member.type.info.members ?? []).some((inner) => holds(inner, wanted)));
