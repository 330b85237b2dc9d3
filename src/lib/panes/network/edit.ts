/** Edits of a scenario, as pure functions: each gives a new scenario, or the reason why not. Ids stay unique over nodes and links. */
import { err, ok, type Result } from '../../../core/base/result';
import { NODE_KINDS, LINK_FIELDS, type NodeKind } from '../../../core/documents/node-kinds';
import type { Field } from '../../../core/documents/fields';
import {
  MAX_LINKS,
  MAX_NODES,
  readScenario,
  type Scenario,
  type ScenarioLink,
  type ScenarioNode,
} from '../../../core/documents/scenario';

/** A node as it is drawn, in the units of the canvas. */
export const NODE_WIDTH = 148;
export const NODE_HEIGHT = 64;
/** Nodes are put on this grid, so that rows and columns line up. */
const GRID = 20;

export function addNode(scenario: Scenario, kind: NodeKind, x: number, y: number): Result<readonly [Scenario, string]> {
  if (scenario.nodes.length >= MAX_NODES) return err(`a network has at most ${MAX_NODES} nodes`);
  const { title, fields } = NODE_KINDS[kind];
  const number = firstFree((n) => !ids(scenario).has(`${kind}-${n}`));
  const id = `${kind}-${number}`;
  const place = freePlace(scenario, snap(x), snap(y));
  const node = { id, kind, name: `${title} ${number}`, ...place, config: defaults(fields) } as unknown as ScenarioNode;
  return ok([{ ...scenario, nodes: [...scenario.nodes, node] }, id]);
}

/** Removes nodes and links by id, with the links and events that have lost an end. */
export function remove(scenario: Scenario, gone: ReadonlySet<string>): Scenario {
  const nodes = scenario.nodes.filter((node) => !gone.has(node.id));
  const links = scenario.links.filter((link) => !gone.has(link.id) && !gone.has(link.from) && !gone.has(link.to));
  const left = new Set([...nodes, ...links].map((part) => part.id));
  const events = scenario.events.filter((event) =>
    left.has('node' in event ? event.node : 'link' in event ? event.link : event.target),
  );
  return { ...scenario, nodes, links, events };
}

export function connect(scenario: Scenario, from: string, to: string): Result<readonly [Scenario, string]> {
  const source = scenario.nodes.find((node) => node.id === from);
  const target = scenario.nodes.find((node) => node.id === to);
  if (!source || !target) return err('this node is gone');
  if (from === to) return err('a link leads to another node');
  const [out, into] = [NODE_KINDS[source.kind], NODE_KINDS[target.kind]];
  if (out.outgoing === 'none') return err(`no link starts at a ${out.title.toLowerCase()}`);
  if (into.incoming === 'none') return err(`no link ends at a ${into.title.toLowerCase()}`);
  if (scenario.links.some((link) => link.from === from && link.to === to)) return err('these two are linked already');
  if (reaches(scenario, to, from)) return err('requests would run in a circle');
  // A client has one link out: a new one takes its place.
  const kept = out.outgoing === 'one' ? scenario.links.filter((link) => link.from !== from) : scenario.links;
  if (kept.length >= MAX_LINKS) return err(`a network has at most ${MAX_LINKS} links`);
  const taken = ids({ ...scenario, links: kept });
  const stem = `${from}-${to}`.slice(0, 58);
  const id = taken.has(stem) ? `${stem}-${firstFree((n) => !taken.has(`${stem}-${n}`), 2)}` : stem;
  const link = { id, from, to, config: defaults(LINK_FIELDS) } as unknown as ScenarioLink;
  const lost = scenario.links.filter((old) => !kept.includes(old)).map((old) => old.id);
  return ok([remove({ ...scenario, links: [...scenario.links, link] }, new Set(lost)), id]);
}

export function moveNode(scenario: Scenario, id: string, x: number, y: number): Scenario {
  return editNode(scenario, id, { x: snap(x), y: snap(y) });
}

export function renameNode(scenario: Scenario, id: string, name: string): Scenario {
  return editNode(scenario, id, { name: name.slice(0, 120) });
}

/** Sets one setting of a node or a link; what is out of its limits is refused in words. */
export function setField(scenario: Scenario, id: string, field: string, value: unknown): Result<Scenario> {
  const change = <T extends ScenarioNode | ScenarioLink>(part: T): T =>
    part.id === id ? { ...part, config: { ...part.config, [field]: value } } : part;
  const next = { ...scenario, nodes: scenario.nodes.map(change), links: scenario.links.map(change) };
  const read = readScenario(next);
  return read.ok ? ok(next) : err(read.error[0]?.message ?? 'this value is refused');
}

/** What the run depends on: places and names of nodes do not. */
export function runKey({ seed, run, nodes, links, events }: Scenario): string {
  return JSON.stringify([seed, run, nodes.map(({ id, kind, config }) => [id, kind, config]), links, events]);
}

/** The ids of a node's outgoing partners that a new link may lead to. */
export function targetsOf(scenario: Scenario, from: string): ScenarioNode[] {
  return scenario.nodes.filter((node) => connect(scenario, from, node.id).ok);
}

function editNode(scenario: Scenario, id: string, part: Partial<ScenarioNode>): Scenario {
  const nodes = scenario.nodes.map((node) => (node.id === id ? ({ ...node, ...part } as ScenarioNode) : node));
  return { ...scenario, nodes };
}

function defaults(fields: readonly Field[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.name, field.default]));
}

function ids({ nodes, links }: Scenario): Set<string> {
  return new Set([...nodes, ...links].map((part) => part.id));
}

function firstFree(isFree: (n: number) => boolean, from = 1): number {
  let n = from;
  while (!isFree(n)) n++;
  return n;
}

const snap = (value: number) => Math.round(value / GRID) * GRID;

/** Below whatever stands there already. */
function freePlace({ nodes }: Scenario, x: number, wantedY: number): { x: number; y: number } {
  let y = wantedY;
  const hits = (node: ScenarioNode) => Math.abs(node.x - x) < NODE_WIDTH && Math.abs(node.y - y) < NODE_HEIGHT + GRID;
  while (nodes.some(hits)) y += NODE_HEIGHT + GRID;
  return { x, y: snap(y) };
}

function reaches({ links }: Scenario, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const id of seen) for (const link of links) if (link.from === id) seen.add(link.to);
  return seen.has(to);
}
