/** The files of a compilation: those of the program and the library's headers, found by the names that #include gives and read once each. */
import type { SourceFile, SourceMap } from '../../base/source';
import { LIMITS } from '../limits';
import type { Diagnostics } from '../messages';
import { similar } from '../similar';
import { lex } from './lexer';
import { NameTable, type TokenBuffer } from './tokens';

/** A file with its tokens, read once a compilation. */
export interface LexedFile {
  readonly file: SourceFile;
  readonly tokens: TokenBuffer;
}

/** What the files of a compilation share. */
export class Files {
  readonly names = new NameTable();
  readonly texts: string[] = [];
  private readonly lexed = new Map<string, LexedFile | undefined>();

  constructor(
    readonly sourceMap: SourceMap,
    private readonly diagnostics: Diagnostics,
    private readonly own: ReadonlyMap<string, string>,
    private readonly headers: (name: string) => string | undefined,
    private readonly include?: (path: string) => string | undefined,
  ) {}

  /** Finds `"name"` beside the including file, then by itself, then among the headers; `<name>` the other way round. */
  find(name: string, from: SourceFile, angled: boolean): LexedFile | undefined {
    if (angled || from.system) return this.header(name) ?? this.user(name);
    const slash = from.name.lastIndexOf('/');
    const beside = slash < 0 ? undefined : this.user(normalise(from.name.slice(0, slash + 1) + name));
    return beside ?? this.user(normalise(name)) ?? this.header(name);
  }

  /** A file that the program may have meant; headers that do not exist here are no candidates. */
  similarTo(name: string, angled: boolean): { name: string; isHeader: boolean } | undefined {
    const headers = KNOWN_HEADERS.filter((header) => this.headers(header) !== undefined);
    const own = angled ? [] : [...this.own.keys()].filter((file) => file !== name);
    const found = similar(name, [...own, ...headers]);
    return found === undefined ? undefined : { name: found, isHeader: headers.includes(found) };
  }

  user(name: string): LexedFile | undefined {
    const known = this.lexed.get(name);
    if (known) return known;
    const text = this.own.get(name) ?? this.include?.(name);
    return text === undefined ? undefined : this.load(name, text, false);
  }

  private header(name: string): LexedFile | undefined {
    const key = `<${name}>`;
    if (this.lexed.has(key)) return this.lexed.get(key);
    const text = this.headers(name);
    if (text === undefined) {
      this.lexed.set(key, undefined);
      return undefined;
    }
    return this.load(key, text, true);
  }

  private load(name: string, text: string, system: boolean): LexedFile {
    let found = this.lexed.get(name);
    if (!found) {
      const tooLarge = text.length > LIMITS.sourceUnits;
      const file = this.sourceMap.add(name, tooLarge ? text.slice(0, 200) : text, system);
      if (tooLarge) {
        const span = { start: file.base, end: file.base + 1 };
        this.diagnostics.report('source-too-large', span, { units: text.length, limit: LIMITS.sourceUnits });
      }
      found = { file, tokens: lex(tooLarge ? '' : text, file.base, this.names, this.texts) };
      this.lexed.set(name, found);
    }
    return found;
  }
}

/** Takes `.` and `..` out of a path. */
function normalise(path: string): string {
  if (!path.includes('.')) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0) parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Names that are worth suggesting. */
const KNOWN_HEADERS = (
  'assert ctype errno inttypes iso646 limits stdarg stdbool stddef stdint stdio stdlib string ' +
  'disk keys machine net screen'
)
  .split(' ')
  .map((name) => `${name}.h`);

/** Why a header of other C implementations is missing here. */
const ABSENT_HEADERS: Readonly<Record<string, string>> = {
  'math.h': 'there is no floating point',
  'float.h': 'there is no floating point',
  'complex.h': 'there is no floating point',
  'fenv.h': 'there is no floating point',
  'tgmath.h': 'there is no floating point',
  'setjmp.h': 'setjmp is left out',
  'signal.h': 'there are no signals; see interrupt handlers in <machine.h>',
  'time.h': 'there is no calendar; see cycles() and nanos() in <machine.h>',
  'wchar.h': 'wide strings can be written, but the library has no functions for them',
  'wctype.h': 'wide strings can be written, but the library has no functions for them',
  'locale.h': 'there are no locales',
  'pthread.h': 'there is no operating system',
  'unistd.h': 'there is no operating system',
};

/** Why a header that other C libraries have is missing here; undefined for all other names. */
export const absenceOfHeader = (name: string): string | undefined =>
  Object.hasOwn(ABSENT_HEADERS, name) ? ABSENT_HEADERS[name] : undefined;
