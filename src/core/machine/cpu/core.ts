/** The state of one hardware thread of a core: views on its block in the machine's buffer (layout.ts), and nothing outside it. */
import { CORE, CORE_BASE, CORE_BYTES, CoreState, THREAD_BYTES } from '../layout';

export class Core {
  readonly r8: Uint8Array;
  readonly r16: Uint16Array;
  /** The block as 32-bit words; index is CORE.x >> 2. */
  readonly words: Int32Array;
  readonly ledger: Float64Array;
  /** Of the core (kept in thread 0's block): until when the pipeline is used, since when by the same thread. */
  readonly pipeline: Float64Array;
  private readonly clocks: Float64Array;

  constructor(
    buffer: ArrayBuffer,
    /** The core that it is a thread of, and which. */
    readonly number = 0,
    readonly thread = 0,
    /** Its number among all hardware threads, as programs know it. */
    readonly id = 0,
  ) {
    const base = CORE_BASE + number * CORE_BYTES + thread * THREAD_BYTES;
    this.r8 = new Uint8Array(buffer, base, 16);
    this.r16 = new Uint16Array(buffer, base, 8);
    this.words = new Int32Array(buffer, base, 64);
    this.clocks = new Float64Array(buffer, base + CORE.cycles, 2);
    this.ledger = new Float64Array(buffer, base + CORE.ledger, 16);
    this.pipeline = new Float64Array(buffer, base + CORE.pipelineFreeAt, 2);
  }

  reset(): void {
    this.words.fill(0);
    this.ledger.fill(0);
    this.words[CORE.fetchLine >> 2] = -1;
    this.words[CORE.state >> 2] = CoreState.running;
  }

  /** Time passes, booked to an account (index in ACCOUNT). */
  spend(account: number, cycles: number): void {
    this.cycles += cycles;
    (this.ledger[account] as number) += cycles;
  }

  get pc(): number {
    return this.words[CORE.pc >> 2] as number;
  }
  set pc(value: number) {
    this.words[CORE.pc >> 2] = value;
  }
  get sp(): number {
    return this.words[CORE.sp >> 2] as number;
  }
  set sp(value: number) {
    this.words[CORE.sp >> 2] = value;
  }
  get flags(): number {
    return this.words[CORE.flags >> 2] as number;
  }
  set flags(value: number) {
    this.words[CORE.flags >> 2] = value;
  }
  get stackLimit(): number {
    return this.words[CORE.stackLimit >> 2] as number;
  }
  set stackLimit(value: number) {
    this.words[CORE.stackLimit >> 2] = value;
  }
  get state(): number {
    return this.words[CORE.state >> 2] as number;
  }
  set state(value: number) {
    this.words[CORE.state >> 2] = value;
  }
  get eiDelay(): number {
    return this.words[CORE.eiDelay >> 2] as number;
  }
  set eiDelay(value: number) {
    this.words[CORE.eiDelay >> 2] = value;
  }
  get exitCode(): number {
    return this.words[CORE.exitCode >> 2] as number;
  }
  set exitCode(value: number) {
    this.words[CORE.exitCode >> 2] = value;
  }
  /** Trap number, 0 for none. */
  get trap(): number {
    return this.words[CORE.trap >> 2] as number;
  }
  set trap(value: number) {
    this.words[CORE.trap >> 2] = value;
  }
  get irqPending(): number {
    return this.words[CORE.irqPending >> 2] as number;
  }
  set irqPending(value: number) {
    this.words[CORE.irqPending >> 2] = value;
  }
  get irqMask(): number {
    return this.words[CORE.irqMask >> 2] as number;
  }
  set irqMask(value: number) {
    this.words[CORE.irqMask >> 2] = value;
  }
  get joined(): number {
    return this.words[CORE.joined >> 2] as number;
  }
  set joined(value: number) {
    this.words[CORE.joined >> 2] = value;
  }
  /** The thread of this core that has the pipeline; asked of thread 0. */
  get active(): number {
    return this.words[CORE.active >> 2] as number;
  }
  set active(value: number) {
    this.words[CORE.active >> 2] = value;
  }
  get cycles(): number {
    return this.clocks[0] as number;
  }
  set cycles(value: number) {
    this.clocks[0] = value;
  }
  get instructions(): number {
    return this.clocks[1] as number;
  }
  set instructions(value: number) {
    this.clocks[1] = value;
  }
}
