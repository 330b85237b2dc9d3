/** C text to an image, as the benchmarks want it: no bounds checks, -O2 unless said otherwise. */
import { Compiler } from '../../src/core/compiler/compile';
import type { OptLevel } from '../../src/core/compiler/views';
import type { Image } from '../../src/core/assembler/image';
import { header, librarySources } from '../../programs/library';

const OPTIONS = { disabledPasses: [], unchecked: true, multiplier: true } as const;

export function compileProgram(texts: readonly string[], level: OptLevel = 'O2'): Image {
  const compiler = new Compiler({ header, sources: librarySources });
  const files = texts.map((text, i) => ({ name: i === 0 ? 'main.c' : `file${i}.c`, text }));
  const { image, diagnostics } = compiler.compile(files, { ...OPTIONS, level });
  if (!image) throw new Error(diagnostics[0]?.message);
  return image;
}
