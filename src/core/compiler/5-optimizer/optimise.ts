/** Runs the passes of a level over a module. */
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

/** Changes the module in place. Returns whether anything changed. */
export function optimise(module: IrModule, options: OptimiseOptions): boolean {
  let remarks: Remark[] = [];
  let present = '';
  const context: PassContext = {
    module,
    level: options.level,
    forSpeed: options.level === 'O2' || options.level === 'O1',
    multiplier: options.multiplier ?? true,
    wantsRemarks: options.remarks ?? options.afterPass !== undefined,
    remark: (fn, origin, message) => {
      if (remarks.length < REMARK_LIMIT) remarks.push({ pass: present, function: fn.name, origin, message });
    },
  };
  const freshness = new Freshness();
  let changed = false;
  (options.pipeline ?? PIPELINES[options.level]).forEach((pass, index) => {
    if (options.disabled?.has(pass.name) === true) return;
    present = pass.name;
    const now = runPass(pass, module, context, freshness);
    changed = now || changed;
    options.afterPass?.(pass, module, remarks, now, index);
    remarks = [];
  });
  return changed;
}

function runPass(pass: Pass, module: IrModule, context: PassContext, freshness: Freshness): boolean {
  if (pass.scope === 'module') {
    const changed = pass.run(module, context);
    if (changed) freshness.forgetAll();
    return changed;
  }
  let changed = false;
  for (const fn of module.functions) {
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
