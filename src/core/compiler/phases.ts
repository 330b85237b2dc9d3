/**
 * The phases, in order: the list that the driver runs, the tabs show, `--emit` names and the golden tests walk. The first three
 * share one pass over the text (front-end.ts): the lexer runs it, the parser and the semantic phase take their parts of it.
 */
import { encodeItems } from '../assembler/object';
import { assemble } from '../assembler/parse';
import { lower } from './4-ir/lower';
import { optimise } from './5-optimizer/optimise';
import { generate } from './6-codegen/generate';
import { link } from './7-linker/link';
import { objectName, type Compilation } from './compilation';
import { compileFrontEnd } from './front-end';
import { showAst } from './show/ast';
import { showCode } from './show/code';
import { showIr } from './show/ir';
import { showLink } from './show/link';
import { showOptimizer } from './show/optimizer';
import { showSymbols } from './show/symbols';
import { showTokens } from './show/tokens';
import type { PhaseId, PhaseView, ViewRequest } from './views';

export interface Phase {
  readonly id: PhaseId;
  readonly title: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  /** Does its work on the compilation. Runs only if no earlier phase found an error. */
  run(compilation: Compilation, clock: { readonly now: () => number }): void;
  /** What there is of it, for example `131 tokens`. */
  count(compilation: Compilation): string;
  show(compilation: Compilation, request: ViewRequest): PhaseView;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const PHASES: readonly Phase[] = [
  {
    id: 'lexer',
    title: 'Lexer',
    summary: 'Splits the characters into tokens, includes headers and expands macros.',
    run(c) {
      const { unchecked } = c.options;
      c.frontEnd = compileFrontEnd(c.files, { headers: c.library.header, unchecked });
      c.sources = c.frontEnd.sourceMap;
      c.diagnostics = c.frontEnd.diagnostics;
    },
    count: (c) => counted(c.frontEnd?.parts.reduce((sum, part) => sum + part.tokens.count, 0) ?? 0, 'token'),
    show: showTokens,
  },
  {
    id: 'parser',
    title: 'Parser',
    summary: 'Builds the syntax tree by the rules of the grammar.',
    run: () => undefined,
    count: (c) => counted((c.frontEnd?.nextId ?? 1) - 1, 'node'),
    show: showAst,
  },
  {
    id: 'semantics',
    title: 'Semantics',
    summary: 'Resolves names, gives every expression its type, makes each implicit conversion a node of its own.',
    run: () => undefined,
    count: (c) => counted(c.frontEnd?.units.reduce((sum, unit) => sum + unit.functions.length, 0) ?? 0, 'function'),
    show: showSymbols,
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
    show: showIr,
  },
  {
    id: 'optimizer',
    title: 'Optimiser',
    summary: 'Rewrites the IR, pass by pass, so that it does the same in less.',
    run(c) {
      const disabled = new Set(c.options.disabledPasses);
      for (const module of c.modules) {
        optimise(module, { level: c.options.level, multiplier: c.options.multiplier, disabled });
      }
    },
    count: (c) =>
      counted(
        c.modules.reduce(
          (sum, m) => sum + m.functions.reduce((n, fn) => n + fn.blocks.reduce((k, b) => k + b.instrs.length, 0), 0),
          0,
        ),
        'instruction',
      ),
    show: showOptimizer,
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
    show: showCode,
  },
  {
    id: 'linker',
    title: 'Linker',
    summary: 'Joins the object files and what they need of the library into one image, and places it.',
    run(c) {
      const result = link(c.objects, [c.archive()], { sources: c.sources });
      c.link = result.map;
      c.image = result.image;
      c.diagnostics = [...c.diagnostics, ...result.diagnostics];
    },
    count: (c) => (c.image ? `${c.image.sizes.textBytes + c.image.sizes.dataBytes} bytes` : ''),
    show: showLink,
  },
];

export function phaseOf(id: PhaseId): Phase {
  return PHASES.find((phase) => phase.id === id) as Phase;
}

/** Code for every `.c` file, assembly for every `.s` file, in the order of the input. */
function runCode(c: Compilation): void {
  const { level, multiplier } = c.options;
  let next = 0;
  for (const file of c.files) {
    if (file.name.endsWith('.c')) {
      const module = c.modules[next++];
      if (!module) continue;
      const { items, report } = generate(module, { level, multiplier, explain: c.explain });
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
