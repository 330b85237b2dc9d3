/** Runs the passes of a level over a module. */
import { at } from '../../base/assert';
import { finished, type Steps } from '../../base/steps';
import type { IrFunction, IrModule } from '../4-ir/ir';
import type { OptLevel } from '../views';
import type { Pass, PassContext, Remark } from './pass';
import { PIPELINES } from './passes';

export interface OptimiseOptions {
  readonly level: OptLevel;
  /** Names of passes that do not run. */
  readonly disabled?: ReadonlySet<string>;
  /** The machine has its multiplier; true if not given. */
  readonly multiplier?: boolean;
  /** Called after each pass of the pipeline with what it had to say. `index` is its place in the pipeline. */
  readonly afterPass?: (
    pass: Pass,
    module: IrModule,
    remarks: readonly Remark[],
    changed: boolean,
    index: number,
  ) => void;
  /** Passes to run instead of the level's own. */
  readonly pipeline?: readonly Pass[];
  /** Collect remarks; if not given, only when `afterPass` is. */
  readonly remarks?: boolean;
}

/** Remarks of one run of one pass beyond this say nothing new. */
const REMARK_LIMIT = 500;

/** A pass of the pipeline with its place in it. */
interface Step {
  readonly pass: Pass;
  readonly index: number;
}

/** Changes the module in place. Returns whether anything changed. */
export const optimise = (module: IrModule, options: OptimiseOptions): boolean =>
  finished(optimiseInSteps(module, options));

/** The same with a pause after every pass that is looked at, for whoever has something else to do in between. */
export function* optimiseInSteps(module: IrModule, options: OptimiseOptions): Steps<boolean> {
  const { afterPass, disabled } = options;
  let remarks: Remark[] = [];
  let present = '';
  const context: PassContext = {
    module,
    level: options.level,
    forSpeed: options.level === 'O2' || options.level === 'O1',
    multiplier: options.multiplier ?? true,
    wantsRemarks: options.remarks ?? afterPass !== undefined,
    remark: (fn, origin, message) => {
      if (remarks.length < REMARK_LIMIT) remarks.push({ pass: present, function: fn.name, origin, message });
    },
  };
  const freshness = new Freshness();
  const steps = (options.pipeline ?? PIPELINES[options.level])
    .map((pass, index): Step => ({ pass, index }))
    .filter(({ pass }) => disabled?.has(pass.name) !== true);
  let changed = false;
  for (const stretch of stretches(steps, afterPass !== undefined)) {
    const { pass, index } = at(stretch, 0);
    present = pass.name;
    const now = runStretch(stretch, module, context, freshness);
    changed = now || changed;
    afterPass?.(pass, module, remarks, now, index);
    remarks = [];
    yield;
  }
  return changed;
}

/**
 * Passes that run together: function passes between two module passes, so that one function goes through all of them while it is in the
 * processor's caches; each by itself where somebody looks at the module after every pass. A function pass does not see other functions, so
 * the result is the same.
 */
function stretches(steps: readonly Step[], single: boolean): Step[][] {
  const all: Step[][] = [];
  for (const step of steps) {
    const before = all.at(-1);
    const joins = !single && step.pass.scope === 'function' && before?.[0]?.pass.scope === 'function';
    if (joins) before.push(step);
    else all.push([step]);
  }
  return all;
}

function runStretch(stretch: readonly Step[], module: IrModule, context: PassContext, freshness: Freshness): boolean {
  const [first] = stretch;
  if (first?.pass.scope === 'module') {
    const changed = first.pass.run(module, context);
    if (changed) freshness.forgetAll();
    return changed;
  }
  let changed = false;
  for (const fn of module.functions)
    for (const { pass } of stretch) {
      if (freshness.isSettled(pass, fn)) continue;
      const now = pass.run(fn, context);
      freshness.note(pass, fn, now);
      changed = now || changed;
    }
  return changed;
}

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
