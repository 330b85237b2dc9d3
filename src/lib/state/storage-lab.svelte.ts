/** The storage lab: its settings (kept in the browser, and in a link), the race under way and its last frame, the sweep. */
import { proxy, wrap, type Remote } from 'comlink';
import { DEFAULT_SETUP, readLabSetup, setupFromLink, setupToLink, type LabSetup } from '$core/documents/storage-lab';
import { listRuns, type RunDocument } from './recorded-runs';
import type { LaneFrame, RaceFrame, StorageWorkerApi, SweepKind, SweepPoint, TraceInfo } from '$rpc/storage';

const KEY = 'orrery.storage-lab';
const LINK = '#lab=';
const RUN = '#run=';

/** Which device of a recorded run is looked at first. */
const DEVICES_OF_RUN = ['ssd0', 'hdd0', 'ram'] as const;

export class StorageLab {
  setup = $state.raw<LabSetup>(DEFAULT_SETUP);
  saved = $state(true);
  lanes = $state.raw<readonly LaneFrame[]>([]);
  running = $state(false);
  sweeping = $state(false);
  /** The person stopped race or sweep: nothing starts by itself until something changes. */
  stopped = $state(false);
  sweepKind = $state<SweepKind>('depth');
  points = $state.raw<readonly SweepPoint[]>([]);
  problem = $state('');
  /** Said to a screen reader when something ended. */
  news = $state('');
  trace = $state.raw<(TraceInfo & { readonly name: string }) | undefined>(undefined);
  /** Recorded runs of programs that this browser keeps, newest first. */
  runs = $state.raw<readonly RunDocument[]>([]);
  private worker: Worker | undefined;
  private api: Remote<StorageWorkerApi> | undefined;

  /** Reads link or kept settings and starts a race; call in the browser. Returns the clean-up. */
  open(): () => void {
    this.setup = this.initial();
    // A trace is not kept from the last visit; a recorded run is.
    if (this.setup.mode === 'trace') this.setup = { ...this.setup, mode: 'closed' };
    this.running = true;
    void this.begin();
    return () => {
      this.worker?.terminate();
      this.worker = undefined;
      this.api = undefined;
    };
  }

  private async begin(): Promise<void> {
    this.runs = await listRuns();
    const asked = location.hash.startsWith(RUN) ? decodeURIComponent(location.hash.slice(RUN.length)) : undefined;
    const run = this.runs.find(({ id }) => id === asked);
    if (asked !== undefined && !run) this.problem = 'this browser does not keep that run';
    const device = run && DEVICES_OF_RUN.find((d) => run.counts[d] > 0);
    if (run && device) await this.useRun(run, device);
    else await this.race();
  }

  /** Replays what a program asked of one of its devices. */
  async useRun(run: RunDocument, device: (typeof DEVICES_OF_RUN)[number]): Promise<void> {
    await this.takeTrace(`${run.name}, ${device}`, run.csv, device);
  }

  change(change: Partial<LabSetup>): void {
    const next = readLabSetup({ ...this.setup, ...change });
    if (!next.ok) {
      this.problem = next.error;
      return;
    }
    this.setup = next.value;
    this.points = [];
    try {
      localStorage.setItem(KEY, JSON.stringify(next.value));
      this.saved = true;
    } catch {
      this.saved = false;
    }
    void this.race();
  }

  toggleDevice(id: string): void {
    const { devices } = this.setup;
    const next = devices.includes(id) ? devices.filter((d) => d !== id) : [...devices, id];
    if (next.length > 0) this.change({ devices: next });
  }

  link(): string {
    return `${location.origin}${location.pathname}${LINK}${setupToLink(this.setup)}`;
  }

  async race(): Promise<void> {
    this.problem = '';
    this.running = true;
    this.sweeping = false;
    this.stopped = false;
    const { setup } = this;
    const result = await this.remote().race(
      setup,
      proxy((frame: RaceFrame) => {
        // A frame of a race that was stopped, or that a newer one has retired, is dropped.
        if (setup === this.setup && !this.stopped) this.lanes = frame.lanes;
      }),
    );
    if (setup !== this.setup) return;
    this.running = false;
    if (!result.ok) {
      this.problem = result.error;
      this.lanes = [];
    } else if (result.value === 'done') this.news = this.summary();
  }

  async sweep(kind: SweepKind): Promise<void> {
    const { setup } = this;
    this.sweepKind = kind;
    this.sweeping = true;
    this.running = false;
    this.points = [];
    await this.remote().sweep(
      this.setup,
      kind,
      proxy((point: SweepPoint) => {
        if (setup === this.setup) this.points = [...this.points, point];
      }),
    );
    if (setup === this.setup) this.sweeping = false;
  }

  cancel(): void {
    void this.remote().cancel();
    this.running = false;
    this.sweeping = false;
    this.stopped = true;
    this.news = 'Stopped.';
  }

  async dropTrace(file: File): Promise<void> {
    await this.takeTrace(file.name, await file.text());
  }

  private async takeTrace(name: string, text: string, device?: string): Promise<void> {
    const result = await this.remote().loadTrace(text, device);
    if (!result.ok) {
      this.problem = `${name}: ${result.error}`;
      return;
    }
    this.trace = { ...result.value, name };
    this.change({ mode: 'trace' });
  }

  private summary(): string {
    return this.lanes
      .map((lane) => `${lane.device}: ${lane.completed} requests, mean ${lane.meanUs.toPrecision(4)} microseconds`)
      .join('; ');
  }

  private remote(): Remote<StorageWorkerApi> {
    if (!this.api) {
      this.worker = new Worker(new URL('../../../workers/storage.worker.ts', import.meta.url), { type: 'module' });
      this.api = wrap<StorageWorkerApi>(this.worker);
    }
    return this.api;
  }

  private initial(): LabSetup {
    if (location.hash.startsWith(LINK)) {
      const linked = setupFromLink(location.hash.slice(LINK.length));
      if (linked.ok) return linked.value;
      this.problem = linked.error;
    }
    try {
      const kept = readLabSetup(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
      if (kept.ok) return kept.value;
    } catch {
      // Damaged or refused: the defaults are as good.
    }
    return DEFAULT_SETUP;
  }
}
