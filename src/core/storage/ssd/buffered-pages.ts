/**
 * The pages in an SSD's write buffer, on their way to the flash: how often a page waits there (each write of it is one), where in the
 * flash each will be, and which write of it the flash has.
 */
import { PageVersions, type PageVersionsState } from './page-versions';
import { Marks, SharedTable, sparse, type TableChunks } from './shared-table';

export interface BufferedPagesState {
  readonly used: number;
  readonly version: number;
  readonly copies: TableChunks;
  readonly pageAt: readonly number[];
  readonly versions: PageVersionsState;
}

export class BufferedPages {
  /** Pages in the buffer, each as often as it waits. */
  used = 0;
  /** By logical page: how often it waits. */
  private readonly copies: Int32Array;
  private readonly copiesTable: SharedTable;
  /** Raised by every change, so that snapshots can share the table. */
  private version = 0;
  private saved: { version: number; copies: TableChunks } | undefined;
  /** Logical page + 1 of host data in a physical page that is not programmed yet. */
  private readonly pageAt: Int32Array;
  private readonly pageMarks: Marks;
  private readonly versions: PageVersions;

  constructor(logicalPages: number, physicalPages: number, options: { readonly tellVersions: boolean }) {
    this.copies = new Int32Array(logicalPages);
    this.copiesTable = new SharedTable(this.copies, { marked: true });
    this.pageAt = new Int32Array(physicalPages);
    this.pageMarks = new Marks(physicalPages);
    this.versions = new PageVersions(options.tellVersions);
  }

  holds(page: number): boolean {
    return (this.copies[page] as number) > 0;
  }

  /** The data of a page came with a write, by its running number, and will be at a physical page. */
  put(page: number, at: number, write: number): void {
    this.pageAt[at] = page + 1;
    this.pageMarks.set(at);
    this.versions.buffered(at, write);
    this.count(page, 1);
  }

  /** What will be at one physical page, if anything, will be at another. */
  moved(from: number, to: number): void {
    this.pageAt[to] = this.pageAt[from] as number;
    this.pageMarks.set(to);
    this.pageAt[from] = 0;
    this.versions.moved(from, to);
  }

  /** A physical page is programmed. */
  programmed(at: number): void {
    const page = (this.pageAt[at] as number) - 1;
    if (page < 0) return;
    this.pageAt[at] = 0;
    this.versions.programmed(at, page, this.copies[page] === 1);
    this.count(page, -1);
  }

  /** Runs of pages that wait, as [first, count] in order. */
  ranges(): [number, number][] {
    const ranges: [number, number][] = [];
    if (this.used === 0) return ranges;
    for (let page = 0; page < this.copies.length; page++) {
      if (!this.holds(page)) continue;
      const last = ranges[ranges.length - 1];
      if (last && last[0] + last[1] === page) last[1]++;
      else ranges.push([page, 1]);
    }
    return ranges;
  }

  /** Number of the newest write of a page that a loss of power would leave: see PageVersions. */
  durable(page: number): number {
    return this.holds(page) ? this.versions.durable(page) : Infinity;
  }

  clear(): void {
    this.used = 0;
    this.copies.fill(0);
    this.copiesTable.marks?.setAll();
    this.pageAt.fill(0);
    this.versions.clear();
    this.version++;
  }

  save(): BufferedPagesState {
    const { used, version } = this;
    if (this.saved?.version !== version) this.saved = { version, copies: this.copiesTable.save() };
    return {
      used,
      version,
      copies: this.saved.copies,
      pageAt: sparse(this.pageAt, this.pageMarks),
      versions: this.versions.save(),
    };
  }

  load(state: BufferedPagesState): void {
    const { used, version, copies, pageAt, versions } = state;
    this.used = used;
    this.version = version;
    this.copiesTable.load(copies);
    this.saved = { version, copies };
    this.pageAt.fill(0);
    for (let i = 0; i < pageAt.length; i += 2) {
      this.pageAt[pageAt[i] as number] = pageAt[i + 1] as number;
      this.pageMarks.set(pageAt[i] as number);
    }
    this.versions.load(versions);
  }

  private count(page: number, by: number): void {
    (this.copies[page] as number) += by;
    this.copiesTable.marks?.set(page);
    this.used += by;
    this.version++;
  }
}
