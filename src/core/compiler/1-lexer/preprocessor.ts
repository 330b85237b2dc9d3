/**
 * Preprocessing (C99 6.10): carries out the directives and expands macros. Input: files as tokens; output: the tokens of a whole unit in
 * one TokenBuffer, keywords recognised, ready to be parsed. It never throws; limits stop it with a diagnostic.
 */
import type { SourceFile, SourceMap, Span } from '../../base/source';
import { LIMITS } from '../limits';
import type { Diagnostics } from '../messages';
import { similar } from '../similar';
import { evaluateCondition } from './condition';
import { lex } from './lexer';
import { decodeBytes } from './literals';
import {
  emitTo,
  expand,
  spellAll,
  spelling,
  tokenAt,
  type Macro,
  type MacroContext,
  type MacroExpansion,
  type Token,
} from './macros';
import {
  END,
  FIRST_ON_LINE,
  KEYWORDS,
  KEYWORD_BASE,
  NAME,
  NUMBER,
  P,
  SIMPLE_NUMBER,
  SPACE_BEFORE,
  STRAY,
  STRING,
  UNTERMINATED,
  NameTable,
  TokenBuffer,
} from './tokens';

/** One #include that was carried out. */
export interface Inclusion {
  readonly start: number;
  readonly end: number;
  readonly file: SourceFile;
}

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

interface Conditional {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** A group has been taken already. */
  taken: boolean;
  seenElse: boolean;
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
  'errno.h': 'there is no operating system',
  'pthread.h': 'there is no operating system',
  'unistd.h': 'there is no operating system',
};

/** What a program may ask of its compiler before it includes anything: first what C demands, then what gcc and its kin have too. */
const PREDEFINED: Readonly<Record<string, string>> = {
  __ORRERY__: '1',
  __STDC__: '1',
  __STDC_VERSION__: '199901L',
  __STDC_HOSTED__: '0',
  __CHAR_UNSIGNED__: '1',
  __CHAR_BIT__: '8',
  __SCHAR_MAX__: '127',
  __SHRT_MAX__: '32767',
  __INT_MAX__: '32767',
  __LONG_MAX__: '2147483647L',
  __SIZE_MAX__: '65535u',
  __SIZEOF_SHORT__: '2',
  __SIZEOF_INT__: '2',
  __SIZEOF_LONG__: '4',
  __SIZEOF_POINTER__: '2',
  __SIZEOF_SIZE_T__: '2',
  __SIZE_TYPE__: 'unsigned int',
  __PTRDIFF_TYPE__: 'int',
  __INTPTR_TYPE__: 'int',
  __UINTPTR_TYPE__: 'unsigned int',
  __WCHAR_TYPE__: 'int',
  __INT8_TYPE__: 'signed char',
  __UINT8_TYPE__: 'unsigned char',
  __INT16_TYPE__: 'int',
  __UINT16_TYPE__: 'unsigned int',
  __INT32_TYPE__: 'long int',
  __UINT32_TYPE__: 'long unsigned int',
  __ORDER_LITTLE_ENDIAN__: '1234',
  __ORDER_BIG_ENDIAN__: '4321',
  __BYTE_ORDER__: '1234',
  __const__: 'const',
  __restrict__: 'restrict',
  __volatile: 'volatile',
  __signed: 'signed',
  __alignof__: '_Alignof',
  __complex__: '_Complex',
};

export class Preprocessor implements MacroContext {
  readonly names: NameTable;
  readonly texts: string[];
  readonly sourceMap: SourceMap;
  readonly macros: (Macro | undefined)[] = [];
  readonly expansions: MacroExpansion[] = [];
  readonly inclusions: Inclusion[] = [];
  /** Every macro that was ever defined, in order: for the editor. */
  readonly definitions: Macro[] = [];
  produced = 0;
  stopped = false;
  private readonly out: TokenBuffer;
  private readonly once = new Set<SourceFile>();
  /** What `#pragma push_macro` has put aside, by name. */
  private readonly pushed = new Map<string, (Macro | undefined)[]>();
  private readonly va: number;
  private readonly defined: number;
  private includes = 0;
  private lineDelta = 0;
  private fileName: string | undefined;

  constructor(
    private readonly files: Files,
    readonly diagnostics: Diagnostics,
    defines: Readonly<Record<string, string>> = {},
  ) {
    this.names = files.names;
    this.texts = files.texts;
    this.sourceMap = files.sourceMap;
    this.out = new TokenBuffer(files.texts, 1024);
    this.va = this.names.intern('__VA_ARGS__');
    this.defined = this.names.intern('defined');
    this.builtin('__LINE__', (place) => ({
      kind: NUMBER,
      text: String(this.sourceMap.place(place).line + this.lineDelta),
    }));
    this.builtin('__FILE__', (place) => {
      const name = this.fileName ?? this.sourceMap.fileAt(place)?.name ?? '';
      return { kind: STRING, text: `"${name.replace(/["\\]/g, '\\$&')}"` };
    });
    // No clock here: the same source always gives the same program.
    this.builtin('__DATE__', () => ({ kind: STRING, text: '"Jan  1 1970"' }));
    this.builtin('__TIME__', () => ({ kind: STRING, text: '"00:00:00"' }));
    for (const [name, value] of Object.entries({ ...PREDEFINED, ...defines })) this.predefine(name, value);
    // `_Pragma("…")` asks for what other compilers do with #pragma: nothing here.
    const pragma = { name: '_Pragma', start: 0, end: 0, params: [this.va], variadic: false, body: [] };
    this.macros[this.names.intern('_Pragma')] = pragma;
  }

  /** The tokens of the unit that begins with `name`, which must be one of the program's files. */
  run(unit: LexedFile): TokenBuffer {
    this.file(unit, 0);
    const end = unit.file.base + unit.file.text.length;
    this.out.push(END, FIRST_ON_LINE, end, end, 0);
    return this.out;
  }

  private builtin(name: string, make: NonNullable<Macro['builtin']>): void {
    const macro: Macro = { name, start: 0, end: 0, params: undefined, variadic: false, body: [], builtin: make };
    this.macros[this.names.intern(name)] = macro;
  }

  private predefine(name: string, value: string): void {
    const body = value === '' ? [] : value.split(' ').map((word) => this.madeToken(word));
    this.macros[this.names.intern(name)] = { name, start: 0, end: 0, params: undefined, variadic: false, body };
  }

  /** A token that stands in no file. */
  private madeToken(text: string): Token {
    const kind = /^[0-9]/.test(text) ? NUMBER : /^"/.test(text) ? STRING : NAME;
    if (kind === NAME) return { kind, flags: 0, start: 0, end: 0, value: this.names.intern(text), hide: null };
    this.texts.push(text);
    return { kind, flags: 8, start: 0, end: 0, value: this.texts.length - 1, hide: null };
  }

  // -------------------------------------------------------------- a file

  private file({ file, tokens }: LexedFile, depth: number): void {
    const conditionals: Conditional[] = [];
    const { kind, flags, value, start, end } = tokens;
    const { macros, out } = this;
    const last = tokens.count - 1;
    const savedDelta = this.lineDelta;
    const savedName = this.fileName;
    this.lineDelta = 0;
    this.fileName = undefined;
    let i = 0;
    while (i < last && !this.stopped) {
      const k = kind[i] as number;
      const f = flags[i] as number;
      if (k === NAME) {
        const name = value[i] as number;
        if (macros[name] !== undefined) {
          i = this.expandAt(tokens, i);
          continue;
        }
        out.push(name < KEYWORDS.length ? KEYWORD_BASE + name : NAME, f, start[i] as number, end[i] as number, name);
      } else if (k === P['#'] && (f & FIRST_ON_LINE) !== 0) {
        i = this.directive(tokens, i, file, conditionals, depth);
        continue;
      } else if (k === STRAY || (f & UNTERMINATED) !== 0) {
        this.reportStray(tokens, i);
        if (k !== STRAY) out.push(k, f, start[i] as number, end[i] as number, 0);
      } else {
        out.push(k, f, start[i] as number, end[i] as number, value[i] as number);
      }
      i++;
      if (out.count > LIMITS.tokens) this.tooMany(tokens, i);
    }
    this.lineDelta = savedDelta;
    this.fileName = savedName;
    const open = conditionals.pop();
    if (open && !this.stopped) this.diagnostics.report('conditional-unterminated', open, { name: open.name });
  }

  private tooMany(tokens: TokenBuffer, i: number): void {
    const at = { start: tokens.start[i] as number, end: tokens.end[i] as number };
    this.diagnostics.report('too-many-tokens', at, { limit: LIMITS.tokens });
    this.stopped = true;
  }

  private reportStray(tokens: TokenBuffer, i: number): void {
    const span = { start: tokens.start[i] as number, end: tokens.end[i] as number };
    const kind = tokens.kind[i] as number;
    if (kind !== STRAY) {
      this.diagnostics.report(kind === STRING ? 'unterminated-string' : 'unterminated-char', span, {});
    } else if (((tokens.flags[i] as number) & UNTERMINATED) !== 0) {
      this.diagnostics.report('unterminated-comment', span, {});
    } else {
      const text = this.sourceMap.text(span);
      const code = text.codePointAt(0) ?? 0;
      const shown =
        code > 32 && code < 127 ? `\`${text[0] ?? ''}\`` : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
      this.diagnostics.report('stray-character', span, { character: shown });
    }
  }

  private expandAt(tokens: TokenBuffer, i: number): number {
    const first = tokenAt(tokens, i);
    const source = { tokens, position: i + 1 };
    const place = { start: first.start, end: first.end };
    expand([first], source, place, 0, this, (token) => {
      emitTo(this.out, token, place);
      if (token.kind === NAME && token.value < KEYWORDS.length) {
        this.out.kind[this.out.count - 1] = KEYWORD_BASE + token.value;
      }
      if (token.kind === STRAY) {
        this.diagnostics.report('stray-character', token, { character: `\`${spelling(token, this)}\`` });
        this.out.count--;
      }
    });
    if (this.out.count > LIMITS.tokens && !this.stopped) this.tooMany(tokens, i);
    return source.position;
  }

  // -------------------------------------------------------------- directives

  /** Carries out the directive whose # is token i; gives the index of the first token of the next line to be read. */
  private directive(tokens: TokenBuffer, i: number, file: SourceFile, open: Conditional[], depth: number): number {
    const next = lineEnd(tokens, i + 1);
    if (next === i + 1) return next;
    const word = tokenAt(tokens, i + 1);
    const name = word.kind === NAME ? (this.names.names[word.value] as string) : spelling(word, this);
    const rest = i + 2;
    switch (name) {
      case 'define':
        this.define(tokens, rest, next);
        return next;
      case 'undef': {
        const at = this.macroName(tokens, rest, next, name);
        if (at !== undefined) this.macros[at] = undefined;
        return next;
      }
      case 'include':
        this.include(tokens, rest, next, file, depth);
        return next;
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        if (open.length >= LIMITS.conditionalDepth) {
          this.diagnostics.report('too-deep', word, { what: 'conditionals', limit: LIMITS.conditionalDepth });
          this.stopped = true;
          return next;
        }
        const yes = this.condition(name, tokens, rest, next, word);
        open.push({ name, start: tokens.start[i] as number, end: word.end, taken: yes, seenElse: false });
        return yes ? next : this.skip(tokens, next, open);
      }
      case 'elif':
      case 'else':
      case 'endif':
        return this.middle(name, tokens, next, word, open);
      case 'error':
      case 'warning': {
        const span = { start: tokens.start[i] as number, end: tokens.end[next - 1] as number };
        const text = rest < next ? this.lineText(tokens, rest, next) : '';
        this.diagnostics.report(name === 'error' ? 'user-error' : 'user-warning', span, { text });
        return next;
      }
      case 'line':
        this.line(tokens, rest, next, word);
        return next;
      case 'pragma':
        this.pragma(tokens, rest, next, file);
        return next;
      case 'ident':
        return next;
      default:
        // A line marker of another preprocessor: # 12 "file.c".
        if (word.kind !== NUMBER) this.diagnostics.report('unknown-directive', word, { name });
        return next;
    }
  }

  /** `once`, and `push_macro("name")` with `pop_macro("name")`, which every compiler has; what else there is, is for others. */
  private pragma(tokens: TokenBuffer, at: number, next: number, file: SourceFile): void {
    const word = at < next && tokens.kind[at] === NAME ? this.names.names[tokens.value[at] as number] : undefined;
    if (word === 'once') this.once.add(file);
    if ((word !== 'push_macro' && word !== 'pop_macro') || next - at < 4 || tokens.kind[at + 2] !== STRING) return;
    const name = spelling(tokenAt(tokens, at + 2), this).slice(1, -1);
    const id = this.names.intern(name);
    const kept = this.pushed.get(name) ?? [];
    if (word === 'push_macro') this.pushed.set(name, [...kept, this.macros[id]].slice(-LIMITS.conditionalDepth));
    else if (kept.length > 0) this.macros[id] = kept.pop();
  }

  private lineText(tokens: TokenBuffer, from: number, to: number): string {
    const start = tokens.start[from] as number;
    return this.sourceMap.text({ start, end: tokens.end[to - 1] as number }).slice(0, 200);
  }

  private middle(name: string, tokens: TokenBuffer, next: number, word: Token, open: Conditional[]): number {
    const current = open[open.length - 1];
    if (!current) {
      this.diagnostics.report('conditional-without-if', word, { name });
      return next;
    }
    if (name === 'endif') {
      open.pop();
      return next;
    }
    if (current.seenElse) this.diagnostics.report('conditional-after-else', word, { name });
    if (name === 'else') current.seenElse = true;
    // The group before this one was taken, so all further ones are left out.
    return this.skip(tokens, next, open);
  }

  /** Leaves out lines up to the group that counts, or behind #endif. */
  private skip(tokens: TokenBuffer, from: number, open: Conditional[]): number {
    const current = open[open.length - 1] as Conditional;
    let nesting = 0;
    let i = from;
    const { kind, flags } = tokens;
    while (kind[i] !== END) {
      if (kind[i] !== P['#'] || ((flags[i] as number) & FIRST_ON_LINE) === 0) {
        i++;
        continue;
      }
      const next = lineEnd(tokens, i + 1);
      const word = tokenAt(tokens, i + 1);
      const name = next > i + 1 && word.kind === NAME ? (this.names.names[word.value] as string) : '';
      if (name === 'if' || name === 'ifdef' || name === 'ifndef') {
        nesting++;
      } else if (name === 'endif') {
        if (nesting-- === 0) {
          open.pop();
          return next;
        }
      } else if (nesting === 0 && (name === 'else' || name === 'elif')) {
        if (current.seenElse) this.diagnostics.report('conditional-after-else', word, { name });
        if (name === 'else') current.seenElse = true;
        if (!current.taken && (name === 'else' || this.condition('elif', tokens, i + 2, next, word))) {
          current.taken = true;
          return next;
        }
      }
      i = next;
    }
    return i;
  }

  private condition(name: string, tokens: TokenBuffer, from: number, to: number, word: Token): boolean {
    if (name === 'ifdef' || name === 'ifndef') {
      const id = this.macroName(tokens, from, to, name);
      return id !== undefined && (this.macros[id] !== undefined) === (name === 'ifdef');
    }
    const parts: Token[] = [];
    for (let i = from; i < to; i++) {
      const token = tokenAt(tokens, i);
      if (token.kind !== NAME || token.value !== this.defined) {
        parts.push(token);
        continue;
      }
      const bracket = i + 1 < to && tokens.kind[i + 1] === P['('];
      const at = bracket ? i + 2 : i + 1;
      if (at >= to || tokens.kind[at] !== NAME || (bracket && tokens.kind[at + 1] !== P[')'])) {
        this.diagnostics.report('condition-syntax', token, { name, why: '`defined` needs a name' });
        return false;
      }
      const yes = this.macros[tokens.value[at] as number] !== undefined;
      parts.push({ ...token, kind: NUMBER, flags: SIMPLE_NUMBER, value: yes ? 1 : 0 });
      i = bracket ? at + 1 : at;
    }
    const expanded: Token[] = [];
    const place = { start: word.start, end: tokens.end[to - 1] as number };
    expand(parts.reverse(), null, place, 0, this, (token) => expanded.push(token));
    if (this.stopped) return false;
    const outcome = evaluateCondition(expanded, this);
    if ('value' in outcome) return outcome.value;
    this.diagnostics.report('condition-syntax', { start: word.start, end: place.end }, { name, why: outcome.error });
    return false;
  }

  /** The name after #define, #undef, #ifdef, #ifndef. */
  private macroName(tokens: TokenBuffer, at: number, to: number, directive: string): number | undefined {
    const id = tokens.value[at] as number;
    if (at >= to || tokens.kind[at] !== NAME || id === this.defined) {
      const span = { start: tokens.start[at - 1] as number, end: tokens.end[at - 1] as number };
      this.diagnostics.report('macro-name', span, { directive });
      return undefined;
    }
    if (at + 1 < to && directive !== 'define') {
      const span = { start: tokens.start[at + 1] as number, end: tokens.end[to - 1] as number };
      this.diagnostics.report('extra-tokens', span, { name: directive });
    }
    return id;
  }

  private define(tokens: TokenBuffer, from: number, to: number): void {
    const id = this.macroName(tokens, from, to, 'define');
    if (id === undefined) return;
    const name = this.names.names[id] as string;
    const span = { start: tokens.start[from] as number, end: tokens.end[from] as number };
    let i = from + 1;
    let params: number[] | undefined;
    let variadic = false;
    if (i < to && tokens.kind[i] === P['('] && ((tokens.flags[i] as number) & SPACE_BEFORE) === 0) {
      const read = this.parameters(tokens, i + 1, to);
      if (!read) {
        const named = tokens.kind.subarray(i, to).includes(P['...']);
        if (named) this.diagnostics.report('not-in-language', span, { feature: 'a name for `...` (use __VA_ARGS__)' });
        else this.diagnostics.report('macro-parameters', span, { name });
        return;
      }
      ({ params, variadic } = read);
      i = read.next;
    }
    const body: Token[] = [];
    for (; i < to; i++) body.push(tokenAt(tokens, i));
    if (!this.checkBody(body, params)) return;
    const macro: Macro = { name, ...span, params, variadic, body };
    const old = this.macros[id];
    if (old && !this.sameMacro(old, macro)) {
      const notes =
        old.end > old.start ? [{ message: 'defined before here', span: { start: old.start, end: old.end } }] : [];
      this.diagnostics.report('macro-redefined', span, { name }, { notes });
    }
    this.macros[id] = macro;
    this.definitions.push(macro);
  }

  private parameters(
    tokens: TokenBuffer,
    from: number,
    to: number,
  ): { params: number[]; variadic: boolean; next: number } | undefined {
    const params: number[] = [];
    let i = from;
    if (tokens.kind[i] === P[')'] && i < to) return { params, variadic: false, next: i + 1 };
    for (; i < to && params.length < LIMITS.macroParameters; i += 2) {
      const isLast = i + 1 < to && tokens.kind[i + 1] === P[')'];
      if (tokens.kind[i] === P['...'] && isLast) {
        params.push(this.va);
        return { params, variadic: true, next: i + 2 };
      }
      const id = tokens.value[i] as number;
      if (tokens.kind[i] !== NAME || params.includes(id)) return undefined;
      params.push(id);
      if (isLast) return { params, variadic: false, next: i + 2 };
      if (i + 1 >= to || tokens.kind[i + 1] !== P[',']) return undefined;
    }
    return undefined;
  }

  private checkBody(body: readonly Token[], params: readonly number[] | undefined): boolean {
    const first = body[0];
    const last = body[body.length - 1];
    if (first && last && (first.kind === P['##'] || last.kind === P['##'])) {
      this.diagnostics.report('paste-at-edge', first.kind === P['##'] ? first : last, {});
      return false;
    }
    if (!params) return true;
    for (const [i, token] of body.entries()) {
      const next = body[i + 1];
      if (token.kind === P['#'] && !(next?.kind === NAME && params.includes(next.value))) {
        this.diagnostics.report('bad-stringise', token, {});
        return false;
      }
    }
    return true;
  }

  private sameMacro(a: Macro, b: Macro): boolean {
    if (a.builtin || a.params?.length !== b.params?.length || a.variadic !== b.variadic) return false;
    if (a.params?.some((param, i) => param !== b.params?.[i])) return false;
    return spellAll(a.body, this) === spellAll(b.body, this);
  }

  private line(tokens: TokenBuffer, from: number, to: number, word: Token): void {
    const parts: Token[] = [];
    for (let i = from; i < to; i++) parts.push(tokenAt(tokens, i));
    const expanded: Token[] = [];
    expand(parts.reverse(), null, { start: word.start, end: word.end }, 0, this, (token) => expanded.push(token));
    const [number, name] = expanded;
    const digits = number?.kind === NUMBER ? spelling(number, this) : '';
    if (!/^[0-9]{1,9}$/.test(digits) || (name && name.kind !== STRING) || expanded.length > 2) {
      this.diagnostics.report('line-syntax', word, {});
      return;
    }
    this.lineDelta = Number(digits) - (this.sourceMap.place(word.start).line + 1);
    if (name) this.fileName = String.fromCharCode(...decodeBytes(spelling(name, this)).slice(0, 1000));
  }

  // -------------------------------------------------------------- #include

  private include(tokens: TokenBuffer, from: number, to: number, file: SourceFile, depth: number): void {
    const whole = { start: tokens.start[from - 2] as number, end: tokens.end[to - 1] as number };
    const target = this.includeTarget(tokens, from, to);
    if (!target) {
      this.diagnostics.report('include-syntax', whole, {});
      return;
    }
    const span = { start: tokens.start[from] as number, end: tokens.end[to - 1] as number };
    const found = this.files.find(target.name, file, target.angled);
    if (!found) {
      const why = ABSENT_HEADERS[target.name];
      if (why !== undefined) this.diagnostics.report('no-such-standard-header', span, { name: target.name, why });
      else this.headerNotFound(target, span);
      return;
    }
    if (this.once.has(found.file)) return;
    if (depth + 1 > LIMITS.includeDepth) {
      this.diagnostics.report('include-too-deep', span, {});
      this.stopped = true;
      return;
    }
    if (++this.includes > LIMITS.includes) {
      this.diagnostics.report('too-many-includes', span, {});
      this.stopped = true;
      return;
    }
    this.inclusions.push({ ...span, file: found.file });
    this.file(found, depth + 1);
  }

  private headerNotFound({ name, angled }: { name: string; angled: boolean }, span: Span): void {
    const hint = this.files.similarTo(name, angled);
    const [open, close] = angled || hint?.isHeader ? '<>' : '""';
    const text = `${open}${hint?.name ?? ''}${close}`;
    const fix = hint && { title: `Change to ${text}`, edits: [{ span, text }] };
    this.diagnostics.report('header-not-found', span, { name, hint: hint ? `: did you mean ${text}?` : '' }, { fix });
  }

  private includeTarget(tokens: TokenBuffer, from: number, to: number): { name: string; angled: boolean } | undefined {
    if (from >= to) return undefined;
    if (tokens.kind[from] === NAME) {
      const parts: Token[] = [];
      for (let i = from; i < to; i++) parts.push(tokenAt(tokens, i));
      const expanded: Token[] = [];
      const place = { start: tokens.start[from] as number, end: tokens.end[to - 1] as number };
      expand(parts.reverse(), null, place, 0, this, (token) => expanded.push(token));
      return targetOf(expanded.map((token) => spelling(token, this)).join(''));
    }
    return targetOf(this.lineText(tokens, from, to));
  }
}

function targetOf(text: string): { name: string; angled: boolean } | undefined {
  const close = text.startsWith('<') ? text.indexOf('>') : text.startsWith('"') ? text.indexOf('"', 1) : -1;
  if (close < 2) return undefined;
  return { name: text.slice(1, close), angled: text.startsWith('<') };
}

/** Index of the first token of the line after the one that token i stands on. */
function lineEnd(tokens: TokenBuffer, i: number): number {
  let next = i;
  while (tokens.kind[next] !== END && ((tokens.flags[next] as number) & FIRST_ON_LINE) === 0) next++;
  return next;
}
