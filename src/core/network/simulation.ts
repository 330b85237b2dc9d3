/**
 * A scenario, running: builds the nodes and links on one kernel, advances in slices, applies faults and live commands at their times,
 * and reports. How the run is sliced never changes what happens: everything that is not an event of the kernel (faults, samples, the
 * end of the warm-up) happens at whole microseconds, after all events up to then.
 */
import { assert, at } from '../base/assert';
import { Random } from '../base/random';
import type { ClientConfig } from '../documents/nodes/client';
import {
  type EventAction,
  MAX_HOPS,
  type Scenario,
  type ScenarioEvent,
  type ScenarioNode,
} from '../documents/scenario';
import { Kernel, PS_PER_US } from '../sim/kernel';
import { Histogram } from '../sim/metrics';
import { createNode } from './kinds';
import { Link } from './link';
import { PresenceMeter } from './meters';
import type { NodeBehaviour, World } from './node';
import { Client } from './nodes/client';
import { Server } from './nodes/server';
import { type Outcome, Requests, STATE } from './requests';
import type { NetworkReport } from './report';
import { Series } from './series';
import { reportOf } from './summary';

export interface SimulationOptions {
  /** Instead of the scenario's. */
  readonly seed?: number;
  /** Besides the scenario's. */
  readonly events?: readonly ScenarioEvent[];
  /** Length of a sample of the series; by default a 200th of the run. */
  readonly sampleSeconds?: number;
}

/** Samples that a run of the scenario's length gives. */
const SAMPLES_PER_RUN = 200;

interface TimedAction {
  readonly atUs: number;
  readonly action: EventAction;
}

export class Simulation implements World {
  readonly kernel = new Kernel();
  readonly requests = new Requests();
  readonly nodes: NodeBehaviour[] = [];
  readonly links: Link[] = [];
  readonly presence = new PresenceMeter();
  readonly window = new Histogram();
  readonly seed: number;
  readonly clients: readonly Client[];
  readonly servers: readonly Server[];
  readonly series: Series;
  halted: string | undefined;
  warm: boolean;
  /** Everything that was done to the running system, for the saved file. */
  readonly commands: ScenarioEvent[] = [];
  private readonly out: Link[][];
  private readonly actions: TimedAction[];
  private nextAction = 0;

  constructor(
    readonly scenario: Scenario,
    options: SimulationOptions = {},
  ) {
    this.seed = options.seed ?? scenario.seed;
    const meters = { presence: this.presence, window: this.window };
    scenario.nodes.forEach((node, i) => this.nodes.push(createNode(this, i, node, meters)));
    const indexOf = new Map(scenario.nodes.map((node, i) => [node.id, i]));
    const find = (id: string): NodeBehaviour => at(this.nodes, indexOf.get(id) ?? -1);
    const sizes = clientSizes(scenario.nodes, this.requests);
    scenario.links.forEach((link, i) => {
      this.links.push(new Link(this, i, link, { from: find(link.from), to: find(link.to) }, sizes));
    });
    this.out = this.nodes.map((node) => this.links.filter((link) => link.ends.from === node));
    this.clients = this.nodes.filter((node) => node instanceof Client);
    this.servers = this.nodes.filter((node) => node instanceof Server);
    this.actions = timeline([...scenario.events, ...(options.events ?? [])]);
    this.series = new Series(this, options.sampleSeconds ?? Math.max(scenario.run.seconds / SAMPLES_PER_RUN, 1e-6));
    this.warm = scenario.run.warmupSeconds === 0;
    for (const node of this.nodes) node.start();
  }

  /** True once something was done to the system from outside. */
  get disturbed(): boolean {
    return this.nextAction > 0 || this.commands.length > 0;
  }

  get nowSeconds(): number {
    return this.kernel.nowSeconds;
  }

  /** Advances to a time (whole microseconds), or until `maxEvents` have run. True when the time is reached or the run has halted. */
  advance(toSeconds: number, maxEvents = Infinity): boolean {
    const toUs = Math.round(toSeconds * 1e6);
    let left = maxEvents;
    while (this.halted === undefined) {
      const boundaryUs = Math.min(
        toUs,
        this.actions[this.nextAction]?.atUs ?? Infinity,
        this.series.nextUs,
        this.warmupUs,
      );
      const remainingPs = this.psUntil(boundaryUs);
      // A boundary in the past is one that was passed when the sample length or the end changed.
      const { finished, events } = this.kernel.run(Math.max(remainingPs, 0), left);
      left -= events;
      if (!finished) return false;
      this.atBoundary(boundaryUs);
      if (boundaryUs >= toUs) return true;
    }
    return true;
  }

  /** Does something to the running system, now: on the next whole microsecond. It is noted in `commands`, so that the run can be repeated. */
  command(action: EventAction): void {
    const { epochs, offsetPs, epochPs } = this.kernel.nowParts;
    const nowPs = BigInt(epochs) * BigInt(epochPs) + BigInt(offsetPs);
    const us = Number((nowPs + BigInt(PS_PER_US - 1)) / BigInt(PS_PER_US));
    this.advance(us / 1e6);
    this.apply(action);
    this.commands.push({ atSeconds: us / 1e6, ...action });
  }

  report(): NetworkReport {
    return reportOf(this);
  }

  stream(entity: string, purpose: string): Random {
    return new Random(this.seed, `${entity}/${purpose}`);
  }

  linksFrom(node: number): readonly Link[] {
    return this.out[node] as Link[];
  }

  reply(request: number, outcome: Outcome): void {
    const { requests } = this;
    requests.outcome[request] = outcome;
    const depth = requests.depth[request] as number;
    assert(depth > 0, 'an answer has a way back');
    (this.links[requests.hops[request * MAX_HOPS + depth - 1] as number] as Link).backward(request);
  }

  lose(request: number): void {
    (this.nodes[this.requests.client[request] as number] as Client).vanish(request);
  }

  disconnect(request: number): void {
    const { requests } = this;
    const depth = requests.depth[request] as number;
    for (let i = 0; i < depth; i++) {
      const link = this.links[requests.hops[request * MAX_HOPS + i] as number] as Link;
      link.ends.from.forget(request, link.index);
    }
  }

  halt(reason: string): void {
    this.halted ??= reason;
  }

  /** Messages on links now: link (2 * link + 1 for an answer) and how far, 0 to 1; at most `limit`, in pairs. */
  travelling(limit: number): Float32Array {
    const { requests } = this;
    const nowPs = this.kernel.nowPs;
    const found: number[] = [];
    for (let i = 0; i < requests.used && found.length < limit * 2; i++) {
      if (requests.state[i] !== STATE.travelling) continue;
      const sent = requests.sent[i] as number;
      const span = (requests.arrives[i] as number) - sent;
      found.push(requests.way[i] as number, span > 0 ? Math.min(1, Math.max(0, (nowPs - sent) / span)) : 1);
    }
    return Float32Array.from(found);
  }

  private get warmupUs(): number {
    return this.warm ? Infinity : Math.round(this.scenario.run.warmupSeconds * 1e6);
  }

  /** Exact for every time, unlike a difference of doubles. */
  private psUntil(us: number): number {
    const { epochs, offsetPs, epochPs } = this.kernel.nowParts;
    return Number(BigInt(us) * BigInt(PS_PER_US) - BigInt(epochs) * BigInt(epochPs) - BigInt(offsetPs));
  }

  private atBoundary(us: number): void {
    if (this.warmupUs <= us) this.endWarmup();
    for (; (this.actions[this.nextAction]?.atUs ?? Infinity) <= us; this.nextAction++)
      this.apply((this.actions[this.nextAction] as TimedAction).action);
    if (this.series.nextUs <= us) this.series.take();
  }

  private endWarmup(): void {
    this.warm = true;
    for (const node of this.nodes) node.resetMetrics();
    for (const link of this.links) link.resetMetrics();
    this.presence.reset(this.kernel.nowPs);
  }

  private apply(action: EventAction): void {
    switch (action.do) {
      case 'kill':
        return this.node(action.node).kill();
      case 'revive':
        return this.node(action.node).revive();
      case 'slow':
        return this.node(action.node).slow(action.factor);
      case 'cut':
      case 'heal':
        this.link(action.link).cut = action.do === 'cut';
        return;
      case 'set': {
        const link = this.links.find((candidate) => candidate.id === action.target);
        if (link) link.setLoss(action.value);
        else this.node(action.target).set(action.field, action.value);
      }
    }
  }

  private node(id: string): NodeBehaviour {
    const found = this.nodes.find((node) => node.id === id);
    assert(found, `no node ${id}; the document was checked`);
    return found;
  }

  private link(id: string): Link {
    const found = this.links.find((link) => link.id === id);
    assert(found, `no link ${id}; the document was checked`);
    return found;
  }
}

/** Runs a scenario to its end. */
export function runScenario(
  scenario: Scenario,
  options: SimulationOptions & { readonly seconds?: number } = {},
): NetworkReport {
  const seconds = options.seconds ?? scenario.run.seconds;
  const sampleSeconds = options.sampleSeconds ?? Math.max(seconds / SAMPLES_PER_RUN, 1e-6);
  const simulation = new Simulation(scenario, { ...options, sampleSeconds });
  simulation.advance(seconds);
  return simulation.report();
}

/** In the order of time; of equal times, in the order of the list. */
function timeline(events: readonly ScenarioEvent[]): TimedAction[] {
  return events
    .map(({ atSeconds, ...action }) => ({ atUs: Math.round(atSeconds * 1e6), action: action as EventAction }))
    .sort((a, b) => a.atUs - b.atUs);
}

function clientSizes(nodes: readonly ScenarioNode[], requests: Requests): (request: number) => ClientConfig {
  const configs = nodes.map((node) => node.config as ClientConfig);
  return (request) => configs[requests.client[request] as number] as ClientConfig;
}
