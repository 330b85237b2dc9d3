/** The laws that a run can be held against: what theory says, what was measured. Shown as chips in the lab, asserted in specs. */
import type { StoragePreset } from '../presets/storage';
import { PART, type Part } from './device';
import type { StorageRun } from './run';
import { victimShare } from './ssd/ftl';
import type { Workload } from './workload/workload';

export interface Law {
  readonly id: string;
  readonly title: string;
  readonly theory: number;
  readonly measured: number;
  readonly unit: string;
  /** Where the law is from, in one line. */
  readonly source: string;
}

type Parts = Readonly<Partial<Record<Part, number>>>;

/** Laws whose premises this run meets. */
export function lawsOf(preset: StoragePreset, w: Workload, run: StorageRun, partsUs: Parts): Law[] {
  if (run.completed === 0) return [];
  const laws: Law[] = [];
  const meanUs = run.moments.mean / 1e6;
  const rate = run.elapsedPs > 0 ? run.completed / (run.elapsedPs / 1e6) : 0;
  laws.push({
    id: 'little',
    title: 'Requests in the device',
    theory: rate * meanUs,
    measured: run.meanInDevice,
    unit: '',
    source: "Little's law: number = rate x time",
  });
  const random = w.pattern === 'random' && w.distribution.kind === 'uniform';
  if (preset.kind === 'hdd' && random) laws.push(...hddLaws(preset, w, run, partsUs));
  if (preset.kind === 'ssd' && random) laws.push(...ssdLaws(preset, w, run, partsUs));
  if (preset.kind === 'dram') laws.push(...dramLaws(preset, w, run));
  if (preset.kind === 'raid' && random) laws.push(...raidLaws(preset, w, run));
  return laws;
}

function hddLaws(preset: StoragePreset & { kind: 'hdd' }, w: Workload, run: StorageRun, partsUs: Parts): Law[] {
  const laws: Law[] = [];
  const uncached = w.readPercent === 100 || !preset.writeCache;
  if (preset.scheduler !== 'sptf' && uncached)
    laws.push({
      id: 'half-turn',
      title: 'Rotational latency',
      theory: 30e6 / preset.rpm,
      measured: partsUs.rotation ?? 0,
      unit: 'µs',
      source: 'a sector is half a revolution away on average',
    });
  const { armMoves, armCylinders } = run.device.facts().counters;
  if ((preset.scheduler === 'fcfs' || w.depth === 1) && uncached && armMoves)
    laws.push({
      id: 'third-stroke',
      title: 'Seek distance',
      theory: meanSeekDistance(preset),
      measured: (armCylinders ?? 0) / armMoves,
      unit: 'cylinders',
      source: 'a third of the stroke, weighted by the blocks of each zone',
    });
  return laws;
}

/** Mean distance between two uniformly random blocks: a third of the stroke if all cylinders held the same. */
export function meanSeekDistance(preset: StoragePreset & { kind: 'hdd' }): number {
  // E|X - Y| = 2 * integral of F(1 - F) over the cylinders.
  const zones = preset.zones.map((z) => ({
    first: z.firstCylinder,
    cylinders: z.lastCylinder - z.firstCylinder + 1,
    weight: (z.lastCylinder - z.firstCylinder + 1) * preset.surfaces * z.sectorsPerTrack - z.spareSectors,
  }));
  let left = Math.min(
    zones.reduce((sum, z) => sum + z.weight, 0),
    preset.blockCount ?? Infinity,
  );
  const total = left;
  let below = 0;
  let sum = 0;
  let end = 0;
  for (const z of zones) {
    const f0 = below / total;
    sum += (z.first - end) * f0 * (1 - f0);
    const used = Math.min(left, z.weight);
    const cylinders = (z.cylinders * used) / z.weight;
    const f1 = (below + used) / total;
    // F is linear in the zone.
    sum += cylinders * ((f0 + f1) / 2 - (f0 * f0 + f0 * f1 + f1 * f1) / 3);
    below += used;
    left -= used;
    end = z.first + cylinders;
  }
  return 2 * sum;
}

function ssdLaws(preset: StoragePreset & { kind: 'ssd' }, w: Workload, run: StorageRun, partsUs: Parts): Law[] {
  void partsUs;
  const laws: Law[] = [];
  if (w.readPercent === 100 && w.depth === 1 && w.blockBytes <= preset.pageBytes) {
    const busUs = w.blockBytes / preset.channelMBs;
    const linkUs = w.blockBytes / preset.linkReadMBs;
    const tR = preset.readUs.reduce((a, b) => a + b, 0) / preset.readUs.length;
    laws.push({
      id: 'read-latency',
      title: 'Read alone',
      theory: preset.readOverheadUs + tR + preset.commandUs + preset.dataOutSetupUs + busUs + linkUs,
      measured: run.moments.mean / 1e6,
      unit: 'µs',
      source: 'overhead + tR + bus + link',
    });
  }
  const { writeAmplification } = run.device.facts();
  if (w.readPercent < 100 && writeAmplification > 1.05 && preset.gcPolicy !== 'greedy')
    laws.push({
      id: 'write-amplification',
      title: 'Write amplification',
      theory:
        preset.gcPolicy === 'fifo'
          ? 1 / (1 - victimShare(preset.overProvisioning))
          : (1 + preset.overProvisioning) / preset.overProvisioning,
      measured: writeAmplification,
      unit: '',
      source:
        preset.gcPolicy === 'fifo'
          ? 'Desnoyers 2014: 1 / (1 - v), v = exp(-(1 + OP)(1 - v))'
          : 'a random victim is as full as the drive: (1 + OP) / OP',
    });
  return laws;
}

function raidLaws(preset: StoragePreset & { kind: 'raid' }, w: Workload, run: StorageRun): Law[] {
  // A block that never crosses a stripe unit asks for one read, for all copies, or for the read-modify-write of data and parity.
  if (preset.level !== 1 && preset.stripeBytes % w.blockBytes !== 0) return [];
  if (preset.level === 5 && preset.members === 3) return [];
  const reads = run.reads / run.completed;
  const trims = run.trims / run.completed;
  const copies = preset.level === 1 ? preset.members : 1;
  const writeCost = preset.level === 5 ? 4 : copies;
  return [
    {
      id: 'member-requests',
      title: 'Requests to drives',
      theory: reads + trims * copies + (1 - reads - trims) * writeCost,
      measured: (run.device.facts().counters.memberRequests ?? 0) / run.completed,
      unit: '',
      source:
        preset.level === 5
          ? 'a small write of a RAID 5 reads old data and parity and writes both: 4'
          : preset.level === 1
            ? 'a write goes to every copy'
            : 'a stripe unit lies on one drive',
    },
  ];
}

function dramLaws(preset: StoragePreset & { kind: 'dram' }, w: Workload, run: StorageRun): Law[] {
  const hit = preset.cl + preset.burst / 2 + preset.controllerCycles;
  if (w.blockBytes !== 64 || !w.pattern.startsWith('row-')) return [];
  const conflict = w.pattern === 'row-conflict';
  return [
    {
      id: conflict ? 'row-conflict' : 'row-hit',
      title: conflict ? 'Row conflict' : 'Row hit',
      theory: conflict ? hit + preset.trcd + preset.trp : hit,
      measured: (run.partSums[PART.column]?.value ?? 0) === 0 ? 0 : median(run) / Math.round(preset.tckNs * 1000),
      unit: 'cycles',
      source: conflict ? 'tRP + tRCD + CL + burst/2 + 1' : 'CL + burst/2 + 1',
    },
  ];
}

function median(run: StorageRun): number {
  const sorted = run.latencies.slice(0, run.completed).sort();
  return sorted[sorted.length >> 1] ?? 0;
}
