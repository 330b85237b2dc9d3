/** Expressions of typed trees as the interpreter runs them: where a place lies, and what value an expression has. */
import { TRAPS } from '../../isa/traps';
import { ConsolePorts, Stop, hostMachine, type HostFunction, type HostMachine, type RunOptions } from '../host';
import { foldArithmetic, foldCompare } from './fold';
import { TreeMemory, trapped, type Code, type Value } from './interpret-memory';
import type {
  ArithmeticExpr,
  AssignTExpr,
  BuiltinExpr,
  CallTExpr,
  IndexedExpr,
  Initialiser,
  PointerAddExpr,
  TExpr,
  TypedUnit,
  UpdateExpr,
  VariableSymbol,
} from './typed';
import { sizeOf, wrap, type CType } from './types';
import { checksLate } from './visit';

const DEFAULT_STEP_LIMIT = 20_000_000;

export interface Frame {
  readonly code: Code;
  readonly base: number;
  readonly varargs: number;
  result: Value;
  /** The updates that `old-value` leaves belong to, innermost last. */
  readonly old: PendingUpdate[];
}
/** An update whose result is being computed; `old` is loaded when it is needed. */
interface PendingUpdate {
  readonly expr: UpdateExpr;
  readonly at: number;
  old: number | undefined;
}

/** An argument on its way. */
export interface Argument {
  readonly value: Value;
  readonly type: CType;
}

export abstract class ExpressionInterpreter {
  protected readonly memory: TreeMemory;
  protected readonly ports: ConsolePorts;
  protected frame: Frame | undefined;
  protected steps = 0;
  private readonly limit: number;
  private readonly host: HostMachine;

  constructor(
    units: readonly TypedUnit[],
    protected readonly options: RunOptions,
  ) {
    this.memory = new TreeMemory(units);
    this.ports = new ConsolePorts(options.input);
    this.host = hostMachine(this.memory.bytes);
    this.limit = options.stepLimit ?? DEFAULT_STEP_LIMIT;
  }

  /** Runs a function to its end. */
  protected abstract enter(code: Code, args: readonly Value[], variadic: readonly Argument[]): Value;

  protected step(): void {
    if (++this.steps > this.limit) throw new Stop({ kind: 'limit' });
  }

  protected current(): Frame {
    if (!this.frame) throw new Error('internal error: no frame');
    return this.frame;
  }

  // -------------------------------------------------------------- places

  private address(expr: TExpr): number {
    this.step();
    switch (expr.kind) {
      case 'variable':
      case 'string':
        return this.addressOfVariable(expr.symbol);
      case 'function':
        return this.memory.addressOf(expr.symbol);
      case 'deref':
        return this.number(expr.pointer);
      case 'member':
        return (this.address(expr.object) + expr.offset) & 0xffff;
      case 'index':
        return this.elementLater(expr)();
      case 'compound-literal': {
        const at = this.addressOfVariable(expr.symbol);
        if (expr.init) this.initialise(at, expr.type, expr.init, expr.id);
        return at;
      }
      case 'temporary': {
        const value = this.value(expr.value);
        const at = this.memory.push(sizeOf(expr.type) ?? 0, expr.id);
        this.memory.store(at, expr.type, value, expr.id);
        return at;
      }
      default:
        throw new Error(`internal error: ${expr.kind} is no place`);
    }
  }

  protected addressOfVariable(symbol: VariableSymbol): number {
    if (symbol.storage === 'static') return this.memory.addressOf(symbol);
    const frame = this.current();
    const offset = frame.code.offsets.get(symbol);
    if (offset === undefined) throw new Error(`internal error: ${symbol.name} has no place in its frame`);
    return frame.base + offset;
  }

  private target({ place, value }: AssignTExpr): () => number {
    if (place.kind === 'index' && checksLate(place, value)) return this.elementLater(place);
    const now = this.address(place);
    return () => now;
  }

  private elementLater(expr: IndexedExpr): () => number {
    const base = this.address(expr.array);
    const index = this.number(expr.index);
    return () => {
      const width = sizeOf(expr.index.type) ?? 2;
      if (expr.bound !== undefined && unsigned(index, width) >= expr.bound) throw trapped('bounds', expr.id);
      return (base + index * (sizeOf(expr.type) ?? 1)) & 0xffff;
    };
  }

  protected initialise(at: number, type: CType, init: Initialiser, node: number): void {
    if (init.zeroFirst) this.memory.bytes.fill(0, at, at + (sizeOf(type) ?? 0));
    for (const step of init.items) {
      if (step.kind === 'store') {
        this.memory.store(at + step.offset, step.type, this.value(step.value), node);
      } else {
        const from = this.addressOfVariable(step.from);
        this.memory.bytes.copyWithin(at + step.offset, from, from + step.sizeBytes);
      }
    }
  }

  // -------------------------------------------------------------- values

  protected test(expr: TExpr): boolean {
    return this.number(expr) !== 0;
  }

  protected number(expr: TExpr): number {
    const value = this.value(expr);
    if (typeof value !== 'number') throw new Error(`internal error: ${expr.kind} gave no number`);
    return value;
  }

  protected value(expr: TExpr): Value {
    this.step();
    switch (expr.kind) {
      case 'constant':
        return expr.value;
      case 'load':
        return this.memory.load(this.address(expr.place), expr.type, expr.id);
      case 'address':
      case 'decay':
        return this.address(expr.place);
      case 'convert':
        return convert(this.value(expr.operand), expr.type);
      case 'unary':
        return this.unary(expr);
      case 'arithmetic':
        return this.arithmetic(expr);
      case 'compare':
        return foldCompare(expr.operator, this.number(expr.left), this.number(expr.right));
      case 'logical': {
        const left = this.test(expr.left);
        if (left !== (expr.operator === '&&')) return left ? 1 : 0;
        return this.test(expr.right) ? 1 : 0;
      }
      case 'pointer-add':
        return this.pointerAdd(expr);
      case 'pointer-difference': {
        const left = this.number(expr.left);
        const bytes = ((left - this.number(expr.right)) << 16) >> 16;
        return Math.trunc(bytes / Math.max(1, expr.elementSize)) + 0;
      }
      case 'conditional':
        return this.value(this.test(expr.condition) ? expr.whenTrue : expr.whenFalse);
      case 'comma':
        this.value(expr.left);
        return this.value(expr.right);
      case 'assign': {
        const target = this.target(expr);
        const value = this.value(expr.value);
        const at = target();
        this.memory.store(at, expr.place.type, value, expr.id);
        return value;
      }
      case 'update':
        return this.update(expr);
      case 'old-value':
        return this.oldValue(this.current().old.at(-1) as PendingUpdate);
      case 'call':
        return this.call(expr);
      case 'builtin':
        return this.builtin(expr);
      case 'function':
      case 'variable':
      case 'string':
      case 'deref':
      case 'index':
      case 'member':
      case 'compound-literal':
      case 'temporary':
        // A void lvalue, as in `*p;` for a void pointer: evaluated for nothing.
        return this.address(expr) === 0 ? undefined : undefined;
    }
  }

  private unary(expr: Extract<TExpr, { kind: 'unary' }>): number {
    const operand = this.number(expr.operand);
    if (expr.operator === '!') return operand === 0 ? 1 : 0;
    const result = expr.operator === '-' ? -operand : ~operand;
    return expr.type.kind === 'int' ? wrap(result, expr.type) + 0 : result;
  }

  private arithmetic(expr: ArithmeticExpr): number {
    const first = this.number(expr.rightFirst ? expr.right : expr.left);
    const second = this.number(expr.rightFirst ? expr.left : expr.right);
    const [left, right] = expr.rightFirst ? [second, first] : [first, second];
    const result = foldArithmetic(expr.operator, left, right, expr.type);
    if (result === undefined) throw trapped('division-by-zero', expr.id);
    return result;
  }

  private pointerAdd(expr: PointerAddExpr): number {
    const first = this.number(expr.indexFirst ? expr.index : expr.pointer);
    const second = this.number(expr.indexFirst ? expr.pointer : expr.index);
    const [pointer, index] = expr.indexFirst ? [second, first] : [first, second];
    const bytes = index * expr.elementSize;
    return (pointer + (expr.negate ? -bytes : bytes)) & 0xffff;
  }

  private update(expr: UpdateExpr): Value {
    const { old: stack } = this.current();
    const at = this.address(expr.place);
    const update: PendingUpdate = { expr, at, old: undefined };
    stack.push(update);
    const result = this.value(expr.result);
    stack.pop();
    const old = this.oldValue(update);
    this.memory.store(at, expr.place.type, result, expr.id);
    return expr.gives === 'new' ? result : old;
  }

  private oldValue(update: PendingUpdate): number {
    const { expr, at } = update;
    return (update.old ??= this.memory.load(at, expr.place.type, expr.id) as number);
  }

  // -------------------------------------------------------------- calls

  private call(expr: CallTExpr): Value {
    const { callee } = expr;
    const target = callee.kind === 'function' ? this.memory.addressOf(callee.symbol) : this.number(callee);
    const args = expr.args.map((arg) => ({ value: this.value(arg), type: arg.type }));
    const native = this.memory.native(target);
    if (native !== undefined) {
      const run = this.options.natives?.get(native) as HostFunction;
      const numbers = args.map(({ value, type }) => unsigned(typeof value === 'number' ? value : 0, sizeOf(type) ?? 2));
      const result = run(numbers, this.host);
      return expr.type.kind === 'int'
        ? wrap(result, expr.type)
        : expr.type.kind === 'pointer'
          ? result & 0xffff
          : undefined;
    }
    const code = this.memory.codeAt(target, expr.id);
    return this.enter(
      code,
      args.map(({ value }) => value),
      args.slice(code.fn.params.length),
    );
  }

  private builtin(expr: BuiltinExpr): Value {
    const args = expr.args.map((arg) => this.number(arg));
    const [a = 0, b = 0, c = 0] = args;
    switch (expr.name) {
      case 'in':
        return this.ports.in(a);
      case 'out':
        this.ports.out(a, b);
        return undefined;
      case 'halt':
        throw new Stop({ kind: 'halt', code: a & 0xff });
      case 'trap':
        throw trapped(TRAPS.find(({ number }) => number === a)?.id ?? String(a), expr.id);
      case 'tas': {
        const was = this.memory.byte(a, expr.id);
        this.memory.put(a, 0xff, expr.id);
        return was;
      }
      case 'va-start':
        return this.current().varargs;
      case 'memcpy':
        for (let i = 0; i < c; i++) this.memory.put(a + i, this.memory.byte(b + i, expr.id), expr.id);
        return undefined;
      case 'memset':
        for (let i = 0; i < c; i++) this.memory.put(a + i, b, expr.id);
        return undefined;
      case 'wait':
      case 'ei':
      case 'di':
        return undefined;
    }
  }
}

function convert(value: Value, to: CType): Value {
  if (to.kind === 'void') return undefined;
  if (typeof value !== 'number') return value;
  return to.kind === 'int' ? wrap(value, to) : value & 0xffff;
}

const unsigned = (value: number, sizeBytes: number): number =>
  sizeBytes === 4 ? value >>> 0 : value & (sizeBytes === 2 ? 0xffff : 0xff);
