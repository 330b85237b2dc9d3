/**
 * Seeded random streams: xoshiro128** 1.1 (Blackman and Vigna, https://prng.di.unimi.it/), seeded by splitmix32 from a hash
 * of (seed, name). One stream an entity and purpose, so that adding a node disturbs no other stream.
 */

/** FNV-1a, 32 bits, over the UTF-16 units of a text. */
export function hash32(text: string, start = 0x811c9dc5): number {
  let h = start;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h = Math.imul(h ^ (unit & 0xff), 0x01000193);
    h = Math.imul(h ^ (unit >>> 8), 0x01000193);
  }
  return h >>> 0;
}

export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;

  constructor(seed: number, name = '') {
    let state = hash32(name, (seed ^ 0x811c9dc5) >>> 0) ^ Math.floor(seed / 0x100000000);
    const next = () => {
      state = (state + 0x9e3779b9) | 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) | 0;
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next() | 1;
  }

  /** A whole number, uniform in [0, 2^32). */
  uint32(): number {
    const product = Math.imul(this.b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }

  /** Uniform in [0, 1), 53 bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /** A whole number, uniform in [0, bound); bound up to 2^53. */
  below(bound: number): number {
    return Math.floor(this.float() * bound);
  }

  /** The state, for snapshots. */
  save(): [number, number, number, number] {
    return [this.a, this.b, this.c, this.d];
  }

  load(state: readonly [number, number, number, number]): void {
    [this.a, this.b, this.c, this.d] = state;
  }
}
