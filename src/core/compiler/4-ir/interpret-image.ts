/**
 * A program in the memory of the IR interpreter: what lies where, as a linker would have it. Names are seen by their own module first;
 * those that only it sees are qualified by its number.
 */
import { CODE_BASE, MEMORY_SIZE_BYTES, NULL_LIMIT, STACK_TOP } from '../../isa/convention';
import { Stop, type HostFunction, type RunOptions } from '../host';
import { decodeFunction, type DecodedFunction } from './decode';
import type { IrGlobal, IrModule } from './ir';

/** Functions of the host get addresses from here on: above the stack, where no program's function lies. */
const NATIVE_BASE = 0xf800;

export class ProgramImage {
  readonly memory = new Uint8Array(MEMORY_SIZE_BYTES);
  /** What lies below must not be written. */
  protectedEnd = CODE_BASE;
  /** How far down the stack may grow. */
  stackLimit = CODE_BASE;
  private readonly addresses = new Map<string, number>();
  private readonly functions = new Map<number, { code: DecodedFunction | undefined; decode: () => DecodedFunction }>();
  private readonly nativeAt = new Map<number, HostFunction>();
  /** The first name that nothing defines. */
  private missing: string | undefined;

  constructor(
    private readonly modules: readonly IrModule[],
    private readonly natives: RunOptions['natives'],
  ) {}

  // -------------------------------------------------------------- layout

  /** Functions get addresses first, then constants, then variables; the heap begins behind them. */
  place(): void {
    let next = CODE_BASE;
    this.modules.forEach((module, m) => {
      for (const fn of module.functions) {
        this.addresses.set(fn.isStatic ? `${m}:${fn.name}` : fn.name, next);
        const decode = () => decodeFunction(fn, (name) => this.addressOf(name, m));
        this.functions.set(next, { code: undefined, decode });
        next += 2;
      }
    });
    next = this.placeGlobals(next, (global) => global.readOnly);
    this.protectedEnd = next;
    next = this.placeGlobals(next, (global) => !global.readOnly);
    this.stackLimit = next;
    // The linker's name for the end of the variables.
    this.addresses.set('__heap_start', next);
    this.modules.forEach((module, m) => {
      for (const global of module.globals) if (!global.isExtern) this.initialise(global, m);
    });
  }

  private placeGlobals(from: number, wanted: (global: IrGlobal) => boolean): number {
    let next = from;
    this.modules.forEach((module, m) => {
      for (const global of module.globals) {
        if (global.isExtern || !wanted(global)) continue;
        this.addresses.set(global.isStatic ? `${m}:${global.name}` : global.name, next);
        next += Math.max(1, global.sizeBytes);
      }
    });
    if (next >= STACK_TOP) throw new Stop({ kind: 'unsupported', reason: 'the program does not fit the memory' });
    return next;
  }

  private initialise(global: IrGlobal, module: number): void {
    const at = this.addressOf(global.name, module);
    if (global.bytes) this.memory.set(global.bytes, at);
    for (const { offset, symbol, addend } of global.relocations) {
      const value = this.addressOf(symbol, module) + addend;
      this.memory[at + offset] = value & 0xff;
      this.memory[at + offset + 1] = (value >> 8) & 0xff;
    }
  }

  private addressOf(name: string, module: number): number {
    const known = this.addresses.get(`${module}:${name}`) ?? this.addresses.get(name);
    if (known !== undefined) return known;
    const native = this.natives?.get(name);
    if (native) {
      const address = NATIVE_BASE + this.nativeAt.size * 2;
      this.nativeAt.set(address, native);
      this.addresses.set(name, address);
      return address;
    }
    // An address in the null page, so that only its use ends the run.
    this.missing ??= name;
    return 0;
  }

  // -------------------------------------------------------------- what lies where

  /** Address of a name that all modules see. */
  entry(name: string): number | undefined {
    return this.addresses.get(name);
  }

  /** The host's function at an address. */
  native(address: number): HostFunction | undefined {
    return this.nativeAt.get(address);
  }

  codeAt(address: number): DecodedFunction {
    const entry = this.functions.get(address);
    if (entry) return (entry.code ??= entry.decode());
    if (address < NULL_LIMIT && this.missing !== undefined)
      throw new Stop({ kind: 'unsupported', reason: `nothing defines ${this.missing}` });
    throw new Stop({ kind: 'trap', trap: 'undefined-instruction', node: 0 });
  }
}
