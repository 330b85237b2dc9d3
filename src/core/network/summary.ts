/** Turns a simulation into its report. */
import { Histogram } from '../sim/metrics';
import { latencyReport } from './meters';
import type { ConservationReport, NetworkReport, ServerReport } from './report';
import type { Simulation } from './simulation';
import { compare, predict } from './theory';

export function reportOf(simulation: Simulation): NetworkReport {
  const { kernel, scenario, clients } = simulation;
  const nodes = simulation.nodes.map((node) => node.report());
  const servers = nodes.filter((node): node is ServerReport => node.kind === 'server');
  const perClient = nodes.flatMap((node) => (node.kind === 'client' ? [node] : []));
  const sum = (pick: (client: (typeof perClient)[number]) => number) =>
    perClient.reduce((total, c) => total + pick(c), 0);
  const latency = new Histogram();
  for (const client of clients) latency.merge(client.latency);
  const only = clients.length === 1 ? clients[0] : undefined;
  const conservation = conservationOf(simulation);
  // A fault or a changed setting ends the steady state that the laws speak about.
  const undisturbed = simulation.disturbed ? [] : predict(scenario);
  return {
    scenario: scenario.name,
    seed: simulation.seed,
    seconds: kernel.nowSeconds,
    warmupSeconds: scenario.run.warmupSeconds,
    events: kernel.executed,
    runHash: kernel.runHash,
    halted: simulation.halted ?? null,
    total: {
      generated: sum((client) => client.generated),
      completed: sum((client) => client.completed),
      rejected: sum((client) => client.rejected),
      failed: sum((client) => client.failed),
      inFlight: conservation.inFlight,
      throughputPerSecond: sum((client) => client.throughputPerSecond),
      latencyMs: latencyReport(latency, only?.batches),
      little: simulation.presence.report(kernel.nowPs),
    },
    conservation,
    theory: compare(undisturbed, servers),
    nodes,
    links: simulation.links.map((link) => link.report()),
    series: simulation.series.samples,
  };
}

/** Over the whole run, warm-up included. */
function conservationOf({ clients, requests }: Simulation): ConservationReport {
  const sum = (pick: (client: Simulation['clients'][number]) => number) =>
    clients.reduce((total, c) => total + pick(c), 0);
  const generated = sum((client) => client.generated);
  const completed = sum((client) => client.completed);
  const rejected = sum((client) => client.rejected);
  const failed = sum((client) => client.failed);
  const inFlight = requests.countInFlight();
  return {
    generated,
    completed,
    rejected,
    failed,
    inFlight,
    holds: generated === completed + rejected + failed + inFlight,
  };
}
