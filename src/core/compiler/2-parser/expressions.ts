/**
 * Expressions (C99 6.5.3 to 6.5.17): precedence climbing for the binary operators, recursive descent for the rest. What binds tighter is in
 * postfix.ts and literals.ts.
 */
import { BINARY_OPERATORS } from '../../base/operators';
import { K, NAME, P, kindName } from '../1-lexer/tokens';
import { LIMITS } from '../limits';
import type { AssignOperator, BinaryOperator, Expr, InitList, TypeName, UnaryOperator } from './ast';
import { PostfixParser } from './postfix';

/** Binding strength of binary operators by kind, 0 for other tokens. */
const STRENGTH = new Uint8Array(256);
BINARY_OPERATORS.forEach((row, i) => {
  for (const operator of row) STRENGTH[P[operator]] = i + 1;
});

const IS_ASSIGNMENT = new Uint8Array(256);
const ASSIGNMENTS: readonly AssignOperator[] = ['=', '*=', '/=', '%=', '+=', '-=', '<<=', '>>=', '&=', '^=', '|='];
for (const operator of ASSIGNMENTS) IS_ASSIGNMENT[P[operator]] = 1;

const IS_UNARY = new Uint8Array(256);
const UNARIES: readonly UnaryOperator[] = ['&', '*', '+', '-', '~', '!', '++', '--'];
for (const operator of UNARIES) IS_UNARY[P[operator]] = 1;

export abstract class ExpressionParser extends PostfixParser {
  protected abstract initList(): InitList;

  protected expression(): Expr {
    let left = this.assignment();
    let height = this.height;
    while (this.kind === P[',']) {
      this.advance();
      const right = this.assignment();
      height = this.grow(height, this.height);
      left = { kind: 'comma', id: this.ids.next++, start: left.start, end: this.endFrom(left.start), left, right };
    }
    this.height = height;
    return left;
  }

  protected assignment(): Expr {
    if (++this.depth > LIMITS.nesting) {
      this.tooDeep('expressions');
      this.depth--;
      return this.errorExpr();
    }
    const left = this.conditional();
    let result = left;
    if (IS_ASSIGNMENT[this.kind] === 1) {
      const height = this.height;
      const operatorAt = this.start;
      const operator = kindName(this.kind) as AssignOperator;
      this.advance();
      const right = this.assignment();
      this.height = this.grow(height, this.height);
      const { start } = left;
      result = {
        kind: 'assign',
        id: this.ids.next++,
        start,
        end: this.endFrom(start),
        operator,
        left,
        right,
        operatorAt,
      };
    }
    this.depth--;
    return result;
  }

  /** A conditional expression; constants are read by this too. */
  protected conditional(): Expr {
    const condition = this.binary(this.unary(), 1);
    if (this.kind !== P['?']) return condition;
    let height = this.height;
    this.advance();
    if (this.kind === P[':']) this.error('not-in-language', this.here, { feature: '`?:` without a middle' });
    const whenTrue = this.kind === P[':'] ? condition : this.expression();
    height = Math.max(height, this.height);
    this.expect(P[':']);
    if (++this.depth > LIMITS.nesting) {
      this.tooDeep('expressions');
      this.depth--;
      return this.errorExpr();
    }
    const whenFalse = this.conditional();
    this.depth--;
    this.height = this.grow(height, this.height);
    const { start } = condition;
    return {
      kind: 'conditional',
      id: this.ids.next++,
      start,
      end: this.endFrom(start),
      condition,
      whenTrue,
      whenFalse,
    };
  }

  private binary(first: Expr, weakest: number): Expr {
    let left = first;
    let height = this.height;
    for (;;) {
      const { kind } = this;
      const strength = STRENGTH[kind] as number;
      if (strength < weakest || strength === 0) break;
      const operatorAt = this.start;
      this.advance();
      let right = this.unary();
      if ((STRENGTH[this.kind] as number) > strength) right = this.binary(right, strength + 1);
      height = this.grow(height, this.height);
      const operator = kindName(kind) as BinaryOperator;
      const { start } = left;
      left = {
        kind: 'binary',
        id: this.ids.next++,
        start,
        end: this.endFrom(start),
        operator,
        left,
        right,
        operatorAt,
      };
    }
    this.height = height;
    return left;
  }

  // -------------------------------------------------------------- unary

  private unary(): Expr {
    const { kind } = this;
    if (kind === NAME) return this.postfix(this.primary());
    if (IS_UNARY[kind] === 1) return this.prefix(kindName(kind) as UnaryOperator);
    if (kind === P['('] && this.startsDeclaration(this.at + 1)) return this.castOrLiteral();
    if (kind === K.sizeof) return this.sizeof();
    if (kind === K._Alignof) return this.alignof();
    if (kind === K.__extension__) {
      this.advance();
      return this.unary();
    }
    return this.postfix(this.primary());
  }

  /** Reads the operand of a prefix operator, bounded in depth. */
  private operand(): Expr {
    if (++this.depth > LIMITS.nesting) {
      this.tooDeep('operators');
      this.depth--;
      return this.errorExpr();
    }
    const operand = this.unary();
    this.height = this.grow(this.height, 0);
    this.depth--;
    return operand;
  }

  private prefix(operator: UnaryOperator): Expr {
    const { start } = this;
    this.advance();
    const operand = this.operand();
    return { kind: 'unary', id: this.ids.next++, start, end: this.endFrom(start), operator, operand };
  }

  private castOrLiteral(): Expr {
    const { start, at } = this;
    this.advance();
    const typeName = this.typeName();
    this.expectClose(P[')'], at);
    if (this.kind === P['{']) return this.postfix(this.compoundLiteral(start, typeName));
    const operand = this.operand();
    return { kind: 'cast', id: this.ids.next++, start, end: this.endFrom(start), typeName, operand };
  }

  private compoundLiteral(start: number, typeName: TypeName): Expr {
    const initialiser = this.initList();
    this.height = 1;
    return { kind: 'compound-literal', id: this.ids.next++, start, end: this.endFrom(start), typeName, initialiser };
  }

  private sizeof(): Expr {
    const { start } = this;
    this.advance();
    if (this.kind !== P['('] || !this.startsDeclaration(this.at + 1)) {
      const operand = this.operand();
      return { kind: 'sizeof', id: this.ids.next++, start, end: this.endFrom(start), operand };
    }
    const { at } = this;
    const open = this.start;
    this.advance();
    const typeName = this.typeName();
    this.expectClose(P[')'], at);
    if (this.kind === P['{']) {
      const operand = this.postfix(this.compoundLiteral(open, typeName));
      return { kind: 'sizeof', id: this.ids.next++, start, end: this.endFrom(start), operand };
    }
    this.height = 1;
    return { kind: 'sizeof-type', id: this.ids.next++, start, end: this.endFrom(start), typeName };
  }

  private alignof(): Expr {
    const { start } = this;
    this.advance();
    const open = this.at;
    this.expect(P['(']);
    const typeName = this.typeName();
    this.expectClose(P[')'], open);
    this.height = 1;
    return { kind: 'alignof', id: this.ids.next++, start, end: this.endFrom(start), typeName };
  }
}
