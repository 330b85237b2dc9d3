/** Behaviour by kind of node: the one place that a new kind is added to, besides its table in documents/node-kinds.ts. */
import type { NodeKind } from '../documents/node-kinds';
import type { ScenarioNode } from '../documents/scenario';
import type { NodeBehaviour, World } from './node';
import { Client, type ClientMeters } from './nodes/client';
import { LoadBalancer } from './nodes/load-balancer';
import { Server } from './nodes/server';

type Node<K extends NodeKind> = Extract<ScenarioNode, { kind: K }>;

const CREATE: {
  readonly [K in NodeKind]: (world: World, index: number, node: Node<K>, meters: ClientMeters) => NodeBehaviour;
} = {
  client: (world, index, node, meters) => new Client(world, index, node.id, node.name, node.config, meters),
  'load-balancer': (world, index, node) => new LoadBalancer(world, index, node.id, node.name, node.config),
  server: (world, index, node) => new Server(world, index, node.id, node.name, node.config),
};

export function createNode(world: World, index: number, node: ScenarioNode, meters: ClientMeters): NodeBehaviour {
  // The table maps each kind to the creator of that kind; the compiler cannot follow the correlation.
  const create = CREATE[node.kind] as (
    world: World,
    index: number,
    node: ScenarioNode,
    meters: ClientMeters,
  ) => NodeBehaviour;
  return create(world, index, node, meters);
}
