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
  MACHINE_PRESETS,
  machinePreset,
  type CacheConfig,
  type MachineConfig,
} from '../../presets/machine';
import { createFastEngine } from './engine';

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

/** Runs both engines side by side, stopped at the same random cycles; gives the fast one's statistics. */
function expectSame(text: string, config: MachineConfig, stops: number) {
  const image = imageOf(text);
  const slow = new Machine(config);
  const fast = createFastEngine(config);
  expect(fast).toBeDefined();
  const quick = new Machine(config, { buffer: fast!.buffer, engine: fast!.engine });
  slow.load(image);
  quick.load(image);
  const random = new Random(1);
  for (let n = 0; n < stops; n++) {
    const cycles = 1 + random.below(20_000);
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

  test('without vectors four ways are as with them', () => {
    const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    expectSame(ODD_WORDS, bare, 60);
    expect(validate).toHaveBeenCalled();
    validate.mockRestore();
  });
});
