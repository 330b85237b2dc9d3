/** Declarators (C99 6.7.5): what stands around the name, pointers, arrays and functions with their parameters; and type names (6.7.6). */
import { K, NAME, P } from '../1-lexer/tokens';
import { LIMITS } from '../limits';
import type { Declarator, Expr, FunctionDeclarator, Parameter, Specifiers, TypeName, TypeSpecifier } from './ast';
import { QUALIFIERS, SpecifierParser } from './specifiers';

/** `named` demands a name, `abstract` forbids one, `either` is for parameters. */
type Mode = 'named' | 'abstract' | 'either';

export abstract class DeclaratorParser extends SpecifierParser {
  /** A parameter list of names only has been refused: declarations follow it. */
  protected sawOldStyle = false;

  protected declarator(mode: Mode): Declarator {
    const { start } = this;
    const stars: { start: number; qualifiers: number }[] = [];
    while (this.kind === P['*']) {
      const star = { start: this.start, qualifiers: 0 };
      this.advance();
      for (;;) {
        const qualifier = QUALIFIERS[this.kind] as number;
        if (qualifier !== 0) {
          star.qualifiers |= qualifier;
          this.advance();
        } else if (this.kind === K.__attribute__) {
          this.skipAttributes();
        } else break;
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

  private directDeclarator(mode: Mode, from: number): Declarator {
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
    while (this.kind === K.static || QUALIFIERS[this.kind] !== 0) this.advance();
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

  protected typeName(): TypeName {
    const { start } = this;
    const specifiers = this.demandSpecifiers();
    const declarator = this.declarator('abstract');
    return { kind: 'type-name', id: this.ids.next++, start, end: this.endFrom(start), specifiers, declarator };
  }

  // -------------------------------------------------------------- parameters

  private parameter(): Parameter {
    const { start } = this;
    const specifiers = this.demandSpecifiers();
    const declarator = this.declarator('either');
    this.skipAttributes();
    const name = nameOf(declarator);
    if (name.name !== null) this.declareAs(name.name, false);
    return { kind: 'parameter', id: this.ids.next++, start, end: this.endFrom(start), specifiers, declarator };
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

  // -------------------------------------------------------------- what a name means

  protected declareAs(name: string, isType: boolean): void {
    this.declareName(this.internKnown(name), isType);
  }

  /** Number of a name that the tokens contain. */
  protected abstract internKnown(name: string): number;
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
