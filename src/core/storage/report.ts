/** The figures of a run, as the command line prints them and the lab shows them. Times are in microseconds unless they say. */
import type { DrivePreset, StoragePreset } from '../presets/storage';
import { boundsOf, type Bound } from './bounds';
import { PART, type Part } from './device';
import { lawsOf, type Law } from './laws';
import type { StorageRun, Stop } from './run';
import { PERCENTILES, percentile } from './statistics';
import type { Workload } from './workload/workload';

export interface StorageReport {
  readonly completed: number;
  readonly stopped: Stop;
  readonly bytes: number;
  readonly elapsedUs: number;
  readonly iops: number;
  /** Bytes a second. */
  readonly bandwidth: number;
  readonly latencyUs: {
    readonly mean: number;
    readonly sigma: number;
    readonly min: number;
    readonly max: number;
    readonly percentiles: Readonly<Record<string, number>>;
  };
  /** Mean per request; sums to the mean latency. */
  readonly partsUs: Readonly<Partial<Record<Part, number>>>;
  readonly meanInDevice: number;
  readonly writeAmplification: number;
  readonly boundBy: string;
  readonly bounds: readonly Bound[];
  readonly laws: readonly Law[];
  readonly counters: Readonly<Record<string, number>>;
  /** RAM only. */
  readonly latencyCycles?: { readonly mode: number; readonly mean: number };
}

/** Parts that a kind of device can have, so that a part of 0 is shown as 0. */
const PARTS_OF: Readonly<Record<DrivePreset['kind'], readonly Part[]>> = {
  hdd: ['queue', 'overhead', 'seek', 'rotation', 'transfer', 'link'],
  ssd: ['queue', 'overhead', 'tR', 'tPROG', 'bus', 'gc', 'cache', 'link'],
  dram: ['queue', 'refresh', 'precharge', 'activate', 'column'],
};

export function makeReport(run: StorageRun, preset: StoragePreset, workload: Workload): StorageReport {
  const { completed, moments } = run;
  const sorted = run.latencies.slice(0, completed).sort();
  const seconds = run.elapsedPs / 1e12;
  const iops = seconds > 0 ? completed / seconds : 0;
  const partsUs: Partial<Record<Part, number>> = {};
  const drive = preset.kind === 'raid' ? preset.member : preset;
  for (const part of PARTS_OF[drive.kind])
    partsUs[part] = completed > 0 ? (run.partSums[PART[part]]?.value ?? 0) / completed / 1e6 : 0;
  const facts = run.device.facts();
  const meanLatencyUs = moments.mean / 1e6;
  const measured = {
    meanLatencyUs,
    iops,
    writeAmplification: facts.writeAmplification,
    serviceUs: serviceUs(facts.counters, meanLatencyUs - (partsUs.queue ?? 0)),
    slcLeft: (facts.counters.slcPagesLeft ?? 0) > 0,
    memberRequests: completed > 0 ? (facts.counters.memberRequests ?? completed) / completed : 1,
  };
  const bounds = boundsOf(preset, workload, measured);
  return {
    completed,
    stopped: run.stop ?? 'done',
    bytes: run.bytes,
    elapsedUs: run.elapsedPs / 1e6,
    iops,
    bandwidth: seconds > 0 ? run.bytes / seconds : 0,
    latencyUs: {
      mean: meanLatencyUs,
      sigma: moments.sigma / 1e6,
      min: completed > 0 ? moments.min / 1e6 : 0,
      max: moments.max / 1e6,
      percentiles: Object.fromEntries(PERCENTILES.map((p) => [String(p), percentile(sorted, p) / 1e6])),
    },
    partsUs,
    meanInDevice: run.meanInDevice,
    writeAmplification: facts.writeAmplification,
    boundBy: bounds[0]?.name ?? '',
    bounds,
    laws: lawsOf(preset, workload, run, partsUs),
    counters: facts.counters,
    ...(preset.kind === 'dram' ? { latencyCycles: cycles(sorted, moments.mean, preset.tckNs) } : {}),
  };
}

/** Mean time of service of a request, of an array's drives where it has some. */
function serviceUs(counters: Readonly<Record<string, number>>, ofRequests: number): number {
  const { memberServiceUs, memberRequests } = counters;
  return Math.max(
    1e-6,
    memberServiceUs !== undefined && memberRequests ? memberServiceUs / memberRequests : ofRequests,
  );
}

function cycles(sorted: Float64Array, meanPs: number, tckNs: number): { mode: number; mean: number } {
  const tckPs = Math.round(tckNs * 1000);
  let mode = 0;
  let most = 0;
  for (let i = 0; i < sorted.length;) {
    let j = i;
    while (j < sorted.length && sorted[j] === sorted[i]) j++;
    if (j - i > most) {
      most = j - i;
      mode = sorted[i] as number;
    }
    i = j;
  }
  return { mode: mode / tckPs, mean: meanPs / tckPs };
}
