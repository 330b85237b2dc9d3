/** The timer: a period in microseconds, once or again and again; each time it raises IRQ_TIMER and counts up TIMER_STATUS. */
import { interruptVector, PORT_CONSTANTS as P, portOf } from '../../isa/ports';
import { PS_PER_US } from '../../sim/kernel';
import { SLOT } from '../events';
import { byteOf, cyclesFor, type Device, type Host, withByte } from './device';

const CONTROL = portOf('TIMER_CONTROL');
const STATUS = portOf('TIMER_STATUS');
const PERIOD = portOf('TIMER_PERIOD');
const IRQ = interruptVector('IRQ_TIMER');

interface State {
  readonly control: number;
  readonly periodUs: number;
  readonly fired: number;
  readonly due: number;
}

export class Timer implements Device {
  readonly name = 'timer';
  private control = 0;
  private periodUs = 0;
  private fired = 0;
  private due = 0;

  constructor(private readonly host: Host) {}

  read(port: number): number {
    if (port === CONTROL) return this.control;
    if (port !== STATUS) return byteOf(this.periodUs, port - PERIOD);
    const { fired } = this;
    this.fired = 0;
    return fired;
  }

  write(port: number, value: number): void {
    if (port === CONTROL) this.setControl(value);
    else if (port >= PERIOD) this.periodUs = withByte(this.periodUs, port - PERIOD, value);
  }

  fire(): void {
    this.fired = Math.min(this.fired + 1, 255);
    this.host.raise(IRQ);
    if (this.control & P.TIMER_REPEAT) this.start(this.due);
    else this.control &= ~P.TIMER_RUN;
  }

  reset(): void {
    this.control = this.periodUs = this.fired = this.due = 0;
  }

  save(): State {
    const { control, periodUs, fired, due } = this;
    return { control, periodUs, fired, due };
  }

  restore(state: State): void {
    Object.assign(this, state);
  }

  private setControl(value: number): void {
    this.control = value & (P.TIMER_RUN | P.TIMER_REPEAT);
    this.host.cancel(SLOT.timer);
    if (this.control & P.TIMER_RUN) this.start(this.host.now);
  }

  private start(from: number): void {
    this.due = from + cyclesFor(this.host, Math.max(this.periodUs, 1) * PS_PER_US);
    this.host.schedule(SLOT.timer, this.due);
  }
}
