/** What the simulation asks of a node's behaviour, and what it offers to it. */
import type { TimeDistribution } from '../documents/fields';
import type { Random } from '../base/random';
import type { Distribution } from '../sim/distributions';
import type { Kernel } from '../sim/kernel';
import type { Link } from './link';
import type { Outcome, Requests } from './requests';
import type { NodeReport } from './report';

export interface NodeBehaviour {
  readonly id: string;
  readonly index: number;
  readonly alive: boolean;
  /** Called once, when all nodes and links exist. */
  start(): void;
  /** A request has come over a link. */
  receive(request: number): void;
  /** The answer to a request that this node sent on over `link` has come back. */
  answer(request: number, link: number): void;
  /** The client has given up a request that this node sent on over `link`. */
  forget(request: number, link: number): void;
  kill(): void;
  revive(): void;
  slow(factor: number): void;
  set(field: string, value: number): void;
  /** Measure from now on. */
  resetMetrics(): void;
  report(): NodeReport;
}

/** The world as a node sees it. */
export interface World {
  readonly kernel: Kernel;
  readonly requests: Requests;
  readonly nodes: readonly NodeBehaviour[];
  readonly links: readonly Link[];
  /** The node's own stream of random numbers for a purpose. */
  stream(entity: string, purpose: string): Random;
  /** Links that start at a node, in the order of the document. */
  linksFrom(node: number): readonly Link[];
  /** Sends the answer to a request back over the link that it came by. */
  reply(request: number, outcome: Outcome): void;
  /** A message has vanished. */
  lose(request: number): void;
  /** The client closes the connection: the balancers on the way forget the request. */
  disconnect(request: number): void;
  /** Stops the run: a limit is reached. */
  halt(reason: string): void;
}

/** The same distribution in the unit of the document, for samplers and laws. */
export function toDistribution(d: TimeDistribution): Distribution {
  switch (d.shape) {
    case 'constant':
      return { shape: 'constant', value: d.ms };
    case 'exponential':
      return { shape: 'exponential', mean: d.meanMs };
    case 'uniform':
      return { shape: 'uniform', min: d.minMs, max: d.maxMs };
    case 'measured':
      return { shape: 'measured', values: d.valuesMs };
    default:
      return { shape: d.shape, mean: d.meanMs, cv: d.cv };
  }
}
