import { describe, expect, it } from 'vitest';
import { bandsOf } from './bands';

describe('the bands of the ledger', () => {
  it('gives the shares of each slice, which sum to one', () => {
    const samples = [
      { timeNs: 100, levels: Float64Array.of(100, 0, 0) },
      { timeNs: 300, levels: Float64Array.of(150, 50, 100) },
    ];
    const bands = bandsOf(samples, 400, 3);
    expect(bands).toEqual([
      { from: 0, to: 0.25, shares: [1, 0, 0] },
      { from: 0.25, to: 0.75, shares: [0.25, 0.25, 0.5] },
    ]);
  });
  it('leaves out empty slices', () => {
    expect(bandsOf([{ timeNs: 0, levels: Float64Array.of(0) }], 10, 1)).toEqual([]);
  });
});
