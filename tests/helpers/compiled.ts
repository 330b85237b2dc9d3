/** A program as the tool would compile it, for specs that run one. */
import { header, librarySources } from '../../programs/library';
import type { Image } from '../../src/core/assembler/image';
import { Compiler } from '../../src/core/compiler/compile';
import { DEFAULT_OPTIONS } from '../../src/core/compiler/views';

export function compileProgram(name: string, text: string): Image {
  const { image } = new Compiler({ header, sources: librarySources }).compile([{ name, text }], DEFAULT_OPTIONS);
  if (!image) throw new Error(`${name} does not compile`);
  return image;
}
