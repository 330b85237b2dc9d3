/**
 * Time travel at scale: a program runs for 1e9 instructions on the fast engine, with checkpoints, and is then stepped back, again and
 * again, by each unit and from places all over its history. The figures are times, because the bound is one: a frame of a screen.
 */
import { Random } from '../../src/core/base/random';
import { fastMachine } from '../../src/core/machine/jit/engine';
import { TimeTravel, type StepUnit } from '../../src/core/machine/time-travel';
import { TEACHING_MACHINE } from '../../src/core/presets/machine';
import type { Bench } from './bench';
import { compileProgram } from './program';

const INSTRUCTIONS = 1e9;
const STEPS = 40;
const UNITS: readonly StepUnit[] = ['instruction', 'line', 'over', 'out'];
const FRAME_MS = 16;
const MAX_CHECKPOINT_BYTES = 128e6;

/** Works for ever: a sieve, a sort and calls, compiled without optimisation, so that lines and frames change. */
const PROGRAM = `#include <stdint.h>
static uint8_t sieve[1024];
static int16_t values[32];
static uint16_t seed = 1;
static uint16_t next(void) { seed = seed * 25173u + 13849u; return seed; }
static uint16_t primes(void) {
  uint16_t count = 0;
  for (uint16_t i = 0; i < 1024; i++) sieve[i] = 0;
  for (uint16_t i = 2; i < 1024; i++) {
    if (sieve[i]) continue;
    count++;
    for (uint16_t k = i + i; k < 1024; k += i) sieve[k] = 1;
  }
  return count;
}
static void sort(void) {
  for (uint8_t i = 0; i < 32; i++) values[i] = (int16_t)next();
  for (uint8_t n = 31; n > 0; n--)
    for (uint8_t i = 0; i < n; i++)
      if (values[i] > values[i + 1]) {
        int16_t held = values[i];
        values[i] = values[i + 1];
        values[i + 1] = held;
      }
}
int main(void) {
  uint16_t sum = 0;
  for (;;) {
    sum += primes();
    sort();
    sum += (uint16_t)values[sum & 31];
  }
}
`;

interface Row {
  readonly unit: StepUnit;
  readonly from: string;
  readonly ms: readonly number[];
}

export const bench: Bench = {
  summary: `steps back after ${INSTRUCTIONS} instructions; a frame is ${FRAME_MS} ms`,
  run({ now, note }) {
    const machine = fastMachine({ ...TEACHING_MACHINE, bootFrom: 'none' });
    const travel = new TimeTravel(machine);
    travel.load(compileProgram([PROGRAM], 'O0'));
    note(`running ${INSTRUCTIONS} instructions`);
    const start = now();
    travel.run({ instructions: INSTRUCTIONS });
    const runSeconds = now() - start;
    const random = new Random(1, 'travel');
    const anywhere = () => 1000 + random.below(INSTRUCTIONS - 1000);
    const inCallee = calleePlaces(travel, anywhere);
    const rows = UNITS.flatMap((unit): Row[] => {
      note(unit);
      // Out of main there is only the start.
      if (unit === 'out') return [{ unit, from: 'anywhere in a callee', ms: steps(travel, unit, now, inCallee) }];
      return [
        { unit, from: 'the end, on and on', ms: steps(travel, unit, now) },
        { unit, from: 'anywhere', ms: steps(travel, unit, now, anywhere) },
      ];
    });
    const bytes = travel.checkpointBytes;
    const lines = rows.map(
      ({ unit, from, ms }) =>
        `back by ${unit.padEnd(12)} from ${from.padEnd(20)} median ${at(ms, 0.5)} ms  95 % ${at(ms, 0.95)} ms  most ${at(ms, 1)} ms`,
    );
    const text = [
      `${INSTRUCTIONS} instructions in ${runSeconds.toFixed(2)} s with checkpoints: ${travel.checkpointCount} of them, ${(bytes / 1e6).toFixed(1)} MB (bound ${MAX_CHECKPOINT_BYTES / 1e6} MB)`,
      ...lines,
    ];
    const json = {
      runSeconds,
      checkpoints: travel.checkpointCount,
      checkpointBytes: bytes,
      steps: rows.map(({ unit, from, ms }) => ({
        unit,
        from,
        p50Ms: at(ms, 0.5),
        p95Ms: at(ms, 0.95),
        maxMs: at(ms, 1),
      })),
    };
    return { text: text.join('\n'), json };
  },
};

/** Milliseconds of each step: one after the other from the end, or each from a place to which the machine goes first, untimed. */
function steps(travel: TimeTravel, unit: StepUnit, now: () => number, place?: () => number): number[] {
  const times: number[] = [];
  travel.seekInstruction(travel.reached);
  for (let n = 0; n < STEPS; n++) {
    if (place) travel.seekInstruction(place());
    const start = now();
    travel.stepBack(unit);
    times.push((now() - start) * 1000);
  }
  return times.sort((a, b) => a - b);
}

/** Places at which a function that main called runs: its stack pointer lies lower than main's ever does. */
function calleePlaces(travel: TimeTravel, anywhere: () => number): () => number {
  const { core } = travel.machine;
  const spAt = (place: number) => {
    travel.seekInstruction(place);
    return core.sp;
  };
  let highest = 0;
  for (let n = 0; n < 1000; n++) highest = Math.max(highest, spAt(travel.reached - n * 37));
  return () => {
    for (;;) {
      const place = anywhere();
      if (spAt(place) < highest) return place;
    }
  };
}

const at = (sorted: readonly number[], share: number): number =>
  Number((sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN).toFixed(2));
