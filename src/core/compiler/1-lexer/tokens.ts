/**
 * Tokens as a structure of arrays: a column a property, so that a million tokens are eight typed arrays rather than a million objects.
 * The kinds: end, name, number, char, string, a stray character, then the punctuators, then the keywords. Names are interned;
 * keywords are the first names, so that the kind of a keyword is KEYWORD_BASE + its name's number.
 */
import type { SourceMap, Span } from '../../base/source';

export const PUNCTUATORS = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '.',
  '->',
  '++',
  '--',
  '&',
  '*',
  '+',
  '-',
  '~',
  '!',
  '/',
  '%',
  '<<',
  '>>',
  '<',
  '>',
  '<=',
  '>=',
  '==',
  '!=',
  '^',
  '|',
  '&&',
  '||',
  '?',
  ':',
  ';',
  '...',
  '=',
  '*=',
  '/=',
  '%=',
  '+=',
  '-=',
  '<<=',
  '>>=',
  '&=',
  '^=',
  '|=',
  ',',
  '#',
  '##',
] as const;
export type Punctuator = (typeof PUNCTUATORS)[number];

/** Keywords of C99 and C11, those outside the language included, so that they can be refused by name; then the built-in ones. */
export const KEYWORDS = [
  'auto',
  'break',
  'case',
  'char',
  'const',
  'continue',
  'default',
  'do',
  'double',
  'else',
  'enum',
  'extern',
  'float',
  'for',
  'goto',
  'if',
  'inline',
  'int',
  'long',
  'register',
  'restrict',
  'return',
  'short',
  'signed',
  'sizeof',
  'static',
  'struct',
  'switch',
  'typedef',
  'union',
  'unsigned',
  'void',
  'volatile',
  'while',
  '_Bool',
  '_Complex',
  '_Imaginary',
  '_Alignas',
  '_Alignof',
  '_Atomic',
  '_Generic',
  '_Noreturn',
  '_Static_assert',
  '_Thread_local',
  'asm',
  '__asm__',
  '__asm',
  'typeof',
  '__typeof__',
  '__attribute__',
  '__interrupt',
  '__builtin_va_list',
  '__builtin_va_arg',
  '__builtin_offsetof',
  '__extension__',
  '__inline',
  '__inline__',
  '__restrict',
  '__const',
  '__volatile__',
  '__signed__',
] as const;
export type Keyword = (typeof KEYWORDS)[number];

export const END = 0;
export const NAME = 1;
export const NUMBER = 2;
export const CHAR = 3;
export const STRING = 4;
/** Characters that begin no token; `value` is the first one's code. */
export const STRAY = 5;
const PUNCTUATOR_BASE = 6;
export const KEYWORD_BASE = PUNCTUATOR_BASE + PUNCTUATORS.length;

/**
 * Engines keep an object that was filled property by property as a hash table; as the prototype of another it becomes a plain record,
 * whose fields the parser reads like constants.
 */
function record<T extends object>(made: T): T {
  Object.create(made);
  return made;
}

/** Kind of each punctuator and keyword: P['->'], K.while. */
export const P = record(
  Object.fromEntries(PUNCTUATORS.map((text, i) => [text, PUNCTUATOR_BASE + i])) as Readonly<Record<Punctuator, number>>,
);
export const K = record(
  Object.fromEntries(KEYWORDS.map((text, i) => [text, KEYWORD_BASE + i])) as Readonly<Record<Keyword, number>>,
);

/** What a kind is called in messages and dumps. */
export function kindName(kind: number): string {
  if (kind >= KEYWORD_BASE) return KEYWORDS[kind - KEYWORD_BASE] ?? '?';
  if (kind >= PUNCTUATOR_BASE) return PUNCTUATORS[kind - PUNCTUATOR_BASE] ?? '?';
  return ['end', 'name', 'number', 'char', 'string', 'stray'][kind] ?? '?';
}

/** Bits of the column `flags`. */
export const FIRST_ON_LINE = 1;
export const SPACE_BEFORE = 2;
/** A number without suffix in up to nine decimal digits: `value` is the number. */
export const SIMPLE_NUMBER = 4;
/** Made by # or ##: the text is `texts[value]`; the range is that of the operator's macro. */
export const SYNTHETIC = 8;
/** A string, char or comment that does not end. */
export const UNTERMINATED = 16;
/** Came out of a macro. */
export const FROM_MACRO = 32;

/** Interned names. */
export class NameTable {
  readonly names: string[] = [];
  private slots = new Int32Array(4096).fill(-1);

  constructor() {
    for (const keyword of KEYWORDS) this.intern(keyword);
  }

  intern(name: string): number {
    let hash = 0;
    for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
    return this.internRange(name, 0, name.length, hash);
  }

  /** `hash` must be h = h * 31 + unit over the range: the lexer computes it while it scans. */
  internRange(text: string, start: number, end: number, hash: number): number {
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const id = this.slots[slot] as number;
      if (id < 0) break;
      if (equalRange(this.names[id] as string, text, start, end)) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.names.length;
    this.names.push(text.slice(start, end));
    this.slots[slot] = id;
    if (id * 2 > mask) this.grow();
    return id;
  }

  private grow(): void {
    const names = this.names.slice();
    this.slots = new Int32Array(this.slots.length * 4).fill(-1);
    const mask = this.slots.length - 1;
    names.forEach((name, id) => {
      let hash = 0;
      for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while ((this.slots[slot] as number) >= 0) slot = (slot + 1) & mask;
      this.slots[slot] = id;
    });
  }
}

function equalRange(name: string, text: string, start: number, end: number): boolean {
  const length = end - start;
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) if (name.charCodeAt(i) !== text.charCodeAt(start + i)) return false;
  return true;
}

export class TokenBuffer {
  count = 0;
  kind: Uint8Array;
  flags: Uint8Array;
  /** Where it is spelled. */
  start: Int32Array;
  end: Int32Array;
  /** For a name its number; see SIMPLE_NUMBER and SYNTHETIC. */
  value: Int32Array;
  /** Where the reader sees it: the same as start and end, or the use of the macro from whose body it comes. */
  place: Int32Array;
  placeEnd: Int32Array;
  /** Texts of SYNTHETIC tokens, shared by all buffers of a compilation. */
  readonly texts: string[];

  constructor(texts: string[], capacity = 256) {
    this.texts = texts;
    this.kind = new Uint8Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.start = new Int32Array(capacity);
    this.end = new Int32Array(capacity);
    this.value = new Int32Array(capacity);
    this.place = new Int32Array(capacity);
    this.placeEnd = new Int32Array(capacity);
  }

  push(kind: number, flags: number, start: number, end: number, value: number): void {
    const i = this.count;
    if (i === this.kind.length) this.grow();
    this.count = i + 1;
    this.kind[i] = kind;
    this.flags[i] = flags;
    this.start[i] = start;
    this.end[i] = end;
    this.value[i] = value;
    this.place[i] = start;
    this.placeEnd[i] = end;
  }

  private grow(): void {
    const capacity = this.kind.length * 2;
    const bytes = (old: Uint8Array) => {
      const wide = new Uint8Array(capacity);
      wide.set(old);
      return wide;
    };
    const words = (old: Int32Array) => {
      const wide = new Int32Array(capacity);
      wide.set(old);
      return wide;
    };
    this.kind = bytes(this.kind);
    this.flags = bytes(this.flags);
    this.start = words(this.start);
    this.end = words(this.end);
    this.value = words(this.value);
    this.place = words(this.place);
    this.placeEnd = words(this.placeEnd);
  }

  /** From the first of some tokens to the last. */
  span(first: number, last: number): Span {
    return { start: this.start[first] as number, end: this.end[last] as number };
  }

  /** Index of the first token of the line after the one that token i stands on. */
  lineEnd(i: number): number {
    let next = i;
    while (this.kind[next] !== END && ((this.flags[next] as number) & FIRST_ON_LINE) === 0) next++;
    return next;
  }

  /** The token as it is spelled. */
  spelling(i: number, sourceMap: SourceMap): string {
    if (((this.flags[i] as number) & SYNTHETIC) !== 0) return this.texts[this.value[i] as number] as string;
    return sourceMap.text(this.span(i, i));
  }
}
