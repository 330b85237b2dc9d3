/**
 * Solid-state drives. What a data sheet gives (latency at depth 1, sequential rates, steady random writes) is met; what it does
 * not give (how many dies work at once, how long the controller thinks) is chosen within published ranges so that it is met, and
 * says so. The simulated part of the drive is `blocks` erase groups, striped over all dies: latency does not depend on how many
 * there are, and write amplification only on the over-provisioning and on the pages in one.
 */
import type { PresetBase, Source } from './source';

export type GcPolicy = 'greedy' | 'fifo' | 'random';

export interface SsdPreset extends PresetBase {
  readonly kind: 'ssd';
  readonly channels: number;
  readonly chipsPerChannel: number;
  readonly diesPerChip: number;
  readonly planesPerDie: number;
  /** True: the dies of a chip start together and the chip takes the next commands when all have finished (MQSim's scheduler). */
  readonly chipBatches: boolean;
  /** Unit of mapping. */
  readonly pageBytes: number;
  /** Mapped pages that one program operation writes: page size and planes over the unit of mapping. */
  readonly pagesPerProgram: number;
  /** Mapped pages in an erase group. */
  readonly pagesPerBlock: number;
  /** Erase groups that are simulated. */
  readonly blocks: number;
  /** Program operations that fill one physical block; one erase follows for each. */
  readonly programsPerErase: number;
  /** (physical - logical) / logical. */
  readonly overProvisioning: number;
  readonly gcPolicy: GcPolicy;
  /** By page type (lower, middle, upper, ...), in turn over the pages of a block. */
  readonly readUs: readonly number[];
  readonly programUs: readonly number[];
  readonly eraseMs: number;
  readonly endurance: number;
  /** Bus of a channel. */
  readonly channelMBs: number;
  readonly commandUs: number;
  readonly dataOutSetupUs: number;
  readonly interface: 'nvme' | 'sata';
  readonly queueDepth: number;
  readonly linkReadMBs: number;
  readonly linkWriteMBs: number;
  /** Fixed latency of driver, link protocol and controller. */
  readonly readOverheadUs: number;
  readonly writeOverheadUs: number;
  /** Part of that in which the controller can do nothing else; bounds the I/Os a second. */
  readonly readControllerUs: number;
  readonly writeControllerUs: number;
  /** Buffer for writes on their way to the flash; 0: a write is done when it is programmed. */
  readonly writeBufferBytes: number;
  readonly bufferMBs: number;
  readonly bufferSetupUs: number;
  /** True: capacitors finish what is in the buffer when the power fails. */
  readonly powerLossProtection: boolean;
  /** Flash written one bit a cell at first, 0 for none. */
  readonly slcBytes: number;
  readonly slcProgramUs: number;
  /** Sequential reads fetch this far ahead, 0 for none. */
  readonly readAheadBytes: number;
  /** What the drive has been through before the first request, unless a run says otherwise. */
  readonly initialState: 'empty' | 'filled';
  /** True: a page that was never written is read from the flash all the same, at the die where it would lie. */
  readonly readsUnwritten: boolean;
}

export type NandName = 'slc' | 'mlc' | 'tlc' | 'tlc-pages' | 'qlc-pages';

/** What a kind of cell costs; by page type where the source tells them apart. */
export interface NandRow {
  readonly title: string;
  readonly readUs: readonly number[];
  readonly programUs: readonly number[];
  readonly eraseMs: number;
  readonly endurance: number;
  readonly source: Source;
}

const FEMU = {
  title: 'FEMU nand.h: TLC and QLC timing by page type',
  year: 2023,
  url: 'https://github.com/MoatLab/FEMU',
} as const;
const HP_NAND = { title: 'HP white paper "SLC, MLC and TLC NAND"', year: 2013 } as const;

/** One bit a cell to four; `nand` in the settings of an SSD puts a row in. Ranges of the source are taken at their middle. */
export const NAND: Readonly<Record<NandName, NandRow>> = {
  slc: { title: 'SLC', readUs: [25], programUs: [250], eraseMs: 1.75, endurance: 100_000, source: HP_NAND },
  mlc: { title: 'MLC', readUs: [50], programUs: [750], eraseMs: 3, endurance: 3000, source: HP_NAND },
  tlc: { title: 'TLC, planar', readUs: [75], programUs: [1125], eraseMs: 4.5, endurance: 1000, source: HP_NAND },
  'tlc-pages': {
    title: 'TLC by page type: lower, middle, upper',
    readUs: [56.5, 77.5, 106],
    programUs: [820, 2225, 5734],
    eraseMs: 3,
    endurance: 1000,
    source: FEMU,
  },
  'qlc-pages': {
    title: 'QLC by page type: lower to top',
    readUs: [59, 85, 127, 170],
    programUs: [862, 2448, 6881, 9174],
    eraseMs: 3,
    endurance: 1000,
    source: FEMU,
  },
};

const ISSCC = { title: '3D TLC read times from ISSCC 2018-21, collected by AnandTech 16491', year: 2021 } as const;

const ssdSata = {
  id: 'ssd-sata',
  kind: 'ssd',
  title: 'SATA SSD',
  summary: '4 channels x 8 dies, TLC, SATA 6 Gbit/s',
  year: 2021,
  sources: [
    {
      title:
        'Samsung 870 EVO: 4 KiB QD1 13k / 36k IOPS, QD32 98k / 88k, sequential 560 / 530 MB/s (specification quoted by reviews)',
      year: 2021,
    },
    ISSCC,
  ],
  channels: 4,
  chipsPerChannel: 8,
  diesPerChip: 1,
  planesPerDie: 2,
  chipBatches: false,
  pageBytes: 4096,
  pagesPerProgram: 8,
  pagesPerBlock: 256,
  blocks: 2048,
  programsPerErase: 256,
  overProvisioning: 0.09,
  gcPolicy: 'greedy',
  readUs: [50],
  programUs: [700],
  eraseMs: 3.5,
  endurance: 1000,
  channelMBs: 533,
  commandUs: 0.3,
  dataOutSetupUs: 0,
  interface: 'sata',
  queueDepth: 32,
  linkReadMBs: 560,
  linkWriteMBs: 530,
  readOverheadUs: 11.6,
  writeOverheadUs: 20,
  readControllerUs: 10.2,
  writeControllerUs: 11.3,
  writeBufferBytes: 16 * 2 ** 20,
  bufferMBs: 0,
  bufferSetupUs: 0,
  powerLossProtection: false,
  slcBytes: 0,
  slcProgramUs: 200,
  readAheadBytes: 512 * 1024,
  initialState: 'filled',
  readsUnwritten: false,
} as const satisfies SsdPreset;

const nvmeConsumer = {
  id: 'nvme-consumer',
  kind: 'ssd',
  title: 'NVMe SSD, consumer',
  summary: '8 channels x 8 dies, TLC with SLC buffer, PCIe 3 x4',
  year: 2019,
  sources: [
    {
      title:
        'Samsung 970 EVO Plus 1 TB: QD1 19k / 60k IOPS, 600k / 550k, 3500 / 3300 MB/s, 1700 after 42 GB (specification table)',
      year: 2019,
    },
    ISSCC,
  ],
  channels: 8,
  chipsPerChannel: 8,
  diesPerChip: 1,
  planesPerDie: 2,
  chipBatches: false,
  pageBytes: 4096,
  pagesPerProgram: 8,
  pagesPerBlock: 256,
  blocks: 2048,
  programsPerErase: 256,
  overProvisioning: 0.09,
  gcPolicy: 'greedy',
  readUs: [40],
  programUs: [1180],
  eraseMs: 3.5,
  endurance: 1000,
  channelMBs: 667,
  commandUs: 0.3,
  dataOutSetupUs: 0,
  interface: 'nvme',
  queueDepth: 65_535,
  linkReadMBs: 3500,
  linkWriteMBs: 3300,
  readOverheadUs: 5.0,
  writeOverheadUs: 15.4,
  readControllerUs: 1.6,
  writeControllerUs: 1.8,
  writeBufferBytes: 64 * 2 ** 20,
  bufferMBs: 0,
  bufferSetupUs: 0,
  powerLossProtection: false,
  slcBytes: 42e9,
  slcProgramUs: 250,
  readAheadBytes: 1024 * 1024,
  initialState: 'filled',
  readsUnwritten: false,
} as const satisfies SsdPreset;

const nvmeEnterprise = {
  id: 'nvme-enterprise',
  kind: 'ssd',
  title: 'NVMe SSD, enterprise',
  summary: '8 channels x 4 chips x 2 dies, TLC, power-loss protection, PCIe 3 x4',
  year: 2017,
  sources: [
    {
      title:
        'Intel P4500 2 TB: read 85 us, 490k IOPS; write 20 us, 38k IOPS steady; 3.2 / 1.05 GB/s (Lenovo product guide)',
      year: 2017,
    },
    { title: 'HP white paper "SLC, MLC and TLC NAND": planar TLC tR 75 us, tPROG 900-1350 us', year: 2013 },
    FEMU,
  ],
  channels: 8,
  chipsPerChannel: 4,
  diesPerChip: 2,
  planesPerDie: 1,
  chipBatches: false,
  pageBytes: 4096,
  pagesPerProgram: 4,
  pagesPerBlock: 256,
  blocks: 2048,
  programsPerErase: 512,
  overProvisioning: 0.102,
  gcPolicy: 'greedy',
  readUs: [65],
  programUs: [960],
  eraseMs: 4.5,
  endurance: 3000,
  channelMBs: 667,
  commandUs: 0.3,
  dataOutSetupUs: 0,
  interface: 'nvme',
  queueDepth: 65_535,
  linkReadMBs: 3200,
  linkWriteMBs: 3200,
  readOverheadUs: 12.2,
  writeOverheadUs: 18.7,
  readControllerUs: 2.0,
  writeControllerUs: 2.0,
  writeBufferBytes: 16 * 2 ** 20,
  bufferMBs: 0,
  bufferSetupUs: 0,
  powerLossProtection: true,
  slcBytes: 0,
  slcProgramUs: 200,
  readAheadBytes: 1024 * 1024,
  initialState: 'filled',
  readsUnwritten: false,
} as const satisfies SsdPreset;

const mqsimDefault = {
  id: 'mqsim-default',
  kind: 'ssd',
  title: 'MQSim default',
  summary: '8 channels x 4 chips x 2 dies x 2 planes, tR 75 us, tPROG 750 us',
  year: 2018,
  sources: [
    {
      title:
        'MQSim (Tavakkol et al., FAST 2018): ssdconfig.xml as of 2022, ONFI_Channel_NVDDR2.h, PCIe_Link.h, Data_Cache_Manager_Base.h',
      year: 2022,
      url: 'https://github.com/CMU-SAFARI/MQSim',
    },
  ],
  channels: 8,
  chipsPerChannel: 4,
  diesPerChip: 2,
  planesPerDie: 2,
  chipBatches: true,
  pageBytes: 8192,
  pagesPerProgram: 1,
  pagesPerBlock: 256,
  blocks: 4096,
  programsPerErase: 256,
  overProvisioning: 0.07,
  gcPolicy: 'greedy',
  readUs: [75],
  programUs: [750],
  eraseMs: 3.8,
  endurance: 10_000,
  // Two bytes every 6 ns.
  channelMBs: 1000 / 3,
  // tCS 20 + 6 tWC 25 + tWB 100 + tRR 20 ns.
  commandUs: 0.29,
  dataOutSetupUs: 0.03,
  interface: 'nvme',
  queueDepth: 65_535,
  // 4 GB/s less the 28 bytes around each 128 of payload.
  linkReadMBs: (4000 * 128) / 156,
  linkWriteMBs: (4000 * 128) / 156,
  // Doorbell 8, fetch request 8, entry 23, completion 11 ns; a write asks for its data with 8 more.
  readOverheadUs: 0.05,
  writeOverheadUs: 0.058,
  readControllerUs: 0,
  writeControllerUs: 0,
  // What may be on its way from the cache to the flash: a page for each plane.
  writeBufferBytes: 2 ** 20,
  // Data_Cache_DRAM_Data_Rate 100, burst of 1 byte, two a clock; tRCD + tCL. Slow on purpose or not, it is most of a write.
  bufferMBs: 200,
  bufferSetupUs: 0.026,
  powerLossProtection: false,
  slcBytes: 0,
  slcProgramUs: 200,
  readAheadBytes: 0,
  // Enabled_Preconditioning is false, and a read of an unwritten page makes its mapping on the way.
  initialState: 'empty',
  readsUnwritten: true,
} as const satisfies SsdPreset;

export const SSD_PRESETS: readonly SsdPreset[] = [ssdSata, nvmeConsumer, nvmeEnterprise, mqsimDefault];
