/** The network's worker: one scenario, running; commands in, frames out. */
import type { EventAction, Scenario } from '../core/documents/scenario';
import type { NetworkReport, SampleReport, ServerReport, TheoryReport } from '../core/network/report';

export type { NetworkReport, SampleReport, ServerReport, TheoryReport };

/** `ready`: at the start. `ended`: the time of the scenario is over. `halted`: a limit has stopped it, `report.halted` says which. */
export type NetworkState = 'ready' | 'running' | 'paused' | 'ended' | 'halted';

export interface NetworkFrame {
  /** Of the load that this frame belongs to. */
  readonly revision: number;
  readonly state: NetworkState;
  readonly nowSeconds: number;
  readonly endSeconds: number;
  /** Simulated seconds that pass in a second, as reached; 0 while it stands. */
  readonly rate: number;
  readonly report: NetworkReport;
  /** Servers that were killed and not revived. */
  readonly dead: readonly string[];
  /** Messages on the links now, in pairs: 2 x link (+ 1 on the way back), and how far, 0 to 1. */
  readonly travelling: Float32Array;
  /** Something was done to the running system: the laws, which speak of a steady state, are silent. */
  readonly disturbed: boolean;
}

export interface NetworkLoad {
  readonly revision: number;
  /** Read and without topology issues. */
  readonly scenario: Scenario;
}

export interface NetworkService {
  subscribe(take: (frame: NetworkFrame) => void): void;
  /** Puts a scenario in, at its start. */
  load(request: NetworkLoad): void;
  run(): void;
  pause(): void;
  /** Simulated seconds a second; Infinity is as fast as it can. */
  setSpeed(speed: number): void;
  /** Does something to the running system at its present time. */
  command(action: EventAction): void;
}

/** Messages that a frame shows at most. */
export const MAX_TRAVELLING = 160;
