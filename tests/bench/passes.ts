/**
 * What each pass of the optimiser is worth: its sample compiled with everything and without that pass, run on the teaching machine, and the
 * figure in which the pass shows. docs/optimiser.md has the table; tests/conformance/passes.spec.ts holds the compiler to it.
 */
import { Compiler } from '../../src/core/compiler/compile';
import { PASSES } from '../../src/core/compiler/5-optimizer/passes';
import type { OptLevel } from '../../src/core/compiler/views';
import { Machine } from '../../src/core/machine/machine';
import { summarise } from '../../src/core/machine/summary';
import { TEACHING_MACHINE } from '../../src/core/presets/machine';
import { header, librarySources, SAMPLES } from '../../programs/library';
import type { Bench } from './bench';
import { STACK_TOP } from '../../src/core/isa/convention';

export type Figure = 'instructions' | 'accesses' | 'misses' | 'bytes' | 'object' | 'stack';

export const FIGURES: Readonly<Record<Figure, string>> = {
  instructions: 'instructions executed',
  accesses: 'accesses to the L1 data cache',
  misses: 'misses of the L1 data cache',
  bytes: "bytes of the program's own code",
  object: 'bytes of code in the object file',
  stack: 'bytes of stack',
};

export interface PassCase {
  readonly pass: string;
  readonly sample: string;
  readonly figure: Figure;
  readonly level: OptLevel;
  /** The only other passes that run: for passes whose work others would do as well. */
  readonly among?: readonly string[];
}

const O2 = { level: 'O2' } as const;

/** One sample for each pass; the figure is the one that the sample's text talks about. */
export const PASS_CASES: readonly PassCase[] = [
  { pass: 'mem2reg', sample: 'opt-registers', figure: 'accesses', level: 'O1' },
  { pass: 'constant-folding', sample: 'opt-constants', figure: 'instructions', among: ['mem2reg'], ...O2 },
  { pass: 'copy-propagation', sample: 'opt-common', figure: 'instructions', ...O2 },
  { pass: 'sccp', sample: 'opt-constants', figure: 'bytes', ...O2 },
  { pass: 'combine', sample: 'opt-unroll', figure: 'instructions', ...O2 },
  { pass: 'simplify-cfg', sample: 'opt-constants', figure: 'bytes', ...O2 },
  { pass: 'gvn', sample: 'opt-common', figure: 'instructions', ...O2 },
  { pass: 'dead-stores', sample: 'opt-dead', figure: 'instructions', ...O2 },
  { pass: 'inline', sample: 'opt-inline', figure: 'instructions', ...O2 },
  { pass: 'dead-functions', sample: 'opt-inline', figure: 'object', ...O2 },
  { pass: 'tail-calls', sample: 'opt-tail', figure: 'stack', ...O2 },
  { pass: 'jump-threading', sample: 'opt-jumps', figure: 'instructions', ...O2 },
  { pass: 'loop-rotation', sample: 'opt-registers', figure: 'instructions', ...O2 },
  { pass: 'licm', sample: 'opt-invariant', figure: 'instructions', ...O2 },
  { pass: 'interchange', sample: 'opt-interchange', figure: 'misses', ...O2 },
  { pass: 'unroll', sample: 'opt-unroll', figure: 'instructions', ...O2 },
  { pass: 'induction-variables', sample: 'opt-walk', figure: 'instructions', ...O2 },
  { pass: 'bounds-checks', sample: 'opt-bounds', figure: 'instructions', ...O2 },
  { pass: 'strength-reduction', sample: 'opt-strength', figure: 'instructions', ...O2 },
  { pass: 'narrowing', sample: 'opt-narrow', figure: 'instructions', ...O2 },
  { pass: 'dead-code', sample: 'opt-dead', figure: 'instructions', ...O2 },
];

export type Measures = Readonly<Record<Figure, number>> & { readonly output: string };

export interface PassRow extends PassCase {
  readonly without: Measures;
  readonly with: Measures;
}

const compiler = new Compiler({ header, sources: librarySources });
const INSTRUCTION_LIMIT = 3_000_000;

/** A case measured with its pass and without it. */
export function measureCase(row: PassCase): PassRow {
  const others = row.among ? PASSES.map((pass) => pass.name).filter((name) => !row.among?.includes(name)) : [];
  const measure = (disabled: readonly string[]) => measureSample(row.sample, row.level, disabled);
  return {
    ...row,
    without: measure([...others, row.pass]),
    with: measure(others.filter((name) => name !== row.pass)),
  };
}

/** A sample's figures with some passes switched off; the library is compiled with all of them. */
export function measureSample(sample: string, level: OptLevel, disabledPasses: readonly string[]): Measures {
  const text = SAMPLES.find(({ name }) => name === sample)?.text;
  if (text === undefined) throw new Error(`no sample ${sample}`);
  const { image, objects, diagnostics } = compiler.compile([{ name: `${sample}.c`, text }], {
    level,
    disabledPasses: [...disabledPasses],
    unchecked: false,
    multiplier: true,
  });
  if (!image) throw new Error(diagnostics[0]?.message);
  const machine = new Machine(TEACHING_MACHINE);
  machine.load(image);
  const { core } = machine;
  let lowest = STACK_TOP;
  machine.hooks.push({
    before: () => {
      if (core.sp < lowest && core.sp > 0) lowest = core.sp;
      return false;
    },
  });
  const stop = machine.run({ instructions: INSTRUCTION_LIMIT });
  if (stop.kind !== 'halt') throw new Error(`${sample} ends with ${JSON.stringify(stop)}`);
  const l1d = summarise(machine).caches.l1d;
  const own = image.symbols.filter((s) => s.from === `${sample}.o` && s.kind === 'function');
  return {
    instructions: core.instructions,
    accesses: (l1d?.reads ?? 0) + (l1d?.writes ?? 0),
    misses: (l1d?.readMisses ?? 0) + (l1d?.writeMisses ?? 0),
    bytes: own.reduce((sum, s) => sum + s.sizeBytes, 0),
    object: (objects[0]?.sections ?? []).filter((s) => s.type === 'text').reduce((sum, s) => sum + s.sizeBytes, 0),
    stack: STACK_TOP - lowest,
    output: new TextDecoder().decode(machine.devices.console.outputFrom()),
  };
}

/** The table in Markdown, as docs/optimiser.md has it. */
export function passesTable(rows: readonly PassRow[]): string {
  const lines = rows.map(({ pass, sample, figure, level, among, without, with: after }) => {
    const share = `${((after[figure] / without[figure]) * 100).toFixed(0)} %`;
    const setting = among ? `-${level}, only ${[...among, pass].join(' and ')}` : `-${level}`;
    return `| ${pass} | ${sample}.c | ${FIGURES[figure]} | ${setting} | ${without[figure]} | ${after[figure]} | ${share} |`;
  });
  return [
    '| pass | sample | figure | setting | without | with | |',
    '| --- | --- | --- | --- | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

export const bench: Bench = {
  summary: 'each pass of the optimiser on its sample, with and without it',
  run() {
    const rows = PASS_CASES.map(measureCase);
    return { json: rows, text: passesTable(rows) };
  },
};
