/** Symbols of objects, by where they live (C99 6.2.2, 6.2.4, 6.9.2): in the file, elsewhere, in a function for ever, or while it runs. */
import type { Expr, InitDeclarator, InitList, Specifiers } from '../2-parser/ast';
import { POISON, type NameAt } from './context';
import { DeclaredFunctions } from './declared-functions';
import type { TStmt, VariableSymbol } from './typed';
import { compositeType, isConst, sameType, sizeOf, typeText, type CType } from './types';

export abstract class DeclaredObjects extends DeclaredFunctions {
  /** Objects of other units by name, as they were declared in blocks. */
  private readonly externs = new Map<string, VariableSymbol>();

  protected declareGlobal(item: InitDeclarator, name: NameAt, type: CType, storage: Specifiers['storage']): void {
    const old = this.scope.symbols.get(name.name) ?? this.externs.get(name.name);
    let symbol: VariableSymbol;
    if (old?.kind === 'variable' && old.type !== POISON) {
      symbol = old;
      symbol.uses.push({ start: name.start, end: name.end });
      if (!sameType(old.type, type)) {
        this.conflictingTypes(name, type, old);
        return;
      }
      symbol.type = compositeType(old.type, type);
      if (storage === 'static' && !symbol.isInternal) {
        this.report('static-after-extern', name, { name: name.name }, this.declaredHere(old));
      }
      if (item.initialiser && this.objects.has(symbol)) {
        this.report('redefined', name, { name: name.name }, this.declaredHere(old, 'defined here'));
        return;
      }
    } else {
      if (this.clash(name)) return;
      const isReadOnly = isConst(type);
      symbol = this.newVariable(name, type, 'static', { isInternal: storage === 'static', isReadOnly });
      this.reserveLinkName(name.name);
      symbol.uses.push({ start: name.start, end: name.end });
    }
    this.scope.symbols.set(name.name, symbol);
    if (item.initialiser) {
      symbol.isDefined = true;
      Object.assign(symbol, { start: name.start, end: name.end });
      this.checkComplete(symbol, item.initialiser);
      this.staticObject(symbol, item.initialiser, item.id);
    } else if (storage !== 'extern') {
      // A tentative definition (C99 6.9.2): if nothing else comes, the object is zero.
      symbol.isDefined = true;
    }
  }

  protected declareExternLocal(name: NameAt, type: CType): void {
    const outer = this.fileScope.symbols.get(name.name) ?? this.externs.get(name.name);
    let symbol = outer?.kind === 'variable' && outer.storage === 'static' ? outer : undefined;
    if (symbol && !sameType(symbol.type, type)) this.conflictingTypes(name, type, symbol);
    if (!symbol) {
      symbol = this.newVariable(name, type, 'static', { isReadOnly: isConst(type) });
      this.externs.set(name.name, symbol);
    }
    symbol.uses.push({ start: name.start, end: name.end });
    const here = this.scope.symbols.get(name.name);
    if (here && here !== symbol) this.clash(name);
    else this.scope.symbols.set(name.name, symbol);
  }

  protected declareStaticLocal(item: InitDeclarator, name: NameAt, type: CType): void {
    const linkName = this.linkName(`${this.fn?.symbol.name ?? ''}.${name.name}`);
    const options = { linkName, isInternal: true, isReadOnly: isConst(type) };
    const symbol = this.newVariable(name, type, 'static', options);
    symbol.uses.push({ start: name.start, end: name.end });
    if (this.clash(name)) return;
    this.scope.symbols.set(name.name, symbol);
    symbol.isDefined = true;
    if (!this.checkComplete(symbol, item.initialiser)) return;
    if (item.initialiser) this.staticObject(symbol, item.initialiser, item.id);
    else this.zeroObject(symbol, item.id);
  }

  protected declareLocal(item: InitDeclarator, name: NameAt, type: CType, out: TStmt[]): void {
    const symbol = this.newVariable(name, type, 'local');
    symbol.uses.push({ start: name.start, end: name.end });
    const clashes = this.clash(name);
    if (!clashes) this.scope.symbols.set(name.name, symbol);
    if (!this.checkComplete(symbol, item.initialiser)) {
      symbol.type = POISON;
      return;
    }
    const init = item.initialiser ? this.localInitialiser(symbol, item.initialiser) : undefined;
    const size = sizeOf(symbol.type);
    if (size === undefined || !this.fits(symbol, size)) return;
    this.fn?.locals.push(symbol);
    if (init) this.initialised = { symbol, outer: this.initialised, depth: (this.initialised?.depth ?? 0) + 1 };
    out.push({ kind: 'declare', id: item.id, start: item.start, end: item.end, symbol, init });
  }

  /** A static object without an initial value. */
  protected zeroObject(symbol: VariableSymbol, id: number): void {
    const size = sizeOf(symbol.type);
    if (size === undefined || !this.fits(symbol, size)) return;
    const { start, end } = symbol;
    this.define({ id, start, end, symbol, sizeBytes: size, bytes: undefined, relocations: [] });
  }

  private checkComplete(symbol: VariableSymbol, init: Expr | InitList | null): boolean {
    const { type } = symbol;
    const element = type.kind === 'array' && init ? type.of : type;
    if (sizeOf(element) !== undefined) return true;
    this.report('incomplete-type', symbol, { type: typeText(type), what: `\`${symbol.name}\` has no size` });
    return false;
  }

  private conflictingTypes(name: NameAt, type: CType, old: VariableSymbol): void {
    const texts = { name: name.name, type: typeText(type), earlier: typeText(old.type) };
    this.report('conflicting-types', name, texts, this.declaredHere(old));
  }
}
