/**
 * The fast engine against the interpreter at random exact stops, on presets and on machines of any shape: all samples, random machine
 * code, generated C programs, random IR; with breakpoints that come and go while translated code runs; with code that is changed by
 * hand, by itself, or written to where it may not. `ORRERY_STOPS=N` makes N stops instead (10,000 and more for a long run).
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/core/base/random';
import { Compiler } from '../../src/core/compiler/compile';
import { DEFAULT_OPTIONS } from '../../src/core/compiler/views';
import { MACHINE_PRESETS, type MachineConfig, type MachinePreset } from '../../src/core/presets/machine';
import { header, librarySources, SAMPLES } from '../../programs/library';
import { OP_DECODE } from '../../src/core/machine/cpu/ops';
import type { Machine } from '../../src/core/machine/machine';
import { compareEngines, isTranslated, newTally, randomConfig, type Tally } from './engine-equality';
import { roundsOfC, roundsOfIr, writesDownToItself } from './engine-programs';
import { isReplaceable, randomCode, simpleWord } from './random-code';

/** Several hardware threads are the interpreter's alone. */
const PRESETS = MACHINE_PRESETS.filter(({ config }) => config.cores * config.threads === 1);
const STOPS = Number(process.env['ORRERY_STOPS'] ?? 2000);
/** Of the instructions, translated. */
const LEAST_SHARE = 0.9;
/** Of code that changes: what has changed is interpreted until it is hot again, and stops come more often. */
const LEAST_SHARE_OF_CHANGING = 0.85;
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

type Machines = readonly [Machine, Machine];

/** Addresses of instructions that have been executed and are kept decoded. */
function executed({ code }: Machine, fits: (pc: number) => boolean = () => true): number[] {
  const found: number[] = [];
  for (let pc = 0; pc < code.decodedEnd; pc += 2)
    if (((code.packed[2 * pc] as number) & 0xff) < OP_DECODE && fits(pc)) found.push(pc);
  return found;
}

/** Now and then sets breakpoints at some of what runs, in the middle of it, and takes them away some stops later. */
function withBreakpoints(random: Random): (machines: Machines) => void {
  let left = 0;
  return (machines) => {
    if (left-- > 0) return;
    const places = executed(machines[0]);
    const isOn = places.length > 0 && random.below(2) === 0;
    const wanted = isOn
      ? Array.from({ length: 1 + random.below(3) }, () => places[random.below(places.length)] ?? 0)
      : [];
    for (const machine of machines) machine.code.setBreakpoints(wanted);
    left = isOn ? random.below(8) : 4 + random.below(8);
  };
}

/** Now and then puts another instruction in the place of one that runs, as somebody does who edits memory. */
function withEdits(random: Random): (machines: Machines) => void {
  return (machines) => {
    if (random.below(6) > 0) return;
    const places = executed(machines[0], (pc) => isReplaceable(machines[0].code.form[pc] as number));
    const address = places[random.below(places.length)];
    if (address === undefined) return;
    const word = simpleWord(random);
    for (const machine of machines) {
      machine.input({ kind: 'memory', address, value: word & 0xff });
      machine.input({ kind: 'memory', address: address + 1, value: word >> 8 });
    }
  };
}

/** A machine on which code is translated. */
function translatingConfig(random: Random): MachineConfig {
  for (;;) {
    const config =
      random.below(2) === 0 ? (PRESETS[random.below(PRESETS.length)] as MachinePreset).config : randomConfig(random);
    if (isTranslated(config)) return config;
  }
}

describe('both engines agree at random stops', () => {
  const compiler = new Compiler({ header, sources: librarySources });

  test('samples on the presets', { timeout: TIMEOUT_MS }, () => {
    const tally = newTally();
    // Each sample on one or two presets in a short run, on all of them in a long one.
    const isLong = STOPS > 5000;
    const presetsOf = (n: number) => PRESETS.filter((_, p) => isLong || p % 4 === n % 4);
    const runs = SAMPLES.reduce((sum, _, n) => sum + presetsOf(n).length, 0);
    const stops = Math.ceil((STOPS * 0.3) / runs);
    for (const [n, { name, text, input }] of SAMPLES.entries()) {
      const { image } = compiler.compile([{ name: `${name}.c`, text }], DEFAULT_OPTIONS);
      if (!image) throw new Error(`${name} does not compile`);
      for (const { id, config } of presetsOf(n))
        compareEngines({ name, image, config, input, random: new Random(1, `${name} ${id}`), stops }, tally);
    }
    verdict('samples', tally, LEAST_SHARE);
  });

  test('random code on random machines', { timeout: TIMEOUT_MS }, () => {
    const tally = newTally();
    const interpreted = newTally();
    const random = new Random(3, 'machines');
    for (let seed = 1; tally.stops + interpreted.stops < STOPS * 0.3; seed++) {
      const config = seed % 4 === 0 ? (PRESETS[(seed / 4) % 4] as MachinePreset).config : randomConfig(random);
      const image = randomCode(seed, 3000);
      const stops = { random: new Random(seed, 'stops'), stops: 40, longest: 40_000, profile: seed % 2 === 0 };
      const where = isTranslated(config) ? tally : interpreted;
      compareEngines({ name: `code ${seed}`, image, config, ...stops }, where);
    }
    verdict('random code', tally, LEAST_SHARE);
    verdict('random code on machines where it is interpreted', interpreted, -1);
  });

  test('generated C programs', { timeout: TIMEOUT_MS }, () => {
    const tally = newTally();
    const random = new Random(5, 'machines');
    for (let seed = 1; tally.stops < STOPS * 0.1; seed++) {
      const image = roundsOfC(compiler, seed);
      const config = translatingConfig(random);
      compareEngines({ name: `C ${seed}`, image, config, random: new Random(seed, 'stops'), stops: 40 }, tally);
    }
    verdict('generated C', tally, LEAST_SHARE);
  });

  test('random IR', { timeout: TIMEOUT_MS }, () => {
    const tally = newTally();
    const random = new Random(7, 'machines');
    for (let seed = 1; tally.stops < STOPS * 0.1; seed++) {
      const config = translatingConfig(random);
      compareEngines(
        { name: `IR ${seed}`, image: roundsOfIr(seed), config, random: new Random(seed, 'stops'), stops: 40 },
        tally,
      );
    }
    verdict('random IR', tally, LEAST_SHARE);
  });

  test('breakpoints that come and go', { timeout: TIMEOUT_MS }, () => {
    const tally = newTally();
    const random = new Random(9, 'machines');
    for (let seed = 1; tally.stops < STOPS * 0.1; seed++) {
      const image = seed % 2 === 0 ? randomCode(seed, 3000) : roundsOfC(compiler, seed + 1000);
      const stops = {
        random: new Random(seed, 'stops'),
        stops: 60,
        before: withBreakpoints(new Random(seed, 'points')),
      };
      compareEngines({ name: `breakpoints ${seed}`, image, config: translatingConfig(random), ...stops }, tally);
    }
    console.log(`stops at breakpoints: ${tally.breakpoints}`);
    expect(tally.breakpoints).toBeGreaterThan(tally.stops / 10);
    verdict('breakpoints', tally, LEAST_SHARE);
  });

  test('code that is changed by hand, that changes, or that writes where code is', { timeout: TIMEOUT_MS }, () => {
    const tally = newTally();
    const interpreted = newTally();
    const random = new Random(11, 'machines');
    for (let seed = 1; tally.stops + interpreted.stops < STOPS * 0.1; seed++) {
      const kind = seed % 3;
      const image = kind === 0 ? writesDownToItself(random) : randomCode(seed, 3000, 60, { changing: kind === 1 });
      const config = translatingConfig(random);
      const stops = {
        name: `changes ${seed}`,
        image,
        random: new Random(seed, 'stops'),
        stops: 40,
        longest: kind === 0 ? 4000 : 40_000,
      };
      compareEngines(
        { ...stops, config, ...(kind === 2 ? { before: withEdits(new Random(seed, 'edits')) } : {}) },
        tally,
      );
      // Where code is writable, nothing is translated.
      if (seed % 4 === 0) compareEngines({ ...stops, config: { ...config, writableCode: true } }, interpreted);
    }
    verdict('code that changes', tally, LEAST_SHARE_OF_CHANGING);
    verdict('code that changes on machines where it is writable', interpreted, -1);
  });
});
