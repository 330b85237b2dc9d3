import type { TimeDistribution } from '../fields';
import type { NodeKindTable } from './kind';

export interface ClientConfig {
  readonly load: 'open' | 'closed';
  readonly arrivals: 'poisson' | 'constant' | 'gamma' | 'burst' | 'diurnal';
  readonly ratePerSecond: number;
  readonly cv: number;
  readonly burstFactor: number;
  readonly onSeconds: number;
  readonly offSeconds: number;
  readonly swing: number;
  readonly periodSeconds: number;
  readonly users: number;
  readonly think: TimeDistribution;
  readonly timeoutMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly limit: number;
}

const open = { field: 'load', is: ['open'] };

export const CLIENT: NodeKindTable<'client'> = {
  kind: 'client',
  title: 'Client',
  summary: 'Sends requests: an open loop at a rate, or a closed loop of users who think, ask and wait.',
  source: 'Schroeder, Wierman, Harchol-Balter: Open Versus Closed: A Cautionary Tale (NSDI 2006)',
  incoming: 'none',
  outgoing: 'one',
  fields: [
    {
      type: 'choice',
      name: 'load',
      label: 'Loop',
      help: 'Open: requests come whatever the system does. Closed: a user asks again only after an answer.',
      options: [
        { value: 'open', label: 'Open', help: 'Requests arrive at a rate.' },
        { value: 'closed', label: 'Closed', help: 'A fixed number of users think, ask and wait.' },
      ],
      default: 'open',
    },
    {
      type: 'choice',
      name: 'arrivals',
      label: 'Arrivals',
      help: 'How the times between requests vary.',
      when: open,
      options: [
        { value: 'poisson', label: 'Poisson', help: 'Independent users: exponential gaps.' },
        { value: 'constant', label: 'Constant', help: 'A metronome.' },
        { value: 'gamma', label: 'Gamma', help: 'Gaps with a chosen spread.' },
        { value: 'burst', label: 'Bursts', help: 'Poisson, at a higher rate during bursts of fixed length.' },
        { value: 'diurnal', label: 'Day and night', help: 'Poisson, with a rate that follows a sine.' },
      ],
      default: 'poisson',
    },
    {
      type: 'number',
      name: 'ratePerSecond',
      label: 'Rate',
      help: 'Mean requests a second, over bursts and pauses, day and night.',
      when: open,
      unit: '1/s',
      min: 0,
      max: 1e9,
      default: 100,
      live: true,
    },
    {
      type: 'number',
      name: 'cv',
      label: 'Spread of the gaps',
      help: 'Standard deviation over mean of the time between requests; 1 is Poisson.',
      when: { field: 'arrivals', is: ['gamma'] },
      unit: '',
      min: 0,
      max: 20,
      default: 2,
    },
    {
      type: 'number',
      name: 'burstFactor',
      label: 'Burst factor',
      help: 'Rate during a burst over rate between bursts.',
      when: { field: 'arrivals', is: ['burst'] },
      unit: 'x',
      min: 1,
      max: 1000,
      default: 5,
    },
    {
      type: 'number',
      name: 'onSeconds',
      label: 'Length of a burst',
      help: 'How long a burst lasts.',
      when: { field: 'arrivals', is: ['burst'] },
      unit: 's',
      min: 1e-6,
      max: 1e6,
      default: 2,
    },
    {
      type: 'number',
      name: 'offSeconds',
      label: 'Between bursts',
      help: 'How long it is quiet between two bursts.',
      when: { field: 'arrivals', is: ['burst'] },
      unit: 's',
      min: 1e-6,
      max: 1e6,
      default: 8,
    },
    {
      type: 'number',
      name: 'swing',
      label: 'Swing',
      help: 'Amplitude of the sine as a share of the mean rate.',
      when: { field: 'arrivals', is: ['diurnal'] },
      unit: '',
      min: 0,
      max: 1,
      default: 0.8,
    },
    {
      type: 'number',
      name: 'periodSeconds',
      label: 'Length of a day',
      help: 'Period of the sine.',
      when: { field: 'arrivals', is: ['diurnal'] },
      unit: 's',
      min: 1e-3,
      max: 1e7,
      default: 60,
    },
    {
      type: 'number',
      name: 'users',
      label: 'Users',
      help: 'How many users take part.',
      when: { field: 'load', is: ['closed'] },
      unit: '',
      min: 1,
      max: 1e5,
      whole: true,
      default: 50,
    },
    {
      type: 'distribution',
      name: 'think',
      label: 'Think time',
      help: 'Between an answer and the next request of the same user. After a failure it is at least 1 ms.',
      when: { field: 'load', is: ['closed'] },
      default: { shape: 'exponential', meanMs: 1000 },
    },
    {
      type: 'number',
      name: 'timeoutMs',
      label: 'Time-out',
      help: 'A request without an answer fails after this time; 0 waits for ever. The server does not notice and works on.',
      unit: 'ms',
      min: 0,
      max: 1e9,
      default: 0,
    },
    {
      type: 'number',
      name: 'requestBytes',
      label: 'Size of a request',
      help: 'Matters on links with a bandwidth.',
      unit: 'B',
      min: 0,
      max: 1e9,
      whole: true,
      default: 500,
    },
    {
      type: 'number',
      name: 'responseBytes',
      label: 'Size of an answer',
      help: 'Matters on links with a bandwidth.',
      unit: 'B',
      min: 0,
      max: 1e9,
      whole: true,
      default: 2000,
    },
    {
      type: 'number',
      name: 'limit',
      label: 'Stop after',
      help: 'Requests in all; 0 never stops.',
      unit: 'requests',
      min: 0,
      max: 1e12,
      whole: true,
      default: 0,
    },
  ],
};
