/**
 * Runs typed trees as the language page reads, without regard for speed: the judge of everything behind the front end. Every object
 * lives in 64 KiB of memory laid out as on the machine (null page, read-only constants, a stack that grows down); an int is a
 * JavaScript number in the range of its type, a struct value a copy of its bytes. Every way to end is a result, never a throw.
 * Addresses are this interpreter's own, so a program that prints addresses prints others than on the machine.
 */
import { CODE_BASE, MEMORY_SIZE_BYTES, NULL_LIMIT, STACK_TOP } from '../../isa/convention';
import { PORT_CONSTANTS, portOf } from '../../isa/ports';
import { TRAPS, type TrapId } from '../../isa/traps';
import { foldArithmetic, foldCompare } from './fold';
import type {
  AssignTExpr,
  BuiltinExpr,
  CallTExpr,
  FunctionSymbol,
  IndexedExpr,
  Initialiser,
  StaticObject,
  TExpr,
  TFor,
  TFunction,
  TStmt,
  TypedUnit,
  UpdateExpr,
  VariableSymbol,
} from './typed';
import { checksLate } from './visit';
import { sizeOf, wrap, type CType } from './types';

/** What a function of the host may do. */
export interface HostMachine {
  readonly memory: Uint8Array;
  halt(code: number): never;
  trap(trap: string): never;
  /** How often this was called in this run: the clock of a judge. */
  tick(): number;
}
/** Stands for a function that no unit defines, for example one that the library has in assembly. Arguments and result count as unsigned. */
export type HostFunction = (args: readonly number[], machine: HostMachine) => number;

export interface InterpretUnitsOptions {
  readonly input?: Uint8Array;
  readonly natives?: ReadonlyMap<string, HostFunction>;
  /** Function to start with; `main` if not given. */
  readonly entry?: string;
  /** Expressions and statements that may be evaluated. */
  readonly stepLimit?: number;
}
export type TreeExit =
  | { readonly kind: 'halt'; readonly code: number }
  | { readonly kind: 'trap'; readonly trap: string; readonly node: number }
  | { readonly kind: 'limit' }
  | { readonly kind: 'unsupported'; readonly reason: string };
export interface TreeRun {
  readonly output: Uint8Array;
  readonly exit: TreeExit;
  readonly steps: number;
}

const DEFAULT_STEP_LIMIT = 20_000_000;
const OUTPUT_LIMIT = 1 << 20;

/** Runs several units, linked by name. */
export function interpretUnits(units: readonly TypedUnit[], options: InterpretUnitsOptions = {}): TreeRun {
  return new TreeInterpreter(units, options).run();
}

class Stop extends Error {
  constructor(readonly exit: TreeExit) {
    super('stop');
  }
}

/** How a statement ends. */
type Completion = 'normal' | 'break' | 'continue' | 'return' | 'goto';
/** A number, or the bytes of a struct or union; undefined for void. */
type Value = number | Uint8Array | undefined;

interface Code {
  readonly fn: TFunction;
  readonly offsets: ReadonlyMap<VariableSymbol, number>;
  readonly frameSize: number;
}
interface Frame {
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

class TreeInterpreter {
  private readonly memory = new Uint8Array(MEMORY_SIZE_BYTES);
  private readonly output: number[] = [];
  private readonly statics = new Map<VariableSymbol, number>();
  private readonly globals = new Map<string, number>();
  private readonly functions = new Map<number, { readonly symbol: FunctionSymbol; code: Code | undefined }>();
  private readonly functionAt = new Map<FunctionSymbol, number>();
  private readonly bodies = new Map<FunctionSymbol, TFunction>();
  private protectedEnd = CODE_BASE;
  private stackLimit = CODE_BASE;
  private sp = STACK_TOP;
  private steps = 0;
  private ticks = 0;
  private inputAt = 0;
  private random = 1;
  private frame: Frame | undefined;
  /** The case or label that control is on its way to; statements on the way are not executed. */
  private seeking: object | undefined;
  private readonly limit: number;

  constructor(
    private readonly units: readonly TypedUnit[],
    private readonly options: InterpretUnitsOptions,
  ) {
    this.limit = options.stepLimit ?? DEFAULT_STEP_LIMIT;
  }

  run(): TreeRun {
    let exit: TreeExit;
    try {
      this.place();
      const entry = this.globals.get(this.options.entry ?? 'main');
      if (entry === undefined) throw new Stop({ kind: 'unsupported', reason: 'there is no function main' });
      const code = this.codeAt(entry, 0);
      const result = this.enter(
        code,
        code.fn.params.map(() => 0),
        [],
      );
      exit = { kind: 'halt', code: typeof result === 'number' ? result & 0xff : 0 };
    } catch (error) {
      if (error instanceof Stop) exit = error.exit;
      else if (error instanceof RangeError)
        exit = { kind: 'unsupported', reason: 'the recursion is too deep for this interpreter' };
      else throw error;
    }
    return { output: Uint8Array.from(this.output), exit, steps: this.steps };
  }

  // -------------------------------------------------------------- layout

  private place(): void {
    let next = CODE_BASE;
    for (const unit of this.units) {
      for (const fn of unit.functions) {
        this.bodies.set(fn.symbol, fn);
        this.functions.set(next, { symbol: fn.symbol, code: undefined });
        this.functionAt.set(fn.symbol, next);
        if (!fn.symbol.isInternal) this.globals.set(fn.symbol.linkName, next);
        next += 2;
      }
    }
    for (const name of this.options.natives?.keys() ?? []) {
      if (this.globals.has(name)) continue;
      this.globals.set(name, next);
      this.nativeAt.set(next, name);
      next += 2;
    }
    next = this.placeObjects(next, true);
    this.protectedEnd = next;
    next = this.placeObjects(next, false);
    this.stackLimit = next;
    this.globals.set('__heap_start', next);
    for (const unit of this.units) for (const object of unit.objects) this.fill(object, unit);
  }
  private readonly nativeAt = new Map<number, string>();

  private placeObjects(from: number, readOnly: boolean): number {
    let next = from;
    for (const unit of this.units) {
      for (const { symbol, sizeBytes } of unit.objects) {
        if (symbol.isReadOnly !== readOnly) continue;
        this.statics.set(symbol, next);
        if (!symbol.isInternal) this.globals.set(symbol.linkName, next);
        next += Math.max(1, sizeBytes);
      }
    }
    if (next >= STACK_TOP) throw new Stop({ kind: 'unsupported', reason: 'the program does not fit the memory' });
    return next;
  }

  private fill(object: StaticObject, unit: TypedUnit): void {
    const at = this.statics.get(object.symbol) ?? 0;
    if (object.bytes) this.memory.set(object.bytes, at);
    for (const { offset, symbol, addend } of object.relocations) {
      const value = this.linked(symbol, unit) + addend;
      this.memory[at + offset] = value & 0xff;
      this.memory[at + offset + 1] = (value >> 8) & 0xff;
    }
  }

  /** Address of a link name: the unit's own internal things first. */
  private linked(name: string, unit: TypedUnit): number {
    const object = unit.objects.find(({ symbol }) => symbol.linkName === name);
    if (object) return this.statics.get(object.symbol) ?? 0;
    const fn = unit.functions.find(({ symbol }) => symbol.linkName === name);
    return (fn ? this.functionAt.get(fn.symbol) : this.globals.get(name)) ?? 0;
  }

  private addressOfFunction(symbol: FunctionSymbol): number {
    const at = this.functionAt.get(symbol) ?? this.globals.get(symbol.linkName);
    if (at === undefined) throw new Stop({ kind: 'unsupported', reason: `nothing defines ${symbol.name}` });
    return at;
  }

  private addressOfVariable(symbol: VariableSymbol): number {
    if (symbol.storage === 'static') {
      const at = this.statics.get(symbol) ?? this.globals.get(symbol.linkName);
      if (at === undefined) throw new Stop({ kind: 'unsupported', reason: `nothing defines ${symbol.name}` });
      return at;
    }
    const frame = this.current();
    const offset = frame.code.offsets.get(symbol);
    if (offset === undefined) throw new Error(`internal error: ${symbol.name} has no place in its frame`);
    return frame.base + offset;
  }

  private current(): Frame {
    if (!this.frame) throw new Error('internal error: no frame');
    return this.frame;
  }

  // -------------------------------------------------------------- memory

  private trap(trap: string, node: number): never {
    throw new Stop({ kind: 'trap', trap, node });
  }

  private step(): void {
    if (++this.steps > this.limit) throw new Stop({ kind: 'limit' });
  }

  private load(address: number, type: CType, node: number): Value {
    const size = sizeOf(type) ?? 0;
    if (type.kind === 'record') {
      const bytes = new Uint8Array(size);
      for (let i = 0; i < size; i++) bytes[i] = this.byte(address + i, node);
      return bytes;
    }
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.byte(address + i, node) << (8 * i);
    return type.kind === 'int' ? wrap(value, type) : value & 0xffff;
  }

  private byte(address: number, node: number): number {
    const at = address & 0xffff;
    if (at < NULL_LIMIT) this.trap('null-access', node);
    return this.memory[at] as number;
  }

  private store(address: number, type: CType, value: Value, node: number): void {
    const size = sizeOf(type) ?? 0;
    for (let i = 0; i < size; i++) {
      const byte = value instanceof Uint8Array ? (value[i] as number) : (value ?? 0) >> (8 * i);
      this.put(address + i, byte, node);
    }
  }

  private put(address: number, byte: number, node: number): void {
    const at = address & 0xffff;
    if (at < NULL_LIMIT) this.trap('null-access', node);
    if (at < this.protectedEnd) this.trap('code-write', node);
    this.memory[at] = byte;
  }

  private push(size: number, node: number): number {
    this.sp -= size;
    if (this.sp < this.stackLimit) this.trap('stack-overflow', node);
    return this.sp;
  }

  // -------------------------------------------------------------- calls

  private codeAt(address: number, node: number): Code {
    const entry = this.functions.get(address & 0xffff);
    if (!entry) {
      if ((address & 0xffff) < NULL_LIMIT) this.trap('null-access', node);
      throw new Stop({ kind: 'trap', trap: 'undefined-instruction', node });
    }
    entry.code ??= layOut(this.bodies.get(entry.symbol) as TFunction);
    return entry.code;
  }

  private enter(code: Code, args: readonly Value[], variadic: readonly { value: Value; type: CType }[]): Value {
    const { fn } = code;
    const savedSp = this.sp;
    const savedFrame = this.frame;
    this.push(2, fn.id);
    let varargs = 0;
    if (fn.symbol.type.variadic) varargs = this.pushVariadic(variadic, fn.id);
    const base = this.push(code.frameSize, fn.id);
    this.memory.fill(0, base, base + code.frameSize);
    const frame: Frame = { code, base, varargs, result: undefined, old: [] };
    this.frame = frame;
    fn.params.forEach((param, i) => this.store(base + (code.offsets.get(param) ?? 0), param.type, args[i] ?? 0, fn.id));
    const savedSeeking = this.seeking;
    this.seeking = undefined;
    let completion = this.statement(fn.body);
    // A goto runs the body again, on the way to its label.
    while (completion === 'goto') completion = this.statement(fn.body);
    if (completion !== 'return' && fn.symbol.isNoreturn) this.trap('unreachable', fn.id);
    this.seeking = savedSeeking;
    this.frame = savedFrame;
    this.sp = savedSp;
    const { returns } = fn.symbol.type;
    if (returns.kind === 'void') return undefined;
    return frame.result ?? (returns.kind === 'record' ? new Uint8Array(sizeOf(returns) ?? 0) : 0);
  }

  /** Each takes whole pairs; a record the address of a copy. */
  private pushVariadic(list: readonly { value: Value; type: CType }[], node: number): number {
    const words = list.map(({ value, type }) => {
      if (!(value instanceof Uint8Array)) return { value: value ?? 0, size: (sizeOf(type) ?? 2) > 2 ? 4 : 2 };
      const copy = this.push(value.length, node);
      this.memory.set(value, copy);
      return { value: copy, size: 2 };
    });
    const start = this.push(
      words.reduce((sum, { size }) => sum + size, 0),
      node,
    );
    let at = start;
    for (const { value, size } of words) {
      for (let i = 0; i < size; i++) this.memory[at++] = value >> (8 * i);
    }
    return start;
  }

  private call(expr: CallTExpr): Value {
    const { callee } = expr;
    const target = callee.kind === 'function' ? this.addressOfFunction(callee.symbol) : this.number(callee);
    const args = expr.args.map((arg) => ({ value: this.value(arg), type: arg.type }));
    const native = this.nativeAt.get(target & 0xffff);
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
    const code = this.codeAt(target, expr.id);
    return this.enter(
      code,
      args.map(({ value }) => value),
      args.slice(code.fn.params.length),
    );
  }

  private readonly host: HostMachine = {
    memory: this.memory,
    halt: (code) => {
      throw new Stop({ kind: 'halt', code: code & 0xff });
    },
    trap: (trap) => this.trap(trap, 0),
    tick: () => ++this.ticks,
  };

  // -------------------------------------------------------------- statements

  private statement(stmt: TStmt): Completion {
    this.step();
    switch (stmt.kind) {
      case 'block':
        for (const item of stmt.items) {
          const completion = this.statement(item);
          if (completion !== 'normal') return completion;
        }
        return 'normal';
      case 'case':
      case 'label':
        if (this.seeking === (stmt.kind === 'case' ? stmt : stmt.label)) this.seeking = undefined;
        return this.statement(stmt.body);
      case 'if':
        return this.if(stmt);
      case 'while':
        return this.loop(() => this.test(stmt.condition), stmt.body, undefined);
      case 'for':
        return this.for(stmt);
      case 'do':
        return this.doLoop(stmt.body, stmt.condition);
      case 'switch':
        return this.switch(stmt);
      default:
        return this.seeking ? 'normal' : this.simple(stmt);
    }
  }

  private simple(
    stmt: Exclude<TStmt, { kind: 'block' | 'case' | 'label' | 'if' | 'while' | 'for' | 'do' | 'switch' }>,
  ): Completion {
    switch (stmt.kind) {
      case 'expression':
        this.value(stmt.expression);
        return 'normal';
      case 'declare': {
        const at = this.addressOfVariable(stmt.symbol);
        if (stmt.init) this.initialise(at, stmt.symbol.type, stmt.init, stmt.id);
        else this.memory.fill(0, at, at + (sizeOf(stmt.symbol.type) ?? 0));
        return 'normal';
      }
      case 'return':
        if (stmt.value) this.current().result = this.value(stmt.value);
        return 'return';
      case 'goto':
        this.seeking = stmt.label;
        return 'goto';
      case 'break':
      case 'continue':
        return stmt.kind;
      case 'asm':
        throw new Stop({ kind: 'unsupported', reason: 'the program contains an asm statement' });
    }
  }

  private if(stmt: Extract<TStmt, { kind: 'if' }>): Completion {
    if (!this.seeking) {
      const taken = this.test(stmt.condition) ? stmt.whenTrue : stmt.whenFalse;
      return taken ? this.statement(taken) : 'normal';
    }
    const completion = this.statement(stmt.whenTrue);
    if (!this.seeking || completion === 'goto' || !stmt.whenFalse) return completion;
    return this.statement(stmt.whenFalse);
  }

  private for(stmt: TFor): Completion {
    if (!this.seeking) for (const item of stmt.init) this.statement(item);
    return this.loop(() => !stmt.condition || this.test(stmt.condition), stmt.body, stmt.step);
  }

  private loop(test: () => boolean, body: TStmt, step: TExpr | undefined): Completion {
    // On the way to a label inside, the first round begins in the body; if the label is not there, nothing happens.
    for (let first = this.seeking !== undefined; ; first = false) {
      if (!first && !test()) return 'normal';
      const completion = this.statement(body);
      if (completion === 'break') return 'normal';
      if (completion === 'return' || completion === 'goto') return completion;
      if (this.seeking) return 'normal';
      if (step) this.value(step);
    }
  }

  private doLoop(body: TStmt, condition: TExpr): Completion {
    for (;;) {
      const completion = this.statement(body);
      if (completion === 'break') return 'normal';
      if (completion === 'return' || completion === 'goto') return completion;
      if (this.seeking || !this.test(condition)) return 'normal';
    }
  }

  private switch(stmt: Extract<TStmt, { kind: 'switch' }>): Completion {
    if (!this.seeking) {
      const value = this.number(stmt.value);
      this.seeking = stmt.cases.find((each) => each.value === value) ?? stmt.defaultCase;
      if (!this.seeking) return 'normal';
    }
    const completion = this.statement(stmt.body);
    return completion === 'break' ? 'normal' : completion;
  }

  private initialise(at: number, type: CType, init: Initialiser, node: number): void {
    if (init.zeroFirst) this.memory.fill(0, at, at + (sizeOf(type) ?? 0));
    for (const step of init.items) {
      if (step.kind === 'store') {
        this.store(at + step.offset, step.type, this.value(step.value), node);
      } else {
        const from = this.addressOfVariable(step.from);
        this.memory.copyWithin(at + step.offset, from, from + step.sizeBytes);
      }
    }
  }

  // -------------------------------------------------------------- places

  private address(expr: TExpr): number {
    this.step();
    switch (expr.kind) {
      case 'variable':
      case 'string':
        return this.addressOfVariable(expr.symbol);
      case 'function':
        return this.addressOfFunction(expr.symbol);
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
        const at = this.push(sizeOf(expr.type) ?? 0, expr.id);
        this.store(at, expr.type, value, expr.id);
        return at;
      }
      default:
        throw new Error(`internal error: ${expr.kind} is no place`);
    }
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
      if (expr.bound !== undefined && unsigned(index, width) >= expr.bound) this.trap('bounds', expr.id);
      return (base + index * (sizeOf(expr.type) ?? 1)) & 0xffff;
    };
  }

  // -------------------------------------------------------------- values

  private test(expr: TExpr): boolean {
    return this.number(expr) !== 0;
  }

  private number(expr: TExpr): number {
    const value = this.value(expr);
    if (typeof value !== 'number') throw new Error(`internal error: ${expr.kind} gave no number`);
    return value;
  }

  private value(expr: TExpr): Value {
    this.step();
    switch (expr.kind) {
      case 'constant':
        return expr.value;
      case 'load':
        return this.load(this.address(expr.place), expr.type, expr.id);
      case 'address':
      case 'decay':
        return this.address(expr.place);
      case 'convert':
        return convert(this.value(expr.operand), expr.type);
      case 'unary':
        return this.unary(expr);
      case 'arithmetic': {
        const first = this.number(expr.rightFirst ? expr.right : expr.left);
        const second = this.number(expr.rightFirst ? expr.left : expr.right);
        const [left, right] = expr.rightFirst ? [second, first] : [first, second];
        const result = foldArithmetic(expr.operator, left, right, expr.type);
        return result ?? this.trap('division-by-zero', expr.id);
      }
      case 'compare':
        return foldCompare(expr.operator, this.number(expr.left), this.number(expr.right));
      case 'logical': {
        const left = this.test(expr.left);
        if (left !== (expr.operator === '&&')) return left ? 1 : 0;
        return this.test(expr.right) ? 1 : 0;
      }
      case 'pointer-add': {
        const first = expr.indexFirst ? this.number(expr.index) : this.number(expr.pointer);
        const second = expr.indexFirst ? this.number(expr.pointer) : this.number(expr.index);
        const step = (expr.indexFirst ? first : second) * expr.elementSize;
        return ((expr.indexFirst ? second : first) + (expr.negate ? -step : step)) & 0xffff;
      }
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
        this.store(at, expr.place.type, value, expr.id);
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

  private update(expr: UpdateExpr): Value {
    const { old: stack } = this.current();
    const at = this.address(expr.place);
    const update: PendingUpdate = { expr, at, old: undefined };
    stack.push(update);
    const result = this.value(expr.result);
    stack.pop();
    const old = this.oldValue(update);
    this.store(at, expr.place.type, result, expr.id);
    return expr.gives === 'new' ? result : old;
  }

  private oldValue(update: PendingUpdate): number {
    const { expr, at } = update;
    return (update.old ??= this.load(at, expr.place.type, expr.id) as number);
  }

  private builtin(expr: BuiltinExpr): Value {
    const args = expr.args.map((arg) => this.number(arg));
    const [a = 0, b = 0, c = 0] = args;
    switch (expr.name) {
      case 'in':
        return this.input(a);
      case 'out':
        this.out(a, b);
        return undefined;
      case 'halt':
        throw new Stop({ kind: 'halt', code: a & 0xff });
      case 'trap':
        return this.trap(TRAPS.find(({ number }) => number === a)?.id ?? (String(a) as TrapId), expr.id);
      case 'tas': {
        const was = this.byte(a, expr.id);
        this.put(a, 0xff, expr.id);
        return was;
      }
      case 'va-start':
        return this.current().varargs;
      case 'memcpy':
        for (let i = 0; i < c; i++) this.put(a + i, this.byte(b + i, expr.id), expr.id);
        return undefined;
      case 'memset':
        for (let i = 0; i < c; i++) this.put(a + i, b, expr.id);
        return undefined;
      case 'wait':
      case 'ei':
      case 'di':
        return undefined;
    }
  }

  /** The console and the random source; every other port reads as 0. */
  private input(port: number): number {
    const { input = new Uint8Array() } = this.options;
    switch (port) {
      case portOf('CONSOLE_DATA'):
        return input[this.inputAt++] ?? 0;
      case portOf('CONSOLE_STATUS'):
        return this.inputAt < input.length ? PORT_CONSTANTS.CONSOLE_READY : PORT_CONSTANTS.CONSOLE_END;
      case portOf('RANDOM'):
        this.random = (Math.imul(this.random, 1103515245) + 12345) & 0x7fffffff;
        return (this.random >> 16) & 0xff;
      case portOf('CORE_COUNT'):
        return 1;
      default:
        return 0;
    }
  }

  private out(port: number, value: number): void {
    if (port === portOf('CONSOLE_DATA')) {
      if (this.output.length < OUTPUT_LIMIT) this.output.push(value);
    } else if (port === portOf('POWER') && value === PORT_CONSTANTS.POWER_OFF) {
      throw new Stop({ kind: 'halt', code: 0 });
    } else if (port === portOf('RANDOM')) {
      this.random = value;
    }
  }
}

function layOut(fn: TFunction): Code {
  const offsets = new Map<VariableSymbol, number>();
  let next = 0;
  for (const symbol of [...fn.params, ...fn.locals]) {
    offsets.set(symbol, next);
    next += sizeOf(symbol.type) ?? 0;
  }
  return { fn, offsets, frameSize: next };
}

function convert(value: Value, to: CType): Value {
  if (to.kind === 'void') return undefined;
  if (typeof value !== 'number') return value;
  return to.kind === 'int' ? wrap(value, to) : value & 0xffff;
}

const unsigned = (value: number, sizeBytes: number): number =>
  sizeBytes === 4 ? value >>> 0 : value & (sizeBytes === 2 ? 0xffff : 0xff);
