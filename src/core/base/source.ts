/**
 * Source positions. All files of a compilation share one position space, as in Clang and Go: a file gets a
 * base offset, a position is base + UTF-16 offset. So a span is two numbers, comparable and cheap to store.
 */
import { assert } from './assert';

/** A half-open range of positions, [start, end), inside one file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface SourceFile {
  readonly name: string;
  readonly text: string;
  /** Position of the first character. */
  readonly base: number;
  /** True for headers that ship with the product. */
  readonly system: boolean;
}

/** A place as people say it; line and column count from 1, columns in UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Position 0 belongs to no file, so that it can mean "nowhere". */
export const NOWHERE: Span = { start: 0, end: 0 };

export class SourceMap {
  readonly files: SourceFile[] = [];
  private next = 1;
  private lineStarts = new Map<SourceFile, Int32Array>();

  add(name: string, text: string, system = false): SourceFile {
    const file: SourceFile = { name, text, base: this.next, system };
    // One spare position, so that the end of a file differs from the start of the next.
    this.next += text.length + 1;
    this.files.push(file);
    return file;
  }

  /** The file that holds a position, or undefined for NOWHERE. */
  fileAt(position: number): SourceFile | undefined {
    let low = 0;
    let high = this.files.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.files[middle] as SourceFile).base <= position) low = middle + 1;
      else high = middle;
    }
    const file = this.files[low - 1];
    return file && position <= file.base + file.text.length ? file : undefined;
  }

  place(position: number): Place {
    const file = this.fileAt(position);
    if (!file) return { file: '<none>', line: 0, column: 0 };
    const starts = this.startsOf(file);
    const offset = position - file.base;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return { file: file.name, line: low, column: offset - (starts[low - 1] as number) + 1 };
  }

  text(span: Span): string {
    const file = this.fileAt(span.start);
    return file ? file.text.slice(span.start - file.base, span.end - file.base) : '';
  }

  /** Position of a line and column (from 1) of a file; clamped to the file. */
  position(file: SourceFile, line: number, column: number): number {
    const starts = this.startsOf(file);
    assert(starts.length > 0, 'a file has at least one line');
    const index = Math.min(Math.max(line, 1), starts.length) - 1;
    return file.base + Math.min((starts[index] as number) + column - 1, file.text.length);
  }

  private startsOf(file: SourceFile): Int32Array {
    let starts = this.lineStarts.get(file);
    if (!starts) {
      const found = [0];
      for (let i = file.text.indexOf('\n'); i >= 0; i = file.text.indexOf('\n', i + 1)) found.push(i + 1);
      starts = Int32Array.from(found);
      this.lineStarts.set(file, starts);
    }
    return starts;
  }
}
