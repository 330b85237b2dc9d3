/** A program in assembly, as an image: for tests of the machine. */
import { encodeItems } from '../../src/core/assembler/object';
import type { Image } from '../../src/core/assembler/image';
import { assemble } from '../../src/core/assembler/parse';
import { link } from '../../src/core/compiler/7-linker/link';
import { encode } from '../../src/core/isa/codec';
import type { FormId } from '../../src/core/isa/table';

export function assembled(text: string): Image {
  const { items, diagnostics, sources } = assemble(text, 'test.s');
  const object = encodeItems(items, 'test.o', sources);
  const result = link([object], [], { sources, keepUnused: true });
  const problems = [...diagnostics, ...result.diagnostics].filter((d) => d.severity === 'error');
  if (!result.image || problems.length > 0) throw new Error(problems.map((d) => d.message).join('\n'));
  return result.image;
}

/** An image of nothing but these instructions, from CODE_BASE on. */
export function imageOf(instructions: readonly (readonly [FormId, ...number[]])[], codeBase = 0x30): Image {
  const words = instructions.flatMap(([id, ...operands]) => encode(id, operands));
  const bytes = Uint8Array.from(words.flatMap((word) => [word & 0xff, word >> 8]));
  return imageOfBytes(bytes, codeBase);
}

export function imageOfBytes(bytes: Uint8Array, codeBase = 0x30): Image {
  const end = codeBase + bytes.length;
  return {
    segments: [{ name: 'text', address: codeBase, sizeBytes: bytes.length, bytes }],
    entry: codeBase,
    protectedEnd: end,
    heapStart: end,
    stackTop: 0xf000,
    symbols: [],
    debug: { sources: [], lines: [], functions: [], globals: [] },
    sizes: { textBytes: bytes.length, dataBytes: 0, bssBytes: 0 },
  };
}
