/**
 * The fast engine against the interpreter at random exact stops: all samples, random machine code and random IR, on presets and on
 * machines of any shape. `ORRERY_STOPS=N` makes N stops instead (10,000 and more for a long run).
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/core/base/random';
import { Compiler } from '../../src/core/compiler/compile';
import { DEFAULT_OPTIONS } from '../../src/core/compiler/views';
import { MACHINE_PRESETS, type MachinePreset } from '../../src/core/presets/machine';
import { header, librarySources, SAMPLES } from '../../programs/library';
import { compareEngines, isTranslated, newTally, randomConfig, type Tally } from './engine-equality';
import { randomCode } from './random-code';

/** Several hardware threads are the interpreter's alone. */
const PRESETS = MACHINE_PRESETS.filter(({ config }) => config.cores * config.threads === 1);
const STOPS = Number(process.env['ORRERY_STOPS'] ?? 2000);
/** A long run may take long. */
const TIMEOUT_MS = 60_000 + STOPS * 60;

function verdict(what: string, tally: Tally, leastShare: number): void {
  const share = tally.translated / (tally.translated + tally.interpreted);
  console.log(
    `${what}: ${tally.stops} stops, ${tally.differences.length} differences, ${(100 * share).toFixed(2)} % translated`,
  );
  expect(tally.differences).toEqual([]);
  expect(share).toBeGreaterThan(leastShare);
}

describe('both engines agree at random stops', () => {
  const compiler = new Compiler({ header, sources: librarySources });

  test('samples on the presets', { timeout: TIMEOUT_MS }, () => {
    const tally = newTally();
    // Each sample on two presets in a short run, on all of them in a long one.
    const isLong = STOPS > 5000;
    const runs = SAMPLES.flatMap((sample, n) =>
      PRESETS.filter((_, p) => isLong || p % 2 === n % 2).map(({ id, config }) => ({ sample, id, config })),
    );
    for (const { sample, id, config } of runs) {
      const { name, text, input } = sample;
      const { image } = compiler.compile([{ name: `${name}.c`, text }], DEFAULT_OPTIONS);
      if (!image) throw new Error(`${name} does not compile`);
      const stops = Math.ceil(STOPS / 2 / runs.length);
      compareEngines({ name, image, config, input, random: new Random(1, `${name} ${id}`), stops }, tally);
    }
    verdict('samples', tally, 0.9);
  });

  test('random code on random machines', { timeout: TIMEOUT_MS }, () => {
    const tally = newTally();
    const interpreted = newTally();
    const random = new Random(3, 'machines');
    for (let seed = 1; tally.stops + interpreted.stops < STOPS / 2; seed++) {
      const config = seed % 4 === 0 ? (PRESETS[(seed / 4) % 4] as MachinePreset).config : randomConfig(random);
      const image = randomCode(seed, 3000);
      const stops = { random: new Random(seed, 'stops'), stops: 40, longest: 40_000, profile: seed % 2 === 0 };
      const where = isTranslated(config) ? tally : interpreted;
      compareEngines({ name: `code ${seed}`, image, config, ...stops }, where);
    }
    verdict('random code', tally, 0.9);
    verdict('random code on machines where it is interpreted', interpreted, -1);
  });
});
