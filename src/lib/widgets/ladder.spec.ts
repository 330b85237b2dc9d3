import { describe, expect, it } from 'vitest';
import { ladderBars, ladderShare, ladderSummary, type LadderMark } from './ladder';

const marks: LadderMark[] = [
  { level: 'l1', ns: 1, count: 1_000_000 },
  { level: 'hdd', ns: 12_700_000, count: 1 },
  { level: 'ram', ns: 90, count: 10 },
  { level: 'ram', ns: 60, count: 30 },
];

describe('the ladder', () => {
  it('puts each decade at its ninth of the height', () => {
    expect(ladderShare(1)).toBe(0);
    expect(ladderShare(1000)).toBeCloseTo(1 / 3, 12);
    expect(ladderShare(1e6)).toBeCloseTo(2 / 3, 12);
    expect(ladderShare(1e9)).toBe(1);
    expect(ladderShare(5e9)).toBe(1);
    expect(ladderShare(0.2)).toBe(0);
  });
  it('keeps one slow access visible among a million fast ones, and never leaves its column', () => {
    const bars = ladderBars(marks, ['l1', 'ram', 'hdd']);
    expect(bars).toHaveLength(4);
    for (const bar of bars) {
      expect(bar.width).toBeGreaterThan(0.15);
      expect(bar.width).toBeLessThanOrEqual(0.96 + 1e-12);
    }
    expect(bars.find((bar) => bar.level === 'hdd')?.column).toBe(2);
  });
  it('leaves out levels without a column and empty buckets', () => {
    expect(ladderBars([...marks, { level: 'ssd', ns: 5, count: 0 }], ['l1', 'ssd'])).toHaveLength(1);
  });
  it('sums up each used level with the median of its accesses', () => {
    const [l1, ram] = ladderSummary(marks, ['l1', 'ram', 'ssd']);
    expect(l1).toMatchObject({ count: 1_000_000, medianNs: 1 });
    expect(ram).toMatchObject({ count: 40, medianNs: 60, totalNs: 2700 });
    expect(ladderSummary(marks, ['ssd'])).toEqual([]);
  });
});
