/**
 * The cycle and nanosecond counters, and the window on the counters of caches, memory and ledger. Byte 0 latches the rest, for the
 * hardware thread that reads it: another one's read in between takes nothing apart.
 */
import { portOf } from '../../isa/ports';
import { byteOf, type Device, type DeviceHost } from './device';

const CYCLES = portOf('CYCLES');
const NANOS = portOf('NANOS');
const SELECT = portOf('COUNTER_SELECT');
const VALUE = portOf('COUNTER');

/** Whole nanoseconds in so many cycles. */
export function nanosOf(cycles: number, cyclePs: number): number {
  // Split so that no product passes 2^53.
  const thousands = Math.floor(cycles / 1000);
  return thousands * cyclePs + Math.floor(((cycles - thousands * 1000) * cyclePs) / 1000);
}

/** One number for each hardware thread. */
const forEach = ({ threads }: DeviceHost) => new Float64Array(threads.length);

export class ClockDevice implements Device {
  readonly name = 'clock';
  private readonly cycles: Float64Array;
  private readonly nanos: Float64Array;

  constructor(private readonly host: DeviceHost) {
    this.cycles = forEach(host);
    this.nanos = forEach(host);
  }

  read(port: number): number {
    const { cycles, nanos, host } = this;
    const { id } = host.core;
    if (port === CYCLES) cycles[id] = host.now;
    if (port === NANOS) nanos[id] = nanosOf(host.now, host.cyclePs);
    return port < NANOS ? byteOf(cycles[id] as number, port - CYCLES) : byteOf(nanos[id] as number, port - NANOS);
  }

  write(): void {
    // Counters cannot be set.
  }

  reset(): void {
    this.cycles.fill(0);
    this.nanos.fill(0);
  }

  save(): readonly [number[], number[]] {
    return [[...this.cycles], [...this.nanos]];
  }

  restore([cycles, nanos]: readonly [number[], number[]]): void {
    this.cycles.set(cycles);
    this.nanos.set(nanos);
  }
}

export class CounterDevice implements Device {
  readonly name = 'counters';
  private readonly selected: Float64Array;
  private readonly latched: Float64Array;

  constructor(
    private readonly host: DeviceHost,
    private readonly counter: (number: number) => number,
  ) {
    this.selected = forEach(host);
    this.latched = forEach(host);
  }

  read(port: number): number {
    const { selected, latched, host } = this;
    const { id } = host.core;
    if (port === SELECT) return selected[id] as number;
    if (port === VALUE) latched[id] = this.counter(selected[id] as number) % 2 ** 32;
    return port >= VALUE ? byteOf(latched[id] as number, port - VALUE) : 0;
  }

  write(port: number, value: number): void {
    if (port === SELECT) this.selected[this.host.core.id] = value;
  }

  reset(): void {
    this.selected.fill(0);
    this.latched.fill(0);
  }

  save(): readonly [number[], number[]] {
    return [[...this.selected], [...this.latched]];
  }

  restore([selected, latched]: readonly [number[], number[]]): void {
    this.selected.set(selected);
    this.latched.set(latched);
  }
}
