/** A worker's machine that takes the place of one that was lost: from bytes, made beforehand or not. */
import { describe, expect, it } from 'vitest';
import { load, newRunner, requestOf, settle } from '../../tests/helpers/machine-runner';
import { machinePreset } from '../core/presets/machine';
import type { MachineFrame } from './machine';
import type { MachineRunner } from './machine-runner';

/** From one stop to the next. */
function runOften(runner: MachineRunner, times: number): void {
  for (let n = 0; n < times; n++) {
    runner.run();
    settle(runner);
  }
}

describe('a runner that takes over from another', () => {
  const READER = `#include <stdio.h>
#include <disk.h>
static unsigned char block[512];
int main(void) {
  unsigned long sum = 0;
  int c, n = 0;
  while ((c = getchar()) >= 0) {
    block[n & 511] = c;
    disk_write(SSD0, n++ & 7, block, 1);
    for (int i = 0; i < 500; i++) sum = sum * 31 + c;
    printf("%lu\\n", sum);
  }
  return n;
}
`;
  const input = 'all of this is read, and each character written';
  const started = () => {
    const runner = load(READER, { input, breakpoints: [11] });
    runOften(runner, 13);
    return runner;
  };
  const known = ({ cycles, instructions, pc, output, registers, ram, ledger, timeNs, reachedNs }: MachineFrame) => ({
    ...{ cycles, instructions, pc, output, registers, ram, ledger, timeNs, reachedNs },
  });

  it('stands where the other stood, and goes on to the same end', () => {
    const first = started();
    const resume = first.checkpoint();
    const next = load(READER, { input, breakpoints: [11], ...(resume ? { resume } : {}) });
    expect(resume).toBeDefined();
    expect(known(next.frame() as MachineFrame)).toEqual(known(first.frame() as MachineFrame));
    expect(next.frame()?.stop).toMatchObject({ kind: 'pause', message: 'as it was at a.c:11' });
    for (const runner of [first, next]) {
      runner.setPoints([]);
      runner.run();
    }
    expect(known(settle(next))).toEqual(known(settle(first)));
    expect(next.diskContents()).toEqual(first.diskContents());
  });
  it('goes back to before what it took over', () => {
    for (const go of [
      (runner: MachineRunner) => runner.runBack(),
      (runner: MachineRunner) => runner.step('line', 'back'),
      (runner: MachineRunner) => runner.step('out', 'back'),
      (runner: MachineRunner) => runner.goTo(1000),
      (runner: MachineRunner) => runner.seek(200_000),
    ]) {
      const first = started();
      const resume = first.checkpoint() as Uint8Array;
      const next = load(READER, { input, breakpoints: [11], resume });
      go(next);
      go(first);
      expect(known(settle(next))).toEqual(known(settle(first)));
    }
  });
  it('starts over when the bytes are of no use', () => {
    for (const resume of [new Uint8Array(0), new Uint8Array(5000).fill(7)])
      expect(load(READER, { input, resume }).frame()).toMatchObject({ instructions: 0, stop: { kind: 'start' } });
  });

  describe('made beforehand', () => {
    const prepared = (from: MachineRunner, change: Partial<ReturnType<typeof requestOf>> = {}) => {
      const request = requestOf(READER, { input, breakpoints: [11] });
      const reserve = newRunner();
      reserve.prepare({ ...request, ...change });
      expect(reserve.frame()).toBeUndefined();
      const resume = from.checkpoint() as Uint8Array;
      reserve.load({ ...request, resume });
      return reserve;
    };

    it('stands where the other stood, and goes on to the same end', () => {
      const first = started();
      const next = prepared(first);
      expect(known(next.frame() as MachineFrame)).toEqual(known(first.frame() as MachineFrame));
      expect(next.frame()?.stop).toMatchObject({ kind: 'pause', message: 'as it was at a.c:11' });
      next.step('line', 'back');
      first.step('line', 'back');
      expect(known(settle(next))).toEqual(known(settle(first)));
      for (const runner of [first, next]) {
        runner.setPoints([]);
        runner.run();
      }
      expect(known(settle(next))).toEqual(known(settle(first)));
    });
    it('for another machine, another build or other disks, it is made again', () => {
      const first = started();
      const block: [number, Uint8Array] = [3, new Uint8Array(512).fill(9)];
      for (const change of [
        { machine: { ...requestOf(READER).machine, cyclePs: 2000 } },
        { revision: -1 },
        { disks: { ssd0: [block], hdd0: [] } },
      ]) {
        const next = prepared(first, change);
        expect(known(next.frame() as MachineFrame)).toEqual(known(first.frame() as MachineFrame));
        expect(next.diskContents()).toEqual(first.diskContents());
      }
    });
    it('is not used when there is nothing to go on from', () => {
      const request = requestOf(READER, { input });
      const reserve = newRunner();
      reserve.prepare({ ...request, input: 'another' });
      reserve.load(request);
      expect(reserve.frame()).toMatchObject({ instructions: 0, stop: { kind: 'start' } });
      reserve.run();
      expect(settle(reserve).output.split('\n')).toHaveLength(input.length + 1);
    });
    it('watches and stops are those of the moment at which it is needed', () => {
      const first = started();
      const request = requestOf(READER, { input });
      const reserve = newRunner();
      reserve.prepare({ ...request, watches: ['1 + 1'] });
      const { points } = requestOf(READER, { breakpoints: [11] });
      reserve.load({ ...request, points, watches: ['n'], resume: first.checkpoint() as Uint8Array });
      expect(reserve.frame()?.watches.map(({ expression, value }) => [expression, value])).toEqual([['n', '13']]);
      reserve.run();
      expect(settle(reserve).stop).toMatchObject({ kind: 'breakpoint', message: 'breakpoint at a.c:11' });
    });
  });

  describe('with four cores', () => {
    const CORES = `#include <cores.h>
static unsigned char stacks[4][96];
static volatile unsigned counts[4];
static void count(void *p) {
  for (;;) {
    counts[core_id()]++;
  }
}
int main(void) {
  for (unsigned char n = 1; n < 4; n++) core_start(n, count, 0, stacks[n], 96);
  while (counts[2] < 3000) counts[0]++;
  return counts[0] != 0;
}
`;
    const machine = machinePreset('quad-core')?.config ?? {};
    const view = (frame: MachineFrame) => ({
      ...known(frame),
      viewed: frame.viewed,
      threads: frame.threads.map((thread) => ({ ...thread, rate: 0 })),
    });
    const pair = () => {
      const first = load(CORES, { machine, breakpoints: [6] });
      runOften(first, 41);
      first.setThread(2);
      const next = load(CORES, { machine, breakpoints: [6], resume: first.checkpoint() });
      return [first, next] as const;
    };

    it('looks at the same core, and all go on to the same end', () => {
      const [first, next] = pair();
      expect(view(next.frame() as MachineFrame)).toEqual(view(first.frame() as MachineFrame));
      expect(next.frame()?.viewed).toBe(2);
      for (const runner of [first, next]) {
        runner.setPoints([]);
        runner.run();
      }
      expect(view(settle(next))).toEqual(view(settle(first)));
      expect(next.frame()?.state).toBe('halted');
    });
    it('goes back to before what it took over', () => {
      for (const go of [
        (runner: MachineRunner) => runner.runBack(),
        (runner: MachineRunner) => runner.step('line', 'back'),
        (runner: MachineRunner) => runner.step('instruction', 'back'),
        (runner: MachineRunner) => runner.goTo(200),
        (runner: MachineRunner) => runner.seek(60_000),
      ]) {
        const [first, next] = pair();
        go(first);
        go(next);
        expect(view(settle(next))).toEqual(view(settle(first)));
      }
    });
  });
});
