/**
 * A link: both ways a transmitter of limited bandwidth (store and forward: bits/rate, first come first served), then a delay drawn from
 * a distribution, jitter, and loss. A link without any of it is a wire, and delivers at once without an event.
 */
import type { ScenarioLink } from '../documents/scenario';
import { MAX_HOPS } from '../documents/scenario';
import type { Random } from '../base/random';
import { moments, wholeSampler } from '../sim/distributions';
import { PS_PER_MS, PS_PER_S } from '../sim/kernel';
import { type NodeBehaviour, toDistribution, type World } from './node';
import type { LinkReport } from './report';
import { STATE } from './requests';

interface Ends {
  readonly from: NodeBehaviour;
  readonly to: NodeBehaviour;
}

export class Link {
  readonly id: string;
  readonly weight: number;
  private readonly delay: () => number;
  private readonly jitter: Random;
  private readonly lossStream: Random;
  private readonly jitterPs: number;
  private readonly psPerByte: number;
  private readonly delivered: number;
  private loss: number;
  cut = false;
  /** When each transmitter (forwards, backwards) is free again, ps. */
  private readonly freeAt = [0, 0];
  private messages = 0;
  private bytes = 0;
  private lost = 0;
  private busyPs = 0;
  private sinceMessages = 0;
  private sinceBytes = 0;
  private sincePs = 0;

  constructor(
    private readonly world: World,
    readonly index: number,
    readonly config: ScenarioLink,
    readonly ends: Ends,
    private readonly sizes: (request: number) => { readonly requestBytes: number; readonly responseBytes: number },
  ) {
    const { delay, jitterMs, bandwidthMbps, loss, weight } = config.config;
    this.id = config.id;
    this.weight = weight;
    this.delay = wholeSampler(toDistribution(delay), world.stream(config.id, 'delay'), PS_PER_MS);
    this.jitter = world.stream(config.id, 'jitter');
    this.lossStream = world.stream(config.id, 'loss');
    this.jitterPs = jitterMs * PS_PER_MS;
    this.psPerByte = bandwidthMbps === 0 ? 0 : (8 * PS_PER_S) / (bandwidthMbps * 1e6);
    this.loss = loss;
    this.delivered = world.kernel.register((argument) => this.deliver(argument >> 1, (argument & 1) === 1));
  }

  /** True when a message arrives in the instant in which it is sent. */
  get isWire(): boolean {
    const { delay } = this.config.config;
    return delay.shape === 'constant' && delay.ms === 0 && this.jitterPs === 0 && this.psPerByte === 0;
  }

  /** Mean of one crossing without queueing for the transmitter, ms. */
  get meanDelayMs(): number {
    return moments(toDistribution(this.config.config.delay)).mean + this.jitterPs / PS_PER_MS / 2;
  }

  forward(request: number): void {
    const { requests } = this.world;
    const depth = requests.depth[request] as number;
    requests.hops[request * MAX_HOPS + depth] = this.index;
    requests.depth[request] = depth + 1;
    this.send(request, false);
  }

  backward(request: number): void {
    this.send(request, true);
  }

  setLoss(loss: number): void {
    this.loss = loss;
  }

  resetMetrics(): void {
    this.sinceMessages = this.messages;
    this.sinceBytes = this.bytes;
    this.sincePs = this.world.kernel.nowPs;
    this.busyPs = 0;
    this.lost = 0;
  }

  report(): LinkReport {
    const seconds = (this.world.kernel.nowPs - this.sincePs) / PS_PER_S;
    return {
      id: this.id,
      from: this.ends.from.id,
      to: this.ends.to.id,
      messages: this.messages - this.sinceMessages,
      bytes: this.bytes - this.sinceBytes,
      lost: this.lost,
      cut: this.cut,
      // Both transmitters together have twice the time.
      utilisation: this.psPerByte === 0 || seconds === 0 ? 0 : Math.min(1, this.busyPs / PS_PER_S / seconds / 2),
    };
  }

  private send(request: number, backwards: boolean): void {
    const { kernel, requests } = this.world;
    requests.state[request] = STATE.travelling;
    requests.node[request] = -1;
    const { requestBytes, responseBytes } = this.sizes(request);
    const bytes = backwards ? responseBytes : requestBytes;
    this.messages++;
    this.bytes += bytes;
    if (this.cut || (this.loss > 0 && this.lossStream.float() < this.loss)) {
      this.lost++;
      this.world.lose(request);
      return;
    }
    let delayPs = this.delay();
    if (this.jitterPs > 0) delayPs += this.jitter.below(this.jitterPs + 1);
    if (this.psPerByte > 0) delayPs += this.transmit(bytes, backwards ? 1 : 0);
    if (delayPs === 0) {
      this.deliver(request, backwards);
      return;
    }
    const nowPs = kernel.nowPs;
    requests.way[request] = this.index * 2 + (backwards ? 1 : 0);
    requests.sent[request] = nowPs;
    requests.arrives[request] = nowPs + delayPs;
    kernel.schedule(delayPs, this.delivered, request * 2 + (backwards ? 1 : 0));
  }

  /** Time until the last bit has left, ps. */
  private transmit(bytes: number, direction: 0 | 1): number {
    const nowPs = this.world.kernel.nowPs;
    const durationPs = Math.floor(bytes * this.psPerByte + 0.5);
    const done = Math.max(nowPs, this.freeAt[direction] as number) + durationPs;
    this.freeAt[direction] = done;
    this.busyPs += durationPs;
    return done - nowPs;
  }

  private deliver(request: number, backwards: boolean): void {
    const { requests } = this.world;
    if (requests.abandoned[request] === 1) {
      requests.release(request);
      return;
    }
    requests.state[request] = STATE.atNode;
    if (backwards) {
      (requests.depth[request] as number)--;
      this.ends.from.answer(request, this.index);
    } else this.ends.to.receive(request);
  }
}
