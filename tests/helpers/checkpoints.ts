/** Machines that go on from the checkpoints of others, and all that two machines can differ in. */
import { createHash } from 'node:crypto';
import type { Image } from '../../src/core/assembler/image';
import { plainBytes } from '../../src/core/base/plain-bytes';
import { restoreCheckpoint, saveCheckpoint, startOfRun, type StartOfRun } from '../../src/core/machine/checkpoint';
import type { Machine } from '../../src/core/machine/machine';
import { stateHash } from '../../src/core/machine/state-hash';
import { outputText } from '../../src/core/machine/summary';

export const bytesOf = (text: string) => [...text].map((c) => c.charCodeAt(0));

/** Everything that a machine holds, short enough to be compared often. */
export const stateOf = (machine: Machine) => ({
  hash: stateHash(machine),
  rest: createHash('sha256').update(plainBytes(machine.saveRest())).digest('hex'),
  text: outputText(machine),
});

const starts = new WeakMap<Machine, StartOfRun>();
export const saved = (machine: Machine) => saveCheckpoint(machine, starts.get(machine) as StartOfRun);

export function started(machine: Machine, image: Image, input?: string): Machine {
  machine.load(image);
  starts.set(machine, startOfRun(machine));
  if (input !== undefined) machine.input({ kind: 'console', bytes: bytesOf(input), end: true });
  return machine;
}

/** A machine of its own that goes on from the bytes of another. */
export function copyOf(machine: Machine, copy: Machine, bytes = saved(machine)): Machine {
  copy.load(machine.image as Image);
  const restored = restoreCheckpoint(copy, bytes);
  if (!restored.ok) throw new Error(restored.error);
  return copy;
}
