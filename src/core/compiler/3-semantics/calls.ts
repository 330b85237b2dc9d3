/** Function calls (C99 6.5.2.2): the callee, its arguments as if by assignment, and functions that no declaration announces. */
import type { Fix } from '../../base/diagnostic';
import type { CallExpr, Expr, IdentifierExpr } from '../2-parser/ast';
import { withoutParentheses } from '../2-parser/walk';
import { counted } from '../messages';
import { suggestion } from '../similar';
import { BuiltinCalls } from './builtin-calls';
import { BUILTINS, absenceOf, headerOf, implicitFunctionType } from './builtins';
import { isPoison } from './context';
import type { FunctionSymbol, TExpr } from './typed';
import { INT, functionType, sizeOf, typeText, unqualified, type FunctionType } from './types';

export abstract class Calls extends BuiltinCalls {
  protected abstract declareImplicit(name: string, at: Expr, type: FunctionType): FunctionSymbol;
  /** Names of the functions that this unit defines somewhere. */
  protected abstract definesFunction(name: string): boolean;

  protected call(expr: CallExpr): TExpr {
    const target = withoutParentheses(expr.callee);
    if (target.kind === 'identifier' && !this.lookup(target.name)) {
      if (Object.hasOwn(BUILTINS, target.name)) return this.builtin(expr, target.name);
      const implicit = this.implicitFunction(target);
      if (!implicit) {
        for (const arg of expr.args) this.value(arg);
        return this.poison(expr);
      }
    }
    const designator = this.expr(target);
    const args = expr.args.map((arg) => this.value(arg));
    if (isPoison(designator)) return designator;
    // A direct call keeps the function itself; everything else is a pointer value.
    const callee = designator.kind === 'function' ? designator : this.rvalue(designator);
    const called = callee.type.kind === 'pointer' ? callee.type.to : callee.type;
    if (called.kind !== 'function') {
      this.report('not-a-function', expr.callee, { type: typeText(designator.type) });
      return this.poison(expr);
    }
    return this.finishCall(expr, callee, called, args);
  }

  private finishCall(expr: CallExpr, callee: TExpr, type: FunctionType, given: readonly TExpr[]): TExpr {
    const args = this.fitsCount(expr, callee, type, given) ? this.converted(callee, type, given) : undefined;
    if (!args) return this.poison(expr);
    const { returns, variadic } = type;
    if (returns.kind !== 'void' && sizeOf(returns) === undefined) {
      this.report('incomplete-type', expr, { type: typeText(returns), what: 'a function cannot return it' });
      return this.poison(expr);
    }
    const { id, start, end } = expr;
    const fixedArgs = variadic ? type.params.length : args.length;
    return { kind: 'call', id, start, end, type: unqualified(returns), callee, args, fixedArgs, variadic };
  }

  private fitsCount(expr: CallExpr, callee: TExpr, type: FunctionType, args: readonly TExpr[]): boolean {
    const { params, variadic } = type;
    if (type.unspecified || args.length === params.length || (args.length > params.length && variadic)) return true;
    const expected = (variadic ? 'at least ' : '') + counted(params.length, 'argument');
    const extra = callee.kind === 'function' ? this.declaredHere(callee.symbol) : {};
    this.report('argument-count', expr, { callee: calleeText(callee), expected, given: args.length }, extra);
    return false;
  }

  /** The arguments in the types in which they travel. */
  private converted(callee: TExpr, type: FunctionType, args: readonly TExpr[]): readonly TExpr[] | undefined {
    let failed = false;
    const converted = args.map((arg, i) => {
      const what = `argument ${i + 1} of ${calleeText(callee)}`;
      const param = type.unspecified ? undefined : type.params[i];
      const value = param ? this.assignable(arg, param, 'argument', what) : this.promoteArgument(arg);
      if (value.type.kind === 'void') this.report('cannot-convert', arg, { what, from: 'void', to: 'a value' });
      failed ||= isPoison(value) || value.type.kind === 'void';
      return value;
    });
    return failed ? undefined : converted;
  }

  /** A call of a function that no declaration announces: known ones of the library and later ones of the file pass with a warning. */
  private implicitFunction(target: IdentifierExpr): FunctionSymbol | undefined {
    const { name } = target;
    const type = implicitFunctionType(name) ?? (this.definesFunction(name) ? UNSPECIFIED : undefined);
    const absent = type ? undefined : absenceOf(name);
    if (absent !== undefined) {
      this.report('not-in-library', target, { name, why: absent });
      return undefined;
    }
    const header = headerOf(name);
    const { hint, fix } = header
      ? { hint: `: include <${header}>`, fix: this.inclusionOf(header) }
      : type
        ? { hint: ' before this call: write its prototype above', fix: undefined }
        : suggestion(
            this.similarName(name, (symbol) => symbol.kind === 'function'),
            target,
          );
    if (!type) {
      this.report('undeclared-function', target, { name, hint }, { fix });
      return undefined;
    }
    this.report('implicit-function', target, { name, hint }, { fix });
    return this.declareImplicit(name, target, type);
  }

  private inclusionOf(header: string): Fix {
    const { start } = this.unit;
    return {
      title: `Add #include <${header}>`,
      edits: [{ span: { start, end: start }, text: `#include <${header}>\n` }],
    };
  }
}

/** The type of a function that is called without a declaration: int f(). */
const UNSPECIFIED = functionType(INT, [], { unspecified: true });

const calleeText = (callee: TExpr): string =>
  callee.kind === 'function' ? `\`${callee.symbol.name}\`` : 'the function';
