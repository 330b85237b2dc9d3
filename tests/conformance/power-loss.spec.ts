/**
 * The power is cut at many moments of wal.c and of nolog.c, each time on the same machine, and the program is started again on the
 * disk that is left. The store with the log must come up whole every time; the one without must be caught broken.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Image } from '../../src/core/assembler/image';
import { Random } from '../../src/core/base/random';
import { Machine } from '../../src/core/machine/machine';
import { outputText } from '../../src/core/machine/summary';
import { TEACHING_MACHINE } from '../../src/core/presets/machine';
import { compileProgram } from '../helpers/compiled';

const compile = (name: string): Image => compileProgram(name, readFileSync(`programs/${name}`, 'utf8'));

function runToEnd(machine: Machine): string {
  while (machine.run({ instructions: 5_000_000 }).kind === 'limit');
  return outputText(machine, 0);
}

/** Output of the runs after a cut at each of `cuts` moments. */
function afterCuts(image: Image, ssd0: string, cuts: number): string[] {
  const machine = new Machine({ ...TEACHING_MACHINE, ssd0 });
  const start = () => {
    machine.devices.ssd0.insertBlocks([]);
    machine.load(image);
  };
  start();
  runToEnd(machine);
  const length = machine.core.cycles;
  const random = new Random(7);
  return Array.from({ length: cuts }, (_, i) => {
    start();
    // Spread over the whole run, each at a random place of its stretch.
    machine.run({ cycles: Math.floor(((i + random.float()) / cuts) * length) });
    machine.powerOff();
    machine.powerOn();
    return runToEnd(machine);
  });
}

describe('power loss', () => {
  const wal = compile('wal.c');
  const nolog = compile('nolog.c');

  test.each(['nvme-consumer', 'ssd-sata', 'nvme-enterprise'])('wal.c survives every cut on %s', (ssd0) => {
    const outputs = afterCuts(wal, ssd0, 60);
    for (const output of outputs) {
      expect(output).toMatch(/^(a new disk|after \d+ transfers the power went; total 800: consistent)/);
      expect(output).toMatch(/24 transfers, total 800: consistent\n$/);
    }
    // The cuts do reach into the middle of the work.
    const stages = new Set(outputs.map((output) => /after (\d+) transfers/.exec(output)?.[1]));
    expect(stages.size).toBeGreaterThan(12);
  });

  test('nolog.c is caught broken', () => {
    const outputs = ['nvme-consumer', 'ssd-sata', 'nvme-enterprise'].flatMap((ssd0) => afterCuts(nolog, ssd0, 80));
    const broken = outputs.filter((output) => output.includes('BROKEN'));
    expect(broken.length).toBeGreaterThan(1);
  });

  test('RAM and registers are lost, acknowledged but unflushed blocks too, flushed ones stay', () => {
    const text = `
#include <disk.h>
static unsigned char block[DISK_BLOCK];
unsigned char kept;
int main(void) {
  block[0] = 3; disk_write(HDD0, 7, block, 1); disk_flush(HDD0);
  block[0] = 4; disk_write(HDD0, 8, block, 1);
  for (unsigned i = 100; i < 400; i += 100) { block[0] = 1; disk_write(SSD0, i, block, 1); }
  disk_flush(SSD0);
  for (unsigned i = 100; i < 400; i += 100) { block[0] = 2; disk_write(SSD0, i, block, 1); }
  kept = 9;
  for (;;);
}`;
    const image = compileProgram('cut.c', text);
    const machine = new Machine({ ...TEACHING_MACHINE, ssd0: 'nvme-consumer' });
    machine.load(image);
    machine.run({ instructions: 500_000 });
    const { ssd0, hdd0 } = machine.devices;
    const blocks = [100, 200, 300];
    expect([...blocks.map((lba) => ssd0.block(lba)[0]), hdd0.block(7)[0]]).toEqual([2, 2, 2, 3]);
    // A program of eight pages may have taken some of the three along; what waits for its group to fill is lost.
    const open = blocks.filter((lba) => ssd0.isVolatile(lba));
    expect(open.length).toBeGreaterThan(0);
    expect(hdd0.isVolatile(7)).toBe(false);
    expect(machine.memory.includes(9)).toBe(true);
    // The arm had no time yet to write what was not flushed.
    expect(machine.powerOff()).toEqual({ ssd0: open, hdd0: [8] });
    expect(machine.memory.every((byte) => byte === 0)).toBe(true);
    machine.powerOn();
    for (const lba of blocks) expect(ssd0.block(lba)[0]).toBe(open.includes(lba) ? 1 : 2);
    expect([hdd0.block(7)[0], hdd0.block(8)[0]]).toEqual([3, 0]);
    // The contents are the state at power on: going back to the start does not lose them.
    machine.powerOn();
    expect(ssd0.block(open[0] as number)[0]).toBe(1);
  });
});
