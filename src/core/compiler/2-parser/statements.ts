/** Statements (C99 6.8). */
import { K, NAME, P, STRING } from '../1-lexer/tokens';
import { LIMITS } from '../limits';
import type { CompoundStatement, Declaration, Expr, InitDeclarator, Stmt } from './ast';
import { DeclarationParser } from './declarations';
import { functionPart } from './declarators';
import { HEADER_TYPE } from './library-types';

export abstract class StatementParser extends DeclarationParser {
  // -------------------------------------------------------------- blocks

  protected compound(): CompoundStatement {
    const { start } = this;
    const open = this.at;
    this.expect(P['{']);
    this.openScope();
    const items: Stmt[] = [];
    if (++this.depth > LIMITS.nesting) this.tooDeep('blocks');
    while (this.kind !== P['}'] && this.kind !== 0 && !this.diagnostics.isFull) {
      const before = this.at;
      items.push(this.blockItem());
      if (this.panic && this.kind !== 0) this.recover();
      if (this.at === before) this.advance();
    }
    this.depth--;
    this.closeScope();
    this.expectClose(P['}'], open);
    return { kind: 'compound', id: this.ids.next++, start, end: this.endFrom(start), items };
  }

  private blockItem(): Stmt {
    if (this.kind === K._Static_assert) return this.staticAssert();
    if (this.startsLocal) return this.declaration();
    if (this.startsCase) return this.caseStatement(this.start, true);
    if (this.kind === NAME && this.looksLikeDeclaration()) {
      const { start } = this;
      this.unknownType();
      const specifiers = this.specifiers();
      return this.declarationRest(start, specifiers, null);
    }
    return this.statement();
  }

  /** A declaration, and no label that has the name of a type. */
  private get startsLocal(): boolean {
    return this.startsDeclaration() && !(this.kind === NAME && this.peek() === P[':']);
  }

  /** `thing x` and `thing *x =`, `thing *x;` can only be declarations with a type that is not known. */
  private looksLikeDeclaration(): boolean {
    const next = this.peek();
    if (next === NAME) return true;
    if (next !== P['*'] || this.peek(2) !== NAME) return false;
    const after = this.peek(3);
    return (after === P['='] || after === P[';'] || after === P[',']) && HEADER_TYPE.test(this.nameHere());
  }

  private declaration(): Declaration {
    const { start } = this;
    const specifiers = this.specifiers();
    if (this.kind === P[';']) return this.declarationRest(start, specifiers, null);
    const declarator = this.declarator('named');
    if (this.kind === P['{'] && functionPart(declarator)) {
      this.error('not-in-language', declarator, { feature: 'a function inside a function' });
      this.compound();
      // Calls of it are no further mistakes.
      const node = { id: this.ids.next++, start: declarator.start, end: declarator.end };
      const declarators: InitDeclarator[] = [{ kind: 'init-declarator', ...node, declarator, initialiser: null }];
      return { kind: 'declaration', id: this.ids.next++, start, end: this.endFrom(start), specifiers, declarators };
    }
    return this.declarationRest(start, specifiers, declarator);
  }

  /** The statement under an if, a loop or a label. */
  private body(): Stmt {
    if (this.startsLocal) {
      this.error('declaration-as-body', this.here, {});
      return this.declaration();
    }
    return this.statement();
  }

  // -------------------------------------------------------------- statements

  private statement(): Stmt {
    const { start } = this;
    if (++this.depth > LIMITS.nesting) {
      this.tooDeep('statements');
      this.depth--;
      return { kind: 'empty', id: this.ids.next++, start, end: start };
    }
    const result = this.plainStatement(start);
    this.depth--;
    return result;
  }

  private plainStatement(start: number): Stmt {
    if (this.kind === NAME) return this.peek() === P[':'] ? this.labelled(start) : this.expressionStatement(start);
    switch (this.kind) {
      case P['{']:
        return this.compound();
      case P[';']:
        this.advance();
        return { kind: 'empty', id: this.ids.next++, start, end: this.endFrom(start) };
      case K.if:
        return this.ifStatement(start);
      case K.while:
        return this.whileStatement(start);
      case K.do:
        return this.doStatement(start);
      case K.for:
        return this.forStatement(start);
      case K.switch: {
        this.advance();
        const value = this.bracketed();
        const body = this.body();
        return { kind: 'switch', id: this.ids.next++, start, end: this.endFrom(start), value, body };
      }
      case K.case:
      case K.default:
        return this.caseStatement(start, false);
      case K.return: {
        this.advance();
        const value = this.kind === P[';'] ? null : this.expression();
        this.expectSemicolon();
        return { kind: 'return', id: this.ids.next++, start, end: this.endFrom(start), value };
      }
      case K.break:
      case K.continue: {
        const kind = this.kind === K.break ? 'break' : 'continue';
        this.advance();
        this.expectSemicolon();
        return { kind, id: this.ids.next++, start, end: this.endFrom(start) };
      }
      case K.goto:
        return this.gotoStatement(start);
      case K.asm:
      case K.__asm__:
      case K.__asm: {
        const text = this.asmText();
        return { kind: 'asm', id: this.ids.next++, start, end: this.endFrom(start), text };
      }
      case K.else:
        this.error('else-without-if', this.here, {});
        this.advance();
        return this.statement();
      default:
        return this.expressionStatement(start);
    }
  }

  private expressionStatement(start: number): Stmt {
    const expression = this.expression();
    this.expectSemicolon();
    return { kind: 'expression', id: this.ids.next++, start, end: this.endFrom(start), expression };
  }

  private bracketed(): Expr {
    const open = this.at;
    this.expect(P['(']);
    const expression = this.expression();
    this.expectClose(P[')'], open);
    return expression;
  }

  private ifStatement(start: number): Stmt {
    this.advance();
    const condition = this.bracketed();
    const whenTrue = this.branch();
    const whenFalse = this.accept(K.else) ? this.body() : null;
    return { kind: 'if', id: this.ids.next++, start, end: this.endFrom(start), condition, whenTrue, whenFalse };
  }

  /** The first branch of an if: after an error in it, `else` is still the partner of this if. */
  private branch(): Stmt {
    const result = this.body();
    if (this.panic && this.kind !== 0) this.recover();
    return result;
  }

  private whileStatement(start: number): Stmt {
    this.advance();
    const condition = this.bracketed();
    const body = this.body();
    return { kind: 'while', id: this.ids.next++, start, end: this.endFrom(start), condition, body };
  }

  private doStatement(start: number): Stmt {
    this.advance();
    const body = this.branch();
    if (!this.expect(K.while)) return { kind: 'empty', id: this.ids.next++, start, end: this.endFrom(start) };
    const condition = this.bracketed();
    this.expectSemicolon();
    return { kind: 'do', id: this.ids.next++, start, end: this.endFrom(start), body, condition };
  }

  private forStatement(start: number): Stmt {
    this.advance();
    const open = this.at;
    this.expect(P['(']);
    this.openScope();
    let init: Declaration | Expr | null = null;
    if (this.startsDeclaration()) {
      init = this.declaration();
    } else if (!this.accept(P[';'])) {
      init = this.expression();
      this.expect(P[';']);
    }
    const condition = this.kind === P[';'] ? null : this.expression();
    this.expect(P[';']);
    const step = this.kind === P[')'] ? null : this.expression();
    this.expectClose(P[')'], open);
    const body = this.body();
    this.closeScope();
    return { kind: 'for', id: this.ids.next++, start, end: this.endFrom(start), init, condition, step, body };
  }

  private gotoStatement(start: number): Stmt {
    this.advance();
    const nameStart = this.start;
    let name = '';
    if (this.kind === NAME) {
      name = this.nameHere();
      this.advance();
    } else if (this.kind === P['*']) {
      this.error('not-in-language', this.here, { feature: '`goto` to a computed address' });
      this.panic = true;
    } else {
      this.fail('the name of a label');
    }
    this.expectSemicolon();
    return { kind: 'goto', id: this.ids.next++, start, end: this.endFrom(start), name, nameStart };
  }

  // -------------------------------------------------------------- labels

  private caseStatement(start: number, inBlock: boolean): Stmt {
    const isDefault = this.kind === K.default;
    this.advance();
    const value = isDefault ? null : this.conditional();
    this.refuseRange('a range of cases');
    this.expect(P[':']);
    // In a block, cases that follow one another are items side by side, so that a long row of them does not nest.
    const body = inBlock && this.startsCase ? this.nothing() : this.afterLabel();
    return { kind: 'case', id: this.ids.next++, start, end: this.endFrom(start), value, body };
  }

  private get startsCase(): boolean {
    return this.kind === K.case || this.kind === K.default;
  }

  /** An empty statement where nothing stands. */
  private nothing(): Stmt {
    const { start } = this;
    return { kind: 'empty', id: this.ids.next++, start, end: start };
  }

  private labelled(start: number): Stmt {
    const name = this.nameHere();
    this.advance();
    const nameEnd = this.endFrom(start);
    this.advance();
    const body = this.afterLabel();
    return { kind: 'label', id: this.ids.next++, start, end: this.endFrom(start), name, nameEnd, body };
  }

  /** A label may stand at the end of a block and before a declaration, as newer C has it. */
  private afterLabel(): Stmt {
    if (this.kind === P['}']) return this.nothing();
    if (this.startsLocal) return this.declaration();
    return this.statement();
  }

  // -------------------------------------------------------------- asm

  /** `asm ( "…" ) ;` */
  protected asmText(): string {
    this.advance();
    while (this.kind === K.volatile || this.kind === K.__volatile__ || this.kind === K.goto) this.advance();
    const open = this.at;
    this.expect(P['(']);
    let text = '';
    if (this.kind === STRING) {
      const literal = this.string();
      if (literal.kind === 'string') for (const byte of literal.bytes) text += String.fromCharCode(byte);
    } else {
      this.fail('a string');
    }
    if (this.kind === P[':']) this.asmOperands();
    this.expectClose(P[')'], open);
    this.expectSemicolon();
    return text;
  }

  /** Behind the text of other compilers' asm: outputs, inputs, registers that change. Only the last is no concern here. */
  private asmOperands(): void {
    const at = this.here;
    let colons = 0;
    let operands = false;
    while (this.kind === P[':'] || this.kind === STRING || this.kind === P[',']) {
      if (this.kind === P[':']) colons++;
      else if (colons < 3) operands = true;
      this.advance();
    }
    if (!operands && this.kind === P[')']) return;
    this.error('not-in-language', at, { feature: '`asm` with operands' });
    this.skipInside();
  }
}
