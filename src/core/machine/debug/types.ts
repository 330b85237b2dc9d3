/**
 * The types of C as debug information writes them, read back from their text: `struct cell *[4]`, `unsigned char (*)(int)`. Layouts of
 * structs come from the image. What is not known stays `unknown`, and its bytes can be seen all the same.
 */
import type { Image, ImageEnum, ImageRecord } from '../../assembler/image';

export interface IntegerType {
  readonly kind: 'int';
  readonly name: string;
  readonly sizeBytes: number;
  readonly signed: boolean;
  readonly members?: ImageEnum['members'];
}
export interface RecordType {
  readonly kind: 'record';
  readonly record: ImageRecord;
}
export type DebugType =
  | IntegerType
  | RecordType
  | { readonly kind: 'void' }
  | { readonly kind: 'pointer'; readonly to: DebugType }
  | { readonly kind: 'array'; readonly of: DebugType; readonly length: number }
  | { readonly kind: 'function'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string; readonly sizeBytes: number };

const integer = (name: string, sizeBytes: number, signed: boolean): IntegerType => ({
  kind: 'int',
  name,
  sizeBytes,
  signed,
});
export const INT = integer('int', 2, true);
export const UNSIGNED = integer('unsigned int', 2, false);
export const LONG = integer('long', 4, true);
export const UNSIGNED_LONG = integer('unsigned long', 4, false);
export const CHAR = integer('char', 1, false);
export const VOID: DebugType = { kind: 'void' };

/** Words of the integer types in any order and number, as C allows: sorted and joined. */
const INTEGERS: Readonly<Record<string, IntegerType | undefined>> = {
  __proto__: null as never,
  char: CHAR,
  'char unsigned': integer('unsigned char', 1, false),
  'char signed': integer('signed char', 1, true),
  _Bool: integer('_Bool', 1, false),
  bool: integer('_Bool', 1, false),
  short: integer('short', 2, true),
  'int short': integer('short', 2, true),
  'short unsigned': integer('unsigned short', 2, false),
  'int short unsigned': integer('unsigned short', 2, false),
  int: INT,
  signed: INT,
  'int signed': INT,
  unsigned: UNSIGNED,
  'int unsigned': UNSIGNED,
  long: LONG,
  'int long': LONG,
  'long unsigned': UNSIGNED_LONG,
  'int long unsigned': UNSIGNED_LONG,
  u8: integer('u8', 1, false),
  i8: integer('i8', 1, true),
  u16: integer('u16', 2, false),
  i16: integer('i16', 2, true),
  u32: integer('u32', 4, false),
  i32: integer('i32', 4, true),
  uint8_t: integer('uint8_t', 1, false),
  int8_t: integer('int8_t', 1, true),
  uint16_t: integer('uint16_t', 2, false),
  int16_t: integer('int16_t', 2, true),
  uint32_t: integer('uint32_t', 4, false),
  int32_t: integer('int32_t', 4, true),
  size_t: integer('size_t', 2, false),
};
const QUALIFIERS = new Set(['const', 'volatile', 'static', 'register']);

export function sizeOf(type: DebugType): number {
  switch (type.kind) {
    case 'int':
    case 'unknown':
      return type.sizeBytes;
    case 'pointer':
      return 2;
    case 'array':
      return type.length * sizeOf(type.of);
    case 'record':
      return type.record.sizeBytes;
    case 'void':
    case 'function':
      return 1;
  }
}

export function typeText(type: DebugType, inner = ''): string {
  const spaced = (base: string) => (inner === '' ? base : `${base} ${inner}`);
  switch (type.kind) {
    case 'int':
      return spaced(type.name);
    case 'record':
      return spaced(type.record.name);
    case 'void':
      return spaced('void');
    case 'unknown':
    case 'function':
      return spaced(type.text);
    case 'array':
      return typeText(type.of, `${inner}[${type.length}]`);
    case 'pointer':
      return typeText(type.to, type.to.kind === 'array' ? `(*${inner})` : `*${inner}`);
  }
}

/** The types of one image. Texts are read once. */
export class TypeTable {
  private readonly records: ReadonlyMap<string, ImageRecord>;
  private readonly enums: ReadonlyMap<string, ImageEnum>;
  private readonly known = new Map<string, DebugType>();

  constructor(image: Pick<Image, 'debug'>) {
    this.records = new Map((image.debug.records ?? []).map((record) => [record.name, record]));
    this.enums = new Map((image.debug.enums ?? []).map((entry) => [entry.name, entry]));
  }

  /** The type that a text says; `sizeBytes` helps where the text is not understood. */
  read(text: string, sizeBytes = 1): DebugType {
    let type = this.known.get(text);
    if (!type) {
      type = new TypeReader(text, this).whole() ?? { kind: 'unknown', text, sizeBytes };
      this.known.set(text, type);
    }
    return type;
  }

  /** The type of a name without a declarator: `unsigned char`, `struct cell`, `item`. */
  base(words: readonly string[]): DebugType | undefined {
    const plain = words.filter((word) => !QUALIFIERS.has(word));
    const name = plain.join(' ');
    const record = this.records.get(name);
    if (record) return { kind: 'record', record };
    const members = this.enums.get(name)?.members;
    if (members) return { ...INT, name, members };
    if (name === 'void') return VOID;
    return plain[0] === 'enum' ? INT : INTEGERS[[...plain].sort().join(' ')];
  }

  /** Whether a word can begin the name of a type, so that `(word)` is a cast. */
  begins(word: string): boolean {
    if (
      QUALIFIERS.has(word) ||
      ['struct', 'union', 'enum', 'void', 'signed', 'unsigned', 'long', 'short'].includes(word)
    )
      return true;
    return INTEGERS[word] !== undefined || this.records.has(word);
  }

  /** The value of an enumerator of that name. */
  enumerator(name: string): { readonly value: number; readonly type: IntegerType } | undefined {
    for (const entry of this.enums.values()) {
      const found = entry.members.find((member) => member.name === name);
      if (found) return { value: found.value, type: { ...INT, members: entry.members } };
    }
    return undefined;
  }
}

const TOKEN = /\s*(?:(\w+(?:\s*\{…\})?|\{…\})|(\.\.\.)|([*()[\],]))/gy;

/** An abstract declarator, inside out: `int *(*)[3]` is a pointer to an array of three pointers to int. */
class TypeReader {
  private readonly tokens: string[] = [];
  private at = 0;
  private readonly isClean: boolean;

  constructor(
    text: string,
    private readonly table: TypeTable,
  ) {
    TOKEN.lastIndex = 0;
    let end = 0;
    for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
      this.tokens.push((match[1] ?? match[2] ?? match[3]) as string);
      end = TOKEN.lastIndex;
    }
    this.isClean = text.slice(end).trim() === '';
  }

  whole(): DebugType | undefined {
    if (!this.isClean) return undefined;
    const words: string[] = [];
    while (/^[\w{]/.test(this.peek())) words.push(this.next());
    const base = this.table.base(words);
    if (!base) return undefined;
    const type = this.declarator()(base);
    return this.at === this.tokens.length ? type : undefined;
  }

  private declarator(): (base: DebugType) => DebugType {
    let stars = 0;
    for (; this.peek() === '*' || QUALIFIERS.has(this.peek()); this.next()) if (this.peek() === '*') stars++;
    let inner = (type: DebugType) => type;
    // A parenthesis is a list of parameters unless a declarator stands in it.
    if (this.peek() === '(' && ['*', '('].includes(this.peek(1))) {
      this.next();
      inner = this.declarator();
      this.skip(')');
    }
    const suffixes = this.suffixes();
    return (base) => {
      let type = base;
      for (let n = 0; n < stars; n++) type = { kind: 'pointer', to: type };
      return inner(suffixes(type));
    };
  }

  private suffixes(): (type: DebugType) => DebugType {
    const lengths: number[] = [];
    for (;;) {
      if (this.peek() === '[') {
        this.next();
        lengths.push(this.peek() === ']' ? 0 : Number(this.next()));
        this.skip(']');
      } else if (this.peek() === '(') {
        for (let depth = 0; this.at < this.tokens.length;) {
          const token = this.next();
          depth += token === '(' ? 1 : token === ')' ? -1 : 0;
          if (depth === 0) break;
        }
        return (type) => ({ kind: 'function', text: `${typeText(type)} ()` });
      } else break;
    }
    return (type) => lengths.reduceRight<DebugType>((of, length) => ({ kind: 'array', of, length }), type);
  }

  private peek(ahead = 0): string {
    return this.tokens[this.at + ahead] ?? '';
  }
  private next(): string {
    return this.tokens[this.at++] ?? '';
  }
  private skip(token: string): void {
    if (this.peek() === token) this.at++;
  }
}
