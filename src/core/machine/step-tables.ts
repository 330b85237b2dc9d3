/** What a step asks of every instruction on its way, as tables: the source line at an address, whether a word calls or returns. */
import type { Image } from '../assembler/image';
import { decode } from '../isa/codec';

const PLACES = 0x10000;
const tables = new WeakMap<Image, Int32Array>();

/** Index in the image's line table by address, -1 where the code has no line. */
export function lineIndices(image: Image): Int32Array {
  const known = tables.get(image);
  if (known) return known;
  const table = new Int32Array(PLACES).fill(-1);
  image.debug.lines.forEach(({ address, sizeBytes }, index) => table.fill(index, address, address + sizeBytes));
  tables.set(image, table);
  return table;
}

/** 1 for a call, -1 for a return, 0 for all else; by the first word, filled as words turn up. */
const UNKNOWN = 2;
const depths = new Int8Array(PLACES).fill(UNKNOWN);

export function depthChange(word: number): number {
  const known = depths[word] as number;
  if (known !== UNKNOWN) return known;
  const id = decode(word, 0)?.form.id;
  const change = id === 'call' || id === 'calla' || id === 'icall' ? 1 : id === 'ret' || id === 'reti' ? -1 : 0;
  depths[word] = change;
  return change;
}
