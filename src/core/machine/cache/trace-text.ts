/**
 * Reads address traces as text, a byte at a time, because they are long. Two forms of a line, which may be mixed:
 * - `r|w|i ADDRESS SIZE`: address in hexadecimal (0x allowed), size in bytes, decimal;
 * - classic din: `0|1|2 ADDRESS` for read, write and instruction fetch; a reference is the aligned four-byte word, as in Dinero.
 * Blank lines and what follows `#` are skipped; after a din address the rest of the line is a comment.
 */
import { err, ok, type Result } from '../../base/result';

export interface TraceSink {
  read(address: number, bytes: number): void;
  write(address: number, bytes: number): void;
  fetch(address: number, bytes: number): void;
}

export interface TraceProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** More than any instruction moves; larger sizes are mistakes. */
export const MAX_ACCESS_BYTES = 1 << 20;
const MAX_ADDRESS = 2 ** 51;

const NEWLINE = 10;
const HASH = 35;

/** Gives the number of references. */
export function readTrace(text: Uint8Array, sink: TraceSink): Result<number, TraceProblem> {
  const reader = new LineReader(text);
  let references = 0;
  while (reader.nextLine()) {
    if (reader.atEnd()) continue;
    const problem = reference(reader, sink);
    if (problem !== undefined) return err({ line: reader.lineNumber, message: problem });
    references++;
  }
  return ok(references);
}

/** Reads the line's reference and hands it on; the reason when it is none. */
function reference(reader: LineReader, sink: TraceSink): string | undefined {
  const label = reader.word();
  const kind = KINDS[label];
  if (!kind) return `'${label}' is no kind of access: r, w, i or 0, 1, 2 is expected`;
  const address = reader.hex();
  if (address === undefined) return reader.atEnd() ? 'the address is missing' : 'the address is no hexadecimal number';
  if (address >= MAX_ADDRESS) return 'the address has more than 51 bits';
  if (kind.din) {
    sink[kind.call](address - (address % 4), 4);
    return undefined;
  }
  if (reader.atEnd()) return 'the size is missing';
  const size = reader.decimal();
  if (size === undefined) return 'the size is no whole number';
  if (size < 1 || size > MAX_ACCESS_BYTES) return `the size must be from 1 to ${MAX_ACCESS_BYTES} bytes`;
  if (!reader.atEnd()) return 'there is something after the size';
  sink[kind.call](address, size);
  return undefined;
}

type Kind = { readonly call: 'read' | 'write' | 'fetch'; readonly din: boolean };
const KINDS: Readonly<Record<string, Kind | undefined>> = {
  __proto__: null as never,
  r: { call: 'read', din: false },
  w: { call: 'write', din: false },
  i: { call: 'fetch', din: false },
  R: { call: 'read', din: false },
  W: { call: 'write', din: false },
  I: { call: 'fetch', din: false },
  0: { call: 'read', din: true },
  1: { call: 'write', din: true },
  2: { call: 'fetch', din: true },
};

/** Words longer than this are cut in messages. */
const MAX_WORD = 20;

class LineReader {
  lineNumber = 0;
  private at = 0;
  private next = 0;
  private end = 0;

  constructor(private readonly text: Uint8Array) {}

  /** Goes to the next line; false after the last. */
  nextLine(): boolean {
    if (this.next >= this.text.length) return false;
    this.lineNumber++;
    this.at = this.next;
    const newline = this.text.indexOf(NEWLINE, this.at);
    this.end = newline < 0 ? this.text.length : newline;
    this.next = this.end + 1;
    return true;
  }

  /** Skips blanks; true when nothing follows but a comment. */
  atEnd(): boolean {
    while (this.at < this.end && isBlank(this.text[this.at] as number)) this.at++;
    return this.at >= this.end || this.text[this.at] === HASH;
  }

  word(): string {
    const from = this.at;
    while (this.at < this.end && !isBlank(this.text[this.at] as number)) this.at++;
    return String.fromCharCode(...this.text.subarray(from, Math.min(this.at, from + MAX_WORD)));
  }

  hex(): number | undefined {
    if (this.atEnd()) return undefined;
    if (this.text[this.at] === 48 && ((this.text[this.at + 1] as number) | 32) === 120) this.at += 2;
    return this.digits(16);
  }

  decimal(): number | undefined {
    return this.digits(10);
  }

  private digits(radix: number): number | undefined {
    const from = this.at;
    let value = 0;
    for (; this.at < this.end; this.at++) {
      const byte = this.text[this.at] as number;
      const digit =
        byte >= 48 && byte <= 57 ? byte - 48 : (byte | 32) >= 97 && (byte | 32) <= 102 ? (byte | 32) - 87 : 99;
      if (digit >= radix) break;
      value = value * radix + digit;
    }
    const clean = this.at >= this.end || isBlank(this.text[this.at] as number);
    return this.at > from && clean ? value : undefined;
  }
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 13;
}
