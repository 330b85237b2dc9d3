import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseScenario, readScenario, type Scenario, topologyIssues } from '../documents/scenario';
import * as laws from './laws';
import type { NetworkReport } from './report';
import { runScenario, Simulation } from './simulation';

type Json = Record<string, unknown>;

const exponential = (meanMs: number) => ({ shape: 'exponential', meanMs });
const wire = { delay: { shape: 'constant', ms: 0 } };

export function scenarioOf(value: Json): Scenario {
  const result = readScenario({ version: 1, ...value });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  expect(topologyIssues(result.value)).toEqual([]);
  return result.value;
}

/** One client straight to one server. */
function single(client: Json, server: Json, seconds: number, seed = 11): Scenario {
  return scenarioOf({
    seed,
    run: { seconds, warmupSeconds: seconds / 100 },
    nodes: [
      { id: 'c', kind: 'client', config: client },
      { id: 's', kind: 'server', config: server },
    ],
    links: [{ from: 'c', to: 's', config: wire }],
  });
}

/** A balancer before n servers of 1 ms, each loaded to `rho`. */
function farm(n: number, policy: string, rho: number, seconds: number): Scenario {
  const servers = Array.from({ length: n }, (_, i) => `s${i}`);
  return scenarioOf({
    seed: 5,
    run: { seconds, warmupSeconds: seconds / 20 },
    nodes: [
      { id: 'c', kind: 'client', config: { ratePerSecond: n * rho * 1000 } },
      { id: 'b', kind: 'load-balancer', config: { policy, health: 'none' } },
      ...servers.map((id) => ({ id, kind: 'server', config: { service: exponential(1) } })),
    ],
    links: [{ from: 'c', to: 'b', config: wire }, ...servers.map((id) => ({ from: 'b', to: id, config: wire }))],
  });
}

/** The mean of the run lies within three standard errors or 2 % of the expected value, and within 5 % in any case. */
function expectMean(report: NetworkReport, expectedMs: number): void {
  const { mean, ci95, count } = report.total.latencyMs;
  expect(count).toBeGreaterThan(300_000);
  expect(ci95).not.toBeNull();
  expect(Math.abs(mean - expectedMs)).toBeLessThan(Math.max(1.5 * ci95!, 0.02 * expectedMs));
  expect(Math.abs(mean / expectedMs - 1)).toBeLessThan(0.05);
  expect(report.conservation.holds).toBe(true);
  expect(report.total.little.holds).toBe(true);
  for (const chip of report.theory) expect(chip.verdict, `${chip.law} at ${chip.node}`).toBe('agrees');
}

describe('laws hold in the simulation', () => {
  test('M/M/1 at 80 %: a million customers, mean time in system within 2 % of 1/(mu - lambda), none dropped', () => {
    const text = readFileSync('programs/networks/mm1-80.json', 'utf8');
    const scenario = parseScenario(text);
    if (!scenario.ok) throw new Error('the sample does not parse');
    const report = runScenario(scenario.value, { seconds: 12_600 });
    expect(report.total.generated).toBeGreaterThan(1_000_000);
    expect(report.total.rejected + report.total.failed).toBe(0);
    expect(Math.abs(report.total.latencyMs.mean / 50 - 1)).toBeLessThan(0.02);
    expect(report.theory.map((chip) => [chip.law, chip.verdict])).toEqual([
      ['M/M/1', 'agrees'],
      ['Utilisation law', 'agrees'],
    ]);
  });

  test('M/M/1 in distribution: the time in system is exponential', () => {
    const { latencyMs } = runScenario(single({ ratePerSecond: 500 }, { service: exponential(1) }, 2000)).total;
    expect(latencyMs.sigma / 2).toBeCloseTo(1, 1.5);
    for (const p of ['50', '90', '99'] as const)
      expect(latencyMs.percentiles[p] / (-2 * Math.log(1 - Number(p) / 100))).toBeCloseTo(1, 1.3);
  });

  test('M/M/4: Erlang C', () => {
    const report = runScenario(single({ ratePerSecond: 3200 }, { service: exponential(1), slots: 4 }, 200));
    expectMean(report, laws.mmcTimeInSystem(3200, 1000, 4) * 1000);
  });

  test.each([
    [{ shape: 'constant', ms: 1 }, 0],
    [{ shape: 'lognormal', meanMs: 1, cv: 1.5 }, 1.5],
    [{ shape: 'gamma', meanMs: 1, cv: 0.5 }, 0.5],
    [{ shape: 'hyperexponential', meanMs: 1, cv: 2 }, 2],
    [{ shape: 'uniform', minMs: 0.5, maxMs: 1.5 }, Math.sqrt(1 / 12)],
    [{ shape: 'measured', valuesMs: [0.5, 0.5, 2] }, Math.SQRT1_2],
  ])('M/G/1 with %o: Pollaczek-Khinchine', (service, cv) => {
    const report = runScenario(single({ ratePerSecond: 700 }, { service }, 1200));
    expectMean(report, laws.mg1TimeInSystem(700, 0.001, cv ** 2) * 1000);
  });

  test.each([exponential(1), { shape: 'constant', ms: 1 }, { shape: 'lognormal', meanMs: 1, cv: 2 }])(
    'processor sharing does not feel the distribution: %o',
    (service) => {
      const report = runScenario(single({ ratePerSecond: 700 }, { service, discipline: 'ps' }, 1000));
      expectMean(report, 1 / 0.3);
    },
  );

  test('processor sharing over 3 slots with exponential service is M/M/3', () => {
    const report = runScenario(
      single({ ratePerSecond: 2400 }, { service: exponential(1), slots: 3, discipline: 'ps' }, 250),
    );
    expectMean(report, laws.mmcTimeInSystem(2400, 1000, 3) * 1000);
  });

  test('last in first out has the same mean and a wider spread', () => {
    const fifo = runScenario(single({ ratePerSecond: 700 }, { service: exponential(1) }, 700));
    const lifo = runScenario(single({ ratePerSecond: 700 }, { service: exponential(1), discipline: 'lifo' }, 700));
    expectMean(lifo, 1 / 0.3);
    expect(lifo.total.latencyMs.sigma).toBeGreaterThan(1.5 * fifo.total.latencyMs.sigma);
  });

  test('M/M/2/K: rejected share and time of those accepted', () => {
    const server = { service: exponential(1), slots: 2, queue: 'bounded', queueLimit: 3 };
    const report = runScenario(single({ ratePerSecond: 2200 }, server, 300));
    const law = laws.mmck(2200, 1000, 2, 3);
    expectMean(report, law.timeInSystem * 1000);
    expect(report.total.rejected / report.total.generated / law.blocking).toBeCloseTo(1, 1.5);
  });

  test('round robin before 4 servers: E_4/M/1', () => {
    expectMean(runScenario(farm(4, 'round-robin', 0.8, 150)), laws.roundRobinTimeInSystem(800, 1000, 4) * 1000);
  });

  test('a random split before 4 servers: M/M/1 each', () => {
    expectMean(runScenario(farm(4, 'random', 0.7, 200)), 1 / 0.3);
  });

  test('two choices among 200 servers: Mitzenmacher within 2 %', () => {
    expectMean(runScenario(farm(200, 'power-of-two', 0.8, 14)), laws.powerOfChoicesTimeInSystem(800, 1000, 2) * 1000);
  });

  test('least connections lies between the central queue and two choices', () => {
    const { mean } = runScenario(farm(8, 'least-connections', 0.8, 60)).total.latencyMs;
    const two = runScenario(farm(8, 'power-of-two', 0.8, 60)).total.latencyMs.mean;
    expect(mean).toBeGreaterThan(laws.mmcTimeInSystem(6400, 1000, 8) * 1000);
    expect(mean).toBeLessThan(two);
  });

  test('weighted policies share as the weights say', () => {
    for (const policy of ['weighted-round-robin', 'weighted-random']) {
      const base = farm(3, policy, 0.2, 100);
      const links = base.links.map((link, i) => ({ ...link, config: { ...link.config, weight: [0, 5, 1, 2][i]! } }));
      const report = runScenario({ ...base, links });
      const balancer = report.nodes.find((node) => node.kind === 'load-balancer')!;
      const shares = balancer.backends.map((backend) => (8 * backend.forwarded) / balancer.forwarded);
      shares.forEach((share, i) => expect(share).toBeCloseTo([5, 1, 2][i]!, policy === 'weighted-random' ? 1 : 2));
    }
  });

  test('a closed loop: throughput by the birth-death balance, for any distribution of thinking', () => {
    for (const think of [exponential(20), { shape: 'constant', ms: 20 }]) {
      const report = runScenario(single({ load: 'closed', users: 30, think }, { service: exponential(1) }, 600));
      expectMean(report, laws.closedSystem(30, 0.02, 1000, 1).responseTime * 1000);
    }
  });

  test('arrivals that vary keep their mean rate', () => {
    for (const arrivals of ['constant', 'gamma', 'burst', 'diurnal']) {
      const client = { arrivals, ratePerSecond: 400, periodSeconds: 10, onSeconds: 1, offSeconds: 4 };
      const report = runScenario(single(client, { service: exponential(1) }, 1000));
      expect(report.total.generated / 990 / 400, arrivals).toBeCloseTo(1, 1.7);
    }
  });

  test('rates near 0 and spreads near 0 end: the next request may never come', () => {
    for (const arrivals of ['poisson', 'constant', 'gamma', 'burst', 'diurnal'])
      for (const ratePerSecond of [5e-324, 1e-300, 1e-9]) {
        const report = runScenario(single({ arrivals, ratePerSecond, cv: 5e-324 }, { service: exponential(1) }, 1000));
        expect(report.total.generated, `${arrivals} ${ratePerSecond}`).toBe(0);
      }
    for (const shape of ['gamma', 'lognormal']) {
      const service = { shape, meanMs: 1, cv: 5e-324 };
      expect(runScenario(single({ arrivals: 'constant' }, { service }, 20)).total.latencyMs.mean).toBeCloseTo(1, 6);
    }
  });

  test('bandwidth: an answer of 1 MB over 80 Mbit/s takes 100 ms, and the link is a queue of its own', () => {
    const scenario = single(
      { arrivals: 'constant', ratePerSecond: 8, responseBytes: 1e6, requestBytes: 0 },
      { service: { shape: 'constant', ms: 1 } },
      50,
    );
    const links = scenario.links.map((link) => ({ ...link, config: { ...link.config, bandwidthMbps: 80 } }));
    const report = runScenario({ ...scenario, links });
    expect(report.total.latencyMs.min).toBeCloseTo(101, 9);
    expect(report.total.latencyMs.max).toBeCloseTo(101, 9);
    // Busy 0.8 of the time one way, never the other.
    expect(report.links[0]!.utilisation).toBeCloseTo(0.4, 2);
    // M/D/1 before the transmitter.
    const poisson = runScenario({
      ...scenario,
      links,
      nodes: scenario.nodes.map((n) =>
        n.kind === 'client' ? { ...n, config: { ...n.config, arrivals: 'poisson' as const } } : n,
      ),
      run: { seconds: 50_000, warmupSeconds: 100 },
    });
    expect(poisson.total.latencyMs.mean / (laws.mg1TimeInSystem(8, 0.1, 0) * 1000 + 1)).toBeCloseTo(1, 1.5);
  });
});

describe('faults', () => {
  const sample = (name: string): Scenario => {
    const result = parseScenario(readFileSync(`programs/networks/${name}.json`, 'utf8'));
    if (!result.ok) throw new Error(name);
    return result.value;
  };

  test('every sample parses, runs and balances its books', () => {
    for (const file of readdirSync('programs/networks')) {
      const scenario = sample(file.replace('.json', ''));
      expect(topologyIssues(scenario)).toEqual([]);
      const report = runScenario(scenario, { seconds: Math.min(scenario.run.seconds, 100) });
      expect(report.conservation.holds && report.total.little.holds && report.halted === null, file).toBe(true);
      expect(
        report.theory.filter((chip) => chip.verdict === 'differs'),
        file,
      ).toEqual([]);
    }
  });

  test('a killed server: every third request is refused until three checks have failed, then none', () => {
    const report = runScenario(sample('kill-a-server'), { sampleSeconds: 1 });
    const failures = report.series.map((s) => s.failuresPerSecond);
    // Three checks, 2 s apart, the last at most 6 s after the death at 20 s.
    expect(failures.slice(0, 20).every((f) => f === 0)).toBe(true);
    const dark = failures.slice(20, 24);
    for (const f of dark) expect(f).toBeGreaterThan(35);
    for (const f of failures.slice(26)) expect(f).toBe(0);
    const [before, during] = [report.series.slice(10, 20), report.series.slice(28, 40)].map(
      (part) => part.reduce((sum, s) => sum + s.utilisation[0]!, 0) / part.length,
    );
    expect(before).toBeCloseTo(0.6, 1);
    expect(during).toBeGreaterThan(0.8);
    const after = report.series.slice(46);
    expect(after.reduce((sum, s) => sum + s.utilisation[1]!, 0) / after.length).toBeGreaterThan(0.45);
  });

  test('a time-out frees the client, not the server', () => {
    const client = { arrivals: 'constant', ratePerSecond: 10, timeoutMs: 50 };
    const report = runScenario(single(client, { service: { shape: 'constant', ms: 80 } }, 10));
    const [c, s] = report.nodes;
    expect(c).toMatchObject({ kind: 'client', completed: 0, timedOut: c!.kind === 'client' ? c!.failed : -1 });
    expect(s).toMatchObject({ kind: 'server' });
    if (s?.kind !== 'server') throw new Error();
    expect(s.wasted).toBe(s.completed);
    expect(s.utilisation).toBeCloseTo(0.8, 2);
  });

  test('loss on both ways: 1 - (1 - p)^2 of the requests fail', () => {
    const scenario = single(
      { ratePerSecond: 1000, timeoutMs: 1000 },
      { service: { shape: 'constant', ms: 0.1 }, slots: 10 },
      200,
    );
    const links = scenario.links.map((link) => ({ ...link, config: { ...link.config, loss: 0.1 } }));
    for (const timeoutMs of [0, 1000]) {
      const nodes = scenario.nodes.map((n) => (n.kind === 'client' ? { ...n, config: { ...n.config, timeoutMs } } : n));
      const report = runScenario({ ...scenario, nodes, links });
      expect(report.total.failed / report.total.generated / 0.19).toBeCloseTo(1, 1.5);
      expect(report.conservation.holds).toBe(true);
    }
  });

  test('a cut link and a slow server', () => {
    const base = single({ arrivals: 'constant', ratePerSecond: 10 }, { service: { shape: 'constant', ms: 20 } }, 30);
    const cut = runScenario({
      ...base,
      events: [
        { atSeconds: 10, do: 'cut', link: 'c-s' },
        { atSeconds: 20, do: 'heal', link: 'c-s' },
      ],
    });
    // A hundred requests on their way there, and the answer that was due at 10.02 s.
    expect(cut.total.failed).toBe(101);
    const slow = runScenario({ ...base, events: [{ atSeconds: 10, do: 'slow', node: 's', factor: 3 }] });
    expect([slow.total.latencyMs.min, slow.total.latencyMs.max]).toEqual([20, 60]);
    const sharing = single(
      { arrivals: 'constant', ratePerSecond: 10 },
      { service: { shape: 'constant', ms: 20 }, discipline: 'ps' },
      30,
    );
    const slowSharing = runScenario({ ...sharing, events: [{ atSeconds: 10.01, do: 'slow', node: 's', factor: 3 }] });
    expect(slowSharing.total.latencyMs.max).toBeCloseTo(60, 6);
  });

  test('overload without end stops at a million requests in flight and says so', () => {
    const simulation = new Simulation(single({ ratePerSecond: 1e8 }, { service: exponential(1000) }, 10));
    expect(simulation.advance(10)).toBe(true);
    expect(simulation.report().halted).toContain('million');
    expect(simulation.report().conservation.holds).toBe(true);
  });
});
