/**
 * DRAM with one open row a bank (open-page policy). In memory clocks, after the controller's one clock of overhead:
 *   row hit = 1 + CL + BL/2;  closed row = tRCD + row hit;  conflict = tRP + tRCD + row hit
 * and BL/2 more for each further burst of one transfer. Every tREFI all rows close and the rank stops for tRFC. Latencies are
 * rounded up to whole CPU cycles, once, when the machine is built. Addresses map row : bank : column, so that neighbouring rows lie in
 * different banks. Figures: presets; formulas as DRAMsim3 has them for isolated accesses.
 */
import type { DramConfig } from '../../presets/machine';
import { DRAM_COUNT } from '../layout';
import type { Below, Clock } from './below';

export interface DramState {
  readonly counts: Float64Array;
  /** Number of refreshes due so far that have been seen. */
  readonly lastRefresh: Float64Array;
  readonly rows: Int32Array;
}

/** Latencies in CPU cycles. */
export interface DramCycles {
  readonly hit: number;
  readonly closed: number;
  readonly conflict: number;
  readonly burst: number;
  readonly refresh: number;
  readonly refreshInterval: number;
}

export function dramCycles(dram: DramConfig, cyclePs: number): DramCycles {
  const cycles = (clocks: number) => Math.ceil((clocks * dram.clockPs) / cyclePs);
  const hit = 1 + dram.casLatency + dram.burstLength / 2;
  return {
    hit: cycles(hit),
    closed: cycles(dram.rowToColumn + hit),
    conflict: cycles(dram.rowPrecharge + dram.rowToColumn + hit),
    burst: cycles(dram.burstLength / 2),
    refresh: cycles(dram.refreshCycles),
    refreshInterval: cycles(dram.refreshInterval),
  };
}

export class Dram implements Below {
  readonly cycles: DramCycles;
  private readonly burstBytes: number;

  constructor(
    readonly config: DramConfig,
    cyclePs: number,
    private readonly state: DramState,
    private readonly clock: Clock,
    private readonly account: number,
  ) {
    this.cycles = dramCycles(config, cyclePs);
    this.burstBytes = config.burstLength * config.busBytes;
    this.reset();
  }

  reset(): void {
    this.state.counts.fill(0);
    this.state.lastRefresh.fill(0);
    this.state.rows.fill(-1);
  }

  read(address: number, bytes: number): void {
    this.count(DRAM_COUNT.reads);
    this.access(address, bytes);
  }

  write(address: number, bytes: number): void {
    this.count(DRAM_COUNT.writes);
    this.access(address, bytes);
  }

  private count(which: number): void {
    (this.state.counts[which] as number)++;
  }

  private access(address: number, bytes: number): void {
    let cycles = this.refresh();
    const { rows } = this.state;
    const row = Math.floor(address / this.config.rowBytes);
    const bank = row & (this.config.banks - 1);
    const open = rows[bank] as number;
    if (open === row) {
      this.count(DRAM_COUNT.rowHits);
      cycles += this.cycles.hit;
    } else if (open < 0) {
      this.count(DRAM_COUNT.rowMisses);
      cycles += this.cycles.closed;
    } else {
      this.count(DRAM_COUNT.rowConflicts);
      cycles += this.cycles.conflict;
    }
    rows[bank] = row;
    if (bytes > this.burstBytes) cycles += (Math.ceil(bytes / this.burstBytes) - 1) * this.cycles.burst;
    this.clock.book(this.account, cycles);
  }

  /** Catches up with the refreshes that fell due; gives the cycles until the rank answers again. */
  private refresh(): number {
    const { refresh, refreshInterval } = this.cycles;
    const due = Math.floor(this.clock.now / refreshInterval);
    const { lastRefresh, counts, rows } = this.state;
    const missed = due - (lastRefresh[0] as number);
    if (missed > 0) {
      lastRefresh[0] = due;
      (counts[DRAM_COUNT.refreshes] as number) += missed;
      rows.fill(-1);
    }
    if (due === 0) return 0;
    return Math.max(0, due * refreshInterval + refresh - this.clock.now);
  }
}
