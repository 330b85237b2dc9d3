import { describe, expect, it } from 'vitest';
import { layersOf, placeBlocks, type BlockSize, type Placed } from './layout';

const block = (id: number, ...successors: number[]): BlockSize => ({ id, width: 100, height: 40, successors });
/** A loop with an if in it: 0 -> 1 -> (2 | 3) -> 4 -> (1 | 5). */
const LOOP = [block(0, 1), block(1, 2, 3), block(2, 4), block(3, 4), block(4, 1, 5), block(5)];

function overlaps(blocks: readonly BlockSize[], placed: ReadonlyMap<number, Placed>): string[] {
  const bad: string[] = [];
  for (const a of blocks)
    for (const b of blocks) {
      if (a.id >= b.id) continue;
      const [p, q] = [placed.get(a.id) as Placed, placed.get(b.id) as Placed];
      if (Math.abs(p.x - q.x) < (a.width + b.width) / 2 && p.y < q.y + b.height && q.y < p.y + a.height)
        bad.push(`${a.id},${b.id}`);
    }
  return bad;
}

describe('the layout of a graph', () => {
  it('puts each block below those that lead to it, back edges aside', () => {
    expect([...layersOf(LOOP)].sort((a, b) => a[0] - b[0]).map(([, layer]) => layer)).toEqual([0, 1, 2, 2, 3, 4]);
  });
  it('lets no two blocks cover each other', () => {
    expect(overlaps(LOOP, placeBlocks(LOOP))).toEqual([]);
  });
  it('is the same for the same blocks, in whatever order their edges come', () => {
    const again = LOOP.map((one) => ({ ...one, successors: [...one.successors] }));
    expect(placeBlocks(again)).toEqual(placeBlocks(LOOP));
  });
  it('does not mind self-loops, unknown targets, or a thousand blocks in a row', () => {
    expect(layersOf([block(0, 0, 99)]).get(0)).toBe(0);
    const chain = Array.from({ length: 1000 }, (_, n) => block(n, n + 1));
    expect(layersOf(chain).get(999)).toBe(999);
  });
});
