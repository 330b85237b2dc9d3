import type { TimeDistribution } from '../fields';
import type { NodeKindTable } from './kind';

export interface ServerConfig {
  readonly service: TimeDistribution;
  readonly slots: number;
  readonly discipline: 'fifo' | 'lifo' | 'ps';
  readonly queue: 'unbounded' | 'bounded';
  readonly queueLimit: number;
}

export const SERVER: NodeKindTable<'server'> = {
  kind: 'server',
  title: 'Server',
  summary: 'Serves requests in a number of slots; the rest wait in its queue or share its processor.',
  source: 'Kleinrock: Queueing Systems, volumes 1 (1975) and 2 (1976)',
  incoming: 'many',
  outgoing: 'none',
  fields: [
    {
      type: 'distribution',
      name: 'service',
      label: 'Service time',
      help: 'Work of one request when it has a slot to itself.',
      default: { shape: 'exponential', meanMs: 10 },
    },
    {
      type: 'number',
      name: 'slots',
      label: 'Slots',
      help: 'Requests served at the same time: threads, cores, workers.',
      unit: '',
      min: 1,
      max: 10_000,
      whole: true,
      default: 1,
    },
    {
      type: 'choice',
      name: 'discipline',
      label: 'Order',
      help: 'Who is served next.',
      options: [
        { value: 'fifo', label: 'First in, first out', help: 'The one who has waited longest.' },
        { value: 'lifo', label: 'Last in, first out', help: 'The one who came last; work under way goes on.' },
        { value: 'ps', label: 'Processor sharing', help: 'All at once, each at its share of the slots.' },
      ],
      default: 'fifo',
    },
    {
      type: 'choice',
      name: 'queue',
      label: 'Queue',
      help: 'What happens when all slots are busy.',
      options: [
        { value: 'unbounded', label: 'Unbounded', help: 'Everyone waits.' },
        { value: 'bounded', label: 'Bounded', help: 'When it is full, a request is rejected at once.' },
      ],
      default: 'unbounded',
    },
    {
      type: 'number',
      name: 'queueLimit',
      label: 'Places to wait',
      help: 'Besides those in service.',
      when: { field: 'queue', is: ['bounded'] },
      unit: '',
      min: 0,
      max: 1e6,
      whole: true,
      default: 100,
    },
  ],
};
