/**
 * Memory as a device: banks with one open row each, a shared data bus, refresh.
 *
 * In clock cycles: a row hit takes CL + burst/2 and one for the controller; a closed bank first activates (tRCD), a bank with
 * another row first precharges too (tRP, not before tRAS has passed). Every tREFI the rank refreshes for tRFC: accesses wait and
 * all rows close. Addresses run over the columns of a row, then over the banks, then over the rows. Reference: JEDEC JESD79-4;
 * the one-cycle controller is that of the closed form in the docs.
 */
import type { DramPreset } from '../../presets/dram';
import { OP, PART, type Activity, type DeviceFacts, type RequestTable, type StorageDevice } from '../device';
import { EventQueue } from '../event-queue';

/** Bytes of a burst: the unit of access, and of this device's addresses. */
export const LINE_BYTES = 64;
const NONE = -1;

interface DramSnapshot {
  readonly events: readonly number[];
  readonly openRow: readonly number[];
  readonly activatedPs: readonly number[];
  readonly readyPs: readonly number[];
  readonly epoch: readonly number[];
  readonly busFreePs: number;
  readonly counters: Counters;
}

interface Counters {
  reads: number;
  writes: number;
  rowHits: number;
  rowMisses: number;
  rowConflicts: number;
  refreshWaits: number;
}

export class DramModel implements StorageDevice {
  readonly kind = 'dram';
  readonly sectorBytes = LINE_BYTES;
  readonly capacitySectors: number;
  readonly requests: RequestTable;
  readonly unitNames: readonly string[];
  readonly finished: number[] = [];
  private readonly events = new EventQueue();
  private readonly tckPs: number;
  private readonly refreshPeriodPs: number;
  private readonly refreshPs: number;
  private readonly linesPerRow: number;
  private readonly openRow: Float64Array;
  private readonly activatedPs: Float64Array;
  private readonly readyPs: Float64Array;
  /** Number of refreshes that had begun when the row was opened. */
  private readonly epoch: Float64Array;
  private busFreePs = 0;
  private counters: Counters = zeroCounters();

  constructor(
    private readonly preset: DramPreset,
    options: { readonly requests: RequestTable },
  ) {
    this.requests = options.requests;
    this.tckPs = Math.round(preset.tckNs * 1000);
    this.refreshPeriodPs = preset.trefi * this.tckPs;
    this.refreshPs = preset.trfc * this.tckPs;
    this.linesPerRow = preset.rowBytes / LINE_BYTES;
    this.capacitySectors = preset.capacityBytes / LINE_BYTES;
    this.openRow = new Float64Array(preset.banks).fill(NONE);
    this.activatedPs = new Float64Array(preset.banks);
    this.readyPs = new Float64Array(preset.banks);
    this.epoch = new Float64Array(preset.banks);
    this.unitNames = Array.from({ length: preset.banks }, (_, bank) => `bank ${bank}`);
  }

  get nextPs(): number {
    return this.events.nextPs;
  }

  /** Lines between two that share a bank but not a row. */
  get conflictStride(): number {
    return this.linesPerRow * this.preset.banks;
  }

  submit(slot: number, nowPs: number): void {
    const { requests } = this;
    const op = requests.op[slot];
    if (op !== OP.read && op !== OP.write) {
      this.events.push(nowPs, 0, slot);
      return;
    }
    if (op === OP.read) this.counters.reads++;
    else this.counters.writes++;
    let line = requests.lba[slot] as number;
    let left = requests.count[slot] as number;
    let first = true;
    let donePs = nowPs;
    while (left > 0) {
      const here = Math.min(left, this.linesPerRow - (line % this.linesPerRow));
      donePs = this.burst(slot, line, here, nowPs, first);
      line += here;
      left -= here;
      first = false;
    }
    this.events.push(donePs, 0, slot);
  }

  step(): void {
    const { argument, nextPs } = this.events;
    this.events.pop();
    this.requests.finish(argument, nextPs);
    this.finished.push(argument);
  }

  activity(nowPs: number): Activity {
    return {
      units: Uint8Array.from(this.readyPs, (ready) => (ready > nowPs ? 1 + PART.column : 0)),
      waiting: this.events.length,
    };
  }

  facts(): DeviceFacts {
    return { writeAmplification: 1, counters: { ...this.counters } };
  }

  volatileRanges(): [number, number][] {
    return [[0, this.capacitySectors]];
  }

  durableWrite(): number {
    return -1;
  }

  powerOff(nowPs: number): void {
    this.events.clear();
    this.finished.length = 0;
    this.openRow.fill(NONE);
    this.readyPs.fill(nowPs);
    this.busFreePs = nowPs;
  }

  snapshot(): DramSnapshot {
    return {
      events: this.events.save(),
      openRow: [...this.openRow],
      activatedPs: [...this.activatedPs],
      readyPs: [...this.readyPs],
      epoch: [...this.epoch],
      busFreePs: this.busFreePs,
      counters: { ...this.counters },
    };
  }

  restore(snapshot: unknown): void {
    const s = snapshot as DramSnapshot;
    this.events.load(s.events);
    this.openRow.set(s.openRow);
    this.activatedPs.set(s.activatedPs);
    this.readyPs.set(s.readyPs);
    this.epoch.set(s.epoch);
    this.busFreePs = s.busFreePs;
    this.counters = { ...s.counters };
    this.finished.length = 0;
  }

  /** Accesses `lines` neighbours in one row; returns when the last has arrived. Parts are booked for the first row alone. */
  private burst(slot: number, line: number, lines: number, nowPs: number, book: boolean): number {
    const { preset, tckPs } = this;
    const global = Math.floor(line / this.linesPerRow);
    const bank = global % preset.banks;
    const row = Math.floor(global / preset.banks);
    const readyPs = Math.max(nowPs, this.readyPs[bank] as number);
    const startPs = this.afterRefresh(readyPs);
    const epoch = Math.floor(startPs / this.refreshPeriodPs);
    if (this.epoch[bank] !== epoch) {
      this.openRow[bank] = NONE;
      this.epoch[bank] = epoch;
    }
    let timePs = startPs;
    let prechargePs = 0;
    let activatePs = 0;
    if (this.openRow[bank] === row) this.counters.rowHits++;
    else {
      if (this.openRow[bank] === NONE) this.counters.rowMisses++;
      else {
        this.counters.rowConflicts++;
        const allowed = (this.activatedPs[bank] as number) + (preset.tras ?? 0) * tckPs;
        prechargePs = Math.max(0, allowed - timePs) + preset.trp * tckPs;
        timePs += prechargePs;
      }
      this.activatedPs[bank] = timePs;
      this.openRow[bank] = row;
      activatePs = preset.trcd * tckPs;
      timePs += activatePs;
    }
    const transferPs = ((lines * preset.burst) / 2) * tckPs;
    const dataPs = Math.max(timePs + preset.cl * tckPs, this.busFreePs);
    this.busFreePs = dataPs + transferPs;
    this.readyPs[bank] = timePs + transferPs;
    const donePs = this.busFreePs + preset.controllerCycles * tckPs;
    if (book) {
      this.requests.unit[slot] = bank;
      this.requests.add(slot, PART.refresh, startPs - readyPs);
      this.requests.add(slot, PART.precharge, prechargePs);
      this.requests.add(slot, PART.activate, activatePs);
      this.requests.add(slot, PART.column, (preset.cl + preset.controllerCycles) * tckPs + transferPs);
    }
    return donePs;
  }

  private afterRefresh(nowPs: number): number {
    const phase = nowPs % this.refreshPeriodPs;
    // The first refresh comes after one whole interval.
    if (nowPs < this.refreshPeriodPs || phase >= this.refreshPs) return nowPs;
    this.counters.refreshWaits++;
    return nowPs - phase + this.refreshPs;
  }
}

function zeroCounters(): Counters {
  return { reads: 0, writes: 0, rowHits: 0, rowMisses: 0, rowConflicts: 0, refreshWaits: 0 };
}
