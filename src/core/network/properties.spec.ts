/** What must hold for any scenario whatever: books balance, slicing changes nothing, streams are independent, commands replay. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EventAction,
  readScenario,
  type Scenario,
  type ScenarioEvent,
  topologyIssues,
} from '../documents/scenario';
import type { NetworkReport, ServerReport } from './report';
import { runScenario, Simulation } from './simulation';

const SECONDS = 3;

const ms = fc.double({ min: 0, max: 30, noNaN: true });
const time = fc.oneof(
  ms.map((value) => ({ shape: 'constant', ms: value })),
  ms.map((meanMs) => ({ shape: 'exponential', meanMs })),
  fc
    .tuple(fc.constantFrom('lognormal', 'gamma'), ms, fc.double({ min: 0, max: 3, noNaN: true }))
    .map(([shape, meanMs, cv]) => ({ shape, meanMs, cv })),
);

const client = fc.record({
  load: fc.constantFrom('open', 'closed'),
  arrivals: fc.constantFrom('poisson', 'constant', 'gamma', 'burst', 'diurnal'),
  ratePerSecond: fc.double({ min: 0, max: 400, noNaN: true }),
  users: fc.integer({ min: 1, max: 20 }),
  think: time.map((d) =>
    d.shape === 'constant' && 'ms' in d ? { ...d, ms: d.ms + 1 } : { shape: 'exponential', meanMs: 20 },
  ),
  timeoutMs: fc.constantFrom(0, 0, 5, 50),
  limit: fc.constantFrom(0, 0, 50),
  responseBytes: fc.constantFrom(0, 1000, 50_000),
});

const server = fc.record({
  service: time,
  slots: fc.integer({ min: 1, max: 4 }),
  discipline: fc.constantFrom('fifo', 'lifo', 'ps'),
  queue: fc.constantFrom('bounded', 'unbounded'),
  queueLimit: fc.integer({ min: 0, max: 5 }),
});

const balancer = fc.record({
  policy: fc.constantFrom(
    'round-robin',
    'weighted-round-robin',
    'least-connections',
    'power-of-two',
    'random',
    'weighted-random',
  ),
  health: fc.constantFrom('none', 'active'),
  intervalMs: fc.constantFrom(10, 300),
});

const link = fc.record({
  delay: fc.oneof(fc.constant({ shape: 'constant', ms: 0 }), time),
  jitterMs: fc.constantFrom(0, 2),
  bandwidthMbps: fc.constantFrom(0, 10),
  loss: fc.constantFrom(0, 0, 0.1, 1),
});

const fault = fc.record({
  atSeconds: fc.double({ min: 0, max: SECONDS, noNaN: true }),
  what: fc.constantFrom('kill', 'revive', 'slow', 'cut', 'heal', 'set'),
  which: fc.nat(3),
});

function toEvent(
  { atSeconds, what, which }: { atSeconds: number; what: string; which: number },
  servers: number,
): ScenarioEvent {
  const node = `s${which % servers}`;
  const link = `b-${node}`;
  if (what === 'slow') return { atSeconds, do: 'slow', node, factor: 1 + which };
  if (what === 'set')
    return {
      atSeconds,
      do: 'set',
      target: which % 2 ? 'c0' : link,
      field: which % 2 ? 'ratePerSecond' : 'loss',
      value: which / 4,
    };
  if (what === 'cut' || what === 'heal') return { atSeconds, do: what, link };
  return { atSeconds, do: what as 'kill' | 'revive', node };
}

/** Clients, a balancer, servers behind it, and faults at any time. */
const scenario = fc
  .record({
    seed: fc.nat(),
    warmup: fc.constantFrom(0, 1),
    clients: fc.array(fc.tuple(client, link), { minLength: 1, maxLength: 2 }),
    servers: fc.array(fc.tuple(server, link), { minLength: 1, maxLength: 4 }),
    balancer,
    faults: fc.array(fault, { maxLength: 8 }),
  })
  .map(({ seed, warmup, clients, servers, balancer: config, faults }): Scenario => {
    const result = readScenario({
      version: 1,
      seed,
      run: { seconds: SECONDS, warmupSeconds: warmup },
      nodes: [
        ...clients.map(([c], i) => ({ id: `c${i}`, kind: 'client', config: c })),
        { id: 'b', kind: 'load-balancer', config },
        ...servers.map(([s], i) => ({ id: `s${i}`, kind: 'server', config: s })),
      ],
      links: [
        ...clients.map(([, l], i) => ({ from: `c${i}`, to: 'b', config: l })),
        ...servers.map(([, l], i) => ({ from: 'b', to: `s${i}`, config: l })),
      ],
      events: faults.map((f) => toEvent(f, servers.length)),
    });
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    expect(topologyIssues(result.value)).toEqual([]);
    return result.value;
  });

const serversOf = (report: NetworkReport) =>
  report.nodes.filter((node): node is ServerReport => node.kind === 'server');

describe('any scenario', () => {
  test('generated = completed + rejected + failed + in flight; L = lambda W; busy time is at most the capacity', () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const report = runScenario(s);
        expect(report.halted).toBeNull();
        expect(report.conservation).toMatchObject({ holds: true });
        expect(report.total.little).toMatchObject({ holds: true });
        for (const node of serversOf(report)) {
          expect(node.little, node.id).toMatchObject({ holds: true });
          expect(node.utilisation).toBeGreaterThanOrEqual(0);
          expect(node.utilisation).toBeLessThanOrEqual(1 + 1e-9);
          expect(node.arrived).toBe(node.completed + node.crashed + node.inSystem);
        }
        for (const node of report.nodes)
          if (node.kind === 'load-balancer')
            for (const b of node.backends) expect(b.outstanding).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 150 },
    );
  });

  test('when the clients stop, everything drains: nothing is in flight and no balancer remembers anything', () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const nodes = s.nodes.map((n) =>
          n.kind === 'client' ? { ...n, config: { ...n.config, limit: 30, timeoutMs: 0 } } : n,
        );
        const simulation = new Simulation({ ...s, nodes });
        simulation.advance(1000);
        const report = simulation.report();
        expect(report.conservation).toMatchObject({ holds: true, inFlight: 0 });
        expect(simulation.requests.slotsInUse).toBe(0);
        for (const node of report.nodes) {
          if (node.kind === 'load-balancer') for (const b of node.backends) expect(b.outstanding).toBe(0);
          if (node.kind === 'server') expect(node.inSystem).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the same seed gives the same run, however it is sliced', () => {
    fc.assert(
      fc.property(
        scenario,
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (s, events, slice) => {
          const whole = runScenario(s);
          const sliced = new Simulation(s);
          for (let t = slice; t < SECONDS; t += slice) while (!sliced.advance(t, events));
          while (!sliced.advance(SECONDS, events));
          const report = sliced.report();
          expect(report).toEqual({ ...whole, series: report.series });
          expect(report.series).toEqual(whole.series);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('another seed gives another run', () => {
    const [s] = fc.sample(
      scenario.filter((x) => x.nodes.some((n) => n.kind === 'client' && n.config.load === 'closed')),
      { numRuns: 1, seed: 1 },
    );
    expect(runScenario(s!, { seed: 1 }).runHash).not.toBe(runScenario(s!, { seed: 2 }).runHash);
  });

  test('live commands are noted, and the noted run is the same run', () => {
    const action = fault
      .map((f) => toEvent(f, 1))
      .map(({ atSeconds, ...rest }) => [atSeconds, rest as EventAction] as const);
    fc.assert(
      fc.property(
        scenario,
        fc.array(action, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 97 }),
        (s, commands, burst) => {
          const bare = { ...s, events: [] };
          const live = new Simulation(bare);
          for (const [at, command] of commands.toSorted((a, b) => a[0] - b[0])) {
            // Stops in the middle of things, not on a whole microsecond.
            live.advance(at, burst);
            live.command(command);
          }
          live.advance(SECONDS);
          const replayed = runScenario({ ...bare, events: live.commands });
          expect(replayed.runHash).toBe(live.report().runHash);
          expect(replayed.nodes).toEqual(live.report().nodes);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a new node disturbs no other: what the first pair does stays the same to the last digit', () => {
    const nodes = (n: number) =>
      Array.from({ length: n }, (_, i) => [
        { id: `client${i}`, kind: 'client', config: { ratePerSecond: 200 } },
        { id: `server${i}`, kind: 'server', config: { service: { shape: 'gamma', meanMs: 4, cv: 1.2 } } },
      ]).flat();
    const run = (n: number) => {
      const result = readScenario({
        version: 1,
        seed: 3,
        run: { seconds: 20 },
        nodes: nodes(n),
        links: Array.from({ length: n }, (_, i) => ({ from: `client${i}`, to: `server${i}`, config: { jitterMs: 1 } })),
      });
      if (!result.ok) throw new Error(JSON.stringify(result.error));
      return runScenario(result.value).nodes;
    };
    const alone = run(1);
    const together = run(3);
    expect(together.slice(0, 2)).toEqual(alone);
    expect(together[2]).not.toMatchObject({ generated: alone[0]?.kind === 'client' ? alone[0].generated : 0 });
  });
});
