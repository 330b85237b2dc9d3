/** Replacement policies that keep their lines by way: choice of a victim and what a touch changes, on plain words of state. */

/**
 * Tree-PLRU, conventional: a binary tree over the ways, one bit a node, node 1 the root, children 2n and 2n + 1. A bit points to
 * the half that holds the next victim; a touch turns every bit on its path away from itself.
 */
export function plruTouch(trees: Int32Array, set: number, way: number, ways: number): void {
  const base = set * treeWords(ways);
  let node = 1;
  for (let half = ways >> 1; half > 0; half >>= 1) {
    const right = (way & half) !== 0;
    const word = base + (node >> 5);
    const bit = 1 << (node & 31);
    trees[word] = right ? (trees[word] as number) & ~bit : (trees[word] as number) | bit;
    node = node * 2 + (right ? 1 : 0);
  }
}

export function plruVictim(trees: Int32Array, set: number, ways: number): number {
  const base = set * treeWords(ways);
  let node = 1;
  while (node < ways) node = node * 2 + (((trees[base + (node >> 5)] as number) >>> (node & 31)) & 1);
  return node - ways;
}

/** Words that hold the tree of one set. */
export function treeWords(ways: number): number {
  return Math.max(1, ways >> 5);
}

/** RRPV of a new line, of a line that is a candidate, and the width: two bits (Jaleel et al., "RRIP", ISCA 2010, SRRIP-HP). */
export const SRRIP_INSERT = 2;
const SRRIP_DISTANT = 3;

export function srripVictim(rrpv: Int32Array, base: number, ways: number): number {
  for (;;) {
    for (let way = 0; way < ways; way++) if ((rrpv[base + way] as number) >= SRRIP_DISTANT) return way;
    for (let way = 0; way < ways; way++) (rrpv[base + way] as number)++;
  }
}

/** Marsaglia's xorshift32 (2003) on the first word of a level's state; uniform in 1..2^32-1. */
export function xorshift32(state: Int32Array): number {
  let x = state[0] as number;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  state[0] = x;
  return x >>> 0;
}
