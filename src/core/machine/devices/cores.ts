/**
 * Starts, ends and joins hardware threads. The registers are the asking thread's own and lie in its block, so that two threads may set
 * up others at the same time. A number that no thread has reads as parked and cannot be started.
 */
import { PORT_CONSTANTS as P, portOf } from '../../isa/ports';
import { CORE, CoreState } from '../layout';
import { byteOf, type Device, type DeviceHost, withByte } from './device';

const SELECT = portOf('CORE_SELECT');
const CONTROL = portOf('CORE_CONTROL');
const STATE = portOf('CORE_STATE');
/** First port of each two-byte value, and its place in the thread's block. */
const VALUES = [
  [portOf('CORE_PC'), CORE.startPc],
  [portOf('CORE_SP'), CORE.startSp],
  [portOf('CORE_STACK_LIMIT'), CORE.startLimit],
  [portOf('CORE_ARGUMENT'), CORE.startArgument],
] as const;
const SOFTWARE_INTERRUPT = 7;

export class CoresDevice implements Device {
  readonly name = 'cores';

  constructor(private readonly host: DeviceHost) {}

  read(port: number): number {
    const { core } = this.host;
    if (port === SELECT) return this.selected;
    if (port === STATE) return this.isParked ? P.CORE_PARKED : P.CORE_BUSY;
    const value = valueAt(port);
    return value ? byteOf(core.words[value[1] >> 2] as number, port - value[0]) : 0;
  }

  write(port: number, value: number): void {
    const { words } = this.host.core;
    if (port === SELECT) words[CORE.selected >> 2] = value;
    else if (port === CONTROL) this.command(value);
    const at = valueAt(port);
    if (at) words[at[1] >> 2] = withByte(words[at[1] >> 2] as number, port - at[0], value);
  }

  reset(): void {
    // All state is in the threads' blocks.
  }

  save(): null {
    return null;
  }

  restore(): void {
    // Nothing to restore.
  }

  private get selected(): number {
    return this.host.core.words[CORE.selected >> 2] as number;
  }

  private get isParked(): boolean {
    const thread = this.host.threads[this.selected];
    return !thread || thread.state === CoreState.parked;
  }

  private command(command: number): void {
    const { host, selected } = this;
    if (command === P.CORE_START) host.startThread(selected);
    else if (command === P.CORE_PARK) host.parkThread();
    else if (command === P.CORE_JOIN) host.joinThread(selected);
    else if (command === P.CORE_INTERRUPT) {
      const thread = host.threads[selected];
      if (thread) thread.irqPending |= 1 << SOFTWARE_INTERRUPT;
    }
  }
}

const valueAt = (port: number) => VALUES.find(([first]) => port === first || port === first + 1);
