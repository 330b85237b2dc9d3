/**
 * JSON (RFC 8259) read with places, so that a message about a value can say line and column. For documents that people write by hand;
 * the host's JSON.parse gives no places and a different text in every engine.
 */
import { err, ok, type Result } from '../base/result';

export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export interface LocatedJson {
  readonly value: unknown;
  /** Where the value at a path starts; the path is written as `nodes[2].config.slots`, the whole document as ``. */
  placeOf(path: string): TextPlace;
}

export interface JsonError {
  readonly message: string;
  readonly place: TextPlace;
}

/** Deeper nesting than this is refused: a document of ours needs five levels. */
const MAX_DEPTH = 64;
/** Longer documents are refused before they are read. */
export const MAX_DOCUMENT_CHARACTERS = 8_000_000;

export function parseJson(text: string): Result<LocatedJson, JsonError> {
  if (text.length > MAX_DOCUMENT_CHARACTERS)
    return err({
      message: `the document is longer than ${MAX_DOCUMENT_CHARACTERS} characters`,
      place: { line: 1, column: 1 },
    });
  const reader = new Reader(text);
  try {
    const value = reader.document();
    const { starts } = reader;
    return ok({ value, placeOf: (path) => placeAt(text, nearestStart(starts, path)) });
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return err({ message: error.message, place: placeAt(text, error.offset) });
  }
}

export function joinPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** The start of the value at the path or, when the document lacks it, of the innermost one around it. */
function nearestStart(starts: ReadonlyMap<string, number>, path: string): number {
  for (let p = path; p !== ''; p = p.slice(0, Math.max(p.lastIndexOf('.'), p.lastIndexOf('['), 0))) {
    const start = starts.get(p);
    if (start !== undefined) return start;
  }
  return starts.get('') ?? 0;
}

function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: offset - lastBreak };
}

class SyntaxProblem extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  readonly starts = new Map<string, number>();
  private i = 0;

  constructor(private readonly text: string) {
    if (text.charCodeAt(0) === 0xfeff) this.i = 1;
  }

  document(): unknown {
    const value = this.value('', 0);
    this.space();
    if (this.i < this.text.length) this.fail('expected the end of the document');
    return value;
  }

  private fail(message: string, offset = this.i): never {
    const found = this.text[offset];
    throw new SyntaxProblem(
      found === undefined ? `${message}, but the text ends` : `${message}, found ${JSON.stringify(found)}`,
      offset,
    );
  }

  private space(): void {
    while (' \t\n\r'.includes(this.text[this.i] ?? 'x')) this.i++;
  }

  private value(path: string, depth: number): unknown {
    if (depth > MAX_DEPTH) this.fail('the document is nested too deep');
    this.space();
    this.starts.set(path, this.i);
    const c = this.text[this.i];
    if (c === '{') return this.object(path, depth);
    if (c === '[') return this.array(path, depth);
    if (c === '"') return this.string();
    return this.scalar();
  }

  private scalar(): unknown {
    const match = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;
    match.lastIndex = this.i;
    const word = match.exec(this.text)?.[0];
    if (word === undefined) this.fail('expected a value');
    this.i += word.length;
    return word === 'true' ? true : word === 'false' ? false : word === 'null' ? null : Number(word);
  }

  private object(path: string, depth: number): Record<string, unknown> {
    // Without a prototype, a key such as __proto__ is only a key.
    const result = Object.create(null) as Record<string, unknown>;
    this.i++;
    this.space();
    if (this.text[this.i] === '}') {
      this.i++;
      return result;
    }
    for (;;) {
      this.space();
      const start = this.i;
      if (this.text[start] !== '"') this.fail('expected a name in double quotes');
      const key = this.string();
      if (key in result) throw new SyntaxProblem(`the name "${key}" is given twice`, start);
      this.space();
      if (this.text[this.i] !== ':') this.fail(`expected ':' after the name "${key}"`);
      this.i++;
      result[key] = this.value(joinPath(path, key), depth + 1);
      if (this.closes('}')) return result;
    }
  }

  private array(path: string, depth: number): unknown[] {
    const result: unknown[] = [];
    this.i++;
    this.space();
    if (this.text[this.i] === ']') {
      this.i++;
      return result;
    }
    for (;;) {
      result.push(this.value(joinPath(path, result.length), depth + 1));
      if (this.closes(']')) return result;
    }
  }

  /** After an element: true at the closing bracket, false after a comma. */
  private closes(bracket: string): boolean {
    this.space();
    const c = this.text[this.i];
    if (c !== bracket && c !== ',') this.fail(`expected ',' or '${bracket}'`);
    this.i++;
    return c === bracket;
  }

  private string(): string {
    let result = '';
    for (this.i++; ; this.i++) {
      const c = this.text[this.i];
      if (c === '"') break;
      if (c === undefined || c < ' ') this.fail('expected the closing quote of a string');
      result += c === '\\' ? this.escape() : c;
    }
    this.i++;
    return result;
  }

  private escape(): string {
    const c = this.text[++this.i] ?? '';
    if (c !== 'u') return ESCAPES[c] ?? this.fail('expected an escape such as \\n or \\u00e9');
    const digits = this.text.slice(this.i + 1, this.i + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('expected four hexadecimal digits', this.i + 1);
    this.i += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }
}
