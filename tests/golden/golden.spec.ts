/**
 * Golden text: what each phase makes of each sample, as text that is reviewed as text. A file a sample, a named block an aspect.
 * `npm run golden -- --update` writes the files anew; read the difference before you commit it.
 *
 * The front end and the linker's sense are kept for every sample; what changes with every improvement of the optimiser or the code
 * generator (IR after passes, code) is kept for one small one only, so that the difference can be read.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { header, librarySources, SAMPLES } from '../../programs/library';
import type { Compilation } from '../../src/core/compiler/compilation';
import { Compiler } from '../../src/core/compiler/compile';
import { aspectNamed } from '../../src/core/compiler/phases';
import { linesText } from '../../src/core/compiler/show/lines';
import { DEFAULT_OPTIONS } from '../../src/core/compiler/views';
import { printBlocks, readBlocks } from './blocks';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'phases');
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const HOW = 'if the change is meant: npm run golden -- --update, and read the difference';

/** For every sample. Their text depends on the front end alone. */
const FRONT_END = ['macros', 'outline', 'scopes', 'layouts', 'conversions'] as const;
/** Tokens and trees are long: of the samples that show most of the language. */
const LONG = ['tokens', 'ast', 'typed', 'data', 'ir'] as const;
const LONG_SAMPLES = new Set(['hello', 'structs', 'states', 'pointers']);
/** They change whenever the optimiser or the code generator does: of one small program. */
const BACK_END = ['remarks', 'changes', 'selection', 'allocation', 'asm'] as const;
const BACK_END_SAMPLES = new Set(['fibonacci']);

const compiler = new Compiler({ header, sources: librarySources });

function blocksOf(name: string, text: string): Map<string, string> {
  const compilation = compiler.compile([{ name: `${name}.c`, text }], DEFAULT_OPTIONS, { explain: true });
  const aspects = [
    ...FRONT_END,
    ...(LONG_SAMPLES.has(name) ? LONG : []),
    ...(BACK_END_SAMPLES.has(name) ? BACK_END : []),
  ];
  const blocks = new Map(aspects.map((aspect) => [aspect, aspectText(compilation, aspect)] as [string, string]));
  blocks.set('linker', linkText(compilation, BACK_END_SAMPLES.has(name)));
  return blocks;
}

function aspectText(compilation: Compilation, name: string): string {
  const found = aspectNamed(name);
  if (!found) throw new Error(`no aspect ${name}`);
  return linesText(found.aspect.show(compilation, { phase: found.phase.id }).lines);
}

/**
 * What the compiler said, and where code is kept too, what the linker took: without addresses and sizes, which change with every
 * byte of code. Which routine of the library a program needs is the code generator's choice.
 */
function linkText({ link, diagnostics }: Compilation, withCode: boolean): string {
  const rows = [
    ...(withCode ? (link?.pulled ?? []) : []).map(({ member, because }) => `pulled ${member} for ${because.symbol}`),
    ...(withCode ? (link?.sections ?? []) : []).map(({ object, name }) => `kept ${name} of ${object}`),
    ...diagnostics.map(({ severity, id }) => `${severity} ${id}`),
  ];
  return rows.map((row) => `${row}\n`).join('');
}

describe('golden text of the phases', () => {
  if (UPDATE) mkdirSync(FOLDER, { recursive: true });
  for (const { name, text } of SAMPLES)
    it(name, () => {
      const path = join(FOLDER, `${name}.txt`);
      const now = blocksOf(name, text);
      if (UPDATE) {
        writeFileSync(path, printBlocks(now));
        return;
      }
      expect(existsSync(path), `${name} has no golden text; ${HOW}`).toBe(true);
      const kept = readBlocks(readFileSync(path, 'utf8'));
      expect([...now.keys()], HOW).toEqual([...kept.keys()]);
      for (const [block, expected] of kept) expect(now.get(block), `${block} of ${name}; ${HOW}`).toBe(expected);
    });

  it('has no file of a sample that is gone', () => {
    const names = new Set(SAMPLES.map(({ name }) => `${name}.txt`));
    const stray = readdirSync(FOLDER).filter((file) => !names.has(file));
    if (UPDATE) for (const file of stray) rmSync(join(FOLDER, file));
    else expect(stray, HOW).toEqual([]);
  });
});

afterAll(() => {
  if (UPDATE) console.log('golden text written anew: read the difference (git diff tests/golden)');
});
