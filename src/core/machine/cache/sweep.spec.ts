/** The sweep against the caches themselves, one by one, on a program's own accesses; and the recording against the machine's counters. */
import { describe, expect, test } from 'vitest';
import { assembled } from '../../../../tests/helpers/assembled';
import { Random } from '../../base/random';
import { TEACHING_MACHINE, type CacheConfig } from '../../presets/machine';
import { Machine } from '../machine';
import { AccessTrace, recordAccesses, type RecordedLevel } from './recording';
import { sweepCache } from './sweep';
import { TraceRun, type LevelResult } from './trace-run';

const base = TEACHING_MACHINE.l1d as CacheConfig;
const SIZES = [64, 128, 256, 512, 1024, 2048, 4096];

function drain<T>(work: Generator<void, T, void>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

function randomTrace(seed: number): AccessTrace {
  const random = new Random(seed, 'sweep');
  const trace = new AccessTrace();
  for (let run = 0; run < 400; run++) {
    let at = random.below(6000);
    const stride = [1, 2, 16, 64, 256][random.below(5)] as number;
    for (let n = random.below(20); n >= 0; n--, at = (at + stride) % 8000)
      trace.push(at, [1, 2, 4][random.below(3)] as number, random.below(3) === 0);
  }
  return trace;
}

describe('a sweep', () => {
  test.each([
    [{}],
    [{ lineBytes: 64 }],
    [{ write: 'through' }],
    [{ policy: 'fifo' }],
    [{ policy: 'plru', lineBytes: 32 }],
    [{ allocate: false }],
    [{ prefetch: 'next-line' }],
  ] as Partial<CacheConfig>[][])('equals each cache by itself: %j', (part) => {
    const config = { ...base, ...part };
    const trace = randomTrace(7);
    const { accesses, points, opt } = drain(sweepCache(trace, config, SIZES));
    expect(points.length).toBeGreaterThan(20);
    for (const point of points) {
      const { sizeBytes, ways } = point;
      const run = new TraceRun({ levels: { l1d: { ...config, sizeBytes, ways } }, threeC: true, opt: true });
      trace.forEach((address, bytes, write) => (write ? run.write(address, bytes) : run.read(address, bytes)));
      const result = run.finish();
      const { reads, writes, readMisses, writeMisses, ...l1d } = result.caches.l1d as LevelResult;
      expect(reads + writes).toBe(accesses);
      expect(point, JSON.stringify(point)).toMatchObject({
        misses: readMisses + writeMisses,
        compulsory: l1d.compulsory,
        capacity: l1d.capacity,
        conflict: l1d.conflict,
      });
      if (point.isFull) expect(opt.find((one) => one.sizeBytes === sizeBytes)?.misses).toBe(result.opt?.misses);
    }
  });
});

describe('a recording', () => {
  const image = assembled(`    .global _start
_start:
    ldiw w0, 0xf000
    setsp w0
    ldi r6, 40
outer:
    ldiw w1, 0x8000
    ldi r7, 100
inner:
    ldw w2, [w1+0]
    stw [w1+2], w2
    addiw w1, 13
    addi r7, -1
    bne inner
    addi r6, -1
    bne outer
    halt r6
`);
  const machine = new Machine(TEACHING_MACHINE);
  machine.load(image);
  machine.run();
  const run = { config: TEACHING_MACHINE, image, inputs: machine.inputs.all, cycles: machine.core.cycles };

  test.each(['l1d', 'l1i', 'l2'] as RecordedLevel[])('of %s has the accesses that the machine counted', (level) => {
    const { trace, isComplete, misses } = drain(recordAccesses(run, level));
    expect(isComplete).toBe(true);
    const config = TEACHING_MACHINE[level] as CacheConfig;
    const again = new TraceRun({ levels: { l1d: config } });
    trace.forEach((address, bytes, write) => (write ? again.write(address, bytes) : again.read(address, bytes)));
    const counts = machine.system[level]?.counts ?? new Float64Array(8);
    const l1d = again.finish().caches.l1d;
    expect([l1d?.reads, l1d?.writes, l1d?.readMisses, l1d?.writeMisses]).toEqual([...counts.subarray(0, 4)]);
    expect(misses).toBe((counts[2] as number) + (counts[3] as number));
  });

  test('sums what the accesses took, near the law', () => {
    const { cycles, trace, amat } = drain(recordAccesses(run, 'l1d'));
    // Every data access of this program: its bus time, and what the ledger has for the levels below less what fetches took.
    const { cycles: fetched } = drain(recordAccesses(run, 'l1i'));
    expect(cycles).toBeGreaterThan(trace.length);
    expect(fetched).toBeGreaterThan(0);
    expect(amat / (cycles / trace.length)).toBeGreaterThan(0.75);
    expect(amat / (cycles / trace.length)).toBeLessThan(1.25);
  });
});
