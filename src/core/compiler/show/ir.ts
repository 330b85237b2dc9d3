/** The IR before optimisation. The optimiser works in place, so the units are lowered afresh. */
import { lower } from '../4-ir/lower';
import type { IrFunction, IrModule } from '../4-ir/ir';
import { functionLines, printGlobal } from '../4-ir/print';
import { viewSpan, type Compilation } from '../compilation';
import type { GraphBlock, PhaseView, ViewLine, ViewRequest } from '../views';

export function lowered(compilation: Compilation): IrModule[] {
  return (compilation.frontEnd?.units ?? []).map((unit) => lower(unit, compilation.sources));
}

export function showIr(compilation: Compilation, request: ViewRequest): PhaseView {
  return irView(compilation, lowered(compilation), request);
}

export function irView(compilation: Compilation, modules: readonly IrModule[], request: ViewRequest): PhaseView {
  const functions = modules
    .flatMap((m) => m.functions)
    .filter((fn) => request.fn === undefined || fn.name === request.fn);
  const globals = request.fn === undefined ? modules.flatMap((m) => m.globals) : [];
  const lines = [
    ...globals.map((g): ViewLine => ({ text: printGlobal(g).trimEnd(), depth: 0, kind: 'symbol' })),
    ...functions.flatMap((fn) => irLines(compilation, fn)),
  ];
  const [only] = functions;
  return request.fn !== undefined && only
    ? { id: request.phase, lines, graph: graphOf(compilation, only) }
    : { id: request.phase, lines };
}

/** The lines of a function; those of its debug information are left out. */
export function irLines(compilation: Compilation, fn: IrFunction): ViewLine[] {
  return functionLines(fn)
    .filter((line) => line.kind !== 'debug')
    .map(({ text, kind, instr }): ViewLine => {
      const span = instr && viewSpan(compilation.sources, instr.origin.span);
      return {
        text,
        depth: 0,
        kind: kind === 'block' ? 'label' : kind,
        fn: fn.name,
        ...(span ? { span } : {}),
        ...(instr ? { ir: instr.id, node: instr.origin.node } : {}),
      };
    });
}

function graphOf(compilation: Compilation, fn: IrFunction): GraphBlock[] {
  const all = irLines(compilation, fn);
  const byId = new Map(all.filter((line) => line.ir !== undefined).map((line) => [line.ir, line]));
  return fn.blocks.map((block) => {
    const last = block.instrs.at(-1);
    const targets = last && 'targets' in last ? last.targets : [];
    const label = (n: number) => (last?.op === 'condbr' ? (n === 0 ? 'yes' : 'no') : '');
    return {
      id: block.id,
      title: `${block.name}.${block.id}`,
      lines: block.instrs.flatMap((instr) => byId.get(instr.id) ?? []),
      successors: targets.map((to, n) => ({ to: to.id, label: label(n) })),
    };
  });
}
