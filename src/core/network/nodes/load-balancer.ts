/**
 * A load balancer: picks a link for each request by its policy among the backends that its health checks hold for good, and counts the
 * requests that each has not answered. Smooth weighted round robin as in nginx (ngx_http_upstream_round_robin.c); power of d choices as
 * in Mitzenmacher (IEEE TPDS 12, 2001); checks with rise and fall as in HAProxy.
 */
import type { Random } from '../../base/random';
import type { LoadBalancerConfig } from '../../documents/nodes/load-balancer';
import { PS_PER_MS } from '../../sim/kernel';
import type { Link } from '../link';
import type { NodeBehaviour, World } from '../node';
import type { BalancerReport } from '../report';
import { OUTCOME } from '../requests';

interface Backend {
  readonly link: Link;
  healthy: boolean;
  /** Checks in a row that speak against the present opinion. */
  contrary: number;
  outstanding: number;
  forwarded: number;
  /** Smooth weighted round robin. */
  credit: number;
}

export class LoadBalancer implements NodeBehaviour {
  readonly alive = true;
  private backends: Backend[] = [];
  /** Those that are healthy, in the order of the document. */
  private able: Backend[] = [];
  private readonly byLink = new Map<number, Backend>();
  private readonly choice: Random;
  private readonly check: number;
  private readonly intervalPs: number;
  private readonly pick: () => Backend;
  private turn = 0;
  private forwarded = 0;
  private unroutable = 0;

  constructor(
    private readonly world: World,
    readonly index: number,
    readonly id: string,
    private readonly name: string,
    private readonly config: LoadBalancerConfig,
  ) {
    this.choice = world.stream(id, 'choice');
    this.check = world.kernel.register((backend) => this.runCheck(backend));
    this.intervalPs = Math.floor(config.intervalMs * PS_PER_MS + 0.5);
    this.pick = this.policy();
  }

  start(): void {
    for (const link of this.world.linksFrom(this.index)) {
      const backend = { link, healthy: true, contrary: 0, outstanding: 0, forwarded: 0, credit: 0 };
      this.byLink.set(link.index, backend);
      this.backends.push(backend);
    }
    this.able = [...this.backends];
    if (this.config.health === 'none') return;
    // Spread over the interval, as HAProxy does, so that the checks do not come in one burst.
    this.backends.forEach((_, i) => {
      const offsetPs = Math.floor((this.intervalPs * (i + 1)) / this.backends.length);
      this.world.kernel.schedule(offsetPs, this.check, i);
    });
  }

  receive(request: number): void {
    if (this.able.length === 0) {
      this.unroutable++;
      this.world.reply(request, OUTCOME.failed);
      return;
    }
    const backend = this.pick();
    this.forwarded++;
    backend.forwarded++;
    backend.outstanding++;
    backend.link.forward(request);
  }

  answer(request: number, link: number): void {
    this.forget(request, link);
    this.world.reply(request, this.world.requests.outcome[request] as 0 | 1 | 2);
  }

  forget(_request: number, link: number): void {
    (this.byLink.get(link) as Backend).outstanding--;
  }

  kill(): void {
    throw new Error('internal error: a load balancer is not killed');
  }

  revive(): void {
    throw new Error('internal error: a load balancer is not revived');
  }

  slow(): void {
    throw new Error('internal error: a load balancer is not slowed');
  }

  set(field: string): void {
    throw new Error(`internal error: no live field ${field}`);
  }

  resetMetrics(): void {
    this.forwarded = this.unroutable = 0;
    for (const backend of this.backends) backend.forwarded = 0;
  }

  report(): BalancerReport {
    return {
      kind: 'load-balancer',
      id: this.id,
      name: this.name,
      forwarded: this.forwarded,
      unroutable: this.unroutable,
      backends: this.backends.map(({ link, healthy, outstanding, forwarded }) => ({
        link: link.id,
        node: link.ends.to.id,
        healthy,
        outstanding,
        forwarded,
      })),
    };
  }

  private policy(): () => Backend {
    switch (this.config.policy) {
      case 'round-robin':
        return () => this.able[this.turn++ % this.able.length] as Backend;
      case 'weighted-round-robin':
        return () => this.smoothTurn();
      case 'least-connections':
        return () => this.leastLoaded();
      case 'power-of-two':
        return () => this.lesserOfChoices();
      case 'random':
        return () => this.anyone();
      case 'weighted-random':
        return () => this.weighted();
    }
  }

  private anyone(): Backend {
    return this.able[this.choice.below(this.able.length)] as Backend;
  }

  private lesserOfChoices(): Backend {
    let best = this.anyone();
    for (let i = 1; i < this.config.choices; i++) {
      const other = this.anyone();
      if (other.outstanding < best.outstanding) best = other;
    }
    return best;
  }

  /** Ties go round in turn, or the first backend would get all the work of a quiet system. */
  private leastLoaded(): Backend {
    const n = this.able.length;
    const first = this.turn++ % n;
    let best = this.able[first] as Backend;
    for (let i = 1; i < n && best.outstanding > 0; i++) {
      const other = this.able[(first + i) % n] as Backend;
      if (other.outstanding < best.outstanding) best = other;
    }
    return best;
  }

  private smoothTurn(): Backend {
    let total = 0;
    let best = this.able[0] as Backend;
    for (const backend of this.able) {
      backend.credit += backend.link.weight;
      total += backend.link.weight;
      if (backend.credit > best.credit) best = backend;
    }
    best.credit -= total;
    return best;
  }

  private weighted(): Backend {
    let total = 0;
    for (const backend of this.able) total += backend.link.weight;
    let left = this.choice.float() * total;
    for (const backend of this.able) {
      left -= backend.link.weight;
      if (left < 0) return backend;
    }
    return this.able[this.able.length - 1] as Backend;
  }

  private runCheck(index: number): void {
    const backend = this.backends[index] as Backend;
    const good = backend.link.ends.to.alive && !backend.link.cut;
    backend.contrary = good === backend.healthy ? 0 : backend.contrary + 1;
    if (backend.contrary >= (good ? this.config.rise : this.config.fall)) {
      backend.healthy = good;
      backend.contrary = 0;
      this.able = this.backends.filter((candidate) => candidate.healthy);
    }
    this.world.kernel.schedule(this.intervalPs, this.check, index);
  }
}
