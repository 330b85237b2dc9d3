/** Statements (C99 6.8): scopes, jumps, and the warnings that need the shape of a statement. */
import type {
  CaseStatement,
  CompoundStatement,
  Declaration,
  Expr,
  ForStatement,
  GotoStatement,
  LabelStatement,
  ReturnStatement,
  Stmt,
  SwitchStatement,
} from '../2-parser/ast';
import { withoutParentheses } from '../2-parser/walk';
import { similar, suggestion } from '../similar';
import { isPoison, skippedInitialiser, type LabelState, type SwitchState } from './context';
import { Declarations } from './declarations';
import { baseVariable } from './fold';
import type { TBlock, TCase, TExpr, TStmt, VariableSymbol } from './typed';
import { VOID, typeText, wrap, type IntType } from './types';

export abstract class Statements extends Declarations {
  private readonly breakable: ('loop' | 'switch')[] = [];

  /** The statements of a block, in the scope that is open. */
  protected blockItems(node: CompoundStatement): TStmt[] {
    const out: TStmt[] = [];
    const visible = this.initialised;
    for (const item of node.items) this.blockItem(item, out);
    this.initialised = visible;
    return out;
  }

  private blockItem(item: Stmt, out: TStmt[]): void {
    if (item.kind === 'declaration') {
      for (const stmt of this.declaration(item)) out.push(stmt);
    } else if (item.kind === 'static-assert') this.staticAssert(item);
    else out.push(this.statement(item));
  }

  private block(node: CompoundStatement): TBlock {
    this.openScope('block', node);
    const items = this.blockItems(node);
    this.closeScope();
    return { kind: 'block', id: node.id, start: node.start, end: node.end, items };
  }

  protected statement(node: Stmt): TStmt {
    const { id, start, end } = node;
    switch (node.kind) {
      case 'compound':
        return this.block(node);
      case 'expression': {
        const expression = this.value(node.expression);
        this.warnNoEffect(expression, node.expression);
        return { kind: 'expression', id, start, end, expression };
      }
      case 'empty':
        return { kind: 'block', id, start, end, items: [] };
      case 'if': {
        const condition = this.test(node.condition, 'if');
        const whenTrue = this.statement(node.whenTrue);
        this.warnEmptyBody(node.whenTrue, 'if', node.whenFalse === null);
        const whenFalse = node.whenFalse ? this.statement(node.whenFalse) : undefined;
        return { kind: 'if', id, start, end, condition, whenTrue, whenFalse };
      }
      case 'while': {
        const condition = this.test(node.condition, 'while');
        const body = this.loopBody(node.body);
        return { kind: 'while', id, start, end, condition, body };
      }
      case 'do': {
        const body = this.loopBody(node.body);
        return { kind: 'do', id, start, end, body, condition: this.test(node.condition, 'while') };
      }
      case 'for':
        return this.forStatement(node);
      case 'switch':
        return this.switchStatement(node);
      case 'case':
        return this.caseStatement(node);
      case 'label':
        return this.labelStatement(node);
      case 'goto':
        return this.gotoStatement(node);
      case 'break':
        if (this.breakable.length === 0) this.report('break-outside', node, {});
        return { kind: 'break', id, start, end };
      case 'continue':
        if (!this.breakable.includes('loop')) this.report('continue-outside', node, {});
        return { kind: 'continue', id, start, end };
      case 'return':
        return this.returnStatement(node);
      case 'asm':
        return { kind: 'asm', id, start, end, text: node.text };
      case 'declaration':
        // After a label, or where an error was reported.
        return this.looseDeclaration(node);
      case 'static-assert':
        this.staticAssert(node);
        return { kind: 'block', id, start, end, items: [] };
    }
  }

  private looseDeclaration(node: Declaration): TStmt {
    const items = this.declaration(node);
    return { kind: 'block', id: node.id, start: node.start, end: node.end, items };
  }

  // -------------------------------------------------------------- conditions and loops

  private test(expr: Expr, what: string): TExpr {
    if (expr.kind === 'assign' && expr.operator === '=') {
      const span = { start: expr.operatorAt, end: expr.operatorAt + 1 };
      const fix = { title: 'Change to `==`', edits: [{ span, text: '==' }] };
      this.report('assignment-in-condition', expr, {}, { fix });
    }
    return this.condition(this.value(expr), `the condition of \`${what}\``);
  }

  private loopBody(body: Stmt): TStmt {
    this.breakable.push('loop');
    const result = this.statement(body);
    this.breakable.pop();
    return result;
  }

  private forStatement(node: ForStatement): TStmt {
    const { id, start, end } = node;
    this.openScope('block', node);
    const visible = this.initialised;
    let init: TStmt[] = [];
    if (node.init?.kind === 'declaration') {
      init = this.declaration(node.init);
    } else if (node.init) {
      const expression = this.value(node.init);
      init = [{ kind: 'expression', id: this.ids.next++, start: node.init.start, end: node.init.end, expression }];
    }
    const condition = node.condition ? this.test(node.condition, 'for') : undefined;
    const step = node.step ? this.value(node.step) : undefined;
    const body = this.loopBody(node.body);
    this.initialised = visible;
    this.closeScope();
    return { kind: 'for', id, start, end, init, condition, step, body };
  }

  // -------------------------------------------------------------- switch

  private switchStatement(node: SwitchStatement): TStmt {
    const { id, start, end } = node;
    let value = this.promote(this.value(node.value));
    if (value.type.kind !== 'int') {
      this.report('not-integer', node.value, { what: 'the value of a switch', type: typeText(value.type) });
      value = this.poison(node.value);
    }
    const state: SwitchState = {
      type: value.type as IntType,
      cases: new Map(),
      visible: this.initialised,
      list: [],
      defaultCase: undefined,
    };
    const locals = this.fn?.locals.length ?? 0;
    this.fn?.switches.push(state);
    this.breakable.push('switch');
    const body = this.statement(node.body);
    this.breakable.pop();
    this.fn?.switches.pop();
    // A case may lie behind a declaration, which control then does not pass.
    for (const symbol of this.fn?.locals.slice(locals) ?? []) symbol.zeroAtEntry = true;
    return { kind: 'switch', id, start, end, value, body, cases: state.list, defaultCase: state.defaultCase };
  }

  private caseStatement(node: CaseStatement): TStmt {
    const { id, start, end } = node;
    const state = this.fn?.switches.at(-1);
    const name = node.value ? 'case' : 'default';
    let value: number | undefined;
    if (!state) this.report('case-outside-switch', node, { name });
    if (node.value) {
      const constant = this.value(node.value);
      if (isPoison(constant)) {
        value = undefined;
      } else if (constant.folded === undefined || constant.type.kind !== 'int') {
        this.report('not-constant', node.value, { what: 'the value of a case' });
      } else {
        value = wrap(constant.folded, state?.type ?? constant.type);
        if (value !== constant.folded) {
          const type = typeText(state?.type ?? constant.type);
          this.report('value-changes', node.value, { value: constant.folded, type, result: value });
        }
      }
    }
    const skipped = state && skippedInitialiser(this.initialised, state.visible);
    if (skipped) this.report('switch-past-initialiser', { start, end: start + name.length }, { name: skipped.name });
    const result: { -readonly [K in keyof TCase]: TCase[K] } = { kind: 'case', id, start, end, value, body: EMPTY };
    if (state) this.enterCase(state, result, node);
    result.body = this.statement(node.body);
    return result;
  }

  private enterCase(state: SwitchState, node: TCase, source: CaseStatement): void {
    if (!source.value) {
      if (state.defaultCase) {
        this.report('duplicate-case', { start: node.start, end: node.start + 7 }, { value: '`default`' });
      }
      state.defaultCase = node;
      return;
    }
    if (node.value === undefined) return;
    const old = state.cases.get(node.value);
    if (old) {
      const notes = [{ message: 'the first one', span: { start: old.start, end: old.start + 4 } }];
      this.report('duplicate-case', source.value, { value: node.value }, { notes });
      return;
    }
    state.cases.set(node.value, node);
    state.list.push(node);
  }

  // -------------------------------------------------------------- jumps

  private label(name: string): LabelState {
    const { labels } = this.fn as NonNullable<typeof this.fn>;
    let state = labels.get(name);
    if (!state) {
      const label = { name, number: labels.size, start: 0, end: 0 };
      state = { label, defined: undefined, inScope: null, gotos: [] };
      labels.set(name, state);
    }
    return state;
  }

  private labelStatement(node: LabelStatement): TStmt {
    const { id, start, end } = node;
    const state = this.label(node.name);
    const span = { start, end: node.nameEnd };
    if (state.defined) {
      this.report(
        'duplicate-label',
        span,
        { name: node.name },
        { notes: [{ message: 'the first one', span: state.defined }] },
      );
    } else {
      state.defined = span;
      state.inScope = this.initialised;
      Object.assign(state.label, span);
    }
    return { kind: 'label', id, start, end, label: state.label, body: this.statement(node.body) };
  }

  private gotoStatement(node: GotoStatement): TStmt {
    const { id, start, end } = node;
    const state = this.label(node.name);
    const span = { start: node.nameStart, end: node.nameStart + node.name.length };
    state.gotos.push({ span, inScope: this.initialised });
    return { kind: 'goto', id, start, end, label: state.label };
  }

  /** After the whole body has been read. */
  protected checkLabels(): void {
    const labels = this.fn?.labels ?? new Map<string, LabelState>();
    const defined = [...labels].filter(([, state]) => state.defined).map(([name]) => name);
    for (const [name, state] of labels) {
      if (!state.defined) {
        const meant = similar(name, defined);
        for (const { span } of state.gotos) {
          const { hint, fix } = suggestion(meant, span);
          if (name !== '') this.report('undeclared-label', span, { name, hint }, { fix });
        }
        continue;
      }
      if (state.gotos.length === 0) this.report('unused-label', state.defined, { name });
      for (const { span, inScope } of state.gotos) {
        const skipped = skippedInitialiser(state.inScope, inScope);
        if (skipped) this.report('goto-past-initialiser', span, { name: skipped.name }, this.declaredHere(skipped));
      }
    }
    if (labels.size > 0) for (const symbol of this.fn?.locals ?? []) symbol.zeroAtEntry = true;
  }

  private returnStatement(node: ReturnStatement): TStmt {
    const { id, start, end } = node;
    const fn = this.fn as NonNullable<typeof this.fn>;
    const { returns } = fn.type;
    const { name } = fn.symbol;
    if (fn.symbol.isNoreturn) this.report('noreturn-returns', node, { name });
    if (!node.value) {
      if (returns.kind !== 'void') this.report('return-without-value', node, { name, type: typeText(returns) });
      return { kind: 'return', id, start, end, value: undefined };
    }
    const raw = this.value(node.value);
    if (returns.kind === 'void') {
      // `return f();` of a void function is not strictly C, but clear.
      if (raw.type.kind !== 'void' && !isPoison(raw)) this.report('return-value-in-void', node.value, { name });
      const value = this.convert(raw, VOID, 'return');
      const expression: TStmt = {
        kind: 'expression',
        id: this.ids.next++,
        start: raw.start,
        end: raw.end,
        expression: value,
      };
      const leave: TStmt = { kind: 'return', id: this.ids.next++, start, end, value: undefined };
      return { kind: 'block', id, start, end, items: [expression, leave] };
    }
    const value = this.assignable(raw, returns, 'return', 'return value');
    this.warnLocalAddress(value);
    return { kind: 'return', id, start, end, value };
  }

  // -------------------------------------------------------------- warnings

  private warnLocalAddress(value: TExpr): void {
    let node = value;
    while (node.kind === 'convert' || node.kind === 'pointer-add')
      node = node.kind === 'convert' ? node.operand : node.pointer;
    if (node.kind !== 'address' && node.kind !== 'decay') return;
    const variable: VariableSymbol | undefined = baseVariable(node.place);
    if (variable && variable.storage !== 'static')
      this.report('returns-local-address', value, { name: variable.name }, this.declaredHere(variable));
  }

  private warnEmptyBody(body: Stmt, name: string, hasNoElse: boolean): void {
    if (body.kind === 'empty' && hasNoElse && body.end > body.start) this.report('empty-body', body, { name });
  }

  private warnNoEffect(value: TExpr, node: Expr): void {
    const inner = withoutParentheses(node);
    const harmless =
      inner.kind === 'binary' || inner.kind === 'identifier' || inner.kind === 'number' || inner.kind === 'index';
    if (!harmless || isPoison(value) || value.type.kind === 'void') return;
    if (inner.kind === 'binary' && (inner.operator === '&&' || inner.operator === '||')) return;
    this.report('no-effect', node, {});
  }
}

const EMPTY: TBlock = { kind: 'block', id: 0, start: 0, end: 0, items: [] };
