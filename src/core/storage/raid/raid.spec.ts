/** Arrays against closed forms: capacity, how many drives a request asks, how throughput grows, what a small write costs. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random';
import type { RaidLevel } from '../../presets/raid';
import { storagePreset } from '../../presets/storage';
import { OP } from '../device';
import { startExperiment, type Experiment } from '../experiment';
import { makeDevice } from '../make-device';
import { makeReport, type StorageReport } from '../report';
import { DEFAULT_WORKLOAD, type Workload } from '../workload/workload';
import { RaidLayout } from './layout';

function measure(device: string, workload: Partial<Workload>, settings: Experiment['settings'] = []): StorageReport {
  const ready = startExperiment({ device, settings, workload: { ...DEFAULT_WORKLOAD, ...workload } });
  if (!ready.ok) throw new Error(ready.error);
  ready.value.run.run(Infinity);
  return makeReport(ready.value.run, ready.value.preset, ready.value.workload);
}

const shapes: [RaidLevel, number][] = [
  [0, 2],
  [0, 5],
  [1, 3],
  [5, 3],
  [5, 6],
];

describe('the layout of an array', () => {
  it.each(shapes)(
    'RAID %i of %i has the capacity of the closed form and gives each sector its own place',
    (level, n) => {
      const layout = new RaidLayout(level, n, 4, 40);
      expect(layout.capacitySectors).toBe(40 * (level === 0 ? n : level === 1 ? 1 : n - 1));
      const seen = new Set<string>();
      for (let lba = 0; lba < layout.capacitySectors; lba++) {
        const [piece, ...more] = layout.data(lba, 1);
        expect(more).toEqual([]);
        seen.add(`${piece!.member}:${piece!.lba}`);
        expect(layout.hostOf(piece!.member, piece!.lba)).toBe(lba);
        if (level === 5) expect(piece!.member).not.toBe(layout.parityOf(Math.floor(piece!.lba / 4)));
      }
      expect(seen.size).toBe(layout.capacitySectors);
    },
  );

  it('spreads parity evenly, and splits any range into pieces that cover it once', () => {
    const layout = new RaidLayout(5, 5, 8, 4000);
    const parity = Array.from({ length: 500 }, (_, row) => layout.parityOf(row));
    for (let member = 0; member < 5; member++) expect(parity.filter((m) => m === member)).toHaveLength(100);
    const random = new Random(3);
    for (let i = 0; i < 300; i++) {
      const count = 1 + random.below(200);
      const lba = random.below(layout.capacitySectors - count);
      const covered = layout
        .data(lba, count)
        .flatMap((p) => Array.from({ length: p.count }, (_, k) => layout.hostOf(p.member, p.lba + k) as number));
      expect(covered.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, k) => lba + k));
    }
  });

  it('writes a whole row without reading, and part of one by whichever way reads less', () => {
    const layout = new RaidLayout(5, 6, 8, 800);
    const [whole] = layout.rowWrites(0, 40);
    expect([whole!.reads.length, whole!.writes.length]).toEqual([0, 6]);
    // One unit: old data and parity. Four of five units: the fifth is enough.
    expect(layout.rowWrites(3, 2)[0]!.reads).toHaveLength(2);
    expect(layout.rowWrites(0, 32)[0]!.reads).toEqual([{ member: layout.memberOf(0, 4), lba: 0, count: 8 }]);
  });
});

describe('an array at work', () => {
  it('reads from all drives at once: n times the rate of one when all are busy', () => {
    const one = measure('cheetah-9lp', { count: 10_000, depth: 64 }).iops;
    for (const n of [2, 4, 8]) {
      const array = measure(`raid0:${n}:cheetah-9lp`, { count: 20_000, depth: 64 * n }).iops;
      expect(Math.abs(array / (n * one) - 1)).toBeLessThan(0.04);
    }
    const mirror = measure('raid1:2:cheetah-9lp', { count: 20_000, depth: 128 }).iops;
    expect(Math.abs(mirror / (2 * one) - 1)).toBeLessThan(0.03);
  });

  it('with few requests outstanding leaves drives idle, as in a closed network of equal stations', () => {
    // Closed network of n equal stations with d customers: throughput d / (d + n - 1) of the most, exponential service. A disk's
    // service varies less, so it does no worse.
    const n = 8;
    const one = measure('cheetah-9lp', { count: 10_000 }).iops;
    for (const d of [1, 2, 4, 8]) {
      const share = measure(`raid0:${n}:cheetah-9lp`, { count: 20_000, depth: d }).iops / (n * one);
      expect(share).toBeGreaterThan((d / (d + n - 1)) * 0.98);
      expect(share).toBeLessThan(Math.min(1, d / n) * 1.02);
    }
  });

  it('asks four requests of its drives for a small write of RAID 5, two of RAID 1, one of RAID 0', () => {
    const small = { count: 4000, depth: 8, readPercent: 0 };
    for (const [device, cost, copies] of [
      ['raid0:4:hdd-15k', 1, 1],
      ['raid1:2:hdd-15k', 2, 2],
      ['raid5:4:hdd-15k', 4, 2],
    ] as const) {
      const r = measure(device, small);
      expect(r.laws.find((l) => l.id === 'member-requests')!.theory).toBe(cost);
      expect(r.counters.memberRequests! / r.completed).toBe(cost);
      expect(r.writeAmplification).toBe(copies);
    }
    const mixed = measure('raid5:4:hdd-15k', { count: 4000, depth: 8, readPercent: 50, trimPercent: 30 });
    const requests = mixed.laws.find((l) => l.id === 'member-requests')!;
    expect(requests.measured).toBeCloseTo(requests.theory, 12);
    // The penalty in time: a write of RAID 5 costs its drives four accesses, two of them a turn after the other two.
    const striped = measure('raid0:5:hdd-15k', { ...small, depth: 80 }).iops;
    const array = measure('raid5:5:hdd-15k', { ...small, depth: 80 });
    const parity = array.iops;
    // The bound that is named is one: nothing goes beyond it, and with enough requests little stays below.
    expect(parity / array.bounds[0]!.iops).toBeLessThan(1.001);
    expect(parity / array.bounds[0]!.iops).toBeGreaterThan(0.85);
    expect(striped / parity).toBeGreaterThan(3);
    expect(striped / parity).toBeLessThan(5);
  });

  it('writes whole rows of RAID 5 at the rate of the drives that hold data', () => {
    const row = { pattern: 'sequential', blockBytes: 4 * 65_536, count: 3000, depth: 8, readPercent: 0 } as const;
    const parity = measure('raid5:5:nvme-enterprise', row);
    const striped = measure('raid0:4:nvme-enterprise', row);
    expect(parity.counters.reads).toBe(0);
    expect(Math.abs(parity.bandwidth / striped.bandwidth - 1)).toBeLessThan(0.1);
  });

  it('keeps the same time after a snapshot is put back', () => {
    const preset = storagePreset('raid5:3:hdd-15k')!;
    const made = makeDevice(preset, { slots: 4, seed: 1 });
    if (!made.ok) throw new Error(made.error);
    const device = made.value;
    const random = new Random(5);
    const serve = () => {
      const r = new Random(9);
      const start = 1e12;
      for (let slot = 0; slot < 4; slot++) {
        device.requests.set(slot, slot % 2 ? OP.write : OP.read, r.below(1e6), 8 + slot * 100, start);
        device.submit(slot, start);
      }
      while (device.nextPs < Infinity) device.step();
      device.finished.length = 0;
      return [...device.requests.donePs];
    };
    device.requests.set(0, OP.write, random.below(1e6), 64, 0);
    device.submit(0, 0);
    while (device.nextPs < Infinity) device.step();
    device.finished.length = 0;
    const snapshot = structuredClone(device.snapshot());
    const first = serve();
    device.restore(snapshot);
    expect(serve()).toEqual(first);
  });

  it('that cannot exist is refused with a reason', () => {
    const refusal = (device: string, settings: Experiment['settings'] = []) => {
      const ready = startExperiment({ device, settings, workload: DEFAULT_WORKLOAD });
      return ready.ok ? '' : ready.error;
    };
    expect(refusal('raid5:2:hdd-7200')).toMatch(/arrays: .*raid5:N:DISK \(N from 3\)/);
    expect(refusal('raid0:99:hdd-7200')).toMatch(/at most 24 drives/);
    expect(refusal('raid0:2:ddr4-3200')).toMatch(/unknown device/);
    expect(refusal('raid0:2:hdd-7200', [['stripeBytes', '1000']])).toMatch(/multiple of 512/);
    expect(refusal('raid0:2:nvme-consumer', [['blocks', '2']])).toMatch(/each of the 2 drives: blocks/);
  });
});
