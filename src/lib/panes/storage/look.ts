/** How devices and parts of a request look in the lab: hue by level, pattern by number, names that a person reads. */
import { storagePreset } from '$core/presets/storage';
import type { LevelId } from '../../levels';

export function levelOfDevice(id: string): LevelId {
  const preset = storagePreset(id);
  const kind = preset?.kind === 'raid' ? preset.member.kind : preset?.kind;
  return kind === 'hdd' ? 'hdd' : kind === 'dram' ? 'ram' : 'ssd';
}

export const colorOfDevice = (id: string): string => `var(--${levelOfDevice(id)})`;

export const titleOfDevice = (id: string): string => storagePreset(id)?.title ?? id;

/** Dashes tell two devices of one level apart. */
export const DASHES = ['', '5 3', '2 2', '8 3 2 3', '1 3', '10 4'] as const;

export function dashOf(devices: readonly string[], id: string): string {
  const level = levelOfDevice(id);
  const same = devices.filter((d) => levelOfDevice(d) === level);
  return DASHES[Math.max(0, same.indexOf(id)) % DASHES.length] ?? '';
}

/** What a part is, in words, with the opacity that it has in a stacked bar. */
export const PART_LOOK: Readonly<Record<string, { readonly label: string; readonly opacity: number }>> = {
  queue: { label: 'waiting', opacity: 0.12 },
  overhead: { label: 'controller', opacity: 0.45 },
  seek: { label: 'seek', opacity: 1 },
  rotation: { label: 'rotation', opacity: 0.55 },
  transfer: { label: 'transfer', opacity: 0.8 },
  tR: { label: 'tR', opacity: 1 },
  tPROG: { label: 'program', opacity: 0.85 },
  bus: { label: 'bus', opacity: 0.6 },
  gc: { label: 'collection', opacity: 0.35 },
  cache: { label: 'buffer', opacity: 0.7 },
  link: { label: 'link', opacity: 0.3 },
  refresh: { label: 'refresh', opacity: 0.35 },
  precharge: { label: 'precharge', opacity: 0.55 },
  activate: { label: 'activate', opacity: 0.75 },
  column: { label: 'column', opacity: 1 },
};
