/** Functions and statements to IR; expressions are in lower-expression.ts. */
import { typeText } from '../3-semantics/types';
import type { TCase, TDeclare, TFor, TFunction, TIf, TStmt, TSwitch, VariableSymbol } from '../3-semantics/typed';
import { trapNumber } from '../../isa/traps';
import { constant, createFunction } from './build';
import { removeUnreachable, reversePostorder } from './cfg';
import { canonical } from './fold';
import type { Block, IrFunction, IrType } from './ir';
import { ExpressionLowering } from './lower-expression';
import { bytesOf, irType, isSigned } from './lower-types';

/** What `break` and `continue` mean. */
interface Jumps {
  readonly breakTo: Block;
  /** Undefined in a switch: the loop around it has it. */
  readonly continueTo: Block | undefined;
}

export class FunctionLowering extends ExpressionLowering {
  private readonly jumps: Jumps[] = [];
  private readonly labels = new Map<number, Block>();
  private readonly cases = new Map<TCase, Block>();
  private readonly variables = new Map<VariableSymbol, number>();

  constructor(private readonly source: TFunction) {
    super(declare(source));
  }

  lower(): IrFunction {
    const { fn, source } = this;
    this.at(source);
    this.parameters();
    for (const local of source.locals) {
      if (local.storage === 'static') continue;
      const room = this.room(bytesOf(local.type), local.name === '' ? undefined : local.name);
      this.setPlace(local, room);
      this.describe(local, false);
      if (local.zeroAtEntry) this.zero(room, local.type);
    }
    const body = this.b.addBlock('body');
    this.b.br(body);
    this.b.block = body;
    this.statement(source.body);
    if (this.b.isOpen) this.fallOff();
    const entry = fn.blocks[0] as Block;
    entry.instrs.unshift(...this.allocas.map((room) => Object.assign(room, { block: entry })));
    removeUnreachable(fn);
    fn.blocks = [...reversePostorder(fn)];
    return fn;
  }

  private get returnsRecord(): boolean {
    return this.source.symbol.type.returns.kind === 'record';
  }

  private parameters(): void {
    const hidden = this.returnsRecord ? 1 : 0;
    this.source.params.forEach((param, i) => {
      const value = this.fn.params[i + hidden];
      if (!value) return;
      this.describe(param, true);
      if (param.type.kind === 'record') {
        this.setPlace(param, value);
        this.debugPlace(param);
        return;
      }
      const room = this.room(bytesOf(param.type), param.name === '' ? undefined : param.name);
      this.setPlace(param, room);
      this.b.store(room, value);
      this.debugPlace(param);
    });
  }

  /** Makes a variable known to the debugger; compound literals and the like have no name. */
  private describe(symbol: VariableSymbol, isParameter: boolean): void {
    if (symbol.name === '') return;
    const id = this.fn.variables.length;
    this.variables.set(symbol, id);
    this.fn.variables.push({
      id,
      name: symbol.name,
      type: typeText(symbol.type),
      sizeBytes: bytesOf(symbol.type),
      signed: isSigned(symbol.type),
      span: { start: symbol.start, end: symbol.end },
      isParameter,
    });
  }

  private debugPlace(symbol: VariableSymbol): void {
    const id = this.variables.get(symbol);
    if (id !== undefined) this.b.debug(this.placeOf(symbol), id, true);
  }

  private fallOff(): void {
    const { source, fn } = this;
    const end = Math.max(source.body.start, source.body.end - 1);
    this.b.origin = { node: source.body.id, span: { start: end, end: source.body.end } };
    if (source.symbol.isNoreturn) return this.b.trap(trapNumber('unreachable'));
    if (fn.returns === 'void') return this.b.ret();
    const result = fn.params[0];
    if (this.returnsRecord && result) {
      this.zero(result, source.symbol.type.returns);
      return this.b.ret(result);
    }
    this.b.ret(constant(fn.returns, 0));
  }

  // -------------------------------------------------------------- statements

  private statement(stmt: TStmt): void {
    switch (stmt.kind) {
      case 'block':
        for (const item of stmt.items) this.statement(item);
        return;
      case 'expression':
        return this.effect(stmt.expression);
      case 'declare':
        return this.declaration(stmt);
      case 'if':
        return this.if(stmt);
      case 'while':
        return this.loop(stmt.condition, stmt.body, undefined);
      case 'for':
        return this.for(stmt);
      case 'do':
        return this.do(stmt.body, stmt.condition);
      case 'switch':
        return this.switch(stmt);
      case 'case':
        this.goOnAt(this.cases.get(stmt) as Block);
        return this.statement(stmt.body);
      case 'label':
        this.goOnAt(this.label(stmt.label));
        return this.statement(stmt.body);
      case 'goto':
        this.at(stmt);
        return this.jump(this.label(stmt.label));
      case 'break':
        this.at(stmt);
        return this.jump((this.jumps[this.jumps.length - 1] as Jumps).breakTo);
      case 'continue': {
        this.at(stmt);
        const loop = this.jumps.filter((jumps) => jumps.continueTo !== undefined).pop() as Jumps;
        return this.jump(loop.continueTo as Block);
      }
      case 'return':
        return this.return(stmt);
      case 'asm':
        this.at(stmt);
        this.b.append({ op: 'asm', type: 'void', args: [], text: stmt.text });
    }
  }

  private goOnAt(block: Block): void {
    if (this.b.isOpen) this.b.br(block);
    this.b.block = block;
  }
  private jump(block: Block): void {
    this.b.br(block);
    this.startDead();
  }
  private label(label: { readonly number: number; readonly name: string }): Block {
    let block = this.labels.get(label.number);
    if (!block) {
      block = this.b.addBlock(label.name);
      this.labels.set(label.number, block);
    }
    return block;
  }

  private declaration(stmt: TDeclare): void {
    const { symbol, init } = stmt;
    if (symbol.storage === 'static') return;
    const place = this.placeOf(symbol);
    this.at(stmt);
    this.debugPlace(symbol);
    if (init) this.initialise(place, symbol.type, init);
    else this.zero(place, symbol.type);
  }

  private if(stmt: TIf): void {
    const whenTrue = this.b.addBlock('then');
    const whenFalse = stmt.whenFalse ? this.b.addBlock('else') : undefined;
    const end = this.b.addBlock('endif');
    this.condition(stmt.condition, whenTrue, whenFalse ?? end);
    this.b.block = whenTrue;
    this.statement(stmt.whenTrue);
    if (this.b.isOpen) this.b.br(end);
    if (whenFalse && stmt.whenFalse) {
      this.b.block = whenFalse;
      this.statement(stmt.whenFalse);
      if (this.b.isOpen) this.b.br(end);
    }
    this.b.block = end;
  }

  private for(stmt: TFor): void {
    for (const item of stmt.init) this.statement(item);
    this.loop(stmt.condition, stmt.body, stmt.step);
  }

  private loop(condition: TFor['condition'], body: TStmt, step: TFor['step']): void {
    const head = this.b.addBlock('loop');
    const inside = this.b.addBlock('body');
    const next = step ? this.b.addBlock('step') : head;
    const end = this.b.addBlock('endloop');
    this.b.br(head);
    this.b.block = head;
    if (condition) this.condition(condition, inside, end);
    else this.b.br(inside);
    this.b.block = inside;
    this.inside({ breakTo: end, continueTo: next }, body);
    if (this.b.isOpen) this.b.br(next);
    if (step) {
      this.b.block = next;
      this.effect(step);
      if (this.b.isOpen) this.b.br(head);
    }
    this.b.block = end;
  }

  private do(body: TStmt, condition: NonNullable<TFor['condition']>): void {
    const inside = this.b.addBlock('loop');
    const test = this.b.addBlock('test');
    const end = this.b.addBlock('endloop');
    this.b.br(inside);
    this.b.block = inside;
    this.inside({ breakTo: end, continueTo: test }, body);
    if (this.b.isOpen) this.b.br(test);
    this.b.block = test;
    this.condition(condition, inside, end);
    this.b.block = end;
  }

  private inside(jumps: Jumps, body: TStmt): void {
    this.jumps.push(jumps);
    this.statement(body);
    this.jumps.pop();
  }

  private switch(stmt: TSwitch): void {
    const value = this.value(stmt.value);
    const end = this.b.addBlock('endswitch');
    const targets: Block[] = [end];
    const numbers: number[] = [];
    for (const item of stmt.cases) {
      const block = this.b.addBlock(item.value === undefined ? 'default' : 'case');
      this.cases.set(item, block);
      if (item.value === undefined) continue;
      numbers.push(canonical(value.type as IrType, item.value));
      targets.push(block);
    }
    const fallback = stmt.defaultCase;
    if (fallback) {
      const block = this.cases.get(fallback) ?? this.b.addBlock('default');
      this.cases.set(fallback, block);
      targets[0] = block;
    }
    this.at(stmt);
    this.b.switch(value, numbers, targets);
    this.startDead();
    this.inside({ breakTo: end, continueTo: undefined }, stmt.body);
    if (this.b.isOpen) this.b.br(end);
    this.b.block = end;
  }

  private return(stmt: Extract<TStmt, { kind: 'return' }>): void {
    const result = this.fn.params[0];
    if (!stmt.value) {
      this.at(stmt);
      // A bare return where a value is due: the front end has warned; the value is 0.
      this.b.ret(this.fn.returns === 'void' ? undefined : constant(this.fn.returns, 0));
    } else if (this.returnsRecord && result) {
      const value = this.value(stmt.value);
      this.at(stmt);
      this.store(result, stmt.value.type, value);
      this.b.ret(result);
    } else if (this.fn.returns === 'void') {
      this.effect(stmt.value);
      this.at(stmt);
      this.b.ret();
    } else {
      const value = this.value(stmt.value);
      this.at(stmt);
      this.b.ret(value);
    }
    this.startDead();
  }
}

function declare(source: TFunction): IrFunction {
  const { symbol } = source;
  const hidden = symbol.type.returns.kind === 'record' ? [{ name: 'result$', type: 'i16' as const }] : [];
  const params = source.params.map((param, i) => ({
    name: param.name === '' ? `arg${i}` : param.name,
    type: irType(param.type),
  }));
  return createFunction(symbol.linkName, [...hidden, ...params], irType(symbol.type.returns), {
    variadic: symbol.type.variadic,
    isStatic: symbol.isInternal,
    interruptVector: symbol.interruptVector,
    // The head: what a function is made of besides its body, its prologue above all, leads there.
    origin: { node: source.id, span: { start: source.start, end: source.body.start } },
  });
}
