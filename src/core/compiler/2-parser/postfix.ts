/** Primary and postfix expressions (C99 6.5.1, 6.5.2), and how high the tree of an expression may get. */
import { CHAR, K, NAME, NUMBER, P, STRING } from '../1-lexer/tokens';
import { LIMITS } from '../limits';
import type { Expr, GenericChoice, TypeBuiltinExpr, TypeName } from './ast';
import { LiteralParser } from './literals';

const IS_POSTFIX = new Uint8Array(256);
for (const operator of ['[', '(', '.', '->', '++', '--'] as const) IS_POSTFIX[P[operator]] = 1;

const EMPTY: readonly Expr[] = [];

export abstract class PostfixParser extends LiteralParser {
  /** Height of the expression that was read last: 1 for a name. */
  protected height = 0;

  protected abstract expression(): Expr;
  protected abstract assignment(): Expr;
  protected abstract typeName(): TypeName;

  // -------------------------------------------------------------- postfix

  protected postfix(first: Expr): Expr {
    let object = first;
    for (;;) {
      if (IS_POSTFIX[this.kind] !== 1) return object;
      const { start } = object;
      const { height } = this;
      switch (this.kind) {
        case P['[']: {
          const open = this.at;
          this.advance();
          const index = this.expression();
          this.expectClose(P[']'], open);
          this.height = this.grow(height, this.height);
          object = { kind: 'index', id: this.ids.next++, start, end: this.endFrom(start), object, index };
          break;
        }
        case P['(']: {
          const args = this.args();
          this.height = this.grow(height, this.height);
          object = { kind: 'call', id: this.ids.next++, start, end: this.endFrom(start), callee: object, args };
          break;
        }
        case P['.']:
        case P['->']: {
          const arrow = this.kind === P['->'];
          this.advance();
          const nameStart = this.start;
          const name = this.memberName();
          const nameEnd = this.endFrom(nameStart);
          this.height = this.grow(height, 0);
          object = {
            kind: 'member',
            id: this.ids.next++,
            start,
            end: nameEnd,
            object,
            arrow,
            name,
            nameStart,
            nameEnd,
          };
          break;
        }
        case P['++']:
        case P['--']: {
          const operator = this.kind === P['++'] ? '++' : '--';
          this.advance();
          this.height = this.grow(height, 0);
          object = { kind: 'postfix', id: this.ids.next++, start, end: this.endFrom(start), operator, operand: object };
          break;
        }
        default:
          return object;
      }
    }
  }

  /** What follows `.`; empty after an error. */
  protected memberName(): string {
    if (this.kind !== NAME) {
      this.fail('the name of a member');
      return '';
    }
    const name = this.nameHere();
    this.advance();
    return name;
  }

  /** `( … )` of a call. */
  private args(): readonly Expr[] {
    const open = this.at;
    this.advance();
    this.height = 0;
    if (this.accept(P[')'])) return EMPTY;
    const args: Expr[] = [];
    let height = 0;
    do {
      args.push(this.assignment());
      height = Math.max(height, this.height);
    } while (this.accept(P[',']));
    this.expectClose(P[')'], open);
    this.height = height;
    return args;
  }

  // -------------------------------------------------------------- primary

  protected primary(): Expr {
    const { start } = this;
    this.height = 1;
    switch (this.kind) {
      case NAME: {
        const name = this.nameHere();
        this.advance();
        return { kind: 'identifier', id: this.ids.next++, start, end: this.endFrom(start), name };
      }
      case NUMBER:
        return this.number();
      case STRING:
        return this.string();
      case CHAR:
        return this.char();
      case P['(']: {
        const open = this.at;
        this.advance();
        if (this.kind === P['{']) {
          this.error('not-in-language', this.here, { feature: 'a block as an expression' });
          this.skipInside();
          this.expectClose(P[')'], open);
          return this.errorExpr();
        }
        const expression = this.expression();
        this.expectClose(P[')'], open);
        this.height = this.grow(this.height, 0);
        return { kind: 'paren', id: this.ids.next++, start, end: this.endFrom(start), expression };
      }
      case K.__builtin_va_arg:
      case K.__builtin_offsetof:
        return this.typeBuiltin(this.kind === K.__builtin_va_arg);
      case P['&&']:
        this.error('not-in-language', this.here, { feature: 'taking the address of a label' });
        this.advance();
        this.accept(NAME);
        return this.errorExpr();
      case K._Generic:
        return this.generic();
      default:
        this.error('expected-expression', this.here, { found: this.describe(this.at) });
        this.panic = true;
        return this.errorExpr();
    }
  }

  private generic(): Expr {
    const { start } = this;
    this.advance();
    const open = this.at;
    this.expect(P['(']);
    const control = this.assignment();
    let { height } = this;
    const choices: GenericChoice[] = [];
    while (!this.panic && this.accept(P[','])) {
      const from = this.start;
      const typeName = this.accept(K.default) ? null : this.typeName();
      this.expect(P[':']);
      const value = this.assignment();
      height = Math.max(height, this.height);
      choices.push({
        kind: 'generic-choice',
        id: this.ids.next++,
        start: from,
        end: this.endFrom(from),
        typeName,
        value,
      });
    }
    this.expectClose(P[')'], open);
    this.height = this.grow(height, 0);
    return { kind: 'generic', id: this.ids.next++, start, end: this.endFrom(start), control, choices };
  }

  private typeBuiltin(isVaArg: boolean): Expr {
    const { start } = this;
    this.advance();
    const open = this.at;
    this.expect(P['(']);
    let typeName: TypeName | undefined;
    let operand: Expr;
    if (isVaArg) {
      operand = this.assignment();
      this.expect(P[',']);
      typeName = this.typeName();
    } else {
      typeName = this.typeName();
      this.expect(P[',']);
      operand = this.assignment();
    }
    this.expectClose(P[')'], open);
    this.height = this.grow(this.height, 0);
    const name: TypeBuiltinExpr['name'] = isVaArg ? '__builtin_va_arg' : '__builtin_offsetof';
    return { kind: 'type-builtin', id: this.ids.next++, start, end: this.endFrom(start), name, typeName, operand };
  }

  // -------------------------------------------------------------- helpers

  protected errorExpr(): Expr {
    const { start } = this;
    this.height = 1;
    return { kind: 'error', id: this.ids.next++, start, end: start };
  }

  /** Height of a node over two parts; stops the parser where the tree would get too high for the phases that follow. */
  protected grow(a: number, b: number): number {
    const height = (a > b ? a : b) + 1;
    if (height > LIMITS.expressionHeight && this.kind !== 0) {
      this.error('expression-too-long', this.here, {});
      this.stop();
    }
    return height;
  }
}
