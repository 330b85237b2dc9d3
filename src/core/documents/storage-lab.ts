/**
 * The settings of the storage lab as a document: which devices race, and on what. Kept in the browser and carried by links, so it
 * is guarded on every read; version 1.
 */
import { err, ok, type Result } from '../base/result';
import { storagePreset } from '../presets/storage';
import { SCHEDULER_CHOICES } from './storage-choices';
import type { SchedulerName } from '../presets/hdd';

export interface LabSetup {
  readonly version: 1;
  readonly devices: readonly string[];
  readonly mode: 'closed' | 'open' | 'trace';
  readonly pattern: 'random' | 'sequential';
  /** As in fio: random, zipf:1.1, pareto:0.2, zoned:90/10. */
  readonly distribution: string;
  readonly readPercent: number;
  /** Percent of what is not read that is given up instead of written. */
  readonly trimPercent: number;
  readonly blockBytes: number;
  readonly depth: number;
  readonly rateIops: number;
  readonly count: number;
  readonly seed: number;
  readonly scheduler: SchedulerName;
  readonly precondition: 'empty' | 'filled' | 'steady';
  /** How a trace is replayed, where it allows it. */
  readonly replay: 'program' | 'times' | 'depth';
}

export const DEFAULT_SETUP: LabSetup = {
  version: 1,
  devices: ['ddr4-3200', 'nvme-enterprise', 'ssd-sata', 'hdd-7200'],
  mode: 'closed',
  pattern: 'random',
  distribution: 'random',
  readPercent: 100,
  trimPercent: 0,
  blockBytes: 4096,
  depth: 1,
  rateIops: 60,
  count: 20_000,
  seed: 42,
  scheduler: 'fcfs',
  precondition: 'filled',
  replay: 'program',
};

/** More lanes than this do not fit side by side. */
export const MAX_DEVICES = 6;

export function readLabSetup(value: unknown): Result<LabSetup> {
  if (typeof value !== 'object' || value === null) return err('the settings are not an object');
  const v = value as Record<string, unknown>;
  if (v['version'] !== 1) return err('the settings are of another version');
  const devices = Array.isArray(v['devices'])
    ? v['devices'].filter((d): d is string => typeof d === 'string' && storagePreset(d) !== undefined)
    : [];
  if (devices.length === 0) return err('the settings name no device that is known here');
  const d = DEFAULT_SETUP;
  return ok({
    version: 1,
    devices: [...new Set(devices)].slice(0, MAX_DEVICES),
    mode: oneOf(v['mode'], ['closed', 'open', 'trace'], d.mode),
    pattern: oneOf(v['pattern'], ['random', 'sequential'], d.pattern),
    distribution:
      typeof v['distribution'] === 'string' && v['distribution'].length < 40 ? v['distribution'] : d.distribution,
    readPercent: within(v['readPercent'], 0, 100, d.readPercent),
    trimPercent: within(v['trimPercent'], 0, 100, d.trimPercent),
    blockBytes: Math.max(512, 512 * Math.round(within(v['blockBytes'], 512, 1 << 24, d.blockBytes) / 512)),
    depth: Math.round(within(v['depth'], 1, 65_536, d.depth)),
    rateIops: within(v['rateIops'], 0.001, 1e9, d.rateIops),
    count: Math.round(within(v['count'], 1, 2_000_000, d.count)),
    seed: Math.round(within(v['seed'], 0, Number.MAX_SAFE_INTEGER, d.seed)),
    scheduler: oneOf(v['scheduler'], SCHEDULER_CHOICES, d.scheduler),
    precondition: oneOf(v['precondition'], ['empty', 'filled', 'steady'], d.precondition),
    replay: oneOf(v['replay'], ['program', 'times', 'depth'], d.replay),
  });
}

/** The part of a link after `#lab=`. */
export function setupToLink(setup: LabSetup): string {
  return encodeURIComponent(JSON.stringify(setup));
}

export function setupFromLink(text: string): Result<LabSetup> {
  try {
    return readLabSetup(JSON.parse(decodeURIComponent(text)));
  } catch {
    return err('this link is damaged');
  }
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], otherwise: T): T {
  return allowed.includes(value as T) ? (value as T) : otherwise;
}

function within(value: unknown, least: number, most: number, otherwise: number): number {
  return typeof value === 'number' && value >= least && value <= most ? value : otherwise;
}
