/**
 * Channels, chips and dies: who may use a channel's bus, who works on a die, in which order.
 *
 * A die numbered d sits on channel d mod channels, then chip, then place in the chip, so that neighbours in number are on
 * different channels. A unit is what takes commands: a die, or with `chipBatches` a whole chip, which starts one operation on each
 * of its dies and is busy until the last has delivered. Reads go before programs and collection. A free bus first moves data
 * that wait in a die, then starts the next idle unit, round robin.
 */
import type { SsdPreset } from '../../presets/ssd';
import { PART } from '../device';
import type { EventQueue } from '../event-queue';

export const OP_KIND = { read: 0, ahead: 1, fill: 2, move: 3, program: 4, erase: 5 } as const;
const DRAWN_AS = [PART.tR, PART.tR, PART.tR, PART.gc, PART.tPROG, PART.gc];

const CELL_DONE = 0;
const OUT_DONE = 1;
const BUS_FREE = 2;
const TAGS = 4;
const NONE = -1;

export interface FlashState {
  readonly ops: readonly (readonly number[])[];
  readonly units: readonly (readonly number[])[];
  readonly channels: readonly (readonly number[])[];
  readonly used: number;
  readonly free: readonly number[];
}

export class Flash {
  // Operations, as parallel arrays.
  private kind = new Int32Array(256);
  private slot = new Int32Array(256);
  private die = new Int32Array(256);
  private pages = new Int32Array(256);
  private number = new Float64Array(256);
  private bytes = new Float64Array(256);
  private cellPs = new Float64Array(256);
  private busPs = new Float64Array(256);
  private issuedPs = new Float64Array(256);
  private gcPs = new Float64Array(256);
  private next = new Int32Array(256);
  private used = 0;
  private free: number[] = [];

  // Units: two queues each (reads, the rest), how many of their dies are busy, time spent on collection so far.
  private readonly readHead: Int32Array;
  private readonly readTail: Int32Array;
  private readonly restHead: Int32Array;
  private readonly restTail: Int32Array;
  private readonly active: Int32Array;
  private readonly gcTotalPs: Float64Array;
  private readonly drawn: Uint8Array;

  // Channels: time until which the bus is taken, data waiting to leave, whose turn it is, whether a wake-up is under way.
  private readonly busFreePs: Float64Array;
  private readonly outHead: Int32Array;
  private readonly outTail: Int32Array;
  private readonly turn: Int32Array;
  private readonly waking: Uint8Array;
  private readonly queued: Int32Array;
  private readonly touched: number[] = [];

  private readonly channels: number;
  private readonly unitsPerChannel: number;
  private readonly diesPerUnit: number;
  private readonly commandPs: number;
  private readonly setupPs: number;
  private readonly psPerByte: number;

  constructor(
    private readonly preset: SsdPreset,
    private readonly events: EventQueue,
    private readonly eventKind: number,
  ) {
    const { channels, chipsPerChannel, diesPerChip } = preset;
    this.channels = channels;
    this.diesPerUnit = preset.chipBatches ? diesPerChip : 1;
    this.unitsPerChannel = preset.chipBatches ? chipsPerChannel : chipsPerChannel * diesPerChip;
    const units = channels * this.unitsPerChannel;
    this.readHead = new Int32Array(units).fill(NONE);
    this.readTail = new Int32Array(units).fill(NONE);
    this.restHead = new Int32Array(units).fill(NONE);
    this.restTail = new Int32Array(units).fill(NONE);
    this.active = new Int32Array(units);
    this.gcTotalPs = new Float64Array(units);
    this.drawn = new Uint8Array(units * this.diesPerUnit);
    this.busFreePs = new Float64Array(channels);
    this.outHead = new Int32Array(channels).fill(NONE);
    this.outTail = new Int32Array(channels).fill(NONE);
    this.turn = new Int32Array(channels);
    this.waking = new Uint8Array(channels);
    this.queued = new Int32Array(channels);
    this.commandPs = Math.round(preset.commandUs * 1e6);
    this.setupPs = Math.round(preset.dataOutSetupUs * 1e6);
    this.psPerByte = 1e6 / preset.channelMBs;
  }

  /** A new operation; `slot` is what its owner wants to find again. */
  take(kind: number, slot: number, die: number, cellPs: number, bytes: number): number {
    const op = this.free.pop() ?? this.grow();
    this.kind[op] = kind;
    this.slot[op] = slot;
    this.die[op] = die;
    this.pages[op] = 1;
    this.bytes[op] = bytes;
    this.cellPs[op] = cellPs;
    this.busPs[op] = 0;
    this.gcPs[op] = 0;
    this.next[op] = NONE;
    return op;
  }

  /** One more page of the same physical page rides along. */
  extend(op: number, bytes: number): void {
    (this.bytes[op] as number) += bytes;
    (this.pages[op] as number)++;
  }

  setPages(op: number, pages: number): void {
    this.pages[op] = pages;
  }

  /** Running number of a program, for flushes. */
  setNumber(op: number, number: number): void {
    this.number[op] = number;
  }

  release(op: number): void {
    this.free.push(op);
  }

  kindOf = (op: number): number => this.kind[op] as number;
  slotOf = (op: number): number => this.slot[op] as number;
  dieOf = (op: number): number => this.die[op] as number;
  pagesOf = (op: number): number => this.pages[op] as number;
  bytesOf = (op: number): number => this.bytes[op] as number;
  cellPsOf = (op: number): number => this.cellPs[op] as number;
  busPsOf = (op: number): number => this.busPs[op] as number;
  numberOf = (op: number): number => this.number[op] as number;
  gcPsOf = (op: number): number => this.gcPs[op] as number;

  /** Puts an operation in its unit's queue; `kickAll` starts what can start. */
  enqueue(op: number, nowPs: number): void {
    const unit = this.unitOf(this.die[op] as number);
    this.issuedPs[op] = nowPs;
    this.gcPs[op] = this.gcTotalPs[unit] as number;
    const reads = (this.kind[op] as number) <= OP_KIND.fill;
    const head = reads ? this.readHead : this.restHead;
    const tail = reads ? this.readTail : this.restTail;
    if (head[unit] === NONE) head[unit] = op;
    else this.next[tail[unit] as number] = op;
    tail[unit] = op;
    const channel = unit % this.channels;
    (this.queued[channel] as number)++;
    this.touched.push(channel);
  }

  kickAll(nowPs: number): void {
    for (const channel of this.touched) this.kick(channel, nowPs);
    this.touched.length = 0;
  }

  /** Runs one of the flash's events; returns the operation that it finished, or -1. */
  step(argument: number, nowPs: number): number {
    const index = Math.floor(argument / TAGS);
    switch (argument % TAGS) {
      case CELL_DONE:
        return this.cellDone(index, nowPs);
      case OUT_DONE:
        return this.finish(index, nowPs);
      default:
        this.waking[index] = 0;
        this.kick(index, nowPs);
        return NONE;
    }
  }

  /** By die: 0 idle, else 1 + index of the part that it is busy with. */
  activity(): Uint8Array {
    return this.drawn.slice();
  }

  clear(): void {
    for (const heads of [this.readHead, this.readTail, this.restHead, this.restTail, this.outHead, this.outTail])
      heads.fill(NONE);
    this.active.fill(0);
    this.drawn.fill(0);
    this.busFreePs.fill(0);
    this.waking.fill(0);
    this.queued.fill(0);
    this.touched.length = 0;
    this.free = [];
    this.used = 0;
  }

  save(): FlashState {
    const { used } = this;
    return {
      ops: this.opArrays().map((array) => [...array.subarray(0, used)]),
      units: this.unitArrays().map((array) => [...array]),
      channels: this.channelArrays().map((array) => [...array]),
      used,
      free: [...this.free],
    };
  }

  load(state: FlashState): void {
    while (this.kind.length < state.used) this.enlarge();
    for (const [i, array] of this.opArrays().entries()) array.set(state.ops[i] as number[]);
    for (const [i, array] of this.unitArrays().entries()) array.set(state.units[i] as number[]);
    for (const [i, array] of this.channelArrays().entries()) array.set(state.channels[i] as number[]);
    this.used = state.used;
    this.free = [...state.free];
    this.touched.length = 0;
  }

  private unitOf(die: number): number {
    return die % (this.channels * this.unitsPerChannel);
  }

  private kick(channel: number, nowPs: number): void {
    const waitsOut = this.outHead[channel] !== NONE;
    if (!waitsOut && this.queued[channel] === 0) return;
    if (nowPs < (this.busFreePs[channel] as number)) {
      if (this.waking[channel] === 0) {
        this.waking[channel] = 1;
        this.events.push(this.busFreePs[channel] as number, this.eventKind, channel * TAGS + BUS_FREE);
      }
      return;
    }
    if (waitsOut) this.startOut(channel, nowPs);
    else this.startUnit(channel, nowPs);
  }

  private startOut(channel: number, nowPs: number): void {
    const op = this.outHead[channel] as number;
    this.outHead[channel] = this.next[op] as number;
    const durationPs = this.setupPs + Math.round((this.bytes[op] as number) * this.psPerByte);
    (this.busPs[op] as number) += durationPs;
    this.busFreePs[channel] = nowPs + durationPs;
    this.events.push(nowPs + durationPs, this.eventKind, op * TAGS + OUT_DONE);
  }

  private startUnit(channel: number, nowPs: number): void {
    const n = this.unitsPerChannel;
    let turn = this.turn[channel] as number;
    for (let i = 0; i < n; i++) {
      const unit = turn * this.channels + channel;
      turn = turn + 1 === n ? 0 : turn + 1;
      if (this.active[unit] !== 0) continue;
      if (this.readHead[unit] === NONE && this.restHead[unit] === NONE) continue;
      this.turn[channel] = turn;
      this.issue(unit, channel, nowPs);
      // More units may be idle: they come when the bus is free again.
      this.kick(channel, nowPs);
      return;
    }
  }

  /** Starts one operation on each die of an idle unit that has one of the same kind waiting. */
  private issue(unit: number, channel: number, nowPs: number): void {
    const reads = this.readHead[unit] !== NONE;
    const head = reads ? this.readHead : this.restHead;
    const tail = reads ? this.readTail : this.restTail;
    const first = head[unit] as number;
    head[unit] = this.next[first] as number;
    let timePs = this.start(first, unit, channel, nowPs, nowPs);
    if (this.diesPerUnit === 1) {
      this.busFreePs[channel] = timePs;
      return;
    }
    let taken = 1 << this.placeOf(first);
    let before = NONE;
    let op = head[unit] as number;
    while (op !== NONE && taken !== (1 << this.diesPerUnit) - 1) {
      const after = this.next[op] as number;
      const bit = 1 << this.placeOf(op);
      if ((taken & bit) === 0 && (reads || this.kind[op] === this.kind[first])) {
        taken |= bit;
        if (before === NONE) head[unit] = after;
        else this.next[before] = after;
        if (tail[unit] === op) tail[unit] = before;
        timePs = this.start(op, unit, channel, nowPs, timePs);
      } else before = op;
      op = after;
    }
    this.busFreePs[channel] = timePs;
  }

  /** Sends one command (and the data of a program) at `timePs`; returns when the bus is free of it. */
  private start(op: number, unit: number, channel: number, nowPs: number, timePs: number): number {
    const kind = this.kind[op] as number;
    const data = kind === OP_KIND.program ? Math.round((this.bytes[op] as number) * this.psPerByte) : 0;
    const endPs = timePs + this.commandPs + data;
    this.busPs[op] = this.commandPs + data;
    const waitedPs = nowPs - (this.issuedPs[op] as number);
    this.gcPs[op] = Math.min(waitedPs, (this.gcTotalPs[unit] as number) - (this.gcPs[op] as number));
    this.issuedPs[op] = nowPs;
    this.next[op] = NONE;
    (this.active[unit] as number)++;
    (this.queued[channel] as number)--;
    this.drawn[this.die[op] as number] = 1 + (DRAWN_AS[kind] as number);
    this.events.push(endPs + (this.cellPs[op] as number), this.eventKind, op * TAGS + CELL_DONE);
    return endPs;
  }

  private cellDone(op: number, nowPs: number): number {
    if ((this.kind[op] as number) >= OP_KIND.program) return this.finish(op, nowPs);
    const channel = (this.die[op] as number) % this.channels;
    this.next[op] = NONE;
    if (this.outHead[channel] === NONE) this.outHead[channel] = op;
    else this.next[this.outTail[channel] as number] = op;
    this.outTail[channel] = op;
    this.drawn[this.die[op] as number] = 1 + PART.bus;
    this.kick(channel, nowPs);
    return NONE;
  }

  private finish(op: number, nowPs: number): number {
    const die = this.die[op] as number;
    const unit = this.unitOf(die);
    const kind = this.kind[op];
    if (kind === OP_KIND.move || kind === OP_KIND.erase)
      (this.gcTotalPs[unit] as number) += nowPs - (this.issuedPs[op] as number);
    (this.active[unit] as number)--;
    this.drawn[die] = 0;
    this.kick(unit % this.channels, nowPs);
    return op;
  }

  /** Place of an operation's die in its chip. */
  private placeOf(op: number): number {
    return Math.floor((this.die[op] as number) / (this.channels * this.preset.chipsPerChannel));
  }

  private grow(): number {
    if (this.used === this.kind.length) this.enlarge();
    return this.used++;
  }

  private enlarge(): void {
    const n = this.kind.length * 2;
    const ints = (old: Int32Array) => {
      const bigger = new Int32Array(n);
      bigger.set(old);
      return bigger;
    };
    const floats = (old: Float64Array) => {
      const bigger = new Float64Array(n);
      bigger.set(old);
      return bigger;
    };
    this.kind = ints(this.kind);
    this.slot = ints(this.slot);
    this.die = ints(this.die);
    this.pages = ints(this.pages);
    this.next = ints(this.next);
    this.bytes = floats(this.bytes);
    this.cellPs = floats(this.cellPs);
    this.busPs = floats(this.busPs);
    this.issuedPs = floats(this.issuedPs);
    this.gcPs = floats(this.gcPs);
    this.number = floats(this.number);
  }

  private opArrays(): (Int32Array | Float64Array)[] {
    return [
      this.kind,
      this.slot,
      this.die,
      this.pages,
      this.next,
      this.bytes,
      this.cellPs,
      this.busPs,
      this.issuedPs,
      this.gcPs,
      this.number,
    ];
  }

  private unitArrays(): (Int32Array | Float64Array | Uint8Array)[] {
    return [this.readHead, this.readTail, this.restHead, this.restTail, this.active, this.gcTotalPs, this.drawn];
  }

  private channelArrays(): (Int32Array | Float64Array | Uint8Array)[] {
    return [this.busFreePs, this.outHead, this.outTail, this.turn, this.waking, this.queued];
  }
}
