/** The machine as it was at the last frame, and the worker that runs it. */
import * as Comlink from 'comlink';
import type { DiskBlocks, DiskName } from '$core/documents/disk-image';
import type {
  AnswerView,
  Direction,
  DiskView,
  Edit,
  LoadRequest,
  MachineFrame,
  MachineService,
  RecordedRun,
  SourceLine,
  StepUnit,
  StopPoint,
  SweepReply,
  SweepRequest,
} from '../../rpc/machine';
import { announcer } from './announcer.svelte';
import { DiskShelf } from './disk-shelf.svelte';

/** While the machine runs, its state is kept this often; at every rest too. */
const CHECKPOINT_MS = 1000;
/** The worker says something at least this often while it runs; silence for longer means that it hangs. */
const SILENCE_LIMIT_MS = 4000;

interface MachineWorker {
  readonly worker: Worker;
  readonly service: Comlink.Remote<MachineService>;
}

export class MachineClient {
  frame = $state.raw<MachineFrame | undefined>(undefined);
  /** The state at the last stop before this one: what differs from it is marked as changed. */
  before = $state.raw<MachineFrame | undefined>(undefined);
  failure = $state<string | undefined>(undefined);
  speed = $state(Infinity);
  private clock: 'fast' | 'real' = 'fast';

  private current: MachineWorker | undefined;
  private loaded: LoadRequest | undefined;
  /** Counts what begins a run: what arrives of an earlier one is of no use. */
  private loads = 0;
  /** Waits, with the program at its start, to take the place of `current` if that is lost. */
  private reserve: MachineWorker | undefined;
  /** The beginning for which the reserve was prepared; if that failed, it is not tried again for the same. */
  private preparedLoad = 0;
  /** The last checkpoint of what is loaded. */
  private kept: Uint8Array | undefined;
  private askedMs = 0;
  /** When the last worker was given up, until another shows where the machine stands. */
  private lostMs: number | undefined;
  private heardMs = 0;
  private watchdog: ReturnType<typeof setInterval> | undefined;

  readonly running = $derived(this.frame?.state === 'running');
  readonly shelf = new DiskShelf();
  /** Commands wait for the disks of the last visit. */
  private ready: Promise<void> | undefined;
  private keptWrites = 0;

  load(request: LoadRequest): void {
    this.loaded = request;
    this.beginAnew();
    this.before = undefined;
    this.keptWrites = 0;
    this.tell((service) => service.load({ ...request, disks: this.shelf.contents }));
  }

  run(): void {
    this.tell((service) => service.run());
  }
  pause(): void {
    this.tell((service) => service.pause());
  }
  step(unit: StepUnit, direction: Direction = 'forward'): void {
    this.tell((service) => service.step(unit, direction));
  }
  seek(timeNs: number): void {
    this.tell((service) => service.seek(timeNs));
  }
  setSpeed(speed: number): void {
    this.speed = speed;
    this.tell((service) => service.setSpeed(speed));
  }
  runBack(): void {
    this.tell((service) => service.runBack());
  }
  runTo(place: SourceLine, direction: Direction): void {
    this.tell((service) => service.runTo(place, direction));
  }
  goTo(instructions: number): void {
    this.tell((service) => service.goTo(instructions));
  }
  setClock(clock: 'fast' | 'real'): void {
    this.clock = clock;
    this.tell((service) => service.setClock(clock));
  }
  setPoints(points: readonly StopPoint[]): void {
    if (this.loaded) this.loaded = { ...this.loaded, points };
    this.tell((service) => service.setPoints(points));
  }
  setWatches(watches: readonly string[]): void {
    if (this.loaded) this.loaded = { ...this.loaded, watches };
    this.tell((service) => service.setWatches(watches));
  }
  setWatchFrame(index: number): void {
    this.tell((service) => service.setWatchFrame(index));
  }
  setThread(id: number): void {
    this.tell((service) => service.setThread(id));
  }
  edit(change: Edit): void {
    this.tell((service) => service.edit(change));
  }
  ask(question: AnswerView['question'], address: number): void {
    this.tell((service) => service.ask(question, address));
  }
  /** Undefined when there is no run, no such level, or the worker was replaced meanwhile. */
  async sweep(request: SweepRequest): Promise<SweepReply | undefined> {
    try {
      return await this.start().sweep(request);
    } catch {
      return undefined;
    }
  }
  switches(bits: number): void {
    this.tell((service) => service.switches(bits));
  }
  key(code: number): void {
    this.tell((service) => service.key(code));
  }
  input(text: string): void {
    this.tell((service) => service.input(text));
  }
  endInput(): void {
    this.tell((service) => service.endInput());
  }

  /** Cuts the power; the disks that are left are kept, here and for the next visit. */
  powerOff(): void {
    this.tell(async (service) => {
      this.shelf.put(await service.powerOff());
      this.beginAnew();
      this.keptWrites = 0;
    });
  }
  powerOn(): void {
    this.tell((service) => service.powerOn());
  }
  insertDisk(disk: DiskName, blocks: DiskBlocks): void {
    this.shelf.put({ ...this.shelf.contents, [disk]: blocks });
    this.beginAnew();
    this.tell((service) => service.insertDisk(disk, blocks));
  }
  async diskView(disk: DiskName): Promise<DiskView | undefined> {
    return this.service?.diskView(disk);
  }
  async diskBlock(disk: DiskName, lba: number): Promise<Uint8Array | undefined> {
    return this.service?.diskBlock(disk, lba);
  }
  /** As a loss of power now would leave it. */
  async diskContents(disk: DiskName): Promise<DiskBlocks> {
    return (await this.service?.diskContents())?.[disk] ?? [];
  }
  async record(): Promise<RecordedRun | undefined> {
    return this.service?.record();
  }

  dispose(): void {
    this.endCurrent();
    this.endReserve();
  }

  /** Another program, or other disks: what was kept of the run so far is of no use. */
  private beginAnew(): void {
    this.loads++;
    this.kept = undefined;
  }

  private get service(): Comlink.Remote<MachineService> | undefined {
    return this.current?.service;
  }

  private endCurrent(): void {
    clearInterval(this.watchdog);
    this.current?.worker.terminate();
    this.current = undefined;
  }

  private endReserve(): void {
    this.reserve?.worker.terminate();
    this.reserve = undefined;
  }

  private tell(command: (service: Comlink.Remote<MachineService>) => Promise<void>): void {
    this.ready ??= this.shelf.open().catch(() => undefined);
    this.ready
      .then(() => command(this.start()))
      .catch((error: unknown) => this.restart(error instanceof Error ? error.message : String(error)));
  }

  private start(): Comlink.Remote<MachineService> {
    if (this.current) return this.current.service;
    const current = this.reserve ?? this.newWorker();
    this.reserve = undefined;
    this.current = current;
    const { service } = current;
    this.heardMs = Date.now();
    void service
      .subscribe(
        Comlink.proxy((frame: MachineFrame) => {
          // What a lost worker had sent may still arrive.
          if (this.current === current) this.take(frame);
        }),
      )
      .catch(() => undefined);
    if (this.speed !== Infinity) void service.setSpeed(this.speed).catch(() => undefined);
    if (this.clock === 'real') void service.setClock('real').catch(() => undefined);
    this.watchdog = setInterval(() => this.check(), 1000);
    return service;
  }

  private newWorker(): MachineWorker {
    const worker = new Worker(new URL('../../../workers/machine.worker.ts', import.meta.url), { type: 'module' });
    worker.onerror = (event) => {
      if (this.current?.worker === worker) this.restart(event.message || 'its worker could not be started');
      else if (this.reserve?.worker === worker) this.endReserve();
    };
    return { worker, service: Comlink.wrap<MachineService>(worker) };
  }

  /** There is something to lose: a worker that has done all but the last step waits to go on with it. */
  private prepareReserve(): void {
    const { loaded } = this;
    if (!loaded || this.preparedLoad === this.loads) return;
    this.preparedLoad = this.loads;
    this.reserve ??= this.newWorker();
    this.reserve.service.prepare({ ...loaded, disks: this.shelf.contents }).catch(() => this.endReserve());
  }

  private take(frame: MachineFrame): void {
    this.heardMs = Date.now();
    this.failure = undefined;
    const last = this.frame;
    // Marks show what the last step or run changed: they are against the last state in which the machine stood still.
    if (last && last.revision === frame.revision && last.state !== 'running') this.before = last;
    this.frame = frame;
    if (frame.state !== 'running' && frame.isOn && frame.diskWrites !== this.keptWrites)
      this.keepDisks(frame.diskWrites);
    if (this.lostMs !== undefined) {
      performance.measure('machine-replaced', { start: this.lostMs });
      this.lostMs = undefined;
    }
    if (frame.state !== 'running' || this.heardMs - this.askedMs >= CHECKPOINT_MS) this.keepCheckpoint();
  }

  /** What a new worker would go on from. */
  private keepCheckpoint(): void {
    this.askedMs = Date.now();
    const { loads } = this;
    this.service
      ?.checkpoint()
      .then((bytes) => {
        if (!bytes || this.loads !== loads) return;
        this.kept = bytes;
        this.prepareReserve();
      })
      .catch(() => undefined);
  }

  /** The machine rests and its disks have changed: the next visit finds them so. */
  private keepDisks(writes: number): void {
    this.keptWrites = writes;
    this.service
      ?.diskContents()
      .then((contents) => this.shelf.keep(contents))
      .catch(() => undefined);
  }

  private check(): void {
    if (document.hidden || this.frame?.state !== 'running') this.heardMs = Date.now();
    else if (Date.now() - this.heardMs > SILENCE_LIMIT_MS) this.restart('it did not answer');
  }

  /** Replaces the worker; the new one goes on from the last checkpoint, or stands at the program's start if there is none. */
  private restart(reason: string): void {
    if (!this.current) return;
    this.lostMs = performance.now();
    this.endCurrent();
    this.failure = reason;
    const { loaded: again, kept } = this;
    const where = kept ? 'stands where it was last seen' : 'is at the start of its program';
    announcer.notify(`The machine was lost: ${reason}. A new one ${where}.`, 'bad');
    // A worker that cannot start at all is not started in a loop: the next command tries again.
    if (!again || /could not be started/.test(reason)) {
      this.endReserve();
      this.frame = undefined;
      return;
    }
    // Once: a state that a worker dies of must not be what the next one begins with.
    this.load(kept ? { ...again, resume: kept } : again);
    this.loaded = again;
  }
}
