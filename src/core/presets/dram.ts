/**
 * Memory parts: timing in clock cycles, as data sheets give it, and the clock. RAM is volatile.
 */
import type { PresetBase } from './source';

export interface DramPreset extends PresetBase {
  readonly kind: 'dram';
  /** Clock period; two transfers a clock. */
  readonly tckNs: number;
  /** Column access, row to column, precharge. */
  readonly cl: number;
  readonly trcd: number;
  readonly trp: number;
  /** A row stays open at least this long; absent where the source gives none. */
  readonly tras?: number;
  /** Every trefi cycles the rank stops for trfc and all rows close. */
  readonly trfc: number;
  readonly trefi: number;
  /** Transfers a burst. */
  readonly burst: number;
  readonly busBytes: number;
  readonly banks: number;
  readonly rowBytes: number;
  readonly capacityBytes: number;
  readonly controllerCycles: number;
}

const DRAMSIM3 = { title: 'DRAMsim3 configs/', year: 2020, url: 'https://github.com/umd-memsys/DRAMsim3' } as const;

const ddr4at3200 = {
  id: 'ddr4-3200',
  kind: 'dram',
  title: 'DDR4-3200',
  summary: '8 Gb x8, 16 banks, 22-22-22',
  year: 2014,
  sources: [{ ...DRAMSIM3, title: 'DRAMsim3 configs/DDR4_8Gb_x8_3200.ini' }],
  tckNs: 0.625,
  cl: 22,
  trcd: 22,
  trp: 22,
  tras: 52,
  trfc: 560,
  trefi: 12_480,
  burst: 8,
  busBytes: 8,
  banks: 16,
  rowBytes: 8192,
  capacityBytes: 8 * 2 ** 30,
  controllerCycles: 1,
} as const satisfies DramPreset;

const ddr4at2400 = {
  id: 'ddr4-2400',
  kind: 'dram',
  title: 'DDR4-2400',
  summary: '8 Gb x8, 16 banks, 17-17-17',
  year: 2014,
  sources: [{ ...DRAMSIM3, title: 'DRAMsim3 configs/DDR4_8Gb_x8_2400.ini' }],
  tckNs: 0.833,
  cl: 17,
  trcd: 17,
  trp: 17,
  trfc: 420,
  trefi: 9360,
  burst: 8,
  busBytes: 8,
  banks: 16,
  rowBytes: 8192,
  capacityBytes: 8 * 2 ** 30,
  controllerCycles: 1,
} as const satisfies DramPreset;

const ddr5at4800 = {
  id: 'ddr5-4800',
  kind: 'dram',
  title: 'DDR5-4800',
  summary: '16 Gb x8, 32 banks in 8 groups, 36-36-36',
  year: 2020,
  sources: [
    { title: 'ramulator2 ddr5.py, speed bin 4800B', year: 2023, url: 'https://github.com/CMU-SAFARI/ramulator2' },
  ],
  tckNs: 0.416,
  cl: 36,
  trcd: 36,
  trp: 36,
  tras: 77,
  // 295 ns and 3.9 us.
  trfc: 710,
  trefi: 9375,
  burst: 16,
  busBytes: 4,
  banks: 32,
  rowBytes: 8192,
  capacityBytes: 16 * 2 ** 30,
  controllerCycles: 1,
} as const satisfies DramPreset;

export const DRAM_PRESETS: readonly DramPreset[] = [ddr4at3200, ddr4at2400, ddr5at4800];
