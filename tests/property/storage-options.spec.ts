/**
 * `orrery storage` with options, job files and traces that nobody would write: each run ends within its limits, with an exit status
 * that the page of the command names, and what is refused is refused in words. A throw fails the test.
 */
import { expect, test } from 'vitest';
import { EXIT, UsageError, type Host } from '../../src/cli/command';
import { command } from '../../src/cli/commands/storage';
import { Random } from '../../src/core/base/random';
import { storagePreset, STORAGE_PRESETS } from '../../src/core/presets/storage';

const RUNS = Number(process.env['STORAGE_FUZZ'] ?? 250);
const random = new Random(Number(process.env['STORAGE_FUZZ_SEED'] ?? 20_240_517), 'options');
const pick = <T>(of: readonly T[]): T => of[random.below(of.length)] as T;

const NUMBERS = [
  '0',
  '1',
  '2',
  '-1',
  '3.5',
  '1e3',
  '1e30',
  'NaN',
  'Infinity',
  '',
  ' ',
  '0x10',
  '99999999999999999999',
  '7',
  '512',
  '4096',
  '100',
];
const WORDS = [
  'random',
  'sequential',
  'greedy',
  'fifo',
  'fcfs',
  'sptf',
  'row-hit',
  'on',
  'off',
  'nvme',
  'steady',
  '1/2/3',
  '=',
  'ü',
  '\u0000',
  '../x',
];
const value = () => pick([...NUMBERS, ...WORDS]);
const TEXTS = [
  '',
  '\n\n',
  '0 0 1 8 1\n',
  '0 0 1 8 1\n1 0 x 8 1\n',
  '5 0 1 8 1\n1 0 1 8 1\n',
  '0 0 99999999999 8 1\n',
  '0 400\n1 500\n',
  'time_us,op,offset,size\n1,read,0,512\n',
  'time_us,op,offset,size\n1,fly,0,512\n',
  'op,lba,count\nr,0,0\n',
  '[global]\nrw=randread\n',
  '[a]\nrw=randrw\nbs=4k\nnumber_ios=50\n',
  '[a]\nbs=-3\n',
  '[a]\nrw=randread\nnumber_ios=40\nrandom_distribution=zipf:-1\n',
  'rw=read\n',
  '[a]\nnonsense=1\n',
  '\ufeff[a]\n',
  '[a]\noffset=1e40\nsize=1\nrw=read\n',
  '\u0000\u0001',
  'x'.repeat(5000),
] as const;

function options(): string[] {
  const device = pick([
    ...STORAGE_PRESETS.map((p) => p.id),
    'raid0:2:hdd-15k',
    'raid5:3:ssd-sata',
    'raid1:9:x',
    'nope',
    '',
  ]);
  const preset = storagePreset(device);
  const args = ['--device', device];
  const add = (name: string, text = value()) => args.push(`--${name}`, text);
  const names = [
    'pattern',
    'read',
    'trim',
    'block',
    'depth',
    'rate',
    'interval-cycles',
    'zipf',
    'distribution',
    'think',
    'scheduler',
    'precondition',
    'seed',
    'replay',
    'from',
  ];
  for (let i = random.below(4); i > 0; i--) add(pick(names));
  const fields = preset ? Object.keys(preset.kind === 'raid' ? preset.member : preset) : ['blocks'];
  for (let i = random.below(3); i > 0; i--)
    add('set', `${pick([...fields, 'stripeBytes', 'nand', 'zones'])}=${value()}`);
  if (random.below(4) === 0) add('trace', 'file');
  if (random.below(4) === 0) add('job', 'file');
  if (random.below(3) === 0) args.push('--fold');
  if (random.below(12) === 0) add('count');
  else add('count', String(1 + random.below(300)));
  if (random.below(2) === 0) args.push('--json');
  return args;
}

test(`${RUNS} random command lines end, and say why when they are refused`, { timeout: 120_000 }, () => {
  const statuses = new Map<number, number>();
  for (let i = 0; i < RUNS; i++) {
    const args = options();
    const text = pick(TEXTS);
    let out = '';
    let err = '';
    const host: Host = {
      readFile: (path) => (path === 'file' ? new TextEncoder().encode(text) : undefined),
      writeFile: () => undefined,
      stdout: (t) => (out += t),
      stderr: (t) => (err += t),
      now: () => 0,
    };
    let status: number;
    try {
      status = command.run(args, host) as number;
    } catch (error) {
      if (!(error instanceof UsageError))
        throw new Error(`${JSON.stringify(args)} ${JSON.stringify(text)}: ${String(error)}`, { cause: error });
      status = EXIT.usage;
      err = error.message;
    }
    const what = `${JSON.stringify(args)} ${JSON.stringify(text.slice(0, 80))}`;
    expect([EXIT.ok, EXIT.usage, EXIT.data, EXIT.limit], what).toContain(status);
    if (status === EXIT.ok) {
      expect(err.replace(/^file: a model has no use for .*\n/, ''), what).toBe('');
      if (args.includes('--json')) expect(() => JSON.parse(out) as unknown, what).not.toThrow();
      expect(out, what).not.toMatch(/NaN|undefined|Infinity/);
    } else expect(err.length, what).toBeGreaterThan(10);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  // The generator reaches both sides.
  expect(statuses.get(EXIT.ok) ?? 0).toBeGreaterThan(RUNS / 20);
  expect(statuses.get(EXIT.data) ?? 0).toBeGreaterThan(RUNS / 20);
});
