import { describe, expect, test } from 'vitest';
import { DISK_BASE, portOf } from '../../isa/ports';
import { trapNumber } from '../../isa/traps';
import type { MachineConfig } from '../../presets/machine';
import { FLAT_MACHINE, TEACHING_MACHINE } from '../../presets/machine';
import { assembled } from '../../../../tests/helpers/assembled';
import { INTERRUPT_CYCLES } from '../interrupts';
import { Machine } from '../machine';
import { ledgerOf, outputText, summarise } from '../summary';

function start(text: string, config: MachineConfig = FLAT_MACHINE, vectors: Record<number, string> = {}): Machine {
  const machine = new Machine(config);
  const image = assembled(`    .global _start\n_start:\n    ldiw w0, 0xf000\n    setsp w0\n${text}`);
  const table = new Uint8Array(32);
  for (const [vector, name] of Object.entries(vectors)) {
    const address = image.symbols.find((s) => s.name === name)?.address ?? 0;
    table[2 * Number(vector)] = address & 0xff;
    table[2 * Number(vector) + 1] = address >> 8;
  }
  const segment = { name: 'vectors' as const, address: 0x10, sizeBytes: 32, bytes: table };
  machine.load({ ...image, segments: [...image.segments, segment] });
  return machine;
}

describe('interrupts', () => {
  test('a timer interrupt is taken, counts, and returns with flags and registers as they were', () => {
    const machine = start(
      `
    ldi r0, 1
    out 0x02, r0
    ldi r0, 5
    out 0x1c, r0
    ldi r0, 1
    out 0x18, r0
    ei
    ldiw w3, 3000
loop:
    addiw w3, -1
    bne loop
    halt r9
tick:
    addi r9, 1
    tsti r9, 0
    reti
`,
      FLAT_MACHINE,
      { 0: 'tick' },
    );
    expect(machine.run()).toEqual({ kind: 'halt', code: 1 });
    expect(machine.interrupts.taken).toBe(1);
    expect(machine.core.sp).toBe(0xf000);
    expect(machine.core.r16[3]).toBe(0);
  });

  test('EI works after the next instruction, so that EI and WAIT are one', () => {
    const machine = start(
      `
    ldi r0, 1
    out 0x02, r0
    ldi r1, 0
    out 0x09, r1            ; raise interrupt 0
    ei
    wait
    halt r9
tick:
    ldi r9, 42
    reti
`,
      FLAT_MACHINE,
      { 0: 'tick' },
    );
    expect(machine.run()).toEqual({ kind: 'halt', code: 42 });
  });

  test('they nest when the handler allows it, lower numbers first', () => {
    const machine = start(
      `
    ldi r0, 0xff
    out 0x02, r0
    ldi r1, 8
    ldi r0, 7
    out 0x03, r1
    out 0x09, r0
    ldi r0, 1
    out 0x09, r0
    ei
    nop
    nop
    ldi r0, 0
    halt r0
outer:
    ldi r2, 49              ; 1
    out 0x10, r2
    ldi r0, 0
    out 0x09, r0            ; raises a more urgent one, inside
    ei
    nop
    ldi r2, 50              ; 2
    out 0x10, r2
    reti
inner:
    ldi r2, 51              ; 3
    out 0x10, r2
    reti
late:
    ldi r2, 52              ; 4
    out 0x10, r2
    reti
`,
      FLAT_MACHINE,
      { 0: 'inner', 1: 'outer', 7: 'late' },
    );
    machine.run();
    // Inside the outer handler both inner (0) and late (7) are let in.
    expect(outputText(machine)).toBe('1342');
    expect(machine.interrupts.taken).toBe(3);
  });

  test('entry takes 4 cycles, 3 bytes pushed and 2 read', () => {
    const text = `
    ldi r0, 1
    out 0x02, r0
    ldi r1, 0
    out 0x09, r1
    ei
    nop
    halt r1
tick:
    reti
`;
    const machine = start(text, FLAT_MACHINE, { 0: 'tick' });
    machine.run();
    // ldiw 2, setsp 1, ldi out ldi out ei nop halt 7, entry 4 + 5, reti 3 + 3.
    expect(machine.core.cycles).toBe(3 + 7 + INTERRUPT_CYCLES + 5 + 6);
  });

  test('without a handler an interrupt is not taken but ends WAIT; asleep for ever is idle', () => {
    const machine = start('    ldi r0, 1\n    out 0x02, r0\n    wait\n    halt r0\n');
    expect(machine.run()).toEqual({ kind: 'idle' });
    machine.core.irqPending = 1;
    expect(machine.run()).toEqual({ kind: 'halt', code: 1 });
  });
});

describe('traps', () => {
  const cases: [string, string][] = [
    ['undefined-instruction', '    ldiw w1, 0x2000\n    ijmp w1\n'],
    ['null-access', '    ldiw w1, 3\n    ld r0, [w1]\n'],
    ['code-write', '    ldiw w1, _start\n    st [w1], r0\n'],
    ['division-by-zero', '    trap 4\n'],
    ['bounds', '    ldi r1, 9\n    chk r1, 9\n'],
    ['stack-overflow', 'f:\n    call f\n'],
    ['unaligned-code', '    ldiw w1, 0x2001\n    ijmp w1\n'],
    ['null-access', '    ldiw w1, 0\n    ijmp w1\n'],
  ];
  test.each(cases)('%s', (id, text) => {
    const machine = start(text);
    expect(machine.run()).toEqual({ kind: 'trap', trap: trapNumber(id as Parameters<typeof trapNumber>[0]) });
    expect(summarise(machine).exit.trap).toMatchObject({ id, pc: machine.core.pc });
    expect(summarise(machine).exit.trap?.message.length).toBeGreaterThan(10);
  });

  test('a multiplier that is switched off traps', () => {
    const machine = start('    mul w0, r2\n', { ...FLAT_MACHINE, multiplier: false });
    expect(machine.run()).toEqual({ kind: 'trap', trap: trapNumber('multiplier-off') });
  });

  test('writable code may be written, and what was written runs', () => {
    // Turns "ldi r0, 1" at `patch` into "ldi r0, 9", after it has run once.
    const text = `
    ldi r3, 2
again:
patch:
    ldi r0, 1
    ldiw w2, patch
    ldi r2, 9
    st [w2], r2
    addi r3, -1
    bne again
    halt r0
`;
    const fixed = text.replaceAll('w2,', 'w4,').replaceAll('[w2]', '[w4]');
    expect(start(fixed, { ...FLAT_MACHINE, writableCode: true }).run()).toEqual({ kind: 'halt', code: 9 });
    expect(start(fixed).run()).toEqual({ kind: 'trap', trap: trapNumber('code-write') });
  });
});

describe('console, keyboard, panel, random', () => {
  test('console input is read byte by byte, and its end shows', () => {
    const machine = start(`
loop:
    in r1, 0x11
    tsti r1, 1
    beq none
    in r0, 0x10
    out 0x10, r0
    jmp loop
none:
    halt r1
`);
    machine.input({ kind: 'console', bytes: [104, 105], end: true });
    expect(machine.run()).toEqual({ kind: 'halt', code: 2 });
    expect(outputText(machine)).toBe('hi');
  });

  test('a key wakes the core; its time asleep is booked to the console', () => {
    const machine = start('    ldi r0, 2\n    out 0x02, r0\n    wait\n    in r1, 0x14\n    halt r1\n');
    expect(machine.run()).toEqual({ kind: 'idle' });
    machine.input({ kind: 'key', code: 65 });
    expect(machine.run()).toEqual({ kind: 'halt', code: 65 });
  });

  test('switches can be read, LEDs seen', () => {
    const machine = start('    in r0, 0x0d\n    out 0x0c, r0\n    halt r0\n');
    machine.input({ kind: 'switches', bits: 0xa5 });
    machine.run();
    expect(machine.devices.panel.leds).toBe(0xa5);
  });

  test('random bytes repeat with the seed and differ with another', () => {
    const text = '    in r4, 0x0a\n    in r5, 0x0a\n    in r6, 0x0a\n    in r7, 0x0a\n    halt r0\n';
    const bytes = (seed: number) => {
      const machine = start(text, { ...FLAT_MACHINE, seed });
      machine.run();
      return [...machine.core.r8.slice(4, 8)];
    };
    expect(bytes(5)).toEqual(bytes(5));
    expect(bytes(5)).not.toEqual(bytes(6));
  });

  test('the pixel screen is memory', () => {
    const machine = start('    ldiw w1, 0xf041\n    ldi r0, 7\n    st [w1], r0\n    halt r0\n');
    machine.run();
    expect(machine.memory[0xf000 + 64 + 1]).toBe(7);
  });
});

describe('clocks and counters', () => {
  test('cycle and nanosecond counters latch on byte 0', () => {
    const machine = start(
      '    in r4, 0x20\n    in r5, 0x21\n    in r6, 0x28\n    in r7, 0x29\n    ldi r0, 0\n    out 0x30, r0\n    halt r0\n',
    );
    machine.run();
    // ldiw 2, setsp 1, in 1: the port answers at cycle 4; two ports later it is 6.
    expect(machine.core.r16[2]).toBe(4);
    expect(machine.core.r16[3]).toBe(6);
  });

  test('a program reads its own miss count', () => {
    const machine = start(
      `
    ldiw w1, 0x3000
    ldi r4, 64
loop:
    ld r0, [w1+]
    addi r4, -1
    bne loop
    ldi r0, 10              ; L1D read misses
    out 0x30, r0
    in r5, 0x34
    halt r5
`,
      TEACHING_MACHINE,
    );
    expect(machine.run()).toEqual({ kind: 'halt', code: 4 });
  });
});

describe('disks', () => {
  const transfer = (base: number, command: number, control: number) => `
    ldi r0, ${control}
    out ${base + 3}, r0
    ldi r0, 5
    out ${base + 4}, r0
    ldi r0, 1
    out ${base + 8}, r0
    ldiw w0, 0x4000
    out ${base + 10}, r0
    out ${base + 11}, r1
    ldi r0, ${command}
    out ${base}, r0
`;
  const sleepUntilDone = (base: number) => `
sleep${base}:
    wait
    in r0, ${base + 1}
    tsti r0, 1
    bne sleep${base}
    out ${base + 1}, r0
`;

  test.each([
    ['ssd0', 'ssdNs', 10e3, 1e6],
    ['hdd0', 'hddNs', 1e6, 40e6],
  ] as const)('%s: a block by DMA and interrupt, asleep meanwhile', (name, account, leastNs, mostNs) => {
    const base = DISK_BASE[name];
    const machine = start(
      `    ldi r0, 0x18\n    out 0x02, r0\n${transfer(base, 1, 3)}${sleepUntilDone(base)}    halt r0\n`,
      { ...TEACHING_MACHINE, bootFrom: 'none' },
    );
    const content = Uint8Array.from({ length: 8 * 512 }, (_, i) => i % 251);
    machine.devices[name].insert(content);
    expect(machine.run().kind).toBe('halt');
    expect(machine.memory.slice(0x4000, 0x4200)).toEqual(content.slice(5 * 512, 6 * 512));
    const ledger = ledgerOf(machine);
    expect(ledger[account]).toBeGreaterThan(leastNs);
    expect(ledger[account]).toBeLessThan(mostNs);
    const summary = summarise(machine);
    expect(summary.devices[name].reads).toBe(1);
    // The core slept from some cycles after the command until its end.
    expect(summary.devices[name].busyNs - ledger[account]).toBeLessThan(500);
    expect(Object.values(ledger).reduce((a, b) => a + b)).toBe(summary.timeNs);
  });

  test('programmed I/O writes a block and reads it back', () => {
    const base = DISK_BASE.ssd0;
    const poll = (label: string) => `${label}:\n    in r0, ${base + 1}\n    tsti r0, 1\n    bne ${label}\n`;
    const machine = start(
      `${transfer(base, 2, 0)}
    ldiw w2, 512
put:
    mov r0, r4
    out ${base + 12}, r0
    addiw w2, -1
    bne put
${poll('written')}
    ldi r0, 1
    out ${base}, r0
${poll('read')}
    in r6, ${base + 12}
    in r7, ${base + 12}
    halt r7
`,
    );
    expect(machine.run().kind).toBe('halt');
    expect([machine.core.r8[6], machine.core.r8[7]]).toEqual([0, 255]);
    expect(machine.devices.ssd0.block(5)[3]).toBe(253);
    expect(machine.devices.ssd0.writes).toBe(1);
  });

  test('bad commands are refused with a reason', () => {
    const base = DISK_BASE.hdd0;
    const error = (text: string) => {
      const machine = start(`${text}    in r5, ${base + 2}\n    halt r5\n`);
      const stop = machine.run();
      return stop.kind === 'halt' ? stop.code : -1;
    };
    expect(error(transfer(base, 9, 2))).toBe(2);
    expect(error(`    ldi r0, 0xff\n    out ${base + 7}, r0\n${transfer(base, 1, 2)}`)).toBe(1);
    expect(error(transfer(base, 1, 2).replace('0x4000', '0xff00'))).toBe(3);
    expect(error(`${transfer(base, 1, 2)}    out ${base}, r0\n`)).toBe(4);
  });

  test('power off keeps the disks and clears RAM', () => {
    const base = DISK_BASE.ssd0;
    const machine = start(
      `    ldi r0, 8\n    out 0x02, r0\n    ldi r2, 77\n    ldiw w3, 0x4000\n    st [w3], r2\n${transfer(base, 2, 3)}${sleepUntilDone(base)}    halt r0\n`,
    );
    machine.run();
    machine.powerOn();
    expect(machine.memory[0x4000]).toBe(0);
    expect(machine.devices.ssd0.block(5)[0]).toBe(77);
  });
});

test('the network card sends frames to itself', () => {
  const port = portOf('NET_COMMAND');
  const machine = start(`
    ldi r0, 0x20
    out 0x02, r0
    ldiw w1, 0x3000
    ldi r0, 99
    st [w1], r0
    ldi r0, 1
    out ${port + 2}, r0
    out ${port + 6}, r0
    out ${port + 4}, r2
    out ${port + 5}, r3
    out ${port}, r0
    wait
    ldi r3, 0x31
    out ${port + 5}, r3
    ldi r0, 2
    out ${port}, r0
    ld r5, [0x3100]
    halt r5
`);
  expect(machine.run()).toEqual({ kind: 'halt', code: 99 });
  expect(ledgerOf(machine).networkNs).toBeGreaterThan(9_900);
});
