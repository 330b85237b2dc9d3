/**
 * Where control can get, on the typed tree: does a statement complete normally (so that what follows is reached), and which locals may
 * be read before they have a value. Rules as for Java's definite assignment (JLS chapters 14.22 and 16); a label that is the target
 * of a goto counts as reachable, and behind it everything as assigned, so that there are no false alarms.
 */
import { NORETURN_BUILTINS } from './builtins';
import type { TExpr, TStmt, VariableSymbol } from './typed';

export interface FlowResult {
  /** Control may reach the closing brace. */
  readonly canFallOff: boolean;
  /** First reads of locals that may have no value yet. */
  readonly unassigned: readonly { readonly symbol: VariableSymbol; readonly expr: TExpr }[];
}

type Vars = Set<VariableSymbol>;

interface Jump {
  /** Some break leaves it. */
  broken: boolean;
  /** Locals that have no value at one of the breaks. */
  atBreak: Vars;
  readonly isLoop: boolean;
  /** For a switch: what has no value where its cases begin. */
  atCase: Vars;
}

export function analyseFlow(body: TStmt, locals: readonly VariableSymbol[], hasLabels: boolean): FlowResult {
  const flow = new Flow(locals, hasLabels);
  const canFallOff = flow.statement(body, true);
  return { canFallOff, unassigned: [...flow.reads].map(([symbol, expr]) => ({ symbol, expr })) };
}

class Flow {
  readonly reads = new Map<VariableSymbol, TExpr>();
  /** Locals that are declared and may have no value at this point. */
  private open: Vars = new Set();
  private readonly jumps: Jump[] = [];
  private readonly watched: Vars;

  constructor(locals: readonly VariableSymbol[], hasLabels: boolean) {
    // With goto, or with very many locals, only reachability is looked at.
    const fits = !hasLabels && locals.length <= 300;
    this.watched = new Set(fits ? locals.filter((symbol) => symbol.storage === 'local' && !symbol.addressTaken) : []);
  }

  /** Does it complete normally? `live` says whether it is reached. */
  statement(stmt: TStmt, live: boolean): boolean {
    switch (stmt.kind) {
      case 'block': {
        let reached = live;
        for (const item of stmt.items) reached = this.statement(item, reached);
        return reached;
      }
      case 'expression':
        this.expression(stmt.expression);
        return live && !neverReturns(stmt.expression);
      case 'declare':
        if (stmt.init) {
          for (const step of stmt.init.items) if (step.kind === 'store') this.expression(step.value);
          this.open.delete(stmt.symbol);
        } else if (this.watched.has(stmt.symbol)) {
          this.open.add(stmt.symbol);
        }
        return live;
      case 'if':
        return this.branches(stmt.condition, live, () => this.statement(stmt.whenTrue, live), stmt.whenFalse);
      case 'while':
        return this.loop(live, stmt.condition, stmt.body, undefined);
      case 'for': {
        for (const item of stmt.init) this.statement(item, live);
        return this.loop(live, stmt.condition, stmt.body, stmt.step);
      }
      case 'do':
        return this.doLoop(live, stmt.body, stmt.condition);
      case 'switch':
        return this.switch(stmt, live);
      case 'case': {
        const jump = [...this.jumps].reverse().find((each) => !each.isLoop);
        // Reached from above and from the switch: without a value in either counts.
        if (jump) this.open = live ? union(this.open, jump.atCase) : new Set(jump.atCase);
        return this.statement(stmt.body, true);
      }
      case 'label':
        return this.statement(stmt.body, true);
      case 'break': {
        const jump = this.jumps.at(-1);
        if (jump && live) {
          jump.broken = true;
          jump.atBreak = union(jump.atBreak, this.open);
        }
        return false;
      }
      case 'return':
        if (stmt.value) this.expression(stmt.value);
        return false;
      case 'goto':
      case 'continue':
        return false;
      case 'asm':
        return live;
    }
  }

  private branches(condition: TExpr, live: boolean, then: () => boolean, otherwise: TStmt | undefined): boolean {
    this.expression(condition);
    const before = new Set(this.open);
    const a = then();
    const afterTrue = this.open;
    this.open = before;
    const b = otherwise ? this.statement(otherwise, live) : live;
    this.open = a && b ? union(this.open, afterTrue) : a ? afterTrue : this.open;
    return a || b;
  }

  private loop(live: boolean, condition: TExpr | undefined, body: TStmt, step: TExpr | undefined): boolean {
    if (condition) this.expression(condition);
    const forever = condition === undefined || (condition.folded !== undefined && condition.folded !== 0);
    const before = new Set(this.open);
    const jump: Jump = { broken: false, atBreak: new Set(), isLoop: true, atCase: new Set() };
    this.jumps.push(jump);
    this.statement(body, live);
    if (step) this.expression(step);
    this.jumps.pop();
    this.open = forever ? jump.atBreak : union(before, jump.atBreak);
    return live && (!forever || jump.broken);
  }

  private doLoop(live: boolean, body: TStmt, condition: TExpr): boolean {
    const jump: Jump = { broken: false, atBreak: new Set(), isLoop: true, atCase: new Set() };
    this.jumps.push(jump);
    const reached = this.statement(body, live);
    this.jumps.pop();
    this.expression(condition);
    const forever = condition.folded !== undefined && condition.folded !== 0;
    this.open = union(this.open, jump.atBreak);
    // A continue reaches the condition too; telling them apart is not worth the effort.
    return live && (jump.broken || (!forever && (reached || mayContinue(body))));
  }

  private switch(stmt: Extract<TStmt, { kind: 'switch' }>, live: boolean): boolean {
    this.expression(stmt.value);
    const before = new Set(this.open);
    const jump: Jump = { broken: false, atBreak: new Set(), isLoop: false, atCase: before };
    this.jumps.push(jump);
    const reached = this.statement(stmt.body, false);
    this.jumps.pop();
    const skips = stmt.defaultCase === undefined;
    const after = union(jump.atBreak, reached ? this.open : new Set());
    this.open = skips ? union(after, before) : after;
    return live && (reached || jump.broken || skips);
  }

  // -------------------------------------------------------------- expressions

  private expression(expr: TExpr): void {
    if (this.open.size === 0 && expr.kind !== 'conditional') {
      // Nothing to watch: values cannot be missing, and assignments do not matter.
      return;
    }
    switch (expr.kind) {
      case 'load':
        if (expr.place.kind === 'variable') this.read(expr.place.symbol, expr);
        else this.expression(expr.place);
        return;
      case 'assign':
        this.place(expr.place);
        this.expression(expr.value);
        if (expr.place.kind === 'variable') this.open.delete(expr.place.symbol);
        return;
      case 'update':
        if (expr.place.kind === 'variable') this.read(expr.place.symbol, expr.place);
        else this.place(expr.place);
        this.expression(expr.result);
        if (expr.place.kind === 'variable') this.open.delete(expr.place.symbol);
        return;
      case 'logical': {
        this.expression(expr.left);
        const before = new Set(this.open);
        this.expression(expr.right);
        this.open = union(this.open, before);
        return;
      }
      case 'conditional': {
        this.expression(expr.condition);
        const before = new Set(this.open);
        this.expression(expr.whenTrue);
        const afterTrue = this.open;
        this.open = before;
        this.expression(expr.whenFalse);
        this.open = union(this.open, afterTrue);
        return;
      }
      default:
        for (const child of children(expr)) this.expression(child);
    }
  }

  private place(place: TExpr): void {
    if (place.kind !== 'variable') this.expression(place);
  }

  private read(symbol: VariableSymbol, expr: TExpr): void {
    if (!this.open.has(symbol)) return;
    if (!this.reads.has(symbol)) this.reads.set(symbol, expr);
    this.open.delete(symbol);
  }
}

function union(a: Vars, b: Vars): Vars {
  if (b.size === 0) return a;
  const result = new Set(a);
  for (const symbol of b) result.add(symbol);
  return result;
}

function neverReturns(expr: TExpr): boolean {
  if (expr.kind === 'builtin') return NORETURN_BUILTINS.has(expr.name);
  if (expr.kind === 'convert') return neverReturns(expr.operand);
  return expr.kind === 'call' && expr.callee.kind === 'function' && expr.callee.symbol.isNoreturn;
}

function mayContinue(stmt: TStmt): boolean {
  switch (stmt.kind) {
    case 'continue':
    case 'goto':
      return true;
    case 'block':
      return stmt.items.some(mayContinue);
    case 'if':
      return mayContinue(stmt.whenTrue) || (stmt.whenFalse !== undefined && mayContinue(stmt.whenFalse));
    case 'switch':
    case 'case':
    case 'label':
      return mayContinue(stmt.body);
    case 'expression':
    case 'declare':
    case 'while':
    case 'do':
    case 'for':
    case 'break':
    case 'return':
    case 'asm':
      return false;
  }
}

/** Operands of an expression in the order of their evaluation. */
export function children(expr: TExpr): readonly TExpr[] {
  switch (expr.kind) {
    case 'constant':
    case 'variable':
    case 'function':
    case 'string':
    case 'old-value':
      return [];
    case 'deref':
      return [expr.pointer];
    case 'index':
      return [expr.array, expr.index];
    case 'member':
      return [expr.object];
    case 'compound-literal':
      return (expr.init?.items ?? []).flatMap((step) => (step.kind === 'store' ? [step.value] : []));
    case 'temporary':
      return [expr.value];
    case 'load':
    case 'address':
    case 'decay':
      return [expr.place];
    case 'convert':
    case 'unary':
      return [expr.operand];
    case 'arithmetic':
      return expr.rightFirst ? [expr.right, expr.left] : [expr.left, expr.right];
    case 'compare':
    case 'logical':
    case 'pointer-difference':
    case 'comma':
      return [expr.left, expr.right];
    case 'pointer-add':
      return expr.indexFirst ? [expr.index, expr.pointer] : [expr.pointer, expr.index];
    case 'conditional':
      return [expr.condition, expr.whenTrue, expr.whenFalse];
    case 'assign':
      return [expr.place, expr.value];
    case 'update':
      return [expr.place, expr.result];
    case 'call':
      return [expr.callee, ...expr.args];
    case 'builtin':
      return expr.args;
  }
}
