import { describe, expect, test, vi } from 'vitest';
import { assemble } from '../../assembler/parse';
import { encodeItems } from '../../assembler/object';
import type { Image } from '../../assembler/image';
import { SourceMap } from '../../base/source';
import { Random } from '../../base/random';
import { link } from '../../compiler/7-linker/link';
import { Machine } from '../machine';
import {
  BENCH_MACHINE,
  FLAT_MACHINE,
  MACHINE_PRESETS,
  machinePreset,
  type CacheConfig,
  type MachineConfig,
} from '../../presets/machine';
import { createFastEngine, type FastEngineOptions } from './engine';

function imageOf(text: string): Image {
  const sources = new SourceMap();
  const { items, diagnostics } = assemble(text, 'test.s', sources);
  expect(diagnostics).toEqual([]);
  const { image, diagnostics: problems } = link([encodeItems(items, 'test.o')], []);
  expect(problems).toEqual([]);
  return image as Image;
}

const SIEVE = `
.section .text.start, text
.global _start
_start:
  ldiw w4, 20
again:
  call sieve
  addiw w4, -1
  bne again
  halt r0
sieve:
  ldiw w0, 0x2000
  ldiw w1, 4096
  ldi r4, 0
clear:
  st [w0+], r4
  addiw w1, -1
  bne clear
  ldiw w1, 2
outer:
  ldiw w0, 0x2000
  addw w0, w1
  ld r5, [w0]
  cmpi r5, 0
  bne next
  movw w3, w1
  addw w3, w1
mark:
  cmpiw w3, 4096
  bgeu next
  ldiw w0, 0x2000
  ldi r4, 1
  st [w0+w3], r4
  addw w3, w1
  jmp mark
next:
  addiw w1, 1
  cmpiw w1, 4096
  bltu outer
  ret
`;

/** Words at odd addresses, stored and loaded across lines of caches. */
const ODD_WORDS = `
.section .text.start, text
.global _start
_start:
  ldiw w4, 200
again:
  ldiw w0, 0x2001
  ldiw w1, 700
walk:
  stw [w0+0], w1
  ldw w2, [w0+30]
  addiw w0, 6
  addiw w1, -1
  bne walk
  addiw w4, -1
  bne again
  halt r0
`;

/** A loop whose last word is the last of the code. */
const LOOP_AT_THE_END = `
.section .text.start, text
.global _start
_start:
  ldiw w0, 0
again:
  addiw w0, 1
  jmp again
`;

/** A body again and again, while SP creeps towards an end of the stack. */
const creepingStack = (from: number, by: number, body: string) => `
.section .text.start, text
.global _start
_start:
  ldiw w7, ${from}
again:
  setsp w7
  ldiw w0, 3
${body}
  addiw w7, ${by}
  jmp again
outer:
  pushw w6
  push r2
  addsp -4
  st [sp+2], r2
  call leaf
  addi r0, 255
  beq skip
  call outer
skip:
  addsp 4
  pop r2
  popw w6
  ret
leaf:
  pushw w2
  pushw w1
  popw w1
  popw w2
  ret
takes:
  popw w3
  popw w4
  pushw w3
long:
  ${'nop\n  '.repeat(26)}
  ret
moves:
  popw w3
  addiw w3, 2
  pushw w3
  ret
`;

/** Branches stand between, so that one check cannot speak for all that follows. */
const STACK_BODIES = {
  pushes: 'pushw w0\n  bne a\n  nop\na:\n  pushw w1\n  push r2\n  bne b\n  nop\nb:\n  pushw w2\n  addsp 7',
  pops: 'popw w1\n  bne a\n  nop\na:\n  pop r4\n  bne b\n  nop\nb:\n  popw w2\n  pushw w0',
  recursion: 'call outer',
  'an unbalanced call': 'pushw w1\n  pushw w2\n  call takes\n  bne a\n  nop\na:\n  popw w5\n  popw w6',
  'pops after a call': 'call long\n  bne a\n  nop\na:\n  pop r4',
  'a return elsewhere': 'call moves\n  nop\n  call leaf',
  frames: 'pushw w1\n  addsp 9\n  bne a\n  nop\na:\n  pop r4\n  addsp -12\n  popw w2',
};

/** Runs both engines side by side, stopped at the same random cycles; gives the fast one's statistics. */
function expectSame(
  text: string,
  config: MachineConfig,
  stops: number,
  options: FastEngineOptions & { readonly longest?: number } = {},
) {
  const image = imageOf(text);
  const slow = new Machine(config);
  const fast = createFastEngine(config, options);
  expect(fast).toBeDefined();
  const quick = new Machine(config, { buffer: fast!.buffer, engine: fast!.engine });
  slow.load(image);
  quick.load(image);
  const random = new Random(1);
  for (let n = 0; n < stops; n++) {
    const cycles = 1 + random.below(options.longest ?? 20_000);
    const a = slow.run({ cycles });
    const b = quick.run({ cycles });
    expect(b).toEqual(a);
    const bytes = slow.layout.stateBytes;
    const same = Buffer.compare(Buffer.from(slow.buffer, 0, bytes), Buffer.from(quick.buffer, 0, bytes)) === 0;
    if (!same)
      expect(new Uint8Array(quick.buffer, 65536, bytes - 65536)).toEqual(
        new Uint8Array(slow.buffer, 65536, bytes - 65536),
      );
    expect(same).toBe(true);
  }
  return fast!.statistics;
}

const bare: MachineConfig = { ...BENCH_MACHINE, bootFrom: 'none' };
const l1d = bare.l1d as CacheConfig;

describe('the fast engine', () => {
  test.each(MACHINE_PRESETS.filter((p) => p.config.cores * p.config.threads === 1).map((p) => p.id))(
    'runs a sieve like the interpreter: %s',
    (id) => {
      const { translated, interpreted } = expectSame(
        SIEVE,
        { ...machinePreset(id)!.config, bootFrom: 'none' as const },
        300,
      );
      // Policies other than LRU, and inclusive levels, are interpreted.
      if (id !== 'real') expect(translated).toBeGreaterThan(9 * interpreted);
    },
  );

  test.each([
    ['all levels', bare],
    ['no L1D', { ...bare, l1d: null }],
    ['no L1D and no L2', { ...bare, l1d: null, l2: null }],
    ['L1D of one way', { ...bare, l1d: { ...l1d, ways: 1 } }],
    ['L1D with lines of one byte', { ...bare, l1d: { ...l1d, lineBytes: 1 } }],
    ['L1D of one set', { ...bare, l1d: { ...l1d, sizeBytes: 64 } }],
    ['L1D with short lines', { ...bare, l1d: { ...l1d, lineBytes: 4, sizeBytes: 64, ways: 8 } }],
    ['write-through without allocation', { ...bare, l1d: { ...l1d, write: 'through', allocate: false } }],
  ] satisfies [string, MachineConfig][])('runs accesses across lines like the interpreter: %s', (_, config) => {
    const { translated, interpreted } = expectSame(ODD_WORDS, config, 60);
    expect(translated).toBeGreaterThan(9 * interpreted);
  });

  test('translates the last word of the code', () => {
    const { translated, interpreted } = expectSame(LOOP_AT_THE_END, bare, 60);
    expect(translated).toBeGreaterThan(50 * interpreted);
  });

  test('stops in time where DRAM is refreshed most of the time', () => {
    const dram = { ...(bare.dram as NonNullable<MachineConfig['dram']>), refreshInterval: 700 };
    const { translated } = expectSame(ODD_WORDS, { ...bare, dram }, 60);
    expect(translated).toBeGreaterThan(0);
  });

  describe.each([
    ['flat', { ...FLAT_MACHINE, bootFrom: 'none' as const }],
    ['caches', bare],
  ])('keeps to the stack like the interpreter: %s', (_, config) => {
    test.each(Object.entries(STACK_BODIES))('%s', (_, body) => {
      const machine = new Machine(config);
      machine.load(imageOf(creepingStack(0xf000, 1, body)));
      const floor = machine.core.stackLimit;
      for (const [from, by] of [
        [0xff80, 1],
        [floor + 0x100, 0xffff],
      ] as const) {
        const options = { hotVisits: 2, longest: config.dram ? 5000 : 200 };
        const { translated, interpreted } = expectSame(creepingStack(from, by, body), config, 100, options);
        expect(4 * translated).toBeGreaterThan(interpreted);
      }
    });
  });

  test('without vectors four ways are as with them', () => {
    const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    expectSame(ODD_WORDS, bare, 60);
    expect(validate).toHaveBeenCalled();
    validate.mockRestore();
  });
});
