import { describe, expect, it } from 'vitest';
import { DEFAULT_SETUP, readLabSetup, setupFromLink, setupToLink } from '../documents/storage-lab';
import { experimentOf } from '../../rpc/storage';
import { Race } from './race';

describe('a race', () => {
  it('brings all lanes on together and ends with a report for each', () => {
    const setup = { ...DEFAULT_SETUP, count: 2000 };
    const experiments = setup.devices.map((device) => {
      const e = experimentOf(setup, device, undefined);
      if (!e.ok) throw new Error(e.error);
      return e.value;
    });
    const race = Race.start(experiments);
    if (!race.ok) throw new Error(race.error);
    race.value.slice(500);
    expect(race.value.frames().map((f) => f.completed)).toEqual([500, 500, 500, 500]);
    race.value.slice(5000);
    expect(race.value.done).toBe(true);
    const [ram, nvme, , disk] = race.value.frames();
    expect(ram?.report?.latencyUs.mean).toBeLessThan(nvme?.report?.latencyUs.mean ?? 0);
    expect(nvme?.report?.latencyUs.mean).toBeLessThan(disk?.report?.latencyUs.mean ?? 0);
    for (const frame of race.value.frames()) expect(frame.histogram.reduce((a, b) => a + b, 0)).toBe(2000);
  });
});

describe('the settings of the lab', () => {
  it('survive a link, and a damaged link is refused', () => {
    const setup = { ...DEFAULT_SETUP, depth: 16, distribution: 'zipf:1.1' };
    expect(setupFromLink(setupToLink(setup))).toEqual({ ok: true, value: setup });
    expect(setupFromLink('%7Bbroken').ok).toBe(false);
  });
  it('take no value out of range', () => {
    const read = readLabSetup({ ...DEFAULT_SETUP, depth: -4, readPercent: 300, devices: ['nope', 'hdd-7200'] });
    expect(read.ok && [read.value.depth, read.value.readPercent, read.value.devices]).toEqual([1, 100, ['hdd-7200']]);
    expect(readLabSetup({ version: 2 }).ok).toBe(false);
  });
});
