/** The symbols of an object file by section: the linker asks for those of every section that it keeps. */
import type { ObjectFile, ObjectSymbol } from '../../assembler/object';

const indexed = new WeakMap<ObjectFile, ReadonlyMap<number, readonly ObjectSymbol[]>>();

/** In the order of the object's table. */
export function symbolsIn(object: ObjectFile, section: number): readonly ObjectSymbol[] {
  let index = indexed.get(object);
  if (!index) indexed.set(object, (index = bySection(object)));
  return index.get(section) ?? NONE;
}
const NONE: readonly ObjectSymbol[] = [];

function bySection({ symbols }: ObjectFile): ReadonlyMap<number, readonly ObjectSymbol[]> {
  const index = new Map<number, ObjectSymbol[]>();
  for (const symbol of symbols) {
    const list = index.get(symbol.section);
    if (list) list.push(symbol);
    else index.set(symbol.section, [symbol]);
  }
  return index;
}
