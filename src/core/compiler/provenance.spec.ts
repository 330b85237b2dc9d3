/** Every byte of code leads back to characters, at every level, through every pass. */
import { describe, expect, it } from 'vitest';
import { header, librarySources, SAMPLES } from '../../../programs/library';
import { disassembleAt } from '../assembler/disassemble';
import { Compiler } from './compile';
import type { Compilation } from './compilation';
import { showPhase } from './phases';
import { DEFAULT_OPTIONS, type OptLevel } from './views';

const compiler = new Compiler({ header, sources: librarySources });
const LEVELS: readonly OptLevel[] = ['O0', 'O2'];
const compile = (name: string, text: string, level: OptLevel) =>
  compiler.compile([{ name: `${name}.c`, text }], { ...DEFAULT_OPTIONS, level }, { explain: true });

interface Traced {
  readonly codeBytes: number;
  readonly tracedBytes: number;
  /** Instructions that lead nowhere. */
  readonly lost: readonly string[];
}

/** How much of the program's own functions leads to a span in the program's own files. */
function trace({ image }: Compilation): Traced {
  if (!image) throw new Error('the program does not compile');
  const { sources, lines, functions } = image.debug;
  const text = image.segments.find(({ name }) => name === 'text');
  if (!text) throw new Error('no code');
  const own = (file: number) => sources[file]?.system === false;
  let [codeBytes, tracedBytes] = [0, 0];
  const lost: string[] = [];
  for (const fn of functions.filter(({ file }) => own(file))) {
    for (let pc = fn.address; pc < fn.address + fn.sizeBytes;) {
      const instr = disassembleAt(text.bytes, pc - text.address, text.address);
      const row = lines.find(({ address, sizeBytes }) => address <= pc && pc < address + sizeBytes);
      codeBytes += instr.sizeBytes;
      if (row && own(row.file) && row.end > row.start) tracedBytes += instr.sizeBytes;
      else lost.push(`${fn.name}: ${pc.toString(16)} ${instr.text}`);
      pc += instr.sizeBytes;
    }
  }
  return { codeBytes, tracedBytes, lost };
}

describe('from a byte of code back to the characters', () => {
  it.each(SAMPLES.map(({ name, text }) => [name, text] as const))(
    '%s: no instruction without an origin',
    (name, text) => {
      for (const level of LEVELS) {
        const { lost, codeBytes, tracedBytes } = trace(compile(name, text, level));
        expect(lost, `${name} at -${level}`).toEqual([]);
        expect(tracedBytes).toBe(codeBytes);
        expect(codeBytes).toBeGreaterThan(0);
      }
    },
  );
});

describe('through the passes', () => {
  it.each(SAMPLES.map(({ name, text }) => [name, text] as const))(
    '%s: every IR instruction keeps a span in the program',
    (name, text) => {
      const compilation = compile(name, text, 'O2');
      for (const phase of ['ir', 'optimizer'] as const) {
        const bare = showPhase(compilation, { phase })
          .lines.filter(({ ir, span }) => ir !== undefined && !span)
          .map((line) => line.text);
        expect(bare, `${phase} of ${name}`).toEqual([]);
      }
    },
  );
});

describe('from characters forward', () => {
  it('each statement of a program reaches tokens, nodes, IR, machine code and bytes', () => {
    const text = 'int total;\nint main(void) {\n  total = total + 3;\n  return total;\n}\n';
    const compilation = compile('a', text, 'O2');
    const statement = text.indexOf('total = total');
    const inside = ({ span }: { span?: { start: number; end: number } }) =>
      span !== undefined && span.start >= statement && span.end <= statement + 'total = total + 3;'.length;
    for (const request of [
      { phase: 'lexer' },
      { phase: 'parser' },
      { phase: 'semantics', aspect: 'typed' },
      { phase: 'ir' },
      { phase: 'optimizer' },
      { phase: 'code', aspect: 'selection' },
      { phase: 'code' },
      { phase: 'linker', aspect: 'relocations' },
    ] as const)
      expect(showPhase(compilation, request).lines.filter(inside).length, JSON.stringify(request)).toBeGreaterThan(0);
  });
});
