/**
 * The run-time routines of the library (programs/lib/src/*.s) on the reference machine, against the same arithmetic in
 * JavaScript's exact integers: all combinations of edge values and a few thousand random ones, with a check that a routine
 * changes no register but those that the contract in 6-codegen/runtime-calls.ts gives it.
 */
import { describe, expect, test } from 'vitest';
import { assemble } from '../../src/core/assembler/parse';
import { encodeItems } from '../../src/core/assembler/object';
import type { Image } from '../../src/core/assembler/image';
import { Random } from '../../src/core/base/random';
import { RUNTIME, type RuntimeRoutine } from '../../src/core/compiler/6-codegen/runtime-calls';
import { link } from '../../src/core/compiler/7-linker/link';
import { Machine } from '../../src/core/machine/machine';
import { FLAT_MACHINE } from '../../src/core/presets/machine';
import { librarySources } from '../../programs/library';

const libraryOf = (multiplier: boolean) => ({
  name: 'libc.a',
  members: librarySources(multiplier)
    .filter(({ name }) => name.endsWith('.s'))
    .map(({ name, text }) => {
      const { items, diagnostics, sources } = assemble(text, name);
      expect(diagnostics, name).toEqual([]);
      return encodeItems(items, name, sources);
    }),
});
const HARD = libraryOf(true);
const SOFT = libraryOf(false);

/** A program that calls one routine and stops. */
function imageOf(name: string, library = HARD): Image {
  const { items } = assemble(`.section .text.main\n.global main\nmain: call ${name}\n halt r0`, 'main.s');
  const { image, diagnostics } = link([encodeItems(items, 'main.o')], [library]);
  expect(diagnostics).toEqual([]);
  return image as Image;
}

class Caller {
  private readonly machine: Machine;
  instructions = 0;
  constructor(name: string, library = HARD, multiplier = true) {
    this.machine = new Machine({ ...FLAT_MACHINE, multiplier, bootFrom: 'none' });
    this.image = imageOf(name, library);
  }
  private readonly image: Image;

  get memory(): Uint8Array {
    return this.machine.memory;
  }

  /** Runs with these pairs; `before` may fill memory. Gives the trap's number, 0 for none. */
  call(pairs: readonly number[], before?: (memory: Uint8Array) => void): { pairs: number[]; trap: number } {
    const { machine } = this;
    machine.load(this.image);
    before?.(machine.memory);
    pairs.forEach((value, i) => (machine.core.r16[i] = value));
    const start = machine.core.instructions;
    const stop = machine.run({ instructions: 100_000 });
    expect(stop.kind).not.toBe('limit');
    this.instructions = machine.core.instructions - start - 3;
    return { pairs: [...machine.core.r16], trap: stop.kind === 'trap' ? stop.trap : 0 };
  }
}

const MASK = { 8: 0xffn, 16: 0xffffn, 32: 0xffffffffn } as const;
const EDGES: Readonly<Record<8 | 16 | 32, readonly number[]>> = {
  8: [0, 1, 2, 3, 7, 8, 10, 15, 16, 31, 32, 33, 64, 127, 128, 129, 200, 254, 255],
  16: [0, 1, 2, 3, 10, 100, 255, 256, 257, 1000, 0x7fff, 0x8000, 0x8001, 0xff00, 0xfffe, 0xffff],
  32: [
    0, 1, 3, 10, 255, 256, 0xffff, 0x10000, 0x10001, 1000000, 0x7fffffff, 0x80000000, 0x80000001, 0xffff0000,
    0xffffffff,
  ],
};
const signed = (value: bigint, bits: number) => BigInt.asIntN(bits, value);

/** What each routine gives, in exact integers. Undefined stands for the trap "division by zero". */
const MEANING: Readonly<Record<string, (a: bigint, b: bigint, bits: 8 | 16 | 32) => bigint[] | undefined>> = {
  mul: (a, b) => [a * b],
  mulwide: (a, b) => [a * b],
  udivmod: (a, b) => (b === 0n ? undefined : [a / b, a % b]),
  sdivmod: (a, b, bits) =>
    b === 0n ? undefined : [signed(a, bits) / signed(b, bits), signed(a, bits) % signed(b, bits)],
  shl: (a, n) => [n >= 32n ? 0n : a << n],
  lshr: (a, n) => [a >> n],
  ashr: (a, n) => [signed(a, 32) >> n],
};

function check(routine: RuntimeRoutine, operation: string, caller: Caller, a: number, b: number): void {
  const [first, second] = routine.args as [RuntimeRoutine['args'][0], RuntimeRoutine['args'][0]];
  const pairs = [0x1111, 0x2222, 0x3333, 0x4444, 0x5555, 0x6666, 0x7777, 0x8888];
  const put = ({ pair, bits }: typeof first, value: number) => {
    if (bits === 8) pairs[pair] = ((pairs[pair] as number) & 0xff00) | value;
    else pairs[pair] = value & 0xffff;
    if (bits === 32) pairs[pair + 1] = value >>> 16;
  };
  put(first, a);
  put(second, b);
  const result = caller.call(pairs);
  const bits = first.bits;
  const expected = (MEANING[operation] as (typeof MEANING)[string])(BigInt(a), BigInt(b), bits);
  const what = `${routine.name}(${a}, ${b})`;
  if (!expected) {
    expect(result.trap, what).toBe(4);
    return;
  }
  const got = routine.results.map(({ pair, bits: width }) => {
    const low = BigInt(result.pairs[pair] as number);
    return (width === 32 ? low | (BigInt(result.pairs[pair + 1] as number) << 16n) : low) & MASK[width];
  });
  expect(got, what).toEqual(expected.map((v, i) => v & MASK[routine.results[i]?.bits as 8]));
  for (let pair = 0; pair < 8; pair++)
    if (!routine.clobbers.includes(pair)) expect(result.pairs[pair], `${what} keeps w${pair}`).toBe(pairs[pair]);
}

function sweep(name: keyof typeof RUNTIME, library = HARD, multiplier = true): void {
  const routine: RuntimeRoutine = RUNTIME[name];
  const operation = name.replace(/\d+$/, '');
  const [first, second] = routine.args as [RuntimeRoutine['args'][0], RuntimeRoutine['args'][0]];
  const caller = new Caller(routine.name, library, multiplier);
  for (const a of EDGES[first.bits]) for (const b of EDGES[second.bits]) check(routine, operation, caller, a, b);
  const random = new Random(1, routine.name);
  const value = (bits: number) => random.below(2 ** (1 + random.below(bits)));
  for (let i = 0; i < 400; i++) check(routine, operation, caller, value(first.bits), value(second.bits));
}

describe('arithmetic', () => {
  test.each([
    'mul32',
    'mulwide16',
    'udivmod8',
    'sdivmod8',
    'udivmod16',
    'sdivmod16',
    'udivmod32',
    'sdivmod32',
    'shl32',
    'lshr32',
    'ashr32',
  ] as const)('%s', (name) => sweep(name));
  test.each(['mul8', 'mul16', 'mul32'] as const)('%s on a machine without its multiplier', (name) =>
    sweep(name, SOFT, false),
  );
});

describe('blocks of memory', () => {
  const A = 0x4000;
  const fill = (memory: Uint8Array) => {
    for (let i = 0; i < 256; i++) memory[A + i] = (i * 7 + 3) & 0xff;
  };
  const counts = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 40, 63];

  test.each(['memcpy', '__memcpy', 'memmove'])('%s of separate blocks', (name) => {
    const caller = new Caller(name);
    for (const count of counts) {
      const { pairs } = caller.call([A + 128, A + 1, count, 0, 5, 6, 7, 8], fill);
      const expected = new Uint8Array(0x10000);
      fill(expected);
      expected.copyWithin(A + 128, A + 1, A + 1 + count);
      expect(caller.memory.subarray(A, A + 256)).toEqual(expected.subarray(A, A + 256));
      if (!name.startsWith('__')) expect(pairs[0]).toBe(A + 128);
      expect(pairs.slice(4)).toEqual([5, 6, 7, 8]);
    }
  });

  test('memmove of blocks that overlap, either way', () => {
    const caller = new Caller('memmove');
    for (const count of counts)
      for (const shift of [-9, -3, -2, -1, 0, 1, 2, 3, 8]) {
        const { pairs } = caller.call([A + 64 + shift, A + 64, count, 0], fill);
        const expected = new Uint8Array(0x10000);
        fill(expected);
        expected.copyWithin(A + 64 + shift, A + 64, A + 64 + count);
        expect(caller.memory.subarray(A, A + 256), `${count} by ${shift}`).toEqual(expected.subarray(A, A + 256));
        expect(pairs[0]).toBe(A + 64 + shift);
      }
  });

  test.each(['memset', '__memset'])('%s', (name) => {
    const caller = new Caller(name);
    for (const count of counts) {
      caller.call([A + 5, 0xab7e, count], fill);
      const expected = new Uint8Array(0x10000);
      fill(expected);
      expected.fill(0x7e, A + 5, A + 5 + count);
      expect(caller.memory.subarray(A, A + 256)).toEqual(expected.subarray(A, A + 256));
    }
  });

  test('strlen, strcpy, strcmp', () => {
    const strlen = new Caller('strlen');
    const strcmp = new Caller('strcmp');
    const strcpy = new Caller('strcpy');
    const texts = ['', 'a', 'b', 'ab', 'abc', 'abd', '\xff', 'a\xff', 'hello world'];
    const place = (memory: Uint8Array, address: number, text: string) =>
      memory.set([...text].map((c) => c.charCodeAt(0)).concat(0), address);
    for (const a of texts) {
      expect(strlen.call([A], (m) => place(m, A, a)).pairs[0]).toBe(a.length);
      strcpy.call([A + 50, A], (m) => place(m, A, a));
      expect([...strcpy.memory.subarray(A + 50, A + 51 + a.length)]).toEqual(
        [...a].map((c) => c.charCodeAt(0)).concat(0),
      );
      for (const b of texts) {
        const { pairs } = strcmp.call([A, A + 50], (m) => {
          place(m, A, a);
          place(m, A + 50, b);
        });
        const order = ((pairs[0] as number) << 16) >> 16;
        expect(Math.sign(order), `${a} ${b}`).toBe(a < b ? -1 : a > b ? 1 : 0);
      }
    }
  });
});

test('division takes at most so many instructions', () => {
  const cost = (name: string, pairs: number[]) => {
    const caller = new Caller(name);
    caller.call(pairs);
    return caller.instructions;
  };
  expect(cost('__udivmodqi4', [200, 7])).toBeLessThanOrEqual(60);
  expect(cost('__udivmodhi4', [200, 10])).toBeLessThanOrEqual(70);
  expect(cost('__udivmodhi4', [60000, 10])).toBeLessThanOrEqual(120);
  expect(cost('__udivmodsi4', [0x1234, 0x5678, 10, 0])).toBeLessThanOrEqual(420);
});
