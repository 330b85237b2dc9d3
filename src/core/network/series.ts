/** The run as a series of samples of equal length in simulated time; the last MAX_SAMPLES are kept. */
import { PS_PER_MS, PS_PER_S } from '../sim/kernel';
import type { SampleReport } from './report';
import type { Simulation } from './simulation';

export const MAX_SAMPLES = 1200;

export class Series {
  readonly samples: SampleReport[] = [];
  nextUs: number;
  private readonly stepUs: number;
  private fromSeconds = 0;
  private failures = 0;
  /** Integral of busy slots per server at the last sample. */
  private busy: number[] = [];

  constructor(
    private readonly simulation: Simulation,
    sampleSeconds: number,
  ) {
    this.stepUs = Math.max(1, Math.round(sampleSeconds * 1e6));
    this.nextUs = this.stepUs;
  }

  take(): void {
    const { kernel, window, clients, servers } = this.simulation;
    const toSeconds = kernel.nowSeconds;
    const seconds = toSeconds - this.fromSeconds;
    const failures = clients.reduce((sum, client) => sum + client.failed + client.rejected, 0);
    const nowPs = kernel.nowPs;
    const areas = servers.map((server) => server.busyArea(nowPs));
    this.samples.push({
      fromSeconds: this.fromSeconds,
      toSeconds,
      throughputPerSecond: window.count / seconds,
      failuresPerSecond: (failures - this.failures) / seconds,
      latencyMs: {
        mean: window.mean / PS_PER_MS,
        p50: window.percentile(50) / PS_PER_MS,
        p99: window.percentile(99) / PS_PER_MS,
      },
      utilisation: servers.map((server, i) => {
        const used = ((areas[i] as number) - (this.busy[i] ?? 0)) / PS_PER_S / seconds / server.config.slots;
        return Math.min(1, Math.max(0, used));
      }),
    });
    if (this.samples.length > MAX_SAMPLES) this.samples.shift();
    window.reset();
    this.fromSeconds = toSeconds;
    this.failures = failures;
    this.busy = areas;
    this.nextUs += this.stepUs;
  }
}
