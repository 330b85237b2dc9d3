/**
 * Runs typed trees as the language page reads, without regard for speed: the judge of everything behind the front end. An int is a
 * JavaScript number in the range of its type, a struct value a copy of its bytes. Every way to end is a result, never a throw. This file
 * runs functions and statements; expressions are in interpret-expressions.ts, memory is in interpret-memory.ts. Addresses are the
 * interpreter's own, so a program that prints addresses prints others than on the machine.
 */
import { Stop, type RunExit, type RunOptions, type RunResult } from '../host';
import { ExpressionInterpreter, type Argument, type Frame } from './interpret-expressions';
import { trapped, type Code, type Value } from './interpret-memory';
import type { TExpr, TFor, TStmt, TypedUnit } from './typed';
import { sizeOf } from './types';

/** Runs several units, linked by name. A step is an expression or a statement. */
export function interpretUnits(units: readonly TypedUnit[], options: RunOptions = {}): RunResult {
  return new TreeInterpreter(units, options).run();
}

/** How a statement ends. */
type Completion = 'normal' | 'break' | 'continue' | 'return' | 'goto';

class TreeInterpreter extends ExpressionInterpreter {
  /** The case or label that control is on its way to; statements on the way are not executed. */
  private seeking: object | undefined;

  run(): RunResult {
    let exit: RunExit;
    try {
      exit = { kind: 'halt', code: this.start() };
    } catch (error) {
      if (error instanceof Stop) exit = error.exit;
      else if (error instanceof RangeError)
        exit = { kind: 'unsupported', reason: 'the recursion is too deep for this interpreter' };
      else throw error;
    }
    return { output: Uint8Array.from(this.ports.output), exit, steps: this.steps };
  }

  /** The exit code. */
  private start(): number {
    this.memory.place(this.options.natives?.keys() ?? []);
    const entry = this.memory.entry(this.options.entry ?? 'main');
    if (entry === undefined) throw new Stop({ kind: 'unsupported', reason: 'there is no function main' });
    const code = this.memory.codeAt(entry, 0);
    const result = this.enter(
      code,
      code.fn.params.map(() => 0),
      [],
    );
    return typeof result === 'number' ? result & 0xff : 0;
  }

  // -------------------------------------------------------------- functions

  protected enter(code: Code, args: readonly Value[], variadic: readonly Argument[]): Value {
    const { fn } = code;
    const savedSp = this.memory.sp;
    const savedFrame = this.frame;
    this.memory.push(2, fn.id);
    let varargs = 0;
    if (fn.symbol.type.variadic) varargs = this.pushVariadic(variadic, fn.id);
    const base = this.memory.push(code.frameSize, fn.id);
    this.memory.bytes.fill(0, base, base + code.frameSize);
    const frame: Frame = { code, base, varargs, result: undefined, old: [] };
    this.frame = frame;
    fn.params.forEach((param, i) =>
      this.memory.store(base + (code.offsets.get(param) ?? 0), param.type, args[i] ?? 0, fn.id),
    );
    const savedSeeking = this.seeking;
    this.seeking = undefined;
    let completion = this.statement(fn.body);
    // A goto runs the body again, on the way to its label.
    while (completion === 'goto') completion = this.statement(fn.body);
    if (completion !== 'return' && fn.symbol.isNoreturn) throw trapped('unreachable', fn.id);
    this.seeking = savedSeeking;
    this.frame = savedFrame;
    this.memory.sp = savedSp;
    const { returns } = fn.symbol.type;
    if (returns.kind === 'void') return undefined;
    return frame.result ?? (returns.kind === 'record' ? new Uint8Array(sizeOf(returns) ?? 0) : 0);
  }

  /** Each takes whole pairs; a record the address of a copy. */
  private pushVariadic(list: readonly Argument[], node: number): number {
    const words = list.map(({ value, type }) => {
      if (!(value instanceof Uint8Array)) return { value: value ?? 0, size: (sizeOf(type) ?? 2) > 2 ? 4 : 2 };
      const copy = this.memory.push(value.length, node);
      this.memory.bytes.set(value, copy);
      return { value: copy, size: 2 };
    });
    const start = this.memory.push(
      words.reduce((sum, { size }) => sum + size, 0),
      node,
    );
    let at = start;
    for (const { value, size } of words) {
      for (let i = 0; i < size; i++) this.memory.bytes[at++] = value >> (8 * i);
    }
    return start;
  }

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
        else this.memory.bytes.fill(0, at, at + (sizeOf(stmt.symbol.type) ?? 0));
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
}
