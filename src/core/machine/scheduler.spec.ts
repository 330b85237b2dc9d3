/** Several hardware threads: what they see of each other, the same in every run, forward and back. */
import { describe, expect, test } from 'vitest';
import { assembled } from '../../../tests/helpers/assembled';
import { Random } from '../base/random';
import { FLAT_MACHINE, machinePreset, type MachineConfig } from '../presets/machine';
import { trapNumber } from '../isa/traps';
import type { CacheLevel } from './cache/level';
import { recordAccesses } from './cache/recording';
import { ACCOUNTS, CoreState, COUNT } from './layout';
import { Machine } from './machine';
import { stateHash } from './state-hash';
import { TimeTravel } from './time-travel';

const preset = (id: string): MachineConfig => (machinePreset(id) as { config: MachineConfig }).config;
const quick = (id: string, changes: Partial<MachineConfig> = {}): MachineConfig => ({
  ...preset(id),
  bootFrom: 'none',
  ...changes,
});

/** Starts thread `n` at `label` with a stack of its own. */
const start = (n: number, label: string) => `
    ldi r0, ${n}
    out 0x70, r0
    ldiw w0, ${label}
    out 0x74, r0
    out 0x75, r1
    ldiw w0, ${0xe000 - 256 * n}
    out 0x76, r0
    out 0x77, r1
    ldi r0, 1
    out 0x71, r0
`;
/** Sleeps until thread `n` has ended. */
const join = (n: number) => `
    ldi r0, ${n}
    out 0x70, r0
join${n}:
    ldi r0, 3
    out 0x71, r0
    in r0, 0x72
    tsti r0, 1
    beq join${n}
`;
const PARK = `
    ldi r0, 2
    out 0x71, r0
`;
const HALT = `
    ldi r0, 0
    halt r0
`;
/** Waits as many rounds as the byte `cell` says. */
const delay = (cell: string) => `
    ld r2, [${cell}]
    tsti r2, 255
    beq go_${cell}
wait_${cell}:
    addi r2, -1
    bne wait_${cell}
go_${cell}:
`;
const HEAD = `
    .global _start
_start:
    ldiw w0, 0xf000
    setsp w0
`;
const cell = (name: string) => `${name}: .space 16\n`;

function load(config: MachineConfig, text: string) {
  const machine = new Machine(config);
  const image = assembled(text);
  machine.load(image);
  const at = (name: string) => image.symbols.find((s) => s.name === name)?.address ?? 0;
  return {
    machine,
    image,
    poke: (name: string, value: number) => machine.input({ kind: 'memory', address: at(name), value }),
    peek: (name: string, offset = 0) => machine.memory[at(name) + offset] as number,
  };
}

const SIDES = {
  storeBuffering: [
    `ldi r3, 1
     st [x], r3
     ld r4, [y]
     st [seen0], r4`,
    `ldi r3, 1
     st [y], r3
     ld r4, [x]
     st [seen1], r4`,
  ],
  messagePassing: [
    `ldi r3, 1
     st [x], r3
     st [y], r3`,
    `ld r3, [y]
     ld r4, [x]
     st [seen0], r3
     st [seen1], r4`,
  ],
} as const;

const litmus = ([first, second]: readonly [string, string]) => `${HEAD}
${start(1, 'other')}
${delay('delay0')}
${first}
${join(1)}
${HALT}
other:
${delay('delay1')}
${second}
${PARK}
    .section .bss
${['x', 'y', 'seen0', 'seen1', 'delay0', 'delay1'].map(cell).join('')}`;

/** All outcomes over many relative delays. */
function outcomes(sides: readonly [string, string], config: MachineConfig): Set<string> {
  const seen = new Set<string>();
  const { machine, image, poke, peek } = load(config, litmus(sides));
  for (let a = 0; a < 12; a++)
    for (let b = 0; b < 12; b++) {
      machine.load(image);
      poke('delay0', 3 * a);
      poke('delay1', 3 * b);
      expect(machine.run()).toEqual({ kind: 'halt', code: 0 });
      seen.add(`${peek('seen0')},${peek('seen1')}`);
    }
  return seen;
}

describe.each(['dual-core', 'threads'])('sequential consistency: %s', (id) => {
  test('store buffering: one of the two sees the other', () => {
    expect(outcomes(SIDES.storeBuffering, quick(id))).not.toContain('0,0');
  });
  test('message passing: who sees the flag sees the message', () => {
    const seen = outcomes(SIDES.messagePassing, quick(id));
    expect(seen).not.toContain('1,0');
    expect(seen).toContain('1,1');
    if (id === 'dual-core') expect(seen).toContain('0,0');
  });
});

/** Adds to a counter of two bytes, `rounds` times, between `enter` and `leave`. */
const adding = (label: string, enter: string, leave: string) => `
    ldi r12, 100
${label}:
${enter}
    ldw w2, [counter]
    addiw w2, 1
    stw [counter], w2
${leave}
    addi r12, -1
    bne ${label}
`;

/** Peterson, "Myths about the mutual exclusion problem", 1981. */
const peterson = (me: number) => {
  const other = 1 - me;
  return {
    enter: `
    ldi r0, 1
    st [want${me}], r0
    ldi r0, ${other}
    st [turn], r0
spin${me}:
    ld r0, [want${other}]
    tsti r0, 255
    beq in${me}
    ld r0, [turn]
    cmpi r0, ${other}
    beq spin${me}
in${me}:`,
    leave: `
    ldi r0, 0
    st [want${me}], r0`,
  };
};

const both = (enter0: string, leave0: string, enter1: string, leave1: string) => `${HEAD}
${start(1, 'other')}
${adding('loop0', enter0, leave0)}
${join(1)}
${HALT}
other:
${adding('loop1', enter1, leave1)}
${PARK}
    .section .bss
${['counter', 'want0', 'want1', 'turn', 'lock'].map(cell).join('')}`;

const tas = (me: number) => `
    ldiw w3, lock
try${me}:
    tas r0, [w3]
    bne try${me}`;
const release = `
    ldi r0, 0
    st [lock], r0`;

describe.each(['dual-core', 'threads'])('mutual exclusion: %s', (id) => {
  const total = (text: string) => {
    const { machine, peek } = load(quick(id), text);
    expect(machine.run()).toEqual({ kind: 'halt', code: 0 });
    return peek('counter') | (peek('counter', 1) << 8);
  };
  test("Peterson's lock loses no addition", () => {
    const [a, b] = [peterson(0), peterson(1)];
    expect(total(both(a.enter, a.leave, b.enter, b.leave))).toBe(200);
  });
  test('a lock of test-and-set loses none', () => {
    expect(total(both(tas(0), release, tas(1), release))).toBe(200);
  });
});

test('without a lock additions are lost', () => {
  const { machine, peek } = load(quick('dual-core'), both('', '', '', ''));
  machine.run();
  expect(peek('counter') | (peek('counter', 1) << 8)).toBeLessThan(200);
});

/** Every thread adds under a lock and on its own; the first also takes timer interrupts and sleeps. */
const crowd = (threads: number) => `${HEAD}
    ldi r0, 1
    out 0x02, r0
    ldi r0, 2
    out 0x1c, r0
    ldi r0, 3
    out 0x18, r0
    ei
${Array.from({ length: threads - 1 }, (_, n) => start(n + 1, `run${n + 1}`)).join('')}
${adding('loop0', tas(0), release)}
    wait
${Array.from({ length: threads - 1 }, (_, n) => join(n + 1)).join('')}
${HALT}
${Array.from({ length: threads - 1 }, (_, n) => `run${n + 1}:\n${adding(`loop${n + 1}`, tas(n + 1), release)}${PARK}`).join('')}
tick:
    push r0
    in r0, 0x19
    pop r0
    reti
    .section .bss
${['counter', 'lock'].map(cell).join('')}`;

function crowded(config: MachineConfig) {
  const threads = config.cores * config.threads;
  const image = assembled(crowd(threads));
  const tick = image.symbols.find((s) => s.name === 'tick')?.address ?? 0;
  const vectors = {
    name: 'vectors' as const,
    address: 0x10,
    sizeBytes: 2,
    bytes: Uint8Array.of(tick & 255, tick >> 8),
  };
  const machine = new Machine(config);
  const travel = new TimeTravel(machine, { intervalCycles: 4000 });
  travel.load({ ...image, segments: [...image.segments, vectors] });
  return { machine, travel };
}

const MACHINES: [string, MachineConfig][] = [
  ['two cores', quick('dual-core')],
  ['four cores', quick('quad-core')],
  ['four cores without caches', { ...FLAT_MACHINE, cores: 4 }],
  [
    'four cores with an inclusive L2',
    quick('quad-core', { l2: { ...preset('quad-core').l2!, inclusion: 'inclusive' } }),
  ],
  ['one core of two threads', quick('threads')],
  ['four cores of two threads', quick('quad-core', { threads: 2 })],
];

describe.each(MACHINES)('%s', (_, config) => {
  test('a run in slices ends in the same state, and every ledger sums to its thread’s time', () => {
    const a = crowded(config);
    expect(a.machine.run()).toEqual({ kind: 'halt', code: 0 });
    const b = crowded(config);
    while (b.machine.run({ cycles: 97 }).kind === 'limit');
    const c = crowded(config);
    while (c.machine.run({ instructions: 13 }).kind === 'limit');
    expect(stateHash(b.machine)).toBe(stateHash(a.machine));
    expect(stateHash(c.machine)).toBe(stateHash(a.machine));
    expect(a.machine.interrupts.taken).toBeGreaterThan(3);
    for (const thread of a.machine.threads) {
      expect(thread.instructions).toBeGreaterThan(0);
      expect(ACCOUNTS.reduce((sum, _, i) => sum + (thread.ledger[i] as number), 0)).toBe(thread.cycles);
    }
  });

  test('n instructions forward and n back end where they began', () => {
    const { machine, travel } = crowded(config);
    travel.run();
    const total = machine.instructions;
    const random = new Random(11, 'walk');
    for (let walk = 0; walk < 60; walk++) {
      const n = 1 + random.below(12);
      travel.seekInstruction(random.below(total - n));
      const hash = stateHash(machine);
      for (let i = 0; i < n; i++) travel.step('instruction');
      for (let i = 0; i < n; i++) travel.stepBack('instruction');
      expect(stateHash(machine)).toBe(hash);
    }
  });

  test('an edit by hand comes again at its moment', () => {
    const { machine, travel } = crowded(config);
    travel.run({ instructions: 700 });
    travel.input({ kind: 'register', index: 13, value: 77, thread: 1 });
    const at = machine.instructions;
    travel.run({ instructions: 500 });
    const hash = stateHash(machine);
    travel.seekInstruction(at - 20);
    expect(machine.threads[1]!.r8[13]).not.toBe(77);
    travel.seekInstruction(at + 500);
    expect(machine.threads[1]!.r8[13]).toBe(77);
    expect(stateHash(machine)).toBe(hash);
  });
});

test('threads that nobody started execute nothing and take no time', () => {
  const text = `${HEAD}${HALT}`;
  const { machine } = load(quick('quad-core'), text);
  machine.run();
  for (const thread of machine.threads.slice(1)) {
    expect(thread.state).toBe(CoreState.parked);
    expect([thread.instructions, thread.cycles]).toEqual([0, 0]);
  }
});

test('alone on two cores, a program takes as long as on one, with the same counts', () => {
  const text = `${HEAD}
    ldi r12, 200
loop:
    mov r2, r12
    zxt w2, r2
    addw w2, w2
    addw w2, w2
    addiw w2, data
    ldw w3, [w2 + 0]
    addiw w3, 5
    stw [w2 + 0], w3
    addi r12, -1
    bne loop
${HALT}
    .section .bss
data: .space 1024
`;
  const runs = ['teaching', 'dual-core'].map((id) => {
    const { machine } = load(quick(id), text);
    machine.run();
    const { l1i, l1d, l2 } = machine.system;
    return [machine.core.cycles, ...[l1i, l1d, l2].map((level) => [...(level?.counts ?? [])])];
  });
  expect(runs[1]).toEqual(runs[0]);
});

test('an interrupt from another core ends WAIT there', () => {
  const text = `${HEAD}
${start(1, 'other')}
${delay('delay0')}
    ldi r0, 4
    out 0x71, r0
${join(1)}
${HALT}
other:
    ldi r0, 0x80
    out 0x02, r0
    wait
    ldi r0, 9
    st [seen0], r0
${PARK}
    .section .bss
${cell('delay0')}${cell('seen0')}`;
  const { machine, poke, peek } = load(quick('dual-core'), text);
  poke('delay0', 200);
  expect(machine.run()).toEqual({ kind: 'halt', code: 0 });
  expect(peek('seen0')).toBe(9);
  expect(machine.threads[1]!.ledger[ACCOUNTS.indexOf('sleep')]).toBeGreaterThan(200);
});

describe('checks at run time see every thread', () => {
  /** Both threads call `f`, over and over; the second one `g` at the end. */
  const text = (g: string) => `${HEAD}${start(1, 'other')}
    ldi r12, 50
again0:
    call f
    addi r12, -1
    bne again0
${join(1)}
${HALT}
other:
    ldi r13, 40
again1:
    call f
    addi r13, -1
    bne again1
    call g
${PARK}
f:
    pushw w4
    ldi r8, 7
    popw w4
    ret
g:
    ${g}
    ret
    .section .bss
${cell('never')}`;

  test.each(['dual-core', 'threads'])('a register that a function must keep, on %s', (id) => {
    const config = quick(id, { checkConvention: true });
    expect(load(config, text('nop')).machine.run()).toEqual({ kind: 'halt', code: 0 });
    const { machine } = load(config, text('ldi r8, 99'));
    expect(machine.run()).toEqual({ kind: 'trap', trap: trapNumber('calling-convention') });
    expect(machine.core.id).toBe(1);
  });

  test.each(['dual-core', 'threads'])('memory that nothing has written, on %s', (id) => {
    const config = quick(id, { warnUninitialised: true });
    const written = load(config, text('ld r0, [never]')).machine;
    written.run();
    expect(written.uninitialisedReads).toEqual([]);
    const { machine } = load(config, text('ld r0, [0xb000]'));
    machine.run();
    expect(machine.uninitialisedReads.map(({ address }) => address)).toEqual([0xb000]);
  });
});

test('what a core asked of its own cache is recorded for each by itself', () => {
  const config = preset('dual-core');
  const text = `${HEAD}${start(1, 'other')}${walker('walk0', 0x4000, 2)}${join(1)}${HALT}
other:${walker('walk1', 0x8000, 3)}${PARK}`;
  const { machine, image } = load(config, text);
  machine.run();
  const misses = [0, 1].map((core) => {
    const run = recordAccesses({ config, image, inputs: [], cycles: machine.cycles, core }, 'l1d');
    let step = run.next();
    while (!step.done) step = run.next();
    const { counts } = machine.systems[core]?.l1d as CacheLevel;
    expect(step.value.misses).toBe((counts[COUNT.readMisses] as number) + (counts[COUNT.writeMisses] as number));
    expect(step.value.trace.length).toBeGreaterThan(200);
    return step.value.misses;
  });
  expect(misses[1]).toBeGreaterThan(misses[0] as number);
});

/** Walks through its own half of the memory, line by line: nothing but misses. */
const walker = (label: string, from: number, rounds: number) => `
    ldi r13, ${rounds}
again${label}:
    ldiw w2, ${from}
    ldi r12, 128
${label}:
    ld r0, [w2 + 0]
    addiw w2, 64
    addi r12, -1
    bne ${label}
    addi r13, -1
    bne again${label}
`;
describe('two hardware threads', () => {
  test('hide each other’s misses: both walks together take little longer than one', () => {
    const alone = load(quick('threads'), `${HEAD}${walker('walk0', 0x4000, 4)}${HALT}`).machine;
    alone.run();
    const text = `${HEAD}${start(1, 'other')}${walker('walk0', 0x4000, 4)}${join(1)}${HALT}
other:${walker('walk1', 0x8000, 4)}${PARK}`;
    const together = load(quick('threads'), text).machine;
    together.run();
    expect(together.core.cycles).toBeLessThan(1.5 * alone.core.cycles);
    expect(together.instructions).toBeGreaterThan(1.9 * alone.instructions);
  });

  test('one that spins gives the pipeline away after the time-out', () => {
    const text = `${HEAD}${start(1, 'other')}
spin:
    ld r0, [seen0]
    tsti r0, 255
    beq spin
${HALT}
other:
    ldi r0, 1
    st [seen0], r0
${PARK}
    .section .bss
${cell('seen0')}`;
    const { machine } = load(quick('threads'), text);
    expect(machine.run({ cycles: 100_000 })).toEqual({ kind: 'halt', code: 0 });
  });
});
