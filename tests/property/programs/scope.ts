/** What a program being generated has: variables and who sees them, structs, functions, and how much work it has been given to do. */
import { Random } from '../../../src/core/base/random';
import { INT_TYPES, type IntType } from './int-types';
import type { Piece } from './pieces';

/** What programs may use, by who is to run them. */
export interface Profile {
  readonly name: string;
  /** Only what C defines (with -fwrapv: overflow wraps); otherwise also what the language page defines beyond that. */
  readonly strict: boolean;
  readonly bool: boolean;
  /** Structs as arguments, results and compound literals. */
  readonly structValues: boolean;
  /** Declarations in `for` and between statements. */
  readonly mixedDeclarations: boolean;
}

export interface Field {
  readonly name: string;
  readonly type: IntType;
  /** Of an array. */
  readonly length?: number;
  /** A struct inside; `type` does not count then. */
  readonly inner?: Struct;
}
export interface Struct {
  /** `struct s0` */
  readonly tag: string;
  readonly isUnion: boolean;
  readonly fields: readonly Field[];
}

export type Shape =
  | { readonly kind: 'int'; readonly type: IntType; readonly range?: readonly [number, number] }
  | { readonly kind: 'array'; readonly type: IntType; readonly dims: readonly number[] }
  | { readonly kind: 'struct'; readonly struct: Struct }
  | { readonly kind: 'structs'; readonly struct: Struct; readonly length: number }
  /** To at least so many elements. */
  | { readonly kind: 'pointer'; readonly type: IntType; readonly length: number }
  | { readonly kind: 'structPointer'; readonly struct: Struct };

export interface Variable {
  readonly name: string;
  readonly shape: Shape;
  readonly isGlobal: boolean;
  /** Programs may assign to it, or to what is in it. */
  readonly writable: boolean;
  /** volatile or const: no plain pointer may point to it. */
  readonly qualified: boolean;
  /** A pointer that a loop moves. */
  readonly moves?: boolean;
}

export interface Fn {
  readonly name: string;
  readonly params: readonly Shape[];
  readonly returns: IntType | Struct | undefined;
  /** Changes nothing but its own locals. */
  readonly pure: boolean;
  /** The first argument says how deep it may call itself. */
  readonly recursive: boolean;
  cost: number;
}

/** Steps that a program may take, roughly; loops and calls share them out. */
export const WORK = 2500;

export class Context {
  readonly random: Random;
  readonly globals: Variable[] = [];
  readonly globalItems: Piece[] = [];
  readonly structs: Struct[] = [];
  readonly functions: Fn[] = [];
  /** Tables of functions: name, type of both parameters and the result, length. */
  readonly tables: { readonly name: string; readonly type: IntType; readonly length: number; readonly cost: number }[] =
    [];
  /** 1 to 4: how much of everything. */
  readonly size: number;
  locals: Variable[] = [];
  /** The function being written may change only its own locals. */
  pure = false;
  /** How often the present place runs, and what the present function has cost so far. */
  times = 1;
  cost = 0;
  /** Indices inside indices. */
  nesting = 0;
  private names = 0;

  constructor(
    seed: number,
    readonly profile: Profile,
  ) {
    this.random = new Random(seed, `program ${profile.name}`);
    this.size = this.pick([1, 1, 1, 1, 2, 2, 3]);
  }

  below(bound: number): number {
    return this.random.below(bound);
  }
  /** True once in `n`. */
  oneIn(n: number): boolean {
    return this.random.below(n) === 0;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)] as T;
  }
  fresh(prefix: string): string {
    return `${prefix}${this.names++}`;
  }
  intType(): IntType {
    const type = this.pick(INT_TYPES);
    return type === 'bool' && (!this.profile.bool || this.below(3) > 0) ? 'u8' : type;
  }
  spend(steps: number): void {
    this.cost += steps * this.times;
  }
  /** Whether so many more steps here still fit. */
  affords(steps: number): boolean {
    return this.cost + steps * this.times <= WORK;
  }
  visible(): Variable[] {
    return [...this.locals, ...this.globals];
  }
  /** Runs `body` in a block of its own, `times` as often as what is around it. */
  inside<T>(times: number, body: () => T): T {
    const { locals } = this;
    this.locals = [...locals];
    this.times *= times;
    const result = body();
    this.times /= times;
    this.locals = locals;
    return result;
  }
}
