/**
 * The network sandbox: the networks of this browser, the one that is open, the run of it in a worker, and what is selected. An edit of
 * the system starts its run anew; what only moves or renames a node, and what a running system can take, does not.
 */
import * as Comlink from 'comlink';
import { err, type Result } from '$core/base/result';
import {
  EMPTY_SCENARIO,
  exportScenario,
  importScenario,
  NETWORK,
  newNetwork,
  readNetwork,
  type NetworkDocument,
} from '$core/documents/network';
import { LINK_FIELDS, NODE_KINDS, type NodeKind } from '$core/documents/node-kinds';
import { topologyIssues, type EventAction, type Scenario } from '$core/documents/scenario';
import type { NetworkFrame, NetworkService } from '$rpc/network';
import { download } from '../download';
import { addNode, connect, moveNode, remove, renameNode, runKey, setField } from '../panes/network/edit';
import { MAX_LINK_CHARACTERS, packLink, unpackLink } from '../share';
import { announcer } from './announcer.svelte';
import { freshId, Shelf } from './shelf.svelte';

const LINK_KEY = 'network';
const FIRST_SAMPLE = 'kill-a-server';
const MAX_UNDO = 100;

export class NetworkLab {
  readonly shelf = new Shelf<NetworkDocument>(
    { store: 'scenarios', noun: NETWORK.kind, lastKey: 'orrery.last-network', read: readNetwork },
    newNetwork({ id: 'none', scenario: EMPTY_SCENARIO, nowMs: 0 }),
  );
  frame = $state.raw<NetworkFrame | undefined>(undefined);
  speed = $state(1);
  /** Id of a node or a link. */
  selected = $state<string | undefined>(undefined);
  deleted = $state.raw<NetworkDocument | undefined>(undefined);
  /** Why the last edit was refused. */
  refused = $state('');

  readonly scenario = $derived(this.shelf.current.scenario);
  readonly issues = $derived(topologyIssues(this.scenario));
  readonly running = $derived(this.frame?.state === 'running');

  private worker: Worker | undefined;
  private service: Comlink.Remote<NetworkService> | undefined;
  private revision = 0;
  private loadedKey = '';
  private undone: Scenario[] = $state.raw([]);
  private done: Scenario[] = $state.raw([]);

  readonly canUndo = $derived(this.done.length > 0);
  readonly canRedo = $derived(this.undone.length > 0);

  /** Opens what the address asks for, else the last network, else a first sample. */
  async start(url: URL): Promise<void> {
    await this.shelf.load();
    const shared = new URLSearchParams(url.hash.slice(1)).get(LINK_KEY);
    if (shared !== null && (await this.openShared(shared))) return;
    const sample = url.searchParams.get('sample');
    const wanted = url.searchParams.get('network');
    const id = wanted !== null && this.shelf.has(wanted) ? wanted : this.shelf.lastId();
    if (sample === null && id !== undefined && (await this.open(id))) return;
    await this.openSample(sample ?? FIRST_SAMPLE);
  }

  dispose(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.service = undefined;
    this.loadedKey = '';
  }

  // The run

  /** Brings the worker up to the scenario on the screen, at its start, if it is another than the one that it has. */
  sync(): void {
    const { scenario, issues } = this;
    if (issues.length > 0) {
      if (this.running) this.tell((service) => service.pause());
      this.loadedKey = '';
      this.frame = undefined;
      return;
    }
    const key = `${this.shelf.current.id} ${runKey(scenario)}`;
    if (key === this.loadedKey) return;
    this.loadedKey = key;
    const goOn = this.running;
    const revision = ++this.revision;
    const plain = $state.snapshot(scenario) as Scenario;
    this.tell((service) => service.load({ revision, scenario: plain }));
    if (goOn) this.tell((service) => service.run());
  }

  run(): void {
    if (this.issues.length > 0 || !this.frame) return;
    if (this.running) {
      this.tell((service) => service.pause());
      announcer.say('Paused');
      return;
    }
    if (this.frame.state === 'ended' || this.frame.state === 'halted') this.restart();
    this.tell((service) => service.run());
    announcer.say('Running');
  }

  restart(): void {
    this.loadedKey = '';
    this.sync();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    this.tell((service) => service.setSpeed(speed));
  }

  command(action: EventAction): void {
    if (this.frame) this.tell((service) => service.command(action));
  }

  isDead(id: string): boolean {
    return this.frame?.dead.includes(id) === true;
  }

  /** Kills a server that lives, revives one that is dead. */
  toggleAlive(id: string): void {
    const dead = this.isDead(id);
    this.command({ do: dead ? 'revive' : 'kill', node: id });
    announcer.say(`${this.nameOf(id)} was ${dead ? 'revived' : 'killed'}`);
  }

  nameOf(id: string): string {
    const node = this.scenario.nodes.find((candidate) => candidate.id === id);
    if (node) return node.name;
    const link = this.scenario.links.find((candidate) => candidate.id === id);
    return link ? `${this.nameOf(link.from)} to ${this.nameOf(link.to)}` : id;
  }

  // Edits

  add(kind: NodeKind, x: number, y: number): void {
    const added = this.take(addNode(this.scenario, kind, x, y));
    if (added) this.selected = added;
  }

  connect(from: string, to: string): void {
    const added = this.take(connect(this.scenario, from, to));
    if (added) announcer.say(`${this.nameOf(from)} is linked to ${this.nameOf(to)}`);
  }

  removeSelected(): void {
    const { selected } = this;
    if (selected === undefined) return;
    const name = this.nameOf(selected);
    this.selected = undefined;
    this.edit(remove(this.scenario, new Set([selected])));
    announcer.say(`${name} was removed. Ctrl+Z brings it back`);
  }

  /** While a node is dragged each move replaces the last one in the history. */
  move(id: string, x: number, y: number, first: boolean): void {
    const next = moveNode(this.scenario, id, x, y);
    if (first) this.edit(next);
    else this.shelf.change({ scenario: next });
  }

  renameNode(id: string, name: string): void {
    this.edit(renameNode(this.scenario, id, name));
  }

  set(id: string, field: string, value: unknown): void {
    const next = setField(this.scenario, id, field, value);
    if (!next.ok) {
      this.refused = next.error;
      return;
    }
    const live = this.isLive(id, field);
    this.edit(next.value);
    // A running system takes it as it runs, and the run goes on.
    if (live && this.frame && this.frame.state !== 'ready' && typeof value === 'number') {
      this.loadedKey = `${this.shelf.current.id} ${runKey(next.value)}`;
      this.command({ do: 'set', target: id, field, value });
    }
  }

  setRun(part: Partial<Scenario['run']> & { readonly seed?: number }): void {
    const { seed = this.scenario.seed, ...run } = part;
    this.edit({ ...this.scenario, seed, run: { ...this.scenario.run, ...run } });
  }

  undo(): void {
    const last = this.done.at(-1);
    if (!last) return;
    this.done = this.done.slice(0, -1);
    this.undone = [...this.undone, this.scenario];
    this.shelf.change({ scenario: last });
  }

  redo(): void {
    const next = this.undone.at(-1);
    if (!next) return;
    this.undone = this.undone.slice(0, -1);
    this.done = [...this.done, this.scenario];
    this.shelf.change({ scenario: next });
  }

  // Networks

  async open(id: string): Promise<boolean> {
    const opened = await this.shelf.open(id);
    this.forget();
    return opened;
  }

  async openSample(name: string): Promise<void> {
    const { SAMPLE_NETWORKS } = await import('$programs/networks');
    const sample = SAMPLE_NETWORKS.find((entry) => entry.name === name) ?? SAMPLE_NETWORKS[0];
    const read = sample && importScenario(sample.text);
    if (read?.ok) await this.openCopy(read.value);
  }

  async create(): Promise<void> {
    await this.shelf.add(newNetwork({ id: freshId(), scenario: EMPTY_SCENARIO, nowMs: Date.now() }));
    this.forget();
  }

  async importFile(file: File): Promise<void> {
    const read = importScenario(await file.text());
    if (!read.ok) {
      announcer.notify(`${file.name} was not imported: ${read.error}.`, 'bad');
      return;
    }
    await this.shelf.add(newNetwork({ id: freshId(), scenario: read.value, nowMs: Date.now() }));
    this.forget();
  }

  exportFile(): void {
    const { name } = this.shelf.current;
    const fileName = name.toLowerCase().replace(/[^a-z0-9]+/g, '-') || 'network';
    download(`${fileName}.json`, 'application/json', exportScenario(this.shelf.current));
  }

  async share(): Promise<void> {
    const url = new URL(location.href);
    url.search = '';
    url.hash = `${LINK_KEY}=${await packLink({ ...this.scenario, name: this.shelf.current.name })}`;
    if (url.href.length > MAX_LINK_CHARACTERS) {
      this.exportFile();
      announcer.notify(`A link to this network would have ${url.href.length} characters: it was exported to a file.`);
      return;
    }
    try {
      await navigator.clipboard.writeText(url.href);
      announcer.notify(`A link of ${url.href.length} characters is on the clipboard. It opens as a copy.`);
    } catch {
      prompt('The link to this network:', url.href);
    }
  }

  async rename(wanted: string): Promise<void> {
    const name = this.shelf.freeNameFor(wanted);
    if (name === undefined) return;
    this.shelf.change({ name });
    await this.shelf.flush();
  }

  async removeCurrent(): Promise<void> {
    const gone = await this.shelf.removeCurrent();
    announcer.notify(`${gone.name} was deleted. Undo delete in the menu brings it back.`);
    this.deleted = gone;
    const id = this.shelf.lastId();
    if (id === undefined) await this.openSample(FIRST_SAMPLE);
    else await this.open(id);
  }

  async undoDelete(): Promise<void> {
    if (!this.deleted) return;
    await this.shelf.add({ ...this.deleted, id: freshId(), revision: 0 });
    this.deleted = undefined;
    this.forget();
  }

  private async openCopy(scenario: Scenario): Promise<void> {
    await this.shelf.openCopy(newNetwork({ id: freshId(), scenario, nowMs: Date.now() }));
    this.forget();
  }

  private async openShared(text: string): Promise<boolean> {
    const json = await unpackLink(text);
    const read = json.ok ? importScenario(json.value) : err(json.error);
    if (!read.ok) {
      announcer.notify(`The link was not opened: ${read.error}.`, 'bad');
      return false;
    }
    await this.openCopy(read.value);
    return true;
  }

  /** Another network: nothing of the old one stays selected or can be undone. */
  private forget(): void {
    if (this.running) this.tell((service) => service.pause());
    this.frame = undefined;
    this.selected = undefined;
    this.done = [];
    this.undone = [];
    this.refused = '';
  }

  private take(result: Result<readonly [Scenario, string]>): string | undefined {
    if (!result.ok) {
      this.refused = result.error;
      announcer.say(`Not done: ${result.error}`);
      return undefined;
    }
    const [scenario, id] = result.value;
    this.edit(scenario);
    return id;
  }

  private edit(scenario: Scenario): void {
    this.refused = '';
    this.done = [...this.done, this.scenario].slice(-MAX_UNDO);
    this.undone = [];
    this.shelf.change({ scenario });
  }

  private isLive(id: string, name: string): boolean {
    const node = this.scenario.nodes.find((candidate) => candidate.id === id);
    const fields = node ? NODE_KINDS[node.kind].fields : LINK_FIELDS;
    return fields.some((field) => field.name === name && field.type === 'number' && field.live === true);
  }

  private tell(command: (service: Comlink.Remote<NetworkService>) => Promise<void>): void {
    command(this.connection()).catch((error: unknown) =>
      announcer.notify(`The simulation stopped: ${error instanceof Error ? error.message : String(error)}.`, 'bad'),
    );
  }

  private connection(): Comlink.Remote<NetworkService> {
    if (this.service) return this.service;
    const worker = new Worker(new URL('../../../workers/network.worker.ts', import.meta.url), { type: 'module' });
    worker.onerror = (event) => announcer.notify(`The simulation could not be started: ${event.message}.`, 'bad');
    this.worker = worker;
    this.service = Comlink.wrap<NetworkService>(worker);
    void this.service.subscribe(Comlink.proxy((frame: NetworkFrame) => this.takeFrame(frame))).catch(() => undefined);
    void this.service.setSpeed(this.speed).catch(() => undefined);
    return this.service;
  }

  private takeFrame(frame: NetworkFrame): void {
    // A frame of a scenario that is no longer on the screen is dropped.
    if (frame.revision !== this.revision || this.issues.length > 0) return;
    if (frame.state !== this.frame?.state && frame.state === 'ended')
      announcer.say(`The run has ended: ${frame.report.total.completed} requests were answered`);
    if (frame.state !== this.frame?.state && frame.state === 'halted')
      announcer.notify(`The run stopped at a limit: ${frame.report.halted ?? ''}.`, 'bad');
    this.frame = frame;
  }
}
