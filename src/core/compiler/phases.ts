/**
 * The phases, in order: the list that the driver runs, the stations show, `--emit` names and the golden tests walk. Each has its aspects:
 * the ways to look at what it made.
 */
import { encodeItems } from '../assembler/object';
import { assemble } from '../assembler/parse';
import { lower } from './4-ir/lower';
import { newTallies, optimise } from './5-optimizer/optimise';
import { generate } from './6-codegen/generate';
import { withTypes } from './7-linker/debug-types';
import { link } from './7-linker/link';
import { objectName, type Compilation } from './compilation';
import { FrontEnd } from './front-end';
import type { Aspect } from './show/aspect';
import { PARSER_ASPECTS } from './show/ast';
import { CODE_ASPECTS } from './show/code';
import { conversionCount } from './show/conversions';
import { IR_ASPECTS } from './show/ir';
import { LINKER_ASPECTS } from './show/link';
import { OPTIMIZER_ASPECTS } from './show/optimizer';
import { SEMANTICS_ASPECTS } from './show/symbols';
import { LEXER_ASPECTS } from './show/tokens';
import type { PhaseId, PhaseView, ViewRequest } from './views';

export interface Phase {
  readonly id: PhaseId;
  readonly title: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  /** Does its work on the compilation. */
  run(compilation: Compilation): void;
  /** It runs although an earlier phase found errors, so that all that is wrong is told at once. */
  readonly recovers?: boolean;
  /** What there is of it, for example `131 tokens`. */
  count(compilation: Compilation): string;
  readonly aspects: readonly Aspect[];
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const PHASES: readonly Phase[] = [
  {
    id: 'lexer',
    title: 'Lexer',
    summary: 'Splits the characters into tokens, includes headers and expands macros.',
    run(c) {
      const { unchecked } = c.options;
      c.front = new FrontEnd(c.files, { headers: c.library.header, include: c.library.include, unchecked });
      c.sources = c.front.sourceMap;
      c.front.lex();
      c.diagnostics = c.front.diagnostics;
    },
    count: (c) => counted(c.front?.tokenCount ?? 0, 'token'),
    aspects: LEXER_ASPECTS,
  },
  {
    id: 'parser',
    title: 'Parser',
    summary: 'Builds the syntax tree by the rules of the grammar.',
    recovers: true,
    run(c) {
      c.front?.parse();
      c.diagnostics = c.front?.diagnostics ?? [];
    },
    count: (c) => counted(c.front?.nodeCount ?? 0, 'node'),
    aspects: PARSER_ASPECTS,
  },
  {
    id: 'semantics',
    title: 'Semantics',
    summary: 'Resolves names, gives every expression its type, makes each implicit conversion a node of its own.',
    recovers: true,
    run(c) {
      c.front?.analyse();
      c.frontEnd = c.front?.result();
      c.diagnostics = c.frontEnd?.diagnostics ?? [];
    },
    count: (c) => counted(conversionCount(c), 'conversion'),
    aspects: SEMANTICS_ASPECTS,
  },
  {
    id: 'ir',
    title: 'IR',
    summary: 'Lowers the typed tree to basic blocks of simple instructions.',
    run(c) {
      c.modules = (c.frontEnd?.units ?? []).map((unit) => lower(unit, c.sources));
    },
    count: (c) =>
      counted(
        c.modules.reduce((sum, m) => sum + m.functions.reduce((blocks, fn) => blocks + fn.blocks.length, 0), 0),
        'block',
      ),
    aspects: IR_ASPECTS,
  },
  {
    id: 'optimizer',
    title: 'Optimiser',
    summary: 'Rewrites the IR, pass by pass, so that it does the same in less.',
    run(c) {
      const { level, multiplier, disabledPasses } = c.options;
      const disabled = new Set(disabledPasses);
      const memory = c.memory?.optimiser;
      memory?.begin(JSON.stringify([level, multiplier, disabledPasses, c.explain]));
      if (c.explain) c.tallies = newTallies(level);
      for (const module of c.modules) optimise(module, { level, multiplier, disabled, tallies: c.tallies, memory });
    },
    count: (c) =>
      counted(
        c.modules.reduce(
          (sum, m) => sum + m.functions.reduce((n, fn) => n + fn.blocks.reduce((k, b) => k + b.instrs.length, 0), 0),
          0,
        ),
        'instruction',
      ),
    aspects: OPTIMIZER_ASPECTS,
  },
  {
    id: 'code',
    title: 'Code',
    summary: 'Selects instructions, gives values their registers, writes assembly.',
    run: runCode,
    count: (c) =>
      counted(
        c.code.reduce((sum, { items }) => sum + items.filter((i) => i.kind === 'instr').length, 0),
        'instruction',
      ),
    aspects: CODE_ASPECTS,
  },
  {
    id: 'linker',
    title: 'Linker',
    summary: 'Joins the object files and what they need of the library into one image, and places it.',
    run(c) {
      const result = link(c.objects, [c.archive()], { sources: c.sources });
      c.link = result.map;
      c.image = result.image && withTypes(result.image, c.frontEnd?.units ?? []);
      c.diagnostics = [...c.diagnostics, ...result.diagnostics];
    },
    count: (c) => (c.image ? counted(c.image.sizes.textBytes + c.image.sizes.dataBytes, 'byte') : ''),
    aspects: LINKER_ASPECTS,
  },
];

export function phaseOf(id: PhaseId): Phase {
  return PHASES.find((phase) => phase.id === id) as Phase;
}

/** The phase and aspect that `--emit` names; the first aspect of a phase also goes by the phase's own name. */
export function aspectNamed(name: string): { readonly phase: Phase; readonly aspect: Aspect } | undefined {
  for (const phase of PHASES) for (const aspect of phase.aspects) if (aspect.id === name) return { phase, aspect };
  return undefined;
}

/** What a phase shows; nothing where it was not reached. */
export function showPhase(compilation: Compilation, request: ViewRequest): PhaseView {
  const { aspects } = phaseOf(request.phase);
  const aspect = aspects.find(({ id }) => id === request.aspect) ?? (aspects[0] as Aspect);
  const state = compilation.summaries.find(({ id }) => id === request.phase)?.state;
  const content = state === 'skipped' ? { lines: [] } : aspect.show(compilation, request);
  return { id: request.phase, aspect: aspect.id, ...content };
}

/** Code for every `.c` file, assembly for every `.s` file, in the order of the input. */
function runCode(c: Compilation): void {
  const { level, multiplier } = c.options;
  const memory = c.memory?.code;
  memory?.begin(JSON.stringify([level, multiplier]));
  let next = 0;
  for (const file of c.files) {
    if (file.name.endsWith('.c')) {
      const module = c.modules[next++];
      if (!module) continue;
      const { items, report } = generate(module, { level, multiplier, memory });
      c.code.push({ name: file.name, items, report });
    } else if (file.name.endsWith('.s')) {
      const { items, diagnostics } = assemble(file.text, file.name, c.sources);
      c.diagnostics = [...c.diagnostics, ...diagnostics];
      c.code.push({ name: file.name, items, report: undefined });
    }
  }
  if (c.diagnostics.some((d) => d.severity === 'error')) return;
  c.objects = c.code.map(({ name, items }) => encodeItems(items, objectName(name), c.sources));
}
