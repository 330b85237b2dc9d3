/** `orrery storage`: a workload on a device model. */
import { NAND } from '../../core/presets/ssd';
import { RAID_NAMES } from '../../core/presets/raid';
import { storagePreset, STORAGE_PRESETS } from '../../core/presets/storage';
import { startExperiment, unknownDevice, type Experiment, type Replay } from '../../core/storage/experiment';
import { SCHEDULER_NAMES } from '../../core/storage/hdd/schedulers';
import { makeReport, type StorageReport } from '../../core/storage/report';
import { parseDistribution, parseJobFile, sizeOf } from '../../core/storage/workload/job-file';
import { parseTrace, type Trace } from '../../core/storage/workload/trace';
import {
  DEFAULT_WORKLOAD,
  MAX_COUNT,
  MAX_DEPTH,
  type Pattern,
  type Workload,
} from '../../core/storage/workload/workload';
import { EXIT, UsageError, type Command, type Host } from '../command';
import { parseOptions, type ParsedOptions } from '../options';

const PRESET_ROWS = STORAGE_PRESETS.map((p) => `    ${p.id.padEnd(16)} ${p.title}: ${p.summary} (${p.year})`).join(
  '\n',
);

const help = `usage: orrery storage --device PRESET [options]

Runs a workload on a model of a disk, an SSD or RAM and reports latencies, their parts, and what binds.

  --device PRESET       one of
${PRESET_ROWS}
                        or an array: ${RAID_NAMES},
                        as in raid5:4:hdd-7200; --set stripeBytes=BYTES, other parameters go to each drive
  --set NAME=VALUE      overrides a parameter of the preset; may be repeated. SSDs among others overProvisioning,
                        gcPolicy (greedy, fifo, random), blocks, pagesPerBlock, nand (${Object.keys(NAND).join(', ')});
                        disks writeCache; lists with '/'
  --pattern P           random (default) or sequential; RAM also row-hit and row-conflict
  --read PERCENT        share of reads, default 100
  --trim PERCENT        share of the rest that gives blocks up instead of writing them, default 0
  --block BYTES         default 4096 (RAM: 64); 4k, 128k, 1m are understood
  --depth N             closed loop: N requests always outstanding, default 1
  --rate IOPS           open loop: exponential arrivals at this mean rate
  --interval-cycles N   RAM: one access every N clock cycles
  --zipf THETA          popularity of blocks by Zipf's law
  --distribution D      as in fio: random, zipf:1.1, pareto:0.2, zoned:90/10 (traffic/space)
  --think US            pause of a worker between answer and next request
  --scheduler NAME      disks: ${SCHEDULER_NAMES.join(', ')}
  --precondition STATE  SSDs: empty, filled (default) or steady
  --count N             requests, default 50000
  --seed N              default 1; the same seed gives the same bytes
  --job FILE            a fio job file; options on the command line win
  --trace FILE          a DiskSim, din or CSV trace instead of a workload; also what 'orrery run --record FILE' wrote
  --from DEVICE         of a recorded run, the accesses to ssd0, hdd0 or ram; the first that occurs without it
  --replay HOW          times (at its own times), program (waits for each answer and pauses as the program did) or
                        depth (N outstanding); as the trace allows without it
  --fold                addresses beyond the end of the device are folded back instead of refused
  --json                one JSON object on standard output

exit status: 0; 64 bad usage; 65 a file is missing or malformed, or the device cannot exist; 75 a limit was reached
`;

const SPEC = {
  device: 'value',
  set: 'repeated',
  pattern: 'value',
  read: 'value',
  trim: 'value',
  from: 'value',
  replay: 'value',
  fold: 'flag',
  block: 'value',
  depth: 'value',
  rate: 'value',
  'interval-cycles': 'value',
  zipf: 'value',
  distribution: 'value',
  think: 'value',
  scheduler: 'value',
  precondition: 'value',
  count: 'value',
  seed: 'value',
  job: 'value',
  trace: 'value',
  json: 'flag',
} as const;

export const command: Command = {
  name: 'storage',
  summary: 'a workload on a device model',
  help,
  run(args, host) {
    const options = parseOptions(args, SPEC);
    if (options.positionals.length > 0) throw new UsageError(`unexpected argument '${options.positionals[0]}'`);
    const device = options.value('device');
    if (device === undefined) throw new UsageError('--device is needed');
    if (!storagePreset(device)) throw new UsageError(unknownDevice(device));
    const jobs = readJobs(options, host, device);
    if (!jobs) return EXIT.data;
    const trace = readTrace(options, host);
    if (trace === null) return EXIT.data;
    const reports: { name: string; report: StorageReport }[] = [];
    for (const job of jobs) {
      const experiment = experimentOf(options, device, job.workload);
      const result = runOne(
        trace ? { ...experiment, trace, replay: replayOf(options, trace), fold: options.has('fold') } : experiment,
      );
      if (!result.ok) {
        host.stderr(`orrery storage: ${job.name === '' ? '' : `job ${job.name}: `}${result.error}\n`);
        return EXIT.data;
      }
      reports.push({ name: job.name, report: result.value });
    }
    print(reports, options.has('json'), host);
    const stopped = reports.find(({ report }) => report.stopped !== 'done');
    if (!stopped) return EXIT.ok;
    host.stderr(`orrery storage: ${STOPPED[stopped.report.stopped]}\n`);
    return EXIT.limit;
  },
};

const STOPPED: Readonly<Record<StorageReport['stopped'], string>> = {
  done: '',
  'time-limit': 'stopped after two and a half hours of simulated time, where picoseconds are no longer exact',
  overload: 'stopped: the device cannot follow this rate, and 100000 requests wait',
};

interface NamedWorkload {
  readonly name: string;
  readonly workload: Workload;
}

function readJobs(options: ParsedOptions, host: Host, device: string): NamedWorkload[] | undefined {
  const path = options.value('job');
  const defaults = deviceDefaults(device);
  if (path === undefined) return [{ name: '', workload: withOptions(defaults, options, device) }];
  const text = readText(path, host);
  if (text === undefined) return undefined;
  const jobs = parseJobFile(text);
  if (!jobs.ok) {
    host.stderr(`${path}: ${jobs.error}\n`);
    return undefined;
  }
  const ignored = [...new Set(jobs.value.flatMap((job) => job.ignored))];
  if (ignored.length > 0) host.stderr(`${path}: a model has no use for ${ignored.join(', ')}\n`);
  return jobs.value.map((job) => ({
    name: job.name,
    workload: withOptions({ ...defaults, ...job.workload }, options, device),
  }));
}

/** The trace; undefined when none is asked for, null when it cannot be read. */
function readTrace(options: ParsedOptions, host: Host): Trace | undefined | null {
  const path = options.value('trace');
  if (path === undefined) return undefined;
  const text = readText(path, host);
  if (text === undefined) return null;
  const from = options.value('from');
  const trace = parseTrace(text, from === undefined ? {} : { device: from });
  if (trace.ok) return trace.value;
  host.stderr(`${path}: ${trace.error}\n`);
  return null;
}

function readText(path: string, host: Host): string | undefined {
  const bytes = host.readFile(path);
  if (!bytes) {
    host.stderr(`orrery storage: cannot read '${path}'\n`);
    return undefined;
  }
  return new TextDecoder().decode(bytes);
}

function deviceDefaults(device: string): Workload {
  const defaults = { ...DEFAULT_WORKLOAD, count: DEFAULT_COUNT };
  return storagePreset(device)?.kind === 'dram' ? { ...defaults, blockBytes: 64 } : defaults;
}

/** Enough for a mean of half a revolution within half a percent. */
const DEFAULT_COUNT = 50_000;

const PATTERNS: readonly string[] = ['random', 'sequential', 'row-hit', 'row-conflict'];

function withOptions(base: Workload, options: ParsedOptions, device: string): Workload {
  const pattern = options.value('pattern') ?? base.pattern;
  if (!PATTERNS.includes(pattern)) throw new UsageError(`--pattern is one of ${PATTERNS.join(', ')}, not '${pattern}'`);
  if (options.has('depth') && options.has('rate')) throw new UsageError('--depth and --rate exclude each other');
  const block = options.value('block');
  const blockBytes = block === undefined ? base.blockBytes : sizeOf(block);
  if (!Number.isInteger(blockBytes) || blockBytes < 1) throw new UsageError(`--block takes a size, not '${block}'`);
  const { rateIops, ...rest } = base;
  const rate = options.has('rate')
    ? options.number('rate', 1, { min: 1e-6, integer: false })
    : options.has('depth')
      ? undefined
      : rateIops;
  return {
    ...rest,
    pattern: pattern as Pattern,
    blockBytes,
    readPercent: options.number('read', base.readPercent, { min: 0, max: 100, integer: false }),
    trimPercent: options.number('trim', base.trimPercent, { min: 0, max: 100, integer: false }),
    depth: options.number('depth', base.depth, { min: 1, max: MAX_DEPTH }),
    thinkUs: options.number('think', base.thinkUs, { min: 0, integer: false }),
    count: options.number('count', base.count, { min: 1, max: MAX_COUNT }),
    seed: options.number('seed', base.seed, { min: 0, max: Number.MAX_SAFE_INTEGER }),
    distribution: distributionOf(base, options),
    ...(rate === undefined ? {} : { rateIops: rate }),
    ...intervalOf(options, device),
  };
}

const REPLAYS: readonly string[] = ['times', 'program', 'depth'];

function replayOf(options: ParsedOptions, trace: Trace): Replay {
  const asked = options.value('replay');
  if (asked !== undefined && !REPLAYS.includes(asked))
    throw new UsageError(`--replay is one of ${REPLAYS.join(', ')}, not '${asked}'`);
  if (asked !== undefined) return asked as Replay;
  if (options.has('depth')) return 'depth';
  return trace.paused ? 'program' : trace.timed ? 'times' : 'depth';
}

function distributionOf(base: Workload, options: ParsedOptions): Workload['distribution'] {
  if (options.has('zipf'))
    return { kind: 'zipf', theta: options.number('zipf', 0, { min: 0, max: 10, integer: false }) };
  const text = options.value('distribution');
  if (text === undefined) return base.distribution;
  const parsed = parseDistribution(text);
  if (!parsed.ok) throw new UsageError(`--distribution: ${parsed.error}`);
  return parsed.value;
}

function intervalOf(options: ParsedOptions, device: string): { intervalPs?: number } {
  if (!options.has('interval-cycles')) return {};
  const preset = storagePreset(device);
  if (preset?.kind !== 'dram') throw new UsageError('--interval-cycles is for RAM');
  const cycles = options.number('interval-cycles', 1, { min: 1, max: 1e9 });
  return { intervalPs: cycles * Math.round(preset.tckNs * 1000) };
}

function experimentOf(options: ParsedOptions, device: string, workload: Workload): Experiment {
  const settings = options.values('set').map((text): [string, string] => {
    const equals = text.indexOf('=');
    if (equals < 1) throw new UsageError(`--set takes NAME=VALUE, not '${text}'`);
    return [text.slice(0, equals), text.slice(equals + 1)];
  });
  const scheduler = options.value('scheduler');
  if (scheduler !== undefined) {
    if (driveKind(device) !== 'hdd') throw new UsageError('--scheduler is for disks');
    settings.push(['scheduler', scheduler]);
  }
  const precondition = options.value('precondition');
  if (precondition !== undefined && precondition !== 'empty' && precondition !== 'filled' && precondition !== 'steady')
    throw new UsageError(`--precondition is empty, filled or steady, not '${precondition}'`);
  return { device, settings, workload, ...(precondition ? { precondition } : {}) };
}

/** Kind of the device, or of an array's drives. */
function driveKind(device: string): string | undefined {
  const preset = storagePreset(device);
  return preset?.kind === 'raid' ? preset.member.kind : preset?.kind;
}

function runOne(experiment: Experiment): { ok: true; value: StorageReport } | { ok: false; error: string } {
  const ready = startExperiment(experiment);
  if (!ready.ok) return ready;
  const { run, preset, workload } = ready.value;
  run.run(Infinity);
  return { ok: true, value: makeReport(run, preset, workload) };
}

function print(reports: readonly { name: string; report: StorageReport }[], json: boolean, host: Host): void {
  const only = reports.length === 1 ? reports[0] : undefined;
  if (json) {
    const value = only ? only.report : { jobs: reports.map(({ name, report }) => ({ name, ...report })) };
    host.stdout(`${JSON.stringify(value, null, 2)}\n`);
    return;
  }
  for (const { name, report } of reports) host.stdout(`${name === '' ? '' : `${name}\n`}${textOf(report)}`);
}

function textOf(r: StorageReport): string {
  const lines = [
    `completed  ${r.completed} requests in ${time(r.elapsedUs)}, ${Math.round(r.iops)} IOPS, ${(r.bandwidth / 1e6).toPrecision(4)} MB/s`,
    `latency    mean ${time(r.latencyUs.mean)}, sigma ${time(r.latencyUs.sigma)}, min ${time(r.latencyUs.min)}, max ${time(r.latencyUs.max)}`,
    `           ${['1', '50', '90', '99', '99.9', '99.99'].map((p) => `${p} % ${time(r.latencyUs.percentiles[p] ?? 0)}`).join(', ')}`,
    `parts      ${Object.entries(r.partsUs)
      .filter(([, us]) => us > 0)
      .map(([part, us]) => `${part} ${time(us)}`)
      .join(', ')}`,
  ];
  if (r.latencyCycles) lines.push(`cycles     mode ${r.latencyCycles.mode}, mean ${r.latencyCycles.mean.toFixed(2)}`);
  if (r.writeAmplification !== 1) lines.push(`writes     amplified ${r.writeAmplification.toFixed(3)} times`);
  const bound = r.bounds[0];
  if (bound) lines.push(`bound by   ${bound.name}: ${bound.words}; at most ${Math.round(bound.iops)} IOPS`);
  for (const law of r.laws)
    lines.push(
      `law        ${law.title}: theory ${law.theory.toPrecision(5)}, measured ${law.measured.toPrecision(5)} ${law.unit}`,
    );
  return `${lines.join('\n')}\n`;
}

function time(us: number): string {
  if (us >= 1e6) return `${(us / 1e6).toPrecision(4)} s`;
  if (us >= 1e3) return `${(us / 1e3).toPrecision(4)} ms`;
  if (us >= 1) return `${us.toPrecision(4)} µs`;
  return `${(us * 1e3).toPrecision(3)} ns`;
}
