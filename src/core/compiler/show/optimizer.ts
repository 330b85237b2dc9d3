/**
 * The optimiser pass by pass: the modules are lowered and optimised afresh, and the listing after each pass is kept, so that the view
 * can show what a pass took away and what it put there.
 */
import { optimise } from '../5-optimizer/optimise';
import { PIPELINES } from '../5-optimizer/passes';
import type { IrFunction, IrModule, Value } from '../4-ir/ir';
import { viewSpan, type Compilation } from '../compilation';
import type { BlockRoom, PassSummary, ViewLine, ViewRequest } from '../views';
import type { Aspect, Content } from './aspect';
import { difference } from './difference';
import { graphOf, irView, listing, lowered, type Listing } from './ir';

export const OPTIMIZER_ASPECTS: readonly Aspect[] = [
  {
    id: 'changes',
    title: 'Changes',
    summary: 'The IR after a pass, with what the pass took away and what it put there.',
    byFunction: true,
    picture: 'graph',
    show: showChanges,
  },
  {
    id: 'remarks',
    title: 'Remarks',
    summary: 'What each pass did and why, with the source line that it is about.',
    byFunction: true,
    show: (c, request) => ({ lines: remarkLines(c, request) }),
  },
  {
    id: 'passes',
    title: 'Passes',
    summary: 'The passes in their order, with the size of the program after each.',
    byFunction: false,
    show: (c) => ({ lines: passLines(c) }),
  },
];

/** One run of one pass over all units. */
export interface PassRun {
  readonly summary: PassSummary;
  /** Function name -> its listing after the pass. */
  readonly functions: ReadonlyMap<string, Listing>;
}

interface Trace {
  readonly before: ReadonlyMap<string, Listing>;
  readonly runs: readonly PassRun[];
}

const traces = new WeakMap<Compilation, Trace>();

function traceOf(compilation: Compilation): Trace {
  let trace = traces.get(compilation);
  if (!trace) traces.set(compilation, (trace = makeTrace(compilation)));
  return trace;
}

/** The runs of the level's pipeline, in order; index 0 is the first pass. */
export const optimizerTrace = (compilation: Compilation): readonly PassRun[] => traceOf(compilation).runs;

/** The IR after the last run of the pass with this name; undefined if the level does not run it. */
export function irAfter(compilation: Compilation, name: string): readonly ViewLine[] | undefined {
  const last = optimizerTrace(compilation)
    .filter((run) => run.summary.name === name)
    .at(-1);
  return last && [...last.functions.values()].flatMap(({ lines }) => [...lines, { text: '', depth: 0, kind: 'label' }]);
}

/** Place in the pipeline of the last run of a pass; -1 if the level does not run it. */
export const lastRunOf = ({ options }: Compilation, name: string): number =>
  PIPELINES[options.level].map((pass) => pass.name).lastIndexOf(name);

function showChanges(compilation: Compilation, request: ViewRequest): Content {
  if (request.pass === undefined) return irView(compilation, compilation.modules, request);
  const { before: unoptimised, runs } = traceOf(compilation);
  const after = runs[request.pass]?.functions;
  if (!after) return irView(compilation, compilation.modules, request);
  const before = request.pass === 0 ? unoptimised : (runs[request.pass - 1] as PassRun).functions;
  const names = [...new Set([...after.keys(), ...before.keys()])].filter(
    (name) => request.fn === undefined || name === request.fn,
  );
  const lines = names.flatMap((name) => changesIn(before.get(name), after.get(name)));
  const { fn } = request;
  const only = fn === undefined ? undefined : after.get(fn);
  if (fn === undefined || !only) return { lines };
  return {
    lines,
    graph: graphOf(only, (block) => blockChanges(before.get(fn), only, block)),
    room: roomOf([unoptimised, ...runs.map(({ functions }) => functions)].map((functions) => functions.get(fn))),
  };
}

/** The blocks of all passes with as much room as each ever needs, so that the picture stays put while the passes go by. */
function roomOf(listings: readonly (Listing | undefined)[]): BlockRoom[] {
  const rooms = new Map<number, { lines: number; characters: number; successors: Set<number> }>();
  listings.forEach((after, index) => {
    const before = listings[Math.max(0, index - 1)];
    if (!after || (before === after && index > 0)) return;
    for (const block of after.blocks) {
      const lines = blockChanges(before, after, block);
      const room = rooms.get(block.id) ?? { lines: 0, characters: block.title.length, successors: new Set<number>() };
      room.lines = Math.max(room.lines, lines.length);
      for (const { text } of lines) room.characters = Math.max(room.characters, text.trimStart().length);
      for (const { to } of block.successors) room.successors.add(to);
      rooms.set(block.id, room);
    }
  });
  return [...rooms].map(([id, { lines, characters, successors }]) => ({
    id,
    lines,
    characters,
    successors: [...successors],
  }));
}

/** An unchanged function is one and the same object in both traces, which spares the comparison. */
const changesIn = (before: Listing | undefined, after: Listing | undefined): readonly ViewLine[] =>
  before === after ? (after?.lines ?? []) : difference(before?.lines ?? [], after?.lines ?? []);

function blockChanges(
  before: Listing | undefined,
  after: Listing,
  block: Listing['blocks'][number],
): readonly ViewLine[] {
  const now = after.lines.slice(block.from, block.to);
  const old = before?.blocks.find(({ id }) => id === block.id);
  return difference(before && old ? before.lines.slice(old.from, old.to) : [], now);
}

// ---------------------------------------------------------------- remarks and passes

function remarkLines(compilation: Compilation, { fn, pass }: ViewRequest): ViewLine[] {
  const lines: ViewLine[] = [];
  optimizerTrace(compilation).forEach(({ summary }, index) => {
    const remarks = summary.remarks.filter((remark) => fn === undefined || remark.fn === fn);
    if (remarks.length === 0 || (pass !== undefined && pass !== index)) return;
    lines.push({ text: `${index + 1} ${summary.name}`, depth: 0, kind: 'heading', hint: summary.summary });
    for (const { message, fn: name, span } of remarks)
      lines.push({
        text: `${lineOf(compilation, span).padEnd(6)}${name}: ${message}`,
        depth: 1,
        kind: 'remark',
        fn: name,
        ...(span ? { span } : {}),
      });
  });
  return lines.length > 0 ? lines : [{ text: 'no pass had anything to say', depth: 0, kind: 'comment' }];
}

function lineOf({ sources }: Compilation, span: ViewLine['span']): string {
  const file = span && sources.files[span.file];
  return file && span ? String(sources.place(file.base + span.start).line) : '';
}

function passLines(compilation: Compilation): ViewLine[] {
  const { level, disabledPasses } = compilation.options;
  const runs = optimizerTrace(compilation);
  if (runs.length === 0) return [{ text: `-${level} runs no passes`, depth: 0, kind: 'comment' }];
  const rows = runs.map(({ summary }, index): ViewLine => {
    const said = disabledPasses.includes(summary.name) ? 'switched off' : summary.changed ? 'changed' : '';
    const count = `${summary.instructions} instructions`;
    return {
      text: `${String(index + 1).padStart(3)}  ${summary.name.padEnd(20)}${count.padEnd(20)}${said}`.trimEnd(),
      depth: 0,
      kind: summary.changed ? 'instr' : 'comment',
      hint: summary.summary,
    };
  });
  return [{ text: `-${level}`, depth: 0, kind: 'heading' }, ...rows];
}

// ---------------------------------------------------------------- the trace

function makeTrace(compilation: Compilation): Trace {
  const { level, multiplier, disabledPasses } = compilation.options;
  const disabled = new Set(disabledPasses);
  const passes = PIPELINES[level];
  const runs = passes.map(() => ({ remarks: [] as PassSummary['remarks'][number][], changed: false, instructions: 0 }));
  const lines = passes.map(() => new Map<string, Listing>());
  const before = new Map<string, Listing>();
  for (const module of lowered(compilation)) {
    const snapshots = new Snapshots(compilation);
    let latest = snapshots.take(module);
    for (const [name, text] of latest) before.set(name, text);
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
        if (changed) latest = snapshots.take(current);
        fill(index + 1);
      },
    });
    fill(passes.length);
  }
  return {
    before,
    runs: passes.map(({ name, title, summary }, n) => ({
      summary: { name, title, summary, ran: !disabled.has(name), ...(runs[n] as (typeof runs)[number]) },
      functions: lines[n] as ReadonlyMap<string, Listing>,
    })),
  };
}

/** Listings of a module again and again: a function that has not changed since keeps the listing that it had. */
class Snapshots {
  private readonly known = new Map<string, { readonly print: number; readonly listing: Listing }>();

  constructor(private readonly compilation: Compilation) {}

  take(module: IrModule): ReadonlyMap<string, Listing> {
    return new Map(
      module.functions.map((fn) => {
        const print = fingerprint(fn);
        let entry = this.known.get(fn.name);
        if (entry?.print !== print)
          this.known.set(fn.name, (entry = { print, listing: listing(this.compilation, fn) }));
        return [fn.name, entry.listing] as const;
      }),
    );
  }
}

/** A number that changes with the text of the function; far cheaper than the text. FNV-1a over ids, operators and operands. */
function fingerprint(fn: IrFunction): number {
  let hash = 0x811c9dc5;
  const add = (n: number) => (hash = Math.imul(hash ^ n, 0x01000193));
  const addText = (text: string) => {
    for (let i = 0; i < text.length; i++) add(text.charCodeAt(i));
  };
  const addValue = (value: Value) => {
    if (value.op === 'const') add(value.value);
    else if (value.op === 'symbol') {
      addText(value.symbol);
      add(value.offset);
    } else if (value.op === 'param') add(-1 - value.index);
    else if (value.op === 'undef') add(-1);
    else add(value.id);
  };
  for (const block of fn.blocks) {
    add(block.id);
    for (const pred of block.preds) add(pred.id);
    for (const instr of block.instrs) {
      if (instr.op === 'dbg') continue;
      add(instr.id);
      addText(instr.op);
      addText(instr.type);
      if (instr.name !== undefined) addText(instr.name);
      for (const arg of instr.args) {
        addText(arg.type);
        addValue(arg);
      }
      if ('targets' in instr) for (const target of instr.targets) add(target.id);
      if (instr.op === 'icmp') addText(instr.predicate);
      if (instr.op === 'switch') for (const value of instr.cases) add(value);
      if (instr.op === 'check') add(instr.bound);
      if (instr.op === 'call') add(instr.tail ? 1 : 0);
    }
  }
  return hash;
}

function instructionCount(module: IrModule): number {
  return module.functions.reduce((n, fn) => n + fn.blocks.reduce((k, b) => k + b.instrs.length, 0), 0);
}
