/** A fingerprint of the complete state: everything in the machine's buffer, the disks' contents, console output and pending events. */
import type { Machine } from './machine';

/** Two 32-bit lanes over the state as words (FNV-1a and a multiply-rotate), as 16 hex digits. The same on every host. */
export function stateHash(machine: Machine): string {
  const { layout, buffer, devices } = machine;
  const words = new Int32Array(buffer, 0, layout.stateBytes >> 2);
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  const mix = (word: number) => {
    a = Math.imul(a ^ word, 0x01000193);
    b = Math.imul((b ^ word) + 0x7f4a7c15, 0x85ebca6b);
    b = (b << 13) | (b >>> 19);
  };
  for (let i = 0; i < words.length; i++) mix(words[i] as number);
  mix(devices.console.outputLength);
  mix(devices.console.outputHash);
  mix(devices.ssd0.contentHash());
  mix(devices.hdd0.contentHash());
  for (const due of machine.events.save()) mix(due === Infinity ? -1 : due % 2 ** 32);
  return hex(a) + hex(b);
}

const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
