/**
 * What the network's worker does: runs a simulation in slices of bounded time at the speed that was asked for, takes commands between
 * slices, and makes frames. How it is sliced and paced never changes what happens in the simulation.
 */
import type { EventAction } from '../core/documents/scenario';
import { Simulation } from '../core/network/simulation';
import { MAX_TRAVELLING, type NetworkFrame, type NetworkLoad, type NetworkService, type NetworkState } from './network';

/** Longest time without looking at the mail. */
const SLICE_MS = 8;
/** Events between two looks at the clock. */
const CHUNK = 2000;
/** A simulation that keeps its speed is looked after this often. */
const REST_MS = 8;
/** The rate is measured over stretches of at least this length. */
const RATE_MS = 250;

export class NetworkRunner implements NetworkService {
  private simulation: Simulation | undefined;
  private revision = -1;
  private state: NetworkState = 'ready';
  private speed = Infinity;
  /** Whether the last slice came as far as it should. */
  private isInTime = false;
  private paceFrom = { ms: 0, seconds: 0 };
  private rateFrom = { ms: 0, seconds: 0, rate: 0 };
  private take: ((frame: NetworkFrame) => void) | undefined;

  /** `now` in milliseconds; `changed` is called when there is a new frame to send or a slice to run. */
  constructor(
    private readonly now: () => number,
    private readonly changed: () => void,
  ) {}

  get isBusy(): boolean {
    return this.state === 'running';
  }

  get idleMs(): number {
    return this.isInTime ? REST_MS : 0;
  }

  get receiver(): ((frame: NetworkFrame) => void) | undefined {
    return this.take;
  }

  subscribe(take: (frame: NetworkFrame) => void): void {
    this.take = take;
    this.changed();
  }

  load({ revision, scenario }: NetworkLoad): void {
    this.revision = revision;
    this.simulation = new Simulation(scenario);
    this.state = 'ready';
    this.changed();
  }

  run(): void {
    if (!this.simulation || this.state === 'ended' || this.state === 'halted') return;
    this.state = 'running';
    this.restartClock();
    this.changed();
  }

  pause(): void {
    if (this.state !== 'running') return;
    this.state = 'paused';
    this.changed();
  }

  setSpeed(speed: number): void {
    this.speed = speed > 0 ? speed : 1;
    this.restartClock();
    this.changed();
  }

  command(action: EventAction): void {
    const { simulation } = this;
    if (!simulation) return;
    simulation.command(action);
    this.settle(simulation);
    this.changed();
  }

  /** Advances by at most SLICE_MS of the clock on the wall. */
  slice(): void {
    const { simulation } = this;
    if (!simulation || this.state !== 'running') return;
    const started = this.now();
    const end = simulation.scenario.run.seconds;
    const wanted = this.paceFrom.seconds + ((started - this.paceFrom.ms) / 1000) * this.speed;
    const target = Math.min(end, wanted);
    let reached = target <= simulation.nowSeconds;
    while (!reached && this.now() - started < SLICE_MS) reached = simulation.advance(target, CHUNK);
    // What could not be reached is not owed: the speed is a wish.
    if (!reached) this.paceFrom = { ms: this.now(), seconds: simulation.nowSeconds };
    this.isInTime = reached;
    this.measureRate(simulation.nowSeconds);
    this.settle(simulation);
    this.changed();
  }

  frame(): NetworkFrame | undefined {
    const { simulation } = this;
    if (!simulation) return undefined;
    const report = simulation.report();
    const dead = report.nodes.flatMap((node) => (node.kind === 'server' && !node.alive ? [node.id] : []));
    return {
      revision: this.revision,
      state: this.state,
      nowSeconds: simulation.nowSeconds,
      endSeconds: simulation.scenario.run.seconds,
      rate: this.state === 'running' ? this.rateFrom.rate : 0,
      report,
      dead,
      travelling: simulation.travelling(MAX_TRAVELLING),
      disturbed: simulation.disturbed,
    };
  }

  private settle(simulation: Simulation): void {
    if (simulation.halted !== undefined) this.state = 'halted';
    else if (simulation.nowSeconds >= simulation.scenario.run.seconds) this.state = 'ended';
  }

  private restartClock(): void {
    this.isInTime = false;
    const at = { ms: this.now(), seconds: this.simulation?.nowSeconds ?? 0 };
    this.paceFrom = at;
    this.rateFrom = { ...at, rate: 0 };
  }

  private measureRate(seconds: number): void {
    const ms = this.now();
    const passed = ms - this.rateFrom.ms;
    if (passed < RATE_MS) return;
    this.rateFrom = { ms, seconds, rate: ((seconds - this.rateFrom.seconds) / passed) * 1000 };
  }
}
