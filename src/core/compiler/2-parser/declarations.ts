/** Declarations (C99 6.7) and static assertions. Their parts are in specifiers.ts, declarators.ts, tags.ts and initialisers.ts. */
import { P, STRING } from '../1-lexer/tokens';
import type { Declaration, Declarator, InitDeclarator, Specifiers, StaticAssert } from './ast';
import { nameOf } from './declarators';
import { TagParser } from './tags';

export abstract class DeclarationParser extends TagParser {
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
    const initialiser = this.accept(P['=']) ? this.initialiser() : null;
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
