/** Meters shared by the kinds of node: what is present and for how long, and latencies with their report. */
import { PS_PER_MS, PS_PER_S } from '../sim/kernel';
import { type BatchMeans, type Histogram, TimeWeighted } from '../sim/metrics';
import type { LatencyReport, LittleReport } from './report';

/** Sums of 1e12 doubles of like size keep at least this many digits. */
const LITTLE_TOLERANCE = 1e-9;

/**
 * Counts who is present and, apart from that, sums up how long each was there: the two sides of Little's law (Little 1961). Stays are
 * clipped to the time that is measured.
 */
export class PresenceMeter {
  readonly level = new TimeWeighted();
  arrived = 0;
  private staysPs = 0;
  /** Sum of the arrival times of those present, as times since `startPs`; gives the stays of those still there. */
  private presentPs = 0;
  private presentCount = 0;
  private startPs = 0;

  enter(nowPs: number): void {
    this.level.add(nowPs, 1);
    this.arrived++;
    this.presentPs += nowPs - this.startPs;
    this.presentCount++;
  }

  leave(nowPs: number, enteredPs: number): void {
    this.level.add(nowPs, -1);
    const from = enteredPs > this.startPs ? enteredPs : this.startPs;
    this.staysPs += nowPs - from;
    this.presentPs -= from - this.startPs;
    this.presentCount--;
  }

  /** Those present count as arrivals of the new stretch. */
  reset(nowPs: number): void {
    this.level.reset(nowPs);
    this.startPs = nowPs;
    this.staysPs = 0;
    this.presentPs = 0;
    this.arrived = this.presentCount;
  }

  report(nowPs: number): LittleReport {
    const seconds = (nowPs - this.startPs) / PS_PER_S;
    const stays = this.staysPs + this.presentCount * (nowPs - this.startPs) - this.presentPs;
    const L = this.level.mean(nowPs);
    const lambdaPerSecond = seconds > 0 ? this.arrived / seconds : 0;
    const wSeconds = this.arrived > 0 ? stays / this.arrived / PS_PER_S : 0;
    const product = lambdaPerSecond * wSeconds;
    const relativeError = L === product ? 0 : Math.abs(L - product) / Math.max(L, product);
    return { L, lambdaPerSecond, wSeconds, relativeError, holds: relativeError < LITTLE_TOLERANCE };
  }
}

export function latencyReport(histogram: Histogram, batches?: BatchMeans): LatencyReport {
  const ms = (ps: number) => ps / PS_PER_MS;
  const halfWidth = batches?.interval().halfWidth ?? Infinity;
  const { count } = histogram;
  return {
    count,
    mean: ms(histogram.mean),
    sigma: ms(histogram.sigma),
    min: count === 0 ? 0 : ms(histogram.min),
    max: count === 0 ? 0 : ms(histogram.max),
    percentiles: {
      '50': ms(histogram.percentile(50)),
      '90': ms(histogram.percentile(90)),
      '95': ms(histogram.percentile(95)),
      '99': ms(histogram.percentile(99)),
      '99.9': ms(histogram.percentile(99.9)),
    },
    ci95: halfWidth === Infinity ? null : ms(halfWidth),
  };
}
