/** A network as it is saved in the browser: a scenario with a name of its own. Exported is the bare scenario, as `orrery network` reads it. */
import * as v from 'valibot';
import { err, ok, type Result } from '../base/result';
import { MAX_DOCUMENT_NAME } from './program';
import { parseScenario, readScenario, type Scenario, SCENARIO_VERSION } from './scenario';
import { readDocument, type DocumentKind } from './versioned';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The scenario has a guard of its own, whose first complaint is passed on. */
const scenario = v.pipe(
  v.unknown(),
  v.rawTransform<unknown, Scenario>(({ dataset, addIssue, NEVER }) => {
    const read = readScenario(dataset.value);
    if (read.ok) return read.value;
    const [first] = read.error;
    addIssue({ message: `${first?.path ?? ''} ${first?.message ?? 'unreadable'}`.trim() });
    return NEVER;
  }),
);

const schema = v.object({
  kind: v.literal('network'),
  version: v.literal(1),
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_DOCUMENT_NAME)),
  scenario,
  revision: count,
  createdMs: count,
  updatedMs: count,
});

export type NetworkDocument = v.InferOutput<typeof schema>;

export const NETWORK: DocumentKind<NetworkDocument> = { kind: 'network', version: 1, schema, migrations: [] };

export const readNetwork = (raw: unknown): Result<NetworkDocument> => readDocument(NETWORK, raw);

export const EMPTY_SCENARIO: Scenario = {
  version: SCENARIO_VERSION,
  name: 'Untitled',
  notes: '',
  seed: 1,
  run: { seconds: 60, warmupSeconds: 0 },
  nodes: [],
  links: [],
  events: [],
};

export interface NewNetwork {
  readonly id: string;
  readonly scenario: Scenario;
  readonly nowMs: number;
}

export function newNetwork({ id, scenario: made, nowMs }: NewNetwork): NetworkDocument {
  const name = made.name.slice(0, MAX_DOCUMENT_NAME) || 'Untitled';
  return {
    kind: 'network',
    version: 1,
    id,
    name,
    scenario: made,
    revision: 0,
    createdMs: nowMs,
    updatedMs: nowMs,
  };
}

/** Reads an exported scenario; a complaint has its line and column. */
export function importScenario(text: string): Result<Scenario> {
  const parsed = parseScenario(text);
  if (parsed.ok) return ok(parsed.value);
  const [first] = parsed.error;
  return err(first ? `line ${first.place.line}, column ${first.place.column}: ${first.message}` : 'unreadable');
}

/** What export gives and import, the command line and links read. */
export function exportScenario(document: NetworkDocument): string {
  return `${JSON.stringify({ ...document.scenario, name: document.name }, null, 2)}\n`;
}
