import { describe, expect, test } from 'vitest';
import { header, librarySources, SAMPLES } from '../../../programs/library';
import { copyOf, saved, started, stateOf } from '../../../tests/helpers/checkpoints';
import { BUSY_INPUT, busyImage } from '../../../tests/helpers/busy-program';
import type { Image } from '../assembler/image';
import { Random } from '../base/random';
import { Compiler } from '../compiler/compile';
import { DEFAULT_OPTIONS } from '../compiler/views';
import { MACHINE_PRESETS, TEACHING_MACHINE, type MachineConfig } from '../presets/machine';
import { restoreCheckpoint } from './checkpoint';
import { fastMachine } from './jit/engine';
import { Machine } from './machine';
import { TimeTravel } from './time-travel';

function runOut(machine: Machine, cycles = Infinity): void {
  machine.run({ cycles });
}

describe('checkpoints as bytes', () => {
  test('at 60 moments of a run with disks, interrupts, sleep and console: the same state and the same future', () => {
    const image = busyImage();
    const whole = started(new Machine(TEACHING_MACHINE), image, BUSY_INPUT);
    runOut(whole);
    const end = stateOf(whole);
    const random = new Random(1, 'moments');
    const kinds = { asleep: 0, commands: 0, interrupts: 0 };
    for (let n = 0; n < 60; n++) {
      const machine = started(new Machine(TEACHING_MACHINE), image, BUSY_INPUT);
      runOut(machine, random.below(whole.core.cycles));
      if (machine.core.state === 1) kinds.asleep++;
      if (machine.events.save()[1] !== Infinity) kinds.commands++;
      if (machine.core.irqPending !== 0) kinds.interrupts++;
      const copy = copyOf(machine, n % 2 === 0 ? new Machine(TEACHING_MACHINE) : fastMachine(TEACHING_MACHINE));
      expect(stateOf(copy)).toEqual(stateOf(machine));
      runOut(copy);
      expect(stateOf(copy)).toEqual(end);
    }
    expect(Math.min(...Object.values(kinds))).toBeGreaterThan(0);
  }, 60_000);

  test('samples on every preset, from the fast engine to another', () => {
    const compiler = new Compiler({ header, sources: librarySources });
    const random = new Random(2, 'samples');
    for (const name of ['wal', 'ladder', 'clock', 'reverse']) {
      const sample = SAMPLES.find((s) => s.name === name);
      if (!sample) throw new Error(`no sample ${name}`);
      const { image } = compiler.compile([{ name: `${name}.c`, text: sample.text }], DEFAULT_OPTIONS);
      if (!image) throw new Error(`${name} does not compile`);
      for (const { config } of MACHINE_PRESETS) {
        const machine = started(fastMachine(config), image, sample.input);
        machine.run({ instructions: random.below(400_000) });
        const copy = copyOf(machine, fastMachine(config));
        expect(stateOf(copy)).toEqual(stateOf(machine));
        for (const one of [machine, copy]) one.run({ instructions: 300_000 });
        expect(stateOf(copy)).toEqual(stateOf(machine));
      }
    }
  }, 60_000);

  test('keys, switches and frames that wait, and inputs that the run has yet to reach, come along', () => {
    const machine = started(new Machine(TEACHING_MACHINE), busyImage(), BUSY_INPUT);
    machine.run({ instructions: 100 });
    machine.input({ kind: 'key', code: 65 });
    machine.input({ kind: 'frame', peer: 7, bytes: Uint8Array.of(1, 2, 3) });
    machine.input({ kind: 'memory', address: 0x9000, value: 5 });
    const travel = new TimeTravel(machine);
    machine.run({ instructions: 500 });
    machine.input({ kind: 'switches', bits: 0x55 });
    machine.run({ instructions: 500 });
    const later = stateOf(machine);
    travel.seekInstruction(300);
    const copy = copyOf(machine, new Machine(TEACHING_MACHINE));
    expect(stateOf(copy)).toEqual(stateOf(machine));
    copy.run({ instructions: 1100 - copy.core.instructions });
    expect(stateOf(copy)).toEqual(later);
  });

  test('a machine with writable code that has run further takes the state over', () => {
    const config: MachineConfig = { ...TEACHING_MACHINE, writableCode: true };
    const machine = started(fastMachine(config), busyImage(), BUSY_INPUT);
    machine.run({ instructions: 2000 });
    const copy = fastMachine(config);
    started(copy, busyImage(), BUSY_INPUT).run({ instructions: 3000 });
    copyOf(machine, copy);
    for (const one of [machine, copy]) one.run({ instructions: 5000 });
    expect(stateOf(copy)).toEqual(stateOf(machine));
  });

  test('reads of what nothing has written are not told again', () => {
    const config: MachineConfig = { ...TEACHING_MACHINE, warnUninitialised: true };
    const machine = started(new Machine(config), busyImage(), BUSY_INPUT);
    machine.run({ instructions: 1500 });
    const copy = copyOf(machine, new Machine(config));
    expect(copy.uninitialisedReads).toEqual(machine.uninitialisedReads);
    for (const one of [machine, copy]) one.run();
    expect(copy.uninitialisedReads).toEqual(machine.uninitialisedReads);
  });

  test('tens of kilobytes, although the tables of the SSD are megabytes', () => {
    const machine = started(new Machine(TEACHING_MACHINE), busyImage(), BUSY_INPUT);
    machine.run();
    expect(saved(machine).length).toBeLessThan(40_000);
  });
});

describe('checkpoints that are no good', () => {
  const image = busyImage();
  const machine = started(new Machine(TEACHING_MACHINE), image, BUSY_INPUT);
  machine.run({ instructions: 3000 });
  const bytes = saved(machine);

  function refused(bad: Uint8Array, by = started(new Machine(TEACHING_MACHINE), image)): string {
    const before = stateOf(by);
    const result = restoreCheckpoint(by, bad);
    expect(stateOf(by)).toEqual(before);
    expect(result.ok).toBe(false);
    return result.ok ? '' : result.error;
  }

  test('cut bytes are refused, and leave the machine alone', () => {
    const random = new Random(3, 'cut');
    for (let n = 0; n < 30; n++) refused(bytes.subarray(0, random.below(bytes.length)));
  });

  test('a flipped bit anywhere is found', () => {
    const random = new Random(4, 'flip');
    const by = started(new Machine(TEACHING_MACHINE), image);
    for (let n = 0; n < 30; n++) {
      const bad = bytes.slice();
      const at = random.below(bad.length);
      bad[at] = (bad[at] as number) ^ (1 << random.below(8));
      refused(bad, by);
    }
  });

  test('so is a checkpoint of another program, of another machine, and of other disks', () => {
    const other = { ...image, entry: image.entry + 2 };
    expect(refused(bytes, started(new Machine(TEACHING_MACHINE), other))).toContain('another program');
    const disk = new Machine(TEACHING_MACHINE);
    disk.devices.ssd0.insertBlocks([[3, new Uint8Array(512).fill(1)]]);
    expect(refused(bytes, started(disk, image))).toContain('another program');
    for (const { config } of MACHINE_PRESETS)
      if (config.name !== TEACHING_MACHINE.name)
        expect(refused(bytes, started(new Machine(config), image))).toContain('another');
  });

  test('data of another build that are sealed well are not taken for a machine', () => {
    const odd = started(new Machine(TEACHING_MACHINE), image);
    odd.saveRest = () => ({ ...machine.saveRest(), devices: [1, 2, 3] });
    expect(refused(saved(odd))).toContain('another kind');
  });
});

describe('history after a checkpoint was gone on from', () => {
  function resumed(at: number) {
    const image = busyImage();
    const first = started(new Machine(TEACHING_MACHINE), image, BUSY_INPUT);
    first.run({ instructions: at });
    const machine = new Machine(TEACHING_MACHINE);
    const travel = new TimeTravel(machine, { intervalCycles: 4000 });
    travel.load(image);
    copyInto(first, machine);
    travel.resumed({ instructions: at, cycle: first.core.cycles });
    return { first, machine, travel };
  }
  function copyInto(from: Machine, to: Machine): void {
    const restored = restoreCheckpoint(to, saved(from));
    if (!restored.ok) throw new Error(restored.error);
  }
  const AT = 6000;

  test('every earlier place is the one of the first run, and the way back leaves checkpoints', () => {
    const { first, machine, travel } = resumed(AT);
    const here = stateOf(machine);
    expect(travel.hasGap).toBe(true);
    for (const _ of travel.fillHistory());
    expect(stateOf(machine)).toEqual(here);
    expect(travel.hasGap).toBe(false);
    expect(travel.checkpointCount).toBeGreaterThan(20);
    const random = new Random(5, 'places');
    for (let n = 0; n < 60; n++) {
      const place = random.below(AT);
      travel.seekInstruction(place);
      const again = started(new Machine(TEACHING_MACHINE), first.image as Image, BUSY_INPUT);
      again.run({ instructions: place });
      expect(stateOf(machine)).toEqual(stateOf(again));
    }
    travel.seekInstruction(AT);
    for (const one of [first, machine]) one.run();
    expect(stateOf(machine)).toEqual(stateOf(first));
  });

  test('a way back that is dropped at any point leaves the machine where it was, with the same future', () => {
    for (let steps = 1; steps < 30; steps += 4) {
      const { first, machine, travel } = resumed(AT);
      for (const one of [first, machine]) one.run({ instructions: 700 });
      const filling = travel.fillHistory();
      for (let n = 0; n < steps; n++) filling.next();
      filling.return();
      expect(stateOf(machine)).toEqual(stateOf(first));
      for (const _ of travel.fillHistory());
      expect(stateOf(machine)).toEqual(stateOf(first));
      for (let back = 0; back < 5; back++) travel.stepBack('instruction');
      travel.seekInstruction(first.core.instructions);
      expect(stateOf(machine)).toEqual(stateOf(first));
      for (const one of [first, machine]) one.run();
      expect(stateOf(machine)).toEqual(stateOf(first));
    }
  });
});
