/** Calls to IR: of functions, and of what the compiler itself has. */
import type { BuiltinExpr, CallTExpr, TExpr } from '../3-semantics/typed';
import type { FunctionType, PointerType } from '../3-semantics/types';
import { symbol as symbolValue, undef } from './build';
import type { Value } from './ir';
import { PlaceLowering } from './lower-place';
import { bytesOf, irType } from './lower-types';

export abstract class CallLowering extends PlaceLowering {
  protected call(expr: CallTExpr): Value {
    const direct = expr.callee.kind === 'function' ? expr.callee.symbol : undefined;
    const callee = direct ? symbolValue(direct.linkName) : this.value(expr.callee);
    const type = direct ? direct.type : ((expr.callee.type as PointerType).to as FunctionType);
    const args: Value[] = [];
    const returnsRecord = type.returns.kind === 'record';
    if (returnsRecord) args.push(this.room(bytesOf(type.returns)));
    for (const arg of expr.args) args.push(this.argument(arg));
    this.at(expr);
    const fixed = expr.fixedArgs + (returnsRecord ? 1 : 0);
    const result = this.b.call(irType(type.returns), callee, args, expr.variadic ? fixed : undefined);
    if (direct?.isNoreturn === true) {
      this.b.unreachable();
      this.startDead();
    }
    return returnsRecord ? (args[0] as Value) : result;
  }

  /** A record travels as the address of a copy that belongs to the callee. */
  private argument(arg: TExpr): Value {
    const value = this.value(arg);
    if (arg.type.kind !== 'record' || arg.kind === 'call') return value;
    const room = this.room(bytesOf(arg.type));
    this.at(arg);
    this.copy(room, value, bytesOf(arg.type));
    return room;
  }

  protected builtin(expr: BuiltinExpr): Value {
    const args = expr.args.map((arg) => this.value(arg));
    // These arguments are constants, whatever conversion stands around them.
    const size = (i: number) => expr.args[i]?.folded ?? 0;
    this.at(expr);
    switch (expr.name) {
      case 'trap':
        this.b.trap(size(0));
        this.startDead();
        return undef('i16');
      case 'halt':
        this.b.intrinsic('halt', args);
        this.b.unreachable();
        this.startDead();
        return undef('i16');
      case 'va-start':
        return this.b.intrinsic('vastart', []);
      case 'memcpy':
      case 'memset': {
        const bytes = size(2);
        if (bytes > 0) this.b.intrinsic(expr.name, args.slice(0, 2), bytes);
        return args[0] as Value;
      }
      default:
        return this.b.intrinsic(expr.name, args);
    }
  }

  /** The rest is not reached: it goes to a block of its own, which is removed in the end. */
  protected startDead(): void {
    this.b.block = this.b.addBlock('dead');
  }
}
