/**
 * What the first three phases make, as lines of text: the views of the UI, `--emit tokens | ast | symbols` and the golden tests all
 * show these lines. A line knows the characters and the node that it is about.
 */
import { FROM_MACRO, K, P, kindName } from './1-lexer/tokens';
import type { AnyNode } from './2-parser/ast';
import { GRAMMAR } from './2-parser/grammar';
import { attributes, parts } from './2-parser/walk';
import { children } from './3-semantics/flow';
import type {
  CSymbol,
  Initialiser,
  Scope,
  StaticObject,
  TExpr,
  TFunction,
  TStmt,
  TypedUnit,
} from './3-semantics/typed';
import { sizeOf, typeText, type CType, type RecordInfo } from './3-semantics/types';
import type { FrontEndResult, FrontEndUnit } from './front-end';

export interface DumpLine {
  readonly text: string;
  /** Steps of indentation. */
  readonly depth: number;
  readonly kind:
    | 'heading'
    | 'token'
    | 'expansion'
    | 'node'
    | 'scope'
    | 'symbol'
    | 'record'
    | 'member'
    | 'object'
    | 'statement'
    | 'expression'
    | 'conversion';
  /** Characters in the position space of the compilation; both 0 for none. */
  readonly start: number;
  readonly end: number;
  /** Id of the node, 0 for none. */
  readonly node: number;
}

export const printLines = (lines: readonly DumpLine[]): string =>
  lines.map(({ text, depth }) => `${'  '.repeat(depth)}${text}\n`).join('');

export const dumpTokens = (result: FrontEndResult): string =>
  printLines(result.parts.flatMap((part) => tokenLines(part, result)));
export const dumpAst = (result: FrontEndResult): string =>
  printLines(result.parts.flatMap((part) => astLines(part, result)));
export const dumpSymbols = (result: FrontEndResult): string =>
  printLines(result.parts.flatMap((part) => symbolLines(part, result)));

const where = (position: number, result: FrontEndResult): string => {
  const { line, column } = result.sourceMap.place(position);
  return `${line}:${column}`;
};

/** True for what the program itself contains, not a library header. */
const isOwn = (position: number, result: FrontEndResult): boolean =>
  !(result.sourceMap.fileAt(position)?.system ?? false);

// ---------------------------------------------------------------- tokens

function tokenClass(kind: number): string {
  if (kind >= K.auto) return 'keyword';
  return kind >= P['('] ? 'punctuator' : kindName(kind);
}

/** The tokens of the program's own files; those of library headers are counted only. */
export function tokenLines(part: FrontEndUnit, result: FrontEndResult): DumpLine[] {
  const { tokens } = part;
  const lines: DumpLine[] = [];
  let hidden = 0;
  const heading = (text: string) => lines.push({ text, depth: 0, kind: 'heading', start: 0, end: 0, node: 0 });
  heading(part.name);
  const flush = () => {
    if (hidden > 0)
      lines.push({
        text: `… ${hidden} tokens of library headers`,
        depth: 1,
        kind: 'heading',
        start: 0,
        end: 0,
        node: 0,
      });
    hidden = 0;
  };
  for (let i = 0; i < tokens.count; i++) {
    const start = tokens.place[i] as number;
    const end = tokens.placeEnd[i] as number;
    if (!isOwn(start, result)) {
      hidden++;
      continue;
    }
    flush();
    const kind = tokens.kind[i] as number;
    const spelled =
      kind === 1 || kind >= K.auto
        ? (result.names.names[tokens.value[i] as number] as string)
        : tokens.spelling(i, result.sourceMap);
    let text = `${where(start, result).padEnd(8)}${tokenClass(kind).padEnd(11)}${spelled}`;
    if (((tokens.flags[i] as number) & FROM_MACRO) !== 0) {
      const spelledAt = tokens.start[i] as number;
      const file = result.sourceMap.fileAt(spelledAt);
      text += `    (from a macro, spelled at ${file && file !== part.file ? `${file.name}:` : ''}${where(spelledAt, result)})`;
    }
    lines.push({ text: text.trimEnd(), depth: 1, kind: 'token', start, end, node: 0 });
  }
  flush();
  const own = part.expansions.filter((expansion) => isOwn(expansion.start, result));
  if (own.length > 0) heading('macro expansions');
  for (const { macro, args, result: text, depth, start, end } of own) {
    const call = macro.params ? `${macro.name}(${args.join(', ')})` : macro.name;
    lines.push({
      text: `${where(start, result).padEnd(8)}${call}  →  ${text}`,
      depth: depth + 1,
      kind: 'expansion',
      start,
      end,
      node: 0,
    });
  }
  return lines;
}

// ---------------------------------------------------------------- syntax tree

export function astLines(part: FrontEndUnit, result: FrontEndResult): DumpLine[] {
  const lines: DumpLine[] = [{ text: part.name, depth: 0, kind: 'heading', start: 0, end: 0, node: 0 }];
  const visit = (node: AnyNode, role: string, depth: number): void => {
    const { kind, id, start, end } = node;
    const told = attributes(node).join(' ');
    const prefix = role === '' || role === 'items' || role === 'args' || role === 'params' ? '' : `${role}: `;
    const text = `${prefix}${kind}${told === '' ? '' : ` ${told}`}  [${where(start, result)}-${where(end, result)}]`;
    lines.push({ text, depth, kind: 'node', start, end, node: id });
    for (const child of parts(node)) visit(child.node, child.role, depth + 1);
  };
  const { items } = part.ast;
  for (const item of items) if (isOwn(item.start, result)) visit(item, '', 1);
  return lines;
}

/** Name of the rule that made a node of this kind. */
export const ruleOf = (kind: AnyNode['kind']): string => `${GRAMMAR[kind].name}: ${GRAMMAR[kind].text}`;

// ---------------------------------------------------------------- symbols, layouts, typed tree

export function symbolLines(part: FrontEndUnit, result: FrontEndResult): DumpLine[] {
  const writer = new SymbolWriter(result);
  writer.unit(part.typed);
  return writer.lines;
}

class SymbolWriter {
  readonly lines: DumpLine[] = [];

  constructor(private readonly result: FrontEndResult) {}

  private add(
    kind: DumpLine['kind'],
    depth: number,
    text: string,
    at: { start: number; end: number; id?: number },
  ): void {
    const { start, end } = at;
    this.lines.push({ kind, depth, text, start, end, node: kind === 'symbol' ? 0 : (at.id ?? 0) });
  }

  unit(unit: TypedUnit): void {
    const nowhere = { start: 0, end: 0 };
    this.add('heading', 0, unit.name, nowhere);
    this.scope(unit.scope, 1);
    const records = unit.records.filter((record) => isOwn(record.start, this.result) && record.members);
    if (records.length > 0) this.add('heading', 0, 'layouts', nowhere);
    for (const record of records) this.record(record);
    const objects = unit.objects.filter((object) => isOwn(object.start, this.result));
    if (objects.length > 0) this.add('heading', 0, 'static objects', nowhere);
    for (const object of objects) this.object(object);
    for (const fn of unit.functions) if (isOwn(fn.start, this.result)) this.function(fn);
  }

  private scope(scope: Scope, depth: number): void {
    const own = [...scope.symbols.values()].filter((symbol) => isOwn(symbol.start, this.result));
    if (scope.kind === 'prototype') return;
    if (own.length > 0 || scope.kind === 'file') this.add('scope', depth, `${scope.kind} scope`, scope);
    for (const symbol of own) this.add('symbol', depth + 1, this.symbol(symbol), symbol);
    for (const child of scope.children)
      if (isOwn(child.start, this.result)) this.scope(child, own.length > 0 ? depth + 1 : depth);
  }

  private symbol(symbol: CSymbol): string {
    const { name } = symbol;
    const uses = `${symbol.uses.length} ${symbol.uses.length === 1 ? 'mention' : 'mentions'}`;
    switch (symbol.kind) {
      case 'variable': {
        const place =
          symbol.storage === 'static'
            ? symbol.isDefined
              ? symbol.isInternal
                ? 'static'
                : 'global'
              : 'extern'
            : symbol.storage;
        return `${typeText(symbol.type, name)}  ${place}, ${bytes(symbol.type)}, ${uses}${symbol.addressTaken && symbol.storage !== 'static' ? ', address taken' : ''}`;
      }
      case 'function':
        return `${typeText(symbol.type, name)}  ${symbol.isInternal ? 'static ' : ''}function${symbol.isDefined ? '' : ', defined elsewhere'}, ${uses}`;
      case 'typedef':
        return `typedef ${typeText(symbol.type, name)}  ${bytes(symbol.type)}, ${uses}`;
      case 'enum-constant':
        return `${name} = ${symbol.value}  enum constant, ${uses}`;
    }
  }

  private record(record: RecordInfo): void {
    this.add(
      'record',
      1,
      `${typeText({ kind: 'record', info: record, qualifiers: 0 })}  ${record.sizeBytes} bytes`,
      record,
    );
    for (const member of record.members ?? []) {
      const name = member.name ?? '(anonymous)';
      this.add(
        'member',
        2,
        `+${String(member.offset).padEnd(4)}${typeText(member.type, name)}  ${bytes(member.type)}`,
        member,
      );
    }
  }

  private object({ symbol, sizeBytes, bytes: content, relocations, ...at }: StaticObject): void {
    const shown = content
      ? [...content.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
      : 'zero';
    const more = content && content.length > 16 ? ' …' : '';
    const links = relocations.map(
      ({ offset, symbol: to, addend }) => `+${offset} → ${to}${addend === 0 ? '' : `+${addend}`}`,
    );
    this.add('object', 1, [`${symbol.linkName}  ${sizeBytes} bytes: ${shown}${more}`, ...links].join(', '), at);
  }

  private function(fn: TFunction): void {
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
    this.add(implicit ? 'conversion' : 'expression', depth, text, expr);
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

function bytes(type: CType): string {
  const size = sizeOf(type);
  return size === undefined ? 'no size' : `${size} ${size === 1 ? 'byte' : 'bytes'}`;
}
