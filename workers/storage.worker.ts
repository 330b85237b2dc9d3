/** Thin shell: keeps the trace, runs slices, answers between them. The work is in src/core/storage. */
import { expose } from 'comlink';
import type { LabSetup } from '../src/core/documents/storage-lab';
import { startExperiment, type Experiment } from '../src/core/storage/experiment';
import { Race } from '../src/core/storage/race';
import { makeReport } from '../src/core/storage/report';
import { parseTrace, type Trace } from '../src/core/storage/workload/trace';
import { experimentOf, SWEEP_BLOCKS, SWEEP_DEPTHS, type StorageWorkerApi, type SweepPoint } from '../src/rpc/storage';

const SLICE = 500;
const FRAME_MS = 80;
const SWEEP_COUNT = 3000;

let trace: Trace | undefined;
let generation = 0;

/** Lets waiting messages in. */
const breathe = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

const api: StorageWorkerApi = {
  async race(setup, onFrame) {
    const mine = ++generation;
    const experiments: Experiment[] = [];
    for (const device of setup.devices) {
      const experiment = experimentOf(setup, device, trace);
      if (!experiment.ok) return experiment;
      experiments.push(experiment.value);
    }
    const race = Race.start(experiments);
    if (!race.ok) return race;
    // The first frame comes as soon as there is anything to see.
    let shown = -Infinity;
    while (!race.value.done) {
      race.value.slice(SLICE);
      if (performance.now() - shown < FRAME_MS) continue;
      onFrame({ lanes: race.value.frames(), done: race.value.done });
      shown = performance.now();
      await breathe();
      if (mine !== generation) return { ok: true, value: 'cancelled' };
    }
    onFrame({ lanes: race.value.frames(), done: true });
    return { ok: true, value: 'done' };
  },

  async sweep(setup, kind, onPoint) {
    const mine = ++generation;
    for (const value of kind === 'depth' ? SWEEP_DEPTHS : SWEEP_BLOCKS) {
      for (const device of setup.devices) {
        const point = sweepPoint(setup, device, kind, value);
        if (point) onPoint(point);
        await breathe();
        if (mine !== generation) return { ok: true, value: 'cancelled' };
      }
    }
    return { ok: true, value: 'done' };
  },

  cancel() {
    generation++;
  },

  loadTrace(text, device) {
    const parsed = parseTrace(text, device === undefined ? {} : { device });
    if (!parsed.ok) return parsed;
    trace = parsed.value;
    return {
      ok: true,
      value: { kind: trace.kind, requests: trace.requests.length, timed: trace.timed, paused: trace.paused },
    };
  },
};

function sweepPoint(setup: LabSetup, device: string, kind: 'depth' | 'block', value: number): SweepPoint | undefined {
  const one: LabSetup = {
    ...setup,
    mode: 'closed',
    count: SWEEP_COUNT,
    ...(kind === 'depth' ? { depth: value } : { blockBytes: value }),
  };
  const experiment = experimentOf(one, device, undefined);
  if (!experiment.ok) return undefined;
  const ready = startExperiment(experiment.value);
  if (!ready.ok) return undefined;
  ready.value.run.run(Infinity);
  const report = makeReport(ready.value.run, ready.value.preset, ready.value.workload);
  const { iops, bandwidth, latencyUs, boundBy } = report;
  return { device, value, iops, bandwidth, meanUs: latencyUs.mean, boundBy };
}

expose(api);
