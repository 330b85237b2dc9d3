/** The one shape of all passes, and what they are given. */
import type { IrFunction, IrModule, Origin } from '../4-ir/ir';
import type { OptLevel } from '../views';

/** What a pass did and why, in a reader's words, tied to a place in the source. */
export interface Remark {
  readonly pass: string;
  readonly function: string;
  readonly origin: Origin;
  readonly message: string;
}

export interface PassContext {
  readonly module: IrModule;
  readonly level: OptLevel;
  /** Growing code for speed is wanted. */
  readonly forSpeed: boolean;
  /** The machine has its multiplier. */
  readonly multiplier: boolean;
  /** Whether anybody reads remarks: making them takes time. */
  readonly wantsRemarks: boolean;
  remark(fn: IrFunction, origin: Origin, message: string): void;
}

export interface Pass {
  /** Stable name for `--passes` and the UI, kebab-case. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what it does and what it is good for. */
  readonly summary: string;
  readonly scope: 'function' | 'module';
  /** Returns whether it changed anything. A function pass is given one function, a module pass the module. */
  run(unit: IrFunction | IrModule, context: PassContext): boolean;
}

interface Description {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
}

export function functionPass(description: Description, run: (fn: IrFunction, context: PassContext) => boolean): Pass {
  return { ...description, scope: 'function', run: (unit, context) => run(unit as IrFunction, context) };
}

export function modulePass(description: Description, run: (module: IrModule, context: PassContext) => boolean): Pass {
  return { ...description, scope: 'module', run: (unit, context) => run(unit as IrModule, context) };
}

/** `1 load`, `3 loads`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
