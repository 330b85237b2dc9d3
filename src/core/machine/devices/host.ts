/** What the machine gives its devices: time, memory, interrupts, and the hardware threads. */
import { ACCOUNT, CORE, RAM_BYTES, type Account } from '../layout';
import type { Core } from '../cpu/core';
import type { Machine } from '../machine';
import type { DeviceHost } from './device';

export function deviceHost(machine: Machine): DeviceHost {
  const { config, memory, events, threads, systems, code } = machine;
  // Devices interrupt the first thread.
  const first = threads[0] as Core;
  return {
    get now() {
      return Math.max(machine.cycles, machine.core.cycles);
    },
    get core() {
      return machine.core;
    },
    cyclePs: config.cyclePs,
    memory,
    threads,
    schedule: events.schedule.bind(events),
    cancel: events.cancel.bind(events),
    raise: (vector: number) => void (first.irqPending |= 1 << vector),
    clear: (vector: number) => void (first.irqPending &= ~(1 << vector)),
    stall: (account: Account, cycles: number) => machine.core.spend(ACCOUNT[account], cycles),
    startThread: (id: number) => machine.scheduler?.start(id, machine.core),
    parkThread: () => machine.scheduler?.park(machine.core),
    joinThread: (id: number) => machine.scheduler?.join(machine.core, id),
    isWritable: (address: number, bytes: number) =>
      address >= machine.execution.writableFrom && address + bytes <= RAM_BYTES,
    wrote: (address: number, bytes: number) => {
      for (const system of systems) system.invalidate(address, bytes);
      for (const thread of threads) thread.words[CORE.fetchLine >> 2] = -1;
      if (machine.execution.codeIsWritable) for (let i = 0; i < bytes; i++) code.forget(address + i);
    },
  };
}
