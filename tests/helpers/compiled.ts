/** A program as the tool would compile it, for specs that run one. */
import { header, librarySources } from '../../programs/library';
import type { Image } from '../../src/core/assembler/image';
import { Compiler } from '../../src/core/compiler/compile';
import { DEFAULT_OPTIONS, type OptLevel } from '../../src/core/compiler/views';

export function compileProgram(name: string, text: string, level: OptLevel = DEFAULT_OPTIONS.level): Image {
  const options = { ...DEFAULT_OPTIONS, level };
  const { image } = new Compiler({ header, sources: librarySources }).compile([{ name, text }], options);
  if (!image) throw new Error(`${name} does not compile`);
  return image;
}
