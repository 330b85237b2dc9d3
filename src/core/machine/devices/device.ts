/** What a device is, and what the machine gives it. A device's whole state goes through save and restore as plain data. */
import type { DeviceName } from '../../isa/ports';
import type { Account } from '../layout';
import type { Core } from '../cpu/core';
import type { Slot } from '../events';

/** The machine, as devices see it. */
export interface Host {
  /** Cycle of the access or event that is being handled. */
  readonly now: number;
  readonly cyclePs: number;
  /** RAM, for DMA. */
  readonly memory: Uint8Array;
  schedule(slot: Slot, cycle: number): void;
  cancel(slot: Slot): void;
  /** Makes an interrupt pending, by vector. */
  raise(vector: number): void;
  clear(vector: number): void;
  /** The core waits for the device: takes time, booked to the account. */
  stall(account: Account, cycles: number): void;
  /** Whether DMA may write these bytes. */
  isWritable(address: number, bytes: number): boolean;
  /** Call after DMA has written: drops cached lines and decoded code. */
  wrote(address: number, bytes: number): void;
}

/** What the devices that belong to the cores see more. */
export interface DeviceHost extends Host {
  /** The hardware thread that makes the access. */
  readonly core: Core;
  /** All of them. */
  readonly threads: readonly Core[];
  /** A parked thread begins with what the asking one has set up. */
  startThread(id: number): void;
  /** The asking thread ends. */
  parkThread(): void;
  /** The asking thread sleeps until that one is parked, or an interrupt is pending. */
  joinThread(id: number): void;
}

export interface Device {
  readonly name: DeviceName;
  /** `port` is the port number itself. */
  read(port: number): number;
  write(port: number, value: number): void;
  /** The event in the device's slot fires. */
  fire?(): void;
  /** Power on. */
  reset(): void;
  save(): unknown;
  restore(state: unknown): void;
  /** What `restore` needs beside the state on a machine that has not lived through the run: plain data. */
  saveHistory?(): unknown;
  /** Right before `restore`, at power on. */
  restoreHistory?(history: unknown, state: unknown): void;
}

/** Whole cycles that last at least so many picoseconds. */
export function cyclesFor(host: Host, ps: number): number {
  return Math.ceil(ps / host.cyclePs);
}

/** Byte `index` of an unsigned value up to 2^53. */
export function byteOf(value: number, index: number): number {
  return Math.floor(value / 2 ** (8 * index)) & 0xff;
}

/** `value` with byte `index` replaced; up to four bytes. */
export function withByte(value: number, index: number, byte: number): number {
  return ((value & ~(0xff << (8 * index))) | (byte << (8 * index))) >>> 0;
}
