/** The shapes of what a run tells: `orrery network --json`, the worker's snapshots and the tests read the same objects. */

export interface LatencyReport {
  readonly count: number;
  readonly mean: number;
  readonly sigma: number;
  readonly min: number;
  readonly max: number;
  readonly percentiles: {
    readonly '50': number;
    readonly '90': number;
    readonly '95': number;
    readonly '99': number;
    readonly '99.9': number;
  };
  /** Half the width of the 95 % confidence interval of the mean, by batch means; null when there are too few. */
  readonly ci95: number | null;
}

/** Little's law with both sides counted apart: L from the number present over time, lambda and W from the requests. */
export interface LittleReport {
  /** Mean number present. */
  readonly L: number;
  /** Arrivals a second. */
  readonly lambdaPerSecond: number;
  /** Mean time present, seconds, those still present included with their time so far. */
  readonly wSeconds: number;
  /** |L - lambda W| / L. */
  readonly relativeError: number;
  readonly holds: boolean;
}

export interface ConservationReport {
  readonly generated: number;
  readonly completed: number;
  readonly rejected: number;
  readonly failed: number;
  /** Counted one by one over the requests that exist. */
  readonly inFlight: number;
  /** generated = completed + rejected + failed + inFlight, exactly. */
  readonly holds: boolean;
}

export interface ClientReport {
  readonly kind: 'client';
  readonly id: string;
  readonly name: string;
  readonly generated: number;
  readonly completed: number;
  readonly rejected: number;
  /** All failures; the next three are among them. */
  readonly failed: number;
  readonly timedOut: number;
  readonly lost: number;
  readonly refused: number;
  readonly throughputPerSecond: number;
  readonly latencyMs: LatencyReport;
  /** Where the mean went; the three add up to it. */
  readonly partsMs: { readonly queue: number; readonly service: number; readonly network: number };
}

export interface ServerReport {
  readonly kind: 'server';
  readonly id: string;
  readonly name: string;
  readonly alive: boolean;
  readonly slots: number;
  readonly arrived: number;
  readonly completed: number;
  readonly rejected: number;
  /** Came while it was dead. */
  readonly refused: number;
  /** Were inside when it was killed. */
  readonly crashed: number;
  /** Completed for clients that had given up. */
  readonly wasted: number;
  readonly inSystem: number;
  readonly maxInSystem: number;
  readonly throughputPerSecond: number;
  /** Busy slots over slots. */
  readonly utilisation: number;
  readonly timeInSystemMs: LatencyReport;
  readonly waitMs: number;
  readonly little: LittleReport;
}

export interface BalancerReport {
  readonly kind: 'load-balancer';
  readonly id: string;
  readonly name: string;
  readonly forwarded: number;
  /** Found no node that its checks hold for healthy. */
  readonly unroutable: number;
  readonly backends: readonly {
    readonly link: string;
    readonly node: string;
    readonly healthy: boolean;
    readonly outstanding: number;
    readonly forwarded: number;
  }[];
}

export type NodeReport = ClientReport | ServerReport | BalancerReport;

export interface LinkReport {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly messages: number;
  readonly bytes: number;
  readonly lost: number;
  readonly cut: boolean;
  readonly utilisation: number;
}

/** One chip: what a law predicts, and what came out. */
export interface TheoryReport {
  /** The node that the law speaks about. */
  readonly node: string;
  readonly law: string;
  readonly formula: string;
  readonly source: string;
  readonly quantity: string;
  readonly unit: string;
  readonly expected: number;
  readonly measured: number;
  /** 95 % confidence of the measured value; null when it cannot be told. */
  readonly ci95: number | null;
  /** measured / expected - 1. */
  readonly relativeError: number;
  /**
   * `agrees`: within three standard errors, or within 2 % when that is wider. `limit`: the law is a limit that the system is not near.
   * `early`: too few values to tell.
   */
  readonly verdict: 'agrees' | 'differs' | 'limit' | 'early';
  /** What the law assumes that this system only approaches. */
  readonly remark: string;
}

/** One stretch of simulated time. */
export interface SampleReport {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly throughputPerSecond: number;
  readonly failuresPerSecond: number;
  readonly latencyMs: { readonly mean: number; readonly p50: number; readonly p99: number };
  /** Per server, in the order of the nodes. */
  readonly utilisation: readonly number[];
}

export interface NetworkReport {
  readonly scenario: string;
  readonly seed: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly events: number;
  /** Identifies the run: equal for equal runs on any engine. */
  readonly runHash: string;
  /** Why the run stopped before its time, or null. */
  readonly halted: string | null;
  readonly total: {
    readonly generated: number;
    readonly completed: number;
    readonly rejected: number;
    readonly failed: number;
    readonly inFlight: number;
    readonly throughputPerSecond: number;
    readonly latencyMs: LatencyReport;
    readonly little: LittleReport;
  };
  readonly conservation: ConservationReport;
  readonly theory: readonly TheoryReport[];
  readonly nodes: readonly NodeReport[];
  readonly links: readonly LinkReport[];
  readonly series: readonly SampleReport[];
}
