/** A compile that remembers the last one gives what a clean one gives: after edits that change, move, add and remove functions and data. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { header, librarySources, SAMPLES } from '../../programs/library';
import { Random } from '../../src/core/base/random';
import { packFunction, samePacked, unpackInto } from '../../src/core/compiler/4-ir/pack';
import type { Compilation } from '../../src/core/compiler/compilation';
import { Compiler, newMemory } from '../../src/core/compiler/compile';
import { showPhase } from '../../src/core/compiler/phases';
import type { CompileOptions, SourceInput } from '../../src/core/compiler/views';

const compiler = new Compiler({ header, sources: librarySources });
const OPTIONS: CompileOptions = { level: 'O2', disabledPasses: [], unchecked: false, multiplier: true };

/** Everything that a compile made of the functions, and the image. */
const PARTS: readonly ((c: Compilation) => unknown)[] = [
  (c) => c.summaries,
  (c) => c.modules.map((module) => module.functions.map(packFunction)),
  (c) => c.tallies,
  (c) =>
    c.code.map(({ items, report }) => ({
      items,
      functions: report?.functions.map(({ history, ...figures }) => ({ ...figures, ...history() })),
    })),
  (c) => c.objects,
  (c) => c.image,
  // The views that the optimiser is replayed for, from the memory of its own.
  (c) => [20, 61].map((pass) => showPhase(c, { phase: 'optimizer', aspect: 'changes', pass })),
];

function editor(options = OPTIONS) {
  const memory = newMemory();
  return (files: readonly SourceInput[], changed: Partial<CompileOptions> = {}) => {
    const now = { ...options, ...changed };
    const remembering = compiler.compile(files, now, { explain: true, memory });
    const clean = compiler.compile(files, now, { explain: true });
    for (const part of PARTS)
      if (!isDeepStrictEqual(part(remembering), part(clean))) expect(part(remembering)).toEqual(part(clean));
    return remembering;
  };
}

/** A change as somebody makes it who types: in a number, a line more or less, a line twice, a space. */
function edited(text: string, random: Random): string {
  const lines = text.split('\n');
  const line = random.below(lines.length);
  const old = lines[line] ?? '';
  switch (random.below(5)) {
    case 0:
      lines[line] = old.replace(/\d+/, (digits) => String(Number(digits) + 1));
      break;
    case 1:
      lines[line] = old.replace(/[-+<>]/, (sign) =>
        sign === '<' ? '>' : sign === '>' ? '<' : sign === '+' ? '-' : '+',
      );
      break;
    case 2:
      lines.splice(line, 0, '// a comment');
      break;
    case 3:
      lines.splice(line, 0, `static int added_${line}(int x) { return x * ${line}; }`);
      break;
    default:
      lines[line] = old.replace(/"([^"\\]*)"/, '"$1!"');
  }
  return lines.join('\n');
}

describe('a compile that remembers the last one', () => {
  it.each(['sieve', 'life', 'quicksort', 'snake', 'wal'])('%s, edited', (name) => {
    const sample = SAMPLES.find((one) => one.name === name);
    expect(sample).toBeDefined();
    for (const level of ['O2', 'O0'] as const) {
      const random = new Random(1, `${name} ${level}`);
      const compile = editor({ ...OPTIONS, level });
      let text = sample?.text ?? '';
      for (let edit = 0; edit < 8; edit++) {
        compile([{ name: 'a.c', text }]);
        const next = edited(text, random);
        // What does not compile any more is taken back, as people do.
        const broken = compile([{ name: 'a.c', text: next }]).image === undefined;
        if (!broken) text = next;
      }
    }
  });

  it('reads a constant table again that has changed elsewhere', () => {
    const compile = editor();
    const text = (digit: number) =>
      `static const int inner[2] = { 4, ${digit} };\nstatic const int *const table[1] = { inner };\nint main(void) { return table[0][1]; }\n`;
    for (const digit of [1, 2, 1]) compile([{ name: 'a.c', text: text(digit) }]);
  });

  it('knows files, levels and passes apart', () => {
    const compile = editor();
    const file = (name: string, value: number) => ({
      name,
      text: `static int twice(int x) { return x * ${value}; }\nint ${name[0]}(int x) { return twice(x) + twice(x + 1); }\n`,
    });
    const main = { name: 'main.c', text: 'int a(int), b(int); int main(void) { return a(1) + b(2); }' };
    const files = [file('a.c', 2), file('b.c', 3), main];
    compile(files);
    compile([files[1], files[0], main] as SourceInput[]);
    compile(files, { level: 'Os' });
    compile(files, { disabledPasses: ['inline', 'gvn'] });
    compile(files, { multiplier: false });
    compile([file('a.c', 7), file('b.c', 3), main]);
  });

  it('does not compile a function again that was only moved', () => {
    const memory = newMemory();
    const text =
      'int f(int x) { int s = 0; for (int i = 0; i < x; i++) s += i; return s; }\nint main(void) { return f(9); }\n';
    const compile = (source: string) =>
      compiler.compile([{ name: 'a.c', text: source }], OPTIONS, { memory }).code[0]?.report?.functions[0]?.peephole;
    const before = compile(text);
    expect(before).toBeDefined();
    expect(compile(`// moved\n${text}`)).toBe(before);
    expect(compile(text.replace('s += i', 's -= i'))).not.toBe(before);
  });
});

describe('a packed function', () => {
  it('is the same again, and at another place the same but for its places', () => {
    let count = 0;
    for (const { text } of SAMPLES) {
      const of = (source: string) =>
        compiler.compile([{ name: 'a.c', text: source }], OPTIONS, { until: 'ir' }).modules;
      const moved = of(`\n\n${text}`);
      of(text).forEach((module, m) =>
        module.functions.forEach((fn, f) => {
          count++;
          const packed = packFunction(fn);
          const other = moved[m]?.functions[f];
          if (!packed || !other) throw new Error('nothing to compare');
          const otherPacked = packFunction(other);
          expect(otherPacked && samePacked(packed, otherPacked)).toBe(true);
          unpackInto(fn, packed, otherPacked ?? packed);
          expect(packFunction(fn)).toEqual(otherPacked);
        }),
      );
    }
    expect(count).toBeGreaterThan(100);
  });
});
