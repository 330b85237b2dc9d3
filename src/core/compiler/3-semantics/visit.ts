/** Every expression of a typed function, outer ones first, in the order of the tree. */
import { children } from './flow';
import type { IndexedExpr, TExpr, TFunction, TStmt, TypedUnit } from './typed';

/** Whether it writes, calls, or asks the machine for anything. */
export function hasEffect(expr: TExpr): boolean {
  const { kind } = expr;
  return (
    kind === 'assign' || kind === 'update' || kind === 'call' || kind === 'builtin' || children(expr).some(hasEffect)
  );
}

/**
 * Whether the index of `place = value` is checked right before the store, and not before the value: a call may leave by `exit`, and an element
 * that is named only is not outside yet.
 */
export function checksLate(place: IndexedExpr, value: TExpr): boolean {
  return place.bound !== undefined && hasEffect(value);
}

export function visitExpressions(unit: TypedUnit, visit: (expr: TExpr) => void): void {
  for (const fn of unit.functions) visitFunctionExpressions(fn, visit);
}

export function visitFunctionExpressions(fn: TFunction, visit: (expr: TExpr) => void): void {
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
  statement(fn.body);
}
