/**
 * Trials of a program beside the workbench, in a worker of their own: what one pass is worth (bytes, cycles, hit rates with and without it).
 */
import type { Library } from '../core/compiler/compilation';
import { Compiler } from '../core/compiler/compile';
import type { CompileOptions, SourceInput } from '../core/compiler/views';
import { Machine } from '../core/machine/machine';
import { outputText, summarise } from '../core/machine/summary';
import type { MachineConfig } from '../core/presets/machine';

/** A trial stops here: some seconds at most, and more than the samples take. */
const MAX_INSTRUCTIONS = 3_000_000;

export interface TrialRequest {
  readonly files: readonly SourceInput[];
  readonly options: CompileOptions;
  /** What the program reads from the console. */
  readonly input: string;
  readonly machine: MachineConfig;
}

export interface TrialRun {
  readonly bytes: number;
  readonly cycles: number;
  /** Share of accesses that hit, by level; undefined without accesses. */
  readonly hitRates: {
    readonly l1i: number | undefined;
    readonly l1d: number | undefined;
    readonly l2: number | undefined;
  };
  /** False when it was cut off: then its cycles say nothing. */
  readonly ended: boolean;
  readonly output: string;
}

export interface TrialService {
  /** Undefined when the program does not compile. */
  run(request: TrialRequest): TrialRun | undefined;
}

export class Trials implements TrialService {
  private readonly compiler: Compiler;

  constructor(library: Library) {
    this.compiler = new Compiler(library);
  }

  run({ files, options, input, machine: config }: TrialRequest): TrialRun | undefined {
    const { image } = this.compiler.compile(files, options);
    if (!image) return undefined;
    const machine = new Machine(config);
    machine.load(image);
    machine.input({ kind: 'console', bytes: [...new TextEncoder().encode(input)], end: true });
    const stop = machine.run({ instructions: MAX_INSTRUCTIONS });
    const { cycles, caches } = summarise(machine);
    const rate = (level: 'l1i' | 'l1d' | 'l2') => {
      const counts = caches[level];
      const all = counts ? counts.reads + counts.writes : 0;
      return counts && all > 0 ? 1 - (counts.readMisses + counts.writeMisses) / all : undefined;
    };
    return {
      bytes: image.sizes.textBytes,
      cycles,
      hitRates: { l1i: rate('l1i'), l1d: rate('l1d'), l2: rate('l2') },
      ended: stop.kind === 'halt' || stop.kind === 'trap',
      output: outputText(machine),
    };
  }
}
