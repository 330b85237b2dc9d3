/** A frame: everything that the UI shows of the machine at one moment, and the two records that grow during a run. */
import { dramCounts } from '../core/machine/counters';
import { nanosOf } from '../core/machine/devices/clock';
import type { CacheLevel } from '../core/machine/cache/level';
import type { Profile } from '../core/machine/cpu/profile';
import type { Core } from '../core/machine/cpu/core';
import { bouncingLines } from '../core/machine/debug/sharing';
import { ACCOUNT, COUNT, CoreState, DRAM_COUNT, type Account } from '../core/machine/layout';
import { coreSummaries, type CoreSummary } from '../core/machine/summary';
import { stateHash } from '../core/machine/state-hash';
import type { Machine } from '../core/machine/machine';
import { microSteps } from '../core/machine/debug/micro-steps';
import { callViews } from './calls';
import type { Session } from './machine-session';
import {
  LEDGER_LEVELS,
  type AnswerView,
  type CacheFrame,
  type DeviceView,
  type LatencyMark,
  type LedgerLevel,
  type MachineFrame,
  type MachineState,
  type StopView,
  type ThreadView,
  type TimelineSample,
} from './machine';

/** Samples of the timeline; when there are more, every second one goes. */
const MAX_SAMPLES = 400;
const FIRST_SAMPLE_INSTRUCTIONS = 500;
/** Buckets of disk latencies a decade. */
const BUCKETS = 8;
const MAX_REQUESTS = 100_000;
const MAX_OUTPUT = 200_000;

const ACCOUNTS_OF: Readonly<Record<LedgerLevel, readonly Account[]>> = {
  compute: ['compute'],
  l1: ['l1i', 'l1d'],
  // Waits for the bus are waits for what it leads to.
  l2: ['l2', 'l3', 'bus'],
  ram: ['ram'],
  ssd: ['ssd'],
  hdd: ['hdd'],
  console: ['console'],
  net: ['network'],
  sleep: ['sleep', 'thread'],
};

/** Nanoseconds by level, in the order of LEDGER_LEVELS: of a hardware thread, the first if not given. */
export function ledgerOf(machine: Machine, core = machine.threads[0] as Core): Float64Array {
  const { ledger } = core;
  const cycleNs = machine.config.cyclePs / 1000;
  return Float64Array.from(
    LEDGER_LEVELS,
    (level) => ACCOUNTS_OF[level].reduce((sum, account) => sum + (ledger[ACCOUNT[account]] as number), 0) * cycleNs,
  );
}

const timeNs = (machine: Machine) => (machine.cycles * machine.config.cyclePs) / 1000;

/** The ledger over time, thinned out evenly as the run grows. A moment that is passed again is not added again. */
export class Timeline {
  samples: TimelineSample[] = [];
  private interval = FIRST_SAMPLE_INSTRUCTIONS;
  private lastInstructions = 0;

  untilNext(machine: Machine): number {
    return Math.max(1, this.lastInstructions + this.interval - machine.instructions);
  }

  add(machine: Machine): void {
    const now = timeNs(machine);
    const last = this.samples.at(-1);
    if (last && now <= last.timeNs) return;
    const due = machine.instructions >= this.lastInstructions + this.interval;
    const ended = machine.threads.some((thread) => thread.state >= 2);
    // A long wait takes much time and no instructions: it has its own sample.
    const jump = last !== undefined && now - last.timeNs > last.timeNs / 50;
    if (last && !due && !ended && !jump) return;
    this.samples = [...this.samples, { timeNs: now, levels: ledgerOf(machine) }];
    this.lastInstructions = machine.instructions;
    if (this.samples.length <= MAX_SAMPLES) return;
    this.samples = this.samples.filter((_, index) => index % 2 === 1);
    this.interval *= 2;
  }

  forgetAfter(machine: Machine): void {
    const now = timeNs(machine);
    this.samples = this.samples.filter((sample) => sample.timeNs <= now);
    this.lastInstructions = Math.min(this.lastInstructions, machine.instructions);
  }
}

interface DiskRequest {
  readonly level: 'ssd' | 'hdd';
  readonly atNs: number;
  readonly ns: number;
}

/** How long each request to a disk took. A request that is replayed is known already. */
export class LatencyLog {
  private requests: DiskRequest[] = [];

  watch(machine: Machine): void {
    for (const [level, disk] of [
      ['ssd', machine.devices.ssd0],
      ['hdd', machine.devices.hdd0],
    ] as const) {
      const { model } = disk;
      const submit = model.submit.bind(model);
      model.submit = (request, nowPs) => {
        const completion = submit(request, nowPs);
        const atNs = nowPs / 1000;
        const known = (this.requests.at(-1)?.atNs ?? -1) >= atNs;
        if (!known && this.requests.length < MAX_REQUESTS)
          this.requests.push({ level, atNs, ns: (completion.completionPs - nowPs) / 1000 });
        return completion;
      };
    }
  }

  marks(untilNs: number): LatencyMark[] {
    const buckets = new Map<string, { level: 'ssd' | 'hdd'; ns: number; count: number }>();
    for (const { level, atNs, ns } of this.requests) {
      if (atNs > untilNs) break;
      const exponent = Math.round(Math.log10(Math.max(1, ns)) * BUCKETS);
      const key = `${level} ${exponent}`;
      const bucket = buckets.get(key) ?? { level, ns: 10 ** (exponent / BUCKETS), count: 0 };
      bucket.count++;
      buckets.set(key, bucket);
    }
    return [...buckets.values()];
  }

  forgetAfter(machine: Machine): void {
    const now = timeNs(machine);
    this.requests = this.requests.filter((request) => request.atNs <= now);
  }
}

export interface FrameParts {
  readonly session: Session;
  readonly isOn: boolean;
  readonly state: MachineState;
  readonly stop: StopView | undefined;
  readonly answer: AnswerView | undefined;
  readonly micro: number;
  /** Instructions a second of wall time, by hardware thread; empty when not known yet. */
  readonly rates: readonly number[];
}

export function makeFrame(parts: FrameParts): MachineFrame {
  const { session, state } = parts;
  const { machine, image, travel, types } = session;
  session.look();
  const { core, memory, config, devices } = machine;
  const isResting = state !== 'running';
  const frames = isResting ? session.frames() : session.frames(1);
  const micro = state === 'paused' ? microSteps(machine) : undefined;
  return {
    revision: session.request.revision,
    state,
    isOn: parts.isOn,
    stop: parts.stop,
    cycles: machine.cycles,
    timeNs: nanosOf(machine.cycles, config.cyclePs),
    instructions: machine.instructions,
    reachedNs: nanosOf(travel.reachedCycle, config.cyclePs),
    cycleNs: config.cyclePs / 1000,
    registers: core.r8.slice(),
    flags: core.flags,
    pc: core.pc,
    sp: core.sp,
    ram: memory.slice(),
    held: heldBytes(machine),
    caches: cacheFrames(machine),
    ledger: ledgerOf(machine, core),
    viewed: core.id,
    threads: threadViews(session, parts.rates),
    sharing: bouncingLines(machine, MOST_LINES),
    ladder: ladderOf(session),
    ...outputOf(machine),
    rate: parts.rates.reduce((sum, rate) => sum + rate, 0),
    calls: isResting ? callViews(frames, { image, types, memory }) : [],
    watchFrame: session.watchFrame,
    watches: session.watchViews(frames),
    points: session.points.states.map((point) => ({ ...point })),
    micro: micro && { ...micro, at: parts.micro },
    answer: parts.answer,
    warnings: session.warningViews(),
    panel: { leds: devices.panel.leds, switches: devices.panel.switches, keys: devices.keyboard.waiting },
    devices: deviceViews(machine),
    diskWrites: machine.devices.ssd0.writes + machine.devices.hdd0.writes,
    timeline: session.timeline.samples,
    profile: isResting ? profileOf(machine, session.profile) : [],
    stateHash: state === 'halted' || state === 'trapped' ? stateHash(machine) : '',
  };
}

/** Bouncing lines that are shown. */
const MOST_LINES = 12;
const STATES = Object.fromEntries(Object.entries(CoreState).map(([name, value]) => [value, name])) as Readonly<
  Record<number, ThreadView['state']>
>;

/** Nothing with one hardware thread: the frame itself is its view. */
function threadViews(session: Session, rates: readonly number[]): ThreadView[] {
  const { machine } = session;
  if (machine.threads.length === 1) return [];
  const cores = coreSummaries(machine);
  return machine.threads.map((thread) => ({
    id: thread.id,
    core: thread.number,
    state: STATES[thread.state] ?? 'running',
    pc: thread.pc,
    place: thread.state === CoreState.parked ? '' : session.placeOf(thread.pc),
    instructions: thread.instructions,
    rate: rates[thread.id] ?? 0,
    timeNs: nanosOf(thread.cycles, machine.config.cyclePs),
    ledger: ledgerOf(machine, thread),
    coherence: machine.coherence && thread.thread === 0 ? (cores[thread.number] as CoreSummary).coherence : undefined,
  }));
}

const levels = ({ system }: Machine): [CacheFrame['id'], CacheLevel | null][] => [
  ['l1i', system.l1i],
  ['l1d', system.l1d],
  ['l2', system.l2],
  ['l3', system.l3],
];

function cacheFrames(machine: Machine): CacheFrame[] {
  return levels(machine).flatMap(([id, level]) => {
    if (!level) return [];
    const { counts, config, sets, ways } = level;
    const count = (name: keyof typeof COUNT) => counts[COUNT[name]] as number;
    return {
      id,
      sizeBytes: config.sizeBytes,
      lineBytes: config.lineBytes,
      ways,
      sets,
      policy: config.policy,
      words: Int32Array.from(level.words),
      reads: count('reads'),
      writes: count('writes'),
      readMisses: count('readMisses'),
      writeMisses: count('writeMisses'),
      evictions: count('evictions'),
      writebacks: count('writebacks'),
    };
  });
}

/** By address: 0 in RAM only, 1 in L2 (or L3), 2 in an L1. */
function heldBytes(machine: Machine): Uint8Array {
  const held = new Uint8Array(0x10000);
  for (const [id, level] of levels(machine).reverse()) {
    // A cache as large as memory holds everything sooner or later: no news.
    if (!level || level.config.sizeBytes >= 0x10000) continue;
    const { lineBytes } = level.config;
    const mark = id === 'l1i' || id === 'l1d' ? 2 : 1;
    for (const word of level.words)
      if (word >= 0) held.fill(mark, (word >> 1) * lineBytes, ((word >> 1) + 1) * lineBytes);
  }
  return held;
}

function ladderOf({ machine, latencies }: Session): LatencyMark[] {
  const cycleNs = machine.config.cyclePs / 1000;
  const marks: LatencyMark[] = [];
  const put = (level: LedgerLevel, cycles: number, count: number) => {
    if (count <= 0) return;
    const ns = cycles * cycleNs;
    const same = marks.findIndex((mark) => mark.level === level && mark.ns === ns);
    if (same >= 0) marks[same] = { level, ns, count: count + (marks[same] as LatencyMark).count };
    else marks.push({ level, ns, count });
  };
  for (const [id, level] of levels(machine)) {
    if (!level) continue;
    const { counts } = level;
    const misses = (counts[COUNT.readMisses] as number) + (counts[COUNT.writeMisses] as number);
    const hits = (counts[COUNT.reads] as number) + (counts[COUNT.writes] as number) - misses;
    put(id === 'l1i' || id === 'l1d' ? 'l1' : 'l2', level.config.hitCycles, hits);
  }
  const { dram } = machine.system;
  if (dram) {
    const counts = dramCounts(machine);
    put('ram', dram.cycles.hit, counts[DRAM_COUNT.rowHits] as number);
    put('ram', dram.cycles.closed, counts[DRAM_COUNT.rowMisses] as number);
    put('ram', dram.cycles.conflict, counts[DRAM_COUNT.rowConflicts] as number);
  }
  return [...marks, ...latencies.marks(timeNs(machine))];
}

function outputOf(machine: Machine): Pick<MachineFrame, 'output' | 'outputStart'> {
  const { console } = machine.devices;
  const outputStart = Math.max(0, console.outputLength - MAX_OUTPUT);
  return { output: new TextDecoder('latin1').decode(console.outputFrom(outputStart)), outputStart };
}

function deviceViews(machine: Machine): DeviceView[] {
  const { devices, core, config } = machine;
  const counts = dramCounts(machine);
  const number = (value: number) => String(value);
  const disk = (id: 'ssd0' | 'hdd0', title: string): DeviceView => ({
    id,
    title,
    rows: [
      { name: 'model', value: config[id] },
      { name: 'reads', value: number(devices[id].reads) },
      { name: 'writes', value: number(devices[id].writes) },
      { name: 'busy', value: `${nanosOf(devices[id].busyCycles, config.cyclePs) / 1000} µs` },
    ],
  });
  return [
    disk('ssd0', 'Solid-state disk, ssd0'),
    disk('hdd0', 'Hard disk, hdd0'),
    {
      id: 'ram',
      title: 'RAM',
      rows: (['rowHits', 'rowMisses', 'rowConflicts', 'refreshes'] as const).map((name) => ({
        name: name.replace(/[A-Z]/, (letter) => ` ${letter.toLowerCase()}`),
        value: number(counts[DRAM_COUNT[name]] as number),
      })),
    },
    {
      id: 'interrupts',
      title: 'Interrupts',
      rows: [
        { name: 'taken', value: number(machine.interrupts.taken) },
        { name: 'pending', value: core.irqPending.toString(2).padStart(8, '0') },
        { name: 'mask', value: core.irqMask.toString(2).padStart(8, '0') },
      ],
    },
    {
      id: 'console',
      title: 'Console',
      rows: [{ name: 'written', value: `${devices.console.outputLength} bytes` }],
    },
  ];
}

/** Time by code address: what the instructions themselves and L1 took, and what they waited for memory. */
function profileOf(machine: Machine, profile: Profile): MachineFrame['profile'] {
  machine.drainProfile();
  const cycleNs = machine.config.cyclePs / 1000;
  const compute = LEDGER_LEVELS.indexOf('compute');
  const ram = LEDGER_LEVELS.indexOf('ram');
  const rows: { address: number; ns: Float64Array }[] = [];
  profile.cycles.forEach((cycles, address) => {
    if (cycles === 0) return;
    const ns = new Float64Array(LEDGER_LEVELS.length);
    const stalls = profile.stalls[address] as number;
    ns[compute] = (cycles - stalls) * cycleNs;
    ns[ram] = stalls * cycleNs;
    rows.push({ address, ns });
  });
  return rows;
}
