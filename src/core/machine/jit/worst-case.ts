/** A bound on what one access to one line can add, so that translated code never runs past a stop. */
import type { CacheConfig, MachineConfig } from '../../presets/machine';
import { dramCycles } from '../memory/dram';

/** Cycles; generous, because a bound that is too low would be an error and one too high costs little. */
export function worstMissCycles(config: MachineConfig): number {
  const levels = [config.l1d ?? config.l1i, config.l2, config.l3].filter(
    (level): level is CacheConfig => level !== null,
  );
  const longestLine = Math.max(2, ...levels.map((level) => level.lineBytes));
  const dram = config.dram ? dramCycles(config.dram, config.cyclePs) : undefined;
  const bursts = config.dram ? Math.ceil(longestLine / (config.dram.burstLength * config.dram.busBytes)) : 0;
  const access = dram ? dram.conflict + bursts * dram.burst : 0;
  // Each level may fetch a line and write one (a victim, or what it writes through), and so may each below it for either.
  const below = levels.reduce((cost, level) => level.hitCycles + 2 * cost, access);
  return 2 * below + (dram ? 2 * dram.refresh : 0);
}
