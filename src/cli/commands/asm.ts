/** `orrery asm`: the assembler and the linker by themselves. */
import { LOCAL_PREFIX, encodeItems, type ObjectFile } from '../../core/assembler/object';
import { disassembleImage } from '../../core/assembler/disassemble';
import { writeImage } from '../../core/assembler/image-file';
import type { AsmItem } from '../../core/assembler/items';
import { assemble } from '../../core/assembler/parse';
import type { Diagnostic } from '../../core/base/diagnostic';
import { SourceMap } from '../../core/base/source';
import { link } from '../../core/compiler/7-linker/link';
import { mapText } from '../../core/compiler/7-linker/map';
import { EXIT, UsageError, type Command, type Host } from '../command';
import { parseOptions } from '../options';

const HELP = `usage: orrery asm FILE… [-o OUT] [--entry LABEL] [--map]

Assembles and links .s files into an image. Without -o it prints the code as it stands in memory, with addresses.

  -o OUT          writes the image to a file, which 'orrery disasm' and 'orrery run' read
  --entry LABEL   where execution starts; else _start, else the first label of the code
  --map           prints the linker's map too: memory, sections, symbols, relocations

The instructions are listed in docs/isa.md. Exit status: 0, or 65 if a file does not assemble or link.
`;

export const command: Command = {
  name: 'asm',
  summary: 'assembles .s files into an image',
  help: HELP,
  run(args, host) {
    const options = parseOptions(args, { '-o': 'value', entry: 'value', map: 'flag' });
    if (options.positionals.length === 0) throw new UsageError('no input file');
    const sources = new SourceMap();
    const objects: ObjectFile[] = [];
    const diagnostics: Diagnostic[] = [];
    let firstLabel: string | undefined;
    for (const path of options.positionals) {
      const bytes = host.readFile(path);
      if (!bytes) {
        host.stderr(`orrery asm: cannot read '${path}'\n`);
        return EXIT.data;
      }
      const result = assemble(new TextDecoder().decode(bytes), path, sources);
      diagnostics.push(...result.diagnostics);
      firstLabel ??= firstCodeLabel(result.items);
      objects.push(encodeItems(result.items, path, sources));
    }
    if (diagnostics.length > 0) return report(diagnostics, sources, host);
    const entry = options.value('entry') ?? entryOf(objects, firstLabel);
    const result = link(globalised(objects, entry), [], { entry, sources, keepUnused: true });
    if (!result.image) return report(result.diagnostics, sources, host);
    const out = options.value('-o');
    if (out !== undefined) host.writeFile(out, writeImage(result.image));
    else host.stdout(disassembleImage(result.image));
    if (options.has('map')) host.stdout(mapText(result.map));
    return EXIT.ok;
  },
};

/** Diagnostics as compilers print them: file:line:column: error: text [id]. */
function report(diagnostics: readonly Diagnostic[], sources: SourceMap, host: Host): number {
  for (const { id, severity, span, message, notes } of diagnostics) {
    const where = (start: number) => {
      const { file, line, column } = sources.place(start);
      return line === 0 ? 'orrery asm' : `${file}:${line}:${column}`;
    };
    host.stderr(`${where(span.start)}: ${severity}: ${message} [${id}]\n`);
    for (const note of notes) host.stderr(`${where(note.span?.start ?? span.start)}: note: ${note.message}\n`);
  }
  return EXIT.data;
}

function firstCodeLabel(items: readonly AsmItem[]): string | undefined {
  let isCode = true;
  for (const item of items) {
    if (item.kind === 'section') isCode = item.type === 'text';
    else if (item.kind === 'label' && isCode && !item.name.startsWith(LOCAL_PREFIX)) return item.name;
  }
  return undefined;
}

function entryOf(objects: readonly ObjectFile[], firstLabel: string | undefined): string {
  const has = objects.some((object) => object.symbols.some((s) => s.name === '_start'));
  return has || firstLabel === undefined ? '_start' : firstLabel;
}

/** The entry may be a plain label: a file by itself need not say .global. */
function globalised(objects: readonly ObjectFile[], entry: string): ObjectFile[] {
  let found = objects.some((o) => o.symbols.some((s) => s.name === entry && s.global));
  return objects.map((object) => {
    if (found || !object.symbols.some((s) => s.name === entry)) return object;
    found = true;
    return { ...object, symbols: object.symbols.map((s) => (s.name === entry ? { ...s, global: true } : s)) };
  });
}
