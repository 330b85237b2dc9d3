/**
 * Places to IR: the address of an lvalue, and what is done with memory at an address. The value of a record is the address of memory that
 * holds it; whoever consumes it copies at once, before anything else is evaluated.
 */
import { fail } from '../../base/assert';
import type { AssignTExpr, IndexedExpr, Initialiser, TExpr, TypedNode, VariableSymbol } from '../3-semantics/typed';
import type { CType } from '../3-semantics/types';
import { checksLate } from '../3-semantics/visit';
import { constant, symbol as symbolValue } from './build';
import { Builder } from './builder';
import { WIDTH, type AllocaInstr, type IrFunction, type IrType, type Value } from './ir';
import { bytesOf, irType, isSigned } from './lower-types';

export abstract class PlaceLowering {
  protected readonly b: Builder;
  /** Allocas, which go to the head of the entry block. */
  protected readonly allocas: AllocaInstr[] = [];
  private readonly places = new Map<VariableSymbol, Value>();

  constructor(protected readonly fn: IrFunction) {
    this.b = new Builder(fn);
  }

  protected abstract value(expr: TExpr): Value;

  // -------------------------------------------------------------- memory

  protected at(node: TypedNode): void {
    const { origin } = this.b;
    if (origin.node !== node.id) this.b.origin = { node: node.id, span: { start: node.start, end: node.end } };
  }

  /** Memory in the frame. */
  protected room(sizeBytes: number, name?: string): AllocaInstr {
    const instr = this.b.alloca(Math.max(1, sizeBytes), name);
    this.b.block.instrs.pop();
    this.allocas.push(instr);
    return instr;
  }

  protected setPlace(symbol: VariableSymbol, place: Value): void {
    this.places.set(symbol, place);
  }
  protected placeOf(symbol: VariableSymbol): Value {
    if (symbol.storage === 'static') return symbolValue(symbol.linkName);
    const place = this.places.get(symbol);
    if (!place) fail(`no place for ${symbol.name}`);
    return place;
  }

  protected offset(base: Value, bytes: number): Value {
    if (bytes === 0) return base;
    if (base.op === 'symbol') return symbolValue(base.symbol, base.offset + bytes);
    return this.b.binary('add', base, constant('i16', bytes));
  }

  protected copy(to: Value, from: Value, sizeBytes: number): void {
    if (sizeBytes > 0) this.b.intrinsic('memcpy', [to, from], sizeBytes);
  }

  protected store(place: Value, type: CType, value: Value, isVolatile = false): void {
    if (type.kind === 'record') this.copy(place, value, bytesOf(type));
    else this.b.store(place, value, isVolatile);
  }

  protected zero(place: Value, type: CType): void {
    if (type.kind === 'int' || type.kind === 'pointer') this.b.store(place, constant(irType(type), 0));
    else if (bytesOf(type) > 0) this.b.intrinsic('memset', [place, constant('i8', 0)], bytesOf(type));
  }

  protected initialise(place: Value, type: CType, init: Initialiser): void {
    if (init.zeroFirst) this.zero(place, type);
    for (const step of init.items) {
      if (step.kind === 'copy')
        this.copy(this.offset(place, step.offset), symbolValue(step.from.linkName), step.sizeBytes);
      else {
        const value = this.value(step.value);
        this.store(this.offset(place, step.offset), step.type, value);
      }
    }
  }

  // -------------------------------------------------------------- places

  /** The address of an lvalue or function. */
  protected place(expr: TExpr): Value {
    switch (expr.kind) {
      case 'variable':
        return this.placeOf(expr.symbol);
      case 'function':
        return symbolValue(expr.symbol.linkName);
      case 'string':
        return symbolValue(expr.symbol.linkName);
      case 'deref':
        return this.value(expr.pointer);
      case 'index':
        return this.element(expr);
      case 'member': {
        const object = this.place(expr.object);
        this.at(expr);
        return this.offset(object, expr.offset);
      }
      case 'compound-literal': {
        if (expr.init) this.initialise(this.placeOf(expr.symbol), expr.type, expr.init);
        return this.placeOf(expr.symbol);
      }
      case 'temporary': {
        const value = this.value(expr.value);
        if (expr.value.kind === 'call') return value;
        const room = this.room(bytesOf(expr.type));
        this.at(expr);
        this.copy(room, value, bytesOf(expr.type));
        return room;
      }
      default:
        // A record value names memory already.
        return this.value(expr);
    }
  }

  /** Evaluates what an assignment's left side needs; the place itself follows when the value is there (see `checksLate`). */
  protected target({ place, value }: AssignTExpr): () => Value {
    if (place.kind === 'index' && checksLate(place, value)) return this.elementLater(place);
    const now = this.place(place);
    return () => now;
  }

  private element(expr: IndexedExpr): Value {
    return this.elementLater(expr)();
  }

  private elementLater(expr: IndexedExpr): () => Value {
    const base = this.place(expr.array);
    const size = bytesOf(expr.type);
    if (expr.index.kind === 'constant') {
      const { value } = expr.index;
      return () => {
        this.at(expr);
        if (expr.bound !== undefined && (value < 0 || value >= expr.bound))
          this.b.check(constant('i32', value), expr.bound);
        return this.offset(base, value * size);
      };
    }
    const index = this.value(expr.index);
    return () => {
      this.at(expr);
      if (expr.bound !== undefined) this.b.check(index, expr.bound);
      return this.b.binary('add', base, this.scaled(this.resize(index, 'i16', isSigned(expr.index.type)), size));
    };
  }

  // -------------------------------------------------------------- sizes of numbers

  protected scaled(index: Value, size: number): Value {
    if (size === 1) return index;
    if (index.op === 'const') return constant('i16', index.value * size);
    return this.b.binary('mul', index, constant('i16', size));
  }

  protected resize(value: Value, to: IrType, signed: boolean): Value {
    if (value.type === to) return value;
    return this.b.cast(WIDTH[value.type] > WIDTH[to] ? 'trunc' : signed ? 'sext' : 'zext', value, to);
  }
}
