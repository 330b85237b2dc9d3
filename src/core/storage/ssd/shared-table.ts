/**
 * Snapshots of a large table that share what has not changed: the table in chunks, and a chunk that is as it was in the last snapshot
 * is the same object. Comparing costs a millisecond for some megabytes; copying all of them each time costs the memory.
 */

const CHUNK_WORDS = 1024;

/** In order; each has CHUNK_WORDS words, the last may have fewer. Not to be changed. */
export type TableChunks = readonly Int32Array[];

export class SharedTable {
  private last: TableChunks = [];

  constructor(private readonly table: Int32Array) {}

  save(): TableChunks {
    const { table, last } = this;
    const chunks: Int32Array[] = [];
    for (let at = 0; at < table.length; at += CHUNK_WORDS) {
      const known = last[chunks.length];
      chunks.push(known && this.isAt(at, known) ? known : table.slice(at, at + CHUNK_WORDS));
    }
    return (this.last = chunks);
  }

  load(chunks: TableChunks): void {
    chunks.forEach((chunk, index) => this.table.set(chunk, index * CHUNK_WORDS));
    this.last = chunks;
  }

  private isAt(at: number, chunk: Int32Array): boolean {
    const { table } = this;
    for (let i = 0; i < chunk.length; i++) if (table[at + i] !== chunk[i]) return false;
    return true;
  }
}
