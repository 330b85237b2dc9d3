/**
 * The code generator: from IR to assembly items, a function at a time: selection, register allocation, expansion, frame, layout,
 * peephole, emission. Data follows the functions.
 */
import type { AsmItem } from '../../assembler/items';
import type { IrFunction, IrModule } from '../4-ir/ir';
import { allocate } from './allocate';
import { emitData, emitFunction } from './emit';
import { expand } from './expand';
import { layOutFrame } from './frame';
import { duplicateReturns, layOutBlocks, skipEmptyBlocks } from './layout';
import { computeEdges } from './mir';
import { optimisePeepholes } from './peephole';
import type { CodeMemory, FunctionCode } from './memory';
import { FunctionReporter, type CodegenReport, type FunctionReport } from './report';
import { Selector, type SelectOptions } from './select';

export interface GenerateOptions extends SelectOptions {
  /** Collect what the views show (machine code before allocation, ranges, decisions); true unless told. */
  readonly explain?: boolean;
  /** The code of the last compile. */
  readonly memory?: CodeMemory | undefined;
}

export interface GenerateResult {
  readonly items: AsmItem[];
  readonly report: CodegenReport;
}

export function generate(module: IrModule, options: GenerateOptions): GenerateResult {
  const items: AsmItem[] = [];
  const functions: FunctionReport[] = [];
  const { memory } = options;
  for (const fn of module.functions) {
    const generated = () => generateFunction(fn, options);
    const code = memory ? memory.codeOf(module.name, fn, generated) : generated();
    for (const item of code.items) items.push(item);
    functions.push(code.report);
  }
  emitData(module, items);
  return { items, report: { functions } };
}

function generateFunction(fn: IrFunction, options: GenerateOptions): FunctionCode {
  const explain = options.explain ?? true;
  const optimise = options.level !== 'O0';
  const reporter = new FunctionReporter(fn.name, explain);
  const machine = new Selector(fn, options).run();
  computeEdges(machine);
  reporter.selected(machine);
  const allocation = allocate(machine, { optimise, explain });
  reporter.allocated(machine, allocation);
  expand(machine, allocation);
  skipEmptyBlocks(machine);
  if (optimise) duplicateReturns(machine, options.level === 'Os');
  layOutBlocks(machine);
  const hits = optimisePeepholes(machine, optimise, reporter.finding(machine));
  const frame = layOutFrame(machine);
  const items: AsmItem[] = [];
  emitFunction(fn, machine, frame, items);
  return { items, report: reporter.finish(machine, frame, hits) };
}
