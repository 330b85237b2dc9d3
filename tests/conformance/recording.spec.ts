/** A recorded run holds exactly what the machine counted, and replayed on the machine's own disk it takes the same time. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dramCounts } from '../../src/core/machine/counters';
import { Machine } from '../../src/core/machine/machine';
import { recordRun } from '../../src/core/machine/recording';
import { TEACHING_MACHINE } from '../../src/core/presets/machine';
import { DRAM_COUNT } from '../../src/core/machine/layout';
import { startExperiment } from '../../src/core/storage/experiment';
import { makeReport } from '../../src/core/storage/report';
import { parseTrace } from '../../src/core/storage/workload/trace';
import { DEFAULT_WORKLOAD } from '../../src/core/storage/workload/workload';
import { compileProgram } from '../helpers/compiled';

const text = readFileSync('programs/ladder.c', 'utf8');

function recorded() {
  const image = compileProgram('ladder.c', text);
  const machine = new Machine(TEACHING_MACHINE);
  machine.load(image);
  while (machine.run({ instructions: 10_000_000 }).kind === 'limit');
  const run = recordRun({
    config: TEACHING_MACHINE,
    image,
    inputs: [],
    untilInstructions: machine.core.instructions,
  });
  let step = run.next();
  while (!step.done) step = run.next();
  return { machine, run: step.value };
}

describe('a recorded run', () => {
  const { machine, run } = recorded();

  test('has every command of the disks and every access to RAM', () => {
    const { ssd0, hdd0 } = machine.devices;
    const dram = dramCounts(machine);
    expect(run.counts.ssd0).toBe(ssd0.reads + ssd0.writes);
    expect(run.counts.hdd0).toBe(hdd0.reads + hdd0.writes);
    expect(run.counts.ram).toBe((dram[DRAM_COUNT.reads] as number) + (dram[DRAM_COUNT.writes] as number));
    expect(run.isCut).toBe(false);
    const trace = parseTrace(run.csv, { device: 'ram' });
    expect(trace.ok && trace.value.requests.length).toBe(run.counts.ram);
    expect(trace.ok && trace.value.devices).toEqual(expect.arrayContaining(['ssd0', 'hdd0', 'ram']));
  });

  test.each(['ssd0', 'hdd0'] as const)('replayed as the program waited, takes %s the time that it took', (device) => {
    const trace = parseTrace(run.csv, { device });
    if (!trace.ok) throw new Error(trace.error);
    const ready = startExperiment({
      device: TEACHING_MACHINE[device],
      settings: [],
      workload: DEFAULT_WORKLOAD,
      trace: trace.value,
      replay: 'program',
    });
    if (!ready.ok) throw new Error(ready.error);
    ready.value.run.run(Infinity);
    const report = makeReport(ready.value.run, ready.value.preset, ready.value.workload);
    const busyUs = (machine.devices[device].busyCycles * TEACHING_MACHINE.cyclePs) / 1e6;
    // The machine counts whole cycles of its clock, and its disk has read the program before.
    expect(Math.abs((report.latencyUs.mean * report.completed) / busyUs - 1)).toBeLessThan(0.02);
  });

  test('asks for a device that it does not have: refused by name', () => {
    const trace = parseTrace(run.csv, { device: 'tape' });
    expect(!trace.ok && trace.error).toMatch(/no request to 'tape'; it has .*ssd0/);
  });
});
