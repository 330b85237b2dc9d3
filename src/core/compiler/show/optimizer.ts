/**
 * The optimiser pass by pass: what each pass did and why, and for a pass that somebody looks at, what it took away and what it put
 * there; for that the modules are lowered and optimised afresh.
 */
import { targetsOf } from '../4-ir/build';
import { at } from '../../base/assert';
import { newTallies, optimise, optimiseInSteps } from '../5-optimizer/optimise';
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

/** What each pass of the level's pipeline did to all units, in order; from the compile itself where it took notes. */
export function passSummaries(compilation: Compilation): readonly PassSummary[] {
  const { level, multiplier, disabledPasses } = compilation.options;
  const disabled = new Set(disabledPasses);
  if (!compilation.tallies) {
    compilation.tallies = newTallies(level);
    for (const module of lowered(compilation))
      optimise(module, { level, multiplier, disabled, tallies: compilation.tallies });
  }
  const { tallies } = compilation;
  return PIPELINES[level].map(({ name, title, summary }, index) => {
    const { changed, instructions, remarks } = at(tallies, index);
    return {
      name,
      title,
      summary,
      ran: !disabled.has(name),
      changed,
      instructions,
      remarks: remarks.map(({ message, function: fn, origin }) => {
        const span = viewSpan(compilation.sources, origin.span);
        return { message, fn, ...(span ? { span } : {}) };
      }),
    };
  });
}

/** The IR after the last run of the pass with this name; undefined if the level does not run it. */
export function irAfter(compilation: Compilation, name: string): readonly ViewLine[] | undefined {
  const index = lastRunOf(compilation, name);
  if (index < 0) return undefined;
  const listings = [...listingsAfter(compilation, { from: index, to: index })(index).values()];
  return listings.flatMap(({ lines }) => [...lines, { text: '', depth: 0, kind: 'label' }]);
}

/** Place in the pipeline of the last run of a pass; -1 if the level does not run it. */
export const lastRunOf = ({ options }: Compilation, name: string): number =>
  PIPELINES[options.level].map((pass) => pass.name).lastIndexOf(name);

function showChanges(compilation: Compilation, request: ViewRequest): Content {
  const { pass, fn } = request;
  if (pass === undefined || pass < 0 || pass >= PIPELINES[compilation.options.level].length)
    return irView(compilation, compilation.modules, request);
  // The picture keeps room for what the blocks are after every pass; the lines need the pass and the one before.
  const after = listingsAfter(compilation, fn === undefined ? { from: pass - 1, to: pass } : { fn });
  const before = after(pass - 1);
  const now = after(pass);
  const names = [...new Set([...now.keys(), ...before.keys()])].filter((name) => fn === undefined || name === fn);
  const lines = names.flatMap((name) => changesIn(before.get(name), now.get(name)));
  const only = fn === undefined ? undefined : now.get(fn);
  if (fn === undefined || !only) return { lines };
  const all = PIPELINES[compilation.options.level].map((_, index) => after(index));
  return {
    lines,
    graph: graphOf(only, (block) => blockChanges(before.get(fn), only, block)),
    room: roomOf([after(-1), ...all].map((functions) => functions.get(fn))),
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
  passSummaries(compilation).forEach((summary, index) => {
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
  const runs = passSummaries(compilation);
  if (runs.length === 0) return [{ text: `-${level} runs no passes`, depth: 0, kind: 'comment' }];
  const rows = runs.map((summary, index): ViewLine => {
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

// ---------------------------------------------------------------- listings after passes

/** Function name -> its listing. */
type Listings = ReadonlyMap<string, Listing>;

interface Wanted {
  /** Places in the pipeline; all of them if not given. -1 is before the first pass. */
  readonly from?: number;
  readonly to?: number;
  /** All functions if not given. */
  readonly fn?: string;
}

/** The last ones that were made: people look at a pass for a while. */
const made = new WeakMap<Compilation, { readonly key: string; readonly after: (index: number) => Listings }>();

/** The modules are lowered and optimised afresh; between the passes the listings are made that are wanted. */
function listingsAfter(compilation: Compilation, wanted: Wanted): (index: number) => Listings {
  const key = JSON.stringify(wanted);
  let known = made.get(compilation);
  if (known?.key !== key) made.set(compilation, (known = { key, after: makeListings(compilation, wanted) }));
  return known.after;
}

function makeListings(compilation: Compilation, { from = -1, to, fn }: Wanted): (index: number) => Listings {
  const { level, multiplier, disabledPasses } = compilation.options;
  const disabled = new Set(disabledPasses);
  const last = Math.min(to ?? Infinity, PIPELINES[level].length - 1);
  const after = new Map<number, Map<string, Listing>>();
  for (let index = from; index <= last; index++) after.set(index, new Map());
  const memory = compilation.memory?.replay;
  memory?.begin(JSON.stringify([level, multiplier, disabledPasses, from]));
  for (const module of lowered(compilation)) {
    const snapshots = new Snapshots(compilation, fn);
    const steps = optimiseInSteps(module, {
      level,
      multiplier,
      disabled,
      remarks: false,
      afterPass: () => undefined,
      watchFrom: from + 1,
      memory,
    });
    for (let done = -1; done <= last;) {
      // The module is as the pass `done` left it, until the next one that is not switched off.
      let next = done + 1;
      while (next <= last && disabled.has(at(PIPELINES[level], next).name)) next++;
      const listings = next > from ? snapshots.take(module) : NO_LISTINGS;
      for (let index = Math.max(done, from); index < next; index++)
        for (const [name, one] of listings) after.get(index)?.set(name, one);
      const step = next > last ? undefined : steps.next();
      done = step && step.done !== true ? step.value : last + 1;
    }
  }
  return (index) => after.get(index) ?? NO_LISTINGS;
}
const NO_LISTINGS: Listings = new Map();

/** Listings of a module again and again: a function that has not changed since keeps the listing that it had. */
class Snapshots {
  private readonly known = new Map<string, { readonly print: number; readonly listing: Listing }>();

  constructor(
    private readonly compilation: Compilation,
    private readonly only: string | undefined,
  ) {}

  take(module: IrModule): Listings {
    const { only } = this;
    const functions = module.functions.filter(({ name }) => only === undefined || name === only);
    return new Map(
      functions.map((fn) => {
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
      for (const target of targetsOf(instr)) add(target.id);
      if (instr.op === 'icmp') addText(instr.predicate);
      if (instr.op === 'switch') for (const value of instr.cases) add(value);
      if (instr.op === 'check') add(instr.bound);
      if (instr.op === 'call') add(instr.tail ? 1 : 0);
    }
  }
  return hash;
}
