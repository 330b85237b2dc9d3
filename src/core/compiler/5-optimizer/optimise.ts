/** Runs the passes of a level over a module. */
import { at } from '../../base/assert';
import { finished, type Steps } from '../../base/steps';
import type { IrFunction, IrModule } from '../4-ir/ir';
import type { OptLevel } from '../views';
import type { OptimiserMemory, Outcome } from './memory';
import type { Pass, PassContext, Remark } from './pass';
import { PIPELINES } from './passes';

export interface OptimiseOptions {
  readonly level: OptLevel;
  /** Names of passes that do not run. */
  readonly disabled?: ReadonlySet<string>;
  /** The machine has its multiplier; true if not given. */
  readonly multiplier?: boolean;
  /** Called after each pass of the pipeline, or those from `watchFrom` on, with what it had to say; `index` is its place. */
  readonly afterPass?: (
    pass: Pass,
    module: IrModule,
    remarks: readonly Remark[],
    changed: boolean,
    index: number,
  ) => void;
  readonly watchFrom?: number;
  /** Passes to run instead of the level's own. */
  readonly pipeline?: readonly Pass[];
  /** Collect remarks; if not given, only when somebody takes them. */
  readonly remarks?: boolean;
  /** Takes what each pass did, without the module being looked at in between: see `newTallies`. Several modules may go into one. */
  readonly tallies?: readonly Tally[] | undefined;
  /** What the last compile made of the functions; not used for passes that are looked at. */
  readonly memory?: OptimiserMemory | undefined;
}

/** What one pass of a pipeline did. */
export interface Tally {
  changed: boolean;
  /** Of the module after it. */
  instructions: number;
  readonly remarks: Remark[];
}

export const newTallies = (level: OptLevel): Tally[] =>
  PIPELINES[level].map(() => ({ changed: false, instructions: 0, remarks: [] }));

/** Remarks of one run of one pass beyond this say nothing new. */
const REMARK_LIMIT = 500;

/**
 * IR instructions of a function beyond which, once its calls are inlined, no more passes run over it. They would be some 80 kB of code, and
 * the machine has 61 kB for all of it: the time that they take is better spent on saying so.
 */
export const LONGEST_FUNCTION = 50_000;

/** A pass of the pipeline with its place in it. */
interface Step {
  readonly pass: Pass;
  readonly index: number;
}

/** Changes the module in place. Returns whether anything changed. */
export const optimise = (module: IrModule, options: OptimiseOptions): boolean =>
  finished(optimiseInSteps(module, options));

/** The same with a pause after every stretch of passes, which tells the place of its last: after every pass where `afterPass` looks. */
export function* optimiseInSteps(module: IrModule, options: OptimiseOptions): Steps<boolean, number> {
  const { afterPass, disabled, tallies } = options;
  const watchFrom = afterPass ? (options.watchFrom ?? 0) : Infinity;
  const pipeline = options.pipeline ?? PIPELINES[options.level];
  const steps = pipeline
    .map((pass, index): Step => ({ pass, index }))
    .filter(({ pass }) => disabled?.has(pass.name) !== true);
  const runner = new Runner(module, options, pipeline.length);
  let changed = false;
  for (const stretch of stretches(steps, watchFrom)) {
    runner.run(stretch);
    const now = stretch.some(({ index }) => runner.changed[index] === true);
    changed = now || changed;
    const { pass, index } = at(stretch, 0);
    if (index >= watchFrom) afterPass?.(pass, module, at(runner.remarks, index), now, index);
    yield at(stretch, stretch.length - 1).index;
  }
  tallies?.forEach((tally, index) => runner.addTo(tally, index));
  return changed;
}

/**
 * Passes that run together: function passes between two module passes, so that one function goes through all of them while it is in the
 * processor's caches; each by itself from where somebody looks at the module after every pass. A function pass does not see other functions,
 * so the result is the same.
 */
function stretches(steps: readonly Step[], watchFrom: number): Step[][] {
  const all: Step[][] = [];
  for (const step of steps) {
    const before = all.at(-1);
    const joins = step.index < watchFrom && step.pass.scope === 'function' && before?.[0]?.pass.scope === 'function';
    if (joins) before.push(step);
    else all.push([step]);
  }
  return all;
}

/** Runs stretches and notes what every step did, by its place in the pipeline. */
class Runner {
  readonly changed: boolean[];
  readonly remarks: Remark[][];
  /** Instructions of the module after the step; nothing for one that did not run. */
  private readonly sizes: (number | undefined)[] = [];
  private readonly sizeAtStart: number;
  private readonly freshness = new Freshness();
  /** Those that the last module pass left too long. */
  private tooLong: ReadonlySet<IrFunction> = new Set();
  private readonly context: PassContext;
  /** Of the present pass on the present function. */
  private said: Remark[] = [];
  private present = '';

  constructor(
    private readonly module: IrModule,
    private readonly options: OptimiseOptions,
    length: number,
  ) {
    const { level, afterPass, tallies } = options;
    this.changed = new Array<boolean>(length).fill(false);
    this.remarks = Array.from({ length }, () => []);
    this.sizeAtStart = tallies ? instructionCount(module) : 0;
    this.context = {
      module,
      level,
      forSpeed: level === 'O2' || level === 'O1',
      multiplier: options.multiplier ?? true,
      wantsRemarks: options.remarks ?? (afterPass ?? tallies) !== undefined,
      remark: (fn, origin, message) => {
        if (this.said.length < REMARK_LIMIT) this.said.push({ pass: this.present, function: fn.name, origin, message });
      },
    };
  }

  run(stretch: readonly Step[]): void {
    const first = at(stretch, 0);
    if (first.pass.scope === 'module') {
      const changed = this.runPass(first.pass, this.module);
      if (changed) this.freshness.forgetAll();
      const instructions = this.options.tallies ? instructionCount(this.module) : 0;
      this.tooLong = new Set(this.module.functions.filter((fn) => sizeOf(fn) > LONGEST_FUNCTION));
      this.note(first.index, { changed, instructions, remarks: this.said });
      return;
    }
    const { memory } = this.options;
    for (const fn of this.module.functions) {
      if (this.tooLong.has(fn)) {
        for (const { index } of stretch) this.note(index, { ...LEFT_ALONE, instructions: sizeOf(fn) });
        continue;
      }
      const outcomes =
        memory && stretch.length > 1 ? this.remembered(memory, stretch, fn) : this.runFunction(stretch, fn);
      outcomes.forEach((outcome, i) => this.note(at(stretch, i).index, outcome));
    }
  }

  addTo(tally: Tally, index: number): void {
    tally.changed ||= this.changed[index] === true;
    for (const remark of at(this.remarks, index)) tally.remarks.push(remark);
    let last = index;
    while (last >= 0 && this.sizes[last] === undefined) last--;
    tally.instructions += this.sizes[last] ?? this.sizeAtStart;
  }

  private remembered(memory: OptimiserMemory, stretch: readonly Step[], fn: IrFunction): readonly Outcome[] {
    const { module, freshness } = this;
    const settled = stretch.map(({ pass }) => (freshness.isSettled(pass, fn) ? 1 : 0)).join('');
    const key = `${module.name} ${at(stretch, 0).index}-${at(stretch, stretch.length - 1).index} ${fn.name}`;
    let isNew = false;
    const outcomes = memory.through(fn, { key, settled, module }, () => {
      isNew = true;
      return this.runFunction(stretch, fn);
    });
    if (!isNew)
      outcomes.forEach(({ changed }, i) => {
        if (changed !== undefined) freshness.note(at(stretch, i).pass, fn, changed);
      });
    return outcomes;
  }

  private runFunction(stretch: readonly Step[], fn: IrFunction): Outcome[] {
    const wantsSizes = this.options.tallies !== undefined;
    let instructions = wantsSizes ? sizeOf(fn) : 0;
    return stretch.map(({ pass }): Outcome => {
      if (this.freshness.isSettled(pass, fn)) return { changed: undefined, instructions, remarks: NO_REMARKS };
      const changed = this.runPass(pass, fn);
      this.freshness.note(pass, fn, changed);
      if (changed && wantsSizes) instructions = sizeOf(fn);
      return { changed, instructions, remarks: this.said };
    });
  }

  private runPass(pass: Pass, unit: IrFunction | IrModule): boolean {
    this.present = pass.name;
    this.said = [];
    return pass.run(unit, this.context);
  }

  private note(index: number, { changed, instructions, remarks }: Outcome): void {
    if (changed === true) this.changed[index] = true;
    this.sizes[index] = (this.sizes[index] ?? 0) + instructions;
    const all = at(this.remarks, index);
    for (const remark of remarks) if (all.length < REMARK_LIMIT) all.push(remark);
  }
}

const NO_REMARKS: readonly Remark[] = [];
const LEFT_ALONE: Omit<Outcome, 'instructions'> = { changed: undefined, remarks: NO_REMARKS };

const sizeOf = (fn: IrFunction): number => fn.blocks.reduce((n, { instrs }) => n + instrs.length, 0);
const instructionCount = (module: IrModule): number => module.functions.reduce((n, fn) => n + sizeOf(fn), 0);

/** A function that has not changed since a pass last left it alone is not given to that pass again. */
class Freshness {
  private readonly versions = new Map<IrFunction, number>();
  private readonly settled = new Map<Pass, Map<IrFunction, number>>();

  isSettled(pass: Pass, fn: IrFunction): boolean {
    return this.settled.get(pass)?.get(fn) === (this.versions.get(fn) ?? 0);
  }
  note(pass: Pass, fn: IrFunction, changed: boolean): void {
    const version = (this.versions.get(fn) ?? 0) + (changed ? 1 : 0);
    this.versions.set(fn, version);
    if (changed) return;
    let settled = this.settled.get(pass);
    if (!settled) this.settled.set(pass, (settled = new Map()));
    settled.set(fn, version);
  }
  forgetAll(): void {
    this.settled.clear();
  }
}
