/**
 * C expressions as a debugger takes them: names, members, pointers, arrays, casts and all operators without side effects. A small parser of
 * its own, because the machine knows nothing of the compiler; precedence and meaning are those of the language page.
 */
import { NAME } from '../../base/names';
import { BINARY_OPERATORS } from '../../base/operators';
import { err, ok, type Result } from '../../base/result';
import type { DebugType, TypeTable } from './types';

export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly isLong: boolean; readonly isUnsigned: boolean }
  | { readonly kind: 'character'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  /** `$r3`, `$w1`, `$pc`, `$sp`, `$flags`. */
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'unary'; readonly op: '-' | '+' | '~' | '!' | '*' | '&'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string; readonly arrow: boolean }
  | { readonly kind: 'cast'; readonly type: DebugType; readonly of: Expression }
  | { readonly kind: 'size'; readonly type: DebugType | undefined; readonly of: Expression | undefined };

/** Longer ones are mistakes. */
export const MAX_EXPRESSION_CHARACTERS = 500;
const MAX_DEPTH = 60;

const NUMBER = String.raw`(0[xX][\da-fA-F]+|0[bB][01]+|\d+)([uUlL]*)(?![\w.])`;
const CHARACTER = String.raw`('(?:\\.[\da-fA-F]*|[^'\\])')`;
const SIGN = String.raw`(<<|>>|<=|>=|==|!=|&&|\|\||->|[-+*\/%&|^~!<>()[\].?:])`;
const TOKEN = new RegExp(String.raw`\s*(?:${NUMBER}|${CHARACTER}|(${NAME})|${SIGN})`, 'uy');

interface Token {
  readonly text: string;
  readonly kind: 'number' | 'character' | 'name' | 'sign' | 'end';
  readonly suffix: string;
  /** Column, from 1. */
  readonly column: number;
}

class SyntaxProblem extends Error {}

export function parseExpression(text: string, types: TypeTable): Result<Expression> {
  if (text.length > MAX_EXPRESSION_CHARACTERS)
    return err(`the expression has more than ${MAX_EXPRESSION_CHARACTERS} characters`);
  try {
    return ok(new Parser(tokens(text), types).whole());
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return err(problem.message);
    throw problem;
  }
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [, digits, suffix = '', character, name, sign] = match;
    const kind = digits ? 'number' : character ? 'character' : name ? 'name' : 'sign';
    const token = (digits ?? character ?? name ?? sign) as string;
    found.push({ text: token, kind, suffix, column: TOKEN.lastIndex - token.length - suffix.length + 1 });
    at = TOKEN.lastIndex;
  }
  const rest = text.slice(at).trimStart();
  if (rest !== '') throw new SyntaxProblem(`'${rest.slice(0, 12)}' is not understood`);
  return [...found, { text: '', kind: 'end', suffix: '', column: text.length + 1 }];
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly list: readonly Token[],
    private readonly types: TypeTable,
  ) {}

  whole(): Expression {
    if (this.peek().kind === 'end') throw new SyntaxProblem('the expression is empty');
    const found = this.choice();
    if (this.peek().kind !== 'end') this.fail();
    return found;
  }

  private choice(): Expression {
    if (++this.depth > MAX_DEPTH) throw new SyntaxProblem('the expression is nested too deeply');
    let found = this.level(0);
    if (this.takes('?')) {
      const yes = this.choice();
      this.expect(':');
      found = { kind: 'choice', test: found, yes, no: this.choice() };
    }
    this.depth--;
    return found;
  }

  private level(n: number): Expression {
    const operators: readonly string[] | undefined = BINARY_OPERATORS[n];
    if (!operators) return this.unary();
    let left = this.level(n + 1);
    while (this.peek().kind === 'sign' && operators.includes(this.peek().text)) {
      const op = this.next().text;
      left = { kind: 'binary', op, left, right: this.level(n + 1) };
    }
    return left;
  }

  private unary(): Expression {
    if (++this.depth > MAX_DEPTH) throw new SyntaxProblem('the expression is nested too deeply');
    const found = this.unaryInside();
    this.depth--;
    return found;
  }

  private unaryInside(): Expression {
    const { text, kind } = this.peek();
    if (kind === 'sign' && ['-', '+', '~', '!', '*', '&'].includes(text)) {
      this.next();
      return { kind: 'unary', op: text as '-', of: this.unary() };
    }
    if (kind === 'name' && text === 'sizeof') {
      this.next();
      const type = this.typeInParentheses();
      return type ? { kind: 'size', type, of: undefined } : { kind: 'size', type: undefined, of: this.unary() };
    }
    const type = this.typeInParentheses();
    return type ? { kind: 'cast', type, of: this.unary() } : this.postfix();
  }

  private postfix(): Expression {
    let found = this.primary();
    for (;;) {
      if (this.takes('[')) {
        found = { kind: 'index', of: found, at: this.choice() };
        this.expect(']');
      } else if (this.peek().text === '.' || this.peek().text === '->') {
        const arrow = this.next().text === '->';
        const name = this.next();
        if (name.kind !== 'name')
          throw new SyntaxProblem(`the name of a member is missing after '${arrow ? '->' : '.'}'`);
        found = { kind: 'member', of: found, name: name.text, arrow };
      } else if (this.peek().text === '(') {
        throw new SyntaxProblem('functions cannot be called from a watch: that would change the program');
      } else return found;
    }
  }

  private primary(): Expression {
    const token = this.next();
    switch (token.kind) {
      case 'number': {
        const isUnsigned = /u/i.test(token.suffix);
        return {
          kind: 'number',
          value: Number(token.text.replace(/^0(?=\d)/, '0o')),
          isLong: /l/i.test(token.suffix),
          isUnsigned,
        };
      }
      case 'character':
        return { kind: 'character', value: characterOf(token.text) };
      case 'name':
        return token.text.startsWith('$')
          ? { kind: 'register', name: token.text.slice(1).toLowerCase() }
          : { kind: 'name', name: token.text };
      default:
        if (token.text === '(') {
          const inside = this.choice();
          this.expect(')');
          return inside;
        }
        return this.fail(token);
    }
  }

  /** `(unsigned char *)`, if that is what stands here. */
  private typeInParentheses(): DebugType | undefined {
    const first = this.list[this.at + 1];
    if (this.peek().text !== '(' || first?.kind !== 'name' || !this.types.begins(first.text)) return undefined;
    const start = this.at;
    const words: string[] = [];
    this.next();
    for (let depth = 1; depth > 0;) {
      const { text, kind } = this.next();
      if (kind === 'end') throw new SyntaxProblem("')' is missing after the type");
      depth += text === '(' ? 1 : text === ')' ? -1 : 0;
      if (depth > 0) words.push(text);
    }
    const type = this.types.read(words.join(' '));
    if (type.kind !== 'unknown') return type;
    this.at = start;
    throw new SyntaxProblem(`'${words.join(' ')}' is no type that is known here`);
  }

  private peek(): Token {
    return this.list[this.at] as Token;
  }
  private next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }
  private takes(text: string): boolean {
    if (this.peek().text !== text || this.peek().kind !== 'sign') return false;
    this.at++;
    return true;
  }
  private expect(text: string): void {
    if (!this.takes(text)) throw new SyntaxProblem(`'${text}' is missing at column ${this.peek().column}`);
  }
  private fail({ text, kind, column } = this.peek()): never {
    throw new SyntaxProblem(
      kind === 'end' ? 'the expression is not complete' : `'${text}' at column ${column} does not belong there`,
    );
  }
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, '0': 0, a: 7, b: 8, f: 12, v: 11 };

function characterOf(text: string): number {
  const inside = text.slice(1, -1);
  if (!inside.startsWith('\\')) return inside.charCodeAt(0) & 0xff;
  if (inside[1] === 'x') return parseInt(inside.slice(2), 16) & 0xff;
  return /^\\[0-7]+$/.test(inside)
    ? parseInt(inside.slice(1), 8) & 0xff
    : (ESCAPES[inside[1] as string] ?? inside.charCodeAt(1));
}
