/** Every device preset by its name. */
import { DRAM_PRESETS, type DramPreset } from './dram';
import { HDD_PRESETS, type HddPreset } from './hdd';
import { SSD_PRESETS, type SsdPreset } from './ssd';

export type StoragePreset = HddPreset | SsdPreset | DramPreset;

export const STORAGE_PRESETS: readonly StoragePreset[] = [...HDD_PRESETS, ...SSD_PRESETS, ...DRAM_PRESETS];

export function storagePreset(id: string): StoragePreset | undefined {
  return STORAGE_PRESETS.find((preset) => preset.id === id);
}
