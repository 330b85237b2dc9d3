/** A bound on what one instruction's accesses can add, so that translated code never runs past a stop. */
import type { CacheConfig, MachineConfig } from '../../presets/machine';
import { dramCycles } from '../memory/dram';

/** Cycles of a fetch and a data access that both miss; generous, because a bound that is too low would be an error. */
export function worstMissCycles(config: MachineConfig): number {
  const { dram } = config;
  if (!dram) return 2 * worstAccess(config, 0);
  const { refresh, refreshInterval } = dramCycles(dram, config.cyclePs);
  // Within less than an interval there is one refresh to wait for, however many accesses.
  const once = 2 * worstAccess(config, 0) + refresh;
  return once + refresh < refreshInterval ? once : 2 * worstAccess(config, refresh);
}

/** Cycles of one access; each that reaches DRAM waits for `refresh`. */
function worstAccess(config: MachineConfig, refresh: number): number {
  const levels = [config.l1d ?? config.l1i, config.l2, config.l3].filter(
    (level): level is CacheConfig => level !== null,
  );
  const longestLine = Math.max(2, ...levels.map((level) => level.lineBytes));
  const dram = config.dram ? dramCycles(config.dram, config.cyclePs) : undefined;
  const bursts = config.dram ? Math.ceil(longestLine / (config.dram.burstLength * config.dram.busBytes)) : 0;
  const access = dram ? refresh + dram.conflict + bursts * dram.burst : 0;
  // Each level may fetch a line and write one (a victim, or what it writes through), and so may each below it for either.
  const below = levels.reduce((cost, level) => level.hitCycles + 2 * cost, access);
  // It may reach into a second line.
  return 2 * below;
}
