import type { NodeKindTable } from './kind';

export interface LoadBalancerConfig {
  readonly policy:
    'round-robin' | 'weighted-round-robin' | 'least-connections' | 'power-of-two' | 'random' | 'weighted-random';
  readonly choices: number;
  readonly health: 'none' | 'active';
  readonly intervalMs: number;
  readonly fall: number;
  readonly rise: number;
}

const active = { field: 'health', is: ['active'] };

export const LOAD_BALANCER: NodeKindTable<'load-balancer'> = {
  kind: 'load-balancer',
  title: 'Load balancer',
  summary: 'Spreads requests over the nodes behind it, and leaves out those whose health checks fail.',
  source: 'HAProxy Configuration Manual (interval 2 s, fall 3, rise 2); nginx for smooth weighted round robin',
  incoming: 'many',
  outgoing: 'many',
  fields: [
    {
      type: 'choice',
      name: 'policy',
      label: 'Policy',
      help: 'Which node gets the next request.',
      options: [
        { value: 'round-robin', label: 'Round robin', help: 'Each in turn.' },
        { value: 'weighted-round-robin', label: 'Weighted round robin', help: 'In turn, as often as its weight says.' },
        {
          value: 'least-connections',
          label: 'Least connections',
          help: 'The one with the fewest unanswered requests.',
        },
        { value: 'power-of-two', label: 'Power of d choices', help: 'The lesser loaded of d picked at random.' },
        { value: 'random', label: 'Random', help: 'Any.' },
        { value: 'weighted-random', label: 'Weighted random', help: 'Any, as likely as its weight says.' },
      ],
      default: 'round-robin',
    },
    {
      type: 'number',
      name: 'choices',
      label: 'Choices d',
      help: 'How many are picked, with replacement, to compare.',
      when: { field: 'policy', is: ['power-of-two'] },
      unit: '',
      min: 1,
      max: 16,
      whole: true,
      default: 2,
    },
    {
      type: 'choice',
      name: 'health',
      label: 'Health checks',
      help: 'Whether a dead node is noticed.',
      options: [
        { value: 'none', label: 'None', help: 'Requests to a dead node fail for ever.' },
        { value: 'active', label: 'Active', help: 'Every node is asked at an interval.' },
      ],
      default: 'active',
    },
    {
      type: 'number',
      name: 'intervalMs',
      label: 'Interval',
      help: 'Between two checks of a node. A check takes no time and is not lost.',
      when: active,
      unit: 'ms',
      min: 1,
      max: 1e7,
      default: 2000,
    },
    {
      type: 'number',
      name: 'fall',
      label: 'Fall',
      help: 'Failed checks in a row after which a node is left out.',
      when: active,
      unit: 'checks',
      min: 1,
      max: 100,
      whole: true,
      default: 3,
    },
    {
      type: 'number',
      name: 'rise',
      label: 'Rise',
      help: 'Good checks in a row after which it is back.',
      when: active,
      unit: 'checks',
      min: 1,
      max: 100,
      whole: true,
      default: 2,
    },
  ],
};
