/**
 * Declarations (C99 6.7): each declarator to its symbol. Types are in declared-types.ts and tags.ts, symbols in declared-functions.ts and
 * declared-objects.ts.
 */
import type { Declaration, InitDeclarator, Specifiers, StaticAssert } from '../2-parser/ast';
import { POISON, isPoison, type NameAt } from './context';
import { DeclaredObjects } from './declared-objects';
import type { CSymbol, TStmt } from './typed';
import { sameType, typeText, type CType } from './types';

export abstract class Declarations extends DeclaredObjects {
  /** One declaration; statements come out for locals. */
  protected declaration(node: Declaration): TStmt[] {
    const { specifiers } = node;
    const base = this.specifierType(specifiers);
    const out: TStmt[] = [];
    if (node.declarators.length === 0) {
      const { type } = specifiers;
      const declares = type.kind === 'enum-type' || (type.kind === 'record-type' && type.tag !== null);
      if (!declares && base !== POISON && !this.diagnostics.hasErrors) this.report('missing-declarator', node, {});
      if (type.kind === 'record-type' && type.tag !== null && type.members === null) this.forwardTag(type);
      return out;
    }
    for (const item of node.declarators) {
      const { type, name } = this.declaratorType(item.declarator, base);
      if (name) this.declare(item, specifiers, type, name, out);
    }
    return out;
  }

  private declare(item: InitDeclarator, specifiers: Specifiers, type: CType, name: NameAt, out: TStmt[]): void {
    const { storage } = specifiers;
    if (type === POISON) {
      this.poisonName(name, specifiers);
      if (item.initialiser && item.initialiser.kind !== 'init-list') this.value(item.initialiser);
      return;
    }
    if (storage === 'typedef') {
      this.declareTypedef(name, type);
    } else if (type.kind === 'function') {
      this.declareFunction(name, type, specifiers);
      if (item.initialiser) this.report('bad-initialiser', item, { type: typeText(type) });
    } else if (type.kind === 'void') {
      this.report('void-variable', name, { name: name.name });
      this.poisonName(name, specifiers);
    } else if (!this.fn) {
      this.declareGlobal(item, name, type, storage);
    } else if (storage === 'extern') {
      if (item.initialiser) this.report('initialised-extern', name, { name: name.name });
      this.declareExternLocal(name, type);
    } else if (storage === 'static') {
      this.declareStaticLocal(item, name, type);
    } else {
      this.declareLocal(item, name, type, out);
    }
  }

  /** So that later uses of a name whose declaration is wrong stay silent. */
  private poisonName(name: NameAt, specifiers: Specifiers): void {
    if (this.scope.symbols.has(name.name)) return;
    const symbol: CSymbol =
      specifiers.storage === 'typedef'
        ? { kind: 'typedef', id: this.numbers.symbol++, ...name, uses: [], type: POISON }
        : this.newVariable(name, POISON, this.fn ? 'local' : 'static');
    this.scope.symbols.set(name.name, symbol);
  }

  private declareTypedef(name: NameAt, type: CType): void {
    const old = this.scope.symbols.get(name.name);
    if (old?.kind === 'typedef' && sameType(old.type, type)) {
      old.uses.push({ start: name.start, end: name.end });
      return;
    }
    if (this.clash(name)) return;
    if (type.kind === 'record' && type.info.tag === null) type.info.alias ??= name.name;
    const symbol: CSymbol = { kind: 'typedef', id: this.numbers.symbol++, ...name, uses: [], type };
    symbol.uses.push({ start: name.start, end: name.end });
    this.scope.symbols.set(name.name, symbol);
  }

  protected staticAssert(node: StaticAssert): void {
    const value = this.value(node.condition);
    if (isPoison(value)) return;
    if (value.folded === undefined) this.report('not-constant', node.condition, { what: 'what is asserted' });
    else if (value.folded === 0) {
      this.report('static-assert', node, { message: node.message === null ? '' : `: ${node.message}` });
    }
  }
}
