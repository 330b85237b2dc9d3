/** The registry of node kinds as tables. A new kind is a table here and a behaviour in core/network/kinds.ts. */
import type { Field, TimeDistribution } from './fields';
import { CLIENT, type ClientConfig } from './nodes/client';
import type { NodeKindTable } from './nodes/kind';
import { LOAD_BALANCER, type LoadBalancerConfig } from './nodes/load-balancer';
import { SERVER, type ServerConfig } from './nodes/server';

/** Settings of a node, by its kind. */
export interface NodeConfigs {
  readonly client: ClientConfig;
  readonly 'load-balancer': LoadBalancerConfig;
  readonly server: ServerConfig;
}

export type NodeKind = keyof NodeConfigs;

/** In the order of the palette. */
export const NODE_KINDS: { readonly [K in NodeKind]: NodeKindTable<K> } = {
  client: CLIENT,
  'load-balancer': LOAD_BALANCER,
  server: SERVER,
};

export function isNodeKind(value: unknown): value is NodeKind {
  return typeof value === 'string' && Object.hasOwn(NODE_KINDS, value);
}

export interface LinkConfig {
  readonly delay: TimeDistribution;
  readonly jitterMs: number;
  readonly bandwidthMbps: number;
  readonly loss: number;
  readonly weight: number;
}

/** A link carries messages both ways, each way with its own transmitter. */
export const LINK_FIELDS: readonly Field[] = [
  {
    type: 'distribution',
    name: 'delay',
    label: 'Delay',
    help: 'One way. Messages may overtake each other when it varies.',
    default: { shape: 'constant', ms: 0.5 },
  },
  {
    type: 'number',
    name: 'jitterMs',
    label: 'Jitter',
    help: 'A further delay, uniform from 0 to this.',
    unit: 'ms',
    min: 0,
    max: 1e6,
    default: 0,
  },
  {
    type: 'number',
    name: 'bandwidthMbps',
    label: 'Bandwidth',
    help: 'Each way; messages queue for the transmitter. 0 is without limit.',
    unit: 'Mbit/s',
    min: 0,
    max: 1e6,
    default: 0,
  },
  {
    type: 'number',
    name: 'loss',
    label: 'Loss',
    help: 'Share of messages that vanish. The sender learns nothing: only a time-out tells the client.',
    unit: '',
    min: 0,
    max: 1,
    default: 0,
    live: true,
  },
  {
    type: 'number',
    name: 'weight',
    label: 'Weight',
    help: 'For the weighted policies of a load balancer at the start of the link.',
    unit: '',
    min: 0,
    max: 1e6,
    default: 1,
  },
];
