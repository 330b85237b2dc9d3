/** struct, union and enum (C99 6.7.2.1 to 6.7.2.3): which type a tag means, where members lie, what constants are worth. */
import type { EnumSpecifier, MemberDeclaration, RecordSpecifier } from '../2-parser/ast';
import type { Span } from '../../base/source';
import { LIMITS } from '../limits';
import { POISON, isPoison } from './context';
import { DeclaredTypes } from './declared-types';
import { memberNames } from './members';
import type { CSymbol, TagSymbol } from './typed';
import {
  INT,
  LONG,
  UINT,
  ULONG,
  sizeOf,
  typeText,
  type CType,
  type EnumInfo,
  type IntType,
  type Member,
  type RecordInfo,
} from './types';

/** A struct or union while its members are read. */
interface Layout {
  readonly members: Member[];
  readonly names: Set<string>;
  /** Where the next member of a struct begins. */
  offset: number;
  sizeBytes: number;
}

export abstract class Tags extends DeclaredTypes {
  /** Those whose members are being read: a definition inside of one is another type. */
  private readonly open = new Set<RecordInfo | EnumInfo>();

  // -------------------------------------------------------------- struct and union

  protected record(specifier: RecordSpecifier): RecordInfo {
    const { tag, isUnion, members } = specifier;
    const kind = isUnion ? 'union' : 'struct';
    let info: RecordInfo | undefined;
    if (tag !== null) {
      // A definition, or `struct tag;` by itself, means this scope; a mere use any scope.
      const known = members ? this.scope.tags.get(tag) : this.lookupTag(tag);
      if (known && (!known.record || known.record.isUnion !== isUnion)) {
        const texts = { name: tag, is: tagKind(known), used: kind };
        this.report('unknown-tag-kind', specifier, texts, this.declaredHere(known));
      } else {
        info = known?.record;
      }
    }
    if (members && info && this.isDefined(info)) {
      this.report('redefined', specifier, { name: `${kind} ${tag ?? ''}` }, this.declaredHere(info, 'defined here'));
      info = undefined;
    }
    info ??= this.newRecord(specifier);
    if (members) {
      if (tag !== null) Object.assign(info, { start: specifier.tagStart, end: specifier.tagStart + tag.length });
      this.open.add(info);
      this.completeRecord(info, specifier);
      this.open.delete(info);
    }
    return info;
  }

  private isDefined(info: RecordInfo | EnumInfo): boolean {
    return info.members !== undefined || this.open.has(info);
  }

  /** A type that has no members yet. */
  private newRecord({ isUnion, tag, tagStart, start: from }: RecordSpecifier): RecordInfo {
    const start = tag === null ? from : tagStart;
    const end = tag === null ? from : tagStart + tag.length;
    const number = this.numbers.record++;
    const info: RecordInfo = { isUnion, tag, number, members: undefined, sizeBytes: 0, start, end, alias: null };
    this.records.push(info);
    if (tag !== null) this.scope.tags.set(tag, { kind: 'record', name: tag, record: info, start, end });
    return info;
  }

  /** `struct tag;` in a block is a new type, even if an outer scope has that tag. */
  protected forwardTag(specifier: RecordSpecifier): void {
    const { tag } = specifier;
    if (tag !== null && !this.scope.tags.has(tag)) this.newRecord(specifier);
  }

  private completeRecord(info: RecordInfo, specifier: RecordSpecifier): void {
    const layout: Layout = { members: [], names: new Set(), offset: 0, sizeBytes: 0 };
    const all = specifier.members ?? [];
    all.forEach((declaration, i) => this.memberDeclaration(info, layout, declaration, i === all.length - 1));
    if (layout.sizeBytes > LIMITS.objectBytes) {
      const name = info.isUnion ? 'this union' : 'this struct';
      this.report('object-too-large', specifier, { name, size: layout.sizeBytes });
      layout.sizeBytes = 0;
    }
    info.sizeBytes = layout.sizeBytes;
    info.members = layout.members;
  }

  private memberDeclaration(info: RecordInfo, layout: Layout, declaration: MemberDeclaration, isLast: boolean): void {
    const base = this.specifierType(declaration.specifiers);
    const { declarators } = declaration;
    if (declarators.length === 0) {
      // An anonymous struct or union; with a tag it only declares that.
      const { type } = declaration.specifiers;
      if (base.kind === 'record' && type.kind === 'record-type' && type.tag === null)
        this.addMember(info, layout, null, base, declaration);
      else if (base !== POISON && type.kind === 'basic-type') this.report('missing-declarator', declaration, {});
      return;
    }
    declarators.forEach((declarator, j) => {
      const { type, name } = this.declaratorType(declarator, base);
      if (!name || type === POISON) return;
      const mayBeOpen = isLast && j === declarators.length - 1 && !info.isUnion;
      const isFlexible = type.kind === 'array' && type.length === undefined && mayBeOpen;
      if (sizeOf(type) === undefined && !isFlexible) {
        this.report('incomplete-type', name, { type: typeText(type), what: `\`${name.name}\` cannot be a member` });
        return;
      }
      this.addMember(info, layout, name.name, type, name);
    });
  }

  private addMember(info: RecordInfo, layout: Layout, name: string | null, type: CType, span: Span): void {
    const { isUnion } = info;
    for (const each of name !== null ? [name] : type.kind === 'record' ? memberNames(type.info) : []) {
      if (layout.names.has(each)) {
        this.report('duplicate-member', span, { name: each, record: isUnion ? 'union' : 'struct' });
      }
      layout.names.add(each);
    }
    const { start, end } = span;
    layout.members.push({ name, type, offset: isUnion ? 0 : layout.offset, start, end });
    const bytes = sizeOf(type) ?? 0;
    layout.offset += bytes;
    layout.sizeBytes = isUnion ? Math.max(layout.sizeBytes, bytes) : layout.offset;
  }

  // -------------------------------------------------------------- enum

  protected enumeration(specifier: EnumSpecifier): EnumInfo {
    const { tag, tagStart, start, members } = specifier;
    const known = tag === null ? undefined : members ? this.scope.tags.get(tag) : this.lookupTag(tag);
    if (known && !known.enumeration) {
      const texts = { name: tag ?? '', is: tagKind(known), used: 'enum' };
      this.report('unknown-tag-kind', specifier, texts, this.declaredHere(known));
    }
    let info = known?.enumeration;
    if (members && info && this.isDefined(info)) {
      this.report('redefined', specifier, { name: `enum ${tag ?? ''}` }, this.declaredHere(info, 'defined here'));
      info = undefined;
    }
    if (!info) {
      const at = tag === null ? start : tagStart;
      info = { tag, members: undefined, start: at, end: tag === null ? start : tagStart + tag.length };
      this.enums.push(info);
      if (tag !== null && !known) {
        this.scope.tags.set(tag, { kind: 'enum', name: tag, enumeration: info, start: info.start, end: info.end });
      }
    }
    if (members) {
      this.open.add(info);
      info.members = this.enumMembers(members);
      this.open.delete(info);
    }
    return info;
  }

  private enumMembers(members: NonNullable<EnumSpecifier['members']>): { name: string; value: number }[] {
    const list: { name: string; value: number }[] = [];
    let next = 0;
    for (const member of members) {
      if (member.value) {
        const value = this.value(member.value);
        if (value.folded !== undefined) next = value.folded;
        else if (!isPoison(value)) this.report('not-constant', member.value, { what: 'the value of an enum constant' });
      }
      if (next > 0xffffffff) {
        this.report('constant-overflow', member, { exact: next, type: typeText(ULONG), result: 0 });
        next = 0;
      }
      const type = constantType(next);
      const at = { name: member.name, start: member.start, end: member.start + member.name.length };
      const symbol: CSymbol = { kind: 'enum-constant', id: this.numbers.symbol++, ...at, uses: [], type, value: next };
      symbol.uses.push({ start: at.start, end: at.end });
      if (!this.clash(at)) this.scope.symbols.set(member.name, symbol);
      list.push({ name: member.name, value: next });
      next++;
    }
    return list;
  }
}

/** A constant is an int (C99 6.7.2.2); what does not fit one gets the type of such a number. */
function constantType(value: number): IntType {
  if (value >= -0x8000 && value <= 0x7fff) return INT;
  if (value >= 0 && value <= 0xffff) return UINT;
  return value <= 0x7fffffff ? LONG : ULONG;
}

const tagKind = ({ record }: TagSymbol): 'struct' | 'union' | 'enum' =>
  record ? (record.isUnion ? 'union' : 'struct') : 'enum';
