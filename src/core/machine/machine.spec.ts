import { describe, expect, test } from 'vitest';
import { FLAT_MACHINE, TEACHING_MACHINE } from '../presets/machine';
import { Machine } from './machine';
import { summarise } from './summary';
import { assembled } from '../../../tests/helpers/assembled';

describe('a first program', () => {
  const HELLO = `
    .global _start
_start:
    ldiw w1, text
loop:
    ld r0, [w1+]
    tsti r0, 255
    beq done
    out 0x10, r0
    jmp loop
done:
    ldi r0, 7
    halt r0
    .section .rodata
text:
    .asciz "hello"
`;

  test('prints and halts, with a ledger that sums to the time', () => {
    const machine = new Machine(TEACHING_MACHINE);
    machine.load(assembled(HELLO));
    expect(machine.run()).toEqual({ kind: 'halt', code: 7 });
    const summary = summarise(machine);
    expect(summary.output).toBe('hello');
    expect(summary.instructions).toBe(1 + 5 * 5 + 3 + 2);
    expect(summary.timeNs).toBe(summary.cycles);
    expect(Object.values(summary.ledger).reduce((a, b) => a + b)).toBe(summary.timeNs);
    expect(summary.ledger.consoleNs).toBe(500);
    expect(summary.ledger.ssdNs).toBeGreaterThan(10_000);
    expect(summary.caches.l1d?.reads).toBe(6);
    expect(summary.caches.l1d?.readMisses).toBeGreaterThan(0);
  });

  test('on flat memory takes the cycles of the table and one a byte', () => {
    const machine = new Machine(FLAT_MACHINE);
    machine.load(assembled(HELLO));
    machine.run();
    // ldiw 2; five turns of ld 1+1, tsti 1, beq 1, out 1, jmp 2; a last ld, tsti, taken beq 2; ldi, halt.
    expect(machine.core.cycles).toBe(2 + 5 * 7 + 2 + 1 + 2 + 2);
  });
});
