/**
 * Several devices on one workload, side by side, in slices: each slice advances the lane that is furthest behind in requests, so
 * that all have first results at once. Sweeps are the same with one device and one value changed.
 */
import { ok, type Result } from '../base/result';
import type { StoragePreset } from '../presets/storage';
import { startExperiment, type Experiment, type ReadyRun } from './experiment';
import { makeReport, type StorageReport } from './report';
import type { Sample, Stop } from './run';

/** What a lane shows while it runs; plain data. */
export interface LaneFrame {
  readonly device: string;
  readonly completed: number;
  readonly count: number;
  readonly stopped: Stop | undefined;
  readonly nowPs: number;
  readonly meanUs: number;
  readonly iops: number;
  readonly histogram: Uint32Array;
  readonly heat: { readonly columnPs: number; readonly columns: readonly Uint32Array[] };
  readonly samples: readonly Sample[];
  readonly units: number;
  readonly capacitySectors: number;
  /** When the lane has ended. */
  readonly report?: StorageReport;
}

interface Lane {
  readonly experiment: Experiment;
  readonly ready: ReadyRun;
  report: StorageReport | undefined;
}

/** Samples that a frame carries; enough for a timeline. */
const FRAME_SAMPLES = 400;

export class Race {
  private constructor(private readonly lanes: readonly Lane[]) {}

  static start(experiments: readonly Experiment[]): Result<Race> {
    const lanes: Lane[] = [];
    for (const experiment of experiments) {
      const ready = startExperiment(experiment);
      if (!ready.ok) return { ok: false, error: `${experiment.device}: ${ready.error}` };
      lanes.push({ experiment, ready: ready.value, report: undefined });
    }
    return ok(new Race(lanes));
  }

  get done(): boolean {
    return this.lanes.every((lane) => lane.ready.run.finished);
  }

  /** Brings every lane on by at most `completions`. */
  slice(completions: number): void {
    for (const lane of this.lanes) {
      const { run, preset, workload } = lane.ready;
      if (run.finished) continue;
      run.run(completions);
      if (run.finished) lane.report = makeReport(run, preset, workload);
    }
  }

  frames(): LaneFrame[] {
    return this.lanes.map((lane) => frameOf(lane));
  }

  presets(): StoragePreset[] {
    return this.lanes.map((lane) => lane.ready.preset);
  }
}

function frameOf(lane: Lane): LaneFrame {
  const { run } = lane.ready;
  const seconds = run.nowPs / 1e12;
  return {
    device: lane.experiment.device,
    completed: run.completed,
    count: lane.ready.workload.count,
    stopped: run.stop,
    nowPs: run.nowPs,
    meanUs: run.moments.mean / 1e6,
    iops: seconds > 0 ? run.completed / seconds : 0,
    histogram: run.histogram.slice(),
    heat: {
      columnPs: run.heat.columnPs,
      columns: Array.from({ length: run.heat.used }, (_, i) => run.heat.column(i).slice()),
    },
    samples: run.samples().slice(-FRAME_SAMPLES),
    units: run.device.unitNames.length,
    capacitySectors: run.device.capacitySectors,
    ...(lane.report ? { report: lane.report } : {}),
  };
}
