/**
 * The machine's worker: commands go in, one frame a screen refresh comes out. A command never acts at once: the worker runs in
 * bounded slices and looks at its mail between them, so that Stop answers within 100 ms whatever the program does. A frame is sent
 * only when the last one has been taken.
 */
import type { Image } from '../core/assembler/image';
import type { DiskBlocks, DiskName } from '../core/documents/disk-image';
import type { RecordedRun } from '../core/machine/recording';

export type { RecordedRun };
import type { StopPoint } from '../core/machine/debug/breakpoints';
import type { MicroSteps } from '../core/machine/debug/micro-steps';
import type { BouncingLine } from '../core/machine/debug/sharing';
import type { CoherenceSummary } from '../core/machine/summary';
import type { RecordedLevel } from '../core/machine/cache/recording';
import type { SweepResult } from '../core/machine/cache/sweep';
import type { CacheConfig, MachineConfig } from '../core/presets/machine';

export type { RecordedLevel } from '../core/machine/cache/recording';
export type { SweepPoint } from '../core/machine/cache/sweep';

export type { DataEvent, StopPoint } from '../core/machine/debug/breakpoints';
export type { BouncingLine } from '../core/machine/debug/sharing';
export type { MicroSteps } from '../core/machine/debug/micro-steps';

/** The accounts of the ledger as the UI shows them; both L1 caches are one level. */
export const LEDGER_LEVELS = ['compute', 'l1', 'l2', 'ram', 'ssd', 'hdd', 'console', 'net', 'sleep'] as const;
export type LedgerLevel = (typeof LEDGER_LEVELS)[number];

export type MachineState =
  | 'empty' // no program
  | 'paused'
  | 'running'
  | 'waiting' // the program waits for console input
  | 'halted'
  | 'trapped';

export interface StopView {
  /** In words: `breakpoint at sieve.c:11`, `the program divided by zero`. */
  readonly message: string;
  readonly kind: 'breakpoint' | 'step' | 'pause' | 'exit' | 'trap' | 'input' | 'limit' | 'start' | 'seek' | 'answer';
  readonly trap?: string;
  readonly exitCode?: number;
}

export interface CacheFrame {
  readonly id: 'l1i' | 'l1d' | 'l2' | 'l3';
  readonly sizeBytes: number;
  readonly lineBytes: number;
  readonly ways: number;
  readonly sets: number;
  readonly policy: string;
  /** By set, then way (or age, newest first): line * 2 + dirty, -1 when empty. */
  readonly words: Int32Array;
  readonly reads: number;
  readonly writes: number;
  readonly readMisses: number;
  readonly writeMisses: number;
  readonly evictions: number;
  readonly writebacks: number;
}

export interface LatencyMark {
  readonly level: LedgerLevel;
  readonly ns: number;
  readonly count: number;
}

/** Where a variable lives and what it holds at this moment. */
export interface LocalView {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly where: string;
  /** Where it lies, if in memory. */
  readonly address?: number;
}

/** An expression that is watched. */
export interface WatchView {
  readonly expression: string;
  readonly value: string;
  readonly type: string;
  readonly address: number | undefined;
  readonly sizeBytes: number;
  /** Why it has no value now. */
  readonly problem: string | undefined;
}

/** What has become of a stop point, in the order in which they were set. */
export interface PointView {
  readonly addresses: readonly number[];
  readonly problem: string | undefined;
  readonly hits: number;
}

/** What time travel found about a byte. */
export interface AnswerView {
  readonly question: 'last-write' | 'next-change';
  readonly address: number;
  /** In words. */
  readonly text: string;
  /** Place before the instruction that was found, for `goTo`. */
  readonly instructions: number | undefined;
  readonly pc: number | undefined;
}

/** A read of memory that nothing had written. */
export interface WarningView {
  readonly pc: number;
  readonly address: number;
  readonly text: string;
}

/** The panel's lamps and switches, and what waits at the keyboard. */
export interface PanelView {
  readonly leds: number;
  readonly switches: number;
  readonly keys: number;
}

export interface CallView {
  readonly name: string;
  readonly pc: number;
  readonly sp: number;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly locals: readonly LocalView[];
}

export interface DeviceView {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly value: string }[];
}

/** Accumulated time by level (order of LEDGER_LEVELS) at a moment of the run, for the bands over time. */
export interface TimelineSample {
  readonly timeNs: number;
  readonly levels: Float64Array;
}

/** Blocks of both disks, by number. */
export type DiskContents = Readonly<Record<DiskName, DiskBlocks>>;

/** What a block view shows of a disk: the blocks that are not zero, and of those the ones that a loss of power would take back. */
export interface DiskView {
  readonly blockCount: number;
  readonly used: readonly { readonly lba: number; readonly isVolatile: boolean }[];
  /** How many blocks are not zero; `used` has the first MAX_SHOWN_BLOCKS. */
  readonly usedCount: number;
}

export const MAX_SHOWN_BLOCKS = 500;

/** A hardware thread beside the one that is looked at. */
export interface ThreadView {
  readonly id: number;
  readonly core: number;
  readonly state: 'parked' | 'running' | 'waiting' | 'halted' | 'trapped';
  readonly pc: number;
  /** Its line; '' while it is parked. */
  readonly place: string;
  readonly instructions: number;
  /** As the frame's. */
  readonly rate: number;
  readonly timeNs: number;
  /** As the frame's; sums to timeNs. */
  readonly ledger: Float64Array;
  /** The core's traffic on the bus; with several cores, at the first thread of each. */
  readonly coherence: CoherenceSummary | undefined;
}

export interface MachineFrame {
  /** Revision of the compile that the loaded image comes from. */
  readonly revision: number;
  readonly state: MachineState;
  /** False after the power was cut, until the program is run again. */
  readonly isOn: boolean;
  readonly stop: StopView | undefined;
  readonly cycles: number;
  readonly timeNs: number;
  readonly instructions: number;
  /** Furthest moment that the run has reached: the scrubber's end. */
  readonly reachedNs: number;
  readonly cycleNs: number;
  readonly registers: Uint8Array;
  readonly flags: number;
  readonly pc: number;
  readonly sp: number;
  readonly ram: Uint8Array;
  /** By address, which cache holds the byte at this moment: 0 none, 1 L2, 2 an L1. */
  readonly held: Uint8Array;
  readonly caches: readonly CacheFrame[];
  /** Nanoseconds by level, in the order of LEDGER_LEVELS; sums to timeNs. */
  readonly ledger: Float64Array;
  /** The hardware thread whose registers, calls, caches and ledger these are. */
  readonly viewed: number;
  /** All of them; empty when there is only one. */
  readonly threads: readonly ThreadView[];
  /** Lines that go to and fro between the cores' caches, the worst first. */
  readonly sharing: readonly BouncingLine[];
  readonly ladder: readonly LatencyMark[];
  /** What the program has printed; of very much, the last part. */
  readonly output: string;
  /** How much it had printed before that. */
  readonly outputStart: number;
  /** Instructions a second of wall time, over the last frames. */
  readonly rate: number;
  readonly calls: readonly CallView[];
  /** Index in `calls` of the frame whose variables watches see. */
  readonly watchFrame: number;
  readonly watches: readonly WatchView[];
  readonly points: readonly PointView[];
  /** Of the next instruction, while the machine stands still; `at` says how far it has been stepped. */
  readonly micro: (MicroSteps & { readonly at: number }) | undefined;
  readonly answer: AnswerView | undefined;
  readonly warnings: readonly WarningView[];
  readonly panel: PanelView;
  readonly devices: readonly DeviceView[];
  /** Write commands that both disks have finished since power on. */
  readonly diskWrites: number;
  readonly timeline: readonly TimelineSample[];
  /** Cycles by code address, for the cost of each source line; sent when paused. */
  readonly profile: readonly { readonly address: number; readonly ns: Float64Array }[];
  /** Fingerprint of the complete state once the program has ended, the same on every host; '' before. */
  readonly stateHash: string;
}

export type StepUnit = 'micro' | 'instruction' | 'line' | 'over' | 'out';
export type Direction = 'forward' | 'back';

/** A place in the source. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

export interface LoadRequest {
  readonly revision: number;
  readonly image: Image;
  readonly input: string;
  readonly machine: MachineConfig;
  readonly points: readonly StopPoint[];
  readonly watches: readonly string[];
  /** What earlier power-ons left on the disks. */
  readonly disks?: DiskContents;
  /** A checkpoint of the same program on the same disks, to go on from; what is of no use is passed over. */
  readonly resume?: Uint8Array;
}

/** A change by hand while the machine stands still; logged as an input. */
export type Edit =
  | { readonly kind: 'memory'; readonly address: number; readonly value: number }
  | { readonly kind: 'register'; readonly index: number; readonly value: number }
  | { readonly kind: 'pc' | 'sp' | 'flags'; readonly value: number };

export interface SweepRequest {
  readonly level: RecordedLevel;
  /** Line size to look at; 0 for the one that the level has. */
  readonly lineBytes: number;
}

/** What the run so far would have missed in caches of other sizes and ways. */
export interface SweepReply extends SweepResult {
  readonly level: RecordedLevel;
  /** Of several cores, the one whose accesses these are; all of them at a level that they share. */
  readonly core: number | 'all' | undefined;
  /** The level as it is, with the line size that was asked for. */
  readonly config: CacheConfig;
  /** False when the run has more accesses than are recorded. */
  readonly isComplete: boolean;
  readonly cycleNs: number;
  /** Mean cycles of an access: by the law and as simulated; not known for L2. */
  readonly amatCycles: number;
  readonly measuredCycles: number | undefined;
  /** Mean cycles of a hit and of what a miss adds, by the law. */
  readonly hitCycles: number;
  readonly missCycles: number;
}

export interface MachineService {
  /** Asks what other caches would have made of the run so far; undefined when there is none, or no such level. */
  sweep(request: SweepRequest): Promise<SweepReply | undefined>;
  /** Calls `take` with each frame, and waits for it before the next. */
  subscribe(take: (frame: MachineFrame) => void): void;
  load(request: LoadRequest): void;
  /** Does beforehand what `load` will have to do for this program, when a worker that waits in reserve takes it over with `resume`. */
  prepare(request: LoadRequest): void;
  /** The machine as it is now, for `LoadRequest.resume`; undefined when there is nothing to keep. */
  checkpoint(): Uint8Array | undefined;
  run(): void;
  /** Backwards to the last stop point, else to the start. */
  runBack(): void;
  /** To a source line: the next time that it is reached, or the last time. */
  runTo(place: SourceLine, direction: Direction): void;
  pause(): void;
  step(unit: StepUnit, direction: Direction): void;
  /** To a moment of the run that was reached before, or to its start with 0. */
  seek(timeNs: number): void;
  /** To a place of the run that was reached before, as a number of instructions. */
  goTo(instructions: number): void;
  /** Instructions a second; Infinity for as fast as possible. */
  setSpeed(instructionsPerSecond: number): void;
  /** Whether a second of the machine takes a second. */
  setClock(clock: 'fast' | 'real'): void;
  setPoints(points: readonly StopPoint[]): void;
  setWatches(expressions: readonly string[]): void;
  /** Chooses the frame whose variables watches see; 0 is the innermost. */
  setWatchFrame(index: number): void;
  /** Chooses the hardware thread that is looked at. */
  setThread(id: number): void;
  edit(change: Edit): void;
  ask(question: AnswerView['question'], address: number): void;
  /** A key goes down (or up, with KEY_RELEASED). */
  key(code: number): void;
  switches(bits: number): void;
  /** Types into the console. */
  input(text: string): void;
  /** Says that no more input will come. */
  endInput(): void;
  /** Cuts the power, now: gives what is left on the disks. */
  powerOff(): DiskContents;
  /** Starts the program again after a cut. */
  powerOn(): void;
  /** What a loss of power now would leave on the disks. */
  diskContents(): DiskContents;
  diskView(disk: DiskName): DiskView;
  diskBlock(disk: DiskName, lba: number): Uint8Array;
  /** Puts other contents in and starts the program again. */
  insertDisk(disk: DiskName, blocks: DiskBlocks): void;
  /** What the program has asked of disks and RAM so far, as a trace; undefined when another command came in between. */
  record(): Promise<RecordedRun | undefined>;
}
