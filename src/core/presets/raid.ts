/**
 * Arrays: several drives of one kind as one. An array has no row of its own; its name says what it is, as in `raid5:4:hdd-7200`, and
 * its figures are those of its members.
 */
import type { HddPreset } from './hdd';
import type { PresetBase } from './source';
import type { SsdPreset } from './ssd';

export const RAID_LEVELS = [0, 1, 5] as const;
export type RaidLevel = (typeof RAID_LEVELS)[number];

export interface RaidPreset extends PresetBase {
  readonly kind: 'raid';
  readonly level: RaidLevel;
  readonly members: number;
  /** Bytes that lie on one member before the next one has its turn; no meaning for RAID 1. */
  readonly stripeBytes: number;
  readonly member: HddPreset | SsdPreset;
}

/** More drives than a shelf holds are a mistake. */
export const MAX_MEMBERS = 24;
const LEAST_MEMBERS: Readonly<Record<RaidLevel, number>> = { 0: 2, 1: 2, 5: 3 };

const NAME = /^raid([015]):(\d{1,3}):(.+)$/;

/** The array of that name; undefined when it is no name of an array, or of one that cannot exist. */
export function raidPreset(
  id: string,
  member: (id: string) => HddPreset | SsdPreset | undefined,
): RaidPreset | undefined {
  const match = NAME.exec(id);
  if (!match) return undefined;
  const level = Number(match[1]) as RaidLevel;
  const members = Number(match[2]);
  const of = member(match[3] as string);
  if (!of || members < LEAST_MEMBERS[level] || members > MAX_MEMBERS) return undefined;
  return {
    id,
    kind: 'raid',
    title: `RAID ${level}, ${members} x ${of.title}`,
    summary: `${of.summary}${level === 1 ? '' : '; stripe unit 64 KiB'}`,
    year: of.year,
    sources: [
      { title: 'Chen et al., "RAID: High-performance, reliable secondary storage", ACM Computing Surveys', year: 1994 },
      ...of.sources,
    ],
    level,
    members,
    stripeBytes: 65_536,
    member: of,
  };
}

/** How an array is named, for messages. */
export const RAID_NAMES = 'raid0:N:DISK, raid1:N:DISK (N from 2), raid5:N:DISK (N from 3), at most 24 drives';
