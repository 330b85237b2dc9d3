/** `orrery cache`: an address trace through the cache model. */
import { checkCache } from '../../core/presets/machine-check';
import { readTrace } from '../../core/machine/cache/trace-text';
import { TraceRun, type LevelResult, type TraceResult } from '../../core/machine/cache/trace-run';
import { CACHE_COUNTS, CACHE_LEVELS, type CacheLevel } from '../../core/isa/ports';
import { POLICIES, type CacheConfig, type ReplacementPolicy } from '../../core/presets/machine';
import { EXIT, UsageError, type Command, type Host } from '../command';
import { parseOptions } from '../options';

const HELP = `orrery cache: an address trace through the cache model

usage: orrery cache TRACE --l1d SPEC [--l1i SPEC] [--l2 SPEC] [--l3 SPEC] [options]

TRACE ('-' for standard input) has one access a line: 'r|w|i ADDRESS(hex) SIZE', or classic din '0|1|2 ADDRESS'.
Reads and writes go to L1D, instruction fetches to L1I; what has no L1 of its own goes to the next level.
An access that crosses a line is one access to each. At the end dirty lines are flushed: counted in bytesToNext
and as writes of the level below, not in evictions or writebacks.

SPEC is NAME=VALUE,NAME=VALUE...
  size=BYTES          1024 or 1k
  line=BYTES          16 unless told
  ways=N|full         2 unless told
  policy=NAME         lru (default), plru, fifo, random, srrip
  write=back|through  back unless told
  allocate=yes|no     whether a write that misses brings the line in; yes unless told
  prefetch=NAME       none (default), next-line, stride
  inclusion=NAME      of l2 and l3: non-inclusive (default), inclusive, exclusive

options:
  --three-c           splits misses into compulsory, capacity and conflict
  --stack-distance    histogram of LRU stack distances of L1D's lines (1 = the line used last)
  --opt               misses of Belady's optimal replacement with L1D's number of lines, fully associative
  --seed N            of the random policy
  --json              one JSON object
`;

export const command: Command = {
  name: 'cache',
  summary: 'an address trace through the cache model',
  help: HELP,
  run,
};

function run(args: readonly string[], host: Host): number {
  const options = parseOptions(args, {
    l1d: 'value',
    l1i: 'value',
    l2: 'value',
    l3: 'value',
    'three-c': 'flag',
    'stack-distance': 'flag',
    opt: 'flag',
    seed: 'value',
    json: 'flag',
  });
  const [path, extra] = options.positionals;
  if (path === undefined) throw new UsageError('a trace file is missing');
  if (extra !== undefined) throw new UsageError(`one trace file is enough, not also '${extra}'`);
  const levels: Partial<Record<CacheLevel, CacheConfig>> = {};
  for (const name of CACHE_LEVELS) {
    const spec = options.value(name);
    if (spec !== undefined) levels[name] = parseLevel(name, spec);
  }
  if (Object.keys(levels).length === 0) throw new UsageError('no cache is asked for: give --l1d, for example');
  checkTogether(levels);
  const needsL1d = options.has('stack-distance') || options.has('opt');
  if (needsL1d && !levels.l1d) throw new UsageError('--stack-distance and --opt need --l1d');

  const text = host.readFile(path);
  if (!text) {
    host.stderr(`orrery cache: cannot read '${path}'\n`);
    return EXIT.data;
  }
  const trace = new TraceRun({
    levels,
    threeC: options.has('three-c'),
    stackDistance: options.has('stack-distance'),
    opt: options.has('opt'),
    seed: options.number('seed', 1, { min: 0, max: 0xffffffff }),
  });
  const read = readTrace(text, trace);
  if (!read.ok) {
    host.stderr(`${path}:${read.error.line}: error: ${read.error.message} [bad-trace]\n`);
    return EXIT.data;
  }
  const result = trace.finish();
  host.stdout(options.has('json') ? `${JSON.stringify(result)}\n` : table(result));
  return EXIT.ok;
}

/** Largest cache that is accepted: what it takes in our own memory is some tens of bytes a line. */
const MAX_CACHE_BYTES = 2 ** 32;
const MAX_LINES = 2 ** 24;

function parseLevel(name: CacheLevel, spec: string): CacheConfig {
  const values = new Map<string, string>();
  for (const part of spec.split(',')) {
    const equals = part.indexOf('=');
    const key = equals < 0 ? part : part.slice(0, equals);
    if (equals < 0 || !KEYS.includes(key))
      throw new UsageError(`--${name}: '${part}' is none of ${KEYS.map((k) => `${k}=`).join(' ')}`);
    if (values.has(key)) throw new UsageError(`--${name}: ${key} is given twice`);
    values.set(key, part.slice(equals + 1));
  }
  const size = values.get('size');
  if (size === undefined) throw new UsageError(`--${name}: size= is missing`);
  const sizeBytes = bytes(name, 'size', size, MAX_CACHE_BYTES);
  const lineBytes = bytes(name, 'line', values.get('line') ?? '16', 2 ** 20);
  if (sizeBytes % lineBytes !== 0 || sizeBytes / lineBytes > MAX_LINES)
    throw new UsageError(`--${name}: ${sizeBytes} bytes are no whole number of lines up to ${MAX_LINES}`);
  const ways = values.get('ways') ?? '2';
  const config: CacheConfig = {
    sizeBytes,
    lineBytes,
    ways: ways === 'full' ? sizeBytes / lineBytes : bytes(name, 'ways', ways, MAX_LINES),
    policy: choice<ReplacementPolicy>(name, 'policy', values.get('policy') ?? 'lru', POLICIES),
    write: choice(name, 'write', values.get('write') ?? 'back', ['back', 'through'] as const),
    allocate: choice(name, 'allocate', values.get('allocate') ?? 'yes', ['yes', 'no'] as const) === 'yes',
    inclusion: choice(name, 'inclusion', values.get('inclusion') ?? 'non-inclusive', INCLUSIONS),
    prefetch: choice(name, 'prefetch', values.get('prefetch') ?? 'none', ['none', 'next-line', 'stride'] as const),
    hitCycles: 1,
  };
  const [problem] = checkCache(config);
  if (problem !== undefined) throw new UsageError(`--${name}: ${problem}`);
  return config;
}

const KEYS = ['size', 'line', 'ways', 'policy', 'write', 'allocate', 'prefetch', 'inclusion'];
const INCLUSIONS = ['non-inclusive', 'inclusive', 'exclusive'] as const;

function checkTogether(levels: Partial<Record<CacheLevel, CacheConfig>>): void {
  const pairs: [CacheLevel, CacheLevel[]][] = [
    ['l2', ['l1i', 'l1d']],
    ['l3', levels.l2 ? ['l2'] : ['l1i', 'l1d']],
  ];
  for (const [lowerName, upperNames] of pairs) {
    const lower = levels[lowerName];
    for (const upperName of upperNames) {
      const upper = levels[upperName];
      if (!lower || !upper) continue;
      if (lower.inclusion === 'exclusive' && (lower.lineBytes !== upper.lineBytes || upper.write === 'through'))
        throw new UsageError(`--${lowerName}: exclusive needs ${upperName} with the same line size and write=back`);
      if (lower.inclusion === 'inclusive' && lower.lineBytes < upper.lineBytes)
        throw new UsageError(`--${lowerName}: inclusive needs lines at least as long as those of ${upperName}`);
    }
  }
}

function bytes(level: string, key: string, text: string, max: number): number {
  const match = /^(\d+)([kKmM]?)$/.exec(text);
  const unit = match?.[2]?.toLowerCase();
  const value = match ? Number(match[1]) * (unit === 'm' ? 2 ** 20 : unit === 'k' ? 1024 : 1) : NaN;
  if (!(value >= 1 && value <= max))
    throw new UsageError(`--${level}: ${key}= takes a number from 1 to ${max}, not '${text}'`);
  return value;
}

function choice<T extends string>(level: string, key: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw new UsageError(`--${level}: ${key}= takes ${allowed.join(', ')}, not '${text}'`);
  return found;
}

function table(result: TraceResult): string {
  const { reads, writes, fetches } = result.accesses;
  const lines = [`${reads} reads, ${writes} writes, ${fetches} instruction fetches`, ''];
  for (const [name, level] of Object.entries(result.caches)) lines.push(...levelLines(name, level), '');
  if (result.stackDistance) {
    lines.push(`stack distances of L1D lines (cold ${result.stackDistance.cold})`);
    for (const [distance, count] of Object.entries(result.stackDistance.histogram))
      lines.push(`  ${distance.padStart(8)} ${count}`);
    lines.push('');
  }
  if (result.opt) lines.push(`OPT misses: ${result.opt.misses}`, '');
  return lines.join('\n');
}

function levelLines(name: string, level: LevelResult): string[] {
  const accesses = level.reads + level.writes;
  const misses = level.readMisses + level.writeMisses;
  const rate = accesses === 0 ? '' : ` (${((100 * misses) / accesses).toFixed(3)} % of ${accesses} accesses miss)`;
  const rows = [...CACHE_COUNTS, 'compulsory', 'capacity', 'conflict'] as const;
  return [
    `${name.toUpperCase()}${rate}`,
    ...rows.flatMap((row) => (level[row] === undefined ? [] : [`  ${row.padEnd(14)} ${level[row]}`])),
  ];
}
