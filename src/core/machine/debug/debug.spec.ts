import { describe, expect, test } from 'vitest';
import { trapNumber } from '../../isa/traps';
import { FLAT_MACHINE, TEACHING_MACHINE } from '../../presets/machine';
import { assembled } from '../../../../tests/helpers/assembled';
import { Random } from '../../base/random';
import { busyImage } from '../../../../tests/helpers/busy-program';
import { dataAccess } from '../cpu/effects';
import { fastMachine } from '../jit/engine';
import { Machine } from '../machine';
import { stateHash } from '../state-hash';
import { TimeTravel } from '../time-travel';
import { addressesOfLine, StopPoints, type DataEvent, type StopPoint } from './breakpoints';
import { callStack } from './call-stack';
import { finish, lastStop } from './history';
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

  test('on data that somebody else changed: after the next instruction', () => {
    const { machine, symbol, stops } = loaded();
    const cell = symbol('cell');
    const points = stops([{ kind: 'data', place: `*(char *)${cell}`, when: 'change', condition: '', enabled: true }]);
    machine.run({ instructions: 2 });
    machine.input({ kind: 'memory', address: cell, value: 200 });
    expect(points.explain(machine.run())?.message).toContain('changed from 0 to 200');
    expect(machine.instructions).toBe(3);
    expect(points.explain(machine.run())?.message).toContain('changed from 200 to 3');
  });

  describe('on data, at full speed', () => {
    const image = busyImage();
    const address = (name: string) => image.symbols.find((s) => s.name === name)?.address ?? 0;
    /** Variables, and where interrupts and calls push. */
    const POINTS: readonly StopPoint[] = [
      [`*(char *)${address('ticks')}`, 'change'],
      [`*(short *)${address('sum')}`, 'write'],
      [`*(short *)${address('ticks') - 1}`, 'read'],
      [`*(char *)${address('cell')}`, 'change'],
      ['*(char *)0xeffe', 'write'],
      ['*(short *)0xeffd', 'change'],
      ['*(char *)0xeffc', 'read'],
    ].map(([place, when]) => ({
      kind: 'data',
      place: place as string,
      when: when as DataEvent,
      condition: '',
      enabled: true,
    }));

    function started(points: readonly StopPoint[], isFast: boolean) {
      const config = { ...TEACHING_MACHINE, bootFrom: 'none' } as const;
      const travel = new TimeTravel(isFast ? fastMachine(config, { hotVisits: 2 }) : new Machine(config), {
        intervalCycles: 50_000,
      });
      travel.load(image);
      travel.input({ kind: 'console', bytes: [1, 2, 3], end: true });
      const { machine } = travel;
      const stops = new StopPoints(machine, image, new TypeTable(image));
      stops.set(points);
      return { travel, machine, stops };
    }

    /** Places where an observer of every instruction sees the point's data touched or changed. */
    function placesOf(point: StopPoint, most: number): number[] {
      if (point.kind !== 'data') return [];
      const { machine } = started([], false);
      const [, type, at] = /\((\w+) \*\)(\w+)/.exec(point.place) ?? [];
      const [from, bytes] = [Number(at), type === 'short' ? 2 : 1];
      const bytesNow = () => machine.memory.slice(from, from + bytes).join();
      const places: number[] = [];
      for (let before = bytesNow(); machine.instructions < most; before = bytesNow()) {
        // An interrupt that is taken first makes another instruction the next: then the handler's first one is looked at.
        const taken = machine.interrupts.taken;
        let access = dataAccess(machine.core, machine.memory);
        if (machine.run({ instructions: 1 }).kind !== 'limit') break;
        if (machine.interrupts.taken > taken)
          access = { address: machine.core.sp, bytes: 1, reads: false, writes: true };
        const isTouched = access && access.address < from + bytes && access.address + access.bytes > from;
        const isHit = point.when === 'change' ? bytesNow() !== before : isTouched && access?.[`${point.when}s`];
        if (isHit) places.push(machine.instructions);
      }
      return places;
    }

    const MOST = 12_000;
    const places = POINTS.map((point) => placesOf(point, MOST));

    test.each(
      POINTS.map((point, i) => [point.kind === 'data' ? `${point.place} ${point.when}` : '', point, i] as const),
    )('%s stops where a look at each instruction says, forward and back', (_, point, i) => {
      const expected = places[i] as number[];
      expect(expected.length).toBeGreaterThan(3);
      for (const isFast of [false, true]) {
        const { travel, machine, stops } = started([point], isFast);
        const seen: number[] = [];
        while (machine.instructions < MOST) {
          const stop = travel.run({ instructions: Math.min(900, MOST - machine.instructions) });
          if (stops.explain(stop)) seen.push(machine.instructions);
          else if (stop.kind !== 'limit') break;
        }
        expect(seen).toEqual(expected);
        expect(stops.states[0]?.hits).toBe(expected.length);
        const random = new Random(2, 'places');
        for (let n = 0; n < 12; n++) {
          const place = n === 0 ? MOST : n === 1 ? (expected[0] as number) : random.below(MOST);
          travel.seekInstruction(place);
          const hash = stateHash(machine);
          const last = expected.filter((at) => at < place).at(-1);
          expect(finish(lastStop(travel, stops)), `before ${place}`).toBe(last ?? null);
          expect(stateHash(machine)).toBe(hash);
        }
        expect(stops.states[0]?.hits).toBe(expected.length);
      }
    });

    test('back at whichever of code, condition and data came last', () => {
      const { travel, machine, stops } = started(
        [
          POINTS[1] as StopPoint,
          { kind: 'address', place: String(address('work')), condition: '$r12 == 38', enabled: true },
        ],
        false,
      );
      const start = 1500;
      travel.seekInstruction(start);
      const back: string[] = [];
      for (;;) {
        const at = finish(lastStop(travel, stops));
        if (at === null) break;
        travel.seekInstruction(at);
        if (machine.core.pc === address('work')) back.push(`${back.length} ${machine.core.r8[12]}`);
        else back.push('sum');
      }
      const others = back.filter((what) => what !== 'sum');
      expect(others).toHaveLength(1);
      expect(others[0]).toMatch(/ 38$/);
      expect(back.length - 1).toBe(places[1]?.filter((at) => at < start).length);
    });
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
