/**
 * What a program reaches of the world when an interpreter runs it (3-semantics/interpret.ts, 4-ir/interpret.ts): the ports that make sense
 * without a machine, and functions that the host provides. How a run ends is a result; inside it is thrown, because the host's
 * functions and the ports end runs too.
 */
import { PORT_CONSTANTS, portOf } from '../isa/ports';

export type RunExit =
  | { readonly kind: 'halt'; readonly code: number }
  | { readonly kind: 'trap'; readonly trap: string; readonly node: number }
  | { readonly kind: 'limit' }
  /** Up to here it ran; from here on it needs what only a machine has. */
  | { readonly kind: 'cut'; readonly reason: string }
  /** Something that cannot be run here: inline assembly, an external function without a body. */
  | { readonly kind: 'unsupported'; readonly reason: string };

export interface RunResult {
  readonly output: Uint8Array;
  readonly exit: RunExit;
  readonly steps: number;
}

export interface RunOptions {
  readonly input?: Uint8Array;
  readonly natives?: ReadonlyMap<string, HostFunction>;
  /** Function to start with; `main` if not given. */
  readonly entry?: string;
  readonly stepLimit?: number;
}

/** The end of a run on its way out of the interpreter. */
export class Stop extends Error {
  constructor(readonly exit: RunExit) {
    super('stop');
  }
}

// ---------------------------------------------------------------- functions of the host

/**
 * Stands for a function that no unit defines, for example one that the library has in assembly. Arguments and result count as
 * unsigned in the width of their types.
 */
export type HostFunction = (args: readonly number[], machine: HostMachine) => number;

/** What a function of the host may do. */
export interface HostMachine {
  readonly memory: Uint8Array;
  halt(code: number): never;
  trap(trap: string): never;
  /** How often this was called in this run: a clock that shows two runs of a program the same times. */
  tick(): number;
}

export function hostMachine(memory: Uint8Array): HostMachine {
  let ticks = 0;
  return {
    memory,
    halt: (code) => {
      throw new Stop({ kind: 'halt', code: code & 0xff });
    },
    trap: (trap) => {
      throw new Stop({ kind: 'trap', trap, node: 0 });
    },
    tick: () => ++ticks,
  };
}

// ---------------------------------------------------------------- ports

/** Output beyond this is not kept, so that a loop that prints cannot fill the host's memory. */
const OUTPUT_LIMIT = 1 << 20;

/** The console and the random source; every clock counts its reads, so that two versions of a program see the same times. */
export class ConsolePorts {
  readonly output: number[] = [];
  private at = 0;
  private reads = 0;
  private random = 1;

  constructor(private readonly input: Uint8Array = new Uint8Array()) {}

  in(port: number): number {
    switch (port) {
      case portOf('CONSOLE_DATA'):
        return this.input[this.at++] ?? 0;
      case portOf('CONSOLE_STATUS'):
        return this.at < this.input.length ? PORT_CONSTANTS.CONSOLE_READY : PORT_CONSTANTS.CONSOLE_END;
      case portOf('RANDOM'):
        this.random = (Math.imul(this.random, 1103515245) + 12345) & 0x7fffffff;
        return (this.random >> 16) & 0xff;
      case portOf('CORE_COUNT'):
        return 1;
      case portOf('CYCLES'):
      case portOf('NANOS'):
        return ++this.reads & 0xff;
      default:
        return 0;
    }
  }

  out(port: number, value: number): void {
    if (port === portOf('CONSOLE_DATA') && this.output.length < OUTPUT_LIMIT) this.output.push(value);
    else if (port === portOf('POWER') && value === PORT_CONSTANTS.POWER_OFF) throw new Stop({ kind: 'halt', code: 0 });
    else if (port === portOf('RANDOM')) this.random = value;
    else if (port === portOf('CORE_CONTROL') && value === PORT_CONSTANTS.CORE_START)
      throw new Stop({ kind: 'cut', reason: 'it starts another core, and here there is one' });
  }
}
