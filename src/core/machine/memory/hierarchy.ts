/** The memory hierarchy as each core sees it: flat, with caches, or with caches that a bus keeps coherent. */
import type { MachineConfig } from '../../presets/machine';
import type { MachineLayout } from '../layout';
import { SnoopingBus } from './bus';
import { CoherentMemory } from './coherent';
import { LowerMemory, MemorySystem } from './system';

export interface Hierarchy {
  /** The bus between several cores' caches. */
  readonly bus: SnoopingBus | null;
  /** By core. */
  readonly systems: readonly MemorySystem[];
}

export function buildHierarchy(config: MachineConfig, layout: MachineLayout, buffer: ArrayBuffer): Hierarchy {
  const { several } = layout;
  const lower = new LowerMemory(config, layout, buffer);
  if (!several || config.cores === 1 || !config.l1d) {
    // Without caches there is nothing to keep coherent: every core sees the same flat memory.
    const system = new MemorySystem(config, layout, buffer, lower);
    return { bus: null, systems: new Array<MemorySystem>(config.cores).fill(system) };
  }
  const bus = new SnoopingBus(config.coherence, config.l1d.lineBytes, several, buffer, lower.top, lower.clock);
  const systems = Array.from(
    { length: config.cores },
    (_, core) => new CoherentMemory(config, layout, buffer, lower, bus, core),
  );
  return { bus, systems };
}
