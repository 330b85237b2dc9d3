/**
 * fio's job files, for the options that a model has: sections, `key=value`, a [global] section with defaults. An option that fio
 * has and a model cannot mean anything by (ioengine, direct, ...) is accepted and named in `ignored`; an unknown one is an error.
 * Reference: fio documentation, "Job file format".
 */
import { err, ok, type Result } from '../../base/result';
import type { Distribution } from './distributions';
import type { Workload } from './workload';

export interface Job {
  readonly name: string;
  readonly workload: Partial<Workload>;
  readonly ignored: readonly string[];
}

type Setter = (value: string, w: Draft) => string | undefined;
type Draft = { -readonly [K in keyof Workload]?: Workload[K] } & { offsetBytes?: number; sizeBytes?: number };

const IGNORED = new Set([
  'ioengine',
  'direct',
  'filename',
  'name',
  'group_reporting',
  'time_based',
  'stonewall',
  'numjobs',
  'thread',
  'norandommap',
  'invalidate',
  'description',
  'wait_for',
  'directory',
  'ramp_time',
]);

const number =
  (set: (n: number, w: Draft) => void, unit: (text: string) => number = plain): Setter =>
  (value, w) => {
    const n = unit(value);
    if (!Number.isFinite(n) || n < 0) return `takes a number, not '${value}'`;
    set(n, w);
    return undefined;
  };

const SETTERS: Readonly<Record<string, Setter>> = {
  rw: setPattern,
  readwrite: setPattern,
  rwmixread: number((n, w) => (w.readPercent = n)),
  rwmixwrite: number((n, w) => (w.readPercent = 100 - n)),
  bs: number((n, w) => (w.blockBytes = n), sizeOf),
  blocksize: number((n, w) => (w.blockBytes = n), sizeOf),
  iodepth: number((n, w) => (w.depth = n)),
  rate_iops: number((n, w) => (w.rateIops = n)),
  number_ios: number((n, w) => (w.count = n)),
  thinktime: number((n, w) => (w.thinkUs = n)),
  randseed: number((n, w) => (w.seed = n)),
  offset: number((n, w) => (w.offsetBytes = n), sizeOf),
  size: number((n, w) => (w.sizeBytes = n), sizeOf),
  random_distribution: setDistribution,
};

export function parseJobFile(text: string, sectorBytes = 512): Result<Job[]> {
  const jobs: { name: string; draft: Draft; ignored: string[] }[] = [];
  const defaults: { draft: Draft; ignored: string[] } = { draft: {}, ignored: [] };
  let current: { draft: Draft; ignored: string[] } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const section = /^\[(.+)\]$/.exec(line);
    if (section) {
      const name = section[1] as string;
      if (name === 'global') current = defaults;
      else {
        const job = { name, draft: { ...defaults.draft }, ignored: [...defaults.ignored] };
        jobs.push(job);
        current = job;
      }
      continue;
    }
    const place = `line ${index + 1}`;
    if (!current) return err(`${place}: an option before the first [section]`);
    const equals = line.indexOf('=');
    const key = (equals < 0 ? line : line.slice(0, equals)).trim();
    const value = equals < 0 ? '1' : line.slice(equals + 1).trim();
    if (IGNORED.has(key)) {
      if (!current.ignored.includes(key)) current.ignored.push(key);
      continue;
    }
    const set = Object.hasOwn(SETTERS, key) ? SETTERS[key] : undefined;
    if (!set) return err(`${place}: unknown option '${key}'`);
    const problem = set(value, current.draft);
    if (problem) return err(`${place}: ${key} ${problem}`);
  }
  if (jobs.length === 0) return err('the job file has no job');
  return ok(jobs.map(({ name, draft, ignored }) => ({ name, workload: finish(draft, sectorBytes), ignored })));
}

function finish(draft: Draft, sectorBytes: number): Partial<Workload> {
  const { offsetBytes, sizeBytes, ...workload } = draft;
  if (sizeBytes === undefined) return workload;
  return {
    ...workload,
    range: { first: Math.floor((offsetBytes ?? 0) / sectorBytes), sectors: Math.floor(sizeBytes / sectorBytes) },
    ...(workload.count === undefined && workload.blockBytes
      ? { count: Math.max(1, Math.floor(sizeBytes / workload.blockBytes)) }
      : {}),
  };
}

function setPattern(value: string, w: Draft): string | undefined {
  const match = /^(rand)?(read|write|rw|readwrite|trim)$/.exec(value);
  if (!match) return `is one of read, write, rw, trim, randread, randwrite, randrw, randtrim, not '${value}'`;
  w.pattern = match[1] ? 'random' : 'sequential';
  if (match[2] === 'read') w.readPercent = 100;
  else if (match[2] === 'write') w.readPercent = 0;
  else if (match[2] === 'trim') [w.readPercent, w.trimPercent] = [0, 100];
  else w.readPercent ??= 50;
  return undefined;
}

/** `random`, `zipf:1.2`, `pareto:0.2`, and as two zones `zoned:TRAFFIC/SPACE:...`. */
export function parseDistribution(text: string): Result<Distribution> {
  const [kind, ...rest] = text.split(':');
  const first = Number(rest[0]);
  switch (kind) {
    case 'random':
    case 'uniform':
      return ok({ kind: 'uniform' });
    case 'zipf':
      return first >= 0 ? ok({ kind: 'zipf', theta: first }) : err(`zipf needs an exponent, as in zipf:1.1`);
    case 'pareto':
      return first > 0 && first < 1
        ? ok({ kind: 'pareto', h: first })
        : err(`pareto needs a share between 0 and 1, as in pareto:0.2`);
    case 'zoned': {
      const [traffic, space] = (rest[0] ?? '').split('/').map(Number);
      return traffic !== undefined && space !== undefined && traffic >= 0 && space > 0
        ? ok({ kind: 'hot-cold', traffic: traffic / 100, space: space / 100 })
        : err(`zoned needs percentages, as in zoned:90/10`);
    }
    default:
      return err(`unknown distribution '${text}'`);
  }
}

function setDistribution(value: string, w: Draft): string | undefined {
  const result = parseDistribution(value);
  if (!result.ok) return `: ${result.error}`;
  w.distribution = result.value;
  return undefined;
}

function plain(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

const SIZES: Readonly<Record<string, number>> = { k: 1024, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** `4k`, `128K`, `1m`, `512`, also with `iB` or `B` at the end; powers of 1024, as fio counts. */
export function sizeOf(text: string): number {
  const match = /^([0-9.]+)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  if (!match) return NaN;
  return Math.round(Number(match[1]) * (SIZES[(match[2] as string).toLowerCase()] ?? 1));
}
