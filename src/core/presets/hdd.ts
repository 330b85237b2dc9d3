/**
 * Disks with a figure for everything that moves. The three drives of 1997 to 1999 are those that DiskSim was validated against;
 * their geometry, skews, overheads and measured seek curves come from its parameter files. The later two come from their
 * makers' manuals: average seek, revolution, rates and overheads are published, the shape of the seek curve between the
 * published points is the usual square root and line (Ruemmler and Wilkes 1994).
 */
import type { PresetBase } from './source';

export type SchedulerName = 'fcfs' | 'sstf' | 'scan' | 'c-look' | 'sptf';

/** a + b sqrt(d) below the knee, c + e d from there on; d in cylinders, times in ms. */
export interface SeekCurve {
  readonly singleMs: number;
  readonly knee: number;
  readonly rootOffsetMs: number;
  readonly rootFactorMs: number;
  readonly lineOffsetMs: number;
  readonly lineFactorMs: number;
}

export interface HddZone {
  readonly firstCylinder: number;
  readonly lastCylinder: number;
  readonly sectorsPerTrack: number;
  /** Sectors by which the next track of the cylinder starts later. */
  readonly trackSkewSectors: number;
  /** The same for the first track of the next cylinder. */
  readonly cylinderSkewSectors: number;
  /** Sectors at the end of the zone that replace bad ones and hold no block. */
  readonly spareSectors: number;
}

export interface HddPreset extends PresetBase {
  readonly kind: 'hdd';
  readonly rpm: number;
  readonly surfaces: number;
  readonly cylinders: number;
  readonly zones: readonly HddZone[];
  /** Blocks that the drive offers, where it offers fewer than its zones hold. */
  readonly blockCount?: number;
  readonly seek: SeekCurve;
  readonly headSwitchMs: number;
  /** A write needs the head to be steadier than a read does. */
  readonly writeSettleMs: number;
  /** Controller time before the arm moves, or before the buffer answers. */
  readonly readMissOverheadMs: number;
  readonly readHitOverheadMs: number;
  readonly writeMissOverheadMs: number;
  readonly writeHitOverheadMs: number;
  /** Host link, per 512-byte sector. */
  readonly linkUsPerSector: number;
  readonly bufferSegments: number;
  readonly segmentSectors: number;
  /** Sectors read on after a request, 0 for none. */
  readonly readAheadSectors: number;
  readonly writeCache: boolean;
  readonly writeCacheSectors: number;
  readonly scheduler: SchedulerName;
  /** Commands that the drive itself can hold; informative, the host queue is in front of it. */
  readonly queueDepth: number;
}

const DISKSIM = {
  title: 'DiskSim 4.0, valid/: drive parameters extracted by DIXtrac',
  year: 2008,
  url: 'https://www.pdl.cmu.edu/DiskSim/',
} as const;

/** Zone rows: first and last cylinder, sectors a track, track skew, cylinder skew, spares. */
type ZoneRow = readonly [number, number, number, number, number, number];
const zonesOf = (rows: readonly ZoneRow[]): HddZone[] =>
  rows.map(([firstCylinder, lastCylinder, sectorsPerTrack, trackSkewSectors, cylinderSkewSectors, spareSectors]) => ({
    firstCylinder,
    lastCylinder,
    sectorsPerTrack,
    trackSkewSectors,
    cylinderSkewSectors,
    spareSectors,
  }));

const cheetah9lp = {
  id: 'cheetah-9lp',
  kind: 'hdd',
  title: 'Seagate Cheetah 9LP',
  summary: '9 GB, 10045 rpm, 12 surfaces, 11 zones',
  year: 1998,
  sources: [DISKSIM],
  rpm: 10045,
  surfaces: 12,
  cylinders: 6962,
  blockCount: 17_783_240,
  zones: zonesOf([
    [0, 846, 254, 97, 133, 1270],
    [848, 1643, 245, 97, 133, 980],
    [1645, 2392, 238, 97, 117, 952],
    [2394, 3096, 227, 97, 116, 908],
    [3098, 3757, 217, 97, 108, 651],
    [3759, 4379, 209, 97, 108, 627],
    [4381, 4964, 201, 97, 108, 402],
    [4966, 5515, 189, 88, 94, 2268],
    [5516, 6031, 181, 88, 93, 1991],
    [6032, 6517, 174, 88, 93, 1914],
    [6518, 6961, 167, 88, 80, 218],
  ]),
  seek: {
    singleMs: 0.831,
    knee: 1100,
    rootOffsetMs: 1.063,
    rootFactorMs: 0.0978,
    lineOffsetMs: 3.108,
    lineFactorMs: 0.00108,
  },
  headSwitchMs: 0.03,
  writeSettleMs: 0.461,
  readMissOverheadMs: 0.28362,
  readHitOverheadMs: 0.066,
  writeMissOverheadMs: 0.8964,
  writeHitOverheadMs: 0.5,
  linkUsPerSector: 105,
  bufferSegments: 3,
  segmentSectors: 561,
  readAheadSectors: 561,
  writeCache: false,
  writeCacheSectors: 561,
  scheduler: 'fcfs',
  queueDepth: 1,
} as const satisfies HddPreset;

const atlas10k = {
  id: 'atlas-10k',
  kind: 'hdd',
  title: 'Quantum Atlas 10K',
  summary: '9 GB, 10025 rpm, 6 surfaces, 24 zones',
  year: 1999,
  sources: [DISKSIM],
  rpm: 10025,
  surfaces: 6,
  cylinders: 10042,
  blockCount: 17_938_986,
  zones: zonesOf([
    [0, 432, 334, 63, 113, 89],
    [433, 848, 334, 63, 113, 84],
    [849, 1264, 334, 63, 113, 87],
    [1265, 1688, 324, 63, 101, 85],
    [1689, 2104, 324, 63, 101, 84],
    [2105, 2520, 324, 63, 101, 85],
    [2521, 2936, 324, 62, 101, 84],
    [2937, 3360, 324, 61, 98, 92],
    [3361, 3776, 324, 61, 98, 87],
    [3777, 4192, 324, 61, 98, 85],
    [4193, 4608, 324, 61, 98, 85],
    [4609, 5032, 306, 58, 98, 79],
    [5033, 5448, 306, 58, 98, 89],
    [5449, 5864, 302, 57, 92, 88],
    [5865, 6280, 293, 56, 91, 73],
    [6281, 6704, 288, 55, 91, 85],
    [6705, 7120, 288, 55, 88, 72],
    [7121, 7536, 280, 54, 88, 77],
    [7537, 7952, 270, 51, 87, 66],
    [7953, 8376, 262, 51, 83, 66],
    [8377, 8792, 255, 48, 83, 66],
    [8793, 9208, 246, 47, 75, 60],
    [9209, 9624, 237, 45, 75, 60],
    [9625, 10041, 229, 44, 75, 229],
  ]),
  seek: {
    singleMs: 1.245,
    knee: 1500,
    rootOffsetMs: 1.293,
    rootFactorMs: 0.0838,
    lineOffsetMs: 3.295,
    lineFactorMs: 0.000727,
  },
  headSwitchMs: 0.176,
  writeSettleMs: 0.487,
  readMissOverheadMs: 0,
  readHitOverheadMs: 0.184,
  writeMissOverheadMs: 0.49673,
  writeHitOverheadMs: 0.189,
  linkUsPerSector: 99,
  bufferSegments: 10,
  segmentSectors: 374,
  readAheadSectors: 354,
  writeCache: false,
  writeCacheSectors: 374,
  scheduler: 'fcfs',
  queueDepth: 1,
} as const satisfies HddPreset;

const barracuda = {
  id: 'barracuda',
  kind: 'hdd',
  title: 'Seagate Barracuda 4LP',
  summary: '2 GB, 7200 rpm, 5 surfaces, 11 zones',
  year: 1997,
  sources: [DISKSIM],
  rpm: 7200,
  surfaces: 5,
  cylinders: 5172,
  blockCount: 4_110_000,
  zones: zonesOf([
    [0, 1127, 186, 37, 52, 88],
    [1129, 2352, 185, 37, 52, 88],
    [2354, 2761, 177, 35, 49, 88],
    [2763, 3098, 170, 34, 47, 88],
    [3100, 3387, 163, 32, 46, 88],
    [3389, 3700, 157, 31, 44, 88],
    [3702, 4013, 148, 29, 41, 88],
    [4015, 4326, 141, 28, 39, 88],
    [4328, 4615, 135, 27, 38, 88],
    [4617, 4928, 126, 25, 35, 88],
    [4930, 5171, 119, 23, 33, 88],
  ]),
  seek: {
    singleMs: 1.943,
    knee: 1300,
    rootOffsetMs: 2.015,
    rootFactorMs: 0.1944,
    lineOffsetMs: 5.975,
    lineFactorMs: 0.002146,
  },
  headSwitchMs: 0.1,
  writeSettleMs: 0,
  readMissOverheadMs: 0.61307,
  readHitOverheadMs: 0.082,
  writeMissOverheadMs: 0.8156,
  writeHitOverheadMs: 0.9291,
  linkUsPerSector: 134,
  bufferSegments: 3,
  segmentSectors: 281,
  readAheadSectors: 281,
  writeCache: false,
  writeCacheSectors: 281,
  scheduler: 'fcfs',
  queueDepth: 1,
} as const satisfies HddPreset;

/** Bands of equal width whose track length falls evenly from the outer to the inner edge; skews hide the switch times. */
function evenZones(
  bands: number,
  cylinders: number,
  outerSectors: number,
  innerSectors: number,
  trackSkew: number,
  cylinderSkew: number,
): HddZone[] {
  return Array.from({ length: bands }, (_, i) => {
    const sectorsPerTrack = Math.round(outerSectors + ((innerSectors - outerSectors) * i) / (bands - 1));
    return {
      firstCylinder: Math.round((cylinders * i) / bands),
      lastCylinder: Math.round((cylinders * (i + 1)) / bands) - 1,
      sectorsPerTrack,
      trackSkewSectors: Math.ceil(sectorsPerTrack * trackSkew),
      cylinderSkewSectors: Math.ceil(sectorsPerTrack * cylinderSkew),
      spareSectors: 0,
    };
  });
}

const hdd7200 = {
  id: 'hdd-7200',
  kind: 'hdd',
  title: '7200 rpm disk',
  summary: '1 TB, SATA, 4 surfaces, 24 zones',
  year: 2010,
  sources: [
    {
      title: 'Hitachi Deskstar 7K1000.C hard disk drive specification: average seek 8.5 ms read, 9.5 ms write',
      year: 2010,
    },
    {
      title: 'HGST Ultrastar 7K4000 hard disk drive specification: average seek 8.2 ms, full stroke about twice',
      year: 2012,
    },
  ],
  rpm: 7200,
  surfaces: 4,
  cylinders: 265_000,
  // Track length from the rate of 160 MB/s at the outer edge, half of it at the inner; 1.0 and 1.2 ms to switch.
  zones: evenZones(24, 265_000, 2600, 1300, 0.12, 0.144),
  // Through 1.2 ms for the next cylinder, 8.5 ms on average and 17 ms for the whole stroke.
  seek: {
    singleMs: 1.2,
    knee: 66_250,
    rootOffsetMs: 1.2,
    rootFactorMs: 0.0255996,
    lineOffsetMs: 4.718795,
    lineFactorMs: 4.634417e-5,
  },
  headSwitchMs: 1.0,
  writeSettleMs: 1.0,
  readMissOverheadMs: 0.1,
  readHitOverheadMs: 0.05,
  writeMissOverheadMs: 0.1,
  writeHitOverheadMs: 0.05,
  linkUsPerSector: 512 / 300,
  bufferSegments: 16,
  segmentSectors: 2048,
  readAheadSectors: 2048,
  writeCache: true,
  writeCacheSectors: 32_768,
  scheduler: 'fcfs',
  queueDepth: 32,
} as const satisfies HddPreset;

const hdd15k = {
  id: 'hdd-15k',
  kind: 'hdd',
  title: '15,000 rpm disk',
  summary: '600 GB class, SAS, 8 surfaces, 16 zones',
  year: 2008,
  sources: [
    {
      title: 'Hitachi Ultrastar 15K450 hard disk drive specification: average seek 3.3 ms read, 3.8 ms write',
      year: 2008,
    },
    {
      title: 'HGST Ultrastar C15K600 hard disk drive specification: average seek 2.9 ms read, 3.1 ms write',
      year: 2016,
    },
  ],
  rpm: 15000,
  surfaces: 8,
  cylinders: 90_000,
  zones: evenZones(16, 90_000, 1250, 850, 0.125, 0.175),
  // Through 0.45 ms for the next cylinder, 3.3 ms on average and 6.6 ms for the whole stroke.
  seek: {
    singleMs: 0.45,
    knee: 22_500,
    rootOffsetMs: 0.45,
    rootFactorMs: 0.0171848,
    lineOffsetMs: 1.836954,
    lineFactorMs: 5.292273e-5,
  },
  headSwitchMs: 0.4,
  writeSettleMs: 0.5,
  readMissOverheadMs: 0.05,
  readHitOverheadMs: 0.03,
  writeMissOverheadMs: 0.05,
  writeHitOverheadMs: 0.03,
  linkUsPerSector: 512 / 600,
  bufferSegments: 16,
  segmentSectors: 1024,
  readAheadSectors: 1024,
  writeCache: false,
  writeCacheSectors: 32_768,
  scheduler: 'fcfs',
  queueDepth: 128,
} as const satisfies HddPreset;

export const HDD_PRESETS: readonly HddPreset[] = [cheetah9lp, atlas10k, barracuda, hdd7200, hdd15k];
