/** `orrery disasm`: bytes back to assembly. */
import { disassemble, disassembleImage, type DisassembledLine } from '../../core/assembler/disassemble';
import { isImageFile, readImage } from '../../core/assembler/image-file';
import { CODE_BASE, MEMORY_SIZE_BYTES } from '../../core/isa/convention';
import { EXIT, UsageError, type Command } from '../command';
import { parseOptions } from '../options';

const HELP = `usage: orrery disasm FILE [--base ADDRESS] [--json]

Prints the code of an image that 'orrery asm -o' or 'orrery compile -o' has written. Any other file is taken as raw code.
The text assembles to the same bytes.

  --base ADDRESS  where raw code stands in memory (48 unless told; 0x… for hexadecimal)
  --json          one JSON object: lines with address, words, text and target
`;

export const command: Command = {
  name: 'disasm',
  summary: 'prints the code of an image, or raw code, as assembly',
  help: HELP,
  run(args, host) {
    const options = parseOptions(args, { base: 'value', json: 'flag' });
    const [path, more] = options.positionals;
    if (path === undefined || more !== undefined) throw new UsageError('give one file');
    const base = options.number('base', CODE_BASE, { min: 0, max: MEMORY_SIZE_BYTES - 1 });
    const bytes = host.readFile(path);
    if (!bytes) {
      host.stderr(`orrery disasm: cannot read '${path}'\n`);
      return EXIT.data;
    }
    if (!isImageFile(bytes)) {
      if (base + bytes.length > MEMORY_SIZE_BYTES) {
        host.stderr(`orrery disasm: ${bytes.length} bytes from ${base} do not fit into ${MEMORY_SIZE_BYTES}\n`);
        return EXIT.data;
      }
      const lines = disassemble(bytes, base);
      host.stdout(options.has('json') ? json(lines) : lines.map(plain).join(''));
      return EXIT.ok;
    }
    const image = readImage(bytes);
    if (!image.ok) {
      host.stderr(`orrery disasm: ${path}: ${image.error}\n`);
      return EXIT.data;
    }
    if (!options.has('json')) host.stdout(disassembleImage(image.value));
    else {
      const text = image.value.segments.find((s) => s.name === 'text');
      host.stdout(json(text ? disassemble(text.bytes, text.address) : []));
    }
    return EXIT.ok;
  },
};

function plain({ address, words, text }: DisassembledLine): string {
  const hex = words.map((w) => w.toString(16).padStart(4, '0')).join(' ');
  return `    ${text.padEnd(28)}; ${address.toString(16).padStart(4, '0')}  ${hex}\n`;
}

function json(lines: readonly DisassembledLine[]): string {
  const rows = lines.map(({ address, sizeBytes, words, text, target }) => ({
    address,
    sizeBytes,
    words,
    text,
    target,
  }));
  return `${JSON.stringify({ lines: rows })}\n`;
}
