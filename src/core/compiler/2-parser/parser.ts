/** The translation unit (C99 6.9). `parse` is the phase: tokens in, syntax tree and diagnostics out. */
import { K, NAME, P, type NameTable } from '../1-lexer/tokens';
import type { Declarator, ExternalDeclaration, Specifiers, TranslationUnit } from './ast';
import type { ParserInput } from './cursor';
import { functionPart, nameOf } from './declarators';
import { StatementParser } from './statements';

export function parse(input: ParserInput): TranslationUnit {
  return new Parser(input).unit();
}

class Parser extends StatementParser {
  private readonly table: NameTable;

  constructor(input: ParserInput) {
    super(input);
    this.table = input.names;
  }

  protected internKnown(name: string): number {
    return this.table.intern(name);
  }

  unit(): TranslationUnit {
    const { start } = this;
    const items: ExternalDeclaration[] = [];
    while (this.kind !== 0 && !this.diagnostics.isFull) {
      const before = this.at;
      this.external(items);
      if (this.panic && this.kind !== 0) this.recover();
      if (this.at === before && this.kind !== 0) {
        if (this.kind === P['}']) this.error('stray-brace', this.here, {});
        this.advance();
      }
    }
    return { kind: 'translation-unit', id: this.ids.next++, start, end: Math.max(this.start, start), items };
  }

  private external(items: ExternalDeclaration[]): void {
    const { start } = this;
    if (this.accept(P[';'])) return;
    if (this.kind === K._Static_assert) {
      items.push(this.staticAssert());
      return;
    }
    if (this.startsAsm) {
      const text = this.asmText();
      items.push({ kind: 'file-asm', id: this.ids.next++, start, end: this.endFrom(start), text });
      return;
    }
    if (!this.startsDeclaration()) {
      // `main() { … }` without a type is left to the semantic phase; anything else cannot be a declaration.
      const isFunction = this.kind === NAME && this.peek() === P['('];
      const isUnknown = this.kind === NAME && (this.peek() === NAME || this.peek() === P['*']);
      if (isUnknown) this.unknownType();
      else if (!isFunction) {
        if (this.kind === P['}']) return;
        if (this.kind === NAME) this.unknownType();
        this.fail('a declaration');
        return;
      }
    }
    const specifiers = this.specifiers();
    if (this.kind === P[';']) {
      items.push(this.declarationRest(start, specifiers, null));
      return;
    }
    const declarator = this.declarator('named');
    if (this.panic) return;
    const isFunction = functionPart(declarator) !== null;
    if (
      isFunction &&
      this.kind !== P['{'] &&
      this.kind !== P[';'] &&
      this.kind !== P[','] &&
      this.startsDeclaration()
    ) {
      this.skipOldStyle();
    }
    if (isFunction && this.kind === P['{']) {
      items.push(this.functionDefinition(start, specifiers, declarator));
      return;
    }
    items.push(this.declarationRest(start, specifiers, declarator));
  }

  /** Declarations between `f(a, b)` and `{`: refused already, when the names were read, or here. */
  private skipOldStyle(): void {
    if (this.kind === K.__attribute__) {
      this.skipAttributes();
      return;
    }
    let i = this.at;
    while (this.kinds[i] !== P['{'] && this.kinds[i] !== 0 && this.kinds[i] !== P['}'] && i - this.at < 200) i++;
    if (this.kinds[i] !== P['{'] || (!this.startsLine && !this.sawOldStyle)) return;
    if (this.kinds[i - 1] !== P[';']) return;
    if (!this.sawOldStyle) this.error('no-kr-definition', this.here, {});
    this.sawOldStyle = false;
    while (this.at < i) this.advance();
  }

  private functionDefinition(start: number, specifiers: Specifiers, declarator: Declarator): ExternalDeclaration {
    const { name } = nameOf(declarator);
    if (name !== null) this.declareAs(name, false);
    this.openScope();
    for (const param of functionPart(declarator)?.params ?? []) {
      const inner = nameOf(param.declarator).name;
      if (inner !== null) this.declareAs(inner, false);
    }
    const body = this.compound();
    this.closeScope();
    return {
      kind: 'function-definition',
      id: this.ids.next++,
      start,
      end: this.endFrom(start),
      specifiers,
      declarator,
      body,
    };
  }
}
