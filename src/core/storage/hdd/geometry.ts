/**
 * From block number to cylinder, head and angle on a disk with zones, spares and skew.
 *
 * Blocks run along a track, then over the surfaces of the cylinder, then inwards (DiskSim's mapping 0). The first block of each
 * next track is turned on by the track skew, that of each next cylinder by the cylinder skew, so that a sequential read finds it
 * just when the head has settled. Angles are turns in [0, 1); the reference is the DiskSim 4.0 manual, layout model G1.
 */
import type { HddPreset } from '../../presets/hdd';
import { err, ok, type Result } from '../../base/result';

export interface Place {
  cylinder: number;
  head: number;
  sector: number;
  sectorsPerTrack: number;
  /** Angle at which the sector begins, in turns. */
  turn: number;
}

interface Zone {
  readonly firstLba: number;
  readonly endLba: number;
  readonly firstCylinder: number;
  readonly sectorsPerTrack: number;
  readonly trackSkew: number;
  readonly cylinderSkew: number;
}

export class Geometry {
  readonly capacitySectors: number;
  private readonly zones: Zone[] = [];
  private last: Zone;

  constructor(private readonly preset: HddPreset) {
    let lba = 0;
    for (const z of preset.zones) {
      const sectors = (z.lastCylinder - z.firstCylinder + 1) * preset.surfaces * z.sectorsPerTrack - z.spareSectors;
      this.zones.push({
        firstLba: lba,
        endLba: lba + sectors,
        firstCylinder: z.firstCylinder,
        sectorsPerTrack: z.sectorsPerTrack,
        trackSkew: z.trackSkewSectors,
        cylinderSkew: z.cylinderSkewSectors,
      });
      lba += sectors;
    }
    this.last = this.zones[0] as Zone;
    this.capacitySectors = Math.min(lba, preset.blockCount ?? lba);
  }

  /** Fills `out` with the place of a block that lies on the disk. */
  locate(lba: number, out: Place): Place {
    const zone = this.zoneOf(lba);
    const { surfaces } = this.preset;
    const { sectorsPerTrack } = zone;
    const offset = lba - zone.firstLba;
    const track = Math.floor(offset / sectorsPerTrack);
    const cylinder = Math.floor(track / surfaces);
    const head = track - cylinder * surfaces;
    const sector = offset - track * sectorsPerTrack;
    const skew = (head + (surfaces - 1) * cylinder) * zone.trackSkew + cylinder * zone.cylinderSkew;
    out.cylinder = zone.firstCylinder + cylinder;
    out.head = head;
    out.sector = sector;
    out.sectorsPerTrack = sectorsPerTrack;
    out.turn = ((skew + sector) % sectorsPerTrack) / sectorsPerTrack;
    return out;
  }

  cylinderOf(lba: number): number {
    const zone = this.zoneOf(lba);
    return zone.firstCylinder + Math.floor((lba - zone.firstLba) / (zone.sectorsPerTrack * this.preset.surfaces));
  }

  private zoneOf(lba: number): Zone {
    let zone = this.last;
    if (lba >= zone.firstLba && lba < zone.endLba) return zone;
    let low = 0;
    let high = this.zones.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.zones[middle] as Zone).firstLba <= lba) low = middle;
      else high = middle - 1;
    }
    zone = this.zones[low] as Zone;
    this.last = zone;
    return zone;
  }
}

/** A geometry that cannot exist is refused with the place of the mistake. */
export function checkGeometry(preset: HddPreset): Result<HddPreset> {
  const { surfaces, cylinders, zones, rpm } = preset;
  if (!(rpm > 0)) return err(`rpm must be above 0, not ${rpm}`);
  if (!Number.isInteger(surfaces) || surfaces < 1)
    return err(`surfaces must be a whole number above 0, not ${surfaces}`);
  if (!Number.isInteger(cylinders) || cylinders < 1)
    return err(`cylinders must be a whole number above 0, not ${cylinders}`);
  if (zones.length === 0) return err('a disk has at least one zone');
  let next = 0;
  for (const [index, zone] of zones.entries()) {
    const name = `zone ${index + 1}`;
    if (zone.firstCylinder < next) return err(`${name} begins at cylinder ${zone.firstCylinder}, inside zone ${index}`);
    if (zone.lastCylinder < zone.firstCylinder)
      return err(`${name} ends at cylinder ${zone.lastCylinder}, before it begins (${zone.firstCylinder})`);
    if (zone.lastCylinder >= cylinders)
      return err(`${name} ends at cylinder ${zone.lastCylinder}, but the disk has cylinders 0 to ${cylinders - 1}`);
    if (!Number.isInteger(zone.sectorsPerTrack) || zone.sectorsPerTrack < 1)
      return err(`${name} must have at least 1 sector a track, not ${zone.sectorsPerTrack}`);
    const sectors = (zone.lastCylinder - zone.firstCylinder + 1) * surfaces * zone.sectorsPerTrack;
    if (zone.spareSectors < 0 || zone.spareSectors >= sectors)
      return err(`${name} has ${sectors} sectors and cannot spare ${zone.spareSectors}`);
    next = zone.lastCylinder + 1;
  }
  return ok(preset);
}
