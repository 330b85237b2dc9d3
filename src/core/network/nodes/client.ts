/**
 * A client: requests in an open loop (a renewal or a time-varying Poisson process) or from a closed loop of users who think, ask and
 * wait (Schroeder, Wierman, Harchol-Balter, NSDI 2006, for why it matters). It takes the time of every request and accounts for it.
 */
import { sinTurns } from '../../base/math';
import type { Random } from '../../base/random';
import type { ClientConfig } from '../../documents/nodes/client';
import { exponential, sampler, wholeSampler } from '../../sim/distributions';
import { NO_TICKET, PS_PER_MS, PS_PER_S, type Ticket } from '../../sim/kernel';
import { BatchMeans, Histogram } from '../../sim/metrics';
import { latencyReport, type PresenceMeter } from '../meters';
import { type NodeBehaviour, toDistribution, type World } from '../node';
import type { ClientReport } from '../report';
import { NONE, OUTCOME, type Requests, STATE } from '../requests';

/** A user whose request failed does not ask again at once, or a dead system would be asked without end in no time. */
const BACKOFF_PS = PS_PER_MS;

/** A gap longer than any run: the next request never comes. Rates near 0 would otherwise be looked for without end. */
const NEVER_SECONDS = 1e9;

export interface ClientMeters {
  /** Everything in the system, for the whole scenario. */
  readonly presence: PresenceMeter;
  /** Latencies since the last sample of the series. */
  readonly window: Histogram;
}

export class Client implements NodeBehaviour {
  readonly alive = true;
  generated = 0;
  completed = 0;
  rejected = 0;
  failed = 0;
  readonly latency = new Histogram();
  readonly batches = new BatchMeans();
  private timedOut = 0;
  private lost = 0;
  private queuedPs = 0;
  private servedPs = 0;
  private since = { generated: 0, completed: 0, rejected: 0, failed: 0, timedOut: 0, lost: 0, nowPs: 0 };

  private readonly requests: Requests;
  private readonly gaps: Random;
  private readonly gap: () => number;
  private readonly think: () => number;
  private readonly arrival: number;
  private readonly wakeUp: number;
  private readonly timeOut: number;
  private readonly timeoutPs: number;
  private ratePerSecond: number;
  private pendingArrival: Ticket = NO_TICKET;

  constructor(
    private readonly world: World,
    readonly index: number,
    readonly id: string,
    private readonly name: string,
    private readonly config: ClientConfig,
    private readonly meters: ClientMeters,
  ) {
    this.requests = world.requests;
    this.gaps = world.stream(id, 'arrivals');
    this.gap =
      config.arrivals === 'constant'
        ? () => 1
        : sampler({ shape: 'gamma', mean: 1, cv: config.arrivals === 'gamma' ? config.cv : 1 }, this.gaps);
    this.think = wholeSampler(toDistribution(config.think), world.stream(id, 'think'), PS_PER_MS);
    this.arrival = world.kernel.register(() => this.arrive());
    this.wakeUp = world.kernel.register((user) => this.ask(user));
    this.timeOut = world.kernel.register((request) => this.giveUp(request));
    this.timeoutPs = Math.floor(config.timeoutMs * PS_PER_MS + 0.5);
    this.ratePerSecond = config.ratePerSecond;
  }

  start(): void {
    if (this.config.load === 'open') this.scheduleArrival();
    else
      for (let user = 0; user < this.config.users; user++) this.world.kernel.schedule(this.think(), this.wakeUp, user);
  }

  receive(): void {
    throw new Error('internal error: no link ends at a client');
  }

  answer(request: number): void {
    const { kernel } = this.world;
    const nowPs = kernel.nowPs;
    const { requests } = this;
    const outcome = requests.outcome[request];
    if (outcome === OUTCOME.completed) this.complete(request, nowPs);
    else if (outcome === OUTCOME.rejected) this.rejected++;
    else this.failed++;
    if (this.timeoutPs > 0) kernel.cancel(requests.timeout[request] as number);
    this.close(request, nowPs, outcome === OUTCOME.completed);
    requests.release(request);
  }

  /** A message of a request has vanished; without a time-out the client would never know, so it fails now. */
  vanish(request: number): void {
    this.requests.state[request] = STATE.lost;
    if (this.timeoutPs > 0) return;
    this.lost++;
    this.failed++;
    this.world.disconnect(request);
    this.close(request, this.world.kernel.nowPs, false);
    this.requests.release(request);
  }

  forget(): void {
    // The client is where forgetting starts.
  }

  kill(): void {
    throw new Error('internal error: a client is not killed');
  }

  revive(): void {
    throw new Error('internal error: a client is not revived');
  }

  slow(): void {
    throw new Error('internal error: a client is not slowed');
  }

  set(field: string, value: number): void {
    if (field !== 'ratePerSecond') throw new Error(`internal error: no live field ${field}`);
    this.ratePerSecond = value;
    if (this.config.load !== 'open') return;
    this.world.kernel.cancel(this.pendingArrival);
    this.scheduleArrival();
  }

  resetMetrics(): void {
    const { generated, completed, rejected, failed, timedOut, lost } = this;
    this.since = { generated, completed, rejected, failed, timedOut, lost, nowPs: this.world.kernel.nowPs };
    this.latency.reset();
    this.batches.reset();
    this.queuedPs = this.servedPs = 0;
  }

  report(): ClientReport {
    const { since } = this;
    const seconds = (this.world.kernel.nowPs - since.nowPs) / PS_PER_S;
    const completed = this.completed - since.completed;
    const failed = this.failed - since.failed;
    const timedOut = this.timedOut - since.timedOut;
    const lost = this.lost - since.lost;
    const latencyMs = latencyReport(this.latency, this.batches);
    const part = (ps: number) => (completed === 0 ? 0 : ps / completed / PS_PER_MS);
    const queue = part(this.queuedPs);
    const service = part(this.servedPs);
    return {
      kind: 'client',
      id: this.id,
      name: this.name,
      generated: this.generated - since.generated,
      completed,
      rejected: this.rejected - since.rejected,
      failed,
      timedOut,
      lost,
      refused: failed - timedOut - lost,
      throughputPerSecond: seconds > 0 ? completed / seconds : 0,
      latencyMs,
      partsMs: { queue, service, network: rest(latencyMs.mean, queue + service) },
    };
  }

  private arrive(): void {
    this.pendingArrival = NO_TICKET;
    this.send(0);
    this.scheduleArrival();
  }

  private ask(user: number): void {
    this.send(user);
  }

  private send(user: number): void {
    const { limit } = this.config;
    if (limit > 0 && this.generated >= limit) return;
    const { kernel } = this.world;
    const request = this.requests.take(this.index, user, kernel.nowPs);
    if (request === NONE) {
      this.world.halt('more than a million requests are in flight: the system is overloaded for good');
      return;
    }
    this.generated++;
    this.meters.presence.enter(kernel.nowPs);
    if (this.timeoutPs > 0) this.requests.setTimeout(request, kernel.schedule(this.timeoutPs, this.timeOut, request));
    this.world.linksFrom(this.index)[0]?.forward(request);
  }

  private complete(request: number, nowPs: number): void {
    const { requests } = this;
    const latencyPs = nowPs - (requests.created[request] as number);
    this.completed++;
    this.latency.record(latencyPs);
    this.batches.record(latencyPs);
    this.meters.window.record(latencyPs);
    this.queuedPs += requests.queued[request] as number;
    this.servedPs += requests.served[request] as number;
  }

  /** The request is accounted for; its user, if it has one, goes back to thinking. */
  private close(request: number, nowPs: number, good: boolean): void {
    this.meters.presence.leave(nowPs, this.requests.created[request] as number);
    if (this.config.load === 'open') return;
    const thinkPs = this.think();
    this.world.kernel.schedule(
      good ? thinkPs : Math.max(thinkPs, BACKOFF_PS),
      this.wakeUp,
      this.requests.user[request],
    );
  }

  private giveUp(request: number): void {
    const { requests, world } = this;
    this.timedOut++;
    this.failed++;
    world.disconnect(request);
    this.close(request, world.kernel.nowPs, false);
    if (requests.state[request] === STATE.lost) requests.release(request);
    else requests.abandoned[request] = 1;
  }

  private scheduleArrival(): void {
    if (this.ratePerSecond <= 0 || (this.config.limit > 0 && this.generated >= this.config.limit)) return;
    const gapSeconds = this.nextGapSeconds();
    if (!(gapSeconds < NEVER_SECONDS)) return;
    const gapPs = Math.floor(gapSeconds * PS_PER_S + 0.5);
    this.pendingArrival = this.world.kernel.schedule(gapPs, this.arrival);
  }

  private nextGapSeconds(): number {
    switch (this.config.arrivals) {
      case 'poisson':
        return exponential(this.gaps) / this.ratePerSecond;
      case 'burst':
        return this.burstGap();
      case 'diurnal':
        return this.diurnalGap();
      default:
        return this.gap() / this.ratePerSecond;
    }
  }

  /**
   * A Poisson process whose rate is piecewise constant: an exponential amount of "hazard" is used up, whole periods at once and then
   * phase by phase.
   */
  private burstGap(): number {
    const { onSeconds, offSeconds, burstFactor } = this.config;
    const period = onSeconds + offSeconds;
    const low = (this.ratePerSecond * period) / (onSeconds * burstFactor + offSeconds);
    const hazard = exponential(this.gaps);
    const periods = Math.floor(hazard / (this.ratePerSecond * period));
    let gap = periods * period;
    if (!(gap < NEVER_SECONDS)) return NEVER_SECONDS;
    let left = hazard - periods * this.ratePerSecond * period;
    let phase = this.world.kernel.nowSeconds % period;
    // What is left is less than a period's: it ends in the third phase from here at the latest, but for rounding.
    for (let phases = 0; phases < 4; phases++) {
      const inBurst = phase < onSeconds;
      const rate = inBurst ? low * burstFactor : low;
      const rest = (inBurst ? onSeconds : period) - phase;
      if (left < rate * rest) return gap + left / rate;
      left -= rate * rest;
      gap += rest;
      phase = inBurst ? onSeconds : 0;
    }
    return gap;
  }

  /** Thinning (Lewis and Shedler 1979). */
  private diurnalGap(): number {
    const { swing, periodSeconds } = this.config;
    const start = this.world.kernel.nowSeconds;
    for (let gap = 0; ;) {
      gap += exponential(this.gaps) / (this.ratePerSecond * (1 + swing));
      if (!(gap < NEVER_SECONDS)) return NEVER_SECONDS;
      const rate = 1 + swing * sinTurns((start + gap) / periodSeconds);
      if (this.gaps.float() * (1 + swing) < rate) return gap;
    }
  }
}

/** What is left of a whole; rounding alone leaves nothing. */
function rest(whole: number, parts: number): number {
  return whole - parts > whole * 1e-9 ? whole - parts : 0;
}
