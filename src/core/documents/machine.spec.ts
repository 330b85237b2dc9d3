import { describe, expect, it } from 'vitest';
import { TEACHING_MACHINE } from '../presets/machine';
import { buildMachine, readMachine } from './machine';

describe('a machine that is described by a preset and changes', () => {
  it('keeps what is not changed, level by level', () => {
    const read = readMachine({ base: 'teaching', l1d: { sizeBytes: 2048, ways: 'full' }, dram: { part: 'ddr5-4800' } });
    expect(read.ok && read.value.l1d).toEqual({ ...TEACHING_MACHINE.l1d, sizeBytes: 2048, ways: 128 });
    expect(read.ok && read.value.l1i).toEqual(TEACHING_MACHINE.l1i);
    // Another part's timing in the teaching machine's small rows.
    expect(read.ok && read.value.dram).toMatchObject({ casLatency: 36, banks: 4, rowBytes: 512 });
  });
  it('adds a level and takes one away', () => {
    const more = buildMachine('teaching', { l3: { sizeBytes: 32768 } });
    expect(more.ok && more.value.l3).toMatchObject({ sizeBytes: 32768, lineBytes: 64, ways: 8 });
    const less = buildMachine('teaching', { l2: null });
    expect(less.ok && less.value.l2).toBeNull();
  });
  it.each([
    [{ base: 'nothing' }, /'nothing' is no machine: teaching/],
    [{ l1d: { ways: 3 } }, /l1d: .* must be a power of two \(the number of sets\)/],
    [{ l1d: { size: 3 } }, /^l1d\.size is no parameter of a machine$/],
    [{ l1d: 5 }, /l1d/],
    [{ dram: { part: 'ddr9' } }, /dram\.part/],
    [{ ssd0: 'floppy' }, /'floppy' is not the name of a disk/],
    [{ cyclePs: 0.5 }, /cyclePs/],
    [[], /described by an object/],
    [{ l3: { sizeBytes: 1 << 30 } }, /at most/],
  ])('refuses %j with its place and reason', (raw, reason) => {
    const read = readMachine(raw);
    expect(!read.ok && read.error).toMatch(reason);
  });
});
