/** The memory hierarchy of one core among several: its own L1s, the rest over the snooping bus. */
import type { MachineConfig } from '../../presets/machine';
import { COUNT, type MachineLayout, type SeveralLayout } from '../layout';
import type { Below } from './below';
import type { SnoopingBus } from './bus';
import { type FastPath, type LowerMemory, MemorySystem } from './system';

/** The core's L1D sees the bus as the level below. */
class DataPort implements Below {
  /** Whether the access that is being made wants the line for itself. */
  exclusive = false;

  constructor(
    private readonly bus: SnoopingBus,
    private readonly core: number,
    private readonly lineBytes: number,
  ) {}

  read(address: number): void {
    this.bus.fill(this.core, address / this.lineBytes, this.exclusive);
  }

  write(address: number, bytes: number): void {
    this.bus.writeBack(this.core, address, bytes);
  }
}

export class CoherentMemory extends MemorySystem {
  private readonly lineBytes: number;
  private readonly port: DataPort;
  /** Where hits that change nothing in the own cache are found: what the engine uses when there is one core. */
  private own: FastPath;

  constructor(
    config: MachineConfig,
    layout: MachineLayout,
    buffer: ArrayBuffer,
    lower: LowerMemory,
    private readonly bus: SnoopingBus,
    private readonly number: number,
  ) {
    const lineBytes = config.l1d?.lineBytes ?? 1;
    const port = new DataPort(bus, number, lineBytes);
    const code: Below = {
      read: (address, bytes) => bus.readCode(number, address, bytes),
      write: () => undefined,
    };
    const l1 = (layout.several as SeveralLayout).l1[number] as SeveralLayout['l1'][number];
    super(config, layout, buffer, lower, { ...l1, belowCode: code, belowData: port });
    this.lineBytes = lineBytes;
    this.port = port;
    this.own = super.fastPath();
    for (const level of [this.l1i, this.l1d]) if (level) (this.l2 ?? this.l3)?.uppers.push(level);
    if (this.l1d) bus.attach(this.l1d);
  }

  override data(address: number, bytes: number, write: boolean, pc: number, now: number): number {
    return this.access(address, bytes, write, write, pc, now);
  }

  override readForOwnership(address: number, bytes: number, pc: number, now: number): number {
    return this.access(address, bytes, false, true, pc, now);
  }

  /** No hit is taken by the engine itself: the bus has to see who uses which bytes. */
  protected override fastPath(): FastPath {
    this.own = super.fastPath();
    return { ...this.own, mask: 0, ways: 1, words: Int32Array.of(-2) };
  }

  private access(address: number, bytes: number, write: boolean, exclusive: boolean, pc: number, now: number): number {
    if (this.isPlainHit(address, bytes, exclusive) && this.bus.plainAccess(this.number, address, bytes, write)) {
      if (this.l1d) (this.l1d.counts[write ? COUNT.writes : COUNT.reads] as number)++;
      return 0;
    }
    return this.fullAccess(address, bytes, write, exclusive, pc, now);
  }

  /** Whether the line is the first of its set, and the core's alone if it has to be: then no cache and no time changes. */
  private isPlainHit(address: number, bytes: number, exclusive: boolean): boolean {
    const { shift, mask, ways, words } = this.own;
    const line = address >> shift;
    const first = words[(line & mask) * ways] as number;
    return (exclusive ? first : first | 1) === ((line << 1) | 1) && (address + bytes - 1) >> shift === line;
  }

  private fullAccess(
    address: number,
    bytes: number,
    write: boolean,
    exclusive: boolean,
    pc: number,
    now: number,
  ): number {
    const { bus, number, port, lineBytes } = this;
    const first = Math.floor(address / lineBytes);
    const last = Math.floor((address + bytes - 1) / lineBytes);
    port.exclusive = exclusive;
    this.clock.now = now;
    if (exclusive)
      for (let line = first; line <= last; line++) if (bus.stateOf(number, line) === 'S') bus.upgrade(number, line);
    const upgraded = this.clock.now;
    const stall = super.data(address, bytes, write, pc, upgraded) + upgraded - now;
    for (let line = first; line <= last; line++) {
      const from = Math.max(address, line * lineBytes);
      bus.accessed(number, line, from, Math.min(address + bytes, (line + 1) * lineBytes) - from, write);
    }
    return stall;
  }
}
