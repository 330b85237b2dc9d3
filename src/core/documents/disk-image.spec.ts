import { describe, expect, it } from 'vitest';
import { diskFile, readDiskDocument, readDiskFile } from './disk-image';

const block = (value: number) => new Uint8Array(512).fill(value);

describe('disk images', () => {
  it('come back from a file, raw when they are short and sparse when they are not', () => {
    const near = [
      [0, block(1)],
      [70, block(2)],
    ] as [number, Uint8Array][];
    expect(diskFile(near)).toHaveLength(71 * 512);
    expect(readDiskFile(diskFile(near))).toEqual({ ok: true, value: near });
    const far = [[2 ** 40 + 7, block(3)]] as [number, Uint8Array][];
    expect(diskFile(far).length).toBeLessThan(1000);
    expect(readDiskFile(diskFile(far))).toEqual({ ok: true, value: far });
    expect(readDiskFile(new Uint8Array(0))).toEqual({ ok: true, value: [] });
  });

  it('that are damaged are refused with the place', () => {
    const far = diskFile([[2 ** 40, block(3)]]);
    const cut = readDiskFile(far.subarray(0, far.length - 1));
    expect(!cut.ok && cut.error).toMatch(/ends in the middle of block 1/);
    const huge = far.slice();
    huge.fill(0xff, 14, 22);
    const impossible = readDiskFile(huge);
    expect(!impossible.ok && impossible.error).toMatch(/block 1 .* impossible number/);
    for (const value of [
      null,
      {},
      { version: 1, id: 'tape', blocks: [] },
      { version: 1, id: 'ssd0', blocks: [[1, 2]] },
    ])
      expect(readDiskDocument(value).ok).toBe(false);
    expect(readDiskDocument({ version: 1, id: 'ssd0', revision: 3, blocks: [[5, block(1)]] }).ok).toBe(true);
  });
});
