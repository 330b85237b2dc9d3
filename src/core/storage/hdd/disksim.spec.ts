/**
 * DiskSim 4.0 itself: its `syssim` driver on the Cheetah 4LP, 1,000 random reads of 4 KiB over the first 2,676,846 sectors with idle
 * time between them, as its distribution's valid/syssim.outv reports them. The drive is built here from the same parameter files.
 */
import { expect, test } from 'vitest';
import type { HddPreset } from '../../presets/hdd';
import { makeDevice } from '../make-device';
import { makeReport } from '../report';
import { StorageRun } from '../run';
import { DEFAULT_WORKLOAD, workloadSource } from '../workload/workload';

/** What syssim.outv says, in ms. */
const DISKSIM = {
  response: 8.882255,
  sigma: 2.18877,
  seek: 4.477015,
  seekDistance: 553.167,
  rotation: 2.896776,
  transfer: 0.282053,
};
const COUNT = 1000;

const cheetah4lp: HddPreset = {
  id: 'cheetah-4lp',
  kind: 'hdd',
  title: 'Seagate Cheetah 4LP',
  summary: '4.5 GB, 10033 rpm',
  year: 1997,
  sources: [{ title: 'DiskSim 4.0, valid/cheetah4LP.{model,diskspecs,seek}', year: 2008 }],
  rpm: 10_033,
  surfaces: 8,
  cylinders: 6581,
  blockCount: 8_887_200,
  zones: (
    [
      [0, 1343, 195, 22, 37, 108],
      [1345, 2448, 187, 22, 35, 108],
      [2450, 3541, 176, 20, 33, 108],
      [3543, 4406, 166, 19, 31, 108],
      [4408, 5223, 155, 18, 29, 108],
      [5225, 5956, 145, 17, 27, 108],
      [5958, 6580, 131, 15, 25, 108],
    ] as const
  ).map(([firstCylinder, lastCylinder, sectorsPerTrack, trackSkewSectors, cylinderSkewSectors, spareSectors]) => ({
    firstCylinder,
    lastCylinder,
    sectorsPerTrack,
    trackSkewSectors,
    cylinderSkewSectors,
    spareSectors,
  })),
  // As far as these reads go.
  // prettier-ignore
  seek: { points: [[1, 0.636], [2, 1.146], [3, 1.16], [4, 1.275], [5, 1.285], [6, 1.403], [7, 1.287], [8, 1.42], [9, 1.539], [10, 1.416], [12, 1.527], [14, 1.55], [16, 1.547], [18, 1.547], [20, 1.679], [25, 1.928], [30, 1.936], [35, 1.937], [40, 2.07], [45, 2.187], [50, 2.314], [60, 2.325], [70, 2.324], [80, 2.459], [90, 2.586], [100, 2.705], [125, 3.111], [150, 3.627], [175, 3.622], [200, 3.754], [225, 3.875], [250, 3.878], [275, 3.843], [300, 4.008], [325, 4.007], [350, 4.135], [375, 4.136], [400, 4.138], [425, 4.266], [450, 4.397], [475, 4.4], [500, 4.414], [600, 4.795], [700, 5.056], [800, 5.426], [900, 5.576], [1000, 5.838], [1100, 6.099], [1200, 6.356], [1300, 6.606], [1400, 6.744], [1500, 7.003], [1600, 7.138], [1700, 7.269]] },
  headSwitchMs: 0.195,
  writeSettleMs: 0,
  readMissOverheadMs: 0.60773,
  readHitOverheadMs: 0.068,
  writeMissOverheadMs: 0.53776,
  writeHitOverheadMs: 0.095,
  linkUsPerSector: 106,
  bufferSegments: 3,
  segmentSectors: 282,
  readAheadSectors: 282,
  writeCache: false,
  writeCacheSectors: 282,
  scheduler: 'fcfs',
  queueDepth: 1,
};

test("a read takes what DiskSim's own output says, as a whole and part by part", () => {
  const made = makeDevice(cheetah4lp, { slots: 1, seed: 1 });
  if (!made.ok) throw new Error(made.error);
  const workload = { ...DEFAULT_WORKLOAD, count: 60_000, range: { first: 0, sectors: 2_676_846 } };
  const source = workloadSource(workload, { capacitySectors: made.value.capacitySectors, sectorBytes: 512 });
  // The driver idles for 9.2 ms on average; any time that is no whole number of turns will do.
  const run = new StorageRun(made.value, source, { depth: 1, thinkPs: 9_211_024_000 });
  run.run(Infinity);
  const r = makeReport(run, cheetah4lp, workload);
  const ms = (us: number | undefined) => (us ?? 0) / 1000;
  const near = (measured: number, theirs: number, within: number) =>
    expect(Math.abs(measured / theirs - 1)).toBeLessThan(within);
  // Their means are of 1,000 requests: three standard errors are 2.3 % of the response and 5.7 % of the rotation.
  const errors = (sigma: number, mean: number) => (3 * sigma) / Math.sqrt(COUNT) / mean;
  near(ms(r.latencyUs.mean), DISKSIM.response, errors(DISKSIM.sigma, DISKSIM.response));
  near(ms(r.latencyUs.sigma), DISKSIM.sigma, 0.05);
  near(ms(r.partsUs.seek), DISKSIM.seek, errors(1.301618, DISKSIM.seek));
  near(ms(r.partsUs.rotation), DISKSIM.rotation, errors(1.725935, DISKSIM.rotation));
  near(r.counters.armCylinders! / r.counters.armMoves!, DISKSIM.seekDistance, errors(390.850784, DISKSIM.seekDistance));
  near(ms(r.partsUs.transfer), DISKSIM.transfer, errors(0.154601, DISKSIM.transfer));
  // What is neither seek nor rotation hardly varies: overhead, medium and bus.
  near(
    ms(r.latencyUs.mean - (r.partsUs.seek ?? 0) - (r.partsUs.rotation ?? 0)),
    DISKSIM.response - DISKSIM.seek - DISKSIM.rotation,
    0.02,
  );
});
