/**
 * Trials of a program beside the workbench, in a worker of their own: what one pass is worth (bytes, cycles, hit rates with and without
 * it), and whether the program still does the same after each pass.
 */
import type { Library } from '../core/compiler/compilation';
import { Compiler } from '../core/compiler/compile';
import { proofInSteps, type ProofLimits } from '../core/compiler/show/proof';
import type { CompileOptions, ProofView, SourceInput } from '../core/compiler/views';
import { Machine } from '../core/machine/machine';
import { outputText, summarise } from '../core/machine/summary';
import type { MachineConfig } from '../core/presets/machine';

/** A trial stops here: some seconds at most, and more than the samples take. */
const MAX_INSTRUCTIONS = 3_000_000;

/** A proof takes a quarter of a second or so. */
const WHILE_TYPING: ProofLimits = { runSteps: 500_000, totalSteps: 6_000_000 };

export interface ProofQuestion {
  readonly files: readonly SourceInput[];
  readonly options: CompileOptions;
  /** What the program reads from the console. */
  readonly input: string;
}

export interface TrialRequest extends ProofQuestion {
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
  /**
   * Whether the program still does the same after each pass, by running its IR on this input; bounded for programs that do not end.
   * Undefined when it does not compile, and when a newer question or `stopProof` came before the answer.
   */
  prove(question: ProofQuestion): Promise<ProofView | undefined>;
  stopProof(): void;
}

export class Trials implements TrialService {
  private readonly compiler: Compiler;
  /** Number of the proof that is wanted; one with a lower number stops at its next pause. */
  private wanted = 0;

  /** `pause` lets the messages in that have come meanwhile. */
  constructor(
    library: Library,
    private readonly pause: () => Promise<void>,
  ) {
    this.compiler = new Compiler(library);
  }

  async prove({ files, options, input }: ProofQuestion): Promise<ProofView | undefined> {
    const mine = ++this.wanted;
    const compilation = this.compiler.compile(files, options, { until: 'semantics' });
    if (compilation.summaries.some(({ state }) => state !== 'done') || !compilation.frontEnd?.units.length)
      return undefined;
    const steps = proofInSteps(compilation, { input: new TextEncoder().encode(input), limits: WHILE_TYPING });
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      await this.pause();
      if (mine !== this.wanted) return undefined;
    }
  }

  stopProof(): void {
    this.wanted++;
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
