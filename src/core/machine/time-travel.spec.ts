import { describe, expect, test } from 'vitest';
import { Random } from '../base/random';
import { encode } from '../isa/codec';
import { TEACHING_MACHINE, type MachineConfig } from '../presets/machine';
import { assembled } from '../../../tests/helpers/assembled';
import { BUSY_INPUT, busyImage } from '../../../tests/helpers/busy-program';
import { fastMachine } from './jit/engine';
import { Machine } from './machine';
import { stateHash } from './state-hash';
import { outputText } from './summary';
import { finish, lastVisit, lastWrite, nextChange } from './debug/history';
import { TimeTravel } from './time-travel';

function busy(intervalCycles = 20_000) {
  const image = busyImage();
  const machine = new Machine(TEACHING_MACHINE);
  const travel = new TimeTravel(machine, { intervalCycles });
  travel.load(image);
  travel.input({ kind: 'console', bytes: [...BUSY_INPUT].map((c) => c.charCodeAt(0)), end: true });
  return { machine, travel, image };
}

describe('time travel', () => {
  test('the same run in slices, with and without history, ends in the same state', () => {
    const a = busy();
    expect(a.travel.run()).toEqual({ kind: 'halt', code: 0 });
    const b = busy();
    while (b.machine.run({ cycles: 777 }).kind === 'limit');
    expect(stateHash(b.machine)).toBe(stateHash(a.machine));
    expect(a.machine.interrupts.taken).toBeGreaterThan(50);
    expect(a.machine.devices.ssd0.writes).toBe(10);
    const sum = a.machine.core.ledger.reduce((x, y) => x + y);
    expect(sum).toBe(a.machine.core.cycles);
  });

  test('1,000 walks of n steps forward and n back end where they began, disks and console included', () => {
    const { machine, travel } = busy(4000);
    travel.run();
    const total = machine.core.instructions;
    const random = new Random(7, 'walk');
    for (let walk = 0; walk < 1000; walk++) {
      const n = 1 + random.below(25);
      travel.seekInstruction(random.below(total - n));
      const hash = stateHash(machine);
      const output = outputText(machine);
      for (let i = 0; i < n; i++) travel.step('instruction');
      for (let i = 0; i < n; i++) travel.stepBack('instruction');
      expect(stateHash(machine)).toBe(hash);
      expect(outputText(machine)).toBe(output);
    }
  });

  test('back from the end to the start, then forward, gives the same end', () => {
    const { machine, travel } = busy();
    const start = stateHash(machine);
    travel.run();
    const end = stateHash(machine);
    const middle = Math.floor(machine.core.instructions / 2);
    travel.stepBack('instruction');
    expect(machine.core.state).toBe(0);
    travel.seekInstruction(middle);
    const half = stateHash(machine);
    travel.seekInstruction(0);
    expect(stateHash(machine)).toBe(start);
    travel.stepBack('instruction');
    expect(stateHash(machine)).toBe(start);
    travel.seekInstruction(middle);
    expect(stateHash(machine)).toBe(half);
    travel.run();
    expect(stateHash(machine)).toBe(end);
  });

  test('any cycle can be visited, inside a sleep too', () => {
    const { machine, travel } = busy();
    travel.run();
    const total = machine.core.cycles;
    const random = new Random(3, 'cycles');
    const seen = new Map<number, string>();
    for (let i = 0; i < 60; i++) {
      const cycle = random.below(total);
      travel.seekCycle(cycle);
      expect(machine.core.cycles).toBeGreaterThanOrEqual(cycle);
      seen.set(cycle, stateHash(machine));
    }
    for (const [cycle, hash] of seen) {
      travel.seekCycle(cycle);
      expect(stateHash(machine)).toBe(hash);
    }
  });

  test('checkpoints stay within their bound and the way back stays exact', () => {
    const machine = new Machine(TEACHING_MACHINE);
    const travel = new TimeTravel(machine, { intervalCycles: 500, maxBytes: 2_000_000 });
    travel.load(busy().image);
    travel.run({ instructions: 100 });
    const early = stateHash(machine);
    travel.run();
    expect(travel.checkpointBytes).toBeLessThanOrEqual(2_000_000);
    travel.seekInstruction(100);
    expect(stateHash(machine)).toBe(early);
  });

  test.each([
    ['interpreter', (config: MachineConfig) => new Machine(config)],
    ['fast engine', (config: MachineConfig) => fastMachine(config, { hotVisits: 2 })],
  ])('code that is changed by hand is the new one from then on, and the old one before: %s', (_, make) => {
    const machine = make(TEACHING_MACHINE);
    const travel = new TimeTravel(machine, { intervalCycles: 1000 });
    travel.load(
      assembled(`
  .section .text.start, text
  .global _start
_start:
  ldi r0, 0
again:
  addi r0, 1
  jmp again
`),
    );
    const count = (steps: number) => {
      const before = machine.core.r8[0] as number;
      travel.run({ instructions: 2 * steps });
      return ((machine.core.r8[0] as number) - before) & 0xff;
    };
    travel.run({ instructions: 1 });
    expect(count(5000)).toBe(5000 & 0xff);
    const [low, high] = encode('addi', [0, 3]).flatMap((word) => [word & 0xff, word >> 8]) as [number, number];
    const at = machine.core.pc;
    travel.input({ kind: 'memory', address: at, value: low });
    travel.input({ kind: 'memory', address: at + 1, value: high });
    expect(count(5000)).toBe(15_000 & 0xff);
    travel.seekInstruction(5001);
    expect(count(100)).toBe(100);
    // Over the change, at 10,001.
    travel.seekInstruction(10_001 - 20);
    expect(count(30)).toBe(10 + 3 * 20);
  });

  test('who wrote a byte last, and when it changes next', () => {
    const { machine, travel, image } = busy();
    travel.run({ instructions: 5000 });
    const hash = stateHash(machine);
    const sum = image.symbols.find((s) => s.name === 'sum')?.address ?? 0;
    const found = finish(lastWrite(travel, sum));
    expect(stateHash(machine)).toBe(hash);
    expect(found?.exact).toBe(true);
    travel.seekInstruction(found?.instructions ?? 0);
    expect(machine.core.pc).toBe(found?.pc);
    const next = finish(nextChange(travel, sum));
    expect(next?.instructions).toBeGreaterThanOrEqual(found?.instructions ?? 0);
    expect(finish(lastWrite(travel, 0x8000))).toBeNull();
  });

  test('where a place was reached last, and a search that is dropped leaves no trace', () => {
    const { machine, travel, image } = busy();
    const work = image.symbols.find((symbol) => symbol.name === 'work')?.address ?? 0;
    const visits: number[] = [];
    while (machine.core.instructions < 3000) {
      if (machine.core.pc === work) visits.push(machine.core.instructions);
      travel.run({ instructions: 1 });
    }
    const hash = stateHash(machine);
    expect(finish(lastVisit(travel, [work], () => true))).toBe(visits.at(-1));
    let skip = 2;
    expect(finish(lastVisit(travel, [work], () => machine.core.instructions <= (visits.at(-3) ?? 0)))).toBe(
      visits.at(-3),
    );
    expect(finish(lastVisit(travel, [work], () => skip-- < 0))).not.toBeNull();
    expect(finish(lastVisit(travel, [work], () => false))).toBeNull();
    const dropped = nextChange(travel, 0x8000);
    dropped.next();
    dropped.return(null);
    expect(stateHash(machine)).toBe(hash);
  });

  test('an edit in the past is an input: it changes the future and can be gone back over', () => {
    const { machine, travel } = busy();
    travel.run({ instructions: 3000 });
    travel.seekInstruction(1000);
    const before = stateHash(machine);
    travel.input({ kind: 'register', index: 12, value: 1 });
    travel.run();
    const end = stateHash(machine);
    travel.seekInstruction(900);
    travel.run();
    expect(stateHash(machine)).toBe(end);
    travel.seekInstruction(999);
    travel.step('instruction');
    expect(machine.core.instructions).toBe(1000);
    expect(before).not.toBe(end);
  });
});

describe('steps by source line', () => {
  const LINES = `
    .global _start
_start:
    ldiw w0, 0xf000
    setsp w0
    call f
    nop
    halt r0
f:
    nop
    ret
`;
  const at = (machine: Machine) => machine.core.pc;

  test('into, over, out, and back by each', () => {
    const machine = new Machine(TEACHING_MACHINE);
    const travel = new TimeTravel(machine);
    const image = assembled(LINES);
    travel.load(image);
    const f = image.symbols.find((s) => s.name === 'f')?.address ?? 0;
    travel.step('line');
    travel.step('line');
    const call = at(machine);
    travel.step('over');
    const afterCall = at(machine);
    expect(afterCall).not.toBe(f);
    travel.stepBack('over');
    expect(at(machine)).toBe(call);
    travel.step('line');
    expect(at(machine)).toBe(f);
    travel.step('out');
    expect(at(machine)).toBe(afterCall);
    travel.stepBack('line');
    expect(at(machine)).toBe(f + 2);
    travel.stepBack('out');
    expect(at(machine)).toBe(call);
  });
});
