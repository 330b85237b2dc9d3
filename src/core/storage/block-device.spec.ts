import { describe, expect, it } from 'vitest';
import { Random } from '../base/random';
import { HDD_PRESETS } from '../presets/hdd';
import { SSD_PRESETS } from '../presets/ssd';
import { createBlockDevice, type BlockDevice, type BlockRequest } from './block-device';

const hdd = () =>
  createBlockDevice(
    HDD_PRESETS.find((p) => p.id === 'hdd-7200')!,
    1,
    { capacitySectors: 1 << 20 },
  );
const ssd = () =>
  createBlockDevice(
    SSD_PRESETS.find((p) => p.id === 'nvme-consumer')!,
    1,
    { capacitySectors: 1 << 20 },
  );

function request(random: Random): BlockRequest {
  const op = (['read', 'write', 'write', 'flush', 'trim'] as const)[random.below(5)] ?? 'read';
  return { op, lba: random.below((1 << 20) - 64), count: op === 'flush' ? 0 : 1 + random.below(32) };
}

/** Times and parts of `n` random commands with pauses. */
function drive(device: BlockDevice, n: number, random: Random, fromPs: number): number[] {
  const times: number[] = [];
  let now = fromPs;
  for (let i = 0; i < n; i++) {
    const { completionPs, parts } = device.submit(request(random), now);
    const sum = Object.values(parts).reduce((a, b) => a + b, 0);
    expect(sum).toBe(completionPs - now);
    for (const ps of Object.values(parts)) expect(ps).toBeGreaterThan(0);
    times.push(completionPs);
    now = completionPs + random.below(30_000_000_000);
  }
  return times;
}

describe.each([
  ['hdd-7200', hdd],
  ['nvme-consumer', ssd],
])('%s as a disk of the machine', (_, make) => {
  it('books every picosecond of every command to a part', () => {
    drive(make(), 400, new Random(3), 0);
  });

  it('repeats itself, and goes on from a snapshot exactly as it did', () => {
    const device = make();
    const random = new Random(5);
    const before = drive(device, 100, random, 0);
    const saved = structuredClone(device.snapshot());
    const state = random.save();
    const at = before[before.length - 1]!;
    const first = drive(device, 200, random, at);
    random.load(state);
    device.restore(saved);
    expect(drive(device, 200, random, at)).toEqual(first);
    const other = make();
    const again = new Random(5);
    expect(drive(other, 100, again, 0)).toEqual(before);
  });

  it('keeps what was flushed and loses what was only cached', () => {
    const device = make();
    let now = device.submit({ op: 'write', lba: 1000, count: 8 }, 0).completionPs;
    now = device.submit({ op: 'flush', lba: 0, count: 0 }, now).completionPs;
    expect(device.volatileRanges(now)).toEqual([]);
    now = device.submit({ op: 'write', lba: 2000, count: 8 }, now).completionPs;
    expect(device.volatileRanges(now)).toEqual([[2000, 8]]);
    expect(device.powerOff(now)).toEqual([[2000, 8]]);
    expect(device.volatileRanges(now)).toEqual([]);
  });

  it('makes the next command wait for the one in service', () => {
    const device = make();
    const first = device.submit({ op: 'read', lba: 0, count: 1 }, 0);
    const second = device.submit({ op: 'read', lba: 500_000, count: 1 }, 10);
    expect(second.parts.queue).toBeGreaterThanOrEqual(first.completionPs - 10);
  });
});
