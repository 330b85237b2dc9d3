/** Declaration specifiers (C99 6.7 to 6.7.4): storage, qualifiers and the words of a type, in any order. */
import { K, KEYWORD_BASE, NAME, P, kindName } from '../1-lexer/tokens';
import { AttributeParser } from './attributes';
import { CONST, RESTRICT, VOLATILE, type Expr, type Specifiers, type Storage, type TypeSpecifier } from './ast';
import { LONG_LONG_TYPE, typeHint } from './library-types';

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

/** The bit of each qualifier by its kind, 0 for other tokens. */
export const QUALIFIERS = new Uint8Array(256);
for (const word of ['const', '__const'] as const) QUALIFIERS[K[word]] = CONST;
for (const word of ['volatile', '__volatile__'] as const) QUALIFIERS[K[word]] = VOLATILE;
for (const word of ['restrict', '__restrict'] as const) QUALIFIERS[K[word]] = RESTRICT;

export abstract class SpecifierParser extends AttributeParser {
  /** `struct` or `union`, and `enum`: see tags.ts. */
  protected abstract record(): TypeSpecifier;
  protected abstract enumeration(): TypeSpecifier;

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

  /** Specifiers where nothing else can stand. */
  protected demandSpecifiers(): Specifiers {
    if (!this.startsDeclaration()) this.unknownType();
    return this.specifiers();
  }

  /** Reads one word; false when there is none. */
  private specifier(words: Words): boolean {
    const { kind } = this;
    // Most often the declarator begins here.
    if (kind < KEYWORD_BASE) return kind === NAME && this.typeNameWord(words);
    const qualifier = QUALIFIERS[kind] as number;
    if (qualifier !== 0) {
      words.qualifiers |= qualifier;
      this.advance();
      return true;
    }
    switch (kind) {
      case K.typedef:
      case K.extern:
      case K.static:
      case K.auto:
      case K.register:
        this.storage(words, kindName(kind) as Storage);
        return true;
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
        this.advance();
        if (this.attributeNames().includes('noreturn')) words.isNoreturn = true;
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

  private storage(words: Words, storage: Storage): void {
    if (words.storage !== null && words.storage !== storage) {
      this.error('two-storage-classes', this.here, { a: words.storage, b: storage });
    }
    words.storage = storage;
    this.advance();
  }

  private interrupt(words: Words): void {
    this.advance();
    const open = this.at;
    if (!this.expect(P['('])) return;
    words.interrupt = this.conditional();
    this.expectClose(P[')'], open);
  }

  // -------------------------------------------------------------- types

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
}
