/**
 * Golden text: what each phase makes of each sample, as text that is reviewed as text. A file a sample, a named block an aspect.
 * `npm run golden -- --update` writes the files anew; read the difference before you commit it.
 *
 * Each phase over each sample. An improvement of the optimiser or the code generator changes many of them: the difference says what it
 * did to programs that people know.
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

const ASPECTS = [
  ...['tokens', 'macros', 'ast', 'outline', 'scopes', 'layouts', 'conversions', 'typed'],
  ...['ir', 'data', 'remarks', 'changes', 'selection', 'ranges', 'allocation', 'peephole', 'asm'],
] as const;

const compiler = new Compiler({ header, sources: librarySources });

function blocksOf(name: string, text: string): Map<string, string> {
  const compilation = compiler.compile([{ name: `${name}.c`, text }], DEFAULT_OPTIONS, { explain: true });
  const blocks = new Map(ASPECTS.map((aspect) => [aspect as string, aspectText(compilation, aspect)]));
  blocks.set('linker', linkText(compilation));
  return blocks;
}

function aspectText(compilation: Compilation, name: string): string {
  const found = aspectNamed(name);
  if (!found) throw new Error(`no aspect ${name}`);
  return linesText(found.aspect.show(compilation, { phase: found.phase.id }).lines);
}

/** What the linker took and the compiler said: without addresses and sizes, which change with every byte of code. */
function linkText({ link, diagnostics }: Compilation): string {
  const rows = [
    ...(link?.pulled ?? []).map(({ member, because }) => `pulled ${member} for ${because.symbol}`),
    ...(link?.sections ?? []).map(({ object, name }) => `kept ${name} of ${object}`),
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
