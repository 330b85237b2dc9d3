/** Declarations (C99 6.7): types from specifiers and declarators, records and enums, symbols of every storage. */
import type {
  Declaration,
  Declarator,
  EnumSpecifier,
  Expr,
  InitDeclarator,
  InitList,
  Parameter,
  RecordSpecifier,
  Specifiers,
  StaticAssert,
  TypeName,
  TypeSpecifier,
} from '../2-parser/ast';
import { LIMITS } from '../limits';
import { POISON, isPoison } from './context';
import { Initialisers } from './initialisers';
import { memberNames } from './members';
import type { CSymbol, FunctionSymbol, TStmt, VariableSymbol } from './typed';
import { hasEffect } from './visit';
import {
  BOOL,
  CHAR,
  INT,
  LONG,
  SCHAR,
  SHORT,
  UCHAR,
  UINT,
  ULONG,
  USHORT,
  VA_LIST,
  VOID,
  arrayOf,
  compositeType,
  functionType,
  isConst,
  pointerTo,
  qualified,
  sameType,
  sizeOf,
  typeText,
  unqualified,
  type CType,
  type EnumInfo,
  type FunctionType,
  type IntType,
  type Member,
  type RecordInfo,
} from './types';

type BasicType = Extract<TypeSpecifier, { kind: 'basic-type' }>;
interface NameAt {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export abstract class Declarations extends Initialisers {
  // -------------------------------------------------------------- types

  protected resolveTypeName(name: TypeName): CType {
    const base = this.specifierType(name.specifiers);
    return this.declaratorType(name.declarator, base).type;
  }

  protected specifierType(specifiers: Specifiers): CType {
    const type = this.typeSpecifier(specifiers.type);
    return specifiers.qualifiers === 0 || type === POISON ? type : qualified(type, specifiers.qualifiers & 3);
  }

  private typeSpecifier(specifier: TypeSpecifier): CType {
    switch (specifier.kind) {
      case 'basic-type':
        if (specifier.base === 'implicit-int') this.report('implicit-int', specifier, {});
        return basicType(specifier);
      case 'record-type':
        return { kind: 'record', info: this.record(specifier), qualifiers: 0 };
      case 'enum-type':
        return { ...INT, enumTag: this.enumeration(specifier) };
      case 'va-list-type':
        return VA_LIST;
      case 'typedef-name': {
        const symbol = this.lookup(specifier.name);
        if (symbol?.kind !== 'typedef') {
          this.report('unknown-type', specifier, { name: specifier.name, hint: '' });
          return POISON;
        }
        symbol.uses.push({ start: specifier.start, end: specifier.end });
        return symbol.type;
      }
    }
  }

  /** The type that a declarator makes of `base`, and the name that it declares. */
  protected declaratorType(
    declarator: Declarator,
    base: CType,
    isParameter = false,
  ): { type: CType; name: NameAt | undefined } {
    let type = base;
    let node = declarator;
    for (;;) {
      switch (node.kind) {
        case 'name-declarator': {
          const { name, start, end } = node;
          return { type, name: name === null ? undefined : { name, start, end } };
        }
        case 'pointer-declarator':
          type = type === POISON ? type : { ...pointerTo(type), qualifiers: node.qualifiers & 3 };
          break;
        case 'array-declarator': {
          // The outermost array of a parameter becomes a pointer, so its length does not matter.
          const decays = isParameter && node.inner.kind === 'name-declarator';
          type = this.arrayType(type, node, decays);
          break;
        }
        case 'function-declarator':
          type = this.functionType(type, node);
          break;
      }
      node = node.inner;
    }
  }

  private arrayType(of: CType, node: Extract<Declarator, { kind: 'array-declarator' }>, decays: boolean): CType {
    if (of === POISON) return of;
    if (of.kind === 'function' || sizeOf(of) === undefined) {
      if (!(of.kind === 'record' && decays)) this.report('array-of', node, { type: typeText(of) });
      return POISON;
    }
    if (!node.size) return arrayOf(of, undefined);
    const size = this.value(node.size);
    if (isPoison(size)) return POISON;
    if (size.type.kind !== 'int') {
      this.report('not-integer', node.size, { what: 'the size of an array', type: typeText(size.type) });
      return POISON;
    }
    if (size.folded === undefined) {
      if (decays && !hasEffect(size)) return arrayOf(of, undefined);
      this.report('no-vla', node.size, {});
      return POISON;
    }
    if (size.folded < 0 || (size.folded === 0 && this.fn)) {
      this.report('bad-array-size', node.size, { value: size.folded });
      return POISON;
    }
    const bytes = size.folded * (sizeOf(of) ?? 1);
    if (bytes > LIMITS.objectBytes) {
      this.report('object-too-large', node, { name: 'this array', size: bytes });
      return POISON;
    }
    return arrayOf(of, size.folded);
  }

  private functionType(returns: CType, node: Extract<Declarator, { kind: 'function-declarator' }>): CType {
    if (returns === POISON) return returns;
    if (returns.kind === 'function' || returns.kind === 'array') {
      this.report('function-returns', node, { what: returns.kind === 'array' ? 'an array' : 'a function' });
      return POISON;
    }
    this.openScope('prototype', node);
    const params = node.params.map((param) => this.parameterType(param));
    this.closeScope();
    if (params.includes(POISON)) return POISON;
    const [only] = params;
    const isVoid =
      params.length === 1 && only?.kind === 'void' && node.params[0]?.declarator.kind === 'name-declarator';
    if (!isVoid && params.some((param) => param.kind === 'void')) {
      this.report('void-variable', node, { name: 'a parameter' });
      return POISON;
    }
    const { variadic, unspecified } = node;
    return functionType(unqualified(returns), isVoid ? [] : params, { variadic, unspecified });
  }

  /** A parameter's type, with arrays and functions as pointers; unqualified from the outside. */
  protected parameterType(param: Parameter): CType {
    const { type, name } = this.declaratorType(param.declarator, this.specifierType(param.specifiers), true);
    if (name) {
      // Visible for the rest of the prototype, as in f(int n, int a[sizeof n]).
      this.scope.symbols.set(name.name, this.newVariable(name, type, 'parameter'));
    }
    return adjusted(type);
  }

  // -------------------------------------------------------------- struct, union, enum

  private record(specifier: RecordSpecifier): RecordInfo {
    const { tag, isUnion, members, start } = specifier;
    const kind = isUnion ? 'union' : 'struct';
    let info: RecordInfo | undefined;
    if (tag !== null) {
      // A definition, or `struct tag;` by itself, means this scope; a mere use any scope.
      const known = members ? this.scope.tags.get(tag) : this.lookupTag(tag);
      if (known && (!known.record || known.record.isUnion !== isUnion)) {
        const is = known.record ? (known.record.isUnion ? 'union' : 'struct') : 'enum';
        this.report('unknown-tag-kind', specifier, { name: tag, is, used: kind }, this.declaredHere(known));
      } else {
        info = known?.record;
      }
    }
    if (members && info?.members) {
      this.report('redefined', specifier, { name: `${kind} ${tag ?? ''}` }, this.declaredHere(info, 'defined here'));
      info = undefined;
    }
    if (!info) {
      const at = tag === null ? start : specifier.tagStart;
      const end = tag === null ? start : specifier.tagStart + tag.length;
      const number = this.numbers.record++;
      info = { isUnion, tag, number, members: undefined, sizeBytes: 0, start: at, end, alias: null };
      this.records.push(info);
      if (tag !== null) this.scope.tags.set(tag, { kind: 'record', name: tag, record: info, start: at, end });
    }
    if (members) {
      if (tag !== null) Object.assign(info, { start: specifier.tagStart, end: specifier.tagStart + tag.length });
      this.completeRecord(info, specifier);
    }
    return info;
  }

  private completeRecord(info: RecordInfo, specifier: RecordSpecifier): void {
    const members: Member[] = [];
    const names = new Set<string>();
    let offset = 0;
    let size = 0;
    const add = (name: string | null, type: CType, span: { start: number; end: number }) => {
      for (const each of name !== null ? [name] : type.kind === 'record' ? memberNames(type.info) : []) {
        if (names.has(each)) {
          this.report('duplicate-member', span, { name: each, record: info.isUnion ? 'union' : 'struct' });
        }
        names.add(each);
      }
      members.push({ name, type, offset: info.isUnion ? 0 : offset, start: span.start, end: span.end });
      const bytes = sizeOf(type) ?? 0;
      offset += bytes;
      size = info.isUnion ? Math.max(size, bytes) : offset;
    };
    const all = specifier.members ?? [];
    all.forEach((declaration, i) => {
      const base = this.specifierType(declaration.specifiers);
      if (declaration.declarators.length === 0) {
        // An anonymous struct or union; with a tag it only declares that.
        const { type } = declaration.specifiers;
        if (base.kind === 'record' && type.kind === 'record-type' && type.tag === null) add(null, base, declaration);
        else if (base !== POISON && type.kind === 'basic-type') this.report('missing-declarator', declaration, {});
        return;
      }
      declaration.declarators.forEach((declarator, j) => {
        const { type, name } = this.declaratorType(declarator, base);
        if (!name || type === POISON) return;
        const isLast = i === all.length - 1 && j === declaration.declarators.length - 1;
        const isFlexible = type.kind === 'array' && type.length === undefined && isLast && !info.isUnion;
        if (sizeOf(type) === undefined && !isFlexible) {
          this.report('incomplete-type', name, { type: typeText(type), what: `\`${name.name}\` cannot be a member` });
          return;
        }
        add(name.name, type, name);
      });
    });
    if (size > LIMITS.objectBytes) {
      this.report('object-too-large', specifier, { name: info.isUnion ? 'this union' : 'this struct', size });
      size = 0;
    }
    info.sizeBytes = size;
    info.members = members;
  }

  private enumeration(specifier: EnumSpecifier): EnumInfo {
    const { tag, tagStart, start, members } = specifier;
    const known = tag === null ? undefined : members ? this.scope.tags.get(tag) : this.lookupTag(tag);
    if (known && !known.enumeration) {
      const is = known.record?.isUnion === true ? 'union' : 'struct';
      this.report('unknown-tag-kind', specifier, { name: tag ?? '', is, used: 'enum' }, this.declaredHere(known));
    }
    let info = known?.enumeration;
    if (members && info?.members) {
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
    if (members) info.members = this.enumMembers(members);
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
      // A constant is an int (C99 6.7.2.2); what does not fit one gets the type of such a number.
      const type: IntType = next >= -0x8000 && next <= 0x7fff ? INT : next >= 0 && next <= 0xffff ? UINT : LONG;
      const at = { name: member.name, start: member.start, end: member.start + member.name.length };
      const symbol: CSymbol = { kind: 'enum-constant', id: this.numbers.symbol++, ...at, uses: [], type, value: next };
      symbol.uses.push({ start: at.start, end: at.end });
      if (!this.clash(at)) this.scope.symbols.set(member.name, symbol);
      list.push({ name: member.name, value: next });
      next++;
    }
    return list;
  }

  // -------------------------------------------------------------- symbols

  /** Reports a second meaning of a name in this scope. */
  private clash(at: NameAt): boolean {
    const old = this.scope.symbols.get(at.name);
    if (!old) return false;
    const what = {
      variable: 'a variable',
      function: 'a function',
      typedef: 'a type',
      'enum-constant': 'an enum constant',
    }[old.kind];
    this.report('redeclared', at, { name: at.name, what }, this.declaredHere(old));
    return true;
  }

  /** One declaration; statements come out for locals. */
  protected declaration(node: Declaration): TStmt[] {
    const { specifiers } = node;
    const base = this.specifierType(specifiers);
    const out: TStmt[] = [];
    if (node.declarators.length === 0) {
      const { type } = specifiers;
      const declares = type.kind === 'enum-type' || (type.kind === 'record-type' && type.tag !== null);
      if (!declares && base !== POISON && !this.diagnostics.hasErrors) this.report('missing-declarator', node, {});
      if (type.kind === 'record-type' && type.tag !== null && type.members === null) this.forwardTag(type);
      return out;
    }
    for (const item of node.declarators) {
      const { type, name } = this.declaratorType(item.declarator, base);
      if (name) this.declare(item, specifiers, type, name, out);
    }
    return out;
  }

  /** `struct tag;` in a block is a new type, even if an outer scope has that tag. */
  private forwardTag(specifier: RecordSpecifier): void {
    const { tag, isUnion, tagStart } = specifier;
    if (tag === null || this.scope.tags.has(tag)) return;
    const end = tagStart + tag.length;
    const number = this.numbers.record++;
    const info: RecordInfo = {
      isUnion,
      tag,
      number,
      members: undefined,
      sizeBytes: 0,
      start: tagStart,
      end,
      alias: null,
    };
    this.records.push(info);
    this.scope.tags.set(tag, { kind: 'record', name: tag, record: info, start: tagStart, end });
  }

  private declare(item: InitDeclarator, specifiers: Specifiers, type: CType, name: NameAt, out: TStmt[]): void {
    const { storage } = specifiers;
    if (type === POISON) {
      this.poisonName(name, specifiers);
      if (item.initialiser && item.initialiser.kind !== 'init-list') this.value(item.initialiser);
      return;
    }
    if (storage === 'typedef') {
      this.declareTypedef(name, type);
    } else if (type.kind === 'function') {
      this.declareFunction(name, type, specifiers);
      if (item.initialiser) this.report('bad-initialiser', item, { type: typeText(type) });
    } else if (type.kind === 'void') {
      this.report('void-variable', name, { name: name.name });
      this.poisonName(name, specifiers);
    } else if (!this.fn) {
      this.declareGlobal(item, name, type, storage);
    } else if (storage === 'extern') {
      if (item.initialiser) this.report('initialised-extern', name, { name: name.name });
      this.declareExternLocal(name, type);
    } else if (storage === 'static') {
      this.declareStaticLocal(item, name, type);
    } else {
      this.declareLocal(item, name, type, out);
    }
  }

  /** So that later uses of a name whose declaration is wrong stay silent. */
  private poisonName(name: NameAt, specifiers: Specifiers): void {
    if (this.scope.symbols.has(name.name)) return;
    const symbol: CSymbol =
      specifiers.storage === 'typedef'
        ? { kind: 'typedef', id: this.numbers.symbol++, ...name, uses: [], type: POISON }
        : this.newVariable(name, POISON, this.fn ? 'local' : 'static');
    this.scope.symbols.set(name.name, symbol);
  }

  private declareTypedef(name: NameAt, type: CType): void {
    const old = this.scope.symbols.get(name.name);
    if (old?.kind === 'typedef' && sameType(old.type, type)) {
      old.uses.push({ start: name.start, end: name.end });
      return;
    }
    if (this.clash(name)) return;
    if (type.kind === 'record' && type.info.tag === null) type.info.alias ??= name.name;
    const symbol: CSymbol = { kind: 'typedef', id: this.numbers.symbol++, ...name, uses: [], type };
    symbol.uses.push({ start: name.start, end: name.end });
    this.scope.symbols.set(name.name, symbol);
  }

  protected declareFunction(name: NameAt, type: FunctionType, specifiers: Specifiers): FunctionSymbol {
    const isStatic = specifiers.storage === 'static';
    const local = this.scope.symbols.get(name.name);
    const outer = this.fileScope.symbols.get(name.name);
    const old = local ?? (outer?.kind === 'function' ? outer : this.hiddenFunctions.get(name.name));
    let symbol: FunctionSymbol;
    if (old?.kind === 'function') {
      symbol = old;
      symbol.uses.push({ start: name.start, end: name.end });
      if (!sameType(old.type, type) && !isPromotedMatch(old.type, type)) {
        const texts = { name: name.name, type: typeText(type, name.name), earlier: typeText(old.type, name.name) };
        this.report('conflicting-types', name, texts, this.declaredHere(old));
      } else {
        const merged = compositeType(old.type, type);
        if (merged.kind === 'function') symbol.type = merged;
      }
      if (isStatic && !old.isInternal && !old.isDefined && old.uses.length > 0 && !this.implicit.has(old)) {
        this.report('static-after-extern', name, { name: name.name }, this.declaredHere(old));
      }
    } else {
      if (old) this.clash(name);
      symbol = {
        kind: 'function',
        id: this.numbers.symbol++,
        ...name,
        uses: [{ start: name.start, end: name.end }],
        type,
        linkName: name.name,
        isInternal: isStatic,
        isDefined: false,
        isNoreturn: false,
        isInline: specifiers.isInline,
        interruptVector: undefined,
      };
      this.reserveLinkName(name.name);
      this.hiddenFunctions.set(name.name, symbol);
    }
    symbol.isInternal ||= isStatic;
    symbol.isNoreturn ||= specifiers.isNoreturn;
    if (specifiers.interrupt) this.interrupt(symbol, specifiers.interrupt, type);
    this.scope.symbols.set(name.name, symbol);
    return symbol;
  }

  private interrupt(symbol: FunctionSymbol, vector: Expr, type: FunctionType): void {
    const value = this.value(vector);
    const fits = type.returns.kind === 'void' && type.params.length === 0 && !type.variadic;
    if (!fits || value.folded === undefined || value.folded < 0 || value.folded > 15) {
      if (!isPoison(value)) this.report('bad-interrupt', vector, {});
      return;
    }
    symbol.interruptVector = value.folded;
  }

  /** Functions by name, also those declared inside blocks: all declarations of a name mean one function. */
  protected readonly hiddenFunctions = new Map<string, FunctionSymbol>();
  /** Functions that were called before they were declared. */
  protected readonly implicit = new Set<CSymbol>();
  private readonly externs = new Map<string, VariableSymbol>();

  protected declareImplicit(name: string, at: Expr, type: FunctionType): FunctionSymbol {
    const { start, end } = at;
    const symbol: FunctionSymbol = {
      kind: 'function',
      id: this.numbers.symbol++,
      name,
      start,
      end,
      uses: [],
      type,
      linkName: name,
      isInternal: false,
      isDefined: false,
      isNoreturn: false,
      isInline: false,
      interruptVector: undefined,
    };
    this.implicit.add(symbol);
    this.hiddenFunctions.set(name, symbol);
    this.fileScope.symbols.set(name, symbol);
    return symbol;
  }

  private declareGlobal(item: InitDeclarator, name: NameAt, type: CType, storage: Specifiers['storage']): void {
    const old = this.scope.symbols.get(name.name) ?? this.externs.get(name.name);
    let symbol: VariableSymbol;
    if (old?.kind === 'variable' && old.type !== POISON) {
      symbol = old;
      symbol.uses.push({ start: name.start, end: name.end });
      if (!sameType(old.type, type)) {
        const texts = { name: name.name, type: typeText(type), earlier: typeText(old.type) };
        this.report('conflicting-types', name, texts, this.declaredHere(old));
        return;
      }
      symbol.type = compositeType(old.type, type);
      if (storage === 'static' && !symbol.isInternal) {
        this.report('static-after-extern', name, { name: name.name }, this.declaredHere(old));
      }
      if (item.initialiser && this.objects.has(symbol)) {
        this.report('redefined', name, { name: name.name }, this.declaredHere(old, 'defined here'));
        return;
      }
    } else {
      if (this.clash(name)) return;
      const isReadOnly = isConst(type);
      symbol = this.newVariable(name, type, 'static', { isInternal: storage === 'static', isReadOnly });
      this.reserveLinkName(name.name);
      symbol.uses.push({ start: name.start, end: name.end });
    }
    this.scope.symbols.set(name.name, symbol);
    if (item.initialiser) {
      symbol.isDefined = true;
      Object.assign(symbol, { start: name.start, end: name.end });
      this.checkComplete(symbol, item.initialiser);
      this.staticObject(symbol, item.initialiser, item.id);
    } else if (storage !== 'extern') {
      // A tentative definition (C99 6.9.2): if nothing else comes, the object is zero.
      symbol.isDefined = true;
    }
  }

  private checkComplete(symbol: VariableSymbol, init: Expr | InitList | null): boolean {
    const { type } = symbol;
    const element = type.kind === 'array' && init ? type.of : type;
    if (sizeOf(element) !== undefined) return true;
    this.report('incomplete-type', symbol, { type: typeText(type), what: `\`${symbol.name}\` has no size` });
    return false;
  }

  private declareExternLocal(name: NameAt, type: CType): void {
    const outer = this.fileScope.symbols.get(name.name) ?? this.externs.get(name.name);
    let symbol = outer?.kind === 'variable' && outer.storage === 'static' ? outer : undefined;
    if (symbol && !sameType(symbol.type, type)) {
      this.report(
        'conflicting-types',
        name,
        { name: name.name, type: typeText(type), earlier: typeText(symbol.type) },
        this.declaredHere(symbol),
      );
    }
    if (!symbol) {
      symbol = this.newVariable(name, type, 'static', { isReadOnly: isConst(type) });
      this.externs.set(name.name, symbol);
    }
    symbol.uses.push({ start: name.start, end: name.end });
    const here = this.scope.symbols.get(name.name);
    if (here && here !== symbol) this.clash(name);
    else this.scope.symbols.set(name.name, symbol);
  }

  private declareStaticLocal(item: InitDeclarator, name: NameAt, type: CType): void {
    const linkName = this.linkName(`${this.fn?.symbol.name ?? ''}.${name.name}`);
    const options = { linkName, isInternal: true, isReadOnly: isConst(type) };
    const symbol = this.newVariable(name, type, 'static', options);
    symbol.uses.push({ start: name.start, end: name.end });
    if (this.clash(name)) return;
    this.scope.symbols.set(name.name, symbol);
    symbol.isDefined = true;
    if (!this.checkComplete(symbol, item.initialiser)) return;
    if (item.initialiser) this.staticObject(symbol, item.initialiser, item.id);
    else this.zeroObject(symbol, item.id);
  }

  /** A static object without an initial value. */
  protected zeroObject(symbol: VariableSymbol, id: number): void {
    const size = sizeOf(symbol.type);
    if (size === undefined || !this.fits(symbol, size)) return;
    const { start, end } = symbol;
    this.define({ id, start, end, symbol, sizeBytes: size, bytes: undefined, relocations: [] });
  }

  private declareLocal(item: InitDeclarator, name: NameAt, type: CType, out: TStmt[]): void {
    const symbol = this.newVariable(name, type, 'local');
    symbol.uses.push({ start: name.start, end: name.end });
    const clashes = this.clash(name);
    if (!clashes) this.scope.symbols.set(name.name, symbol);
    if (!this.checkComplete(symbol, item.initialiser)) {
      symbol.type = POISON;
      return;
    }
    const init = item.initialiser ? this.localInitialiser(symbol, item.initialiser) : undefined;
    const size = sizeOf(symbol.type);
    if (size === undefined || !this.fits(symbol, size)) return;
    this.fn?.locals.push(symbol);
    if (init) this.initialised = { symbol, outer: this.initialised, depth: (this.initialised?.depth ?? 0) + 1 };
    out.push({ kind: 'declare', id: item.id, start: item.start, end: item.end, symbol, init });
  }

  protected staticAssert(node: StaticAssert): void {
    const value = this.value(node.condition);
    if (isPoison(value)) return;
    if (value.folded === undefined) this.report('not-constant', node.condition, { what: 'what is asserted' });
    else if (value.folded === 0) {
      this.report('static-assert', node, { message: node.message === null ? '' : `: ${node.message}` });
    }
  }
}

function basicType({ base, sign, size }: BasicType): CType {
  switch (base) {
    case 'void':
      return VOID;
    case '_Bool':
      return BOOL;
    case 'char':
      return sign === 'signed' ? SCHAR : sign === 'unsigned' ? UCHAR : CHAR;
    case 'int':
      if (size === 'long') return sign === 'unsigned' ? ULONG : LONG;
      if (size === 'short') return sign === 'unsigned' ? USHORT : SHORT;
      return sign === 'unsigned' ? UINT : INT;
    case 'implicit-int':
      return INT;
    case 'error':
      return POISON;
  }
}

/** What a parameter's declared type means (C99 6.7.5.3 paragraphs 7 and 8). */
export function adjusted(type: CType): CType {
  if (type.kind === 'array') return pointerTo(type.of);
  if (type.kind === 'function') return pointerTo(type);
  return type;
}

/** A call without a declaration made it `int f()`; any later declaration that returns int agrees with that. */
const isPromotedMatch = (old: FunctionType, type: FunctionType): boolean =>
  old.unspecified && sameType(old.returns, type.returns, { qualifiers: false });
