/**
 * Snapshots of a large table that share what has not changed: the table in chunks, and a chunk that is as it was in the last snapshot
 * is the same object. Whoever writes marks the chunk, so that neither a snapshot nor going back to one looks at the others.
 */

const CHUNK_BITS = 10;
const CHUNK_WORDS = 1 << CHUNK_BITS;

/** In order; each has CHUNK_WORDS words, the last may have fewer. Not to be changed. */
export type TableChunks = readonly Int32Array[];

/** Which chunks of a table somebody has written. */
export class Marks {
  private readonly marks: Uint8Array;

  constructor(words: number) {
    this.marks = new Uint8Array(Math.ceil(words / CHUNK_WORDS));
  }

  /** The word at `index` is written. */
  set(index: number): void {
    this.marks[index >> CHUNK_BITS] = 1;
  }

  setAll(): void {
    this.marks.fill(1);
  }

  clear(): void {
    this.marks.fill(0);
  }

  has(chunk: number): boolean {
    return this.marks[chunk] === 1;
  }
}

export class SharedTable {
  /** Set them with every write; without them every chunk is looked at. */
  readonly marks: Marks | null;
  private last: TableChunks = [];

  constructor(
    private readonly table: Int32Array,
    options: { readonly marked: boolean } = { marked: false },
  ) {
    this.marks = options.marked ? new Marks(table.length) : null;
  }

  save(): TableChunks {
    const { table, last } = this;
    const chunks: Int32Array[] = [];
    for (let at = 0; at < table.length; at += CHUNK_WORDS) {
      const known = last[chunks.length];
      const isSame = known && (!this.mayDiffer(chunks.length) || this.isAt(at, known));
      chunks.push(isSame ? known : table.slice(at, at + CHUNK_WORDS));
    }
    this.marks?.clear();
    return (this.last = chunks);
  }

  load(chunks: TableChunks): void {
    chunks.forEach((chunk, index) => {
      if (chunk !== this.last[index] || this.mayDiffer(index)) this.table.set(chunk, index << CHUNK_BITS);
    });
    this.marks?.clear();
    this.last = chunks;
  }

  /** Whether a chunk may not be as it was last. */
  private mayDiffer(chunk: number): boolean {
    return this.marks?.has(chunk) ?? true;
  }

  private isAt(at: number, chunk: Int32Array): boolean {
    const { table } = this;
    for (let i = 0; i < chunk.length; i++) if (table[at + i] !== chunk[i]) return false;
    return true;
  }
}

/** Index, value, index, value of what is not 0; `marks` says where that may be. */
export function sparse(array: Int32Array, marks: Marks): number[] {
  const out: number[] = [];
  for (let at = 0; at < array.length; at += CHUNK_WORDS) {
    if (!marks.has(at >> CHUNK_BITS)) continue;
    const end = Math.min(array.length, at + CHUNK_WORDS);
    for (let i = at; i < end; i++) if (array[i] !== 0) out.push(i, array[i] as number);
  }
  marks.clear();
  for (let i = 0; i < out.length; i += 2) marks.set(out[i] as number);
  return out;
}
