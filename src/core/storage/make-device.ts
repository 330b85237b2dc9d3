/** From a preset and `NAME=VALUE` overrides to a device; what cannot work is refused with a reason. */
import { assert } from '../base/assert';
import { err, ok, type Result } from '../base/result';
import type { DramPreset } from '../presets/dram';
import type { HddPreset } from '../presets/hdd';
import { NAND, type NandName, type SsdPreset } from '../presets/ssd';
import { MAX_MEMBERS, type RaidPreset } from '../presets/raid';
import type { DrivePreset, StoragePreset } from '../presets/storage';
import { Random } from '../base/random';
import { RequestTable, SECTOR_BYTES, type StorageDevice } from './device';
import { DramModel } from './dram/dram';
import { checkGeometry } from './hdd/geometry';
import { HddModel } from './hdd/hdd';
import { SCHEDULER_NAMES } from './hdd/schedulers';
import { RaidModel } from './raid/raid';
import { logicalPages } from './ssd/ftl';
import { SsdModel, type Precondition } from './ssd/ssd';

export interface DeviceOptions {
  /** Requests that may be outstanding at once. */
  readonly slots: number;
  readonly seed: number;
  readonly precondition?: Precondition;
}

export const GC_POLICIES = ['greedy', 'fifo', 'random'] as const;

/** Fields that are not numbers or switches, with the words they take. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  gcPolicy: GC_POLICIES,
  scheduler: SCHEDULER_NAMES,
  interface: ['nvme', 'sata'],
  initialState: ['empty', 'filled'],
};

const FIXED = new Set(['id', 'kind', 'title', 'summary', 'year', 'sources', 'zones', 'seek']);
/** Numbers for which 0 means "none". */
const MAY_BE_ZERO =
  /Overhead|controller|Controller|settle|Settle|Switch|buffer|Buffer|readAhead|slcBytes|command|dataOut|linkUs|writeCacheSectors/;

/** What a figure may be, by its unit or name: wide enough for any thought experiment, narrow enough for picoseconds to stay exact. */
const LIMITS: readonly (readonly [RegExp, number, number])[] = [
  [/^rpm$/, 1, 1e6],
  [/^tckNs$/, 0.001, 1e6],
  [/MBs$/, 1e-3, 1e7],
  [/(Ms|Us|UsPerSector)$/, 0, 1e7],
  [/Cycles$|^(cl|trcd|trp|tras|trfc|trefi)$/, 0, 1e7],
  [/Bytes$/, 0, 2 ** 46],
  [/^blockCount$/, 1, 2 ** 40],
  [/^(year|surfaces|cylinders)$/, 0, 1e7],
  [/./, 0, 1e9],
];

function limitsOf(name: string): readonly [number, number] {
  const [, least, most] = LIMITS.find(([pattern]) => pattern.test(name)) as readonly [RegExp, number, number];
  return [least, most];
}

/** A copy of the preset with fields replaced, each given as text; what an array does not have is meant for its members. */
export function override(
  preset: StoragePreset,
  settings: readonly (readonly [string, string])[],
): Result<StoragePreset> {
  if (preset.kind !== 'raid') return overrideDrive(preset, settings);
  const own = settings.filter(([name]) => name === 'stripeBytes');
  const member = overrideDrive(
    preset.member,
    settings.filter(([name]) => name !== 'stripeBytes'),
  );
  if (!member.ok) return member;
  const last = own[own.length - 1];
  if (!last) return ok({ ...preset, member: member.value });
  const stripeBytes = Number(last[1]);
  if (!(stripeBytes > 0) || stripeBytes % SECTOR_BYTES !== 0)
    return err(`stripeBytes takes a multiple of ${SECTOR_BYTES}, not '${last[1]}'`);
  return ok({ ...preset, stripeBytes, member: member.value });
}

function overrideDrive<P extends DrivePreset>(preset: P, settings: readonly (readonly [string, string])[]): Result<P> {
  const changed: Record<string, unknown> = { ...preset };
  for (const [name, text] of settings) {
    if (name === 'nand' && preset.kind === 'ssd') {
      const row = Object.hasOwn(NAND, text) ? NAND[text as NandName] : undefined;
      if (!row) return err(`nand is one of ${Object.keys(NAND).join(', ')}, not '${text}'`);
      const { readUs, programUs, eraseMs, endurance } = row;
      Object.assign(changed, { readUs, programUs, eraseMs, endurance });
      continue;
    }
    const old = changed[name];
    if (FIXED.has(name) || old === undefined) {
      const names = Object.keys(preset).filter((key) => !FIXED.has(key));
      return err(`${preset.id} has no parameter '${name}'; it has ${names.join(', ')}`);
    }
    const value = parse(name, text, old);
    if (!value.ok) return value;
    changed[name] = value.value;
  }
  return ok(changed as unknown as P);
}

function parse(name: string, text: string, old: unknown): Result<unknown> {
  const choices = CHOICES[name];
  if (choices) return choices.includes(text) ? ok(text) : err(`${name} is one of ${choices.join(', ')}, not '${text}'`);
  if (typeof old === 'boolean') {
    if (['true', 'on', 'yes', '1'].includes(text)) return ok(true);
    if (['false', 'off', 'no', '0'].includes(text)) return ok(false);
    return err(`${name} is on or off, not '${text}'`);
  }
  const numbers = text.split('/').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const bad = numbers.some((n) => !Number.isFinite(n) || n < 0 || (n === 0 && !MAY_BE_ZERO.test(name)));
  if (bad || (!Array.isArray(old) && numbers.length > 1)) return err(`${name} takes a number above 0, not '${text}'`);
  const [least, most] = limitsOf(name);
  if (numbers.some((n) => n < least || n > most)) return err(`${name} must be from ${least} to ${most}, not '${text}'`);
  return ok(Array.isArray(old) ? numbers : numbers[0]);
}

export function makeDevice(preset: StoragePreset, options: DeviceOptions): Result<StorageDevice> {
  return makeTable(preset, new RequestTable(options.slots), options);
}

function makeTable(preset: StoragePreset, requests: RequestTable, options: DeviceOptions): Result<StorageDevice> {
  switch (preset.kind) {
    case 'hdd':
      return makeHdd(preset, requests);
    case 'ssd':
      return makeSsd(preset, requests, options);
    case 'dram':
      return makeDram(preset, requests);
    case 'raid':
      return makeRaid(preset, requests, options);
  }
}

function makeRaid(preset: RaidPreset, requests: RequestTable, options: DeviceOptions): Result<StorageDevice> {
  const { member, members, stripeBytes } = preset;
  // One is made to see whether it can be; the array then makes its own.
  const one = makeDevice(member, { ...options, slots: 1 });
  if (!one.ok) return err(`each of the ${Math.min(members, MAX_MEMBERS)} drives: ${one.error}`);
  if (preset.level !== 1 && stripeBytes / SECTOR_BYTES > one.value.capacitySectors)
    return err(
      `stripeBytes ${stripeBytes} is larger than a drive of ${one.value.capacitySectors * SECTOR_BYTES} bytes`,
    );
  const seeds = new Random(options.seed, 'members');
  return ok(
    new RaidModel(preset, {
      requests,
      makeMember: (table) => {
        const made = makeTable(member, table, { ...options, seed: seeds.uint32() });
        assert(made.ok, 'what could be made once can be made again');
        return made.value;
      },
    }),
  );
}

function makeHdd(preset: HddPreset, requests: RequestTable): Result<StorageDevice> {
  const geometry = checkGeometry(preset);
  return geometry.ok ? ok(new HddModel(preset, { requests })) : geometry;
}

function makeSsd(preset: SsdPreset, requests: RequestTable, options: DeviceOptions): Result<StorageDevice> {
  for (const name of ['channels', 'chipsPerChannel', 'diesPerChip', 'pagesPerProgram', 'queueDepth'] as const) {
    if (!Number.isInteger(preset[name]) || preset[name] < 1)
      return err(`${name} must be a whole number above 0, not ${preset[name]}`);
  }
  const dies = preset.channels * preset.chipsPerChannel * preset.diesPerChip;
  if (dies > 4096) return err(`${dies} dies are more than the 4096 that are simulated`);
  if (preset.pageBytes % 512 !== 0) return err(`pageBytes must be a multiple of 512, not ${preset.pageBytes}`);
  const pages = logicalPages(preset);
  if (!pages.ok) return pages;
  const { precondition } = options;
  return ok(new SsdModel(preset, { requests, seed: options.seed, ...(precondition ? { precondition } : {}) }));
}

function makeDram(preset: DramPreset, requests: RequestTable): Result<StorageDevice> {
  if (preset.trfc >= preset.trefi)
    return err(`trfc ${preset.trfc} leaves no time between refreshes of ${preset.trefi} cycles`);
  for (const name of ['banks', 'rowBytes'] as const) {
    if (!Number.isInteger(preset[name]) || preset[name] < 1)
      return err(`${name} must be a whole number above 0, not ${preset[name]}`);
  }
  if (preset.rowBytes % 64 !== 0) return err(`rowBytes must be a multiple of 64, not ${preset.rowBytes}`);
  return ok(new DramModel(preset, { requests }));
}
