/**
 * The optimiser pass by pass: the modules are lowered and optimised afresh, and the text after each pass is kept, so that the view can
 * show what a pass took away and what it put there.
 */
import { optimise } from '../5-optimizer/optimise';
import { PIPELINES } from '../5-optimizer/passes';
import type { IrModule } from '../4-ir/ir';
import { viewSpan, type Compilation } from '../compilation';
import type { PassSummary, PhaseView, ViewLine, ViewRequest } from '../views';
import { difference } from './difference';
import { irLines, irView, lowered } from './ir';

/** One run of one pass over all units. */
export interface PassRun {
  readonly summary: PassSummary;
  /** Function name -> its lines after the pass. */
  readonly functions: ReadonlyMap<string, readonly ViewLine[]>;
}

const traces = new WeakMap<Compilation, readonly PassRun[]>();

/** The runs of the level's pipeline, in order; index 0 is the first pass. */
export function optimizerTrace(compilation: Compilation): readonly PassRun[] {
  let trace = traces.get(compilation);
  if (!trace) {
    trace = makeTrace(compilation);
    traces.set(compilation, trace);
  }
  return trace;
}

export function showOptimizer(compilation: Compilation, request: ViewRequest): PhaseView {
  if (request.pass === undefined) return irView(compilation, compilation.modules, request);
  const trace = optimizerTrace(compilation);
  const after = trace[request.pass];
  if (!after) return { id: 'optimizer', lines: [] };
  const before = request.pass === 0 ? linesOf(compilation, lowered(compilation)) : trace[request.pass - 1]?.functions;
  const names = request.fn === undefined ? [...after.functions.keys()] : [request.fn];
  const removed = [...(before?.keys() ?? [])].filter((name) => request.fn === undefined && !after.functions.has(name));
  const lines = [...names, ...removed].flatMap((name) =>
    difference(before?.get(name) ?? [], after.functions.get(name) ?? []),
  );
  return { id: 'optimizer', lines };
}

function makeTrace(compilation: Compilation): PassRun[] {
  const { level, multiplier, disabledPasses } = compilation.options;
  const disabled = new Set(disabledPasses);
  const modules = lowered(compilation);
  const passes = PIPELINES[level];
  const runs = passes.map(() => ({ remarks: [] as PassSummary['remarks'][number][], changed: false, instructions: 0 }));
  const lines = passes.map(() => new Map<string, readonly ViewLine[]>());
  for (const module of modules) {
    let latest = linesOf(compilation, [module]);
    let next = 0;
    const fill = (until: number) => {
      for (; next < until; next++) {
        for (const [name, text] of latest) lines[next]?.set(name, text);
        (runs[next] as (typeof runs)[number]).instructions += instructionCount(module);
      }
    };
    optimise(module, {
      level,
      multiplier,
      disabled,
      afterPass: (_pass, current, remarks, changed, index) => {
        fill(index);
        const run = runs[index];
        if (!run) return;
        run.changed ||= changed;
        for (const { message, function: fn, origin } of remarks) {
          const span = viewSpan(compilation.sources, origin.span);
          run.remarks.push({ message, fn, ...(span ? { span } : {}) });
        }
        if (changed) latest = linesOf(compilation, [current]);
        fill(index + 1);
      },
    });
    fill(passes.length);
  }
  return passes.map(({ name, title, summary }, n) => ({
    summary: { name, title, summary, ran: !disabled.has(name), ...(runs[n] as (typeof runs)[number]) },
    functions: lines[n] as ReadonlyMap<string, readonly ViewLine[]>,
  }));
}

function linesOf(compilation: Compilation, modules: readonly IrModule[]): Map<string, readonly ViewLine[]> {
  return new Map(modules.flatMap((m) => m.functions.map((fn) => [fn.name, irLines(compilation, fn)] as const)));
}

function instructionCount(module: IrModule): number {
  return module.functions.reduce((n, fn) => n + fn.blocks.reduce((k, b) => k + b.instrs.length, 0), 0);
}
