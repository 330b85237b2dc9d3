/** One experiment: a preset with its changes, a workload or a trace, a starting state. What cannot work is refused with a reason. */
import { err, ok, type Result } from '../base/result';
import { storagePreset, STORAGE_PRESETS, type StoragePreset } from '../presets/storage';
import { DramModel } from './dram/dram';
import { makeDevice, override } from './make-device';
import { deviceSeed, slotsFor, StorageRun } from './run';
import type { Precondition } from './ssd/ssd';
import type { Trace } from './workload/trace';
import { checkWorkload, traceSource, workloadSource, type Workload } from './workload/workload';

export interface Experiment {
  readonly device: string;
  /** Changes of the preset, name and value as text. */
  readonly settings: readonly (readonly [string, string])[];
  readonly workload: Workload;
  readonly trace?: Trace;
  readonly precondition?: Precondition;
}

export interface ReadyRun {
  readonly run: StorageRun;
  readonly preset: StoragePreset;
  readonly workload: Workload;
}

export function startExperiment(e: Experiment): Result<ReadyRun> {
  const known = storagePreset(e.device);
  if (!known) return err(`unknown device '${e.device}'; there are ${STORAGE_PRESETS.map((p) => p.id).join(', ')}`);
  const preset = override(known, e.settings);
  if (!preset.ok) return preset;
  if (e.precondition && preset.value.kind !== 'ssd') return err(`only an SSD has a state to be brought to`);
  const { trace } = e;
  const workload = trace ? { ...e.workload, count: trace.requests.length } : e.workload;
  const depth = isOpen(workload, trace) ? undefined : workload.depth;
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
    const beyond = trace.requests.findIndex((r) => r.lba + r.count > device.capacitySectors);
    if (beyond >= 0)
      return err(
        `request ${beyond + 1} of the trace lies beyond the device, which has ${device.capacitySectors} sectors`,
      );
  }
  const source = trace ? traceSource(trace.requests) : workloadSource(workload, shape);
  const run = new StorageRun(device, source, { depth, thinkPs: Math.round(workload.thinkUs * 1e6) });
  return ok({ run, preset: preset.value, workload });
}

/** A trace with times is replayed at its times unless a depth is asked for. */
function isOpen(w: Workload, trace: Trace | undefined): boolean {
  if (trace) return trace.timed && w.depth === 0;
  return w.rateIops !== undefined || w.intervalPs !== undefined;
}
