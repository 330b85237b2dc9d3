/** Calls of what the compiler itself has: machine operations, variable arguments (C99 7.15.1), offsetof. Their table is builtins.ts. */
import type { CallExpr, Expr, TypeBuiltinExpr, TypeName } from '../2-parser/ast';
import { counted } from '../messages';
import { BUILTINS } from './builtins';
import { POISON, isPoison, type At } from './context';
import { isLvalue } from './conversions';
import { findMember } from './members';
import { Places } from './places';
import type { TExpr } from './typed';
import { INT, SIZE, VA_LIST, VOID, pointerTo, sizeOf, typeText, unqualified, type CType } from './types';

export abstract class BuiltinCalls extends Places {
  protected abstract resolveTypeName(name: TypeName): CType;

  protected builtin(expr: CallExpr, name: string): TExpr {
    const row = BUILTINS[name];
    if (!row) return this.poison(expr);
    if (name.startsWith('__builtin_va_')) return this.vaBuiltin(expr, name);
    const args = expr.args.map((arg) => this.value(arg));
    if (args.length !== row.params.length) {
      this.report('builtin-arguments', expr, { name, expected: counted(row.params.length, 'argument') });
      return this.poison(expr);
    }
    const converted = args.map((arg, i) =>
      this.assignable(arg, row.params[i] as CType, 'builtin', `argument ${i + 1} of \`${name}\``),
    );
    if (converted.some(isPoison)) return this.poison(expr);
    const { constantArg } = row;
    if (constantArg !== undefined && converted[constantArg]?.folded === undefined) {
      this.report('not-constant', expr.args[constantArg] ?? expr, { what: 'this argument' });
      return this.poison(expr);
    }
    const { id, start, end } = expr;
    return { kind: 'builtin', id, start, end, type: row.returns, name: row.name, args: converted };
  }

  // -------------------------------------------------------------- variable arguments

  private vaBuiltin(expr: CallExpr, name: string): TExpr {
    const { id, start, end } = expr;
    const wanted = name === '__builtin_va_end' ? 1 : 2;
    const list = expr.args[0] && this.expr(expr.args[0]);
    if (expr.args.length !== wanted || !list) {
      if (!(name === '__builtin_va_start' && expr.args.length === 1)) {
        this.report('builtin-arguments', expr, { name, expected: counted(wanted, 'argument') });
        return this.poison(expr);
      }
    }
    if (!list || isPoison(list)) return this.poison(expr);
    if (!this.isVaList(expr, list, name)) return this.poison(expr);
    let value: TExpr;
    if (name === '__builtin_va_end') {
      // Only what its argument does beside naming the list.
      const address: TExpr = { kind: 'address', id, start, end, type: pointerTo(list.type), place: list };
      return this.convert(address, VOID, 'cast');
    } else if (name === '__builtin_va_copy') {
      value = this.value(expr.args[1] as Expr);
    } else {
      if (!this.fn?.type.variadic) {
        this.report('va-start-outside', expr, {});
        return this.poison(expr);
      }
      if (expr.args[1]) this.expr(expr.args[1]);
      value = { kind: 'builtin', id: this.ids.next++, start, end, type: VA_LIST, name: 'va-start', args: [] };
    }
    const type = unqualified(list.type);
    const assigned: TExpr = { kind: 'assign', id, start, end, type, place: list, value, isVolatile: false };
    return this.convert(assigned, VOID, 'cast');
  }

  /** Whether it names a va_list; says so if not. */
  private isVaList(at: At, list: TExpr, name: string): boolean {
    if (isLvalue(list) && list.type.kind === 'pointer') return true;
    this.report('builtin-arguments', at, { name, expected: 'a va_list' });
    return false;
  }

  /** `va_arg(list, type)`: the argument lies where `list` points; then `list` moves on by whole pairs. */
  protected vaArg(expr: TypeBuiltinExpr): TExpr {
    const list = this.expr(expr.operand);
    const type = this.resolveTypeName(expr.typeName);
    if (isPoison(list) || type === POISON) return this.poison(expr);
    if (!this.isVaList(expr, list, 'va_arg')) return this.poison(expr);
    const size = sizeOf(type);
    if (size === undefined || type.kind === 'array') {
      this.report('incomplete-type', expr, { type: typeText(type), what: 'it is no type of an argument' });
      return this.poison(expr);
    }
    const { id, start, end } = expr;
    const slot = type.kind === 'record' ? 2 : size > 2 ? 4 : 2;
    const at = () => ({ id: this.ids.next++, start, end });
    const pointer = unqualified(list.type);
    const old: TExpr = { kind: 'old-value', ...at(), type: pointer };
    const step = this.constant({ start, end }, slot, INT);
    const result: TExpr = {
      kind: 'pointer-add',
      ...at(),
      type: VA_LIST,
      pointer: old,
      index: step,
      elementSize: 1,
      negate: false,
      indexFirst: false,
    };
    const moved: TExpr = {
      kind: 'update',
      ...at(),
      type: pointer,
      operator: '+=',
      place: list,
      result: this.convert(result, pointer, 'assignment'),
      gives: 'old',
      isVolatile: false,
    };
    const target = type.kind === 'record' ? pointerTo(pointerTo(type)) : pointerTo(type);
    const place = this.deref(at(), this.convert(moved, target, 'builtin'), 'va_arg');
    const value = this.rvalue(place);
    if (type.kind === 'record') return this.rvalue(this.deref({ id, start, end }, value, 'va_arg'));
    return { ...value, id };
  }

  // -------------------------------------------------------------- offsetof

  protected offsetof(expr: TypeBuiltinExpr): TExpr {
    const type = this.resolveTypeName(expr.typeName);
    const offset = this.designate(expr.operand, type);
    return offset === undefined ? this.poison(expr) : this.constant(expr, offset.at, SIZE);
  }

  private designate(expr: Expr, type: CType): { at: number; type: CType } | undefined {
    let base: { at: number; type: CType } | undefined = { at: 0, type };
    if (expr.kind === 'index' || expr.kind === 'member') base = this.designate(expr.object, type);
    if (!base) return undefined;
    if (expr.kind === 'index' && base.type.kind === 'array') {
      const index = this.value(expr.index).folded;
      const size = sizeOf(base.type.of);
      if (index !== undefined && size !== undefined) return { at: base.at + index * size, type: base.type.of };
    }
    if (expr.kind === 'identifier' || expr.kind === 'member') {
      const found = base.type.kind === 'record' ? findMember(base.type.info, expr.name) : undefined;
      if (found) return { at: base.at + found.offset, type: found.member.type };
      this.report('no-member', expr, { type: typeText(base.type), name: expr.name, hint: '' });
      return undefined;
    }
    this.report('not-constant', expr, { what: 'the member of offsetof' });
    return undefined;
  }
}
