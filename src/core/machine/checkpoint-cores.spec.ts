/** Checkpoints of machines with several cores and hardware threads: the same state, the same future, and replayed, the same past. */
import { describe, expect, test } from 'vitest';
import { header, librarySources, SAMPLES } from '../../../programs/library';
import { copyOf, saved, started, stateOf } from '../../../tests/helpers/checkpoints';
import type { Image } from '../assembler/image';
import { Random } from '../base/random';
import { Compiler } from '../compiler/compile';
import { DEFAULT_OPTIONS } from '../compiler/views';
import { machinePreset, TEACHING_MACHINE, type MachineConfig } from '../presets/machine';
import { restoreCheckpoint } from './checkpoint';
import { fastMachine } from './jit/engine';
import { CoreState } from './layout';
import { TimeTravel } from './time-travel';

const compiler = new Compiler({ header, sources: librarySources });

function build(name: string, text: string): Image {
  const { image } = compiler.compile([{ name: `${name}.c`, text }], DEFAULT_OPTIONS);
  if (!image) throw new Error(`${name} does not compile`);
  return image;
}

interface Run {
  readonly name: string;
  readonly config: MachineConfig;
  readonly image: Image;
}

/** Each core writes to a disk, prints, sleeps and is woken; one starts another. */
const BUSY = `#include <cores.h>
#include <disk.h>
#include <stdio.h>
static unsigned char stacks[3][200], block[512];
static spinlock guard;
static volatile unsigned done;
static void work(void *p) {
  for (unsigned char round = 0; round < 12; round++) {
    for (volatile unsigned char i = 40 + 9 * core_id(); i; i--);
    lock(&guard);
    done++;
    unlock(&guard);
  }
}
static void relay(void *p) {
  core_start(2, work, 0, stacks[1], 200);
  work(p);
  core_join(2);
}
int main(void) {
  for (unsigned char n = 0; n < 4; n++) {
    core_start(1, relay, 0, stacks[0], 200);
    block[n] = n;
    disk_write(SSD0, n, block, 1);
    printf("%u\\n", done);
    core_join(1);
  }
  return done;
}
`;

const preset = (id: string) => (machinePreset(id) as { config: MachineConfig }).config;
const sample = (name: string): Run => {
  const found = SAMPLES.find((s) => s.name === name);
  if (!found) throw new Error(`no sample ${name}`);
  return { name, config: preset(found.machine), image: build(name, found.text) };
};
const busy = build('busy', BUSY);
const RUNS: readonly Run[] = [
  ...['cores-sum', 'cores-false-sharing', 'cores-threads'].map(sample),
  { name: 'busy, four cores', config: preset('quad-core'), image: busy },
  { name: 'busy, two cores of two threads', config: { ...preset('quad-core'), cores: 2, threads: 2 }, image: busy },
  { name: 'busy, three cores without caches', config: { ...preset('flat'), cores: 3 }, image: busy },
];

describe.each(RUNS.map((run) => [run.name, run] as const))('a checkpoint of %s', (_, { config, image }) => {
  const whole = started(fastMachine(config), image);
  whole.run();
  const end = stateOf(whole);
  const total = whole.instructions;

  test('at random moments: the same state and the same future', () => {
    expect(whole.core.state).toBe(CoreState.halted);
    const random = new Random(1, 'moments');
    let several = 0;
    for (let n = 0; n < 6; n++) {
      const machine = started(fastMachine(config), image);
      // Half-way between two instructions of a core in its own time, too.
      machine.run(n % 2 === 0 ? { cycles: random.below(whole.cycles) } : { instructions: random.below(total) });
      if (machine.threads.filter(({ state }) => state === CoreState.running).length > 1) several++;
      const copy = copyOf(machine, fastMachine(config));
      expect(stateOf(copy)).toEqual(stateOf(machine));
      copy.run();
      expect(stateOf(copy)).toEqual(end);
    }
    expect(several).toBeGreaterThan(0);
  }, 120_000);

  test('goes back to the past of the first run, and on to its end', () => {
    const random = new Random(2, 'past');
    const at = Math.floor(total * 0.8);
    const first = started(fastMachine(config), image);
    first.run({ instructions: at });
    const machine = fastMachine(config);
    const travel = new TimeTravel(machine, { intervalCycles: Math.max(1000, Math.floor(first.cycles / 40)) });
    travel.load(image);
    expect(restoreCheckpoint(machine, saved(first)).ok).toBe(true);
    travel.resumed({ instructions: total, cycle: whole.cycles });
    const here = stateOf(machine);
    expect(travel.hasGap).toBe(true);
    for (const _ of travel.fillHistory());
    expect(stateOf(machine)).toEqual(here);
    expect(travel.hasGap).toBe(false);
    expect(travel.checkpointCount).toBeGreaterThan(10);
    for (let n = 0; n < 6; n++) {
      const place = random.below(at);
      travel.seekInstruction(place);
      const again = started(fastMachine(config), image);
      again.run({ instructions: place });
      expect(stateOf(machine)).toEqual(stateOf(again));
    }
    travel.seekInstruction(at);
    expect(stateOf(machine)).toEqual(here);
    for (let back = 0; back < 5; back++) travel.stepBack('instruction');
    travel.run();
    expect(stateOf(machine)).toEqual(end);
  }, 120_000);
});

test('edits by hand of each core come again', () => {
  const config = preset('quad-core');
  const machine = started(fastMachine(config), busy);
  const random = new Random(3, 'edits');
  for (let n = 0; n < 20; n++) {
    machine.run({ instructions: 100 });
    machine.input({ kind: 'register', index: 15, value: random.below(256), thread: n % 4 });
    machine.input({ kind: 'memory', address: 0x8000 + n, value: n });
  }
  const copy = fastMachine(config);
  const travel = new TimeTravel(copy);
  travel.load(busy);
  expect(restoreCheckpoint(copy, saved(machine)).ok).toBe(true);
  travel.resumed({ instructions: machine.instructions, cycle: machine.cycles });
  expect(stateOf(copy)).toEqual(stateOf(machine));
  for (const place of [1950, 1000, 101, 1999]) {
    travel.seekInstruction(place);
    travel.seekInstruction(machine.instructions);
    expect(stateOf(copy)).toEqual(stateOf(machine));
  }
});

test('one of a machine with another number of cores is refused', () => {
  const four = started(fastMachine(preset('quad-core')), busy);
  four.run({ instructions: 1000 });
  for (const config of [
    { ...preset('quad-core'), cores: 3 },
    { ...preset('quad-core'), cores: 2, threads: 2 },
    TEACHING_MACHINE,
  ]) {
    const other = started(fastMachine(config), busy);
    const before = stateOf(other);
    expect(restoreCheckpoint(other, saved(four)).ok).toBe(false);
    expect(stateOf(other)).toEqual(before);
  }
});
