/** Declarations (C99 6.7): specifiers, declarators, structs, enums, initialisers, type names. */
import { K, KEYWORD_BASE, NAME, P, STRING, kindName } from '../1-lexer/tokens';
import { LIMITS } from '../limits';
import {
  CONST,
  RESTRICT,
  VOLATILE,
  type Declaration,
  type Declarator,
  type Designator,
  type EnumMember,
  type Expr,
  type FunctionDeclarator,
  type InitDeclarator,
  type InitItem,
  type InitList,
  type MemberDeclaration,
  type Parameter,
  type Specifiers,
  type StaticAssert,
  type Storage,
  type TypeName,
  type TypeSpecifier,
} from './ast';
import { ExpressionParser } from './expressions';

/** What has been read of a declaration's specifiers. */
interface Words {
  storage: Storage | null;
  isInline: boolean;
  isNoreturn: boolean;
  interrupt: Expr | null;
  qualifiers: number;
  type: TypeSpecifier | null;
  base: string | null;
  sign: 'signed' | 'unsigned' | null;
  shorts: number;
  longs: number;
  /** Type words in the order in which they were read, for messages. */
  text: string[];
  bad: boolean;
}

/** Attributes of other compilers that change sizes, addresses, or what runs when. */
const MEANINGFUL_ATTRIBUTES: ReadonlySet<string> = new Set([
  'alias',
  'aligned',
  'cleanup',
  'constructor',
  'destructor',
  'ifunc',
  'mode',
  'scalar_storage_order',
  'transparent_union',
  'vector_size',
  'weak',
  'weakref',
]);

export abstract class DeclarationParser extends ExpressionParser {
  /** A parameter list of names only has been refused: declarations follow it. */
  protected sawOldStyle = false;

  // -------------------------------------------------------------- specifiers

  protected specifiers(): Specifiers {
    const { start } = this;
    const words: Words = {
      storage: null,
      isInline: false,
      isNoreturn: false,
      interrupt: null,
      qualifiers: 0,
      type: null,
      base: null,
      sign: null,
      shorts: 0,
      longs: 0,
      text: [],
      bad: false,
    };
    while (this.specifier(words));
    const end = this.endFrom(start);
    const type = words.type ?? this.basicType(words, start, end);
    const { storage, isInline, isNoreturn, interrupt, qualifiers } = words;
    return {
      kind: 'specifiers',
      id: this.ids.next++,
      start,
      end,
      storage,
      isInline,
      isNoreturn,
      interrupt,
      qualifiers,
      type,
    };
  }

  /** Reads one word; false when there is none. */
  private specifier(words: Words): boolean {
    const { kind } = this;
    // Most often the declarator begins here.
    if (kind < KEYWORD_BASE) return kind === NAME && this.typeNameWord(words);
    switch (kind) {
      case K.typedef:
      case K.extern:
      case K.static:
      case K.auto:
      case K.register:
        this.storage(words, kindName(kind) as Storage);
        return true;
      case K.const:
      case K.__const:
        words.qualifiers |= CONST;
        break;
      case K.volatile:
      case K.__volatile__:
        words.qualifiers |= VOLATILE;
        break;
      case K.restrict:
      case K.__restrict:
        words.qualifiers |= RESTRICT;
        break;
      case K.inline:
      case K.__inline:
      case K.__inline__:
        words.isInline = true;
        break;
      case K._Noreturn:
        words.isNoreturn = true;
        break;
      case K.__extension__:
        break;
      case K.__attribute__:
        this.attribute(words);
        return true;
      case K.__interrupt:
        this.interrupt(words);
        return true;
      default:
        return this.typeWord(words);
    }
    this.advance();
    return true;
  }

  private typeWord(words: Words): boolean {
    const { kind, start } = this;
    switch (kind) {
      case K.void:
      case K.char:
      case K.int:
      case K._Bool:
      case K.float:
      case K.double:
        if (words.base !== null || words.type) words.bad = true;
        words.base = kindName(kind);
        if (kind === K.float || kind === K.double) this.error('no-floating-point', this.here, { text: words.base });
        break;
      case K.signed:
      case K.__signed__:
      case K.unsigned:
        if (words.sign !== null) words.bad = true;
        words.sign = kind === K.unsigned ? 'unsigned' : 'signed';
        break;
      case K.short:
        words.shorts++;
        break;
      case K.long:
        words.longs++;
        break;
      case K.struct:
      case K.union:
        this.typeOnce(words, this.record());
        return true;
      case K.enum:
        this.typeOnce(words, this.enumeration());
        return true;
      case K.__builtin_va_list:
        this.advance();
        this.typeOnce(words, { kind: 'va-list-type', id: this.ids.next++, start, end: this.endFrom(start) });
        return true;
      case K._Complex:
      case K._Imaginary:
      case K._Atomic:
      case K._Alignas:
      case K._Thread_local:
      case K.typeof:
      case K.__typeof__:
        this.error('not-in-language', this.here, { feature: `\`${kindName(kind)}\`` });
        this.advance();
        if (this.kind === P['(']) this.skipBrackets();
        if (kind === K.typeof || kind === K.__typeof__) words.base = 'error';
        return true;
      default:
        return false;
    }
    words.text.push(kindName(kind));
    this.advance();
    return true;
  }

  /** A name counts as a type only while no other type has been read. */
  private typeNameWord(words: Words): boolean {
    const { start } = this;
    const hasType = words.type !== null || words.base !== null || words.sign !== null || words.shorts + words.longs > 0;
    if (hasType || !this.isType(this.at)) return false;
    const name = this.nameHere();
    this.advance();
    words.type = { kind: 'typedef-name', id: this.ids.next++, start, end: this.endFrom(start), name };
    return true;
  }

  private typeOnce(words: Words, type: TypeSpecifier): void {
    if (words.type || words.base !== null || words.sign !== null) {
      this.error('bad-type-words', type, {
        text: [...words.text, this.sourceMap.text(type).split(/\s*\{/)[0] ?? ''].join(' '),
      });
    }
    words.type = type;
  }

  private storage(words: Words, storage: Storage): void {
    if (words.storage !== null && words.storage !== storage) {
      this.error('two-storage-classes', this.here, { a: words.storage, b: storage });
    }
    words.storage = storage;
    this.advance();
  }

  /** Of the attributes of other compilers `noreturn` matters. */
  private attribute(words: Words): void {
    this.advance();
    if (this.attributeNames().includes('noreturn')) words.isNoreturn = true;
  }

  /** Reads `((…))`. Attributes that give a program another meaning are refused; the others are no concern of this machine. */
  private attributeNames(): string[] {
    const from = this.at;
    this.skipBrackets();
    const names: string[] = [];
    for (let i = from, depth = 0; i < this.at; i++) {
      if (this.kinds[i] === P['(']) depth++;
      else if (this.kinds[i] === P[')']) depth--;
      if (this.kinds[i] !== NAME || depth !== 2) continue;
      const name = (this.names[this.values[i] as number] as string).replace(/^__(.*)__$/, '$1');
      names.push(name);
      if (!MEANINGFUL_ATTRIBUTES.has(name)) continue;
      const span = { start: this.places[i] as number, end: this.placeEnds[i] as number };
      this.diagnostics.report('not-in-language', span, { feature: `the attribute \`${name}\`` });
    }
    return names;
  }

  protected skipAttributes(): void {
    while (this.kind === K.__attribute__ || this.kind === K.asm || this.kind === K.__asm__) {
      const isAttribute = this.kind === K.__attribute__;
      if (!isAttribute) this.error('not-in-language', this.here, { feature: 'a name given by asm' });
      this.advance();
      if (isAttribute) this.attributeNames();
      else this.skipBrackets();
    }
  }

  private interrupt(words: Words): void {
    this.advance();
    const open = this.at;
    if (!this.expect(P['('])) return;
    words.interrupt = this.conditional();
    this.expectClose(P[')'], open);
  }

  private basicType(words: Words, start: number, end: number): TypeSpecifier {
    const id = this.ids.next++;
    const { base, sign, shorts, longs } = words;
    if (base === 'float' || base === 'double' || base === 'error') {
      return { kind: 'basic-type', id, start, end, base: 'error', sign: null, size: null };
    }
    const sized = shorts + longs > 0;
    if (longs > 1 && shorts === 0 && (base === null || base === 'int')) {
      this.error('no-long-long', { start, end }, {});
    } else if (
      words.bad ||
      shorts + longs > 1 ||
      (sized && base !== null && base !== 'int') ||
      (sign !== null && base !== null && base !== 'int' && base !== 'char')
    ) {
      this.error('bad-type-words', { start, end }, { text: words.text.join(' ') });
    }
    if (base === null && sign === null && !sized) {
      return { kind: 'basic-type', id, start, end, base: 'implicit-int', sign: null, size: null };
    }
    const known = base === 'void' || base === 'char' || base === '_Bool' ? base : 'int';
    const size = longs > 0 ? 'long' : shorts > 0 ? 'short' : null;
    return { kind: 'basic-type', id, start, end, base: known, sign, size };
  }

  // -------------------------------------------------------------- struct, union, enum

  private tag(): { tag: string | null; tagStart: number } {
    while (this.kind === K.__attribute__) this.skipAttributes();
    const tagStart = this.start;
    if (this.kind !== NAME) return { tag: null, tagStart };
    const tag = this.nameHere();
    this.advance();
    return { tag, tagStart };
  }

  private record(): TypeSpecifier {
    const { start } = this;
    const isUnion = this.kind === K.union;
    this.advance();
    const { tag, tagStart } = this.tag();
    let members: MemberDeclaration[] | null = null;
    if (this.kind === P['{']) {
      members = this.members();
      this.skipAttributes();
    } else if (tag === null) {
      this.fail('a tag or `{`');
    }
    return {
      kind: 'record-type',
      id: this.ids.next++,
      start,
      end: this.endFrom(start),
      isUnion,
      tag,
      tagStart,
      members,
    };
  }

  private members(): MemberDeclaration[] {
    const members: MemberDeclaration[] = [];
    const open = this.at;
    this.advance();
    if (++this.depth > LIMITS.nesting) this.tooDeep('structs');
    while (this.kind !== P['}'] && this.kind !== 0 && !this.panic) {
      if (this.accept(P[';'])) continue;
      if (this.kind === K._Static_assert) {
        this.staticAssert();
        continue;
      }
      const before = this.at;
      members.push(this.member());
      if (this.panic && this.kind !== 0) this.recover();
      // Statements inside a struct: its closing brace is missing.
      if (this.at === before) this.panic = true;
    }
    this.depth--;
    this.expectClose(P['}'], open);
    return members;
  }

  private member(): MemberDeclaration {
    const { start } = this;
    if (!this.startsDeclaration()) this.unknownType();
    const specifiers = this.specifiers();
    const declarators: Declarator[] = [];
    if (this.kind !== P[';']) {
      do {
        if (this.kind !== P[':']) declarators.push(this.declarator('named'));
        if (this.kind === P[':']) {
          this.error('no-bit-fields', this.here, {});
          this.advance();
          this.conditional();
        }
        this.skipAttributes();
      } while (this.accept(P[',']) && !this.panic);
    }
    this.expectSemicolon();
    return {
      kind: 'member-declaration',
      id: this.ids.next++,
      start,
      end: this.endFrom(start),
      specifiers,
      declarators,
    };
  }

  private enumeration(): TypeSpecifier {
    const { start } = this;
    this.advance();
    const { tag, tagStart } = this.tag();
    let members: EnumMember[] | null = null;
    if (this.kind === P['{']) {
      const open = this.at;
      this.advance();
      members = [];
      while (this.kind === NAME) {
        members.push(this.enumMember());
        if (!this.accept(P[','])) break;
      }
      this.expectClose(P['}'], open);
    } else if (tag === null) {
      this.fail('a tag or `{`');
    }
    return { kind: 'enum-type', id: this.ids.next++, start, end: this.endFrom(start), tag, tagStart, members };
  }

  private enumMember(): EnumMember {
    const { start } = this;
    const name = this.nameHere();
    this.declareName(this.values[this.at] as number, false);
    this.advance();
    const value = this.accept(P['=']) ? this.conditional() : null;
    return { kind: 'enum-member', id: this.ids.next++, start, end: this.endFrom(start), name, value };
  }

  /** Reports a name that stands where a type must; the specifiers that follow then take it for `int`. */
  protected unknownType(): void {
    if (this.kind === NAME && LONG_LONG_TYPE.test(this.nameHere())) {
      this.error('no-long-long', this.here, {});
      this.advance();
    } else if (this.kind === NAME) {
      this.error('unknown-type', this.here, { name: this.nameHere(), hint: typeHint(this.nameHere()) });
      if (this.peek() === NAME || this.peek() === P['*']) this.advance();
    } else {
      this.fail('a declaration');
    }
  }

  // -------------------------------------------------------------- declarators

  /**
   * `named` demands a name, `abstract` forbids one, `either` is for parameters.
   */
  protected declarator(mode: 'named' | 'abstract' | 'either'): Declarator {
    const { start } = this;
    const stars: { start: number; qualifiers: number }[] = [];
    while (this.kind === P['*']) {
      const star = { start: this.start, qualifiers: 0 };
      this.advance();
      for (;;) {
        if (this.kind === K.const || this.kind === K.__const) star.qualifiers |= CONST;
        else if (this.kind === K.volatile || this.kind === K.__volatile__) star.qualifiers |= VOLATILE;
        else if (this.kind === K.restrict || this.kind === K.__restrict) star.qualifiers |= RESTRICT;
        else if (this.kind === K.__attribute__) {
          this.skipAttributes();
          continue;
        } else break;
        this.advance();
      }
      stars.push(star);
      if (stars.length > LIMITS.nesting) {
        this.tooDeep('pointers');
        break;
      }
    }
    let result = this.directDeclarator(mode, start);
    for (const star of stars.reverse()) {
      const end = Math.max(this.endFrom(star.start), result.end);
      result = {
        kind: 'pointer-declarator',
        id: this.ids.next++,
        start: star.start,
        end,
        qualifiers: star.qualifiers,
        inner: result,
      };
    }
    return result;
  }

  private directDeclarator(mode: 'named' | 'abstract' | 'either', from: number): Declarator {
    const { start } = this;
    let result: Declarator;
    if (this.kind === NAME && mode !== 'abstract') {
      const name = this.nameHere();
      this.advance();
      result = { kind: 'name-declarator', id: this.ids.next++, start, end: this.endFrom(start), name };
    } else if (this.kind === P['('] && !(mode !== 'named' && this.startsParameters())) {
      const open = this.at;
      this.advance();
      this.skipAttributes();
      if (++this.depth > LIMITS.nesting) this.tooDeep('declarators');
      result = this.declarator(mode);
      this.depth--;
      this.expectClose(P[')'], open);
    } else {
      if (mode === 'named') this.fail('a name');
      // Abstract: the place is where the name would be.
      const at = Math.max(from, this.endFrom(from));
      result = { kind: 'name-declarator', id: this.ids.next++, start: at, end: at, name: null };
    }
    let count = 0;
    while (!this.panic && (this.kind === P['('] || this.kind === P['['])) {
      if (++count + this.depth > LIMITS.nesting) this.tooDeep('declarators');
      result = this.kind === P['('] ? this.functionSuffix(result) : this.arraySuffix(result);
    }
    return result;
  }

  /** In an abstract declarator `(` begins a parameter list if a type or `)` follows, else a nested declarator. */
  private startsParameters(): boolean {
    return this.peek() === P[')'] || this.startsDeclaration(this.at + 1);
  }

  private arraySuffix(inner: Declarator): Declarator {
    const open = this.at;
    const { start } = inner;
    this.advance();
    while (this.kind === K.static || this.kind === K.const || this.kind === K.restrict || this.kind === K.volatile)
      this.advance();
    let size: Expr | null = null;
    if (this.kind === P['*'] && this.peek() === P[']']) {
      this.error('no-vla', this.here, {});
      this.advance();
    } else if (this.kind !== P[']']) {
      size = this.assignment();
    }
    this.expectClose(P[']'], open);
    return { kind: 'array-declarator', id: this.ids.next++, start, end: this.endFrom(start), inner, size };
  }

  private functionSuffix(inner: Declarator): Declarator {
    const open = this.at;
    const { start } = inner;
    this.advance();
    const params: Parameter[] = [];
    let variadic = false;
    let unspecified = this.kind === P[')'];
    if (++this.depth > LIMITS.nesting) this.tooDeep('declarators');
    this.openScope();
    if (this.isOldStyle()) {
      this.error('no-kr-definition', this.here, {});
      this.sawOldStyle = true;
      do params.push(this.oldStyleParameter());
      while (this.accept(P[',']));
      unspecified = true;
    } else if (!unspecified) {
      do {
        if (this.accept(P['...'])) {
          variadic = true;
          break;
        }
        params.push(this.parameter());
      } while (this.accept(P[',']) && !this.panic);
    }
    this.closeScope();
    this.depth--;
    this.expectClose(P[')'], open);
    const end = this.endFrom(start);
    return { kind: 'function-declarator', id: this.ids.next++, start, end, inner, params, variadic, unspecified };
  }

  /** `f(a, b)` with names that are no types, then declarations or the body. */
  private isOldStyle(): boolean {
    if (this.kind !== NAME || this.isType(this.at)) return false;
    let i = this.at;
    while (this.kinds[i] === NAME && this.kinds[i + 1] === P[',']) i += 2;
    if (this.kinds[i] !== NAME || this.kinds[i + 1] !== P[')']) return false;
    return this.kinds[i + 2] === P['{'] || this.startsDeclaration(i + 2);
  }

  /** Its type is not known yet; the body is still read, and its uses are not complained about. */
  private oldStyleParameter(): Parameter {
    const { start } = this;
    const name = this.nameHere();
    this.advance();
    const end = this.endFrom(start);
    const node = () => ({ id: this.ids.next++, start, end });
    const type: TypeSpecifier = { kind: 'basic-type', ...node(), base: 'error', sign: null, size: null };
    const flags = { storage: null, isInline: false, isNoreturn: false, interrupt: null, qualifiers: 0 };
    const specifiers: Specifiers = { kind: 'specifiers', ...node(), ...flags, type };
    return { kind: 'parameter', ...node(), specifiers, declarator: { kind: 'name-declarator', ...node(), name } };
  }

  private parameter(): Parameter {
    const { start } = this;
    if (!this.startsDeclaration()) this.unknownType();
    const specifiers = this.specifiers();
    const declarator = this.declarator('either');
    this.skipAttributes();
    const name = nameOf(declarator);
    if (name.name !== null) this.declareAs(name.name, false);
    return { kind: 'parameter', id: this.ids.next++, start, end: this.endFrom(start), specifiers, declarator };
  }

  protected declareAs(name: string, isType: boolean): void {
    this.declareName(this.internKnown(name), isType);
  }

  /** Number of a name that the tokens contain. */
  protected abstract internKnown(name: string): number;

  protected typeName(): TypeName {
    const { start } = this;
    if (!this.startsDeclaration()) this.unknownType();
    const specifiers = this.specifiers();
    const declarator = this.declarator('abstract');
    return { kind: 'type-name', id: this.ids.next++, start, end: this.endFrom(start), specifiers, declarator };
  }

  // -------------------------------------------------------------- initialisers

  protected initList(): InitList {
    const { start, at } = this;
    const items: InitItem[] = [];
    this.advance();
    if (++this.depth > LIMITS.nesting) this.tooDeep('initialisers');
    while (this.kind !== P['}'] && this.kind !== 0) {
      const before = this.at;
      items.push(this.initItem());
      if (!this.accept(P[','])) break;
      if (this.at === before) break;
    }
    this.depth--;
    this.expectClose(P['}'], at);
    return { kind: 'init-list', id: this.ids.next++, start, end: this.endFrom(start), items };
  }

  private initItem(): InitItem {
    const { start } = this;
    const designators: Designator[] = [];
    while (this.kind === P['.'] || this.kind === P['[']) {
      designators.push(this.designator());
      if (this.panic || designators.length > LIMITS.nesting) {
        if (!this.panic) this.tooDeep('designators');
        break;
      }
    }
    if (designators.length > 0) {
      this.expect(P['=']);
    } else if (this.kind === NAME && this.peek() === P[':']) {
      this.error('not-in-language', this.here, { feature: '`name:` as a designator (write `.name =`)' });
      this.advance();
      this.advance();
    }
    const value = this.kind === P['{'] ? this.initList() : this.assignment();
    return { kind: 'init-item', id: this.ids.next++, start, end: this.endFrom(start), designators, value };
  }

  private designator(): Designator {
    const { start, at } = this;
    if (this.accept(P['.'])) {
      let name = '';
      if (this.kind === NAME) {
        name = this.nameHere();
        this.advance();
      } else {
        this.fail('the name of a member');
      }
      return { kind: 'field-designator', id: this.ids.next++, start, end: this.endFrom(start), name };
    }
    this.advance();
    const index = this.conditional();
    this.refuseRange('a range of indices');
    this.expectClose(P[']'], at);
    return { kind: 'index-designator', id: this.ids.next++, start, end: this.endFrom(start), index };
  }

  /** `1 ... 5`, where one constant must stand. */
  protected refuseRange(feature: string): void {
    if (this.kind !== P['...']) return;
    this.error('not-in-language', this.here, { feature });
    this.advance();
    this.conditional();
  }

  // -------------------------------------------------------------- declarations

  /** The rest of a declaration whose specifiers, and perhaps the first declarator, have been read. */
  protected declarationRest(start: number, specifiers: Specifiers, first: Declarator | null): Declaration {
    const declarators: InitDeclarator[] = [];
    const isTypedef = specifiers.storage === 'typedef';
    if (first || this.kind !== P[';']) {
      let declarator = first ?? this.declarator('named');
      for (;;) {
        declarators.push(this.initDeclarator(declarator, isTypedef));
        if (this.panic || !this.accept(P[','])) break;
        this.skipAttributes();
        declarator = this.declarator('named');
      }
    }
    this.expectSemicolon();
    return { kind: 'declaration', id: this.ids.next++, start, end: this.endFrom(start), specifiers, declarators };
  }

  private initDeclarator(declarator: Declarator, isTypedef: boolean): InitDeclarator {
    this.skipAttributes();
    const { name } = nameOf(declarator);
    // The name is known from here on, in its own initialiser too (C99 6.2.1 paragraph 7).
    if (name !== null) this.declareAs(name, isTypedef);
    let initialiser: Expr | InitList | null = null;
    if (this.accept(P['='])) initialiser = this.kind === P['{'] ? this.initList() : this.assignment();
    const { start } = declarator;
    return { kind: 'init-declarator', id: this.ids.next++, start, end: this.endFrom(start), declarator, initialiser };
  }

  protected staticAssert(): StaticAssert {
    const { start } = this;
    this.advance();
    const open = this.at;
    this.expect(P['(']);
    const condition = this.conditional();
    let text: string | null = null;
    if (this.accept(P[','])) {
      if (this.kind === STRING) {
        const literal = this.string();
        if (literal.kind === 'string') text = String.fromCharCode(...literal.bytes.subarray(0, 200));
      } else {
        this.fail('a string');
      }
    }
    this.expectClose(P[')'], open);
    this.expectSemicolon();
    return { kind: 'static-assert', id: this.ids.next++, start, end: this.endFrom(start), condition, message: text };
  }
}

/** The name inside a declarator. */
export function nameOf(declarator: Declarator): Extract<Declarator, { kind: 'name-declarator' }> {
  let node = declarator;
  while (node.kind !== 'name-declarator') node = node.inner;
  return node;
}

/** The function part next to the name: `int *f(int)` declares a function, `int (*f)(int)` does not. */
export function functionPart(declarator: Declarator): FunctionDeclarator | null {
  let found: FunctionDeclarator | null = null;
  for (let node = declarator; node.kind !== 'name-declarator'; node = node.inner) {
    found = node.kind === 'function-declarator' ? node : null;
  }
  return found;
}

/** Types of <stdint.h> that need 64 bits. */
export const LONG_LONG_TYPE = /^u?int(_least|_fast)?64_t$/;
/** Types that live in headers which the program forgot. */
const HEADER_OF: Readonly<Record<string, string>> = {
  bool: 'stdbool.h',
  size_t: 'stddef.h',
  ptrdiff_t: 'stddef.h',
  va_list: 'stdarg.h',
  FILE: 'stdio.h',
};
function typeHint(name: string): string {
  const header = HEADER_OF[name] ?? (/^(u?int(8|16|32)_t|[ui](8|16|32))$/.test(name) ? 'stdint.h' : undefined);
  return header === undefined ? '' : `: it comes from <${header}>`;
}
