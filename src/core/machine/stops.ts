/** How far a machine is to run, and why it stopped. */
import type { DataWatch } from './cpu/interpreter';
import type { Machine } from './machine';

export interface RunLimits {
  /** Stop when so many more cycles have passed. */
  readonly cycles?: number;
  /** Stop after so many more instructions. */
  readonly instructions?: number;
  /** Run over a breakpoint at the current PC; the default. */
  readonly passBreakpoint?: boolean;
}

export type StopReason =
  | { readonly kind: 'halt'; readonly code: number }
  | { readonly kind: 'trap'; readonly trap: number }
  | { readonly kind: 'limit' }
  | { readonly kind: 'breakpoint'; readonly pc: number }
  /** Asleep, and nothing but input from outside can wake it. */
  | { readonly kind: 'idle' }
  /** A hook asked for it. */
  | { readonly kind: 'hook'; readonly hook: Hook };

export const LIMIT: StopReason = { kind: 'limit' };

/** Looks at each instruction; a machine with such hooks runs one instruction at a time. */
export interface Hook {
  /** Before the instruction at PC. True stops before it. */
  before?(machine: Machine): boolean;
  /** After it. True stops. */
  after?(machine: Machine): boolean;
  /**
   * Of one that looks at data only: `before` and `after` are called around many instructions, the last of which has touched watched data
   * if any has (Execution.touched); with `isDue`, around one. One hook of a machine at most.
   */
  readonly watch?: (DataWatch & { isDue(): boolean }) | undefined;
}
