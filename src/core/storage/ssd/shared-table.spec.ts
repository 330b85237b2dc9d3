import { describe, expect, test } from 'vitest';
import { SharedTable } from './shared-table';

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
});
