/** What `compile` and `run` share: the library, the options of a compile, source files, diagnostics on standard error. */
import { header, librarySources } from '../../programs/library';
import type { Diagnostic } from '../core/base/diagnostic';
import type { SourceMap } from '../core/base/source';
import { Compiler } from '../core/compiler/compile';
import type { Compilation } from '../core/compiler/compilation';
import { PASSES } from '../core/compiler/5-optimizer/passes';
import { DEFAULT_OPTIONS, type CompileOptions, type OptLevel, type SourceInput } from '../core/compiler/views';
import { EXIT, UsageError, type Host } from './command';
import type { OptionSpec, ParsedOptions } from './options';

export const COMPILE_OPTIONS: OptionSpec = {
  '-O0': 'flag',
  '-O1': 'flag',
  '-O2': 'flag',
  '-Os': 'flag',
  passes: 'value',
  unchecked: 'flag',
  'no-multiplier': 'flag',
};

export const COMPILE_HELP = `  -O0 -O1 -O2 -Os   how much to optimise, and for what (-O2 if not given)
  --passes LIST     the passes that run: names with commas; with a minus before each, all but those
                    (${PASSES.map((p) => p.name).join(' ')})
  --unchecked       leave the run-time bounds checks out
  --no-multiplier   for a machine whose multiplier is switched off
`;

/** Larger files are refused before they are read into the compiler. */
const MAX_SOURCE_BYTES = 16 * 1024 * 1024;

export function newCompiler(): Compiler {
  return new Compiler({ header, sources: librarySources });
}

export function compileOptions(options: ParsedOptions): CompileOptions {
  const levels = (['O0', 'O1', 'O2', 'Os'] as const).filter((level) => options.has(`-${level}`));
  if (levels.length > 1) throw new UsageError('only one of -O0, -O1, -O2 and -Os can be given');
  const level: OptLevel = levels[0] ?? DEFAULT_OPTIONS.level;
  return {
    level,
    disabledPasses: disabledPasses(options.value('passes')),
    unchecked: options.has('unchecked'),
    multiplier: !options.has('no-multiplier'),
  };
}

function disabledPasses(list: string | undefined): string[] {
  if (list === undefined) return [];
  const names = list.split(',').filter((name) => name !== '');
  const excluded = names.filter((name) => name.startsWith('-')).map((name) => name.slice(1));
  if (excluded.length > 0 && excluded.length < names.length)
    throw new UsageError('--passes takes names, or names with a minus, not both');
  const known = PASSES.map((pass) => pass.name);
  const given = excluded.length > 0 ? excluded : names;
  const unknown = given.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`unknown pass '${unknown}'; there are ${known.join(', ')}`);
  return excluded.length > 0 ? excluded : known.filter((name) => !names.includes(name));
}

/** Reads the source files, or says which is missing and gives the exit status. */
export function readSources(paths: readonly string[], host: Host): SourceInput[] | number {
  if (paths.length === 0) throw new UsageError('no source file is given');
  const files: SourceInput[] = [];
  for (const path of paths) {
    if (!/\.[cs]$/.test(path)) throw new UsageError(`${path}: only .c and .s files can be compiled`);
    const bytes = host.readFile(path);
    if (!bytes) {
      host.stderr(`${path}: error: the file cannot be read [missing-file]\n`);
      return EXIT.data;
    }
    if (bytes.length > MAX_SOURCE_BYTES) {
      host.stderr(`${path}: error: the file is larger than ${MAX_SOURCE_BYTES} bytes [source-too-large]\n`);
      return EXIT.data;
    }
    files.push({ name: path, text: new TextDecoder().decode(bytes) });
  }
  return files;
}

/** Diagnostics in the order of the source, as `file:line:column: severity: message [id]`. */
export function printDiagnostics({ diagnostics, sources }: Compilation, host: Host): void {
  host.stderr(diagnostics.map((d) => diagnosticText(d, sources)).join(''));
}

export function diagnosticText(d: Diagnostic, sources: SourceMap): string {
  const place = (start: number) => {
    const { file, line, column } = sources.place(start);
    return line === 0 ? 'orrery' : `${file}:${line}:${column}`;
  };
  const notes = d.notes.map((n) => `${place(n.span?.start ?? d.span.start)}: note: ${n.message}\n`);
  return `${place(d.span.start)}: ${d.severity}: ${d.message} [${d.id}]\n${notes.join('')}`;
}

export const hasErrors = ({ diagnostics }: Compilation) => diagnostics.some((d) => d.severity === 'error');

/** Diagnostics as JSON objects. */
export function diagnosticsJson({ diagnostics, sources }: Compilation) {
  return diagnostics.map((d) => {
    const { file, line, column } = sources.place(d.span.start);
    return { id: d.id, severity: d.severity, message: d.message, file, line, column };
  });
}
