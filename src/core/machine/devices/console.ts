/**
 * The console: a byte out takes `consoleByteNs` of the console's account, a byte in as well. Input is a queue that the outside fills. Output
 * is a history with a position, so that going back in time is moving the position, and replay writes the same bytes again.
 */
import { interruptVector, PORT_CONSTANTS as P, portOf } from '../../isa/ports';
import { cyclesFor, type Device, type Host } from './device';

/** Output kept; older output is dropped, half at a time. */
export const MAX_OUTPUT_BYTES = 1 << 24;

const DATA = portOf('CONSOLE_DATA');
const STATUS = portOf('CONSOLE_STATUS');
const IRQ = interruptVector('IRQ_CONSOLE');

/** Output that a machine elsewhere is told of; what is shown is shorter. */
const KEPT_OUTPUT_BYTES = 1 << 18;

interface History {
  /** All input up to now, taken or not. */
  readonly input: Uint8Array;
  /** The end of the output. */
  readonly output: Uint8Array;
}

interface State {
  readonly written: number;
  readonly hash: number;
  readonly read: number;
  readonly available: number;
  readonly ended: boolean;
}

export class ConsoleDevice implements Device {
  readonly name = 'console';
  /** Bytes of input so far, in order; `read` says how many were taken. */
  private readonly input: number[] = [];
  private read_ = 0;
  private available = 0;
  private ended = false;
  private output = new Uint8Array(256);
  /** Number of the first byte in `output`. */
  private dropped = 0;
  private written = 0;
  private hash = 0x811c9dc5;

  constructor(
    private readonly host: Host,
    private readonly byteNs: number,
  ) {}

  /** Bytes written since power on. */
  get outputLength(): number {
    return this.written;
  }

  /** FNV-1a over all output. */
  get outputHash(): number {
    return this.hash >>> 0;
  }

  /** Output from byte number `from` on; what was dropped is left out. */
  outputFrom(from = 0): Uint8Array {
    return this.output.slice(Math.max(0, from - this.dropped), this.written - this.dropped);
  }

  /** More input comes in, or its end. */
  feed(bytes: ArrayLike<number>, end = false): void {
    // Written over, not cut: after going back in time the rest may still be wanted.
    for (let i = 0; i < bytes.length; i++) this.input[this.available++] = bytes[i] as number;
    if (end) this.ended = true;
    if (bytes.length > 0 || end) this.host.raise(IRQ);
  }

  read(port: number): number {
    if (port === STATUS) {
      return (this.read_ < this.available ? P.CONSOLE_READY : 0) | (this.ended ? P.CONSOLE_END : 0);
    }
    if (port !== DATA || this.read_ >= this.available) return 0;
    this.host.stall('console', cyclesFor(this.host, this.byteNs * 1000));
    return this.input[this.read_++] as number;
  }

  write(port: number, value: number): void {
    if (port !== DATA) return;
    this.host.stall('console', cyclesFor(this.host, this.byteNs * 1000));
    this.append(value);
  }

  reset(): void {
    this.read_ = 0;
    this.available = 0;
    this.ended = false;
    this.dropped = 0;
    this.written = 0;
    this.hash = 0x811c9dc5;
  }

  save(): State {
    const { written, hash, read_, available, ended } = this;
    return { written, hash, read: read_, available, ended };
  }

  restore(state: State): void {
    this.read_ = state.read;
    this.available = state.available;
    this.ended = state.ended;
    this.hash = state.hash;
    this.written = state.written;
    if (this.written < this.dropped) this.dropped = this.written;
  }

  saveHistory(): History {
    return {
      input: Uint8Array.from(this.input.slice(0, this.available)),
      output: this.outputFrom(Math.max(0, this.written - KEPT_OUTPUT_BYTES)),
    };
  }

  restoreHistory({ input, output }: History, state: State): void {
    input.forEach((byte, index) => (this.input[index] = byte));
    this.dropped = state.written - output.length;
    this.output = output.length > 0 ? output.slice() : new Uint8Array(256);
  }

  private append(value: number): void {
    let at = this.written - this.dropped;
    if (at >= MAX_OUTPUT_BYTES) {
      const half = MAX_OUTPUT_BYTES / 2;
      this.output.copyWithin(0, half);
      this.dropped += half;
      at -= half;
    }
    if (at >= this.output.length) {
      const grown = new Uint8Array(this.output.length * 2);
      grown.set(this.output);
      this.output = grown;
    }
    this.output[at] = value;
    this.written++;
    this.hash = Math.imul(this.hash ^ value, 0x01000193);
  }
}
