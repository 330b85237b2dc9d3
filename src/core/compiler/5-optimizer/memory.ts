/**
 * What a stretch of function passes made of a function in the last compile, for the next one: an edit leaves most functions as they were, or
 * moves them. A function that is the same but for its places, with the same globals in sight, becomes the same but for its places.
 */
import { at } from '../../base/assert';
import type { IrFunction, IrGlobal, IrModule } from '../4-ir/ir';
import { FunctionMemory } from '../4-ir/memory';
import { packFunction, PlaceIndex, unpackInto, type PackedFunction } from '../4-ir/pack';
import type { Remark } from './pass';

/** What one pass of a stretch did. */
export interface Outcome {
  /** Nothing when the function was not given to the pass. */
  readonly changed: boolean | undefined;
  /** Instructions after it. */
  readonly instructions: number;
  readonly remarks: readonly Remark[];
}

interface StretchEntry {
  readonly input: PackedFunction;
  /** Which passes had left the function alone before: they are not run at first. */
  readonly settled: string;
  readonly globals: readonly (IrGlobal | undefined)[];
  readonly output: PackedFunction;
  /** Index among the places of the input, for each of the output. */
  readonly nodeFrom: readonly number[];
  readonly spanFrom: readonly number[];
  readonly outcomes: readonly Outcome[];
  /** The same of the remarks of all outcomes, in order. */
  readonly remarkFrom: readonly { readonly node: number; readonly span: number }[];
}

/** A stretch of passes over a function. */
export interface Stretch {
  readonly key: string;
  /** Which of its passes had left the function alone before. */
  readonly settled: string;
  readonly module: IrModule;
}

export class OptimiserMemory {
  private readonly entries = new FunctionMemory<StretchEntry>();

  begin(setting: string): void {
    this.entries.begin(setting);
  }

  /** Makes `fn` what the stretch made of it before, or has `run` do so. */
  through(fn: IrFunction, { key, settled, module }: Stretch, run: () => readonly Outcome[]): readonly Outcome[] {
    const input = packFunction(fn);
    if (!input) return run();
    const globals = globalsOf(input, module);
    const known = this.entries.recall(
      key,
      input,
      (entry) => entry.settled === settled && entry.globals.every((global, i) => isSameGlobal(global, globals[i])),
    );
    if (known) return again(known, fn, input);
    const outcomes = run();
    const entry = entryOf({ input, settled, globals, outcomes }, fn);
    if (entry) this.entries.keep(key, entry);
    return outcomes;
  }
}

/** The globals that the function names, in the order of its texts, and those that they name in turn: what it may read constants from. */
function globalsOf({ texts }: PackedFunction, module: IrModule): readonly (IrGlobal | undefined)[] {
  const globals = byName(module);
  const names = new Set(texts);
  const found: (IrGlobal | undefined)[] = [];
  for (const name of names) {
    const global = globals.get(name);
    found.push(global);
    for (const { symbol } of global?.relocations ?? []) names.add(symbol);
  }
  return found;
}

const named = new WeakMap<readonly IrGlobal[], ReadonlyMap<string, IrGlobal>>();
function byName({ globals }: IrModule): ReadonlyMap<string, IrGlobal> {
  let map = named.get(globals);
  if (!map) named.set(globals, (map = new Map(globals.map((global) => [global.name, global]))));
  return map;
}

function isSameGlobal(a: IrGlobal | undefined, b: IrGlobal | undefined): boolean {
  if (a === b) return true;
  return (
    a !== undefined &&
    b !== undefined &&
    a.sizeBytes === b.sizeBytes &&
    a.readOnly === b.readOnly &&
    a.isStatic === b.isStatic &&
    a.isExtern === b.isExtern &&
    a.isVolatile === b.isVolatile &&
    a.type === b.type &&
    sameBytes(a.bytes, b.bytes) &&
    a.relocations.length === b.relocations.length &&
    a.relocations.every((one, i) => {
      const other = at(b.relocations, i);
      return one.offset === other.offset && one.symbol === other.symbol && one.addend === other.addend;
    })
  );
}

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === b || (a !== undefined && b?.length === a.length && a.every((byte, i) => byte === b[i]));

/** Undefined when something comes from a place that the input does not have. */
function entryOf(
  made: Pick<StretchEntry, 'input' | 'settled' | 'globals' | 'outcomes'>,
  fn: IrFunction,
): StretchEntry | undefined {
  const output = packFunction(fn);
  if (!output) return undefined;
  const places = new PlaceIndex(made.input);
  const nodeFrom = output.nodes.map((node) => places.node(node) ?? -1);
  const spanFrom = output.spans.map((span) => places.span(span) ?? -1);
  const remarkFrom = made.outcomes.flatMap(({ remarks }) =>
    remarks.map(({ origin }) => ({ node: places.node(origin.node) ?? -1, span: places.span(origin.span) ?? -1 })),
  );
  const isComplete =
    !nodeFrom.includes(-1) && !spanFrom.includes(-1) && remarkFrom.every(({ node, span }) => node >= 0 && span >= 0);
  return isComplete ? { ...made, output, nodeFrom, spanFrom, remarkFrom } : undefined;
}

function again(entry: StretchEntry, fn: IrFunction, { nodes, spans }: PackedFunction): readonly Outcome[] {
  unpackInto(fn, entry.output, {
    nodes: entry.nodeFrom.map((from) => at(nodes, from)),
    spans: entry.spanFrom.map((from) => at(spans, from)),
  });
  let next = 0;
  return entry.outcomes.map((outcome) => {
    if (outcome.remarks.length === 0) return outcome;
    const remarks = outcome.remarks.map((remark): Remark => {
      const { node, span } = at(entry.remarkFrom, next++);
      return { ...remark, origin: { node: at(nodes, node), span: at(spans, span) } };
    });
    return { ...outcome, remarks };
  });
}
