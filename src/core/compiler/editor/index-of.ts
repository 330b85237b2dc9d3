/** Which symbol, member or macro every mention in the source means: made once a compilation, asked at every move of the mouse. */
import type { Macro } from '../1-lexer/macros';
import type { AnyNode } from '../2-parser/ast';
import { parts } from '../2-parser/walk';
import { children } from '../3-semantics/flow';
import type { CSymbol, Scope, TExpr, TStmt, TypedUnit } from '../3-semantics/typed';
import type { Member } from '../3-semantics/types';
import type { FrontEndResult } from '../front-end';

export type Target =
  | { readonly kind: 'symbol'; readonly symbol: CSymbol; readonly unit: number }
  | { readonly kind: 'member'; readonly member: Member; readonly record: string }
  | { readonly kind: 'macro'; readonly macro: Macro; readonly result: string };

/** A range of positions that means something. */
export interface Mention {
  readonly start: number;
  readonly end: number;
  readonly target: Target;
}

export interface SourceIndex {
  /** Sorted by start; inner ones after outer ones. */
  readonly mentions: readonly Mention[];
  /** Typed expressions by node id. */
  readonly expressions: ReadonlyMap<number, TExpr>;
}

export function indexOf(result: FrontEndResult): SourceIndex {
  const mentions: Mention[] = [];
  const expressions = new Map<number, TExpr>();
  result.parts.forEach((part, unit) => {
    scopeMentions(part.typed.scope, unit, mentions);
    visitExpressions(part.typed, (expr) => expressions.set(expr.id, expr));
    memberMentions(part.ast, expressions, mentions);
    for (const { macro, start, depth, result: text } of part.expansions) {
      if (depth > 0 || macro.builtin) continue;
      mentions.push({ start, end: start + macro.name.length, target: { kind: 'macro', macro, result: text } });
    }
    for (const macro of part.macros) {
      mentions.push({ start: macro.start, end: macro.end, target: { kind: 'macro', macro, result: '' } });
    }
  });
  mentions.sort((a, b) => a.start - b.start || b.end - a.end);
  return { mentions, expressions };
}

function scopeMentions(scope: Scope, unit: number, out: Mention[]): void {
  for (const symbol of scope.symbols.values()) {
    const target: Target = { kind: 'symbol', symbol, unit };
    for (const { start, end } of symbol.uses) out.push({ start, end, target });
  }
  for (const child of scope.children) scopeMentions(child, unit, out);
}

function memberMentions(node: AnyNode, expressions: ReadonlyMap<number, TExpr>, out: Mention[]): void {
  if (node.kind === 'member') {
    const typed = expressions.get(node.id);
    if (typed?.kind === 'member') {
      const record =
        typed.object.type.kind === 'record' ? (typed.object.type.info.tag ?? typed.object.type.info.alias ?? '') : '';
      out.push({ start: node.nameStart, end: node.nameEnd, target: { kind: 'member', member: typed.member, record } });
    }
  }
  for (const part of parts(node)) memberMentions(part.node, expressions, out);
}

/** The innermost mention at a position: behind the last character of a name still counts. */
export function mentionAt(index: SourceIndex, position: number): Mention | undefined {
  let best: Mention | undefined;
  for (const mention of index.mentions) {
    if (mention.start > position) break;
    if (position > mention.end) continue;
    if (!best || mention.end - mention.start <= best.end - best.start) best = mention;
  }
  return best;
}

export function visitExpressions(unit: TypedUnit, visit: (expr: TExpr) => void): void {
  const expression = (expr: TExpr): void => {
    visit(expr);
    for (const child of children(expr)) expression(child);
  };
  const statement = (stmt: TStmt): void => {
    switch (stmt.kind) {
      case 'block':
        stmt.items.forEach(statement);
        return;
      case 'expression':
        expression(stmt.expression);
        return;
      case 'declare':
        for (const step of stmt.init?.items ?? []) if (step.kind === 'store') expression(step.value);
        return;
      case 'if':
        expression(stmt.condition);
        statement(stmt.whenTrue);
        if (stmt.whenFalse) statement(stmt.whenFalse);
        return;
      case 'while':
      case 'do':
        expression(stmt.condition);
        statement(stmt.body);
        return;
      case 'for':
        stmt.init.forEach(statement);
        if (stmt.condition) expression(stmt.condition);
        if (stmt.step) expression(stmt.step);
        statement(stmt.body);
        return;
      case 'switch':
        expression(stmt.value);
        statement(stmt.body);
        return;
      case 'case':
      case 'label':
        statement(stmt.body);
        return;
      case 'return':
        if (stmt.value) expression(stmt.value);
        return;
      case 'goto':
      case 'break':
      case 'continue':
      case 'asm':
        return;
    }
  };
  for (const fn of unit.functions) statement(fn.body);
}

/** The innermost scope of the unit around a position. */
export function scopeAt(scope: Scope, position: number): Scope {
  const inner = scope.children.find(
    (child) => child.start <= position && position <= child.end && child.kind !== 'prototype',
  );
  return inner ? scopeAt(inner, position) : scope;
}
