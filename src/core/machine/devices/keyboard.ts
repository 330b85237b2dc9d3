/** The keyboard: a short queue of key events; when it is full, newer events are lost, as on the real thing. */
import { interruptVector, portOf } from '../../isa/ports';
import type { Device, Host } from './device';

export const MAX_KEY_EVENTS = 64;

const DATA = portOf('KEY_DATA');
const COUNT = portOf('KEY_COUNT');
const IRQ = interruptVector('IRQ_KEYBOARD');

export class Keyboard implements Device {
  readonly name = 'keyboard';
  private queue: number[] = [];

  constructor(private readonly host: Host) {}

  /** Events that nobody has taken yet. */
  get waiting(): number {
    return this.queue.length;
  }

  press(code: number): void {
    if (this.queue.length < MAX_KEY_EVENTS) this.queue.push(code & 0xff);
    this.host.raise(IRQ);
  }

  read(port: number): number {
    if (port === COUNT) return this.queue.length;
    return port === DATA ? (this.queue.shift() ?? 0) : 0;
  }

  write(): void {
    // No port of the keyboard takes a value.
  }

  reset(): void {
    this.queue = [];
  }

  save(): readonly number[] {
    return [...this.queue];
  }

  restore(state: readonly number[]): void {
    this.queue = [...state];
  }
}
