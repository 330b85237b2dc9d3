/** The IR before optimisation. The optimiser works in place, so the units are lowered afresh. */
import { targetsOf } from '../4-ir/build';
import { lower } from '../4-ir/lower';
import type { Block, IrFunction, IrModule } from '../4-ir/ir';
import { blockName, functionLines, printGlobal, type IrLine } from '../4-ir/print';
import { viewSpan, type Compilation } from '../compilation';
import type { GraphBlock, ViewLine, ViewRequest } from '../views';
import type { Aspect, Content } from './aspect';

export const IR_ASPECTS: readonly Aspect[] = [
  {
    id: 'ir',
    title: 'SSA',
    summary: 'Basic blocks of simple instructions, as they were lowered; one function also as its control-flow graph.',
    byFunction: true,
    picture: 'graph',
    show: (c, request) => irView(c, lowered(c), request),
  },
];

export function lowered(compilation: Compilation): IrModule[] {
  return (compilation.frontEnd?.units ?? []).map((unit) => lower(unit, compilation.sources));
}

export function irView(compilation: Compilation, modules: readonly IrModule[], request: ViewRequest): Content {
  const functions = modules
    .flatMap((m) => m.functions)
    .filter((fn) => request.fn === undefined || fn.name === request.fn);
  const globals = request.fn === undefined ? modules.flatMap((m) => m.globals) : [];
  const listings = functions.map((fn) => listing(compilation, fn));
  const lines = [
    ...globals.map((g): ViewLine => ({ text: printGlobal(g).trimEnd(), depth: 0, kind: 'symbol' })),
    ...listings.flatMap((one) => one.lines),
  ];
  const [only] = listings;
  return request.fn !== undefined && only ? { lines, graph: graphOf(only) } : { lines };
}

/** A function as lines, with what it takes to draw its control-flow graph. */
export interface Listing {
  readonly lines: readonly ViewLine[];
  readonly blocks: readonly {
    readonly id: number;
    readonly title: string;
    /** Where its instructions stand among the lines. */
    readonly from: number;
    readonly to: number;
    readonly successors: GraphBlock['successors'];
  }[];
}

/** Lines of debug information are left out. */
export function listing(compilation: Compilation, fn: IrFunction): Listing {
  const shown = functionLines(fn).filter((line) => line.kind !== 'debug');
  const blocks: Listing['blocks'][number][] = [];
  shown.forEach((line, index) => {
    if (line.kind !== 'block' || !line.block) return;
    const { block } = line;
    const length = shown.slice(index + 1).findIndex((next) => next.kind !== 'instr');
    const to = length < 0 ? shown.length : index + 1 + length;
    blocks.push({ id: block.id, title: blockName(block), from: index + 1, to, successors: successorsOf(block) });
  });
  return { lines: shown.map((line) => irLine(compilation, fn, line)), blocks };
}

function irLine(compilation: Compilation, fn: IrFunction, { text, kind, instr }: IrLine): ViewLine {
  const span = instr && viewSpan(compilation.sources, instr.origin.span);
  return {
    text,
    depth: 0,
    kind: kind === 'block' ? 'label' : kind,
    fn: fn.name,
    ...(span ? { span } : {}),
    ...(instr ? { ir: instr.id, node: instr.origin.node } : {}),
  };
}

function successorsOf(block: Block): GraphBlock['successors'] {
  const last = block.instrs.at(-1);
  if (!last) return [];
  const label = (n: number) => {
    if (last.op === 'condbr') return n === 0 ? 'yes' : 'no';
    if (last.op === 'switch') return n === 0 ? 'default' : String(last.cases[n - 1]);
    return '';
  };
  return targetsOf(last).map((to, n) => ({ to: to.id, label: label(n) }));
}

/** `linesOf` gives the lines of a block; those of the listing unless told. */
export function graphOf(
  { lines, blocks }: Listing,
  linesOf: (block: Listing['blocks'][number]) => readonly ViewLine[] = ({ from, to }) => lines.slice(from, to),
): GraphBlock[] {
  return blocks.map((block) => ({
    id: block.id,
    title: block.title,
    lines: linesOf(block).map((line) => ({ ...line, text: line.text.trimStart() })),
    successors: block.successors,
  }));
}
