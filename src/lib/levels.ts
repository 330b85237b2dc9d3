/** The levels of the hierarchy: one hue each, the same in every chart, and always a label beside it. */

export const LEVELS = [
  { id: 'compute', label: 'compute', color: 'var(--compute)' },
  { id: 'l1', label: 'L1', color: 'var(--l1)' },
  { id: 'l2', label: 'L2', color: 'var(--l2)' },
  { id: 'ram', label: 'RAM', color: 'var(--ram)' },
  { id: 'ssd', label: 'SSD', color: 'var(--ssd)' },
  { id: 'hdd', label: 'HDD', color: 'var(--hdd)' },
  { id: 'console', label: 'console', color: 'var(--console)' },
  { id: 'net', label: 'network', color: 'var(--net)' },
  { id: 'sleep', label: 'sleep', color: 'var(--sleep)' },
] as const;

export type LevelId = (typeof LEVELS)[number]['id'];

/** Label and colour of a level. */
export function levelOf(id: LevelId): (typeof LEVELS)[number] {
  return LEVELS.find((level) => level.id === id) as (typeof LEVELS)[number];
}
