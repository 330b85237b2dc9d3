/**
 * A server with `slots` places of service and a queue: first in first out, last in first out (without preemption), or processor sharing,
 * where each of n requests gets min(1, slots/n) of a slot. Processor sharing runs on virtual time (the service that a request
 * present since the start has had), so that a change of n costs one heap operation, not n.
 */
import type { ServerConfig } from '../../documents/nodes/server';
import { wholeSampler } from '../../sim/distributions';
import { NO_TICKET, PS_PER_MS, PS_PER_S, type Ticket } from '../../sim/kernel';
import { BatchMeans, Histogram, TimeWeighted } from '../../sim/metrics';
import { latencyReport, PresenceMeter } from '../meters';
import { type NodeBehaviour, toDistribution, type World } from '../node';
import type { ServerReport } from '../report';
import { NONE, OUTCOME, type Requests } from '../requests';
import { FinishHeap } from './finish-heap';

export class Server implements NodeBehaviour {
  alive = true;
  readonly presence = new PresenceMeter();
  readonly timeInSystem = new Histogram();
  readonly batches = new BatchMeans();
  readonly busy = new TimeWeighted();
  private readonly requests: Requests;
  private readonly work: () => number;
  private readonly completion: number;
  private readonly places: number;
  private factor = 1;

  // First in first out, last in first out: the waiting are a list through requests.next.
  private head = NONE;
  private tail = NONE;
  private waiting = 0;
  private inService = 0;

  // Processor sharing.
  private readonly sharing: FinishHeap;
  private virtualPs = 0;
  private virtualAt = 0;
  private nextFinish: Ticket = NO_TICKET;

  private busyBeforePs = 0;
  private counts = { completed: 0, rejected: 0, refused: 0, crashed: 0, wasted: 0, waitPs: 0, sincePs: 0 };

  constructor(
    private readonly world: World,
    readonly index: number,
    readonly id: string,
    private readonly name: string,
    readonly config: ServerConfig,
  ) {
    this.requests = world.requests;
    this.work = wholeSampler(toDistribution(config.service), world.stream(id, 'service'), PS_PER_MS);
    this.completion = world.kernel.register((request) => this.complete(request));
    this.places = config.queue === 'bounded' ? config.queueLimit : Infinity;
    this.sharing = new FinishHeap(world.requests);
  }

  start(): void {
    // A server waits to be asked.
  }

  receive(request: number): void {
    const { requests, world } = this;
    if (!this.alive) {
      this.counts.refused++;
      world.reply(request, OUTCOME.failed);
      return;
    }
    if (this.presence.level.value >= this.config.slots + this.places) {
      this.counts.rejected++;
      world.reply(request, OUTCOME.rejected);
      return;
    }
    const nowPs = world.kernel.nowPs;
    requests.node[request] = this.index;
    requests.entered[request] = nowPs;
    this.presence.enter(nowPs);
    if (this.config.discipline === 'ps') this.share(request, nowPs);
    else if (this.inService < this.config.slots) this.serve(request, nowPs);
    else this.enqueue(request);
  }

  answer(): void {
    throw new Error('internal error: a server asks nobody');
  }

  forget(): void {
    throw new Error('internal error: a server asks nobody');
  }

  /** Everything inside fails at once: its connections are reset. In the order of the slots, which is as good as any. */
  kill(): void {
    if (!this.alive) return;
    const { requests, world } = this;
    this.alive = false;
    const nowPs = world.kernel.nowPs;
    this.catchUp(nowPs);
    world.kernel.cancel(this.nextFinish);
    this.nextFinish = NO_TICKET;
    this.head = this.tail = NONE;
    this.waiting = this.inService = 0;
    this.sharing.clear();
    this.busy.set(nowPs, 0);
    for (let i = 0, n = requests.used; i < n; i++) {
      if (requests.node[i] !== this.index) continue;
      if (this.config.discipline !== 'ps') world.kernel.cancel(requests.serviceEnd[i] as number);
      this.counts.crashed++;
      this.leave(i, nowPs, OUTCOME.failed);
    }
  }

  revive(): void {
    this.alive = true;
    this.virtualAt = this.world.kernel.nowPs;
  }

  slow(factor: number): void {
    this.catchUp(this.world.kernel.nowPs);
    this.factor = factor;
    if (this.config.discipline === 'ps') this.scheduleFinish();
  }

  set(field: string): void {
    throw new Error(`internal error: no live field ${field}`);
  }

  resetMetrics(): void {
    const nowPs = this.world.kernel.nowPs;
    this.presence.reset(nowPs);
    this.busyBeforePs += this.busy.areaAt(nowPs);
    this.busy.reset(nowPs);
    this.timeInSystem.reset();
    this.batches.reset();
    this.counts = { completed: 0, rejected: 0, refused: 0, crashed: 0, wasted: 0, waitPs: 0, sincePs: nowPs };
  }

  /** Integral of busy slots since the start of the run, ps; `resetMetrics` does not touch it. */
  busyArea(nowPs: number): number {
    return this.busyBeforePs + this.busy.areaAt(nowPs);
  }

  report(): ServerReport {
    const nowPs = this.world.kernel.nowPs;
    const { completed, rejected, refused, crashed, wasted, waitPs, sincePs } = this.counts;
    const seconds = (nowPs - sincePs) / PS_PER_S;
    return {
      kind: 'server',
      id: this.id,
      name: this.name,
      alive: this.alive,
      slots: this.config.slots,
      arrived: this.presence.arrived,
      completed,
      rejected,
      refused,
      crashed,
      wasted,
      inSystem: this.presence.level.value,
      maxInSystem: this.presence.level.max,
      throughputPerSecond: seconds > 0 ? completed / seconds : 0,
      utilisation: this.busy.mean(nowPs) / this.config.slots,
      timeInSystemMs: latencyReport(this.timeInSystem, this.batches),
      waitMs: completed === 0 ? 0 : waitPs / completed / PS_PER_MS,
      little: this.presence.report(nowPs),
    };
  }

  private serve(request: number, nowPs: number): void {
    const workPs = this.work();
    const servicePs = this.factor === 1 ? workPs : Math.floor(workPs * this.factor + 0.5);
    this.inService++;
    this.busy.set(nowPs, this.inService);
    this.requests.finish[request] = nowPs;
    this.requests.serviceEnd[request] = this.world.kernel.schedule(servicePs, this.completion, request);
  }

  private enqueue(request: number): void {
    const { next } = this.requests;
    this.requests.serviceEnd[request] = NO_TICKET;
    this.waiting++;
    if (this.config.discipline === 'lifo' || this.head === NONE) {
      next[request] = this.head;
      this.head = request;
      if (this.tail === NONE) this.tail = request;
      return;
    }
    next[request] = NONE;
    next[this.tail] = request;
    this.tail = request;
  }

  private complete(request: number): void {
    const { requests } = this;
    const nowPs = this.world.kernel.nowPs;
    if (this.config.discipline === 'ps') {
      this.finishShared(nowPs);
      return;
    }
    this.inService--;
    const startedPs = requests.finish[request] as number;
    this.account(request, startedPs - (requests.entered[request] as number), nowPs - startedPs);
    if (this.waiting > 0) {
      const first = this.head;
      this.head = requests.next[first] as number;
      if (this.head === NONE) this.tail = NONE;
      this.waiting--;
      this.serve(first, nowPs);
    } else this.busy.set(nowPs, this.inService);
    this.leave(request, nowPs, OUTCOME.completed);
  }

  private account(request: number, waitPs: number, servicePs: number): void {
    const { requests, counts } = this;
    const totalPs = waitPs + servicePs;
    counts.completed++;
    counts.waitPs += waitPs;
    this.timeInSystem.record(totalPs);
    this.batches.record(totalPs);
    (requests.queued[request] as number) += waitPs;
    (requests.served[request] as number) += servicePs;
  }

  private leave(request: number, nowPs: number, outcome: 0 | 1 | 2): void {
    const { requests } = this;
    this.presence.leave(nowPs, requests.entered[request] as number);
    requests.node[request] = NONE;
    if (requests.abandoned[request] === 1) {
      if (outcome === OUTCOME.completed) this.counts.wasted++;
      requests.release(request);
    } else this.world.reply(request, outcome);
  }

  /** Brings virtual time up to now: it runs at min(1, slots/n) of the clock, slower when the server is slowed. */
  private catchUp(nowPs: number): void {
    if (this.sharing.size > 0) this.virtualPs += (nowPs - this.virtualAt) * this.rate();
    else this.virtualPs = 0;
    this.virtualAt = nowPs;
  }

  private rate(): number {
    return Math.min(1, this.config.slots / this.sharing.size) / this.factor;
  }

  private share(request: number, nowPs: number): void {
    this.catchUp(nowPs);
    const workPs = this.work();
    // Remembered to tell service from waiting: what sharing adds to the work alone counts as waiting.
    this.requests.sent[request] = workPs;
    this.sharing.push(request, this.virtualPs + workPs);
    this.busy.set(nowPs, Math.min(this.sharing.size, this.config.slots));
    this.scheduleFinish();
  }

  private finishShared(nowPs: number): void {
    const { requests } = this;
    this.catchUp(nowPs);
    const request = this.sharing.pop();
    this.virtualPs = Math.max(this.virtualPs, requests.finish[request] as number);
    const totalPs = nowPs - (requests.entered[request] as number);
    const servicePs = Math.min(requests.sent[request] as number, totalPs);
    this.account(request, totalPs - servicePs, servicePs);
    this.busy.set(nowPs, Math.min(this.sharing.size, this.config.slots));
    this.scheduleFinish();
    this.leave(request, nowPs, OUTCOME.completed);
  }

  private scheduleFinish(): void {
    const { kernel } = this.world;
    kernel.cancel(this.nextFinish);
    this.nextFinish = NO_TICKET;
    if (this.sharing.size === 0) return;
    const leftPs = ((this.requests.finish[this.sharing.top] as number) - this.virtualPs) / this.rate();
    this.nextFinish = kernel.schedule(Math.max(0, Math.ceil(leftPs)), this.completion, this.sharing.top);
  }
}
