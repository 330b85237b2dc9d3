/**
 * The contents of a disk as a document of the browser and as a file. A file is either raw, block 0 first, as any tool makes it, or,
 * where blocks lie far out, sparse: a mark, then for each block its number (8 bytes, low byte first) and its 512 bytes.
 */
import { err, ok, type Result } from '../base/result';

export const DISK_NAMES = ['ssd0', 'hdd0'] as const;
export type DiskName = (typeof DISK_NAMES)[number];
export type DiskBlocks = readonly (readonly [number, Uint8Array])[];

export interface DiskDocument {
  readonly id: DiskName;
  readonly revision: number;
  readonly version: 1;
  readonly blocks: DiskBlocks;
}

const BLOCK = 512;
const MARK = 'ORRERY DISK 1\n';
const ENTRY = 8 + BLOCK;
/** Longest raw file that is written; a block beyond makes the file sparse. */
const MAX_RAW_BLOCKS = 16_384;
/** More is refused: the disk lives in memory. */
export const MAX_IMAGE_BYTES = 64 * 2 ** 20;

export function readDiskDocument(value: unknown): Result<DiskDocument> {
  const v = value as Partial<DiskDocument> | null;
  if (typeof v !== 'object' || v === null || v.version !== 1) return err('the disk was kept by another version');
  if (v.id !== 'ssd0' && v.id !== 'hdd0') return err('the disk has no name that is known here');
  if (!Array.isArray(v.blocks)) return err('the disk has no blocks');
  const isBlock = (b: unknown) =>
    Array.isArray(b) && Number.isSafeInteger(b[0]) && b[0] >= 0 && b[1] instanceof Uint8Array && b[1].length === BLOCK;
  if (!v.blocks.every(isBlock)) return err('the disk has a damaged block');
  return ok({ id: v.id, revision: Number(v.revision) || 0, version: 1, blocks: v.blocks });
}

/** The file of these blocks. */
export function diskFile(blocks: DiskBlocks): Uint8Array {
  const last = blocks.reduce((most, [lba]) => Math.max(most, lba), -1);
  if (last < MAX_RAW_BLOCKS) {
    const raw = new Uint8Array((last + 1) * BLOCK);
    for (const [lba, bytes] of blocks) raw.set(bytes, lba * BLOCK);
    return raw;
  }
  const file = new Uint8Array(MARK.length + blocks.length * ENTRY);
  file.set([...MARK].map((c) => c.charCodeAt(0)));
  blocks.forEach(([lba, bytes], index) => {
    const at = MARK.length + index * ENTRY;
    for (let i = 0; i < 8; i++) file[at + i] = Math.floor(lba / 256 ** i) & 0xff;
    file.set(bytes, at + 8);
  });
  return file;
}

/** The blocks of a file; of a raw one those that are not zero. */
export function readDiskFile(file: Uint8Array): Result<[number, Uint8Array][]> {
  if (file.length > MAX_IMAGE_BYTES)
    return err(`a disk image has at most ${MAX_IMAGE_BYTES} bytes here, this has ${file.length}`);
  const isSparse = [...MARK].every((c, i) => file[i] === c.charCodeAt(0));
  return isSparse ? readSparse(file) : ok(readRaw(file));
}

function readRaw(file: Uint8Array): [number, Uint8Array][] {
  const blocks: [number, Uint8Array][] = [];
  for (let at = 0; at < file.length; at += BLOCK) {
    const bytes = new Uint8Array(BLOCK);
    bytes.set(file.subarray(at, at + BLOCK));
    if (bytes.some((byte) => byte !== 0)) blocks.push([at / BLOCK, bytes]);
  }
  return blocks;
}

function readSparse(file: Uint8Array): Result<[number, Uint8Array][]> {
  const rest = file.length - MARK.length;
  if (rest % ENTRY !== 0) return err(`the disk image ends in the middle of block ${Math.floor(rest / ENTRY) + 1}`);
  const blocks: [number, Uint8Array][] = [];
  for (let at = MARK.length; at < file.length; at += ENTRY) {
    let lba = 0;
    for (let i = 7; i >= 0; i--) lba = lba * 256 + (file[at + i] as number);
    if (!Number.isSafeInteger(lba)) return err(`block ${blocks.length + 1} of the disk image has an impossible number`);
    blocks.push([lba, file.slice(at + 8, at + ENTRY)]);
  }
  return ok(blocks);
}
