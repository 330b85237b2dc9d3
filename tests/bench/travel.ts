/**
 * Time travel at scale: a program runs for 1e9 instructions on the fast engine, another that works with disks for 1e8, with checkpoints, and is then stepped back, again and
 * again, by each unit and from places all over its history. The figures are times, because the bound is one: a frame of a screen.
 */
import { Random } from '../../src/core/base/random';
import { callStack } from '../../src/core/machine/debug/call-stack';
import { microSteps } from '../../src/core/machine/debug/micro-steps';
import { fastMachine } from '../../src/core/machine/jit/engine';
import { TimeTravel, type StepUnit } from '../../src/core/machine/time-travel';
import { TEACHING_MACHINE } from '../../src/core/presets/machine';
import type { Bench } from './bench';
import { compileProgram } from './program';

const INSTRUCTIONS = 1e9;
/** Of the program with disks: its devices' work takes longer than its instructions. */
const DISK_INSTRUCTIONS = 1e8;
const STEPS = 40;
const UNITS: readonly Unit[] = ['micro', 'instruction', 'line', 'over', 'out'];
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

/** Writes to both disks and reads back, for ever; most of its time it sleeps until a disk is done. */
const DISK_PROGRAM = `#include <disk.h>
#include <stdint.h>
static uint8_t block[DISK_BLOCK];
static uint16_t sum;
static void fill(uint8_t value) {
  for (uint16_t i = 0; i < DISK_BLOCK; i++) block[i] = value + (uint8_t)i;
}
static void add(void) {
  for (uint16_t i = 0; i < DISK_BLOCK; i++) sum += block[i];
}
static void turn(uint16_t n) {
  uint8_t disk = n % 16 == 0 ? HDD0 : SSD0;
  fill((uint8_t)n);
  disk_write(disk, n % 300, block, 1);
  disk_read(disk, (n * 7u) % 300, block, 1);
  add();
}
int main(void) {
  for (uint16_t n = 0;; n++) turn(n);
}
`;

/** The smallest step shows what an instruction will do, part by part; the first part of four goes back to the instruction before. */
type Unit = StepUnit | 'micro';

interface Row {
  readonly program: string;
  readonly unit: Unit;
  readonly from: string;
  readonly ms: readonly number[];
}

export const bench: Bench = {
  summary: `steps back after ${INSTRUCTIONS} instructions; a frame is ${FRAME_MS} ms`,
  run({ now, note }) {
    const runs = [
      measureRun({ program: 'sieve and sort', text: PROGRAM, instructions: INSTRUCTIONS, now, note }),
      measureRun({ program: 'disks', text: DISK_PROGRAM, instructions: DISK_INSTRUCTIONS, now, note }),
    ];
    return { text: runs.map(textOf).join('\n'), json: runs.map(jsonOf) };
  },
};

interface Task {
  readonly program: string;
  readonly text: string;
  readonly instructions: number;
  now(): number;
  note(text: string): void;
}

interface Run {
  readonly program: string;
  readonly instructions: number;
  readonly seconds: number;
  readonly checkpoints: number;
  readonly bytes: number;
  readonly rows: readonly Row[];
}

function measureRun({ program, text, instructions, now, note }: Task): Run {
  const travel = new TimeTravel(fastMachine({ ...TEACHING_MACHINE, bootFrom: 'none' }));
  travel.load(compileProgram([text], 'O0'));
  note(`${program}: ${instructions} instructions`);
  const start = now();
  travel.run({ instructions });
  const seconds = now() - start;
  const random = new Random(1, 'travel');
  const anywhere = () => 1000 + random.below(instructions - 1000);
  const places = placesIn(travel, anywhere);
  const rows = UNITS.flatMap((unit): Row[] => {
    note(unit);
    // Out of main there is only the start-up code.
    if (unit === 'out')
      return [
        { program, unit, from: 'anywhere in a callee', ms: steps(travel, unit, now, places.callee) },
        { program, unit, from: 'anywhere in main', ms: steps(travel, unit, now, places.main) },
      ];
    return [
      { program, unit, from: 'the end, on and on', ms: steps(travel, unit, now) },
      { program, unit, from: 'anywhere', ms: steps(travel, unit, now, anywhere) },
    ];
  });
  const { checkpointCount: checkpoints, checkpointBytes: bytes } = travel;
  return { program, instructions, seconds, checkpoints, bytes, rows };
}

function textOf({ program, instructions, seconds, checkpoints, bytes, rows }: Run): string {
  const lines = rows.map(
    ({ unit, from, ms }) =>
      `  back by ${unit.padEnd(12)} from ${from.padEnd(20)} median ${at(ms, 0.5)} ms  95 % ${at(ms, 0.95)} ms  most ${at(ms, 1)} ms`,
  );
  const megabytes = (bytes / 1e6).toFixed(1);
  return [
    `${program}: ${instructions} instructions in ${seconds.toFixed(2)} s with checkpoints: ${checkpoints} of them, ${megabytes} MB (bound ${MAX_CHECKPOINT_BYTES / 1e6} MB)`,
    ...lines,
  ].join('\n');
}

const jsonOf = ({ program, instructions, seconds, checkpoints, bytes, rows }: Run) => ({
  program,
  instructions,
  runSeconds: seconds,
  checkpoints,
  checkpointBytes: bytes,
  steps: rows.map(({ unit, from, ms }) => ({ unit, from, p50Ms: at(ms, 0.5), p95Ms: at(ms, 0.95), maxMs: at(ms, 1) })),
});

/** Milliseconds of each step: one after the other from the end, or each from a place to which the machine goes first, untimed. */
function steps(travel: TimeTravel, unit: Unit, now: () => number, place?: () => number): number[] {
  const times: number[] = [];
  travel.seekInstruction(travel.reached);
  for (let n = 0; n < STEPS; n++) {
    if (place) travel.seekInstruction(place());
    const start = now();
    travel.stepBack(unit === 'micro' ? 'instruction' : unit);
    if (unit === 'micro') microSteps(travel.machine);
    times.push((now() - start) * 1000);
  }
  return times.sort((a, b) => a - b);
}

/** Places in main itself and in functions that it called, at any depth. */
function placesIn(travel: TimeTravel, anywhere: () => number): Record<'main' | 'callee', () => number> {
  const { core, memory, image } = travel.machine;
  const isMain = (place: number) => {
    travel.seekInstruction(place);
    return image !== null && callStack(core, memory, image, 1)[0]?.name === 'main';
  };
  const search = (wanted: boolean) => () => {
    // A function runs for some hundred thousand instructions, main for some dozens between two calls.
    for (let place = anywhere(); ; place = anywhere()) {
      if (isMain(place) === wanted) return place;
      if (!wanted) continue;
      while (!isMain(travel.machine.instructions)) travel.stepBack('out');
      return travel.machine.instructions;
    }
  };
  return { main: search(true), callee: search(false) };
}

const at = (sorted: readonly number[], share: number): number =>
  Number((sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN).toFixed(2));
