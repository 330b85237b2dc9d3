/** The typed tree as lines: every expression with its type, and the conversions that C makes by itself as nodes of their own. */
import { children } from '../3-semantics/flow';
import type { ConvertExpr, Initialiser, TExpr, TFunction, TStmt } from '../3-semantics/typed';
import { typeText } from '../3-semantics/types';
import type { FrontEndResult, FrontEndUnit } from '../front-end';
import type { ViewRequest } from '../views';
import { isOwn, type DumpLine } from './lines';

export function typedLines(
  part: FrontEndUnit,
  result: FrontEndResult,
  { fn: only }: Pick<ViewRequest, 'fn'> = {},
): DumpLine[] {
  const writer = new TypedWriter();
  for (const fn of part.typed.functions)
    if (isOwn(fn.start, result) && (only === undefined || fn.symbol.name === only)) writer.function(fn);
  return writer.lines;
}

const REASONS: Readonly<Record<ConvertExpr['reason'], string>> = {
  promotion: 'integer promotion: C computes with int at least',
  arithmetic: 'usual arithmetic conversions: both operands get one type',
  assignment: 'the value takes the type of what it is assigned to',
  argument: 'the argument takes the type of the parameter',
  return: 'the value takes the type that the function returns',
  initialiser: 'the value takes the type of what it initialises',
  cast: 'a cast, written in the program',
  builtin: 'the built-in function wants this type',
};

/** Why a conversion is there, and from what to what it leads. */
export const why = ({ reason, operand, type }: ConvertExpr): string =>
  `${typeText(operand.type)} becomes ${typeText(type)}; ${REASONS[reason]}`;

class TypedWriter {
  readonly lines: DumpLine[] = [];

  private add(
    kind: DumpLine['kind'],
    depth: number,
    text: string,
    at: { start: number; end: number; id?: number },
    hint?: string,
  ): void {
    const { start, end } = at;
    this.lines.push({ kind, depth, text, start, end, node: at.id ?? 0, ...(hint === undefined ? {} : { hint }) });
  }

  function(fn: TFunction): void {
    this.add('heading', 0, `function ${typeText(fn.symbol.type, fn.symbol.name)}`, fn);
    for (const item of fn.body.items) this.statement(item, 1);
  }

  private statement(stmt: TStmt, depth: number, role = ''): void {
    const line = (text: string) => this.add('statement', depth, role + text, stmt);
    switch (stmt.kind) {
      case 'block':
        if (stmt.items.length !== 1 || role !== '') line('block');
        for (const item of stmt.items) this.statement(item, stmt.items.length !== 1 || role !== '' ? depth + 1 : depth);
        return;
      case 'expression':
        this.expression(stmt.expression, depth, role);
        return;
      case 'declare':
        line(`declare ${typeText(stmt.symbol.type, stmt.symbol.name)}${stmt.init ? '' : ' = 0 (by the language)'}`);
        if (stmt.init) this.initialiser(stmt.init, depth + 1);
        return;
      case 'if':
        line('if');
        this.expression(stmt.condition, depth + 1, 'condition: ');
        this.statement(stmt.whenTrue, depth + 1, 'then: ');
        if (stmt.whenFalse) this.statement(stmt.whenFalse, depth + 1, 'else: ');
        return;
      case 'while':
      case 'do':
        line(stmt.kind);
        this.expression(stmt.condition, depth + 1, 'condition: ');
        this.statement(stmt.body, depth + 1, 'body: ');
        return;
      case 'for':
        line('for');
        for (const item of stmt.init) this.statement(item, depth + 1, 'init: ');
        if (stmt.condition) this.expression(stmt.condition, depth + 1, 'condition: ');
        if (stmt.step) this.expression(stmt.step, depth + 1, 'step: ');
        this.statement(stmt.body, depth + 1, 'body: ');
        return;
      case 'switch':
        line(`switch, ${stmt.cases.length} cases${stmt.defaultCase ? ' and default' : ''}`);
        this.expression(stmt.value, depth + 1, 'value: ');
        this.statement(stmt.body, depth + 1, 'body: ');
        return;
      case 'case':
        line(stmt.value === undefined ? 'default' : `case ${stmt.value}`);
        this.statement(stmt.body, depth + 1);
        return;
      case 'label':
        line(`label ${stmt.label.name}`);
        this.statement(stmt.body, depth + 1);
        return;
      case 'goto':
        line(`goto ${stmt.label.name}`);
        return;
      case 'return':
        line('return');
        if (stmt.value) this.expression(stmt.value, depth + 1);
        return;
      case 'asm':
        line(`asm ${JSON.stringify(stmt.text)}`);
        return;
      case 'break':
      case 'continue':
        line(stmt.kind);
    }
  }

  private initialiser(init: Initialiser, depth: number): void {
    if (init.zeroFirst) this.add('statement', depth, 'all bytes 0', { start: 0, end: 0 });
    for (const step of init.items) {
      if (step.kind === 'store') this.expression(step.value, depth, step.offset === 0 ? '' : `+${step.offset}: `);
      else
        this.add('statement', depth, `+${step.offset}: ${step.sizeBytes} bytes of ${step.from.linkName}`, {
          start: 0,
          end: 0,
        });
    }
  }

  private expression(expr: TExpr, depth: number, role = ''): void {
    const implicit =
      expr.kind === 'load' || expr.kind === 'decay' || (expr.kind === 'convert' && expr.reason !== 'cast');
    const known = expr.folded !== undefined && expr.kind !== 'constant' ? ` = ${expr.folded}` : '';
    const text = `${role}${expressionText(expr)} : ${typeText(expr.type)}${known}`;
    const hint = expr.kind === 'convert' ? why(expr) : undefined;
    this.add(implicit ? 'conversion' : 'expression', depth, text, expr, hint);
    if (expr.kind === 'compound-literal' && expr.init) {
      this.initialiser(expr.init, depth + 1);
      return;
    }
    for (const child of children(expr)) this.expression(child, depth + 1);
  }
}

function expressionText(expr: TExpr): string {
  switch (expr.kind) {
    case 'constant':
      return String(expr.value);
    case 'variable':
    case 'function':
      return expr.symbol.name;
    case 'string':
      return `string ${expr.symbol.linkName}`;
    case 'member':
      return `member ${expr.member.name ?? ''} +${expr.offset}`;
    case 'index':
      return expr.bound === undefined ? 'index' : `index, checked below ${expr.bound}`;
    case 'convert':
      return expr.reason === 'cast' ? 'cast' : `convert (${expr.reason})`;
    case 'unary':
    case 'arithmetic':
    case 'compare':
    case 'logical':
      return expr.operator;
    case 'update':
      return `${expr.operator}, gives the ${expr.gives} value`;
    case 'pointer-add':
      return `pointer ${expr.negate ? '-' : '+'} index * ${expr.elementSize}`;
    case 'pointer-difference':
      return `pointer - pointer, / ${expr.elementSize}`;
    case 'call':
      return expr.callee.kind === 'function' ? 'call' : 'call through pointer';
    case 'builtin':
      return `builtin ${expr.name}`;
    default:
      return expr.kind;
  }
}
