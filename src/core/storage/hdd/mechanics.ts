/**
 * The moving parts: one arm over a spinning stack. Where the head is, how long until a block passes under it, and how a long
 * transfer runs over the ends of tracks. The angle is that of the platter at the time (time modulo one revolution), never an
 * average.
 */
import type { HddPreset } from '../../presets/hdd';
import type { Geometry, Place } from './geometry';
import { seekTable } from './seek';

/** An angle that is missed by less than this is met: sums of rounded sector times may be off by some picoseconds. */
const MEET_PS = 1000;

export class Mechanics {
  readonly periodPs: number;
  cylinder = 0;
  head = 0;
  // Results of the last `access`, kept as fields so that nothing is allocated per request.
  seekPs = 0;
  rotationPs = 0;
  transferPs = 0;
  distance = 0;
  private readonly seeks: Float64Array;
  private readonly headSwitchPs: number;
  private readonly settlePs: number;
  private readonly place: Place = { cylinder: 0, head: 0, sector: 0, sectorsPerTrack: 1, turn: 0 };

  constructor(
    preset: HddPreset,
    private readonly geometry: Geometry,
  ) {
    this.seeks = seekTable(preset.seek, preset.cylinders);
    this.periodPs = Math.round(60e12 / preset.rpm);
    this.headSwitchPs = Math.round(preset.headSwitchMs * 1e9);
    this.settlePs = Math.round(preset.writeSettleMs * 1e9);
  }

  /** Time from `nowPs` until the angle `turn` is under the head. */
  rotationTo(turn: number, nowPs: number): number {
    const { periodPs } = this;
    const wait = Math.round(turn * periodPs) - (nowPs % periodPs);
    const positive = wait < 0 ? wait + periodPs : wait;
    return positive > periodPs - MEET_PS ? 0 : positive;
  }

  /** Moves the arm to `lba` and transfers `count` sectors from `startPs` on; returns when the last has passed. */
  access(lba: number, count: number, startPs: number, write: boolean, notBeforePs = 0): number {
    const place = this.geometry.locate(lba, this.place);
    this.distance = Math.abs(place.cylinder - this.cylinder);
    this.seekPs = this.moveTo(place.cylinder, place.head, write);
    const onTrackPs = Math.max(startPs + this.seekPs, notBeforePs);
    this.rotationPs = this.rotationTo(place.turn, onTrackPs);
    const firstPs = onTrackPs + this.rotationPs;
    const endPs = this.run(lba, count, firstPs);
    this.transferPs = endPs - firstPs;
    return endPs;
  }

  /** Seek and rotation to `lba` if the arm started at `startPs`; moves nothing. */
  positioningPs(lba: number, startPs: number, write: boolean): number {
    const place = this.geometry.locate(lba, this.place);
    const seek = this.moveCost(place.cylinder, place.head, write);
    return seek + this.rotationTo(place.turn, startPs + seek);
  }

  /**
   * Transfers from a block that is just arriving under the head; follows tracks and cylinders. Returns the end. The skew is made
   * for the switch of a write, so settling costs nothing more here.
   */
  run(lba: number, count: number, nowPs: number): number {
    let at = lba;
    let left = count;
    let time = nowPs;
    const place = this.geometry.locate(at, this.place);
    for (;;) {
      const here = Math.min(left, place.sectorsPerTrack - place.sector);
      time += Math.round((here * this.periodPs) / place.sectorsPerTrack);
      left -= here;
      if (left === 0) return time;
      at += here;
      this.geometry.locate(at, place);
      time += this.moveTo(place.cylinder, place.head, false);
      time += this.rotationTo(place.turn, time);
    }
  }

  /** Sectors that pass between `fromPs` and `untilPs`, beginning at `lba` under the head, at most `limit`. */
  progress(lba: number, fromPs: number, untilPs: number, limit: number): number {
    let at = lba;
    let time = fromPs;
    const place = this.geometry.locate(at, this.place);
    let cylinder = place.cylinder;
    let head = place.head;
    for (;;) {
      const here = Math.min(lba + limit - at, place.sectorsPerTrack - place.sector);
      const sectorPs = this.periodPs / place.sectorsPerTrack;
      if (time + Math.round(here * sectorPs) > untilPs)
        return at - lba + Math.max(0, Math.floor((untilPs - time) / sectorPs));
      at += here;
      time += Math.round(here * sectorPs);
      if (at >= lba + limit) return limit;
      this.geometry.locate(at, place);
      time += this.cost(Math.abs(place.cylinder - cylinder), place.head !== head, false);
      time += this.rotationTo(place.turn, time);
      cylinder = place.cylinder;
      head = place.head;
      if (time > untilPs) return at - lba;
    }
  }

  /** Puts the arm over a block without taking time (it has followed a read-ahead there). */
  follow(lba: number): void {
    const place = this.geometry.locate(lba, this.place);
    this.cylinder = place.cylinder;
    this.head = place.head;
  }

  private moveTo(cylinder: number, head: number, write: boolean): number {
    const cost = this.moveCost(cylinder, head, write);
    this.cylinder = cylinder;
    this.head = head;
    return cost;
  }

  private moveCost(cylinder: number, head: number, write: boolean): number {
    return this.cost(Math.abs(cylinder - this.cylinder), head !== this.head, write);
  }

  private cost(distance: number, switches: boolean, write: boolean): number {
    let cost = this.seeks[distance] as number;
    if (switches && cost < this.headSwitchPs) cost = this.headSwitchPs;
    return write && cost > 0 ? cost + this.settlePs : cost;
  }
}
