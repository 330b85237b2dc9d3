/** Which symbol, member or macro every mention in the source means: made once a compilation, asked at every move of the mouse. */
import type { Macro } from '../1-lexer/macro-tokens';
import type { AnyNode } from '../2-parser/ast';
import { parts } from '../2-parser/walk';
import type { CSymbol, Scope, TExpr } from '../3-semantics/typed';
import { visitExpressions } from '../3-semantics/visit';
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

/** The innermost scope of the unit around a position. */
export function scopeAt(scope: Scope, position: number): Scope {
  const inner = scope.children.find(
    (child) => child.start <= position && position <= child.end && child.kind !== 'prototype',
  );
  return inner ? scopeAt(inner, position) : scope;
}
