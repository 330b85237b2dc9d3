import { describe, expect, test } from 'vitest';
import { assembled } from '../../../tests/helpers/assembled';
import { BUSY_INPUT, busyImage } from '../../../tests/helpers/busy-program';
import { compileProgram } from '../../../tests/helpers/compiled';
import type { Image } from '../assembler/image';
import { at } from '../base/assert';
import { Random } from '../base/random';
import { machinePreset, TEACHING_MACHINE, type MachineConfig } from '../presets/machine';
import type { LineUnit } from './back-steps';
import { functionAt } from './debug/call-stack';
import { fastMachine } from './jit/engine';
import { LineTracker } from './line-tracker';
import { Machine } from './machine';
import { stateHash } from './state-hash';
import { TimeTravel } from './time-travel';

const UNITS: readonly LineUnit[] = ['line', 'over', 'out'];

/** Callees that run long, one of them deep; a line with many calls; a line that is a long loop; library functions. */
const CALLS = `#include <stdio.h>
static unsigned int sum;
static char cells[600];
static void fill(char value) {
  for (unsigned int i = 0; i < 600; i++)
    cells[i] = value;
}
static unsigned int walk(unsigned char depth) {
  if (depth == 0) {
    fill(3);
    return 1;
  }
  unsigned int below = walk(depth - 1);
  fill(depth);
  return below + cells[depth];
}
static unsigned int twice(unsigned int x) { return 2 * x; }
int main(void) {
  for (unsigned char round = 0; round < 3; round++) {
    sum += walk(6);
    for (unsigned int i = 0; i < 40; i++) sum += twice(i);
    for (unsigned int i = 0; i < 1000; i++) sum++;
    printf("%u\\n", sum);
    fill(round);
  }
  return 0;
}
`;

/** What there is at every place of a run, by one walk from the start: the plain way to find out where a step back ends. */
function placesOf(travel: TimeTravel, thread: number, most: number) {
  const { machine } = travel;
  const tracker = new LineTracker(machine, machine.threads[thread]);
  const depths = [0];
  const begins = [false];
  for (;;) {
    tracker.look();
    const stop = travel.run({ instructions: 1 });
    if (stop.kind !== 'limit' || depths.length > most) break;
    tracker.moved();
    depths.push(tracker.depth);
    begins.push(tracker.isNewLine);
  }
  const back = (from: number, unit: LineUnit): number => {
    const now = at(depths, from);
    for (let place = from - 1; place > 0; place--) {
      const depth = at(depths, place);
      if (unit === 'out' ? depth < now : at(begins, place) && (unit === 'line' || depth <= now)) return place;
    }
    return 0;
  };
  return { count: depths.length, back };
}

interface Run {
  readonly config?: MachineConfig;
  readonly image: Image;
  readonly input?: string;
  readonly thread?: number;
  readonly intervalCycles?: number;
  /** Places whose every step is tried. */
  readonly tries: number;
}

function compareSteps({ config = TEACHING_MACHINE, image, input = '', thread = 0, intervalCycles, tries }: Run): void {
  const options = { intervalCycles: intervalCycles ?? 20_000 };
  const started = (machine: Machine) => {
    const travel = new TimeTravel(machine, options);
    travel.load(image);
    travel.input({ kind: 'console', bytes: [...input].map((c) => c.charCodeAt(0)), end: true });
    return travel;
  };
  const { count, back } = placesOf(started(new Machine(config)), thread, 200_000);
  expect(count).toBeGreaterThan(500);
  const travel = started(fastMachine(config, { hotVisits: 2 }));
  const { machine } = travel;
  travel.run({ instructions: count - 1 });
  const random = new Random(5, 'places');
  for (let n = 0; n < tries; n++) {
    const place = random.below(count);
    for (const unit of UNITS) {
      travel.seekInstruction(place);
      machine.select(at(machine.threads, thread));
      travel.stepBack(unit);
      expect(machine.instructions, `${unit} from ${place}`).toBe(back(place, unit));
    }
  }
}

describe('steps back by line end where a walk through all places says', () => {
  test('calls of all kinds', () => {
    compareSteps({ image: compileProgram('calls.c', CALLS, 'O0'), tries: 60 });
  });

  test('checkpoints that are few, or thinned', () => {
    compareSteps({ image: compileProgram('calls.c', CALLS, 'O0'), tries: 15, intervalCycles: 300_000 });
    compareSteps({ image: compileProgram('calls.c', CALLS, 'O0'), tries: 15, intervalCycles: 1000 });
  });

  test('interrupts at any instruction, calls among them', () => {
    compareSteps({ image: busyImage(), input: BUSY_INPUT, tries: 150, intervalCycles: 5000 });
  });

  test('one of several threads', () => {
    const { config } = machinePreset('quad-core') as { config: MachineConfig };
    const image = assembled(`
    .global _start
_start:
    ldi r0, 1
    out 0x70, r0
    ldiw w0, other
    out 0x74, r0
    out 0x75, r1
    ldiw w0, 0xe000
    out 0x76, r0
    out 0x77, r1
    ldi r0, 1
    out 0x71, r0
    ldiw w4, 20
again:
    call long
    addiw w4, -1
    bne again
    ldi r0, 0
    halt r0
other:
    nop
    call long
    call long
    jmp other
long:
    ldiw w2, 900
turn:
    addiw w2, -1
    bne turn
    ret
`);
    for (const thread of [0, 1])
      compareSteps({ config: { ...config, bootFrom: 'none' }, image, thread, tries: 40, intervalCycles: 5000 });
  });
});

describe('out, far back', () => {
  test('from a function that was entered long ago, at once, also after going on from there', () => {
    const image = compileProgram(
      'long.c',
      `static unsigned int n;
static void work(void) { for (unsigned int i = 0; i < 200; i++) n += i; }
int main(void) { for (;;) work(); }
`,
      'O0',
    );
    const machine = fastMachine({ ...TEACHING_MACHINE, bootFrom: 'none' });
    const travel = new TimeTravel(machine, { maxBytes: 4e6 });
    travel.load(image);
    const main = image.symbols.find((s) => s.name === 'main')?.address ?? 0;
    travel.runTo(main);
    const atMain = machine.instructions;
    travel.run({ instructions: 30e6 });
    for (const more of [0, 1e6, 5e6]) {
      travel.run({ instructions: more });
      const end = machine.instructions;
      const hash = stateHash(machine);
      while (functionAt(image, machine.core.pc)?.name !== 'main') travel.stepBack('out');
      let replayed = 0;
      const { replay } = travel;
      travel.replay = (instructions) => {
        replayed += instructions;
        return replay.call(travel, instructions);
      };
      travel.stepBack('out');
      travel.replay = replay;
      expect(machine.instructions).toBe(atMain - 1);
      expect(replayed).toBeLessThan(5e6);
      travel.seekInstruction(end);
      expect(stateHash(machine)).toBe(hash);
    }
  });
});
