/** One experiment: a preset with its changes, a workload or a trace, a starting state. What cannot work is refused with a reason. */
import { err, ok, type Result } from '../base/result';
import { RAID_NAMES } from '../presets/raid';
import { storagePreset, STORAGE_PRESETS, type StoragePreset } from '../presets/storage';
import { OP } from './device';
import { DramModel } from './dram/dram';
import { makeDevice, override } from './make-device';
import { deviceSeed, slotsFor, StorageRun } from './run';
import type { Precondition } from './ssd/ssd';
import type { Trace } from './workload/trace';
import { checkWorkload, traceSource, workloadSource, type Workload } from './workload/workload';

/** How a trace is replayed: at its own times, as a program that waits for each answer and pauses, or with a number outstanding. */
export type Replay = 'times' | 'program' | 'depth';

export interface Experiment {
  readonly device: string;
  /** Changes of the preset, name and value as text. */
  readonly settings: readonly (readonly [string, string])[];
  readonly workload: Workload;
  readonly trace?: Trace;
  /** With a trace; `depth` without. */
  readonly replay?: Replay;
  /** Folds a trace's addresses into a device that is smaller than the one it was made on; without it they are refused. */
  readonly fold?: boolean;
  readonly precondition?: Precondition;
}

export interface ReadyRun {
  readonly run: StorageRun;
  readonly preset: StoragePreset;
  readonly workload: Workload;
}

export function startExperiment(e: Experiment): Result<ReadyRun> {
  const known = storagePreset(e.device);
  if (!known) return err(unknownDevice(e.device));
  const preset = override(known, e.settings);
  if (!preset.ok) return preset;
  const drive = preset.value.kind === 'raid' ? preset.value.member : preset.value;
  if (e.precondition && drive.kind !== 'ssd') return err(`only an SSD has a state to be brought to`);
  const { trace } = e;
  const workload = trace ? workloadOf(trace, e.workload) : e.workload;
  const replay = e.replay ?? 'depth';
  if (trace && replay === 'times' && !trace.timed) return err('this trace has no times: it needs a depth');
  if (trace && replay === 'program' && !trace.paused) return err('this trace does not say how long the program paused');
  const closedDepth = trace && replay === 'program' ? 1 : workload.depth;
  const depth = isOpen(workload, trace, replay) ? undefined : closedDepth;
  const made = makeDevice(preset.value, {
    slots: slotsFor(depth, workload.count),
    seed: deviceSeed(workload.seed),
    ...(e.precondition ? { precondition: e.precondition } : {}),
  });
  if (!made.ok) return made;
  const device = made.value;
  const shape = {
    capacitySectors: device.capacitySectors,
    sectorBytes: device.sectorBytes,
    ...(device instanceof DramModel ? { conflictStride: device.conflictStride } : {}),
  };
  if (!trace) {
    const checked = checkWorkload(workload, shape);
    if (!checked.ok) return checked;
  } else {
    const end = device.capacitySectors * device.sectorBytes;
    const beyond = trace.requests.find((r) => (e.fold ? 0 : r.offset) + r.bytes > end);
    if (beyond)
      return err(
        `line ${beyond.line} of the trace asks for bytes ${beyond.offset} to ${beyond.offset + beyond.bytes - 1}, beyond the device, which has ${end}`,
      );
  }
  const source = trace
    ? traceSource(trace.requests, shape, { withPauses: replay === 'program', fold: e.fold ?? false })
    : workloadSource(workload, shape);
  const run = new StorageRun(device, source, { depth, thinkPs: Math.round(workload.thinkUs * 1e6) });
  return ok({ run, preset: preset.value, workload });
}

/** What a trace amounts to, for bounds and reports. */
function workloadOf({ requests }: Trace, base: Workload): Workload {
  const count = requests.length;
  const bytes = requests.reduce((sum, r) => sum + r.bytes, 0);
  const reads = requests.filter((r) => r.op === OP.read).length;
  return {
    ...base,
    pattern: 'trace',
    count,
    readPercent: (100 * reads) / count,
    blockBytes: Math.max(1, Math.round(bytes / count)),
  };
}

/** What there is instead. */
export function unknownDevice(id: string): string {
  return `unknown device '${id}'; there are ${STORAGE_PRESETS.map((p) => p.id).join(', ')}, and arrays: ${RAID_NAMES}`;
}

function isOpen(w: Workload, trace: Trace | undefined, replay: Replay): boolean {
  if (trace) return replay === 'times';
  return w.rateIops !== undefined || w.intervalPs !== undefined;
}
