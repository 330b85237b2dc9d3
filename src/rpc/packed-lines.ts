/**
 * View lines on their way from the worker to the page: columns of numbers and one long text instead of an object a line, which cross many
 * times faster. A program of 5,000 lines has some 50,000 tokens, and every one is a line.
 */
import type { ViewLine } from '../core/compiler/views';

/** Numbers a line, in this order; -1 stands for "none". */
const COLUMNS = [
  'textEnd',
  'depth',
  'kind',
  'file',
  'start',
  'end',
  'node',
  'fn',
  'ir',
  'address',
  'size',
  'hint',
  'usesEnd',
] as const;
const WIDTH = COLUMNS.length;
const at = Object.fromEntries(COLUMNS.map((name, index) => [name, index])) as Record<(typeof COLUMNS)[number], number>;
const NONE = -1;

export interface PackedLines {
  readonly count: number;
  /** All texts, one behind the other. */
  readonly text: string;
  /** Kinds, function names and hints, each once. */
  readonly strings: readonly string[];
  readonly numbers: Int32Array;
  /** File, start and end of every use, one behind the other. */
  readonly uses: Int32Array;
}

export function packLines(lines: readonly ViewLine[]): PackedLines {
  const numbers = new Int32Array(lines.length * WIDTH);
  const strings: string[] = [];
  const known = new Map<string, number>();
  const texts: string[] = [];
  const uses: number[] = [];
  let textEnd = 0;
  const intern = (text: string | undefined): number => {
    if (text === undefined) return NONE;
    let index = known.get(text);
    if (index === undefined) {
      index = strings.length;
      strings.push(text);
      known.set(text, index);
    }
    return index;
  };
  lines.forEach((line, index) => {
    const row = index * WIDTH;
    texts.push(line.text);
    textEnd += line.text.length;
    for (const use of line.uses ?? []) uses.push(use.file, use.start, use.end);
    numbers[row + at.textEnd] = textEnd;
    numbers[row + at.depth] = line.depth;
    numbers[row + at.kind] = intern(line.kind);
    numbers[row + at.file] = line.span?.file ?? NONE;
    numbers[row + at.start] = line.span?.start ?? NONE;
    numbers[row + at.end] = line.span?.end ?? NONE;
    numbers[row + at.node] = line.node ?? NONE;
    numbers[row + at.fn] = intern(line.fn);
    numbers[row + at.ir] = line.ir ?? NONE;
    numbers[row + at.address] = line.address ?? NONE;
    numbers[row + at.size] = line.sizeBytes ?? NONE;
    numbers[row + at.hint] = intern(line.hint);
    numbers[row + at.usesEnd] = line.uses ? uses.length : NONE;
  });
  return { count: lines.length, text: texts.join(''), strings, numbers, uses: Int32Array.from(uses) };
}

export function unpackLines({ count, text, strings, numbers, uses }: PackedLines): ViewLine[] {
  const lines = new Array<ViewLine>(count);
  let from = 0;
  let firstUse = 0;
  for (let index = 0; index < count; index++) {
    const row = index * WIDTH;
    const number = (column: number) => numbers[row + column] as number;
    const string = (column: number) => strings[number(column)];
    const to = number(at.textEnd);
    const line: { -readonly [K in keyof ViewLine]: ViewLine[K] } = {
      text: text.slice(from, to),
      depth: number(at.depth),
      kind: string(at.kind) ?? '',
    };
    from = to;
    if (number(at.file) !== NONE) line.span = { file: number(at.file), start: number(at.start), end: number(at.end) };
    if (number(at.node) !== NONE) line.node = number(at.node);
    if (number(at.ir) !== NONE) line.ir = number(at.ir);
    if (number(at.address) !== NONE) line.address = number(at.address);
    if (number(at.size) !== NONE) line.sizeBytes = number(at.size);
    const [fn, hint] = [string(at.fn), string(at.hint)];
    if (fn !== undefined) line.fn = fn;
    if (hint !== undefined) line.hint = hint;
    const usesEnd = number(at.usesEnd);
    if (usesEnd !== NONE) {
      const list = [];
      for (let i = firstUse; i < usesEnd; i += 3)
        list.push({ file: uses[i] as number, start: uses[i + 1] as number, end: uses[i + 2] as number });
      line.uses = list;
      firstUse = usesEnd;
    }
    lines[index] = line;
  }
  return lines;
}
