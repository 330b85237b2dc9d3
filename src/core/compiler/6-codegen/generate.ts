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
import { computeEdges, type MInst } from './mir';
import { optimisePeepholes } from './peephole';
import type { CodeMemory, FunctionCode } from './memory';
import { figuresOf, Historian, type CodegenReport, type CodeHistory, type FunctionReport } from './report';
import { Selector, type SelectOptions } from './select';

export interface GenerateOptions extends SelectOptions {
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
    const { items: own, figures } = memory ? memory.codeOf(module.name, fn, generated) : generated();
    for (const item of own) items.push(item);
    functions.push({ ...figures, history: once(() => historyOf(fn, options)) });
  }
  emitData(module, items);
  return { items, report: { functions } };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function historyOf(fn: IrFunction, options: GenerateOptions): CodeHistory {
  const historian = new Historian();
  generateFunction(fn, options, historian);
  return historian;
}

function generateFunction(fn: IrFunction, options: GenerateOptions, historian?: Historian): FunctionCode {
  const optimise = options.level !== 'O0';
  const machine = new Selector(fn, options).run();
  computeEdges(machine);
  historian?.noteSelection(machine);
  const allocation = allocate(machine, { optimise, decisions: historian?.decisions });
  historian?.noteAllocation(machine, allocation);
  expand(machine, allocation);
  skipEmptyBlocks(machine);
  if (optimise) duplicateReturns(machine, options.level === 'Os');
  layOutBlocks(machine);
  const tell =
    historian && ((rule: string, inst: MInst, text: string) => historian.noteFind(machine, rule, inst, text));
  const peephole = optimisePeepholes(machine, optimise, tell);
  const frame = layOutFrame(machine);
  const items: AsmItem[] = [];
  emitFunction(fn, machine, frame, items);
  return { items, figures: figuresOf(machine, { frame, peephole, rounds: allocation.rounds }) };
}
