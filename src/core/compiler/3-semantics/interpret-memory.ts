/**
 * The memory of the tree interpreter: 64 KiB laid out as on the machine (null page, functions, read-only constants, variables, a stack
 * that grows down), what lies at which address, and the accesses that trap. Addresses are this interpreter's own.
 */
import { CODE_BASE, MEMORY_SIZE_BYTES, NULL_LIMIT, STACK_TOP } from '../../isa/convention';
import { Stop } from '../host';
import type { FunctionSymbol, StaticObject, TFunction, TypedUnit, VariableSymbol } from './typed';
import { sizeOf, wrap, type CType } from './types';

/** A number, or the bytes of a struct or union; undefined for void. */
export type Value = number | Uint8Array | undefined;

/** A function with the places of its variables in its frame. */
export interface Code {
  readonly fn: TFunction;
  readonly offsets: ReadonlyMap<VariableSymbol, number>;
  readonly frameSize: number;
}

export class TreeMemory {
  readonly bytes = new Uint8Array(MEMORY_SIZE_BYTES);
  sp = STACK_TOP;
  private readonly statics = new Map<VariableSymbol, number>();
  /** Addresses of the names that the linker knows. */
  private readonly globals = new Map<string, number>();
  private readonly functions = new Map<number, { readonly symbol: FunctionSymbol; code: Code | undefined }>();
  private readonly functionAt = new Map<FunctionSymbol, number>();
  private readonly nativeAt = new Map<number, string>();
  private readonly bodies = new Map<FunctionSymbol, TFunction>();
  private protectedEnd = CODE_BASE;
  private stackLimit = CODE_BASE;

  constructor(private readonly units: readonly TypedUnit[]) {}

  // -------------------------------------------------------------- layout

  /** Gives everything its address, the host's functions too, and fills the objects. */
  place(natives: Iterable<string>): void {
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
    for (const name of natives) {
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
    if (object.bytes) this.bytes.set(object.bytes, at);
    for (const { offset, symbol, addend } of object.relocations) {
      const value = this.linked(symbol, unit) + addend;
      this.bytes[at + offset] = value & 0xff;
      this.bytes[at + offset + 1] = (value >> 8) & 0xff;
    }
  }

  /** Address of a link name: the unit's own internal things first. */
  private linked(name: string, unit: TypedUnit): number {
    const object = unit.objects.find(({ symbol }) => symbol.linkName === name);
    if (object) return this.statics.get(object.symbol) ?? 0;
    const fn = unit.functions.find(({ symbol }) => symbol.linkName === name);
    return (fn ? this.functionAt.get(fn.symbol) : this.globals.get(name)) ?? 0;
  }

  // -------------------------------------------------------------- what lies where

  /** Address of a function that other units see. */
  entry(name: string): number | undefined {
    return this.globals.get(name);
  }

  addressOf(symbol: FunctionSymbol | VariableSymbol): number {
    const own = symbol.kind === 'function' ? this.functionAt.get(symbol) : this.statics.get(symbol);
    const at = own ?? this.globals.get(symbol.linkName);
    if (at === undefined) throw new Stop({ kind: 'unsupported', reason: `nothing defines ${symbol.name}` });
    return at;
  }

  /** Name of the host's function at an address. */
  native(address: number): string | undefined {
    return this.nativeAt.get(address & 0xffff);
  }

  codeAt(address: number, node: number): Code {
    const at = address & 0xffff;
    const entry = this.functions.get(at);
    if (!entry) throw trapped(at < NULL_LIMIT ? 'null-access' : 'undefined-instruction', node);
    entry.code ??= layOut(this.bodies.get(entry.symbol) as TFunction);
    return entry.code;
  }

  // -------------------------------------------------------------- accesses

  load(address: number, type: CType, node: number): Value {
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

  byte(address: number, node: number): number {
    const at = address & 0xffff;
    if (at < NULL_LIMIT) throw trapped('null-access', node);
    return this.bytes[at] as number;
  }

  store(address: number, type: CType, value: Value, node: number): void {
    const size = sizeOf(type) ?? 0;
    for (let i = 0; i < size; i++) {
      const byte = value instanceof Uint8Array ? (value[i] as number) : (value ?? 0) >> (8 * i);
      this.put(address + i, byte, node);
    }
  }

  put(address: number, byte: number, node: number): void {
    const at = address & 0xffff;
    if (at < NULL_LIMIT) throw trapped('null-access', node);
    if (at < this.protectedEnd) throw trapped('code-write', node);
    this.bytes[at] = byte;
  }

  push(size: number, node: number): number {
    this.sp -= size;
    if (this.sp < this.stackLimit) throw trapped('stack-overflow', node);
    return this.sp;
  }
}

/** A trap that the expression or statement `node` runs into. */
export const trapped = (trap: string, node: number): Stop => new Stop({ kind: 'trap', trap, node });

function layOut(fn: TFunction): Code {
  const offsets = new Map<VariableSymbol, number>();
  let next = 0;
  for (const symbol of [...fn.params, ...fn.locals]) {
    offsets.set(symbol, next);
    next += sizeOf(symbol.type) ?? 0;
  }
  return { fn, offsets, frameSize: next };
}
