/**
 * The network card, standing alone: frames up to MAX_FRAME_BYTES by DMA. A frame to its own address comes back after a fixed time; others
 * leave through `onFrame` when someone listens there, else they are lost. Frames from outside come in through `deliver`.
 */
import { interruptVector, PORT_CONSTANTS as P, portOf } from '../../isa/ports';
import { PS_PER_US } from '../../sim/kernel';
import { SLOT } from '../events';
import { byteOf, cyclesFor, type Device, type Host, withByte } from './device';

export const MAX_FRAME_BYTES = 1500;
export const MAX_WAITING_FRAMES = 32;
/** A round through the card's own queues. */
const LOOPBACK_US = 10;

const COMMAND = portOf('NET_COMMAND');
const STATUS = portOf('NET_STATUS');
const LENGTH = portOf('NET_LENGTH');
const DMA = portOf('NET_DMA');
const PEER = portOf('NET_PEER');
const ADDRESS = portOf('NET_ADDRESS');
const IRQ = interruptVector('IRQ_NETWORK');

export interface Frame {
  readonly peer: number;
  readonly bytes: Uint8Array;
}

interface State {
  readonly registers: readonly [number, number, number, number];
  readonly sending: Frame | null;
  readonly waiting: readonly Frame[];
}

export class NetworkCard implements Device {
  readonly name = 'network';
  readonly address = 1;
  onFrame: ((frame: Frame) => void) | null = null;
  private length = 0;
  private dma = 0;
  private peer = 0;
  private failed = 0;
  private sending: Frame | null = null;
  private waiting: Frame[] = [];

  constructor(private readonly host: Host) {}

  /** A frame comes in; lost when too many wait. */
  deliver(frame: Frame): void {
    if (this.waiting.length < MAX_WAITING_FRAMES) this.waiting.push(frame);
    this.host.raise(IRQ);
  }

  read(port: number): number {
    const oldest = this.waiting[0];
    if (port === STATUS)
      return (
        (this.onFrame ? P.NET_LINK : 0) |
        (this.sending ? P.NET_BUSY : 0) |
        (oldest ? P.NET_FRAME : 0) |
        (this.failed ? P.NET_ERROR : 0)
      );
    if (port >= ADDRESS) return byteOf(this.address, port - ADDRESS);
    if (port >= PEER) return byteOf(oldest ? oldest.peer : this.peer, port - PEER);
    if (port >= DMA) return byteOf(this.dma, port - DMA);
    return port >= LENGTH ? byteOf(oldest ? oldest.bytes.length : this.length, port - LENGTH) : 0;
  }

  write(port: number, value: number): void {
    if (port === COMMAND) this.command(value);
    else if (port >= PEER && port < ADDRESS) this.peer = withByte(this.peer, port - PEER, value);
    else if (port >= DMA && port < PEER) this.dma = withByte(this.dma, port - DMA, value);
    else if (port >= LENGTH && port < DMA) this.length = withByte(this.length, port - LENGTH, value);
  }

  fire(): void {
    const frame = this.sending;
    this.sending = null;
    if (!frame) return;
    if (frame.peer === this.address) this.deliver(frame);
    else this.onFrame?.(frame);
  }

  reset(): void {
    this.length = this.dma = this.peer = this.failed = 0;
    this.sending = null;
    this.waiting = [];
  }

  save(): State {
    const { length, dma, peer, failed, sending, waiting } = this;
    return { registers: [length, dma, peer, failed], sending, waiting: [...waiting] };
  }

  restore(state: State): void {
    [this.length, this.dma, this.peer, this.failed] = state.registers;
    this.sending = state.sending;
    this.waiting = [...state.waiting];
  }

  private command(value: number): void {
    const { host } = this;
    if (value === P.NET_SEND) {
      this.failed = this.sending || this.length > MAX_FRAME_BYTES || this.dma + this.length > 0x10000 ? 1 : 0;
      if (this.failed) return;
      this.sending = { peer: this.peer, bytes: host.memory.slice(this.dma, this.dma + this.length) };
      host.schedule(SLOT.network, host.now + cyclesFor(host, LOOPBACK_US * PS_PER_US));
    } else if (value === P.NET_RECEIVE) {
      const frame = this.waiting[0];
      this.failed = frame && host.isWritable(this.dma, frame.bytes.length) ? 0 : 1;
      if (this.failed || !frame) return;
      this.waiting.shift();
      host.memory.set(frame.bytes, this.dma);
      host.wrote(this.dma, frame.bytes.length);
    } else this.failed = 1;
  }
}
