/** The conversions that C makes without being asked, one a line. */
import { visitFunctionExpressions } from '../3-semantics/visit';
import type { ConvertExpr, DecayExpr, TFunction } from '../3-semantics/typed';
import { typeText } from '../3-semantics/types';
import type { Compilation } from '../compilation';
import type { FrontEndResult, FrontEndUnit } from '../front-end';
import type { ViewRequest } from '../views';
import { heading, isOwn, NOWHERE, where, type DumpLine } from './lines';
import { why } from './typed';

type Implicit = ConvertExpr | DecayExpr;

function implicitOf(fn: TFunction): Implicit[] {
  const found: Implicit[] = [];
  visitFunctionExpressions(fn, (expr) => {
    if (expr.kind === 'decay' || (expr.kind === 'convert' && expr.reason !== 'cast')) found.push(expr);
  });
  return found;
}

export function conversionCount({ frontEnd }: Compilation): number {
  if (!frontEnd) return 0;
  let count = 0;
  for (const part of frontEnd.parts)
    for (const fn of part.typed.functions) if (isOwn(fn.start, frontEnd)) count += implicitOf(fn).length;
  return count;
}

export function conversionLines(
  part: FrontEndUnit,
  result: FrontEndResult,
  { fn: only }: Pick<ViewRequest, 'fn'> = {},
): DumpLine[] {
  const lines: DumpLine[] = [heading(part.name)];
  for (const fn of part.typed.functions) {
    if (!isOwn(fn.start, result) || (only !== undefined && fn.symbol.name !== only)) continue;
    const found = implicitOf(fn);
    lines.push(heading(`${fn.symbol.name}: ${found.length} implicit conversion${found.length === 1 ? '' : 's'}`, 1));
    for (const expr of found) lines.push(conversionLine(expr, result));
  }
  if (lines.length === 1) lines.push({ text: 'none', depth: 1, kind: 'comment', ...NOWHERE });
  return lines;
}

function conversionLine(expr: Implicit, result: FrontEndResult): DumpLine {
  const { start, end, id: node } = expr;
  const source = result.sourceMap.text(expr).replace(/\s+/g, ' ');
  const shown = source.length > 40 ? `${source.slice(0, 39)}…` : source;
  const [from, kind] =
    expr.kind === 'decay'
      ? [expr.place.type, expr.place.type.kind === 'function' ? 'function to pointer' : 'array to pointer']
      : [expr.operand.type, expr.reason];
  const hint =
    expr.kind === 'convert' ? why(expr) : `${typeText(from)} becomes ${typeText(expr.type)}: the address of its start`;
  const text = `${where(start, result).padEnd(8)}${typeText(from)} → ${typeText(expr.type)}  ${kind}  of ${shown}`;
  return { text, depth: 2, kind: 'conversion', start, end, node, hint };
}
