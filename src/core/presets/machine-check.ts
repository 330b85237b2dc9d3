/** Which machines can be built, and why others cannot. */
import type { CacheConfig, DramConfig, MachineConfig } from './machine';
import { storagePreset } from './storage';

/** Reasons why the machine cannot be built; empty when it can. */
export function checkConfig(config: MachineConfig): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(config.cyclePs) || config.cyclePs < 1 || config.cyclePs > 1e9)
    problems.push('cyclePs must be a whole number from 1 to 1000000000');
  for (const name of ['ssd0', 'hdd0'] as const) {
    const kind = storagePreset(config[name])?.kind;
    if (kind !== 'hdd' && kind !== 'ssd') problems.push(`${name}: '${config[name]}' is not the name of a disk`);
  }
  if (!['ssd0', 'hdd0', 'none'].includes(config.bootFrom)) problems.push(`bootFrom: '${config.bootFrom}' is no disk`);
  const levels = { l1i: config.l1i, l1d: config.l1d, l2: config.l2, l3: config.l3 };
  for (const [name, level] of Object.entries(levels)) {
    if (!level) continue;
    problems.push(...checkCache(level).map((p) => `${name}: ${p}`));
    if (level.sizeBytes > MAX_LEVEL_BYTES) problems.push(`${name}: at most ${MAX_LEVEL_BYTES} bytes fit`);
    if (level.lineBytes > MAX_LINE_BYTES) problems.push(`${name}: a line has at most ${MAX_LINE_BYTES} bytes`);
    if (!config.dram) problems.push(`${name}: a machine without DRAM has no caches`);
  }
  if (config.l3 && !config.l2) problems.push('l3: needs an l2');
  problems.push(...checkInclusion(config));
  if (config.dram) problems.push(...checkDram(config.dram).map((p) => `dram: ${p}`));
  problems.push(...checkCores(config));
  return problems;
}

/** At most so many cores, and hardware threads a core: what the state's layout has room for. */
export const MAX_CORES = 4;
export const MAX_THREADS = 2;

function checkCores(config: MachineConfig): string[] {
  const { cores, threads, l1i, l1d, l2, dram, coherence, threading } = config;
  const problems: string[] = [];
  const isWithin = (n: number, max: number) => Number.isInteger(n) && n >= 1 && n <= max;
  if (!isWithin(cores, MAX_CORES)) problems.push(`cores must be a whole number from 1 to ${MAX_CORES}`);
  if (!isWithin(threads, MAX_THREADS)) problems.push(`threads must be 1 or ${MAX_THREADS}`);
  for (const [name, value] of Object.entries({ ...coherence, ...threading }))
    if (!isWithin(value, 1_000_000)) problems.push(`${name} must be a whole number above 0`);
  if (cores === 1 || !dram) return problems;
  if (!l1d) problems.push('l1d: several cores need one each');
  else if (l1d.write !== 'back' || !l1d.allocate) problems.push('l1d: MESI needs write-back and write-allocate');
  if ([l1i, l1d].some((level) => level && level.prefetch !== 'none'))
    problems.push('l1i, l1d: no prefetch with several cores');
  if (l2?.inclusion === 'exclusive') problems.push('l2: several cores cannot share an exclusive level');
  return problems;
}

/** The state of the caches is copied with each checkpoint and looked at in each frame: more would be slow. */
const MAX_LEVEL_BYTES = 16 << 20;
const MAX_LINE_BYTES = 4096;

const isPowerOfTwo = (n: number) => Number.isInteger(n) && n >= 1 && Math.log2(n) % 1 === 0;

export function checkCache(cache: CacheConfig): string[] {
  const problems: string[] = [];
  if (!isPowerOfTwo(cache.lineBytes)) problems.push('the line size must be a power of two');
  if (!Number.isInteger(cache.ways) || cache.ways < 1)
    problems.push('the number of ways must be a whole number from 1');
  const sets = cache.sizeBytes / cache.lineBytes / cache.ways;
  if (!isPowerOfTwo(sets))
    problems.push(
      `size / (line x ways) = ${cache.sizeBytes} / (${cache.lineBytes} x ${cache.ways}) must be a power of two (the number of sets)`,
    );
  if (cache.policy === 'plru' && !isPowerOfTwo(cache.ways)) problems.push('plru needs a power of two of ways');
  if (!Number.isInteger(cache.hitCycles) || cache.hitCycles < 1) problems.push('the hit time must be at least 1 cycle');
  return problems;
}

function checkInclusion({ l1i, l1d, l2, l3 }: MachineConfig): string[] {
  const problems: string[] = [];
  const pairs: [string, CacheConfig | null, CacheConfig | null][] = [
    ['l2', l1i, l2],
    ['l2', l1d, l2],
    ['l3', l2, l3],
  ];
  for (const [name, upper, lower] of pairs) {
    if (!upper || !lower) continue;
    if (lower.inclusion === 'exclusive' && upper.lineBytes !== lower.lineBytes)
      problems.push(`${name}: an exclusive level needs the line size of the level above`);
    if (lower.inclusion === 'exclusive' && upper.write === 'through' && upper === l1d)
      problems.push(`${name}: an exclusive level needs a write-back level above`);
    if (lower.inclusion === 'inclusive' && lower.lineBytes < upper.lineBytes)
      problems.push(`${name}: an inclusive level needs lines at least as long as those above`);
  }
  return problems;
}

function checkDram(dram: DramConfig): string[] {
  const problems: string[] = [];
  for (const [name, value] of Object.entries(dram))
    if (typeof value === 'number' && !(Number.isInteger(value) && value > 0))
      problems.push(`${name} must be a whole number above 0`);
  if (!isPowerOfTwo(dram.banks) || !isPowerOfTwo(dram.rowBytes))
    problems.push('banks and rowBytes must be powers of two');
  return problems;
}
