/** The types that specifiers and declarators declare (C99 6.7.2, 6.7.5, 6.7.6). */
import type {
  Declarator,
  EnumSpecifier,
  Parameter,
  RecordSpecifier,
  Specifiers,
  TypeName,
  TypeSpecifier,
} from '../2-parser/ast';
import { LIMITS } from '../limits';
import { POISON, isPoison, type NameAt } from './context';
import { Initialisers } from './initialisers';
import {
  BOOL,
  CHAR,
  INT,
  LONG,
  SCHAR,
  SHORT,
  UCHAR,
  UINT,
  ULONG,
  USHORT,
  VA_LIST,
  VOID,
  arrayOf,
  functionType,
  pointerTo,
  qualified,
  sizeOf,
  typeText,
  unqualified,
  type CType,
  type EnumInfo,
  type RecordInfo,
} from './types';
import { hasEffect } from './visit';

export abstract class DeclaredTypes extends Initialisers {
  protected abstract record(specifier: RecordSpecifier): RecordInfo;
  protected abstract enumeration(specifier: EnumSpecifier): EnumInfo;

  protected resolveTypeName(name: TypeName): CType {
    const base = this.specifierType(name.specifiers);
    return this.declaratorType(name.declarator, base).type;
  }

  protected specifierType(specifiers: Specifiers): CType {
    const type = this.typeSpecifier(specifiers.type);
    return specifiers.qualifiers === 0 || type === POISON ? type : qualified(type, specifiers.qualifiers & 3);
  }

  private typeSpecifier(specifier: TypeSpecifier): CType {
    switch (specifier.kind) {
      case 'basic-type':
        if (specifier.base === 'implicit-int') this.report('implicit-int', specifier, {});
        return basicType(specifier);
      case 'record-type':
        return { kind: 'record', info: this.record(specifier), qualifiers: 0 };
      case 'enum-type':
        return { ...INT, enumTag: this.enumeration(specifier) };
      case 'va-list-type':
        return VA_LIST;
      case 'typedef-name': {
        const symbol = this.lookup(specifier.name);
        if (symbol?.kind !== 'typedef') {
          this.report('unknown-type', specifier, { name: specifier.name, hint: '' });
          return POISON;
        }
        symbol.uses.push({ start: specifier.start, end: specifier.end });
        return symbol.type;
      }
    }
  }

  // -------------------------------------------------------------- declarators

  /** The type that a declarator makes of `base`, and the name that it declares. */
  protected declaratorType(
    declarator: Declarator,
    base: CType,
    isParameter = false,
  ): { type: CType; name: NameAt | undefined } {
    let type = base;
    let node = declarator;
    for (;;) {
      switch (node.kind) {
        case 'name-declarator': {
          const { name, start, end } = node;
          return { type, name: name === null ? undefined : { name, start, end } };
        }
        case 'pointer-declarator':
          type = type === POISON ? type : { ...pointerTo(type), qualifiers: node.qualifiers & 3 };
          break;
        case 'array-declarator': {
          // The outermost array of a parameter becomes a pointer, so its length does not matter.
          const decays = isParameter && node.inner.kind === 'name-declarator';
          type = this.arrayType(type, node, decays);
          break;
        }
        case 'function-declarator':
          type = this.functionType(type, node);
          break;
      }
      node = node.inner;
    }
  }

  private arrayType(of: CType, node: Extract<Declarator, { kind: 'array-declarator' }>, decays: boolean): CType {
    if (of === POISON) return of;
    if (of.kind === 'function' || sizeOf(of) === undefined) {
      if (!(of.kind === 'record' && decays)) this.report('array-of', node, { type: typeText(of) });
      return POISON;
    }
    if (!node.size) return arrayOf(of, undefined);
    const size = this.value(node.size);
    if (isPoison(size)) return POISON;
    if (size.type.kind !== 'int') {
      this.report('not-integer', node.size, { what: 'the size of an array', type: typeText(size.type) });
      return POISON;
    }
    if (size.folded === undefined) {
      if (decays && !hasEffect(size)) return arrayOf(of, undefined);
      this.report('no-vla', node.size, {});
      return POISON;
    }
    if (size.folded < 0 || (size.folded === 0 && this.fn)) {
      this.report('bad-array-size', node.size, { value: size.folded });
      return POISON;
    }
    const bytes = size.folded * (sizeOf(of) ?? 1);
    if (bytes > LIMITS.objectBytes) {
      this.report('object-too-large', node, { name: 'this array', size: bytes });
      return POISON;
    }
    return arrayOf(of, size.folded);
  }

  private functionType(returns: CType, node: Extract<Declarator, { kind: 'function-declarator' }>): CType {
    if (returns === POISON) return returns;
    if (returns.kind === 'function' || returns.kind === 'array') {
      this.report('function-returns', node, { what: returns.kind === 'array' ? 'an array' : 'a function' });
      return POISON;
    }
    this.openScope('prototype', node);
    const params = node.params.map((param) => this.parameterType(param));
    this.closeScope();
    if (params.includes(POISON)) return POISON;
    const [only] = params;
    const isVoid =
      params.length === 1 && only?.kind === 'void' && node.params[0]?.declarator.kind === 'name-declarator';
    if (!isVoid && params.some((param) => param.kind === 'void')) {
      this.report('void-variable', node, { name: 'a parameter' });
      return POISON;
    }
    const { variadic, unspecified } = node;
    return functionType(unqualified(returns), isVoid ? [] : params, { variadic, unspecified });
  }

  /** A parameter's type, with arrays and functions as pointers; unqualified from the outside. */
  private parameterType(param: Parameter): CType {
    const { type, name } = this.declaratorType(param.declarator, this.specifierType(param.specifiers), true);
    const meant = adjusted(type);
    if (name) {
      if (this.scope.symbols.has(name.name)) this.report('redeclared', name, { name: name.name, what: 'a parameter' });
      // Visible for the rest of the prototype, as in f(int n, int a[sizeof n]).
      this.scope.symbols.set(name.name, this.newVariable(name, meant, 'parameter'));
    }
    return meant;
  }
}

function basicType({ base, sign, size }: Extract<TypeSpecifier, { kind: 'basic-type' }>): CType {
  switch (base) {
    case 'void':
      return VOID;
    case '_Bool':
      return BOOL;
    case 'char':
      return sign === 'signed' ? SCHAR : sign === 'unsigned' ? UCHAR : CHAR;
    case 'int':
      if (size === 'long') return sign === 'unsigned' ? ULONG : LONG;
      if (size === 'short') return sign === 'unsigned' ? USHORT : SHORT;
      return sign === 'unsigned' ? UINT : INT;
    case 'implicit-int':
      return INT;
    case 'error':
      return POISON;
  }
}

/** What a parameter's declared type means (C99 6.7.5.3 paragraphs 7 and 8). */
export function adjusted(type: CType): CType {
  if (type.kind === 'array') return pointerTo(type.of);
  if (type.kind === 'function') return pointerTo(type);
  return type;
}
