import { describe, expect, test } from 'vitest';
import { assemble } from '../../assembler/parse';
import { encodeItems } from '../../assembler/object';
import type { Image } from '../../assembler/image';
import { SourceMap } from '../../base/source';
import { Random } from '../../base/random';
import { link } from '../../compiler/7-linker/link';
import { Machine } from '../machine';
import { MACHINE_PRESETS, machinePreset } from '../../presets/machine';
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

describe('the fast engine', () => {
  test.each(MACHINE_PRESETS.map((p) => p.id))('runs a sieve like the interpreter: %s', (id) => {
    const image = imageOf(SIEVE);
    const config = { ...machinePreset(id)!.config, bootFrom: 'none' as const };
    const slow = new Machine(config);
    const fast = createFastEngine(config);
    expect(fast).toBeDefined();
    const quick = new Machine(config, { buffer: fast!.buffer, engine: fast!.engine });
    slow.load(image);
    quick.load(image);
    const random = new Random(1);
    for (let n = 0; n < 300; n++) {
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
    // Policies other than LRU, and inclusive levels, are interpreted.
    if (id !== 'real') expect(fast!.statistics.translated).toBeGreaterThan(9 * fast!.statistics.interpreted);
  });
});
