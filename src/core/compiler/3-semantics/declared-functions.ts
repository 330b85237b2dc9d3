/** Symbols of functions: all declarations of a name, in whatever scope, mean one function (C99 6.2.2). */
import type { Expr, Specifiers } from '../2-parser/ast';
import { isPoison, type NameAt } from './context';
import { Tags } from './tags';
import type { CSymbol, FunctionSymbol } from './typed';
import { compositeType, sameType, typeText, type FunctionType } from './types';

export abstract class DeclaredFunctions extends Tags {
  /** By name, also those declared inside blocks. */
  private readonly hiddenFunctions = new Map<string, FunctionSymbol>();
  /** Called before they were declared. */
  private readonly implicit = new Set<CSymbol>();

  protected declareFunction(name: NameAt, type: FunctionType, specifiers: Specifiers): FunctionSymbol {
    const isStatic = specifiers.storage === 'static';
    const local = this.scope.symbols.get(name.name);
    const outer = this.fileScope.symbols.get(name.name);
    const old = local ?? (outer?.kind === 'function' ? outer : this.hiddenFunctions.get(name.name));
    let symbol: FunctionSymbol;
    if (old?.kind === 'function') {
      symbol = old;
      this.declareAgain(old, name, type, isStatic);
    } else {
      if (old) this.clash(name);
      symbol = this.newFunction(name, type, specifiers.isInline);
      symbol.uses.push({ start: name.start, end: name.end });
      this.reserveLinkName(name.name);
      this.hiddenFunctions.set(name.name, symbol);
    }
    symbol.isInternal ||= isStatic;
    symbol.isNoreturn ||= specifiers.isNoreturn;
    if (specifiers.interrupt) this.interrupt(symbol, specifiers.interrupt, type);
    this.scope.symbols.set(name.name, symbol);
    return symbol;
  }

  /** Another declaration of a function that is known. */
  private declareAgain(old: FunctionSymbol, name: NameAt, type: FunctionType, isStatic: boolean): void {
    old.uses.push({ start: name.start, end: name.end });
    if (!sameType(old.type, type) && !isPromotedMatch(old.type, type)) {
      const texts = { name: name.name, type: typeText(type, name.name), earlier: typeText(old.type, name.name) };
      this.report('conflicting-types', name, texts, this.declaredHere(old));
    } else {
      const merged = compositeType(old.type, type);
      if (merged.kind === 'function') old.type = merged;
    }
    if (isStatic && !old.isInternal && !old.isDefined && old.uses.length > 0 && !this.implicit.has(old)) {
      this.report('static-after-extern', name, { name: name.name }, this.declaredHere(old));
    }
  }

  private newFunction({ name, start, end }: NameAt, type: FunctionType, isInline: boolean): FunctionSymbol {
    return {
      kind: 'function',
      id: this.numbers.symbol++,
      name,
      start,
      end,
      uses: [],
      type,
      linkName: name,
      isInternal: false,
      isDefined: false,
      isNoreturn: false,
      isInline,
      interruptVector: undefined,
    };
  }

  private interrupt(symbol: FunctionSymbol, vector: Expr, type: FunctionType): void {
    const value = this.value(vector);
    const fits = type.returns.kind === 'void' && type.params.length === 0 && !type.variadic;
    if (!fits || value.folded === undefined || value.folded < 0 || value.folded > 15) {
      if (!isPoison(value)) this.report('bad-interrupt', vector, {});
      return;
    }
    symbol.interruptVector = value.folded;
  }

  protected declareImplicit(name: string, { start, end }: Expr, type: FunctionType): FunctionSymbol {
    const symbol = this.newFunction({ name, start, end }, type, false);
    this.implicit.add(symbol);
    this.hiddenFunctions.set(name, symbol);
    this.fileScope.symbols.set(name, symbol);
    return symbol;
  }
}

/** A call without a declaration made it `int f()`; any later declaration that returns int agrees with that. */
const isPromotedMatch = (old: FunctionType, type: FunctionType): boolean =>
  old.unspecified && sameType(old.returns, type.returns, { qualifiers: false });
