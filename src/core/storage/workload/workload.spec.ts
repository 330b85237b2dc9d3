import { describe, expect, it } from 'vitest';
import { Random } from '../../base/random';
import { makePicker, scatterOver, zipfRanks } from './distributions';
import { parseJobFile, sizeOf } from './job-file';
import { parseTrace } from './trace';

describe('distributions', () => {
  it.each([0.5, 1, 1.2, 2])('zipf %f gives ranks their probabilities', (theta) => {
    const n = 50;
    const counts = new Array<number>(n + 1).fill(0);
    const rank = zipfRanks(theta, n, new Random(4));
    const draws = 200_000;
    for (let i = 0; i < draws; i++) counts[rank()]!++;
    let norm = 0;
    for (let k = 1; k <= n; k++) norm += k ** -theta;
    for (const k of [1, 2, 5, 20, 50]) {
      const expected = (draws * k ** -theta) / norm;
      expect(Math.abs(counts[k]! - expected)).toBeLessThan(5 * Math.sqrt(expected) + 1);
    }
  });

  it('scatters without collisions', () => {
    for (const n of [1, 2, 7, 1000]) {
      const scatter = scatterOver(n);
      expect(new Set(Array.from({ length: n }, (_, i) => scatter(i))).size).toBe(n);
    }
  });

  it('gives the hot share of blocks the hot share of accesses', () => {
    const pick = makePicker({ kind: 'hot-cold', space: 0.1, traffic: 0.9 }, 1000, new Random(1));
    const counts = new Map<number, number>();
    for (let i = 0; i < 100_000; i++) {
      const block = pick();
      counts.set(block, (counts.get(block) ?? 0) + 1);
    }
    const hottest = [...counts.values()].sort((a, b) => b - a).slice(0, 100);
    expect(hottest.reduce((a, b) => a + b, 0) / 100_000).toBeCloseTo(0.9, 2);
  });
});

describe('traces', () => {
  it('reads DiskSim, din, CSV and MSR lines', () => {
    const disksim = parseTrace('0.000 0 100 8 1\n1.500 0 200 16 0\n');
    expect(disksim.ok && disksim.value.requests).toEqual([
      { arrivalPs: 0, op: 0, offset: 51_200, bytes: 4096, thinkPs: 0, line: 1 },
      { arrivalPs: 1.5e9, op: 1, offset: 102_400, bytes: 8192, thinkPs: 0, line: 2 },
    ]);
    const din = parseTrace('0 400\n1 0x600\n');
    expect(din.ok && din.value.requests.map((r) => [r.op, r.offset])).toEqual([
      [0, 0x400],
      [1, 0x600],
    ]);
    const csv = parseTrace('time_us,op,offset,size\n10,read,4096,4096\n20,write,0,512\n');
    expect(csv.ok && csv.value.requests[1]).toMatchObject({ arrivalPs: 1e7, op: 1, offset: 0, bytes: 512 });
    const msr = parseTrace('128166372003061629,hm,0,Read,383496192,32768,413\n');
    expect(msr.ok && msr.value.requests[0]).toMatchObject({ offset: 383_496_192, bytes: 32_768 });
  });

  it('refuses a broken line by its number, and blocks beyond the end', () => {
    const error = (text: string, capacity?: number) => {
      const r = parseTrace(text, capacity === undefined ? {} : { capacityBytes: capacity });
      return r.ok ? '' : r.error;
    };
    expect(error('')).toMatch(/no requests/);
    expect(error('0 0 1 8 1\n0.5 0 x 8 1\n')).toMatch(/^line 2: the block/);
    expect(error('0 0 1 8 1\n0.5 0 1\n')).toMatch(/^line 2: .*5 fields/);
    expect(error('5 0 1 8 1\n4 0 1 8 1\n')).toMatch(/^line 2: arrives before/);
    expect(error('0 0 990 16 1\n', 512_000)).toMatch(/^line 1: bytes 506880 to 515071 lie beyond/);
    expect(error('hello world\n')).toMatch(/^line 1: not a line/);
  });
});

describe('job files', () => {
  it('reads sections, defaults and sizes', () => {
    const jobs = parseJobFile(
      '[global]\nioengine=libaio\nbs=8k\niodepth=16\n\n[a]\nrw=randrw\nrwmixread=70\nrandom_distribution=zipf:1.1\n[b]\nrw=write\nbs=1m\n',
    );
    expect(jobs.ok && jobs.value).toEqual([
      {
        name: 'a',
        ignored: ['ioengine'],
        workload: {
          blockBytes: 8192,
          depth: 16,
          pattern: 'random',
          readPercent: 70,
          distribution: { kind: 'zipf', theta: 1.1 },
        },
      },
      {
        name: 'b',
        ignored: ['ioengine'],
        workload: { blockBytes: 1 << 20, depth: 16, pattern: 'sequential', readPercent: 0 },
      },
    ]);
    expect(sizeOf('4KiB')).toBe(4096);
  });

  it('refuses an unknown option by its line', () => {
    const r = parseJobFile('[a]\nrw=read\nspeed=11\n');
    expect(!r.ok && r.error).toBe("line 3: unknown option 'speed'");
  });
});
