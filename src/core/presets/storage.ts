/** Every device preset by its name; an array by a name that says what it is made of. */
import { DRAM_PRESETS, type DramPreset } from './dram';
import { HDD_PRESETS, type HddPreset } from './hdd';
import { raidPreset, type RaidPreset } from './raid';
import { SSD_PRESETS, type SsdPreset } from './ssd';

/** One device. */
export type DrivePreset = HddPreset | SsdPreset | DramPreset;
export type StoragePreset = DrivePreset | RaidPreset;

export const STORAGE_PRESETS: readonly DrivePreset[] = [...HDD_PRESETS, ...SSD_PRESETS, ...DRAM_PRESETS];

export function drivePreset(id: string): DrivePreset | undefined {
  return STORAGE_PRESETS.find((preset) => preset.id === id);
}

export function storagePreset(id: string): StoragePreset | undefined {
  return drivePreset(id) ?? raidPreset(id, diskPreset);
}

/** A disk or an SSD: what the machine and an array are built from. */
export function diskPreset(id: string): HddPreset | SsdPreset | undefined {
  const preset = drivePreset(id);
  return preset?.kind === 'dram' ? undefined : preset;
}
