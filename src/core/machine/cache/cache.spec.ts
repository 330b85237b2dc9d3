/**
 * The cache model against a slow reference of plain lists, written from the definitions and sharing no code with it, and against closed
 * forms. Every policy, write policy and pair of levels.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../base/random';
import type { CacheConfig, ReplacementPolicy } from '../../presets/machine';
import { LineTrace, optMisses, StackDistances } from './analysis';
import { TraceRun, type TraceResult } from './trace-run';

const base: CacheConfig = {
  sizeBytes: 256,
  lineBytes: 16,
  ways: 2,
  policy: 'lru',
  write: 'back',
  allocate: true,
  inclusion: 'non-inclusive',
  prefetch: 'none',
  hitCycles: 1,
};

type Access = readonly ['r' | 'w' | 'i', number, number];

function model(trace: readonly Access[], l1d: CacheConfig, l2?: CacheConfig, l1i?: CacheConfig): TraceResult {
  const run = new TraceRun({
    levels: { l1d, ...(l2 ? { l2 } : {}), ...(l1i ? { l1i } : {}) },
    threeC: true,
    stackDistance: true,
    opt: true,
  });
  for (const [kind, address, bytes] of trace) {
    if (kind === 'r') run.read(address, bytes);
    else if (kind === 'w') run.write(address, bytes);
    else run.fetch(address, bytes);
  }
  return run.finish();
}

interface SlowWay {
  line: number;
  dirty: boolean;
  used: number;
  filled: number;
}

/** One level as a list of ways a set; everything found by searching the list. */
class SlowLevel {
  counts = {
    reads: 0,
    writes: 0,
    readMisses: 0,
    writeMisses: 0,
    evictions: 0,
    writebacks: 0,
    bytesFromNext: 0,
    bytesToNext: 0,
    compulsory: 0,
    capacity: 0,
    conflict: 0,
  };
  private readonly sets: (SlowWay | undefined)[][];
  /** PLRU: the direction that each inner node points to, as a path string -> 'L' or 'R'. */
  private readonly arrows: Map<string, 'L' | 'R'>[];
  private readonly touched: number[] = [];
  private full: number[] = [];
  private time = 0;

  constructor(
    private readonly c: CacheConfig,
    private readonly next: SlowLevel | undefined,
  ) {
    const sets = c.sizeBytes / c.lineBytes / c.ways;
    this.sets = Array.from({ length: sets }, () => new Array<SlowWay | undefined>(c.ways).fill(undefined));
    this.arrows = Array.from({ length: sets }, () => new Map());
  }

  access(kind: 'r' | 'w', address: number, bytes: number): void {
    let left = bytes;
    let at = address;
    while (left > 0) {
      const part = Math.min(left, this.c.lineBytes - (at % this.c.lineBytes));
      this.one(kind, at, part);
      at += part;
      left -= part;
    }
  }

  private one(kind: 'r' | 'w', address: number, bytes: number): void {
    const { c, counts } = this;
    this.time++;
    const line = Math.floor(address / c.lineBytes);
    const index = line % this.sets.length;
    const set = this.sets[index]!;
    if (kind === 'r') counts.reads++;
    else counts.writes++;
    const way = set.findIndex((w) => w?.line === line);
    this.classify(line, kind, way >= 0);
    if (way >= 0) {
      set[way]!.used = this.time;
      this.point(index, way);
      if (kind === 'w' && c.write === 'back') set[way]!.dirty = true;
      if (kind === 'w' && c.write === 'through') this.down('w', address, bytes);
      return;
    }
    if (kind === 'r') counts.readMisses++;
    else counts.writeMisses++;
    if (kind === 'w' && !c.allocate) {
      this.down('w', address, bytes);
      return;
    }
    counts.bytesFromNext += c.lineBytes;
    this.next?.access('r', line * c.lineBytes, c.lineBytes);
    if (kind === 'w' && c.write === 'through') this.down('w', address, bytes);
    const victim = this.victim(index);
    const old = set[victim];
    set[victim] = { line, dirty: kind === 'w' && c.write === 'back', used: this.time, filled: this.time };
    this.point(index, victim);
    if (!old) return;
    counts.evictions++;
    if (!old.dirty) return;
    counts.writebacks++;
    this.down('w', old.line * c.lineBytes, c.lineBytes);
  }

  flush(order: (ways: SlowWay[]) => SlowWay[]): void {
    for (const set of this.sets)
      for (const way of order(set.filter((w) => w !== undefined)))
        if (way.dirty) {
          way.dirty = false;
          this.down('w', way.line * this.c.lineBytes, this.c.lineBytes);
        }
  }

  private down(kind: 'w', address: number, bytes: number): void {
    this.counts.bytesToNext += bytes;
    this.next?.access(kind, address, bytes);
  }

  private victim(index: number): number {
    const set = this.sets[index]!;
    const empty = set.indexOf(undefined);
    if (empty >= 0) return empty;
    const ways = set.map((w) => w!);
    if (this.c.policy === 'lru') return ways.findIndex((w) => w.used === Math.min(...ways.map((v) => v.used)));
    if (this.c.policy === 'fifo') return ways.findIndex((w) => w.filled === Math.min(...ways.map((v) => v.filled)));
    let low = 0;
    let high = this.c.ways;
    for (let path = ''; high - low > 1;) {
      const side = this.arrows[index]!.get(path) ?? 'L';
      const middle = (low + high) / 2;
      if (side === 'L') high = middle;
      else low = middle;
      path += side;
    }
    return low;
  }

  /** Turns the arrows on the way to `way` to the other side. */
  private point(index: number, way: number): void {
    let low = 0;
    let high = this.c.ways;
    for (let path = ''; high - low > 1;) {
      const middle = (low + high) / 2;
      const side = way < middle ? 'L' : 'R';
      this.arrows[index]!.set(path, side === 'L' ? 'R' : 'L');
      if (side === 'L') high = middle;
      else low = middle;
      path += side;
    }
  }

  private classify(line: number, kind: 'r' | 'w', hit: boolean): void {
    const inFull = this.full.includes(line);
    if (!hit) {
      if (!this.touched.includes(line)) this.counts.compulsory++;
      else if (!inFull) this.counts.capacity++;
      else this.counts.conflict++;
    }
    if (!this.touched.includes(line)) this.touched.push(line);
    if (inFull || kind === 'r' || this.c.allocate) {
      this.full = [line, ...this.full.filter((l) => l !== line)].slice(0, this.c.sizeBytes / this.c.lineBytes);
    }
  }
}

function slow(trace: readonly Access[], l1d: CacheConfig, l2?: CacheConfig, l1i?: CacheConfig) {
  const below = l2 && new SlowLevel(l2, undefined);
  const data = new SlowLevel(l1d, below);
  const code = l1i && new SlowLevel(l1i, below);
  for (const [kind, address, bytes] of trace) {
    if (kind === 'i') (code ?? below)?.access('r', address, bytes);
    else data.access(kind, address, bytes);
  }
  const order = (c: CacheConfig) => (ways: SlowWay[]) =>
    c.policy === 'lru'
      ? [...ways].sort((a, b) => b.used - a.used)
      : c.policy === 'fifo'
        ? [...ways].sort((a, b) => b.filled - a.filled)
        : ways;
  data.flush(order(l1d));
  if (l2) below?.flush(order(l2));
  return { l1d: data.counts, ...(below ? { l2: below.counts } : {}), ...(code ? { l1i: code.counts } : {}) };
}

/** A mixture of loops, strides and random accesses, some of them across lines. */
function randomTrace(seed: number, length: number, span = 2048): Access[] {
  const random = new Random(seed, 'trace');
  const trace: Access[] = [];
  let at = 0;
  while (trace.length < length) {
    const kind = (['r', 'r', 'w', 'i'] as const)[random.below(4)] as 'r' | 'w' | 'i';
    const size = [1, 2, 4, 8, 20][random.below(5)] as number;
    const stride = [1, 4, 16, 64][random.below(4)] as number;
    at = random.below(span);
    for (let n = random.below(12); n >= 0; n--, at += stride) trace.push([kind, at % span, size]);
  }
  return trace;
}

const sizes = [
  { sizeBytes: 64, lineBytes: 16, ways: 1 },
  { sizeBytes: 256, lineBytes: 16, ways: 2 },
  { sizeBytes: 512, lineBytes: 8, ways: 4 },
  { sizeBytes: 512, lineBytes: 32, ways: 16 },
  { sizeBytes: 1024, lineBytes: 4, ways: 8 },
  { sizeBytes: 1024, lineBytes: 16, ways: 64 },
];

describe('one level equals the slow reference', () => {
  for (const policy of ['lru', 'fifo', 'plru'] satisfies ReplacementPolicy[])
    for (const write of ['back', 'through'] as const)
      for (const allocate of [true, false])
        test(`${policy}, write-${write}, ${allocate ? '' : 'no '}allocate`, () => {
          sizes.forEach((size, index) => {
            const config = { ...base, ...size, policy, write, allocate };
            const trace = randomTrace(index + 10, 800);
            const { caches } = model(trace, config, undefined, config);
            expect(caches, JSON.stringify(config)).toEqual(slow(trace, config, undefined, config));
          });
        });
});

/** Walks that programs make, each with its own way of being hard on a cache. */
function structuredTraces(): readonly (readonly [string, Access[]])[] {
  const list = (count: number, make: (i: number) => Access[]) =>
    Array.from({ length: count }, (_, i) => make(i)).flat();
  const random = new Random(11, 'structured');
  return [
    ['sequential', list(300, (i) => [['r', 4 * i, 4]])],
    ['column walk', list(320, (i) => [['r', (i % 16) * 128 + (i >> 4), 1]])],
    [
      'read, modify, write',
      list(150, (i) => [
        ['r', (i * 52) % 1500, 4],
        ['w', (i * 52) % 1500, 4],
      ]),
    ],
    [
      'two streams and a table',
      list(110, (i) => [
        ['r', 3 * i, 2],
        ['w', 4096 + 3 * i, 2],
        ['r', 8192 + 16 * random.below(40), 1],
      ]),
    ],
    ['loop a little too long', list(320, (i) => [['r', 16 * (i % 18), 8]])],
    ['unaligned writes', list(300, (i) => [['w', (i * 29) % 1024, 8]])],
    ['random', list(300, () => [[random.below(3) === 0 ? 'w' : 'r', random.below(3000), 1 + random.below(8)]])],
  ];
}

test('three hundred geometries over seven structured traces equal the slow reference', () => {
  const random = new Random(5, 'geometries');
  const pick = <T>(values: readonly T[]) => values[random.below(values.length)] as T;
  const traces = structuredTraces();
  for (let n = 0; n < 300; n++) {
    const lineBytes = pick([4, 8, 16, 32, 64]);
    const lines = pick([1, 2, 4, 8, 16, 32, 64]);
    const config: CacheConfig = {
      ...base,
      lineBytes,
      sizeBytes: lines * lineBytes,
      ways: pick([1, 2, 4, 8, 16, lines].filter((ways) => ways <= lines)),
      policy: pick(['lru', 'fifo', 'plru'] as const),
      write: pick(['back', 'through'] as const),
      allocate: random.below(3) > 0,
    };
    const [name, trace] = traces[n % traces.length] as (typeof traces)[number];
    expect(model(trace, config).caches, `${name} ${JSON.stringify(config)}`).toEqual(slow(trace, config));
  }
});

describe('two levels equal the slow reference', () => {
  for (const policy of ['lru', 'fifo', 'plru'] satisfies ReplacementPolicy[])
    test.each([
      [16, 64],
      [16, 16],
      [32, 8],
    ])(`${policy}, lines of %i and %i`, (upper, lower) => {
      for (const write of ['back', 'through'] as const)
        for (let seed = 0; seed < 4; seed++) {
          const l1 = { ...base, lineBytes: upper, write, allocate: seed % 2 === 0 };
          const l2 = { ...base, sizeBytes: 1024, lineBytes: lower, ways: 4, policy };
          const trace = randomTrace(seed, 700, 4096);
          expect(model(trace, l1, l2, base).caches).toEqual(slow(trace, l1, l2, base));
        }
    });
});

describe('closed forms', () => {
  test('a loop one line longer than a fully associative LRU cache misses always', () => {
    const lines = 17;
    const trace: Access[] = [];
    for (let turn = 0; turn < 5; turn++) for (let l = 0; l < lines; l++) trace.push(['r', 16 * l, 4]);
    const { caches } = model(trace, { ...base, ways: 16 });
    expect(caches.l1d).toMatchObject({ readMisses: 85, compulsory: 17, capacity: 68, conflict: 0, evictions: 69 });
  });

  test('two lines of one set of a direct-mapped cache conflict', () => {
    const trace: Access[] = [];
    for (let turn = 0; turn < 10; turn++) trace.push(['r', 0, 1], ['r', 256, 1]);
    const { caches } = model(trace, { ...base, ways: 1 });
    expect(caches.l1d).toMatchObject({ readMisses: 20, compulsory: 2, capacity: 0, conflict: 18 });
  });

  test('a sequential read of bytes misses once a line, and OPT cannot do better', () => {
    const trace: Access[] = Array.from({ length: 4096 }, (_, i) => ['r', i, 1]);
    const result = model(trace, base);
    expect(result.caches.l1d?.readMisses).toBe(256);
    expect(result.opt?.misses).toBe(256);
    expect(result.stackDistance).toEqual({ cold: 256, histogram: { 1: 4096 - 256 } });
  });

  test('every byte written once goes down once, at the end at the latest', () => {
    const trace: Access[] = Array.from({ length: 1000 }, (_, i) => ['w', 16 * i, 16]);
    expect(model(trace, base).caches.l1d).toMatchObject({ bytesToNext: 16000, writebacks: 984, evictions: 984 });
    expect(model(trace, { ...base, write: 'through' }).caches.l1d).toMatchObject({ bytesToNext: 16000, writebacks: 0 });
    expect(model(trace, { ...base, write: 'through', allocate: false }).caches.l1d).toMatchObject({
      bytesFromNext: 0,
      evictions: 0,
    });
  });

  test('an access over a border is one access to each line', () => {
    expect(model([['r', 15, 2]], base).caches.l1d).toMatchObject({ reads: 2, readMisses: 2 });
  });

  test('addresses of 48 bits keep apart what differs in the high bits only', () => {
    const far = 0x7ffe_dead_0000;
    const { caches } = model([['r', far, 1], ['r', far + 2 ** 40, 1], ['r', far, 1]], base); // prettier-ignore
    expect(caches.l1d).toMatchObject({ reads: 3, readMisses: 2 });
  });
});

describe('analysis of a line stream', () => {
  const streams = Array.from({ length: 20 }, (_, seed) => {
    const random = new Random(seed, 'stream');
    return Array.from({ length: 400 }, () => (random.below(3) === 0 ? random.below(5) : random.below(40)));
  });

  test('stack distances equal positions in a list', () => {
    for (const stream of streams) {
      const stack: number[] = [];
      const histogram = new Map<number, number>();
      let cold = 0;
      const fast = new StackDistances();
      for (const line of stream) {
        fast.line(line);
        const at = stack.indexOf(line);
        if (at < 0) cold++;
        else {
          histogram.set(at + 1, (histogram.get(at + 1) ?? 0) + 1);
          stack.splice(at, 1);
        }
        stack.unshift(line);
      }
      expect(fast.cold).toBe(cold);
      expect(fast.sorted()).toEqual([...histogram].sort(([a], [b]) => a - b));
    }
  });

  test('distances survive the renumbering of times', () => {
    const fast = new StackDistances();
    for (let turn = 0; turn < 3; turn++) for (let line = 0; line < 40_000; line++) fast.line(line);
    expect(fast.cold).toBe(40_000);
    expect(fast.sorted()).toEqual([[40_000, 80_000]]);
  });

  test('the LRU miss curve is that of the caches themselves', () => {
    const trace = randomTrace(3, 1000).filter(([kind]) => kind !== 'i');
    for (const ways of [4, 8, 32]) {
      const config = { ...base, sizeBytes: 16 * ways, ways };
      const distances = new StackDistances();
      for (const [, address, bytes] of trace)
        for (let l = address >> 4; l <= (address + bytes - 1) >> 4; l++) distances.line(l);
      const { l1d } = model(trace, config).caches;
      expect(distances.misses(ways)).toBe((l1d?.readMisses ?? 0) + (l1d?.writeMisses ?? 0));
    }
  });

  test('OPT equals a search for the furthest next use', () => {
    for (const stream of streams)
      for (const lines of [1, 3, 8]) {
        const trace = new LineTrace();
        stream.forEach((line) => trace.push(line));
        const held: number[] = [];
        let misses = 0;
        stream.forEach((line, i) => {
          if (held.includes(line)) return;
          misses++;
          if (held.length === lines) {
            const distance = (l: number) => {
              const next = stream.indexOf(l, i);
              return next < 0 ? Infinity : next;
            };
            held.sort((a, b) => distance(a) - distance(b));
            held.pop();
          }
          held.push(line);
        });
        expect(optMisses(trace.view(), lines)).toBe(misses);
      }
  });
});

describe('inclusion and prefetch', () => {
  const trace = randomTrace(5, 4000, 8192);
  const l2 = { ...base, sizeBytes: 1024, ways: 4 };

  test('an exclusive level makes the two hold as much as one of the sum', () => {
    // 16 + 64 lines, all fully associative LRU: together exactly an LRU cache of 80 lines, seen from memory.
    const reads = trace.filter(([kind]) => kind === 'r');
    const l1full = { ...base, ways: 16 };
    const exclusive = { ...l2, ways: 64, inclusion: 'exclusive' } as const;
    const two = model(reads, l1full, exclusive).caches;
    const distances = new StackDistances();
    for (const [, address, bytes] of reads)
      for (let l = address >> 4; l <= (address + bytes - 1) >> 4; l++) distances.line(l);
    expect(two.l2?.readMisses).toBe(distances.misses(80));
  });

  test('an inclusive level never lets L1 hit a line that it has lost', () => {
    const tiny = { ...base, sizeBytes: 128, ways: 2, inclusion: 'inclusive' } as const;
    const { l1d, l2: lower } = model(trace, base, tiny).caches;
    const loose = model(trace, base, { ...tiny, inclusion: 'non-inclusive' }).caches;
    expect(l1d?.readMisses ?? 0).toBeGreaterThan(loose.l1d?.readMisses ?? 0);
    expect(lower?.evictions).toBeGreaterThan(0);
  });

  test('prefetching the next line halves the misses of a sequential read', () => {
    const sequential: Access[] = Array.from({ length: 4096 }, (_, i) => ['r', i, 1]);
    const { l1d } = model(sequential, { ...base, prefetch: 'next-line' }).caches;
    expect(l1d).toMatchObject({ readMisses: 128, bytesFromNext: 4096 });
  });

  test('random and SRRIP replacement are deterministic and lose no access', () => {
    for (const policy of ['random', 'srrip'] as const) {
      const a = model(trace, { ...base, policy }).caches.l1d;
      expect(a).toEqual(model(trace, { ...base, policy }).caches.l1d);
      const { compulsory = 0, capacity = 0, conflict = 0, readMisses = 0, writeMisses = 0 } = a ?? {};
      expect(compulsory + capacity + conflict).toBe(readMisses + writeMisses);
    }
  });

  test('SRRIP keeps a reused line through a scan that would flush LRU', () => {
    const scan: Access[] = [];
    for (let turn = 0; turn < 40; turn++) {
      scan.push(['r', 0, 1], ['r', 0, 1]);
      for (let l = 0; l < 3; l++) scan.push(['r', 16 * (1 + l + 3 * turn), 1]);
    }
    const one = { ...base, sizeBytes: 64, ways: 4 };
    const lru = model(scan, { ...one, sizeBytes: 48, ways: 3 }).caches.l1d?.readMisses ?? 0;
    const srrip = model(scan, { ...one, policy: 'srrip', sizeBytes: 48, ways: 3 }).caches.l1d?.readMisses ?? 0;
    expect(srrip).toBeLessThan(lru);
  });
});
