/** The devices of a machine and the way from port numbers to them. */
import { DISK_BASE, INTERRUPTS, PORT_CONSTANTS as P, portOf, PORTS, type DeviceName } from '../../isa/ports';
import type { MachineConfig } from '../../presets/machine';
import { assert } from '../../base/assert';
import { diskPreset } from '../../presets/storage';
import { createBlockDevice } from '../../storage/block-device';
import { SLOT, type Slot } from '../events';
import type { InputEvent } from '../input';
import type { Account } from '../layout';
import { ClockDevice, CounterDevice } from './clock';
import { ConsoleDevice } from './console';
import { CoresDevice } from './cores';
import { type Device, type DeviceHost, byteOf, withByte } from './device';
import { Disk } from './disk';
import { Keyboard } from './keyboard';
import { NetworkCard } from './network-card';
import { Panel } from './panel';
import { RandomDevice } from './random';
import { Timer } from './timer';

/** Which account the time asleep goes to, by the device whose interrupt ends it. */
const SLEEP_ACCOUNTS: Partial<Record<DeviceName, Account>> = {
  ssd0: 'ssd',
  hdd0: 'hdd',
  console: 'console',
  keyboard: 'console',
  network: 'network',
};

export class DeviceBus {
  readonly console: ConsoleDevice;
  readonly keyboard: Keyboard;
  readonly timer: Timer;
  readonly panel: Panel;
  readonly random: RandomDevice;
  readonly ssd0: Disk;
  readonly hdd0: Disk;
  readonly network: NetworkCard;
  readonly system: SystemDevice;
  private readonly all: readonly Device[];
  private readonly byPort: (Device | undefined)[] = new Array<Device | undefined>(256).fill(undefined);
  private readonly bySlot: readonly Device[];

  constructor(config: MachineConfig, host: DeviceHost, counter: (number: number) => number) {
    this.console = new ConsoleDevice(host, config.consoleByteNs);
    this.keyboard = new Keyboard(host);
    this.timer = new Timer(host);
    this.panel = new Panel(host);
    this.random = new RandomDevice(config.seed);
    this.ssd0 = new Disk('ssd0', host, diskModel(config.ssd0, config.seed));
    this.hdd0 = new Disk('hdd0', host, diskModel(config.hdd0, config.seed));
    this.network = new NetworkCard(host);
    this.system = new SystemDevice(host);
    this.all = [
      this.system,
      this.random,
      this.panel,
      this.console,
      this.keyboard,
      this.timer,
      new ClockDevice(host),
      new CounterDevice(host, counter),
      this.ssd0,
      this.hdd0,
      this.network,
      new CoresDevice(host),
    ];
    const slots: Record<keyof typeof SLOT, Device> = {
      timer: this.timer,
      ssd0: this.ssd0,
      hdd0: this.hdd0,
      network: this.network,
    };
    this.bySlot = Object.entries(SLOT)
      .sort(([, a], [, b]) => a - b)
      .map(([name]) => slots[name as keyof typeof SLOT]);
    for (const { port, sizeBytes, device } of PORTS)
      for (let i = 0; i < sizeBytes; i++) this.byPort[port + i] = this.all.find((d) => d.name === device);
  }

  get isPowerOff(): boolean {
    return this.system.isOff;
  }

  read(port: number): number {
    return this.byPort[port]?.read(port) ?? 0;
  }

  write(port: number, value: number): void {
    this.byPort[port]?.write(port, value);
  }

  fire(slot: Slot): void {
    this.bySlot[slot]?.fire?.();
  }

  /** The account of the device behind an interrupt. */
  accountOf(vector: number): Account {
    const device = INTERRUPTS.find((i) => i.vector === vector)?.device;
    return (device && SLEEP_ACCOUNTS[device]) ?? 'sleep';
  }

  apply(event: InputEvent): void {
    switch (event.kind) {
      case 'console':
        this.console.feed(event.bytes, event.end ?? false);
        break;
      case 'key':
        this.keyboard.press(event.code);
        break;
      case 'switches':
        this.panel.setSwitches(event.bits);
        break;
      case 'frame':
        this.network.deliver(event);
        break;
      default:
        assert(false, `${event.kind} is not for a device`);
    }
  }

  reset(): void {
    for (const device of this.all) device.reset();
  }

  save(): unknown {
    return this.all.map((device) => device.save());
  }

  restore(state: unknown): void {
    this.all.forEach((device, index) => device.restore((state as readonly unknown[])[index]));
  }

  saveHistory(): unknown {
    return this.all.map((device) => device.saveHistory?.());
  }

  restoreHistory(history: unknown, state: unknown): void {
    this.all.forEach((device, index) =>
      device.restoreHistory?.((history as readonly unknown[])[index], (state as readonly unknown[])[index]),
    );
  }

  /** Whether the disks can go to such a state. */
  canRestore(state: unknown): boolean {
    return this.all.every((device, index) => {
      const saved = (state as readonly unknown[])[index];
      return !(device instanceof Disk) || device.canRestore(saved as Parameters<Disk['canRestore']>[0]);
    });
  }

  forgetFuture(): void {
    this.ssd0.forgetFuture();
    this.hdd0.forgetFuture();
  }
}

function diskModel(name: string, seed: number) {
  const preset = diskPreset(name);
  assert(preset, `'${name}' is the name of a disk`);
  return createBlockDevice(preset, seed);
}

const PENDING = portOf('IRQ_PENDING');
const MASK = portOf('IRQ_MASK');
const LIMIT = portOf('STACK_LIMIT');
const CORE_ID = portOf('CORE_ID');
const CORE_COUNT = portOf('CORE_COUNT');
const POWER = portOf('POWER');
const RAISE = portOf('IRQ_RAISE');

/** Interrupt controller, stack limit, power, who is asking. Its registers are the core's own. */
class SystemDevice implements Device {
  readonly name = 'system';
  isOff = false;
  /** Of each hardware thread. */
  private readonly limitLow: Uint8Array;

  constructor(private readonly host: DeviceHost) {
    this.limitLow = new Uint8Array(host.threads.length);
  }

  read(port: number): number {
    const { core, threads } = this.host;
    if (port < MASK) return byteOf(core.irqPending, port - PENDING);
    if (port < LIMIT) return byteOf(core.irqMask, port - MASK);
    if (port < LIMIT + 2) return byteOf(core.stackLimit, port - LIMIT);
    if (port === CORE_COUNT) return threads.length;
    return port === CORE_ID ? core.id : 0;
  }

  write(port: number, value: number): void {
    const { core } = this.host;
    if (port < MASK) core.irqPending &= ~(value << (8 * (port - PENDING)));
    else if (port < LIMIT) core.irqMask = withByte(core.irqMask, port - MASK, value);
    else if (port === LIMIT) this.limitLow[core.id] = value;
    else if (port === LIMIT + 1) core.stackLimit = (value << 8) | (this.limitLow[core.id] as number);
    else if (port === POWER) this.isOff = value === P.POWER_OFF;
    else if (port === RAISE) core.irqPending |= 1 << (value & 15);
  }

  reset(): void {
    this.isOff = false;
    this.limitLow.fill(0);
  }

  save(): readonly [boolean, number[]] {
    return [this.isOff, [...this.limitLow]];
  }

  restore([isOff, limitLow]: readonly [boolean, number[]]): void {
    this.isOff = isOff;
    this.limitLow.set(limitLow);
  }
}

/** First port of each disk, for readers of the table. */
export const DISK_PORTS = DISK_BASE;
