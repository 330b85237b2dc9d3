/**
 * Network scenarios as documents, version 1: nodes, links, the seed, how long to run, and time-stamped events (faults and changes of
 * settings). Reading guards everything and fills in the defaults; a scenario that was read is safe to show and to save. Whether it can
 * run (`topologyIssues`) is a further question, since a diagram is incomplete while it is drawn.
 */
import { err, ok, type Result } from '../base/result';
import { checkNames, isObject, type Issue, type JsonObject, readFields, readNumber, show } from './fields';
import { joinPath, parseJson, type TextPlace } from './json';
import { isNodeKind, LINK_FIELDS, type LinkConfig, NODE_KINDS, type NodeConfigs, type NodeKind } from './node-kinds';

export const SCENARIO_VERSION = 1;

export type ScenarioNode = {
  readonly [K in NodeKind]: {
    readonly id: string;
    readonly kind: K;
    readonly name: string;
    /** Place on the canvas. */
    readonly x: number;
    readonly y: number;
    readonly config: NodeConfigs[K];
  };
}[NodeKind];

export interface ScenarioLink {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly config: LinkConfig;
}

/** Something that happens to the system at a time. `kill` and `cut` name a node or a link. */
export type ScenarioEvent = { readonly atSeconds: number } & EventAction;
export type EventAction =
  | { readonly do: 'kill' | 'revive'; readonly node: string }
  /** Service takes `factor` times as long from now on; 1 is as before. */
  | { readonly do: 'slow'; readonly node: string; readonly factor: number }
  | { readonly do: 'cut' | 'heal'; readonly link: string }
  /** A live field takes a new value. `target` is the id of a node or a link. */
  | { readonly do: 'set'; readonly target: string; readonly field: string; readonly value: number };

export const EVENT_ACTIONS = ['kill', 'revive', 'slow', 'cut', 'heal', 'set'] as const;

export interface Scenario {
  readonly version: typeof SCENARIO_VERSION;
  readonly name: string;
  readonly notes: string;
  readonly seed: number;
  readonly run: {
    readonly seconds: number;
    /** Figures are measured from this time on. */
    readonly warmupSeconds: number;
  };
  readonly nodes: readonly ScenarioNode[];
  readonly links: readonly ScenarioLink[];
  readonly events: readonly ScenarioEvent[];
}

export interface PlacedIssue extends Issue {
  readonly place: TextPlace;
}

/** svelte-flow stays quick up to about this many. */
export const MAX_NODES = 300;
export const MAX_LINKS = 2000;
export const MAX_EVENTS = 10_000;
export const MAX_SECONDS = 1e8;
const MAX_TEXT = 10_000;
const MAX_ISSUES = 20;

/** Reads a scenario from text; every issue has line and column. */
export function parseScenario(text: string): Result<Scenario, readonly PlacedIssue[]> {
  const json = parseJson(text);
  if (!json.ok) return err([{ id: 'json-syntax', path: '', message: json.error.message, place: json.error.place }]);
  const { value, placeOf } = json.value;
  const result = readScenario(value);
  return result.ok ? result : err(result.error.map((issue) => ({ ...issue, place: placeOf(issue.path) })));
}

/** Reads a list of events (`orrery network --fault FILE`): a JSON array, or an object with `events`. */
export function parseEvents(
  text: string,
  scenario: Scenario,
): Result<readonly ScenarioEvent[], readonly PlacedIssue[]> {
  const json = parseJson(text);
  if (!json.ok) return err([{ id: 'json-syntax', path: '', message: json.error.message, place: json.error.place }]);
  const { value, placeOf } = json.value;
  const issues: Issue[] = [];
  const inObject = isObject(value) && 'events' in value;
  const events = readEvents(inObject ? value['events'] : value, inObject ? 'events' : '', scenario, issues);
  return issues.length === 0 ? ok(events) : err(issues.map((issue) => ({ ...issue, place: placeOf(issue.path) })));
}

export function readScenario(value: unknown): Result<Scenario, readonly Issue[]> {
  const issues: Issue[] = [];
  if (!isObject(value))
    return err([{ id: 'wrong-type', path: '', message: `a scenario is an object, not ${show(value)}` }]);
  if (value['version'] !== SCENARIO_VERSION)
    return err([
      {
        id: 'unknown-version',
        path: 'version' in value ? 'version' : '',
        message: `must have "version": ${SCENARIO_VERSION}, not ${show(value['version'])}`,
      },
    ]);
  checkNames(value, ['version', 'name', 'notes', 'seed', 'run', 'nodes', 'links', 'events'], '', issues);
  const nodes = readList(value['nodes'], 'nodes', MAX_NODES, issues, readNode);
  const links = readList(value['links'], 'links', MAX_LINKS, issues, readLink);
  checkIds([...nodes, ...links], nodes.length, issues);
  links.forEach((link, i) => checkEnds(link, i, nodes, issues));
  const scenario: Scenario = {
    version: SCENARIO_VERSION,
    name: readText(value['name'], 'name', 'Untitled', issues),
    notes: readText(value['notes'], 'notes', '', issues),
    seed: readSeed(value['seed'], issues),
    run: readRun(value['run'], issues),
    nodes,
    links,
    events: [],
  };
  const events = readEvents(value['events'] ?? [], 'events', scenario, issues);
  return issues.length === 0 ? ok({ ...scenario, events }) : err(issues.slice(0, MAX_ISSUES));
}

/** Why the scenario cannot run yet; empty when it can. */
export function topologyIssues(scenario: Scenario): readonly Issue[] {
  const issues: Issue[] = [];
  if (!scenario.nodes.some((node) => node.kind === 'client'))
    issues.push({ id: 'no-client', path: 'nodes', message: 'there is no client, so nothing would happen' });
  scenario.nodes.forEach((node, i) => {
    const out = scenario.links.filter((link) => link.from === node.id).length;
    const { outgoing, title } = NODE_KINDS[node.kind];
    const path = `nodes[${i}]`;
    if (outgoing === 'one' && out !== 1)
      issues.push({
        id: 'wrong-links',
        path,
        message: `${title} "${node.id}" needs exactly one link out, it has ${out}`,
      });
    if (outgoing === 'many' && out === 0)
      issues.push({ id: 'wrong-links', path, message: `${title} "${node.id}" needs a link to a node behind it` });
  });
  const cycle = findCycle(scenario);
  if (cycle)
    issues.push({ id: 'cycle', path: 'links', message: `requests would run in a circle: ${cycle.join(' -> ')}` });
  else if (longestPath(scenario) > MAX_HOPS)
    issues.push({ id: 'too-deep', path: 'links', message: `a request may cross at most ${MAX_HOPS} links` });
  return issues;
}

/** Links that a request may cross one way; bounds the way back that each request remembers. */
export const MAX_HOPS = 8;

function readList<T>(
  value: unknown,
  path: string,
  max: number,
  issues: Issue[],
  read: (item: JsonObject, path: string, index: number, issues: Issue[]) => T | undefined,
): T[] {
  if (!Array.isArray(value)) {
    issues.push({ id: 'wrong-type', path, message: `must be a list, not ${show(value)}` });
    return [];
  }
  if (value.length > max) {
    issues.push({ id: 'too-many', path, message: `must have at most ${max} entries, it has ${value.length}` });
    return [];
  }
  return value.flatMap((item: unknown, i) => {
    const itemPath = joinPath(path, i);
    if (isObject(item)) return read(item, itemPath, i, issues) ?? [];
    issues.push({ id: 'wrong-type', path: itemPath, message: `must be an object, not ${show(item)}` });
    return [];
  });
}

function readNode(item: JsonObject, path: string, _index: number, issues: Issue[]): ScenarioNode | undefined {
  const { kind } = item;
  if (!isNodeKind(kind)) {
    const message = `must be one of ${Object.keys(NODE_KINDS).join(', ')}, not ${show(kind)}`;
    issues.push({ id: 'unknown-kind', path: joinPath(path, 'kind'), message });
    return undefined;
  }
  checkNames(item, ['id', 'kind', 'name', 'x', 'y', 'config'], path, issues);
  const id = readId(item['id'], joinPath(path, 'id'), issues);
  const place = { min: -1e6, max: 1e6 };
  return {
    id,
    kind,
    name: readText(item['name'], joinPath(path, 'name'), id, issues),
    x: item['x'] === undefined ? 0 : readNumber(item['x'], place, joinPath(path, 'x'), issues, 0),
    y: item['y'] === undefined ? 0 : readNumber(item['y'], place, joinPath(path, 'y'), issues, 0),
    config: readFields(NODE_KINDS[kind].fields, item['config'], joinPath(path, 'config'), issues),
  } as unknown as ScenarioNode;
}

function readLink(item: JsonObject, path: string, _index: number, issues: Issue[]): ScenarioLink {
  checkNames(item, ['id', 'from', 'to', 'config'], path, issues);
  const from = readId(item['from'], joinPath(path, 'from'), issues);
  const to = readId(item['to'], joinPath(path, 'to'), issues);
  const id = item['id'] === undefined ? `${from}-${to}` : readId(item['id'], joinPath(path, 'id'), issues);
  const config = readFields(LINK_FIELDS, item['config'], joinPath(path, 'config'), issues) as unknown as LinkConfig;
  return { id, from, to, config };
}

function readRun(value: unknown, issues: Issue[]): Scenario['run'] {
  const given = value === undefined ? {} : value;
  if (!isObject(given)) {
    issues.push({ id: 'wrong-type', path: 'run', message: `must be an object, not ${show(given)}` });
    return { seconds: 60, warmupSeconds: 0 };
  }
  checkNames(given, ['seconds', 'warmupSeconds'], 'run', issues);
  const limits = { min: 0, max: MAX_SECONDS, unit: 's' };
  const { seconds = 60, warmupSeconds = 0 } = given;
  return {
    seconds: readNumber(seconds, limits, 'run.seconds', issues, 60),
    warmupSeconds: readNumber(warmupSeconds, limits, 'run.warmupSeconds', issues, 0),
  };
}

function readSeed(value: unknown, issues: Issue[]): number {
  if (value === undefined) return 1;
  return readNumber(value, { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true }, 'seed', issues, 1);
}

function readText(value: unknown, path: string, fallback: string, issues: Issue[]): string {
  if (value === undefined) return fallback;
  if (typeof value === 'string' && value.length <= MAX_TEXT) return value;
  issues.push({
    id: 'wrong-type',
    path,
    message: `must be a text of at most ${MAX_TEXT} characters, not ${show(value)}`,
  });
  return fallback;
}

function readId(value: unknown, path: string, issues: Issue[]): string {
  if (typeof value === 'string' && /^[A-Za-z0-9_.:-]{1,64}$/.test(value)) return value;
  issues.push({
    id: 'bad-id',
    path,
    message: `must be 1 to 64 letters, digits, or any of _ . : -, not ${show(value)}`,
  });
  return '';
}

function readEvents(value: unknown, path: string, scenario: Scenario, issues: Issue[]): ScenarioEvent[] {
  return readList(value, path, MAX_EVENTS, issues, (item, at) => readEvent(item, at, scenario, issues));
}

function readEvent(item: JsonObject, path: string, scenario: Scenario, issues: Issue[]): ScenarioEvent | undefined {
  const before = issues.length;
  const time = { min: 0, max: MAX_SECONDS, unit: 's' };
  readNumber(item['atSeconds'], time, joinPath(path, 'atSeconds'), issues, 0);
  readAction(item, path, scenario, issues);
  return issues.length === before ? (item as unknown as ScenarioEvent) : undefined;
}

function readAction(item: JsonObject, path: string, scenario: Scenario, issues: Issue[]): void {
  const names = (...extra: string[]) => checkNames(item, ['atSeconds', 'do', ...extra], path, issues);
  switch (item['do']) {
    case 'kill':
    case 'revive':
      names('node');
      return checkServer(item['node'], joinPath(path, 'node'), scenario, issues);
    case 'slow':
      names('node', 'factor');
      readNumber(item['factor'], { min: 1e-3, max: 1e6 }, joinPath(path, 'factor'), issues, 1);
      return checkServer(item['node'], joinPath(path, 'node'), scenario, issues);
    case 'cut':
    case 'heal':
      names('link');
      if (!scenario.links.some((link) => link.id === item['link']))
        issues.push({
          id: 'unknown-link',
          path: joinPath(path, 'link'),
          message: `no link has the id ${show(item['link'])}`,
        });
      return;
    case 'set':
      names('target', 'field', 'value');
      return checkSet(item, path, scenario, issues);
    default:
      issues.push({
        id: 'unknown-choice',
        path: joinPath(path, 'do'),
        message: `must be one of ${EVENT_ACTIONS.join(', ')}, not ${show(item['do'])}`,
      });
  }
}

/** Clients are people, they are not killed. */
function checkServer(id: unknown, path: string, scenario: Scenario, issues: Issue[]): void {
  const node = scenario.nodes.find((candidate) => candidate.id === id);
  if (!node) issues.push({ id: 'unknown-node', path, message: `no node has the id ${show(id)}` });
  else if (node.kind !== 'server')
    issues.push({
      id: 'wrong-node',
      path,
      message: `"${node.id}" is a ${NODE_KINDS[node.kind].title.toLowerCase()}, not a server`,
    });
}

function checkSet(item: JsonObject, path: string, scenario: Scenario, issues: Issue[]): void {
  const node = scenario.nodes.find((candidate) => candidate.id === item['target']);
  const link = scenario.links.find((candidate) => candidate.id === item['target']);
  if (!node && !link) {
    const message = `no node or link has the id ${show(item['target'])}`;
    issues.push({ id: 'unknown-node', path: joinPath(path, 'target'), message });
    return;
  }
  const live = (node ? NODE_KINDS[node.kind].fields : LINK_FIELDS).flatMap((f) =>
    f.type === 'number' && f.live ? f : [],
  );
  const field = live.find((candidate) => candidate.name === item['field']);
  if (field) readNumber(item['value'], field, joinPath(path, 'value'), issues, 0);
  else
    issues.push({
      id: 'unknown-choice',
      path: joinPath(path, 'field'),
      message: `cannot be changed while running: ${show(item['field'])}; what can: ${live.map((f) => f.name).join(', ') || 'nothing'}`,
    });
}

/** Nodes and links share one space of ids, since events and streams of random numbers name them. */
function checkIds(items: readonly { readonly id: string }[], nodeCount: number, issues: Issue[]): void {
  const seen = new Set<string>();
  items.forEach(({ id }, i) => {
    const path = i < nodeCount ? `nodes[${i}].id` : `links[${i - nodeCount}].id`;
    if (id !== '' && seen.has(id)) issues.push({ id: 'duplicate-id', path, message: `the id "${id}" is used twice` });
    seen.add(id);
  });
}

function checkEnds(link: ScenarioLink, index: number, nodes: readonly ScenarioNode[], issues: Issue[]): void {
  const find = (id: string, end: 'from' | 'to') => {
    const node = nodes.find((candidate) => candidate.id === id);
    if (!node && id !== '')
      issues.push({ id: 'unknown-node', path: `links[${index}].${end}`, message: `no node has the id "${id}"` });
    return node;
  };
  const from = find(link.from, 'from');
  const to = find(link.to, 'to');
  if (from && NODE_KINDS[from.kind].outgoing === 'none')
    issues.push({ id: 'wrong-links', path: `links[${index}].from`, message: `no link starts at a ${from.kind}` });
  if (to && NODE_KINDS[to.kind].incoming === 'none')
    issues.push({ id: 'wrong-links', path: `links[${index}].to`, message: `no link ends at a ${to.kind}` });
}

function successors(scenario: Scenario): Map<string, string[]> {
  const next = new Map<string, string[]>(scenario.nodes.map((node) => [node.id, []]));
  for (const link of scenario.links) next.get(link.from)?.push(link.to);
  return next;
}

/** A circle of node ids, the first repeated at the end. */
function findCycle(scenario: Scenario): string[] | undefined {
  const next = successors(scenario);
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const visit = (id: string): string[] | undefined => {
    if (state.get(id) === 'done') return undefined;
    if (state.get(id) === 'open') return [...path.slice(path.indexOf(id)), id];
    state.set(id, 'open');
    path.push(id);
    for (const other of next.get(id) ?? []) {
      const cycle = visit(other);
      if (cycle) return cycle;
    }
    path.pop();
    state.set(id, 'done');
    return undefined;
  };
  for (const node of scenario.nodes) {
    const cycle = visit(node.id);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Links on the longest way; only for scenarios without a circle. */
function longestPath(scenario: Scenario): number {
  const next = successors(scenario);
  const known = new Map<string, number>();
  const depth = (id: string): number => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const result = Math.max(0, ...(next.get(id) ?? []).map((other) => depth(other) + 1));
    known.set(id, result);
    return result;
  };
  return Math.max(0, ...scenario.nodes.map((node) => depth(node.id)));
}
