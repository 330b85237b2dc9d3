/** The conditions of branches and SETcc, as a table over all flags. */
import { FLAG } from '../../isa/table';

/** By condition: bit `flags & 15` says whether it holds. */
export const HOLDING = Uint16Array.from(
  [
    (_c, z) => z,
    (_c, z) => !z,
    (c) => c,
    (c) => !c,
    (c, z) => c || z,
    (c, z) => !c && !z,
    (_c, _z, n, v) => n !== v,
    (_c, _z, n, v) => n === v,
    (_c, z, n, v) => n !== v || z,
    (_c, z, n, v) => n === v && !z,
    (_c, _z, n) => n,
    (_c, _z, n) => !n,
    (_c, _z, _n, v) => v,
    (_c, _z, _n, v) => !v,
  ] satisfies readonly Condition[],
  bitsOfCondition,
);
type Condition = (c: boolean, z: boolean, n: boolean, v: boolean) => boolean;

function bitsOfCondition(holds: Condition): number {
  let bits = 0;
  for (let flags = 0; flags < 16; flags++)
    if (holds((flags & FLAG.C) !== 0, (flags & FLAG.Z) !== 0, (flags & FLAG.N) !== 0, (flags & FLAG.V) !== 0))
      bits |= 1 << flags;
  return bits;
}
