import { describe, expect, test } from 'vitest';
import { trapNumber } from '../../isa/traps';
import { FLAT_MACHINE, TEACHING_MACHINE } from '../../presets/machine';
import { assembled } from '../../../../tests/helpers/assembled';
import { Machine } from '../machine';
import { TimeTravel } from '../time-travel';
import { addressesOfLine, StopPoints, type DataEvent, type StopPoint } from './breakpoints';
import { callStack } from './call-stack';
import { TypeTable } from './types';

const PROGRAM = `    .global _start
_start:
    ldiw w0, 0xf000
    setsp w0
    ldi r8, 3
again:
    call f
    addi r8, -1
    bne again
    halt r8
f:
    st [cell], r8
    ld r2, [cell]
    ret
    .section .bss
cell: .space 1
`;

function loaded(text = PROGRAM, config = TEACHING_MACHINE) {
  const machine = new Machine(config);
  const image = assembled(text);
  machine.load(image);
  const symbol = (name: string) => image.symbols.find((s) => s.name === name)?.address ?? 0;
  const stops = (points: readonly StopPoint[]) => {
    const all = new StopPoints(machine, image, new TypeTable(image));
    all.set(points);
    return all;
  };
  return { machine, image, symbol, stops };
}

describe('breakpoints', () => {
  test('on an address: stops before it, each time, and goes on', () => {
    const { machine, symbol, stops } = loaded();
    stops([{ kind: 'address', place: 'f', condition: '', enabled: true }]);
    for (let n = 3; n > 0; n--) {
      expect(machine.run()).toEqual({ kind: 'breakpoint', pc: symbol('f') });
      expect(machine.core.r8[8]).toBe(n);
    }
    expect(machine.run().kind).toBe('halt');
  });

  test('on a source line, found again in another image', () => {
    const first = loaded();
    const line = PROGRAM.split('\n').findIndex((l) => l.includes('addi')) + 1;
    const moved = loaded(PROGRAM.replace('    ldi r8, 3', '    nop\n    ldi r8, 3'));
    const [a] = addressesOfLine(first.image, 'test.s', line);
    const [b] = addressesOfLine(moved.image, 'test.s', line + 1);
    expect(b).toBe((a ?? 0) + 2);
    expect(addressesOfLine(first.image, 'none.s', 1)).toEqual([]);
    first.stops([{ kind: 'line', file: 'test.s', line, condition: '', enabled: true }]);
    expect(first.machine.run()).toEqual({ kind: 'breakpoint', pc: a });
  });

  test('with a condition', () => {
    const { machine, symbol, stops } = loaded();
    const line = PROGRAM.split('\n').findIndex((l) => l.includes('st [cell]')) + 1;
    const points = stops([{ kind: 'line', file: 'test.s', line, condition: '$r8 == 2', enabled: true }]);
    const seen: (string | undefined)[] = [];
    for (let stop = machine.run(); stop.kind === 'breakpoint'; stop = machine.run())
      seen.push(points.explain(stop)?.message);
    expect(machine.core.pc).not.toBe(symbol('f'));
    expect(seen).toEqual([undefined, 'breakpoint, $r8 == 2', undefined]);
    expect(points.states[0]?.hits).toBe(1);
  });

  test('on data: read, write, change', () => {
    const count = (when: DataEvent) => {
      const { machine, symbol, stops } = loaded();
      machine.memory[symbol('cell')] = 3;
      const points = stops([{ kind: 'data', place: `*(char *)${symbol('cell')}`, when, condition: '', enabled: true }]);
      const messages: string[] = [];
      for (let stop = machine.run(); stop.kind === 'hook'; stop = machine.run())
        messages.push(points.explain(stop)?.message ?? '');
      return messages;
    };
    expect(count('read')).toHaveLength(3);
    expect(count('write')).toHaveLength(3);
    // The first write stores the value that is there already.
    expect(count('change').map((m) => m.replace(/^.* changed/, 'changed'))).toEqual([
      'changed from 3 to 2',
      'changed from 2 to 1',
    ]);
  });

  test('say why they cannot stop, and disabled ones do not', () => {
    const { machine, stops } = loaded();
    const common = { condition: '', enabled: true } as const;
    const points = stops([
      { ...common, kind: 'line', file: 'none.s', line: 4 },
      { ...common, kind: 'address', place: '0x9000' },
      { ...common, kind: 'data', place: 'nothing', when: 'write' },
      { ...common, kind: 'address', place: 'f', condition: '1 +' },
      { ...common, kind: 'address', place: 'again', enabled: false },
    ]);
    expect(points.states.map((state) => state.problem)).toEqual([
      'no code comes from this line',
      'there is no code at this address',
      "'nothing' is no variable that can be seen here",
      'condition: the expression is not complete',
      undefined,
    ]);
    // A condition that cannot be read stops, and says so.
    expect(points.explain(machine.run())?.message).toBe(
      'breakpoint, whose condition has no value: the expression is not complete',
    );
  });

  test('do not disturb going back', () => {
    const { machine, symbol, stops } = loaded();
    const travel = new TimeTravel(machine);
    stops([{ kind: 'address', place: 'f', condition: '', enabled: true }]);
    travel.run();
    travel.run();
    const { instructions } = machine.core;
    travel.stepBack('instruction');
    expect(machine.core.instructions).toBe(instructions - 1);
    expect(travel.run()).toEqual({ kind: 'breakpoint', pc: symbol('f') });
    expect(machine.core.instructions).toBe(instructions);
  });
});

describe('checks', () => {
  test('a function that does not keep w4 traps where it returns', () => {
    const text = PROGRAM.replace('    st [cell], r8', '    ldi r8, 9');
    const { machine } = loaded(text, { ...FLAT_MACHINE, checkConvention: true });
    expect(machine.run()).toEqual({ kind: 'trap', trap: trapNumber('calling-convention') });
    expect(loaded(PROGRAM, { ...FLAT_MACHINE, checkConvention: true }).machine.run().kind).toBe('halt');
  });

  test('a read of memory that nothing wrote is reported once, with its place', () => {
    const text = `    .global _start\n_start:\n    ldiw w1, 0x9000\n    ldi r6, 3\nloop:\n    ld r0, [w1]\n    st [w1+1], r0\n    ld r0, [w1+1]\n    addi r6, -1\n    bne loop\n    halt r6\n`;
    const { machine } = loaded(text, { ...FLAT_MACHINE, warnUninitialised: true });
    machine.run();
    expect(machine.uninitialisedReads).toHaveLength(1);
    expect(machine.uninitialisedReads[0]).toMatchObject({ address: 0x9000 });
  });
});

describe('the call stack', () => {
  // Debug information as the compiler gives it: f saves w4 and keeps two bytes; g is called from the middle of f.
  const text = `    .global _start
_start:
    ldiw w0, 0xf000
    setsp w0
    ldiw w4, 0x1234
    call f
    halt r0
f:
    pushw w4
    addsp -2
    ldiw w4, 0x5678
    call g
    addsp 2
    popw w4
    ret
g:
    nop
    ret
`;
  const { machine, image, symbol } = loaded(text);
  const debug = {
    ...image,
    debug: {
      ...image.debug,
      functions: [
        ['_start', 0, []],
        ['f', 4, [4]],
        ['g', 0, []],
      ].map(([name, frameSizeBytes, savedPairs], i, all) => {
        const address = symbol(name as string);
        const next = all[i + 1];
        const end = next ? symbol(next[0] as string) : address + 4;
        return {
          name: name as string,
          address,
          sizeBytes: end - address,
          file: 0,
          line: 1,
          frameSizeBytes: frameSizeBytes as number,
          savedPairs: savedPairs as number[],
          variables: [],
        };
      }),
    },
  };

  test('is right at every instruction: prologue, body, epilogue, and callee-saved registers of the callers', () => {
    machine.load(debug);
    const seen = new Set<string>();
    while (machine.run({ instructions: 1 }).kind === 'limit') {
      const frames = callStack(machine.core, machine.memory, debug);
      const names = frames.map((f) => f.name).join(' < ');
      if (machine.core.state !== 0) break;
      seen.add(names);
      const { pc } = machine.core;
      const inner = pc >= symbol('g') ? 'g < f < _start' : pc >= symbol('f') ? 'f < _start' : '_start';
      expect(names, `at ${pc}`).toBe(inner);
      if (frames.length > 1) {
        expect(frames.at(-1)?.sp).toBe(0xf000);
        expect(frames.at(-1)?.registers[8], `w4 of _start at ${pc}`).toBe(0x34);
      }
    }
    expect(seen.size).toBe(3);
  });
});
