/**
 * Which law speaks about which node of a scenario, and what it predicts. A law is only claimed where its assumptions hold: Poisson
 * arrivals survive independent delays and random splitting, but not bandwidth, faults, or a policy that looks at the state.
 */
import { sqrt } from '../base/math';
import type { ClientConfig } from '../documents/nodes/client';
import type { LoadBalancerConfig } from '../documents/nodes/load-balancer';
import type { ServerConfig } from '../documents/nodes/server';
import type { Scenario, ScenarioNode } from '../documents/scenario';
import { moments } from '../sim/distributions';
import {
  closedSystem,
  type Law,
  LAWS,
  mg1TimeInSystem,
  mm1TimeInSystem,
  mmck,
  mmcTimeInSystem,
  powerOfChoicesTimeInSystem,
  processorSharingTimeInSystem,
  roundRobinTimeInSystem,
} from './laws';
import { toDistribution } from './node';
import type { ServerReport, TheoryReport } from './report';

export interface Prediction {
  readonly node: string;
  readonly law: Law;
  readonly quantity: 'time in system' | 'utilisation' | 'rejected share' | 'throughput';
  readonly unit: 'ms' | '' | '1/s';
  readonly expected: number;
  /** The servers whose requests are measured, together. */
  readonly over: readonly string[];
  /** Fewer requests than this tell nothing: the queue has not been through enough of its slow swings. */
  readonly needed: number;
  /** Squared coefficient of variation of the service time. */
  readonly cv2: number;
  /** True when the law is a limit that this system is not near. */
  readonly approximate: boolean;
  readonly remark: string;
}

/** How requests come to a server. */
type Arrivals =
  | { readonly how: 'poisson'; readonly lambda: number }
  | { readonly how: 'erlang'; readonly lambda: number; readonly phases: number }
  | { readonly how: 'choices'; readonly lambda: number; readonly d: number }
  | { readonly how: 'closed'; readonly client: ClientConfig; readonly networkMs: number }
  | { readonly how: 'unknown'; readonly lambda: number | undefined };

export function predict(scenario: Scenario): Prediction[] {
  return scenario.nodes.flatMap((node) => {
    if (node.kind === 'load-balancer') return predictFarm(node, node.config, scenario);
    if (node.kind !== 'server') return [];
    const arrivals = arrivalsAt(node, scenario);
    return arrivals ? predictServer(node.id, node.config, arrivals) : [];
  });
}

/** Two percent is what a run of a million customers at 80 % load can promise. */
const TOLERANCE = 0.02;
/** Three standard errors, as a multiple of a 95 % half width: with a chip at every node, 1 in 20 would cry wolf too often. */
const THREE_SIGMA = 3 / 1.96;
/**
 * A queue forgets in about (1 + cv^2) / (1 - rho)^2 services (its relaxation time, Cohen 1969); this many of them make the batches
 * independent and see the tail of the service times.
 */
const RELAXATIONS = 200;

export function compare(predictions: readonly Prediction[], servers: readonly ServerReport[]): TheoryReport[] {
  return predictions.map((prediction) => {
    const measured = servers.filter((server) => prediction.over.includes(server.id));
    const { value, ci95 } = measuredValue(prediction, measured);
    const { node, law, quantity, unit, expected, remark } = prediction;
    return {
      node,
      law: law.name,
      formula: law.formula,
      source: law.source,
      quantity,
      unit,
      expected,
      measured: value,
      ci95,
      relativeError: expected === 0 ? 0 : value / expected - 1,
      verdict: verdictOf(prediction, value, ci95, measured),
      remark,
    };
  });
}

function verdictOf(
  { quantity, expected, approximate, needed }: Prediction,
  value: number,
  ci95: number | null,
  servers: readonly ServerReport[],
): TheoryReport['verdict'] {
  if (servers.some((server) => server.completed < needed) || (quantity === 'time in system' && ci95 === null))
    return 'early';
  if (Math.abs(value - expected) <= Math.max((ci95 ?? 0) * THREE_SIGMA, TOLERANCE * expected)) return 'agrees';
  return approximate ? 'limit' : 'differs';
}

function measuredValue(
  { quantity, cv2 }: Prediction,
  servers: readonly ServerReport[],
): { value: number; ci95: number | null } {
  const sum = (pick: (server: ServerReport) => number) => servers.reduce((total, server) => total + pick(server), 0);
  const completed = sum((server) => server.completed);
  switch (quantity) {
    case 'time in system': {
      if (completed === 0) return { value: 0, ci95: null };
      const value = sum((server) => server.timeInSystemMs.mean * server.completed) / completed;
      if (servers.some((server) => server.timeInSystemMs.ci95 === null)) return { value, ci95: null };
      return {
        value,
        ci95: sqrt(sum((server) => ((server.timeInSystemMs.ci95 ?? 0) * server.completed) ** 2)) / completed,
      };
    }
    case 'utilisation': {
      const value = sum((server) => server.utilisation) / servers.length;
      // Busy time is a sum of a Poisson number of service times; for steadier arrivals this is too wide.
      return { value, ci95: completed === 0 ? null : 1.96 * value * sqrt((1 + cv2) / completed) };
    }
    case 'rejected share': {
      const rejected = sum((server) => server.rejected);
      const asked = completed + rejected;
      if (asked === 0) return { value: 0, ci95: null };
      const share = rejected / asked;
      // As if rejections were independent; they come in bunches, hence twice the width.
      return { value: share, ci95: 2 * 1.96 * sqrt((share * (1 - share)) / asked) };
    }
    case 'throughput':
      return { value: sum((server) => server.throughputPerSecond), ci95: null };
  }
}

/** Below this many servers the law of d choices, a limit, is visibly short of the truth. */
const MANY_SERVERS = 100;

/** Laws about the servers behind a balancer together. */
function predictFarm(balancer: ScenarioNode, config: LoadBalancerConfig, scenario: Scenario): Prediction[] {
  const over = scenario.links.filter((link) => link.from === balancer.id).map((link) => link.to);
  const server = scenario.nodes.find((node) => node.id === over[0]);
  if (config.policy !== 'power-of-two' || server?.kind !== 'server') return [];
  const arrivals = arrivalsAt(server, scenario);
  const { service, slots, queue } = server.config;
  const s = moments(toDistribution(service)).mean / 1000;
  if (arrivals?.how !== 'choices' || service.shape !== 'exponential' || slots !== 1 || queue === 'bounded') return [];
  if (s === 0 || arrivals.lambda * s >= 1 || arrivals.lambda === 0) return [];
  const approximate = over.length < MANY_SERVERS;
  const remark = approximate ? `the limit for many servers; with ${over.length} the time is longer` : '';
  const expected = powerOfChoicesTimeInSystem(arrivals.lambda, 1 / s, arrivals.d) * 1000;
  const law = LAWS.powerOfChoices;
  return [
    {
      ...claim(balancer.id, law, 'time in system', 'ms', expected),
      over,
      approximate,
      remark,
      needed: requestsNeeded(arrivals.lambda * s, 1, Infinity),
    },
  ];
}

function predictServer(node: string, config: ServerConfig, arrivals: Arrivals): Prediction[] {
  const s = moments(toDistribution(config.service)).mean / 1000;
  if (s === 0) return [];
  if (arrivals.how === 'closed') return predictClosed(node, config, arrivals.client, arrivals.networkMs, s);
  if (arrivals.lambda === undefined) return [];
  const rho = (arrivals.lambda * s) / config.slots;
  const bounded = config.queue === 'bounded';
  if (arrivals.lambda === 0 || (rho >= 1 && !bounded)) return [];
  const { cv2 } = moments(toDistribution(config.service));
  const needed = requestsNeeded(rho, cv2, bounded ? config.slots + config.queueLimit : Infinity);
  const load = claim(node, LAWS.utilisation, 'utilisation', '', rho);
  const claims = [...predictTimes(node, config, arrivals, s), ...(bounded ? [] : [load])];
  return claims.map((row) => ({ ...row, cv2, needed }));
}

function requestsNeeded(rho: number, cv2: number, places: number): number {
  // A bounded queue at a load near 1 forgets in about places^2 services.
  const services = Math.min(1 / (1 - rho) ** 2, places ** 2);
  return Math.max(1000, RELAXATIONS * (1 + cv2) * services);
}

function claim(
  node: string,
  law: Law,
  quantity: Prediction['quantity'],
  unit: Prediction['unit'],
  expected: number,
): Prediction {
  return { node, law, quantity, unit, expected, over: [node], needed: 1000, cv2: 1, approximate: false, remark: '' };
}

function predictTimes(
  node: string,
  config: ServerConfig,
  arrivals: Exclude<Arrivals, { how: 'closed' }>,
  s: number,
): Prediction[] {
  const { slots: c, discipline, queue, queueLimit } = config;
  const exponential = config.service.shape === 'exponential';
  const time = (law: Law, seconds: number) => [claim(node, law, 'time in system', 'ms', seconds * 1000)];
  if (arrivals.how === 'unknown' || arrivals.how === 'choices') return [];
  const { lambda } = arrivals;
  if (arrivals.how === 'poisson') {
    if (queue === 'bounded') {
      if (!exponential) return [];
      const { blocking, timeInSystem } = mmck(lambda, 1 / s, c, queueLimit);
      const rejected = claim(node, LAWS.mmck, 'rejected share', '', blocking);
      return [...time(LAWS.mmck, timeInSystem), ...(blocking > 1e-9 ? [rejected] : [])];
    }
    if (discipline === 'ps' && c === 1) return time(LAWS.ps, processorSharingTimeInSystem(lambda, s));
    if (exponential && c === 1) return time(LAWS.mm1, mm1TimeInSystem(lambda, 1 / s));
    // With exponential service the number present does not depend on the order, hence neither does the mean time.
    if (exponential) return time(LAWS.mmc, mmcTimeInSystem(lambda, 1 / s, c));
    if (c === 1) return time(LAWS.mg1, mg1TimeInSystem(lambda, s, moments(toDistribution(config.service)).cv2));
    return [];
  }
  if (!exponential || c !== 1 || queue === 'bounded') return [];
  return time(LAWS.roundRobin, roundRobinTimeInSystem(lambda, 1 / s, arrivals.phases));
}

function predictClosed(
  node: string,
  config: ServerConfig,
  client: ClientConfig,
  networkMs: number,
  s: number,
): Prediction[] {
  if (config.service.shape !== 'exponential' || config.queue === 'bounded') return [];
  const thinkSeconds = (moments(toDistribution(client.think)).mean + networkMs) / 1000;
  const { throughput, responseTime } = closedSystem(client.users, thinkSeconds, 1 / s, config.slots);
  return [
    claim(node, LAWS.closed, 'time in system', 'ms', responseTime * 1000),
    claim(node, LAWS.closed, 'throughput', '1/s', throughput),
  ];
}

/** Follows the one way that leads to a server backwards. */
function arrivalsAt(server: ScenarioNode, scenario: Scenario): Arrivals | undefined {
  const into = scenario.links.filter((link) => link.to === server.id);
  const only = into[0];
  if (!only || into.length > 1) return undefined;
  const from = scenario.nodes.find((node) => node.id === only.from);
  if (!from || only.config.bandwidthMbps > 0 || only.config.loss > 0) return undefined;
  if (from.kind === 'client') return fromClient(from.config, meanCrossingMs(scenario, [only.id]));
  if (from.kind === 'load-balancer') return throughBalancer(from, from.config, only.id, scenario);
  return undefined;
}

function fromClient(client: ClientConfig, networkMs: number): Arrivals | undefined {
  if (client.timeoutMs > 0 || client.limit > 0) return undefined;
  if (client.load === 'closed') return { how: 'closed', client, networkMs };
  if (client.arrivals === 'poisson') return { how: 'poisson', lambda: client.ratePerSecond };
  return { how: 'unknown', lambda: client.ratePerSecond };
}

function throughBalancer(
  balancer: ScenarioNode,
  config: LoadBalancerConfig,
  linkId: string,
  scenario: Scenario,
): Arrivals | undefined {
  const before = arrivalsAt(balancer, scenario);
  const links = scenario.links.filter((link) => link.from === balancer.id);
  const n = links.length;
  if (n === 1) return before;
  if (before?.how !== 'poisson') return { how: 'unknown', lambda: undefined };
  const each = before.lambda / n;
  const weights = links.reduce((sum, link) => sum + link.config.weight, 0);
  const weight = links.find((link) => link.id === linkId)?.config.weight ?? 0;
  // The balancer sees what is outstanding, which is what is at the servers only when links are wires and servers are alike.
  const alike = new Set(links.map((link) => serverSettings(link.to, scenario))).size === 1;
  const wires = links.every((link) => link.config.delay.shape === 'constant' && link.config.delay.ms === 0);
  switch (config.policy) {
    case 'random':
      return { how: 'poisson', lambda: each };
    case 'weighted-random':
      return weights > 0 ? { how: 'poisson', lambda: (before.lambda * weight) / weights } : undefined;
    case 'round-robin':
      return isConstantDelay(links) ? { how: 'erlang', lambda: each, phases: n } : { how: 'unknown', lambda: each };
    case 'power-of-two':
      if (alike && wires) return { how: 'choices', lambda: each, d: config.choices };
      return { how: 'unknown', lambda: alike ? each : undefined };
    case 'least-connections':
      return { how: 'unknown', lambda: alike ? each : undefined };
    case 'weighted-round-robin':
      return { how: 'unknown', lambda: weights > 0 ? (before.lambda * weight) / weights : undefined };
  }
}

function isConstantDelay(links: Scenario['links']): boolean {
  return links.every((link) => link.config.delay.shape === 'constant' && link.config.jitterMs === 0);
}

function serverSettings(id: string, scenario: Scenario): string {
  const node = scenario.nodes.find((candidate) => candidate.id === id);
  return node?.kind === 'server' ? JSON.stringify(node.config) : id;
}

/** There and back. */
function meanCrossingMs(scenario: Scenario, linkIds: readonly string[]): number {
  return scenario.links
    .filter((link) => linkIds.includes(link.id))
    .reduce((sum, { config }) => sum + 2 * (moments(toDistribution(config.delay)).mean + config.jitterMs / 2), 0);
}
