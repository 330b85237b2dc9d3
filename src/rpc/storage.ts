/** The storage worker: races and sweeps, in slices, with progress; a newer one retires the older. */
import type { Result } from '../core/base/result';
import { DEFAULT_SETUP, type LabSetup } from '../core/documents/storage-lab';
import { storagePreset } from '../core/presets/storage';
import type { Experiment, Replay } from '../core/storage/experiment';
import type { LaneFrame } from '../core/storage/race';
import type { StorageReport } from '../core/storage/report';
import type { Trace } from '../core/storage/workload/trace';
import { parseDistribution } from '../core/storage/workload/job-file';
import { PARTS } from '../core/storage/device';
import { BINS_PER_OCTAVE, HISTOGRAM_BINS } from '../core/storage/statistics';

export type { LaneFrame, StorageReport };
export { BINS_PER_OCTAVE, DEFAULT_SETUP, HISTOGRAM_BINS, PARTS };

export interface RaceFrame {
  readonly lanes: readonly LaneFrame[];
  readonly done: boolean;
}

export interface SweepPoint {
  readonly device: string;
  /** Depth or block bytes. */
  readonly value: number;
  readonly iops: number;
  readonly bandwidth: number;
  readonly meanUs: number;
  readonly boundBy: string;
}

export type SweepKind = 'depth' | 'block';

export interface TraceInfo {
  readonly kind: string;
  readonly requests: number;
  readonly timed: boolean;
  /** Knows how long a program paused before each request. */
  readonly paused: boolean;
}

export interface StorageWorkerApi {
  /** Runs until done or retired; `onFrame` gets at most some 12 frames a second, the last with `done`. */
  race(setup: LabSetup, onFrame: (frame: RaceFrame) => void): Promise<Result<'done' | 'cancelled'>>;
  sweep(setup: LabSetup, kind: SweepKind, onPoint: (point: SweepPoint) => void): Promise<Result<'done' | 'cancelled'>>;
  cancel(): void;
  /** Reads a trace and keeps it for the next races in mode `trace`. */
  /** Of a recorded run, the accesses of one of its devices. */
  loadTrace(text: string, device?: string): Result<TraceInfo>;
}

/** A lane's experiment; RAM is accessed by the line when blocks are no larger than one. */
export function experimentOf(setup: LabSetup, device: string, trace: Trace | undefined): Result<Experiment> {
  const preset = storagePreset(device);
  const drive = preset?.kind === 'raid' ? preset.member.kind : preset?.kind;
  const distribution = parseDistribution(setup.distribution);
  if (!distribution.ok) return distribution;
  if (setup.mode === 'trace' && !trace) return { ok: false, error: 'no trace is loaded: drop one on the page' };
  const useTrace = setup.mode === 'trace' ? trace : undefined;
  return {
    ok: true,
    value: {
      device,
      settings: drive === 'hdd' ? [['scheduler', setup.scheduler]] : [],
      workload: {
        pattern: setup.pattern,
        readPercent: setup.readPercent,
        trimPercent: drive === 'dram' ? 0 : setup.trimPercent,
        blockBytes: setup.blockBytes,
        distribution: distribution.value,
        depth: setup.depth,
        thinkUs: 0,
        ...(setup.mode === 'open' ? { rateIops: setup.rateIops } : {}),
        count: setup.count,
        seed: setup.seed,
      },
      ...(useTrace ? { trace: useTrace, replay: replayOf(setup, useTrace), fold: useTrace.devices.length > 0 } : {}),
      ...(drive === 'ssd' ? { precondition: setup.precondition } : {}),
    },
  };
}

/** As the person chose, where the trace allows it. */
function replayOf(setup: LabSetup, trace: Trace): Replay {
  if (setup.replay === 'program' && trace.paused) return 'program';
  if (setup.replay !== 'depth' && trace.timed) return 'times';
  return 'depth';
}

export const SWEEP_DEPTHS = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;
export const SWEEP_BLOCKS = [512, 2048, 4096, 16_384, 65_536, 262_144, 1_048_576] as const;
