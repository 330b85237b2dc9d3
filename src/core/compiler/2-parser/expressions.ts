/** Expressions (C99 6.5): precedence climbing for the binary operators, recursive descent for the rest. */
import { BINARY_OPERATORS } from '../../base/operators';
import {
  UNIT_BYTES,
  decodeChar,
  decodeUnits,
  literalPrefix,
  parseNumber,
  type EscapeProblem,
  type LiteralPrefix,
} from '../1-lexer/literals';
import { CHAR, K, NAME, NUMBER, P, SIMPLE_NUMBER, STRING, SYNTHETIC, UNTERMINATED, kindName } from '../1-lexer/tokens';
import { LIMITS } from '../limits';
import type {
  AssignOperator,
  BinaryOperator,
  Expr,
  GenericChoice,
  InitList,
  TypeBuiltinExpr,
  TypeName,
  UnaryOperator,
  WidePrefix,
} from './ast';
import { Cursor } from './cursor';

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

const IS_POSTFIX = new Uint8Array(256);
for (const operator of ['[', '(', '.', '->', '++', '--'] as const) IS_POSTFIX[P[operator]] = 1;

const EMPTY: readonly Expr[] = [];

export abstract class ExpressionParser extends Cursor {
  /** Height of the expression that was read last: 1 for a name. */
  protected height = 0;

  protected abstract typeName(): TypeName;
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

  private postfix(first: Expr): Expr {
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

  private primary(): Expr {
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

  // -------------------------------------------------------------- literals

  private number(): Expr {
    const { start, at } = this;
    this.advance();
    const id = this.ids.next++;
    const end = this.endFrom(start);
    const flags = this.tokens.flags[at] as number;
    if ((flags & (SIMPLE_NUMBER | SYNTHETIC)) === SIMPLE_NUMBER) {
      const value = this.values[at] as number;
      return { kind: 'number', id, start, end, value, decimal: true, unsignedSuffix: false, longSuffix: false };
    }
    const text = this.tokens.spelling(at, this.sourceMap);
    const parsed = parseNumber(text);
    if (!('problem' in parsed)) {
      const { value, decimal, unsignedSuffix, longSuffix } = parsed;
      return { kind: 'number', id, start, end, value, decimal, unsignedSuffix, longSuffix };
    }
    const span = { start, end };
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    if (parsed.problem === 'floating') this.error('no-floating-point', span, { text: shown });
    else if (parsed.problem === 'long-long') this.error('no-long-long', span, {});
    else this.error(parsed.problem === 'malformed' ? 'malformed-number' : 'number-too-large', span, { text: shown });
    return { kind: 'number', id, start, end, value: 0, decimal: true, unsignedSuffix: false, longSuffix: false };
  }

  private char(): Expr {
    const { start, at } = this;
    this.advance();
    const span = { start, end: this.endFrom(start) };
    const problems: EscapeProblem[] = [];
    const { value, count, prefix } = decodeChar(this.tokens.spelling(at, this.sourceMap), problems);
    const closed = ((this.tokens.flags[at] as number) & UNTERMINATED) === 0;
    if (count === 0 && closed) this.error('empty-char', span, {});
    if (count > 1) this.error('multi-char', span, { value });
    this.reportEscapes(problems, at);
    return { kind: 'char', id: this.ids.next++, ...span, value, ...wide(prefix) };
  }

  /** Adjacent string literals are one; if one of them is wide, all are (C99 6.4.5 paragraph 4). */
  protected string(): Expr {
    const { start } = this;
    let prefix: LiteralPrefix = '';
    for (let i = this.at; this.kinds[i] === STRING; i++) {
      const own = literalPrefix(this.tokens.spelling(i, this.sourceMap));
      if (UNIT_BYTES[own] > UNIT_BYTES[prefix]) prefix = own;
    }
    const unitBytes = UNIT_BYTES[prefix];
    let bytes: number[] = [];
    const first = this.at;
    while (this.kind === STRING) {
      for (const unit of this.stringUnits(unitBytes)) {
        for (let i = 0; i < unitBytes; i++) bytes.push((unit >>> (8 * i)) & 255);
      }
      if (this.at - first > 1 && bytes.length > LIMITS.objectBytes) {
        this.error('object-too-large', this.here, { name: 'this string', size: bytes.length });
        bytes = [];
      }
    }
    const end = this.endFrom(start);
    return { kind: 'string', id: this.ids.next++, start, end, bytes: Uint8Array.from(bytes), ...wide(prefix) };
  }

  private stringUnits(unitBytes: 1 | 2 | 4): number[] {
    const { at } = this;
    this.advance();
    const problems: EscapeProblem[] = [];
    const units = decodeUnits(this.tokens.spelling(at, this.sourceMap), unitBytes, problems);
    this.reportEscapes(problems, at);
    return units;
  }

  private reportEscapes(problems: readonly EscapeProblem[], at: number): void {
    const synthetic = ((this.tokens.flags[at] as number) & SYNTHETIC) !== 0;
    for (const { id, at: offset, escape } of problems.slice(0, 3)) {
      const start = (this.tokens.start[at] as number) + (synthetic ? 0 : offset);
      if (id === 'unknown-escape') this.error(id, { start, end: start + 2 }, { escape });
      else this.error(id, { start, end: start + escape.length }, {});
    }
  }

  // -------------------------------------------------------------- helpers

  protected errorExpr(): Expr {
    const { start } = this;
    this.height = 1;
    return { kind: 'error', id: this.ids.next++, start, end: start };
  }

  /** Height of a node over two parts; stops the parser where the tree would get too high for the phases that follow. */
  private grow(a: number, b: number): number {
    const height = (a > b ? a : b) + 1;
    if (height > LIMITS.expressionHeight && this.kind !== 0) {
      this.error('expression-too-long', this.here, {});
      this.stop();
    }
    return height;
  }
}

const wide = (prefix: LiteralPrefix): { prefix?: WidePrefix } => (prefix === '' || prefix === 'u8' ? {} : { prefix });
