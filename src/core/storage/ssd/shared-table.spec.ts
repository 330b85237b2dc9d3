import { describe, expect, test } from 'vitest';
import { at } from '../../base/assert';
import { Random } from '../../base/random';
import type { GcPolicy } from '../../presets/ssd';
import { Ftl } from './ftl';
import { Marks, SharedTable, sparse, type TableChunks } from './shared-table';

describe('snapshots of a table', () => {
  const table = Int32Array.from({ length: 5000 }, (_, i) => i);
  const shared = new SharedTable(table);

  test('share the chunks that have not changed, also after going back', () => {
    const first = shared.save();
    table[2000] = -1;
    const second = shared.save();
    expect(second.map((chunk, i) => chunk === first[i])).toEqual([true, false, true, true, true]);
    shared.load(first);
    expect(table[2000]).toBe(2000);
    expect(shared.save().every((chunk, i) => chunk === first[i])).toBe(true);
    shared.load(second);
    expect(table[2000]).toBe(-1);
    expect(table[4999]).toBe(4999);
  });

  test('with marks are what they are without', () => {
    const random = new Random(4, 'table');
    const words = new Int32Array(3000);
    const marked = new SharedTable(words, { marked: true });
    const kept: { readonly chunks: TableChunks; readonly plain: Int32Array }[] = [];
    for (let n = 0; n < 400; n++) {
      for (let i = random.below(4); i > 0; i--) {
        const index = random.below(words.length);
        words[index] = random.below(3);
        marked.marks?.set(index);
      }
      if (random.below(2) === 0) kept.push({ chunks: marked.save(), plain: words.slice() });
      else if (kept.length > 0) {
        const { chunks, plain } = at(kept, random.below(kept.length));
        marked.load(chunks);
        expect(words).toEqual(plain);
      }
    }
    for (const { chunks, plain } of kept) expect(chunks.flatMap((chunk) => [...chunk])).toEqual([...plain]);
  });

  test('sparse words are found by their marks', () => {
    const words = new Int32Array(3000);
    const marks = new Marks(words.length);
    for (const index of [5, 1023, 2999]) {
      words[index] = index;
      marks.set(index);
    }
    words[1023] = 0;
    expect(sparse(words, marks)).toEqual([5, 5, 2999, 2999]);
    words[5] = 0;
    expect(sparse(words, marks)).toEqual([2999, 2999]);
  });
});

describe('a translation layer', () => {
  test.each(['greedy', 'fifo', 'random'] as const)('goes back to any snapshot, collecting %s', (gcPolicy: GcPolicy) => {
    const observer = { moved: () => undefined, erased: () => undefined, opened: () => undefined };
    const ftl = new Ftl({ blocks: 64, pagesPerBlock: 64, overProvisioning: 0.1, gcPolicy }, observer, 3);
    const random = new Random(9, gcPolicy);
    ftl.fill();
    const tables = () => [ftl.toPhysical.slice(), ftl.toLogical.slice(), ftl.wear.slice()];
    const kept: { readonly snapshot: ReturnType<Ftl['snapshot']>; readonly tables: Int32Array[] }[] = [];
    for (let n = 0; n < 120; n++) {
      for (let i = random.below(200); i > 0; i--) {
        const page = random.below(ftl.logicalPages);
        if (random.below(10) === 0) ftl.trim(page);
        else ftl.write(page);
      }
      if (n % 3 !== 0) kept.push({ snapshot: ftl.snapshot(), tables: tables() });
      else if (kept.length > 0) {
        const past = at(kept, random.below(kept.length));
        ftl.restore(past.snapshot);
        expect(tables()).toEqual(past.tables);
        ftl.check();
      }
    }
    expect(ftl.erases).toBeGreaterThan(0);
  });
});
