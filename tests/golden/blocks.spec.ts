import { expect, it } from 'vitest';
import { printBlocks, readBlocks } from './blocks';

it('reads back what it printed', () => {
  const blocks = new Map([
    ['tokens', 'a\n  b\n'],
    ['empty', ''],
    ['odd', '=== not a head\n\\=== nor this\n\nlast\n'],
    ['end', 'x\n'],
  ]);
  expect(readBlocks(printBlocks(blocks))).toEqual(blocks);
});
