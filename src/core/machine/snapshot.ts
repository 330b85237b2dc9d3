/** The complete state of a machine as plain data. The buffer is copied whole: 70 KiB cost less than finding out what changed. */
import type { Machine, MachineRest } from './machine';

export interface Snapshot {
  readonly cycle: number;
  readonly instructions: number;
  readonly state: Uint8Array;
  readonly rest: MachineRest;
}

/** `into` is a buffer of an older snapshot that is no longer needed. */
export function takeSnapshot(machine: Machine, into?: Uint8Array): Snapshot {
  const state = into ?? new Uint8Array(machine.layout.stateBytes);
  state.set(new Uint8Array(machine.buffer, 0, machine.layout.stateBytes));
  const { cycles, instructions } = machine;
  return { cycle: cycles, instructions, state, rest: machine.saveRest() };
}

export function restoreSnapshot(machine: Machine, snapshot: Snapshot): void {
  const { memory, code } = machine;
  // Decoded code stays good unless the bytes under it differ.
  const keepEnd = code.keepEnd;
  let changed = false;
  if (machine.config.writableCode || machine.inputs.hasEdits(keepEnd))
    for (let i = 0; i < keepEnd && !changed; i++) changed = memory[i] !== snapshot.state[i];
  new Uint8Array(machine.buffer, 0, machine.layout.stateBytes).set(snapshot.state);
  if (changed) code.forgetAll();
  machine.restoreRest(snapshot.rest);
}

export function canRestore(machine: Machine, snapshot: Snapshot): boolean {
  return machine.devices.canRestore(snapshot.rest.devices);
}
