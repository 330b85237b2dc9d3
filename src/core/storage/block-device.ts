/**
 * A disk of the machine: the device models behind one call. The controller of the 8-bit machine takes one command at a time, so
 * the model is run forward until the command has finished; what a device does in the background (read-ahead, destaging a write
 * cache, garbage collection) stays pending and takes its place in the time before the next command.
 *
 * The contents are the machine's affair; this says how long an access takes and which sectors would be lost without power.
 */
import type { HddPreset } from '../presets/hdd';
import type { SsdPreset } from '../presets/ssd';
import { assert } from '../base/assert';
import { OP, PARTS, PART_COUNT, RequestTable, type OpName, type Part, type StorageDevice } from './device';
import { HddModel } from './hdd/hdd';
import { SsdModel } from './ssd/ssd';

export interface BlockRequest {
  readonly op: OpName;
  /** First 512-byte sector. */
  readonly lba: number;
  /** Sectors; 0 only for a flush. */
  readonly count: number;
}

export interface BlockCompletion {
  readonly completionPs: number;
  /** The response time by part, in picoseconds; sums exactly to completionPs - nowPs. Parts of 0 are left out. */
  readonly parts: Readonly<Partial<Record<Part, number>>>;
}

/** Plain data; cheap, because the large tables are shared with the previous snapshot until a write changes them. */
export interface BlockDeviceSnapshot {
  readonly lastPs: number;
  readonly model: unknown;
}

export interface BlockDevice {
  readonly preset: HddPreset | SsdPreset;
  readonly capacitySectors: number;
  /** The underlying model, for drawing (`activity`) and counters (`facts`). */
  readonly model: StorageDevice;
  /** `nowPs` never decreases; a command that arrives during another waits for it. The range must lie on the device. */
  submit(request: BlockRequest, nowPs: number): BlockCompletion;
  /** Sectors that are acknowledged but not durable at `nowPs`, as [first, count]. */
  volatileRanges(nowPs: number): [number, number][];
  /** As `StorageDevice.durableWrite`; writes are counted from the start or the last loss of power. */
  durableWrite(lba: number, nowPs: number): number;
  /** Power fails at `nowPs`: returns the ranges whose last writes are lost. The device then starts cold. */
  powerOff(nowPs: number): [number, number][];
  snapshot(): BlockDeviceSnapshot;
  restore(snapshot: BlockDeviceSnapshot): void;
}

export interface BlockDeviceOptions {
  /** Smaller than the preset's own for a machine that sees a part of it. */
  readonly capacitySectors?: number;
}

/** Makes the disk `ssd0` or `hdd0` of the machine. The same preset, seed and commands give the same times. */
export function createBlockDevice(
  preset: HddPreset | SsdPreset,
  seed: number,
  options: BlockDeviceOptions = {},
): BlockDevice {
  const requests = new RequestTable(1);
  const model: StorageDevice =
    preset.kind === 'hdd'
      ? new HddModel(preset, { requests })
      : new SsdModel(preset, { requests, seed, tellVersions: true });
  const capacitySectors = Math.min(options.capacitySectors ?? model.capacitySectors, model.capacitySectors);
  return new SerialDevice(preset, model, capacitySectors);
}

class SerialDevice implements BlockDevice {
  private lastPs = 0;

  constructor(
    readonly preset: HddPreset | SsdPreset,
    readonly model: StorageDevice,
    readonly capacitySectors: number,
  ) {}

  submit(request: BlockRequest, nowPs: number): BlockCompletion {
    const { model } = this;
    const { lba, count } = request;
    assert(
      lba >= 0 && count >= 0 && lba + count <= this.capacitySectors,
      `sectors ${lba}+${count} are not on the device`,
    );
    const startPs = Math.max(Math.round(nowPs), this.lastPs);
    this.advance(startPs);
    model.requests.set(0, OP[request.op], lba, count, startPs);
    model.submit(0, startPs);
    while (model.finished.length === 0) {
      assert(model.nextPs < Infinity, 'a device must finish what it accepted');
      model.step();
    }
    model.finished.length = 0;
    const completionPs = model.requests.donePs[0] as number;
    this.lastPs = completionPs;
    const parts: Partial<Record<Part, number>> = {};
    for (let p = 0; p < PART_COUNT; p++) {
      const ps = (model.requests.parts[p] as number) + (p === 0 ? startPs - nowPs : 0);
      if (ps !== 0) parts[PARTS[p] as Part] = ps;
    }
    return { completionPs, parts };
  }

  volatileRanges(nowPs: number): [number, number][] {
    this.advance(nowPs);
    return this.model.volatileRanges(nowPs);
  }

  durableWrite(lba: number, nowPs: number): number {
    this.advance(nowPs);
    return this.model.durableWrite(lba);
  }

  powerOff(nowPs: number): [number, number][] {
    const lost = this.volatileRanges(nowPs);
    this.model.powerOff(nowPs);
    this.lastPs = nowPs;
    return lost;
  }

  snapshot(): BlockDeviceSnapshot {
    return { lastPs: this.lastPs, model: this.model.snapshot() };
  }

  restore(snapshot: BlockDeviceSnapshot): void {
    this.lastPs = snapshot.lastPs;
    this.model.restore(snapshot.model);
  }

  /** Runs the background events up to and including `nowPs`. */
  private advance(nowPs: number): void {
    while (this.model.nextPs <= nowPs) this.model.step();
  }
}
