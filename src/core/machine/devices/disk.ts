/**
 * A disk of the machine, as its controller shows it: one command at a time, 512-byte blocks, data by DMA or byte by byte. How long a
 * command takes is the storage model's affair (storage/block-device.ts); the contents are kept here, a block an array that is never
 * changed in place, with a journal of writes so that going back in time is undoing.
 *
 * When the power goes, a block is what the medium last got: versions of it that are still in the drive's cache are remembered here
 * with the number of their write, and the model says which of them has arrived.
 */
import { DISK_BASE, DISK_REGISTER as R, interruptVector, PORT_CONSTANTS as P } from '../../isa/ports';
import type { BlockDevice, BlockDeviceSnapshot } from '../../storage/block-device';
import { SLOT } from '../events';
import { VolatileBlocks, type VolatileState } from './volatile-blocks';
import { byteOf, cyclesFor, type Device, type Host, withByte } from './device';

const BLOCK = P.DISK_BLOCK_BYTES;
const MAX_BLOCKS = 128;
/** Writes that can be undone; before these only the first state of the disk is known. */
export const MAX_JOURNAL = 1 << 16;
/** Blocks at the end of the disk that hold the program image for the loader; programs do not see them. */
export const BOOT_BLOCKS = 256;

const ZEROS = new Uint8Array(BLOCK);

interface Change {
  readonly lba: number;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array;
}

interface State {
  readonly registers: readonly number[];
  readonly buffer: Uint8Array;
  readonly position: number;
  readonly model: BlockDeviceSnapshot;
  readonly journal: number;
  readonly counts: readonly [number, number, number];
  readonly pending: VolatileState;
}

const FNV_PRIME = 0x01000193;

function hashOf(start: number, bytes: Uint8Array): number {
  let hash = start;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash;
}

export class Disk implements Device {
  readonly blockCount: number;
  reads = 0;
  writes = 0;
  /** Time from command to completion, summed over commands. */
  busyCycles = 0;

  private command = 0;
  private status = 0;
  private error = 0;
  private control = 0;
  private lba = 0;
  private count = 0;
  private dma = 0;
  private buffer: Uint8Array = new Uint8Array(0);
  private position = 0;

  /** Contents at power on (an image, over which lies what earlier power-ons left), and what was written since. */
  private base: Uint8Array = new Uint8Array(0);
  private kept = new Map<number, Uint8Array>();
  private readonly written = new Map<number, Uint8Array>();
  private journal: Change[] = [];
  private journalStart = 0;
  private journalEnd = 0;

  private readonly pending = new VolatileBlocks();

  private readonly cold: BlockDeviceSnapshot;
  /** The model's present state, where it is known: nothing changes it but a command. */
  private modelState: BlockDeviceSnapshot | null;
  private readonly ports: number;
  private readonly irq: number;

  constructor(
    readonly name: 'ssd0' | 'hdd0',
    private readonly host: Host,
    readonly model: BlockDevice,
  ) {
    this.ports = DISK_BASE[name];
    this.irq = interruptVector(name === 'ssd0' ? 'IRQ_SSD0' : 'IRQ_HDD0');
    this.blockCount = Math.min(model.capacitySectors - BOOT_BLOCKS, 0xffffffff);
    this.cold = this.modelState = model.snapshot();
  }

  /** Puts a disk image in, from block 0 on. Part of the state at power on. */
  insert(contents: Uint8Array): void {
    this.insertBlocks([]);
    this.base = contents;
  }

  /** The same with single blocks of 512 bytes; all others are zero. */
  insertBlocks(blocks: Iterable<readonly [number, Uint8Array]>): void {
    this.base = new Uint8Array(0);
    this.kept = new Map(blocks);
    this.written.clear();
    this.pending.flushed();
    this.forgetJournal();
  }

  /** FNV-1a over the contents at power on. */
  powerOnHash(): number {
    let hash = hashOf(0x811c9dc5, this.base);
    for (const [lba, bytes] of this.kept) hash = hashOf(Math.imul(hash ^ lba, FNV_PRIME), bytes);
    return hash >>> 0;
  }

  /** Every block that is not zero, sorted; what `insertBlocks` takes. With `durable`, as a loss of power now would leave it. */
  contents(options: { readonly durable?: boolean } = {}): [number, Uint8Array][] {
    const numbers = new Set([...this.kept.keys(), ...this.written.keys()]);
    for (let lba = 0; lba * BLOCK < this.base.length; lba++) numbers.add(lba);
    return [...numbers]
      .sort((a, b) => a - b)
      .map((lba): [number, Uint8Array] => [
        lba,
        (options.durable ? this.durableVersion(lba) : undefined) ?? this.block(lba),
      ])
      .filter(([, bytes]) => bytes.some((byte) => byte !== 0));
  }

  /** True when a loss of power now would take the last write of this block. */
  isVolatile(lba: number): boolean {
    const durable = this.durableVersion(lba);
    return durable !== undefined && durable !== this.block(lba);
  }

  /**
   * The power goes, now: what was in the drive's cache is lost, what is on the medium stays as the contents at the next power on.
   * Gives the blocks that fell back to an older version. Call `Machine.powerOn` next; the way back in time ends here.
   */
  powerOff(): number[] {
    const after = this.contents({ durable: true });
    const lost = this.pending.blocks().filter((lba) => {
      const durable = this.durableVersion(lba);
      return durable?.some((byte, i) => byte !== this.block(lba)[i]) ?? false;
    });
    this.insertBlocks(after);
    return lost.sort((a, b) => a - b);
  }

  /** A block's contents now; do not write to it. */
  block(lba: number): Uint8Array {
    const changed = this.written.get(lba) ?? this.kept.get(lba);
    if (changed) return changed;
    const at = lba * BLOCK;
    if (at >= this.base.length) return ZEROS;
    const bytes = this.base.subarray(at, at + BLOCK);
    if (bytes.length === BLOCK) return bytes;
    const padded = new Uint8Array(BLOCK);
    padded.set(bytes);
    return padded;
  }

  /** Blocks that differ from the image that was put in, sorted. */
  changedBlocks(): number[] {
    return [...this.written.keys()].sort((a, b) => a - b);
  }

  /** Cycles that reading the program image from the boot blocks takes. */
  bootCycles(bytes: number): number {
    const blocks = Math.max(1, Math.ceil(bytes / BLOCK));
    return this.submit('read', this.model.capacitySectors - BOOT_BLOCKS, blocks);
  }

  read(port: number): number {
    const register = port - this.ports;
    if (register === R.command) return this.command;
    if (register === R.status) return this.status;
    if (register === R.error) return this.error;
    if (register === R.control) return this.control;
    if (register === R.data) return this.readData();
    if (register === R.count) return this.count;
    if (register >= R.dma) return byteOf(this.dma, register - R.dma);
    return register >= R.lba ? byteOf(this.lba, register - R.lba) : 0;
  }

  write(port: number, value: number): void {
    const register = port - this.ports;
    if (register === R.status) {
      this.status &= ~(P.DISK_DONE | P.DISK_ERROR);
      this.error = 0;
      this.host.clear(this.irq);
    } else if (register === R.command) this.start(value);
    else if (register === R.control) this.control = value & (P.DISK_IRQ | P.DISK_DMA);
    else if (register === R.data) this.writeData(value);
    else if (register === R.count) this.count = value;
    else if (register >= R.dma) this.dma = withByte(this.dma, register - R.dma, value);
    else if (register >= R.lba && register < R.count) this.lba = withByte(this.lba, register - R.lba, value);
  }

  fire(): void {
    const bytes = this.blocks * BLOCK;
    switch (this.command) {
      case P.DISK_READ:
        this.reads++;
        this.handIn(this.gather());
        break;
      case P.DISK_WRITE:
        this.writes++;
        this.scatter(this.control & P.DISK_DMA ? this.host.memory.slice(this.dma, this.dma + bytes) : this.buffer);
        break;
      case P.DISK_IDENTIFY:
        this.handIn(this.identity());
        break;
      case P.DISK_FLUSH:
        this.pending.flushed();
        break;
    }
    this.finish(0);
  }

  reset(): void {
    this.command = this.status = this.error = this.control = this.lba = this.count = this.dma = 0;
    this.reads = this.writes = this.busyCycles = 0;
    this.buffer = new Uint8Array(0);
    this.position = 0;
    this.pending.reset();
    this.restoreModel(this.cold);
  }

  save(): State {
    const { command, status, error, control, lba, count, dma } = this;
    return {
      registers: [command, status, error, control, lba, count, dma],
      buffer: this.buffer.slice(),
      position: this.position,
      model: (this.modelState ??= this.model.snapshot()),
      journal: this.journalEnd,
      counts: [this.reads, this.writes, this.busyCycles],
      pending: this.pending.save(),
    };
  }

  /** False when the journal no longer reaches there. */
  canRestore(state: State): boolean {
    return state.journal === 0 || (state.journal >= this.journalStart && state.journal <= this.journalTop);
  }

  restore(state: State): void {
    [this.command, this.status, this.error, this.control, this.lba, this.count, this.dma] = state.registers as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    this.buffer = state.buffer.slice();
    this.position = state.position;
    this.restoreModel(state.model);
    [this.reads, this.writes, this.busyCycles] = state.counts;
    this.pending.load(state.pending);
    this.moveJournal(state.journal);
  }

  /** The blocks that differ from those at power on. */
  saveHistory(): readonly (readonly [number, Uint8Array])[] {
    return [...this.written];
  }

  /** The way here is not known: going back ends here, or at power on. */
  restoreHistory(blocks: readonly (readonly [number, Uint8Array])[], state: State): void {
    this.written.clear();
    for (const [lba, bytes] of blocks) this.written.set(lba, bytes);
    this.journal = [];
    this.journalStart = this.journalEnd = state.journal;
  }

  /** The future is no longer what it was: writes after now cannot be redone. */
  forgetFuture(): void {
    this.journal.length = this.journalEnd - this.journalStart;
  }

  /** FNV-1a over the blocks written, in order of their numbers. */
  contentHash(): number {
    let hash = 0x811c9dc5;
    for (const lba of this.changedBlocks()) hash = hashOf(Math.imul(hash ^ lba, FNV_PRIME), this.block(lba));
    return hash >>> 0;
  }

  private get blocks(): number {
    return this.command === P.DISK_IDENTIFY ? 1 : this.count === 0 ? MAX_BLOCKS : this.count;
  }

  private get journalTop(): number {
    return this.journalStart + this.journal.length;
  }

  private start(command: number): void {
    if (this.status & P.DISK_BUSY) {
      this.status |= P.DISK_ERROR;
      this.error = P.DISK_ERROR_BUSY;
      return;
    }
    this.command = command;
    this.status = 0;
    this.error = 0;
    const problem = this.check();
    if (problem !== 0) {
      this.finish(problem);
      return;
    }
    if (command === P.DISK_WRITE && !(this.control & P.DISK_DMA)) {
      this.buffer = new Uint8Array(this.blocks * BLOCK);
      this.position = 0;
      this.status = P.DISK_DATA;
      return;
    }
    this.begin();
  }

  private check(): number {
    const { command, blocks } = this;
    if (command < P.DISK_READ || command > P.DISK_IDENTIFY) return P.DISK_ERROR_COMMAND;
    const isTransfer = command === P.DISK_READ || command === P.DISK_WRITE;
    if (isTransfer && (blocks > MAX_BLOCKS || this.lba + blocks > this.blockCount)) return P.DISK_ERROR_RANGE;
    if (command === P.DISK_FLUSH || !(this.control & P.DISK_DMA)) return 0;
    const bytes = blocks * BLOCK;
    const fits = this.dma + bytes <= 0x10000 && (command === P.DISK_WRITE || this.host.isWritable(this.dma, bytes));
    return fits ? 0 : P.DISK_ERROR_ADDRESS;
  }

  private begin(): void {
    const { command } = this;
    const op = command === P.DISK_WRITE ? 'write' : command === P.DISK_FLUSH ? 'flush' : 'read';
    const cycles = command === P.DISK_IDENTIFY ? 1 : this.submit(op, this.lba, op === 'flush' ? 0 : this.blocks);
    this.status = P.DISK_BUSY;
    this.busyCycles += cycles;
    this.host.schedule(SLOT[this.name], this.host.now + cycles);
  }

  private submit(op: 'read' | 'write' | 'flush', lba: number, count: number): number {
    this.modelState = null;
    const nowPs = this.nowPs;
    if (op === 'write')
      this.pending.writing(
        lba,
        count,
        (at) => this.block(at),
        (at) => this.model.durableWrite(at, nowPs),
      );
    const { completionPs } = this.model.submit({ op, lba: op === 'flush' ? 0 : lba, count }, nowPs);
    return Math.max(1, cyclesFor(this.host, completionPs - nowPs));
  }

  private get nowPs(): number {
    return this.host.now * this.host.cyclePs;
  }

  /** What the medium holds of a block; undefined when it holds the last write. */
  private durableVersion(lba: number): Uint8Array | undefined {
    if (!this.pending.has(lba)) return undefined;
    this.modelState = null;
    return this.pending.durable(lba, this.model.durableWrite(lba, this.nowPs));
  }

  private restoreModel(to: BlockDeviceSnapshot): void {
    if (this.modelState !== to) this.model.restore(to);
    this.modelState = to;
  }

  private finish(error: number): void {
    this.error = error;
    const hasData = this.status & P.DISK_DATA;
    this.status = P.DISK_DONE | hasData | (error !== 0 ? P.DISK_ERROR : 0);
    if (this.control & P.DISK_IRQ) this.host.raise(this.irq);
  }

  private gather(): Uint8Array {
    const all = new Uint8Array(this.blocks * BLOCK);
    for (let i = 0; i < this.blocks; i++) all.set(this.block(this.lba + i), i * BLOCK);
    return all;
  }

  private handIn(bytes: Uint8Array): void {
    if (this.control & P.DISK_DMA) {
      this.host.memory.set(bytes, this.dma);
      this.host.wrote(this.dma, bytes.length);
      return;
    }
    this.buffer = bytes;
    this.position = 0;
    this.status |= P.DISK_DATA;
  }

  private scatter(bytes: Uint8Array): void {
    for (let i = 0; i < this.blocks; i++) this.put(this.lba + i, bytes.slice(i * BLOCK, (i + 1) * BLOCK));
    this.pending.written(this.lba, this.blocks, (at) => this.block(at));
  }

  private put(lba: number, after: Uint8Array): void {
    const replayed = this.journal[this.journalEnd - this.journalStart];
    if (replayed?.lba === lba && replayed.after.every((byte, i) => byte === after[i])) {
      // The write of a replay: what comes after it is still good.
      this.journalEnd++;
      this.written.set(lba, replayed.after);
      return;
    }
    this.forgetFuture();
    this.journal.push({ lba, before: this.written.get(lba), after });
    this.journalEnd++;
    this.written.set(lba, after);
    if (this.journal.length > MAX_JOURNAL) {
      const drop = MAX_JOURNAL / 2;
      this.journal = this.journal.slice(drop);
      this.journalStart += drop;
    }
  }

  private moveJournal(to: number): void {
    if (to === 0 && this.journalStart > 0) {
      this.written.clear();
      this.forgetJournal();
      return;
    }
    while (this.journalEnd > to) {
      const { lba, before } = this.journal[--this.journalEnd - this.journalStart] as Change;
      if (before) this.written.set(lba, before);
      else this.written.delete(lba);
    }
    while (this.journalEnd < to) {
      const { lba, after } = this.journal[this.journalEnd++ - this.journalStart] as Change;
      this.written.set(lba, after);
    }
  }

  private forgetJournal(): void {
    this.journal = [];
    this.journalStart = this.journalEnd = 0;
  }

  private identity(): Uint8Array {
    const bytes = new Uint8Array(BLOCK);
    for (let i = 0; i < 4; i++) bytes[i] = byteOf(this.blockCount, i);
    bytes[4] = BLOCK & 0xff;
    bytes[5] = BLOCK >> 8;
    const title = this.model.preset.title;
    for (let i = 0; i < Math.min(title.length, 31); i++) bytes[6 + i] = title.charCodeAt(i) & 0x7f;
    return bytes;
  }

  private readData(): number {
    if (!(this.status & P.DISK_DATA)) return 0;
    const byte = this.buffer[this.position++] as number;
    if (this.position === this.buffer.length) this.status &= ~P.DISK_DATA;
    return byte;
  }

  private writeData(value: number): void {
    if (!(this.status & P.DISK_DATA) || this.command !== P.DISK_WRITE) return;
    this.buffer[this.position++] = value;
    if (this.position === this.buffer.length) this.begin();
  }
}
