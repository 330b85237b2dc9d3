/** Eight LEDs and eight switches. */
import { interruptVector, portOf } from '../../isa/ports';
import type { Device, Host } from './device';

const LEDS = portOf('LEDS');
const SWITCHES = portOf('SWITCHES');
const IRQ = interruptVector('IRQ_SWITCHES');

export class Panel implements Device {
  readonly name = 'panel';
  leds = 0;
  switches = 0;

  constructor(private readonly host: Host) {}

  setSwitches(bits: number): void {
    if (bits === this.switches) return;
    this.switches = bits & 0xff;
    this.host.raise(IRQ);
  }

  read(port: number): number {
    return port === LEDS ? this.leds : port === SWITCHES ? this.switches : 0;
  }

  write(port: number, value: number): void {
    if (port === LEDS) this.leds = value;
  }

  reset(): void {
    this.leds = 0;
  }

  save(): readonly [number, number] {
    return [this.leds, this.switches];
  }

  restore(state: readonly [number, number]): void {
    [this.leds, this.switches] = state;
  }
}
