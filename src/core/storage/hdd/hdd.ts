/**
 * A disk: one arm, one command at a time, a track buffer with read-ahead and, where the preset has one, a write cache.
 *
 * A read that misses the buffer costs overhead + seek + rotation + transfer at the zone's rate, and the link as far as it is
 * slower than the medium; the host's data may flow as soon as the first sector is in (DiskSim's watermark of one sector). A
 * cached write is done when its data have arrived; the arm writes dirty extents when nobody else wants it, upwards by block
 * number. References: DiskSim 4.0 reference manual; Ruemmler and Wilkes 1994.
 */
import { assert } from '../../base/assert';
import type { HddPreset } from '../../presets/hdd';
import {
  OP,
  PART,
  SECTOR_BYTES,
  type Activity,
  type DeviceFacts,
  type RequestTable,
  type StorageDevice,
} from '../device';
import { EventQueue } from '../event-queue';
import { DirtyExtents } from './dirty';
import { Geometry } from './geometry';
import { Mechanics } from './mechanics';
import { ReadBuffer, type ReadBufferState } from './read-buffer';
import { SCHEDULERS, type ArmView, type Scheduler } from './schedulers';

const EVENT_DONE = 0;
const EVENT_DESTAGED = 1;
/** A destage is cut into pieces of at most this, so that a read never waits for megabytes. */
const DESTAGE_SECTORS = 2048;
const NONE = -1;

const COUNTERS = [
  'reads',
  'writes',
  'sectorsRead',
  'sectorsWritten',
  'armMoves',
  'armCylinders',
  'bufferHits',
  'cachedWrites',
  'destages',
  'sectorsDestaged',
] as const;
type Counter = (typeof COUNTERS)[number];

interface HddSnapshot {
  readonly events: readonly number[];
  readonly arm: readonly number[];
  readonly waiting: readonly number[];
  readonly dirty: readonly (readonly [number, number])[];
  readonly buffer: ReadBufferState;
  readonly counters: Readonly<Record<Counter, number>>;
}

export interface HddOptions {
  readonly requests: RequestTable;
}

export class HddModel implements StorageDevice, ArmView {
  readonly kind = 'hdd';
  readonly sectorBytes = SECTOR_BYTES;
  readonly capacitySectors: number;
  readonly requests: RequestTable;
  readonly unitNames = ['arm'];
  readonly finished: number[] = [];
  direction = 1;
  nextLba = 0;

  private readonly events = new EventQueue();
  private readonly geometry: Geometry;
  private readonly mechanics: Mechanics;
  private readonly buffer: ReadBuffer;
  private readonly dirty = new DirtyExtents();
  private readonly choose: Scheduler;
  private readonly cylinderBySlot: Float64Array;
  private readonly waiting: number[] = [];
  /** The command in service. */
  private current = NONE;
  /** The extent that the arm is writing out, and until when. */
  private destageLba = NONE;
  private destageCount = 0;
  /** Where the sweep of destages goes on. */
  private destageCursor = 0;
  private armFreePs = 0;
  /** Part that the arm is busy with, for drawing: boundaries of the last access. */
  private seekEndPs = 0;
  private rotationEndPs = 0;
  private nowPs = 0;
  private counters = zeroCounters();

  constructor(
    private readonly preset: HddPreset,
    options: HddOptions,
  ) {
    this.requests = options.requests;
    this.geometry = new Geometry(preset);
    this.mechanics = new Mechanics(preset, this.geometry);
    this.capacitySectors = this.geometry.capacitySectors;
    this.buffer = new ReadBuffer(preset, this.mechanics, this.capacitySectors);
    this.choose = SCHEDULERS[preset.scheduler];
    this.cylinderBySlot = new Float64Array(this.requests.size);
  }

  get nextPs(): number {
    return this.events.nextPs;
  }

  get cylinder(): number {
    return this.mechanics.cylinder;
  }

  submit(slot: number, nowPs: number): void {
    this.nowPs = nowPs;
    this.cylinderBySlot[slot] = this.geometry.cylinderOf(this.requests.lba[slot] as number);
    this.waiting.push(slot);
    if (this.current === NONE) this.dispatch(nowPs);
  }

  step(): void {
    const { kind, argument, nextPs } = this.events;
    this.events.pop();
    this.nowPs = nextPs;
    if (kind === EVENT_DONE) this.complete(argument, nextPs);
    else this.destaged(nextPs);
  }

  cylinderOf(slot: number): number {
    return this.cylinderBySlot[slot] as number;
  }

  lbaOf(slot: number): number {
    return this.requests.lba[slot] as number;
  }

  positioningPs(slot: number): number {
    const write = this.requests.op[slot] === OP.write;
    const overhead = ms(write ? this.preset.writeMissOverheadMs : this.preset.readMissOverheadMs);
    return this.mechanics.positioningPs(this.requests.lba[slot] as number, this.nowPs + overhead, write);
  }

  activity(nowPs: number): Activity {
    const { periodPs } = this.mechanics;
    const busy = this.current !== NONE || this.destageLba !== NONE;
    const part = nowPs < this.seekEndPs ? PART.seek : nowPs < this.rotationEndPs ? PART.rotation : PART.transfer;
    return {
      units: Uint8Array.of(busy ? 1 + part : 0),
      waiting: this.waiting.length,
      cylinder: this.mechanics.cylinder,
      head: this.mechanics.head,
      turn: (nowPs % periodPs) / periodPs,
    };
  }

  facts(): DeviceFacts {
    return { writeAmplification: 1, counters: { ...this.counters } };
  }

  volatileRanges(): [number, number][] {
    const all = new DirtyExtents();
    all.load(this.dirty.ranges());
    if (this.destageLba !== NONE) all.add(this.destageLba, this.destageCount);
    return all.ranges();
  }

  durableWrite(lba: number): number {
    const isLeaving = this.destageLba !== NONE && lba >= this.destageLba && lba < this.destageLba + this.destageCount;
    return isLeaving || this.dirty.covers(lba, 1) ? -1 : Infinity;
  }

  powerOff(nowPs: number): void {
    this.events.clear();
    this.waiting.length = 0;
    this.finished.length = 0;
    this.current = NONE;
    this.destageLba = NONE;
    this.dirty.clear();
    this.buffer.clear();
    this.mechanics.cylinder = 0;
    this.mechanics.head = 0;
    this.armFreePs = this.seekEndPs = this.rotationEndPs = nowPs;
    this.direction = 1;
    this.nextLba = 0;
    this.destageCursor = 0;
  }

  snapshot(): HddSnapshot {
    const { mechanics: m } = this;
    return {
      events: this.events.save(),
      arm: [
        m.cylinder,
        m.head,
        this.direction,
        this.nextLba,
        this.current,
        this.destageLba,
        this.destageCount,
        this.armFreePs,
        this.nowPs,
        this.seekEndPs,
        this.rotationEndPs,
        this.destageCursor,
      ],
      waiting: [...this.waiting],
      dirty: this.dirty.ranges(),
      buffer: this.buffer.save(),
      counters: { ...this.counters },
    };
  }

  restore(snapshot: unknown): void {
    const s = snapshot as HddSnapshot;
    this.events.load(s.events);
    const arm = s.arm;
    this.mechanics.cylinder = arm[0] as number;
    this.mechanics.head = arm[1] as number;
    this.direction = arm[2] as number;
    this.nextLba = arm[3] as number;
    this.current = arm[4] as number;
    this.destageLba = arm[5] as number;
    this.destageCount = arm[6] as number;
    this.armFreePs = arm[7] as number;
    this.nowPs = arm[8] as number;
    this.seekEndPs = arm[9] as number;
    this.rotationEndPs = arm[10] as number;
    this.destageCursor = arm[11] as number;
    this.waiting.splice(0, Infinity, ...s.waiting);
    this.finished.length = 0;
    this.dirty.load(s.dirty);
    this.buffer.load(s.buffer);
    this.counters = { ...s.counters };
  }

  private dispatch(nowPs: number): void {
    const index = this.choose(this.waiting, this);
    const slot = this.waiting[index] as number;
    this.waiting.splice(index, 1);
    this.current = slot;
    switch (this.requests.op[slot]) {
      case OP.read:
        this.read(slot, nowPs);
        break;
      case OP.write:
        this.write(slot, nowPs);
        break;
      case OP.flush:
        this.flush(slot, nowPs);
        break;
      default:
        // A disk of this kind takes a trim as a hint that it has no use for.
        this.answer(slot, nowPs, ms(this.preset.writeHitOverheadMs), 0);
    }
  }

  private read(slot: number, nowPs: number): void {
    const lba = this.requests.lba[slot] as number;
    const count = this.requests.count[slot] as number;
    this.counters.reads++;
    this.counters.sectorsRead += count;
    const linkPs = us(this.preset.linkUsPerSector);
    const hitPs = ms(this.preset.readHitOverheadMs);
    const ready = this.dirty.covers(lba, count) ? nowPs : this.buffer.readyPs(lba, lba + count, nowPs);
    if (ready !== undefined) {
      this.counters.bufferHits++;
      this.nextLba = lba + count;
      const readyPs = Math.max(ready, nowPs + hitPs);
      this.requests.add(slot, PART.overhead, hitPs);
      this.requests.add(slot, PART.transfer, readyPs - nowPs - hitPs);
      const donePs = Math.max(nowPs + hitPs + Math.round(count * linkPs), readyPs + Math.round(linkPs));
      this.requests.add(slot, PART.link, donePs - readyPs);
      this.events.push(donePs, EVENT_DONE, slot);
      return;
    }
    const overheadPs = ms(this.preset.readMissOverheadMs);
    const startPs = this.takeArm(nowPs + overheadPs);
    const mediaEndPs = this.useArm(slot, lba, count, startPs, false, 0);
    const firstPs = mediaEndPs - this.mechanics.transferPs + Math.round(this.mechanics.transferPs / count);
    const donePs = Math.max(firstPs + Math.round(count * linkPs), mediaEndPs + Math.round(linkPs));
    this.requests.add(slot, PART.overhead, overheadPs);
    this.requests.add(slot, PART.link, donePs - mediaEndPs);
    this.buffer.begin(lba, lba + count, mediaEndPs);
    this.events.push(donePs, EVENT_DONE, slot);
  }

  private write(slot: number, nowPs: number): void {
    const lba = this.requests.lba[slot] as number;
    const count = this.requests.count[slot] as number;
    const { preset } = this;
    if (preset.writeCache && count <= preset.writeCacheSectors) {
      // Without room the command stays at the head of the line; `destaged` looks again.
      if (this.dirty.sectors + this.destageCount + this.dirty.growthOf(lba, count) > preset.writeCacheSectors) {
        this.startDestage(nowPs);
        return;
      }
      this.counters.writes++;
      this.counters.sectorsWritten += count;
      this.counters.cachedWrites++;
      this.buffer.invalidate(lba, count, nowPs);
      this.dirty.add(lba, count);
      this.answer(slot, nowPs, ms(preset.writeHitOverheadMs), Math.round(count * us(preset.linkUsPerSector)));
      return;
    }
    this.counters.writes++;
    this.counters.sectorsWritten += count;
    this.buffer.invalidate(lba, count, nowPs);
    this.dirty.remove(lba, count);
    const overheadPs = ms(preset.writeMissOverheadMs);
    const startPs = this.takeArm(nowPs + overheadPs);
    // The data come over the link while the arm moves.
    const dataPs = nowPs + overheadPs + Math.round(count * us(preset.linkUsPerSector));
    const endPs = this.useArm(slot, lba, count, startPs, true, dataPs);
    this.requests.add(slot, PART.overhead, overheadPs);
    this.requests.add(slot, PART.link, Math.max(0, dataPs - startPs - this.mechanics.seekPs));
    this.events.push(endPs, EVENT_DONE, slot);
  }

  private flush(slot: number, nowPs: number): void {
    if (this.dirty.length === 0 && this.destageLba === NONE)
      this.answer(slot, nowPs, ms(this.preset.writeHitOverheadMs), 0);
    else this.startDestage(nowPs);
  }

  /** Done after the electronics and the link alone. */
  private answer(slot: number, nowPs: number, overheadPs: number, linkPs: number): void {
    this.requests.add(slot, PART.overhead, overheadPs);
    this.requests.add(slot, PART.link, linkPs);
    this.events.push(nowPs + overheadPs + linkPs, EVENT_DONE, slot);
    if (this.dirty.length > 0) this.startDestage(nowPs);
  }

  /** The arm stops reading ahead; it is free from the returned time on. */
  private takeArm(nowPs: number): number {
    const startPs = Math.max(nowPs, this.armFreePs);
    this.buffer.stop(startPs);
    return startPs;
  }

  private useArm(
    slot: number,
    lba: number,
    count: number,
    startPs: number,
    write: boolean,
    notBeforePs: number,
  ): number {
    const m = this.mechanics;
    const endPs = m.access(lba, count, startPs, write, notBeforePs);
    this.rotationEndPs = endPs - m.transferPs;
    this.seekEndPs = this.rotationEndPs - m.rotationPs;
    this.counters.armMoves++;
    this.counters.armCylinders += m.distance;
    this.armFreePs = endPs;
    if (slot !== NONE) {
      this.nextLba = lba + count;
      this.requests.add(slot, PART.seek, m.seekPs);
      this.requests.add(slot, PART.rotation, m.rotationPs);
      this.requests.add(slot, PART.transfer, m.transferPs);
    }
    return endPs;
  }

  private complete(slot: number, nowPs: number): void {
    assert(slot === this.current, 'only the command in service can finish');
    this.current = NONE;
    this.requests.finish(slot, nowPs);
    this.finished.push(slot);
    if (this.waiting.length > 0) this.dispatch(nowPs);
    else this.startDestage(nowPs);
  }

  /** Writes out the next dirty extent if the arm has nothing else to do. */
  private startDestage(nowPs: number): void {
    if (this.destageLba !== NONE || nowPs < this.armFreePs) return;
    const extent = this.dirty.next(this.destageCursor, DESTAGE_SECTORS);
    if (!extent) return;
    const [lba, count] = extent;
    this.dirty.remove(lba, count);
    this.destageLba = lba;
    this.destageCount = count;
    this.destageCursor = lba + count;
    const endPs = this.useArm(NONE, lba, count, this.takeArm(nowPs), true, 0);
    this.counters.destages++;
    this.counters.sectorsDestaged += count;
    this.events.push(endPs, EVENT_DESTAGED, 0);
  }

  private destaged(nowPs: number): void {
    this.destageLba = NONE;
    this.destageCount = 0;
    const slot = this.current;
    const op = slot === NONE ? NONE : this.requests.op[slot];
    if (op === OP.write && this.events.length === 0) this.write(slot, nowPs);
    else if (op === OP.flush && this.events.length === 0) this.flush(slot, nowPs);
    else this.startDestage(nowPs);
  }
}

const ms = (value: number) => Math.round(value * 1e9);
const us = (value: number) => value * 1e6;

function zeroCounters(): Record<Counter, number> {
  return Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<Counter, number>;
}
