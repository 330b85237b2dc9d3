/**
 * Disks with a figure for everything that moves. The three drives of 1997 to 1999 are those that DiskSim was validated against;
 * their geometry, skews, overheads and seek curves come from its parameter files (Cheetah and Atlas: the points that were
 * measured, outliers included; Barracuda: a curve fitted to them). The later two come from their makers' manuals: average
 * seek, revolution, rates and overheads are published, the shape of the seek curve between the published points is the usual
 * square root and line (Ruemmler and Wilkes 1994).
 */
import type { PresetBase } from './source';

export type SchedulerName = 'fcfs' | 'sstf' | 'scan' | 'c-look' | 'sptf';

/** Either the points that were measured, or a curve through what a maker publishes; d in cylinders, times in ms. */
export type SeekCurve = MeasuredSeek | FittedSeek;

/** [distance, ms], rising in distance and beginning at 1; linear between them and beyond the last, as in DiskSim. */
export interface MeasuredSeek {
  readonly points: readonly (readonly [number, number])[];
}

/** a + b sqrt(d) below the knee, c + e d from there on. */
export interface FittedSeek {
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
  // prettier-ignore
  seek: {
    points: [
      [1, 0.831], [2, 1.003], [3, 1.089], [4, 1.092], [5, 1.268], [6, 1.263], [7, 1.271], [8, 1.439], [9, 1.433],
      [10, 1.448], [12, 1.449], [14, 1.447], [16, 1.453], [18, 1.533], [20, 1.534], [25, 1.625], [30, 1.624],
      [35, 1.712], [40, 1.715], [45, 1.765], [50, 1.804], [60, 1.893], [70, 1.945], [80, 1.983], [90, 2.072],
      [100, 2.145], [125, 2.161], [150, 2.259], [175, 2.51], [200, 2.517], [225, 2.519], [250, 2.607], [275, 2.701],
      [300, 2.699], [325, 2.841], [350, 2.874], [375, 2.962], [400, 3.051], [425, 3.014], [450, 3.104], [475, 3.098],
      [500, 3.23], [600, 3.399], [700, 3.638], [800, 3.823], [900, 3.995], [1000, 4.118], [1100, 4.271],
      [1200, 4.397], [1300, 4.427], [1400, 4.573], [1500, 4.757], [1600, 4.833], [1700, 4.93], [1800, 4.993],
      [1900, 5.19], [2000, 5.282], [2100, 5.428], [2200, 5.541], [2300, 5.624], [2400, 5.726], [2500, 5.815],
      [2600, 5.963], [2700, 6.082], [2800, 6.163], [2900, 6.245], [3000, 6.345], [3100, 6.423], [3200, 6.665],
      [3300, 6.737], [3400, 6.847], [3500, 6.887], [3600, 6.977], [3700, 7.068], [3800, 7.164], [3900, 7.328],
      [4000, 7.419], [4100, 7.507], [4200, 7.649], [4300, 7.691], [4400, 7.831], [4500, 7.959], [4600, 8.087],
      [4700, 8.135], [4800, 8.223], [4900, 8.311], [5000, 8.492], [5100, 8.626], [5200, 8.659], [5300, 8.805],
      [5400, 8.987], [5500, 8.962], [5600, 9.106], [5700, 9.201], [5800, 9.296], [5900, 9.524], [6000, 9.698],
      [6100, 9.702], [6200, 9.83], [6300, 9.878], [6400, 10.009], [6500, 10.147], [6600, 10.23], [6700, 10.363],
      [6800, 10.54], [6894, 10.627],
    ],
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
  // prettier-ignore
  seek: {
    points: [
      [1, 1.245], [2, 1.157], [3, 1.163], [4, 1.378], [5, 1.355], [6, 1.437], [7, 1.494], [8, 1.645], [9, 1.506],
      [10, 1.531], [12, 1.515], [14, 1.535], [16, 1.547], [18, 1.576], [20, 1.62], [25, 1.628], [30, 1.698],
      [35, 1.804], [40, 1.929], [45, 2.051], [50, 1.863], [60, 2.313], [70, 1.927], [80, 2.42], [90, 1.97],
      [100, 2.011], [125, 2.083], [150, 2.531], [175, 2.38], [200, 2.651], [225, 2.785], [250, 2.858], [275, 2.843],
      [300, 2.93], [325, 2.992], [350, 2.987], [375, 3.047], [400, 3.146], [425, 3.065], [450, 3.159], [475, 3.298],
      [500, 3.208], [600, 3.097], [700, 3.263], [800, 3.321], [900, 3.516], [1000, 3.82], [1100, 3.892],
      [1200, 3.825], [1300, 3.92], [1400, 5.225], [1500, 4.198], [1600, 4.513], [1700, 4.305], [1800, 4.426],
      [1900, 4.802], [2000, 4.842], [2100, 4.975], [2200, 5.013], [2300, 5.162], [2400, 4.891], [2500, 5.224],
      [2600, 5.395], [2700, 5.158], [2800, 5.218], [2900, 5.32], [3000, 5.643], [3100, 5.468], [3200, 5.465],
      [3300, 5.63], [3400, 5.664], [3500, 5.703], [3600, 5.809], [3700, 5.862], [3800, 6.059], [3900, 6.2],
      [4000, 6.226], [4100, 6.313], [4200, 6.415], [4300, 6.255], [4400, 6.357], [4500, 6.405], [4600, 6.486],
      [4700, 9.463], [4800, 6.714], [4900, 6.816], [5000, 6.814], [5100, 7.239], [5200, 7.306], [5300, 7.025],
      [5400, 7.103], [5500, 7.257], [5600, 7.221], [5700, 7.332], [5800, 7.377], [5900, 7.443], [6000, 7.525],
      [6100, 7.61], [6200, 7.706], [6300, 7.744], [6400, 7.806], [6500, 7.892], [6600, 7.992], [6700, 8.079],
      [6800, 8.078], [6900, 8.17], [7000, 8.205], [7100, 8.359], [7200, 8.686], [7300, 8.778], [7400, 8.539],
      [7500, 8.551], [7600, 8.999], [7700, 8.714], [7800, 9.192], [7900, 8.852], [8000, 8.951], [8100, 9.058],
      [8200, 9.117], [8300, 9.137], [8400, 9.213], [8500, 9.337], [8600, 9.433], [8700, 9.542], [8800, 9.494],
      [8900, 9.65], [9000, 10.114], [9100, 10.092], [9200, 9.807], [9300, 9.911], [9400, 10.234], [9500, 10.499],
      [9600, 10.16], [9700, 10.664], [9800, 10.694], [9900, 10.854], [10000, 10.464], [10021, 10.828],
    ],
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
