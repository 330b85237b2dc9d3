/** I/Os a second of the disk and the SSD model, with the ratio to a plain loop of the same run, so that machines can be compared. */
import { startExperiment } from '../../src/core/storage/experiment';
import { DEFAULT_WORKLOAD } from '../../src/core/storage/workload/workload';
import type { Bench } from './bench';

export interface StorageBenchRow {
  readonly name: string;
  readonly iosPerSecond: number;
  /** What DiskSim and MQSim make natively on two such cores. */
  readonly aim: number;
  /** Steps of the baseline loop that one I/O costs. */
  readonly loopStepsPerIo: number;
}

const CASES = [
  { name: 'hdd', device: 'cheetah-9lp', depth: 8, count: 200_000, aim: 72_000 },
  { name: 'ssd', device: 'mqsim-default', depth: 16, count: 200_000, aim: 95_000 },
] as const;

/** `now` gives seconds. Each case runs once to warm up and then three times; the best counts. */
export function runStorageBench(now: () => number): StorageBenchRow[] {
  const steps = baseline(now);
  return CASES.map(({ name, device, depth, count, aim }) => {
    let best = 0;
    for (let round = 0; round < 4; round++) {
      const ready = startExperiment({ device, settings: [], workload: { ...DEFAULT_WORKLOAD, depth, count } });
      if (!ready.ok) throw new Error(ready.error);
      const start = now();
      ready.value.run.run(Infinity);
      if (round > 0) best = Math.max(best, count / (now() - start));
    }
    return { name, iosPerSecond: best, aim, loopStepsPerIo: steps / best };
  });
}

/** Steps a second of a xorshift loop over a typed array. */
function baseline(now: () => number): number {
  const cells = new Int32Array(1024);
  const steps = 20_000_000;
  let x = 1;
  const start = now();
  for (let i = 0; i < steps; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    (cells[x & 1023] as number)++;
  }
  const seconds = now() - start;
  if (cells[0] === -1) throw new Error('unreachable: keeps the loop alive');
  return steps / seconds;
}

const rowText = ({ name, iosPerSecond, aim, loopStepsPerIo }: StorageBenchRow): string =>
  `${name}: ${Math.round(iosPerSecond)} I/Os a second (aim ${aim}); one I/O costs ${loopStepsPerIo.toFixed(0)} steps of the baseline loop`;

export const bench: Bench = {
  summary: 'I/Os a second of the disk and the SSD model beside a plain loop',
  run({ now }) {
    const json = runStorageBench(now);
    return { json, text: json.map(rowText).join('\n') };
  },
};
