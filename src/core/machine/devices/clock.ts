/** The cycle and nanosecond counters, and the window on the counters of caches, memory and ledger. Byte 0 latches the rest. */
import { portOf } from '../../isa/ports';
import { byteOf, type Device, type Host } from './device';

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

export class ClockDevice implements Device {
  readonly name = 'clock';
  private cycles = 0;
  private nanos = 0;

  constructor(private readonly host: Host) {}

  read(port: number): number {
    if (port === CYCLES) this.cycles = this.host.now;
    if (port === NANOS) this.nanos = nanosOf(this.host.now, this.host.cyclePs);
    return port < NANOS ? byteOf(this.cycles, port - CYCLES) : byteOf(this.nanos, port - NANOS);
  }

  write(): void {
    // Counters cannot be set.
  }

  reset(): void {
    this.cycles = this.nanos = 0;
  }

  save(): readonly [number, number] {
    return [this.cycles, this.nanos];
  }

  restore(state: readonly [number, number]): void {
    [this.cycles, this.nanos] = state;
  }
}

export class CounterDevice implements Device {
  readonly name = 'counters';
  private selected = 0;
  private latched = 0;

  constructor(private readonly counter: (number: number) => number) {}

  read(port: number): number {
    if (port === SELECT) return this.selected;
    if (port === VALUE) this.latched = this.counter(this.selected) % 2 ** 32;
    return port >= VALUE ? byteOf(this.latched, port - VALUE) : 0;
  }

  write(port: number, value: number): void {
    if (port === SELECT) this.selected = value;
  }

  reset(): void {
    this.selected = this.latched = 0;
  }

  save(): readonly [number, number] {
    return [this.selected, this.latched];
  }

  restore(state: readonly [number, number]): void {
    [this.selected, this.latched] = state;
  }
}
