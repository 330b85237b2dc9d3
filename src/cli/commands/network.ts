/** `orrery network`: a network scenario without a browser. */
import {
  parseEvents,
  parseScenario,
  type PlacedIssue,
  type Scenario,
  topologyIssues,
} from '../../core/documents/scenario';
import { parseJson } from '../../core/documents/json';
import { runScenario } from '../../core/network/simulation';
import type { LittleReport, NetworkReport, NodeReport, TheoryReport } from '../../core/network/report';
import { type Command, EXIT, type Host, UsageError } from '../command';
import { parseOptions } from '../options';

const HELP = `usage: orrery network SCENARIO [--seed N] [--until SECONDS] [--fault FILE] [--json]

Runs a network scenario (a JSON document, see programs/networks/) and reports what came out, held against
the laws that predict it. '-' reads the scenario from standard input.

  --seed N         instead of the scenario's seed; the same seed gives the same run on any machine
  --until SECONDS  simulated seconds to run, instead of the scenario's
  --fault FILE     further events: a JSON list such as
                   [{ "atSeconds": 20, "do": "kill", "node": "s2" }, { "atSeconds": 40, "do": "revive", "node": "s2" }]
                   do: kill, revive (node); slow (node, factor); cut, heal (link);
                   set (target, field, value: the rate of a client, the loss of a link)
  --json           one JSON object on standard output:
  { "scenario", "seed", "seconds", "warmupSeconds", "events", "runHash", "halted": null | "why it stopped early",
    "total": { "generated", "completed", "rejected", "failed", "inFlight", "throughputPerSecond", "latencyMs": L, "little": W },
    "conservation": { "generated", "completed", "rejected", "failed", "inFlight", "holds" },     (whole run, warm-up included)
    "theory": [{ "node", "law", "formula", "source", "quantity", "unit", "expected", "measured", "ci95", "relativeError",
                 "verdict": "agrees" | "differs" | "limit" | "early", "remark" }],
    "nodes": [ { "kind": "client", "id", "name", "generated", "completed", "rejected", "failed", "timedOut", "lost", "refused",
                 "throughputPerSecond", "latencyMs": L, "partsMs": { "queue", "service", "network" } },
               { "kind": "server", "id", "name", "alive", "slots", "arrived", "completed", "rejected", "refused", "crashed", "wasted",
                 "inSystem", "maxInSystem", "throughputPerSecond", "utilisation", "timeInSystemMs": L, "waitMs", "little": W },
               { "kind": "load-balancer", "id", "name", "forwarded", "unroutable",
                 "backends": [{ "link", "node", "healthy", "outstanding", "forwarded" }] } ],
    "links": [{ "id", "from", "to", "messages", "bytes", "lost", "cut", "utilisation" }],
    "series": [{ "fromSeconds", "toSeconds", "throughputPerSecond", "failuresPerSecond",
                 "latencyMs": { "mean", "p50", "p99" }, "utilisation": [one a server] }] }
  with L = { "count", "mean", "sigma", "min", "max", "percentiles": { "50", "90", "95", "99", "99.9" }, "ci95" } and
       W = { "L", "lambdaPerSecond", "wSeconds", "relativeError", "holds" }   (Little's law, both sides counted apart).
  A ci95 is half the width of the 95 % confidence interval of the mean by batch means, or null when it cannot be told.

exit status: 0, 64 bad usage, 65 a file is missing or malformed, 75 a limit stopped the run
`;

export const command: Command = {
  name: 'network',
  summary: 'runs a network scenario and holds it against the laws',
  help: HELP,
  run(args, host) {
    const options = parseOptions(args, { seed: 'value', until: 'value', fault: 'value', json: 'flag' });
    const [path, ...more] = options.positionals;
    if (path === undefined) throw new UsageError('which scenario?');
    if (more.length > 0) throw new UsageError(`one scenario at a time, not also '${String(more[0])}'`);
    const seed = options.number('seed', NaN, { min: 0, max: Number.MAX_SAFE_INTEGER });
    const until = options.number('until', NaN, { min: 0, max: 1e8, integer: false });
    const scenario = load(path, host);
    if (!scenario) return EXIT.data;
    const faults = options.value('fault');
    const events = faults === undefined ? [] : loadEvents(faults, scenario, host);
    if (!events) return EXIT.data;
    const report = runScenario(scenario, {
      events,
      ...(Number.isNaN(seed) ? {} : { seed }),
      ...(Number.isNaN(until) ? {} : { seconds: until }),
    });
    host.stdout(options.has('json') ? `${JSON.stringify(report)}\n` : describe(report));
    if (report.halted === null) return EXIT.ok;
    host.stderr(`${path}: stopped at ${report.seconds} s: ${report.halted} [halted]\n`);
    return EXIT.limit;
  },
};

function load(path: string, host: Host): Scenario | undefined {
  const text = read(path, host);
  if (text === undefined) return undefined;
  const result = parseScenario(text);
  if (!result.ok) return complain(path, result.error, host);
  const issues = topologyIssues(result.value);
  if (issues.length === 0) return result.value;
  const json = parseJson(text);
  const place = (at: string) => (json.ok ? json.value.placeOf(at) : { line: 1, column: 1 });
  return complain(
    path,
    issues.map((issue) => ({ ...issue, place: place(issue.path) })),
    host,
  );
}

function loadEvents(path: string, scenario: Scenario, host: Host) {
  const text = read(path, host);
  if (text === undefined) return undefined;
  const result = parseEvents(text, scenario);
  return result.ok ? result.value : complain(path, result.error, host);
}

function read(path: string, host: Host): string | undefined {
  const bytes = host.readFile(path);
  if (!bytes) host.stderr(`${path}: error: cannot read this file [unreadable-file]\n`);
  return bytes && new TextDecoder().decode(bytes);
}

function complain(path: string, issues: readonly PlacedIssue[], host: Host): undefined {
  for (const { id, place, path: at, message } of issues)
    host.stderr(`${path}:${place.line}:${place.column}: error: ${at === '' ? '' : `${at}: `}${message} [${id}]\n`);
  return undefined;
}

function describe(report: NetworkReport): string {
  const { total, conservation } = report;
  const { mean, percentiles } = total.latencyMs;
  return [
    `${report.scenario}: ${figure(report.seconds)} s simulated, seed ${report.seed}, ${report.events} events, run ${report.runHash}`,
    '',
    `requests    ${total.generated} generated = ${total.completed} completed + ${total.rejected} rejected + ${total.failed} failed + ${total.inFlight} in flight`,
    `throughput  ${figure(total.throughputPerSecond)} /s`,
    `latency     mean ${ms(mean)}${interval(total.latencyMs.ci95)}, p50 ${ms(percentiles['50'])}, p95 ${ms(percentiles['95'])}, p99 ${ms(percentiles['99'])}, p99.9 ${ms(percentiles['99.9'])}`,
    `conserved   ${conservation.holds ? 'yes' : 'NO'}`,
    `Little      ${little(total.little)}`,
    '',
    ...report.nodes.map(node),
    ...(report.theory.length > 0 ? ['', 'theory / measured', ...report.theory.map(chip)] : []),
    '',
  ].join('\n');
}

function node(row: NodeReport): string {
  const head = `${row.kind.padEnd(14)} ${row.id.padEnd(12)}`;
  switch (row.kind) {
    case 'client':
      return `${head} ${figure(row.throughputPerSecond)} /s, ${row.failed} failed (${row.timedOut} timed out, ${row.lost} lost, ${row.refused} refused), queue ${ms(row.partsMs.queue)} + service ${ms(row.partsMs.service)} + network ${ms(row.partsMs.network)}`;
    case 'server':
      return `${head} ${(100 * row.utilisation).toFixed(1)} % busy, ${figure(row.throughputPerSecond)} /s, time in system ${ms(row.timeInSystemMs.mean)}, ${row.rejected} rejected${row.alive ? '' : ', DEAD'}; ${little(row.little)}`;
    case 'load-balancer':
      return `${head} ${row.backends.map((b) => `${b.node} ${b.forwarded}${b.healthy ? '' : ' (out)'}`).join(', ')}`;
  }
}

function chip(row: TheoryReport): string {
  const unit = row.unit === '' ? '' : ` ${row.unit}`;
  const error = `${row.relativeError >= 0 ? '+' : ''}${(100 * row.relativeError).toFixed(2)} %`;
  return `  ${row.node.padEnd(12)} ${row.quantity.padEnd(15)} ${figure(row.expected)} / ${figure(row.measured)}${unit} (${error}, ${row.verdict})  ${row.law}: ${row.formula}${row.remark === '' ? '' : `; ${row.remark}`}`;
}

function little(row: LittleReport): string {
  return `L = ${figure(row.L)}, lambda W = ${figure(row.lambdaPerSecond)} /s x ${ms(row.wSeconds * 1000)}${row.holds ? '' : ' DOES NOT HOLD'}`;
}

function ms(value: number): string {
  return value >= 1000 ? `${figure(value / 1000)} s` : `${figure(value)} ms`;
}

function interval(ci95: number | null): string {
  return ci95 === null ? '' : ` +- ${figure(ci95)}`;
}

/** Four significant digits, without an exponent for the usual sizes. */
function figure(value: number): string {
  return value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9)
    ? value.toExponential(3)
    : String(Number(value.toPrecision(4)));
}
