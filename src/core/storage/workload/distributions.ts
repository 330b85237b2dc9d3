/**
 * Which block comes next: uniform, zipf, pareto, hot and cold. Popular blocks are scattered over the range, as fio does it, for
 * otherwise popularity would also be nearness on a disk.
 *
 * Zipf by rejection-inversion (Hormann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
 * distributions", ACM TOMACS 1996): exact for every exponent, without a table. Pareto as in fio (`pareto:h`, the share h of the
 * blocks gets the share 1 - h of the accesses, recursively).
 */
import { exp, log, pow } from '../../base/math';
import type { Random } from '../../base/random';

export type Distribution =
  | { readonly kind: 'uniform' }
  | { readonly kind: 'zipf'; readonly theta: number }
  | { readonly kind: 'pareto'; readonly h: number }
  /** The share `space` of the blocks gets the share `traffic` of the accesses. */
  | { readonly kind: 'hot-cold'; readonly space: number; readonly traffic: number };

/** Gives block numbers in [0, blocks). */
export type BlockPicker = () => number;

export function makePicker(distribution: Distribution, blocks: number, random: Random): BlockPicker {
  switch (distribution.kind) {
    case 'uniform':
      return () => random.below(blocks);
    case 'zipf': {
      const rank = zipfRanks(distribution.theta, blocks, random);
      const scatter = scatterOver(blocks);
      return () => scatter(rank() - 1);
    }
    case 'pareto': {
      const power = log(distribution.h) / log(1 - distribution.h);
      const scatter = scatterOver(blocks);
      return () => scatter(Math.min(blocks - 1, Math.floor(blocks * pow(1 - random.float(), power))));
    }
    case 'hot-cold': {
      const hot = Math.min(blocks, Math.max(1, Math.round(blocks * distribution.space)));
      const scatter = scatterOver(blocks);
      return () => {
        const inHot = hot === blocks || random.float() < distribution.traffic;
        return scatter(inHot ? random.below(hot) : hot + random.below(blocks - hot));
      };
    }
  }
}

/** Ranks 1..n with probability proportional to rank^-theta. */
export function zipfRanks(theta: number, n: number, random: Random): () => number {
  const h = (x: number) => exp(-theta * log(x));
  // Integral of h, and its inverse; with care near theta = 1.
  const H = (x: number) => {
    const t = log(x) * (1 - theta);
    return growth(t) * log(x);
  };
  const inverse = (x: number) => {
    const t = Math.max(-1, x * (1 - theta));
    return exp(decay(t) * x);
  };
  const high = H(n + 0.5);
  const low = H(1.5) - 1;
  const cut = 2 - inverse(H(2.5) - h(2));
  return () => {
    for (;;) {
      const u = high + random.float() * (low - high);
      const x = inverse(u);
      const k = Math.min(n, Math.max(1, Math.floor(x + 0.5)));
      if (k - x <= cut || u >= H(k + 0.5) - h(k)) return k;
    }
  };
}

/** (e^t - 1) / t, smooth at 0. */
function growth(t: number): number {
  return Math.abs(t) > 1e-8 ? (exp(t) - 1) / t : 1 + t / 2 + (t * t) / 6;
}

/** log(1 + t) / t, smooth at 0. */
function decay(t: number): number {
  return Math.abs(t) > 1e-8 ? log(1 + t) / t : 1 - t / 2 + (t * t) / 3;
}

/** A fixed permutation of [0, n): a multiplier near the golden section of n, made coprime to it. */
export function scatterOver(n: number): (index: number) => number {
  let step = Math.max(1, Math.floor(n * 0.6180339887498949));
  while (gcd(step, n) !== 1) step++;
  // Products stay exact: below 2^53 for n up to 2^26, else by halves.
  if (n < 2 ** 26) return (index) => (index * step) % n;
  const low = step % 65_536;
  const high = Math.floor(step / 65_536);
  return (index) => (((((index * high) % n) * 65_536) % n) + index * low) % n;
}

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
