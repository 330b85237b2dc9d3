/** What `compile` and `run` share: the library, the options of a compile, source files, diagnostics on standard error. */
import { header, librarySources } from '../../programs/library';
import type { Archive } from '../core/assembler/object';
import type { Diagnostic } from '../core/base/diagnostic';
import type { SourceMap, Span } from '../core/base/source';
import { Compiler } from '../core/compiler/compile';
import type { Compilation } from '../core/compiler/compilation';
import { PASSES } from '../core/compiler/5-optimizer/passes';
import { DEFAULT_OPTIONS, type CompileOptions, type OptLevel, type SourceInput } from '../core/compiler/views';
import { EXIT, UsageError, type Host } from './command';
import { providePrebuilt } from './prebuilt';
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

/** The compiled library, once a process. */
const archives = new Map<string, Archive>();
/** Standard input, and what may have no end. */
const NO_SOURCE = /^-$|^\/(dev|proc|sys)\//;

export function newCompiler(host: Host, options: CompileOptions): Compiler {
  const include = (path: string) => {
    if (NO_SOURCE.test(path)) return undefined;
    const bytes = host.readFile(path);
    return bytes && bytes.length <= MAX_SOURCE_BYTES ? new TextDecoder().decode(bytes) : undefined;
  };
  const compiler = new Compiler({ header, include, sources: librarySources }, archives);
  providePrebuilt(compiler, options, host);
  return compiler;
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
export function readSources(paths: readonly string[], host: Host, json: boolean): SourceInput[] | number {
  if (paths.length === 0) throw new UsageError('no source file is given');
  const files: SourceInput[] = [];
  for (const path of paths) {
    if (!/\.[cs]$/.test(path)) throw new UsageError(`${path}: only .c and .s files can be compiled`);
    const bytes = host.readFile(path);
    if (!bytes) {
      const reason = path.includes('*')
        ? 'no file has a name like this'
        : 'there is no such file, or it cannot be read';
      return refuse(path, reason, 'missing-file', host, json);
    }
    if (bytes.length > MAX_SOURCE_BYTES) {
      const reason = `the file has ${bytes.length} bytes; at most ${MAX_SOURCE_BYTES} are read`;
      return refuse(path, reason, 'source-too-large', host, json);
    }
    files.push({ name: path, text: new TextDecoder().decode(bytes) });
  }
  return files;
}

/** A file as a whole is refused. */
function refuse(path: string, message: string, id: string, host: Host, json: boolean): number {
  host.stderr(`${path}:1:1: error: ${message} [${id}]\n`);
  const diagnostics = [{ id, severity: 'error', message, file: path, line: 1, column: 1 }];
  if (json) host.stdout(`${JSON.stringify({ exit: null, ok: false, diagnostics }, null, 2)}\n`);
  return EXIT.data;
}

/** Diagnostics in the order of the source: `file:line:column: severity: message [id]`, the line with marks, a fix, notes. */
export function printDiagnostics({ diagnostics, sources }: Compilation, host: Host): void {
  host.stderr(diagnostics.map((d) => diagnosticText(d, sources)).join(''));
}

export function diagnosticText(d: Diagnostic, sources: SourceMap): string {
  const place = (start: number) => {
    const { file, line, column } = placeOf(start, sources);
    return `${file}:${line}:${column}`;
  };
  const notes = d.notes.map((n) => `${place(n.span?.start ?? d.span.start)}: note: ${printable(n.message)}\n`);
  const fix = d.fix ? `  fix: ${d.fix.title}\n` : '';
  return `${place(d.span.start)}: ${d.severity}: ${printable(d.message)} [${d.id}]\n${excerpt(d.span, sources)}${fix}${notes.join('')}`;
}

/** What belongs to no line, such as a missing main, is put at the beginning of the program. */
function placeOf(start: number, sources: SourceMap): { file: string; line: number; column: number } {
  const place = sources.place(start);
  if (place.line > 0) return place;
  const first = sources.files.find((file) => !file.system);
  return { file: first?.name ?? 'orrery', line: 1, column: 1 };
}

/** Longer lines are not shown: they are not what a person typed. */
const MAX_EXCERPT_CHARACTERS = 200;

/** The line with the range marked under it. */
function excerpt({ start, end }: Span, sources: SourceMap): string {
  const file = sources.fileAt(start);
  if (!file) return '';
  const { line, column } = sources.place(start);
  const from = start - file.base - (column - 1);
  const stop = file.text.indexOf('\n', from);
  const text = file.text.slice(from, stop < 0 ? undefined : stop).replace(/\r$/, '');
  if (text.trim() === '' || text.length > MAX_EXCERPT_CHARACTERS || hasControls(text)) return '';
  // Tabs stay tabs, so that the marks stand under what they mark.
  const margin = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const marks = '^'.repeat(Math.max(1, Math.min(end - start, text.length - column + 1)));
  const number = String(line);
  return `  ${number} | ${text}\n  ${' '.repeat(number.length)} | ${margin}${marks}\n`;
}

/** Text of the program inside a message: what would act on a terminal is shown by its code. */
const printable = (text: string): string =>
  [...text].map((c) => (hasControls(c) ? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}` : c)).join('');

/** Characters that would act on a terminal. */
const hasControls = (text: string): boolean =>
  [...text].some((c) => c !== '\t' && (c < ' ' || (c >= '\x7f' && c < '\xa0')));

export const hasErrors = ({ diagnostics }: Compilation) => diagnostics.some((d) => d.severity === 'error');

/** Diagnostics as JSON objects. */
export function diagnosticsJson({ diagnostics, sources }: Compilation) {
  return diagnostics.map((d) => {
    const { file, line, column } = placeOf(d.span.start, sources);
    return { id: d.id, severity: d.severity, message: d.message, file, line, column };
  });
}
