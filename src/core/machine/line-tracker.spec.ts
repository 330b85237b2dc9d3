import { expect, test } from 'vitest';
import { assembled } from '../../../tests/helpers/assembled';
import { TEACHING_MACHINE } from '../presets/machine';
import { LineTracker } from './line-tracker';
import { Machine } from './machine';

/** Interrupts come so often that many are taken right before a call or a return. */
const TEXT = `
    .global _start
_start:
    ldiw w0, 0xf000
    setsp w0
    ldi r0, 0x01
    out 0x02, r0
    ldi r0, 1
    out 0x1c, r0
    ldi r0, 3
    out 0x18, r0
    ei
again:
    call f
    call f
    jmp again
f:
    ret
tick:
    call g
    reti
g:
    ret
`;

test('the depth of calls is right at each place, whatever interrupts came between', () => {
  const image = assembled(TEXT);
  const address = (name: string) => image.symbols.find((s) => s.name === name)?.address ?? 0;
  const [f, tick, g] = [address('f'), address('tick'), address('g')];
  const machine = new Machine({ ...TEACHING_MACHINE, bootFrom: 'none' });
  machine.load(image);
  machine.memory.set([tick & 0xff, tick >> 8], 0x10);
  const tracker = new LineTracker(machine);
  let callsNotYetMade = 0;
  for (let n = 0; n < 40_000; n++) {
    const { pc } = machine.core;
    const taken = machine.interrupts.taken;
    tracker.look();
    machine.run({ instructions: 1 });
    tracker.moved();
    if (machine.interrupts.taken > taken && pc < f && pc >= address('again')) callsNotYetMade++;
    const { pc: now, sp } = machine.core;
    // By the stack: calls take two bytes, interrupts three.
    const bytes = n < 2 ? 0 : 0xf000 - sp;
    expect(tracker.depth, `at ${now} after ${n}`).toBe(n < 2 ? 0 : depthOf(bytes));
    expect(now >= g ? tracker.depth >= 2 : now >= tick ? tracker.depth >= 1 : true).toBe(true);
  }
  expect(machine.interrupts.taken).toBeGreaterThan(100);
  expect(callsNotYetMade).toBeGreaterThan(10);
});

/** Nothing, f; an interrupt, or one in f; g in each. */
const depthOf = (bytes: number) => ({ 0: 0, 2: 1, 3: 1, 5: 2, 7: 3 })[bytes];
