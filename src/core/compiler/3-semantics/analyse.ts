/** The semantic phase: the syntax tree of a unit in, its typed tree, symbols and diagnostics out. */
import type { FunctionDefinition } from '../2-parser/ast';
import { functionPart, nameOf } from '../2-parser/declarators';
import { POISON, type FunctionState, type SemanticsInput } from './context';
import { adjusted } from './declared-types';
import { analyseFlow } from './flow';
import { Statements } from './statements';
import type { FunctionSymbol, Scope, TBlock, TFunction, TypedUnit, VariableSymbol } from './typed';
import { INT, isConst, sizeOf, typeText, type CType, type FunctionType } from './types';

export function analyse(input: SemanticsInput): TypedUnit {
  return new Analyser(input).run();
}

class Analyser extends Statements {
  private readonly functions: TFunction[] = [];
  private readonly fileAsm: TypedUnit['fileAsm'][number][] = [];
  private readonly defined = new Set<string>();

  protected definesFunction(name: string): boolean {
    return this.defined.has(name);
  }

  run(): TypedUnit {
    for (const item of this.unit.items) {
      const name = item.kind === 'function-definition' ? nameOf(item.declarator).name : null;
      if (name !== null) this.defined.add(name);
    }
    for (const item of this.unit.items) {
      if (this.diagnostics.isFull) break;
      switch (item.kind) {
        case 'function-definition':
          this.functionDefinition(item);
          break;
        case 'declaration':
          this.declaration(item);
          break;
        case 'static-assert':
          this.staticAssert(item);
          break;
        case 'file-asm':
          this.fileAsm.push({ text: item.text, id: item.id, start: item.start, end: item.end });
          break;
      }
    }
    this.finishTentative();
    const externals = this.externals();
    const { name, functions, fileAsm, records, enums } = this;
    return {
      name,
      functions,
      objects: [...this.objects.values()],
      externals,
      fileAsm,
      scope: this.scope,
      records,
      enums,
    };
  }

  /** Tentative definitions become objects of zeros; an array without a length gets one element (C99 6.9.2 paragraph 5). */
  private finishTentative(): void {
    for (const symbol of this.scope.symbols.values()) {
      if (symbol.kind !== 'variable' || !symbol.isDefined || this.objects.has(symbol) || symbol.type === POISON)
        continue;
      const { type } = symbol;
      if (type.kind === 'array' && type.length === undefined) symbol.type = { ...type, length: 1 };
      if (sizeOf(symbol.type) === undefined) {
        this.report('incomplete-type', symbol, { type: typeText(type), what: `\`${symbol.name}\` has no size` });
        continue;
      }
      if (!this.diagnostics.hasErrors || sizeOf(symbol.type) !== undefined) this.zeroObject(symbol, this.ids.next++);
    }
  }

  /** What is used here and defined elsewhere. */
  private externals(): (VariableSymbol | FunctionSymbol)[] {
    const out = new Set<VariableSymbol | FunctionSymbol>();
    const visit = (scope: Scope): void => {
      for (const symbol of scope.symbols.values()) {
        if (symbol.kind === 'function' && !symbol.isDefined) out.add(symbol);
        if (symbol.kind === 'variable' && symbol.storage === 'static' && !symbol.isDefined) out.add(symbol);
      }
      for (const child of scope.children) visit(child);
    };
    visit(this.scope);
    return [...out];
  }

  // -------------------------------------------------------------- functions

  private functionDefinition(node: FunctionDefinition): void {
    const { specifiers } = node;
    const isImplicit = specifiers.type.kind === 'basic-type' && specifiers.type.base === 'implicit-int';
    if (isImplicit) this.report('implicit-int', node.declarator, {});
    const base = isImplicit ? INT : this.specifierType(specifiers);
    const { type, name } = this.declaratorType(node.declarator, base);
    if (!name) return;
    if (type.kind !== 'function') {
      if (type === POISON) this.poisonedFunction(node);
      else this.report('not-a-function', name, { type: typeText(type) });
      return;
    }
    const symbol = this.declareFunction(name, type, specifiers);
    if (symbol.isDefined) {
      this.report('redefined', name, { name: name.name }, this.declaredHere(symbol, 'defined here'));
    }
    symbol.isDefined = true;
    Object.assign(symbol, { start: name.start, end: name.end });
    // A definition with () takes no arguments, although calls are not checked against it.
    const definedType: FunctionType = type;
    if (name.name === 'main') this.checkMain(symbol, definedType);
    if (definedType.returns.kind !== 'void' && sizeOf(definedType.returns) === undefined) {
      this.report('incomplete-type', name, { type: typeText(definedType.returns), what: 'it cannot be returned' });
    }
    this.functionBody(node, symbol, definedType);
  }

  /** The type is wrong, but names inside the body can still be checked. */
  private poisonedFunction(node: FunctionDefinition): void {
    const { name, start, end } = nameOf(node.declarator);
    if (name === null || this.scope.symbols.has(name)) return;
    this.scope.symbols.set(name, this.newVariable({ name, start, end }, POISON, 'static'));
  }

  private checkMain(symbol: FunctionSymbol, type: FunctionType): void {
    if (type.params.length > 0 || type.returns !== INT) this.report('main-signature', symbol, {});
  }

  private functionBody(node: FunctionDefinition, symbol: FunctionSymbol, type: FunctionType): void {
    const fn: FunctionState = {
      symbol,
      type,
      locals: [],
      labels: new Map(),
      switches: [],
      loops: 0,
    };
    const scope = this.openScope('function', node);
    this.fn = fn;
    this.initialised = null;
    const params = this.parameters(node, type);
    const items = this.blockItems(node.body);
    this.checkLabels();
    this.fn = undefined;
    this.closeScope();
    const { id, start, end } = node.body;
    const body: TBlock = { kind: 'block', id, start, end, items };
    const canFallOff = this.diagnostics.hasErrors ? false : this.flow(fn, body);
    // With errors about, what is unused may just not have been understood.
    if (!this.diagnostics.hasErrors) this.warnUnused(scope);
    this.functions.push({
      id: node.id,
      start: node.start,
      end: node.end,
      symbol,
      params,
      locals: fn.locals,
      body,
      scope,
      canFallOff,
    });
  }

  private parameters(node: FunctionDefinition, type: FunctionType): VariableSymbol[] {
    const params: VariableSymbol[] = [];
    const declared = functionPart(node.declarator)?.params ?? [];
    type.params.forEach((_, i) => {
      const param = declared[i];
      if (!param) return;
      const resolved = this.declaratorType(param.declarator, this.specifierType(param.specifiers), true);
      const paramType: CType = adjusted(resolved.type);
      const at = resolved.name ?? { name: `(parameter ${i + 1})`, start: param.start, end: param.start };
      const symbol = this.newVariable(at, paramType, 'parameter', { parameterIndex: i });
      symbol.uses.push({ start: at.start, end: at.end });
      if (sizeOf(paramType) === undefined && paramType !== POISON) {
        this.report('incomplete-type', param, { type: typeText(paramType), what: 'it cannot be a parameter' });
      }
      if (resolved.name && !this.scope.symbols.has(at.name)) this.scope.symbols.set(at.name, symbol);
      params.push(symbol);
    });
    return params;
  }

  private flow(fn: FunctionState, body: TBlock): boolean {
    const { symbol, type } = fn;
    const { canFallOff, unassigned } = analyseFlow(body, fn.locals, fn.labels.size > 0);
    for (const { symbol: variable, expr } of unassigned) {
      this.report('maybe-uninitialised', expr, { name: variable.name }, this.declaredHere(variable));
    }
    const span = { start: Math.max(body.end - 1, body.start), end: body.end };
    if (canFallOff && symbol.isNoreturn) this.report('noreturn-returns', span, { name: symbol.name });
    else if (canFallOff && type.returns.kind !== 'void' && symbol.name !== 'main') {
      this.report('missing-return', span, { name: symbol.name, type: typeText(type.returns) });
    }
    return canFallOff;
  }

  private warnUnused(scope: Scope): void {
    for (const symbol of scope.symbols.values()) {
      if (
        symbol.kind === 'variable' &&
        symbol.storage === 'local' &&
        symbol.uses.length <= 1 &&
        !isConst(symbol.type)
      ) {
        if (symbol.type !== POISON) this.report('unused-variable', symbol, { name: symbol.name });
      }
    }
    for (const child of scope.children) this.warnUnused(child);
  }
}
