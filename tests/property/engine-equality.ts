/**
 * Both engines side by side: the same program on the same machine, stopped at the same random cycles, compared in everything that
 * they hold. Used by the spec and, with more stops, by hand.
 */
import { isDeepStrictEqual } from 'node:util';
import { serialize } from 'node:v8';
import type { Image } from '../../src/core/assembler/image';
import type { Random } from '../../src/core/base/random';
import { checkConfig } from '../../src/core/presets/machine-check';
import { emptyProfile } from '../../src/core/machine/cpu/profile';
import { createFastEngine } from '../../src/core/machine/jit/engine';
import { Machine } from '../../src/core/machine/machine';
import { stateHash } from '../../src/core/machine/state-hash';
import { MACHINE_PRESETS, POLICIES, type CacheConfig, type MachineConfig } from '../../src/core/presets/machine';

export interface Tally {
  stops: number;
  translated: number;
  interpreted: number;
  pieces: number;
  bytes: number;
  /** Stops at breakpoints. */
  breakpoints: number;
  /** The first differences, in words. */
  readonly differences: string[];
}

export const newTally = (): Tally => ({
  stops: 0,
  translated: 0,
  interpreted: 0,
  pieces: 0,
  bytes: 0,
  breakpoints: 0,
  differences: [],
});

export interface Comparison {
  readonly name: string;
  readonly image: Image;
  readonly config: MachineConfig;
  readonly random: Random;
  readonly stops: number;
  readonly input?: string;
  /** Longest run between two stops, in cycles. */
  readonly longest?: number;
  /** Keep profiles and compare them too. */
  readonly profile?: boolean;
  /** Does something to both machines before a run to the next stop: the same to both. */
  readonly before?: (machines: readonly [plain: Machine, quick: Machine]) => void;
}

/** Runs until the program ends or so many stops are compared; adds to `tally`. */
export function compareEngines(
  { name, image, config, random, stops, input, longest, profile: withProfile = false, before }: Comparison,
  tally: Tally,
): void {
  const plain = new Machine(config);
  const fast = createFastEngine(config, { hotVisits: 2, profile: withProfile });
  if (!fast) throw new Error('there is no WebAssembly here');
  const quick = new Machine(config, { buffer: fast.buffer, engine: fast.engine });
  for (const machine of [plain, quick]) {
    machine.load(image);
    if (withProfile) machine.execution.profile = emptyProfile();
    if (input) machine.input({ kind: 'console', bytes: [...input].map((c) => c.charCodeAt(0)), end: true });
  }
  for (let n = 0; n < stops; n++) {
    before?.([plain, quick]);
    const cycles = gap(random, longest ?? 60_000);
    const expected = plain.run({ cycles });
    const actual = quick.run({ cycles });
    tally.stops++;
    const difference =
      differenceOf(plain, quick) ?? (isDeepStrictEqual(expected, actual) ? undefined : `stopped by ${actual.kind}`);
    if (difference !== undefined) {
      const place = `${name} on ${JSON.stringify(config)}, stop ${n}, cycle ${plain.core.cycles}`;
      tally.differences.push(`${place}: ${difference}`);
      break;
    }
    if (expected.kind === 'breakpoint') tally.breakpoints++;
    else if (expected.kind !== 'limit') break;
  }
  if (hasUsedDisks(plain) && !serialize(plain.saveRest()).equals(serialize(quick.saveRest())))
    tally.differences.push(`${name} on ${JSON.stringify(config)}: the models of the disks differ`);
  if (withProfile) {
    fast.drainProfile();
    if (!isDeepStrictEqual(plain.execution.profile, quick.execution.profile))
      tally.differences.push(`${name} on ${JSON.stringify(config)}: the profiles differ`);
  }
  tally.bytes += fast.statistics.bytes;
  tally.pieces += fast.statistics.pieces;
  tally.translated += fast.statistics.translated;
  tally.interpreted += fast.statistics.interpreted;
}

function hasUsedDisks({ devices }: Machine): boolean {
  return [devices.ssd0, devices.hdd0].some((disk) => disk.reads + disk.writes > 0);
}

/** One stop in three comes soon, so that stops fall on every instruction of a loop. */
function gap(random: Random, longest: number): number {
  const kind = random.below(6);
  return 1 + random.below(kind === 0 ? 12 : kind === 1 ? 400 : longest);
}

function differenceOf(plain: Machine, quick: Machine): string | undefined {
  const { stateBytes } = plain.layout;
  const a = Buffer.from(plain.buffer, 0, stateBytes);
  const b = Buffer.from(quick.buffer, 0, stateBytes);
  if (Buffer.compare(a, b) !== 0) {
    const at = a.findIndex((byte, i) => byte !== b[i]);
    const { core } = plain;
    return `byte 0x${at.toString(16)} of the state is ${b[at]}, not ${a[at]}; PC ${quick.core.pc}/${core.pc}, cycles ${quick.core.cycles}/${core.cycles}, instructions ${quick.core.instructions}/${core.instructions}`;
  }
  // The disks' models are large and change only by commands, which end in registers and counts: they are compared at the end.
  const rest = [plain, quick].map((machine) =>
    JSON.stringify(machine.saveRest(), (key, value: unknown) => (key === 'model' ? undefined : value)),
  );
  if (rest[0] !== rest[1]) return `devices differ: ${rest[1]}, not ${rest[0]}`;
  if (stateHash(plain) !== stateHash(quick)) return 'the hash of the state differs';
  return undefined;
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)] as T;

/** Whether code runs translated on such a machine; elsewhere the fast engine interprets. */
export function isTranslated(config: MachineConfig): boolean {
  return new Machine(config).system.fast.fetchOnce;
}

/** A machine of any shape that is possible: levels absent or present, all policies, all write policies, inclusion, prefetch. */
export function randomConfig(random: Random): MachineConfig {
  for (;;) {
    // Several hardware threads are the interpreter's alone.
    const alone = MACHINE_PRESETS.filter((p) => p.config.cores * p.config.threads === 1);
    const base = pick(random, alone).config;
    const level = (from: number, hit: readonly number[]): CacheConfig => {
      const lineBytes = pick(random, [16, 32, 64]);
      const ways = pick(random, [1, 2, 2, 4, 8]);
      const policy = pick(random, POLICIES);
      return {
        sizeBytes: lineBytes * ways * pick(random, [1, 2, 4]) * from,
        lineBytes,
        ways,
        policy: random.below(2) === 0 ? 'lru' : policy,
        write: random.below(4) === 0 ? 'through' : 'back',
        allocate: random.below(4) !== 0,
        inclusion: pick(random, ['non-inclusive', 'non-inclusive', 'inclusive', 'exclusive']),
        prefetch: random.below(5) === 0 ? pick(random, ['next-line', 'stride']) : 'none',
        hitCycles: pick(random, hit),
      };
    };
    const maybe = (cache: CacheConfig, of: number) => (random.below(of) === 0 ? null : cache);
    const config: MachineConfig = {
      ...base,
      dram:
        base.dram ??
        pick(
          random,
          MACHINE_PRESETS.map((p) => p.config.dram).filter((dram) => dram !== null),
        ),
      l1i: maybe(level(2, [1, 1, 1, 2, 4]), 10),
      l1d: maybe(level(2, [1, 1, 2]), 10),
      l2: maybe(level(8, [4, 10]), 5),
      l3: null,
      bootFrom: pick(random, ['none', 'ssd0'] as const),
      seed: 1 + random.below(1000),
    };
    const full = config.l2 && random.below(4) === 0 ? { ...config, l3: level(64, [40]) } : config;
    if (checkConfig(full).length === 0) return full;
  }
}
