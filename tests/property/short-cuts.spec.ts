/**
 * The interpreter takes plain hits itself. While a recording looks on it takes none, and asks the memory system each time: both must
 * end in the same state, on machines of any shape, with one core and with several that share lines.
 */
import { describe, expect, test } from 'vitest';
import { at } from '../../src/core/base/assert';
import type { Image } from '../../src/core/assembler/image';
import { Random } from '../../src/core/base/random';
import { Machine } from '../../src/core/machine/machine';
import type { MemoryTap } from '../../src/core/machine/memory/system';
import { stateHash } from '../../src/core/machine/state-hash';
import { MACHINE_PRESETS, type MachineConfig } from '../../src/core/presets/machine';
import { checkConfig } from '../../src/core/presets/machine-check';
import { assembled } from '../helpers/assembled';
import { randomConfig } from './engine-equality';
import { randomCode } from './random-code';

const TAP: MemoryTap = { fetch: () => undefined, data: () => undefined };

function compare(name: string, image: Image, config: MachineConfig, random: Random, stops: number): void {
  const machines = [new Machine(config), new Machine(config)];
  for (const machine of machines) machine.load(image);
  for (const system of at(machines, 1).systems) system.setTap(TAP);
  for (let n = 0; n < stops; n++) {
    const instructions = 1 + random.below(random.below(3) === 0 ? 2000 : 20);
    const ends = machines.map((machine) => machine.run({ instructions }));
    expect(ends[0], name).toEqual(ends[1]);
    expect(stateHash(at(machines, 0)), `${name}, stop ${n}`).toBe(stateHash(at(machines, 1)));
    if (at(ends, 0).kind !== 'limit') return;
  }
}

/** Every thread counts in bytes of its own and in shared ones, of the same lines and across two. */
const SHARING = `
    .global _start
_start:
${[1, 2, 3, 4, 5, 6, 7]
  .map(
    (n) => `
    ldi r0, ${n}
    out 0x70, r0
    ldiw w0, work
    out 0x74, r0
    out 0x75, r1
    ldiw w0, ${0xe000 - 256 * n}
    out 0x76, r0
    out 0x77, r1
    ldiw w0, ${n}
    out 0x78, r0
    ldi r0, 1
    out 0x71, r0
`,
  )
  .join('')}
    ldiw w0, 0
work:
    ldiw w4, cells
    addw w4, w0
    movw w5, w0
again:
    ld r2, [w4]
    addi r2, 1
    st [w4], r2
    ldw w2, [cells+15]
    addw w2, w5
    stw [cells+15], w2
    ldiw w1, cells+40
    tas r3, [w1]
    pushw w2
    ld r3, [cells+4]
    popw w2
    ldi r6, 5
turn:
    stw [w4+60], w2
    addi r6, -1
    bne turn
    st [w1], r6
    jmp again
    .section .bss
cells: .space 256
`;

describe('with and without plain hits', () => {
  test('one core of any shape', () => {
    const random = new Random(11, 'shapes');
    for (let seed = 1; seed <= 60; seed++)
      compare(`code ${seed}`, randomCode(seed, 1500), randomConfig(random), new Random(seed, 'stops'), 25);
  });

  test('several cores and threads', () => {
    const random = new Random(12, 'shapes');
    const image = assembled(SHARING);
    const several = MACHINE_PRESETS.filter(({ config }) => config.cores * config.threads > 1);
    let tried = 0;
    for (let n = 0; tried < 20; n++) {
      const { id, config } = at(several, n % several.length);
      const { l1i, l1d, l2 } = randomConfig(random);
      // Two threads of a core each keep the line that they fetched last, whatever the other does; where every fetch is looked up, not.
      const ownL1i = config.threads > 1 ? config.l1i : l1i;
      const shape: MachineConfig = { ...config, l1i: ownL1i, l2, l1d: n % 2 ? config.l1d : l1d, bootFrom: 'none' };
      if (checkConfig(shape).length > 0) continue;
      tried++;
      compare(`${id}, shape ${n}`, image, shape, random, 60);
    }
  });
});
